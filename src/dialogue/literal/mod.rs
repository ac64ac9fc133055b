//! Our own lenient reader of JSON and Python literals: text ▶ [`Value`]s with spans.
//!
//! It reads what people paste: one value or several (JSONL), `name = …` in front, a Markdown fence around, comments,
//! trailing commas, tuples, every kind of quote. After an error it keeps what was complete before it, and a line of
//! JSONL that is broken costs only that line. Every byte is looked at a bounded number of times.

mod fault;
mod nest;
mod scan;
mod string;

use super::notes::Notes;
use super::{Kind, Value};
use scan::Scanner;

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 32 << 20;
/// How deep lists and objects may nest.
pub const MAX_DEPTH: usize = 128;
/// How many values one text may hold.
pub const MAX_VALUES: usize = 4_000_000;

/// The keys under which a row keeps its list of messages; an object that was cut off is kept for them.
pub(super) const MESSAGE_KEYS: [&str; 6] =
    ["messages", "conversations", "conversation", "dialog", "dialogue", "turns"];

/// What stands in a text, as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The values, in order.
    pub(super) values: Vec<Value>,
    /// What was wrong.
    pub(super) notes: Notes,
}

/// Reads every value of `text`.
pub(super) fn read(text: &str) -> Document {
    if text.len() > MAX_BYTES {
        let mut notes = Notes::default();
        fault::too_long(text, &mut notes);
        return Document { values: Vec::new(), notes };
    }
    let (start, end) = inside_fence(text);
    let mut scanner = Scanner::new(&text[..end], start);
    let mut values = Vec::new();
    loop {
        scanner.skip();
        while let Some(b',' | b';') = scanner.peek() {
            scanner.at += 1;
            scanner.skip();
        }
        if scanner.peek().is_none() {
            break;
        }
        let named = scanner.assignment();
        if !named && !values.is_empty() && !scanner.starts_value() {
            fault::trailing(&mut scanner);
            break;
        }
        let start = scanner.at;
        if let Some(value) = scanner.value()
            && (!scanner.failed || keeps_when_cut(&value))
        {
            values.push(value);
        }
        if scanner.failed && !scanner.next_line_of_jsonl(start, values.len()) {
            break;
        }
    }
    Document { values, notes: scanner.notes }
}

/// Whether a value that an error cut off still holds whole messages.
fn keeps_when_cut(value: &Value) -> bool {
    match &value.kind {
        Kind::List(items) => !items.is_empty(),
        Kind::Map(entries) => entries.iter().any(|(key, value)| {
            MESSAGE_KEYS.contains(&key.text.as_str()) && matches!(value.kind, Kind::List(_))
        }),
        _ => true,
    }
}

/// The range inside a Markdown code fence, or the whole text where there is none.
fn inside_fence(text: &str) -> (usize, usize) {
    let lead = text.len() - text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).len();
    let Some(marks) = ["```", "~~~"].into_iter().find(|marks| text[lead..].starts_with(marks)) else {
        return (0, text.len());
    };
    let Some(line) = text[lead..].find('\n') else { return (0, text.len()) };
    let start = lead + line + 1;
    let body = text[start..].trim_end();
    let end = body.strip_suffix(marks).map_or(text.len(), |body| start + body.len());
    (start, end)
}
