//! The formats that are understood: one file each, one line each in [`FORMATS`].
//!
//! A format says how sure it is that a text is its own (`claims`, 0 to 100) and turns it into conversations (`read`).
//! The surest one reads, unless another is asked for; the others are offered.

mod alpaca;
mod anthropic;
mod fields;
mod items;
mod oasst;
mod openai;
mod pairs;
mod preference;
mod prompt_completion;
mod query_response;
mod rendered;
mod roles;
mod rows;
mod segments;
mod sharegpt;
mod text_row;
mod tokens;
mod transcript;
mod turns;
mod words;

use super::notes::Notes;
use super::{Conversation, Message, Text, Value};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Error;

pub(super) use super::literal::MESSAGE_KEYS;
pub(super) use roles::meant;
pub(super) use rows::{Row, is_one_message};
pub(super) use turns::messages_of;

/// One way in which datasets write conversations.
pub struct Format {
    /// Its name in `--json` and in the page's state.
    pub id: &'static str,
    /// Its name for people.
    pub title: Bilingual,
    /// How it is recognised and read.
    pub(super) reads: Reads,
}

/// How a format is recognised (how sure it is that a text is its own, from 0 to 100) and read.
pub(super) enum Reads {
    /// From rows of values, whatever container they came in.
    Rows { claims: fn(&Input) -> u8, read: fn(Input, &mut Notes) -> Vec<Conversation> },
    /// From the text itself.
    Text { claims: fn(&str) -> u8, read: fn(&Text, &mut Notes) -> Vec<Conversation> },
}

/// What a format of rows sees.
pub(super) struct Input {
    /// What the text's values are, a row a conversation.
    pub(super) rows: Vec<Row>,
}

/// Every format, the likelier one first.
pub static FORMATS: &[Format] = &[
    openai::FORMAT,
    sharegpt::FORMAT,
    anthropic::FORMAT,
    alpaca::FORMAT,
    prompt_completion::FORMAT,
    preference::FORMAT,
    query_response::FORMAT,
    pairs::FORMAT,
    oasst::FORMAT,
    text_row::FORMAT,
    segments::FORMAT,
    tokens::FORMAT,
    rendered::CHATML,
    rendered::LLAMA3,
    rendered::GEMMA,
    rendered::ROLE_TAGS,
    rendered::INST,
    rendered::DEEPSEEK,
    rendered::HARMONY,
    rendered::COHERE,
    transcript::FORMAT,
];

impl Input {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self { rows: rows::split(values) }
    }

    /// How many of the first rows are `mine`, from 0 to `sure`.
    fn share(&self, sure: u8, mine: impl Fn(&Row) -> bool) -> u8 {
        let seen = self.rows.len().min(20);
        let own = self.rows.iter().take(seen).filter(|row| mine(row)).count();
        if own == 0 { 0 } else { (usize::from(sure) * own).div_ceil(seen) as u8 }
    }
}

/// How sure a format of text must be for rows that stand inside the text to be a part of it.
const AROUND: u8 = 50;

/// The formats that claim `text`, whose values are `input`, with how sure each is: the surest first, of equals the
/// first of the table. `body` is the text without a fence around.
pub(super) fn rank(text: &str, body: &str, input: &Input) -> Vec<(&'static Format, u8)> {
    let score = |format: &Format| match format.reads {
        Reads::Rows { claims, .. } => claims(input),
        Reads::Text { claims, .. } => claims(body),
    };
    let mut ranked: Vec<_> = FORMATS.iter().map(|format| (format, score(format))).collect();
    // A list that somebody in a transcript writes on a line of its own is not the dialogue.
    let inside = input
        .rows
        .first()
        .is_some_and(|row| text.get(..row.span().start).is_some_and(|before| !before.trim().is_empty()));
    let is_text =
        |(format, score): &(&Format, u8)| matches!(format.reads, Reads::Text { .. }) && *score >= AROUND;
    if inside && ranked.iter().any(is_text) {
        for (_, score) in ranked.iter_mut().filter(|ranked| !is_text(ranked)) {
            *score = (*score).min(AROUND - 1);
        }
    }
    ranked.retain(|(_, score)| *score > 0);
    ranked.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    ranked
}

/// A row that is not in the format that is read. Where it has a key for messages, that is what is wrong.
fn other_row(row: &Row, notes: &mut Notes) {
    if !notes.wants("unrecognised") {
        return;
    }
    if let Some(value) = MESSAGE_KEYS.iter().find_map(|key| row.get(key)) {
        super::unrecognised(value.span, &super::check::describe(value), notes);
        return;
    }
    let found = row.describe();
    notes.add(
        Error,
        "unrecognised",
        row.span(),
        Bilingual::new(
            format!("this row is not in the format that is read; it is {}", found.en),
            format!("该行不是当前读取的格式，实际是{}", found.zh),
        ),
        Bilingual::fixed(
            "it is left out: write it as the other rows are, or choose another format",
            "该行已略去：请写成与其他行一致的格式，或选择其他格式",
        ),
    );
}

/// A message that the data has under other keys: it stands where its content stands.
fn made(role: &'static str, content: Text) -> Message {
    let span = content.span;
    Message { span, ..Message::new(role, content) }
}
