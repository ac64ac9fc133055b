//! Values that are strings of values: a stringified `messages` column, a cell of a table.
//!
//! axolotl reads such a string with `json.loads`, ms-swift with `ast.literal_eval`.

use super::super::formats::messages_of;
use super::super::literal::{self, Document, MESSAGE_KEYS};
use super::super::notes::Notes;
use super::super::{Kind, Text, Value};
use crate::diagnostic::{Diagnostic, Source};

/// Keys beside the ones of messages whose value is never a text.
const LISTS: [&str; 13] = [
    "tools",
    "functions",
    "history",
    "segments",
    "documents",
    "chat_template_kwargs",
    "input_ids",
    "labels",
    "attention_mask",
    "position_ids",
    "completion_mask",
    "assistant_masks",
    "tool_calls",
];

/// Keys whose value is a text or a list of messages.
const EITHER: [&str; 5] = ["prompt", "completion", "chosen", "rejected", "response"];

/// Reads the strings that hold values, in place.
pub(super) fn unpack(document: &mut Document) {
    let Document { values, notes } = document;
    for value in values {
        match &mut value.kind {
            Kind::List(items) => items.iter_mut().for_each(|item| row(item, notes)),
            Kind::String(text) => {
                if let Some(read) =
                    holds(text, notes, |value| matches!(value.kind, Kind::List(_) | Kind::Map(_)))
                {
                    *value = read;
                    row(value, notes);
                } else if messages_of(text).is_some() {
                    // A row of text that was pasted without its key.
                    let text = Value::from_text(std::mem::take(text));
                    value.kind = Kind::Map(vec![(Text::new("text"), text)]);
                }
            }
            _ => row(value, notes),
        }
    }
}

fn row(value: &mut Value, notes: &mut Notes) {
    let Kind::Map(entries) = &mut value.kind else { return };
    for (key, value) in entries {
        let Kind::String(text) = &value.kind else { continue };
        let key = key.text.as_str();
        let read = if MESSAGE_KEYS.contains(&key) {
            holds(text, notes, |value| value.as_list().is_some_and(|items| !items.is_empty()))
        } else if LISTS.contains(&key) {
            holds(text, notes, |value| matches!(value.kind, Kind::List(_) | Kind::Map(_)))
        } else if EITHER.contains(&key) {
            holds(text, notes, is_messages)
        } else {
            None
        };
        if let Some(read) = read {
            *value = read;
        }
    }
}

fn is_messages(value: &Value) -> bool {
    let first = value.as_list().and_then(<[_]>::first);
    first.is_some_and(|first| first.get("role").is_some() || first.get("from").is_some())
}

/// The value that `text` holds, where it is one that `fits`, with its places in the pasted text.
fn holds(text: &Text, notes: &mut Notes, fits: impl Fn(&Value) -> bool) -> Option<Value> {
    if !text.text.trim_start().starts_with(['[', '{', '(', 'a']) {
        return None;
    }
    let mut document = literal::read(&text.text);
    let value = document.values.pop().filter(|value| document.values.is_empty() && fits(value))?;
    for note in document.notes.into_sorted() {
        let place = note.place.map(|(_, span)| (Source::Dialogue, text.source_span(span.start..span.end)));
        notes.push(Diagnostic { place, ..note });
    }
    Some(value.through(text))
}
