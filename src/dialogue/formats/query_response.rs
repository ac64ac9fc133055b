//! Rows with a question and an answer, under any of the names that datasets use for them.
//!
//! The first lists are those of ms-swift's `ResponsePreprocessor`; what follows in each is of axolotl's formats.

use super::super::notes::Notes;
use super::super::{Conversation, Text, Value};
use super::words::{field, join};
use super::{Format, Input, Reads, Row, fields, other_row};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Note;

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "query-response",
    title: Bilingual::fixed("Question and answer fields", "问答字段"),
    reads: Reads::Rows { claims, read },
};

/// The keys of the question, the likelier one first.
pub(super) const QUESTION_KEYS: [&str; 13] = [
    "query",
    "prompt",
    "question",
    "instruction",
    "problem",
    "input",
    "human",
    "user",
    "article",
    "message_1",
    "INSTRUCTION",
    "Question",
    "Problem",
];

/// The keys of the answer.
const ANSWER_KEYS: [&str; 23] = [
    "response",
    "answer",
    "output",
    "targets",
    "target",
    "answer_key",
    "answers",
    "solution",
    "text",
    "completion",
    "content",
    "assistant",
    "gpt",
    "bot",
    "summary",
    "highlights",
    "message_2",
    "RESPONSE",
    "generation",
    "reply",
    "Answer",
    "Response",
    "Solution",
];

fn claims(input: &Input) -> u8 {
    let asks = |row: &Row| QUESTION_KEYS.iter().any(|key| row.get(key).and_then(Value::as_text).is_some());
    let both = input.share(70, |row| asks(row) && field(row, &ANSWER_KEYS).is_some());
    both.max(input.share(20, asks))
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| conversation(&row, notes)).collect()
}

fn conversation(row: &Row, notes: &mut Notes) -> Option<Conversation> {
    let (question, answer) = (question(row), field(row, &ANSWER_KEYS));
    if question.is_none() && answer.is_none() {
        other_row(row, notes);
        return None;
    }
    if let Some((key, _)) = answer {
        other_answers(row, key, notes);
    }
    let answer = match answer {
        Some((_, text)) => Some(text),
        None => fields::said(row, &ANSWER_KEYS, notes),
    };
    Some(fields::conversation(row, question, answer, notes))
}

/// What a row asks: the question, below its `context` where it has one.
pub(super) fn question(row: &Row) -> Option<Text> {
    let (_, question) = field(row, &QUESTION_KEYS)?;
    let context = field(row, &["context"]).map(|(_, context)| context).unwrap_or_default();
    Some(join(&[&context, &question], "\n\n"))
}

/// Says once that a row has several answers, and which one is read.
fn other_answers(row: &Row, chosen: &str, notes: &mut Notes) {
    let strings = ANSWER_KEYS.iter().filter(|key| row.get(key).and_then(Value::as_text).is_some());
    let others: Vec<String> = strings.filter(|key| **key != chosen).map(|key| format!("`{key}`")).collect();
    if others.is_empty() || !notes.is_new("several-answers") {
        return;
    }
    notes.add(
        Note,
        "several-answers",
        row.span(),
        Bilingual::new(
            format!("`{chosen}` is read as the answer, and {} left out", others.join(", ")),
            format!("回答取自 `{chosen}`，{} 略去", others.join("、")),
        ),
        Bilingual::fixed(
            "ms-swift wants one of them named: it renames neither where two fit; rename the key that is meant to `response`",
            "有两个键符合时 ms-swift 都不会采用：请把要用的键改名为 `response`",
        ),
    );
}
