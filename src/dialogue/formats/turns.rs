//! What the formats of text share: turns found in a text ▶ messages whose every part points at its bytes.

use std::ops::Range;

use super::super::notes::Notes;
use super::super::{Conversation, MAX_MESSAGES, Message, Text};
use super::{FORMATS, Reads};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Error, Warning};
use crate::span::Span;

/// One speaker's turn in a text, as ranges of its bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turn {
    /// The word that says who speaks.
    pub(super) speaker: Range<usize>,
    /// The role that it stands for; `None` keeps the word.
    pub(super) role: Option<&'static str>,
    /// What is said.
    pub(super) content: Range<usize>,
}

/// The least score at which a string that stands for a text is taken for a dialogue.
const SURE: u8 = 40;

/// How much of a text is looked at to tell what it is, in bytes.
const HEAD: usize = 64 << 10;

/// The messages of a text that is a dialogue itself, rendered or a transcript, such as the string of `{"text": …}`.
/// Their places are the ones that `text` was pasted with. `None` where it does not look like one.
pub(in super::super) fn messages_of(text: &Text) -> Option<Vec<Message>> {
    let texts = FORMATS.iter().filter_map(|format| match format.reads {
        Reads::Text { claims, read } => Some((claims(&text.text), read)),
        Reads::Rows { .. } => None,
    });
    // Of equals the first, as in `rank`.
    let (score, read) = texts.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    if score < SURE {
        return None;
    }
    let found: Vec<_> =
        read(text, &mut Notes::default()).into_iter().flat_map(|found| found.messages).collect();
    Some(found).filter(|messages| !messages.is_empty())
}

/// The message of a turn of `text`.
pub(super) fn message(text: &Text, turn: Turn) -> Message {
    let word = text.slice(turn.speaker);
    let role = match turn.role {
        Some(role) if role != word.text => word.replaced(role),
        _ => word,
    };
    Message::new(role, text.slice(turn.content))
}

/// The conversation of messages that stand in `text`; `None` where there are none.
pub(super) fn conversation(messages: Vec<Message>) -> Option<Conversation> {
    let (first, last) = messages.first().zip(messages.last())?;
    let span = Span::new(first.span.start, last.span.end.max(first.span.start));
    Some(Conversation { messages, span, ..Conversation::default() })
}

/// `range` without the white space around it.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let whole = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (whole.len() - whole.trim_start().len());
    start..start + whole.trim().len()
}

/// The start of a text, which tells what it is.
pub(super) fn head(text: &str) -> &str {
    let mut end = HEAD.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether a text is rather JSON or a Python literal than a dialogue in itself.
pub(super) fn is_literal(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let first = text.get(1..).unwrap_or_default().trim_start().chars().next();
    // `[INST]` and `[gMASK]` are no lists.
    text.starts_with('{')
        || (text.starts_with('[') && first.is_some_and(|c| matches!(c, '{' | '[' | '(' | '"' | '\'' | ']')))
}

/// Text that no turn holds.
pub(super) fn unread(text: &Text, range: Range<usize>, notes: &mut Notes) {
    let span = text.source_span(range);
    notes.add(
        Warning,
        "text-outside-turns",
        span,
        Bilingual::fixed(
            "this text belongs to no turn and is not read",
            "这段文字不属于任何一轮，不会被读取",
        ),
        Bilingual::fixed("remove it, or put it into a turn of its own", "请将其删除，或为它单独写成一轮"),
    );
}

/// More turns than are read; the first that is not stands at `place`.
pub(super) fn too_many(text: &Text, place: Range<usize>, notes: &mut Notes) {
    notes.add(
        Error,
        "too-many-values",
        text.source_span(place),
        Bilingual::new(
            format!("the text holds more than {MAX_MESSAGES} messages"),
            format!("文本中的消息超过 {MAX_MESSAGES} 条"),
        ),
        Bilingual::fixed("paste a part of it", "请只粘贴其中一部分"),
    );
}
