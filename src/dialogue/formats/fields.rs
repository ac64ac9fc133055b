//! What the formats share whose rows have a field for each thing that is said: question, answer, earlier turns.

use super::super::notes::Notes;
use super::super::{Conversation, Kind, Message, Text, Value};
use super::words::words;
use super::{Row, items, made, pairs};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Warning;

/// The conversation of a row: its system prompt, its earlier turns, the question and the answer.
pub(super) fn conversation(
    row: &Row,
    question: Option<Text>,
    answer: Option<Text>,
    notes: &mut Notes,
) -> Conversation {
    let mut messages = history(row, notes);
    messages.extend(question.map(|text| made("user", text)));
    messages.extend(answer.map(|text| made("assistant", text)));
    items::around(row, messages, notes)
}

/// The first key of the row that has words; a key that holds anything else is named.
pub(super) fn said(row: &Row, keys: &[&str], notes: &mut Notes) -> Option<Text> {
    let mut other = None;
    for value in keys.iter().filter_map(|key| row.get(key)) {
        match words(value) {
            Some(text) => return Some(text),
            None if !value.is_null() => other = other.or(Some(value)),
            None => {}
        }
    }
    not_text(other?, notes);
    None
}

/// The turns before the question, pairs or messages; a string that holds such a list was read as one before.
pub(super) fn history(row: &Row, notes: &mut Notes) -> Vec<Message> {
    let Some(value) = row.get("history") else { return Vec::new() };
    match &value.kind {
        Kind::List(items) => pairs::turns(items.clone(), notes),
        Kind::Null => Vec::new(),
        Kind::String(text) if ["", "[]", "null", "None"].contains(&text.text.trim()) => Vec::new(),
        _ => {
            not_text(value, notes);
            Vec::new()
        }
    }
}

pub(super) fn not_text(value: &Value, notes: &mut Notes) {
    if !notes.wants("field-unreadable") {
        return;
    }
    let found = super::super::check::describe(value);
    notes.add(
        Warning,
        "field-unreadable",
        value.span,
        Bilingual::new(
            format!("nothing can be made of {} here: left out", found.en),
            format!("此处的{}无法使用：已略去", found.zh),
        ),
        Bilingual::fixed(
            "write a string; in `history`, a list of [\"question\", \"answer\"]",
            "请写成字符串；`history` 中请写 [\"问题\", \"回答\"] 的列表",
        ),
    );
}
