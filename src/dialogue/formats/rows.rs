//! A text's values as rows, a row a conversation.

use super::super::check::describe;
use super::super::literal;
use super::super::{Kind, Value};
use super::{MESSAGE_KEYS, pairs};
use crate::bilingual::Bilingual;
use crate::span::Span;

/// Keys that a row has and a message has not.
const ROW_KEYS: [&str; 8] =
    ["instruction", "prompt", "query", "question", "chosen", "input_ids", "segments", "completion"];

/// One row of a dataset.
pub(in super::super) enum Row {
    /// A bare list of messages.
    Items(Vec<Value>, Span),
    /// An object with keys.
    Object(Value),
    /// Anything else.
    Other(Value),
}

impl Row {
    /// Its bytes in the pasted text.
    pub(super) const fn span(&self) -> Span {
        match self {
            Self::Items(_, span) => *span,
            Self::Object(value) | Self::Other(value) => value.span,
        }
    }

    /// What it is, for people.
    pub(super) fn describe(&self) -> Bilingual {
        match self {
            Self::Items(..) => Bilingual::fixed("a list", "列表"),
            Self::Object(value) | Self::Other(value) => describe(value),
        }
    }

    /// The value of a key of its object.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        if let Self::Object(value) = self { value.get(key) } else { None }
    }

    /// Its list of messages, bare or under the first known key that holds a list.
    pub(super) fn messages(&self) -> Option<&[Value]> {
        match self {
            Self::Items(items, _) => Some(items),
            Self::Object(value) => {
                MESSAGE_KEYS.iter().find_map(|key| value.get(key).and_then(Value::as_list))
            }
            Self::Other(_) => None,
        }
    }

    /// The same list, moved out of the row.
    pub(super) fn take_messages(&mut self) -> Option<Vec<Value>> {
        match self {
            Self::Items(items, _) => Some(std::mem::take(items)),
            Self::Object(Value { kind: Kind::Map(entries), .. }) => MESSAGE_KEYS.iter().find_map(|key| {
                let (_, value) = entries.iter_mut().rev().find(|(name, _)| name.text == *key)?;
                if let Kind::List(items) = &mut value.kind { Some(std::mem::take(items)) } else { None }
            }),
            _ => None,
        }
    }
}

/// Whether a value looks like one message of any format, or like a question with its answer.
fn is_message(value: &Value) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| value.get(key).is_some());
    match &value.kind {
        Kind::List(items) => pairs::is_two_strings(items),
        Kind::Map(_) => {
            let speaks = has(&["role", "from"]);
            // A row may have such keys too, beside what makes it a row.
            let is_row = has(&MESSAGE_KEYS) || has(&ROW_KEYS);
            speaks && has(&["content", "value"]) || !is_row && (speaks || has(&["content"]))
        }
        _ => false,
    }
}

/// Whether a text is one message of any format, and not a row.
pub(in super::super) fn is_one_message(text: &str) -> bool {
    literal::read(text).values.first().is_some_and(is_message)
}

/// Splits what was read into rows: one list of messages, a list of such lists or objects, or several values in a row.
pub(super) fn split(values: Vec<Value>) -> Vec<Row> {
    if let [first, .., last] = &values[..]
        && values.iter().all(is_message)
    {
        let span = Span::new(first.span.start, last.span.end);
        return vec![Row::Items(values, span)];
    }
    let mut rows = Vec::new();
    for value in values {
        match value.kind {
            Kind::List(items) if !items.is_empty() && !items.iter().any(is_message) => {
                rows.extend(items.into_iter().map(row));
            }
            _ => rows.push(row(value)),
        }
    }
    rows
}

/// A value that is one row.
fn row(value: Value) -> Row {
    let span = value.span;
    match value.kind {
        Kind::List(items) if items.is_empty() || items.iter().any(is_message) => Row::Items(items, span),
        Kind::Map(_) if is_message(&value) => Row::Items(vec![value], span),
        Kind::Map(_) => Row::Object(value),
        _ => Row::Other(value),
    }
}
