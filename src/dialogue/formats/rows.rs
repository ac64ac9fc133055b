//! A text's values as rows, a row a conversation.

use super::super::literal::MESSAGE_KEYS;
use super::super::{Kind, Value};
use crate::span::Span;

/// One row of a dataset.
pub(in super::super) enum Row<'a> {
    /// A bare list of messages.
    Items(Vec<&'a Value>, Span),
    /// An object with keys.
    Object(&'a Value),
    /// Anything else.
    Other(&'a Value),
}

impl<'a> Row<'a> {
    /// Its bytes in the pasted text.
    pub(super) const fn span(&self) -> Span {
        match self {
            Self::Items(_, span) => *span,
            Self::Object(value) | Self::Other(value) => value.span,
        }
    }

    /// The value of a key of its object.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        if let Self::Object(value) = self { value.get(key) } else { None }
    }

    /// Its list of messages, bare or under the first known key that holds a list.
    pub(super) fn messages(&self) -> Option<Vec<&'a Value>> {
        match self {
            Self::Items(items, _) => Some(items.clone()),
            Self::Object(value) => MESSAGE_KEYS
                .iter()
                .find_map(|key| value.get(key).and_then(Value::as_list))
                .map(|items| items.iter().collect()),
            Self::Other(_) => None,
        }
    }
}

/// Whether a value looks like one message of any format.
fn is_message(value: &Value) -> bool {
    value.get("role").is_some()
        || value.get("from").is_some()
        || (value.get("content").is_some() && !MESSAGE_KEYS.iter().any(|key| value.get(key).is_some()))
}

/// Splits what was read into rows: one list of messages, a list of such lists or objects, or several values in a row.
pub(super) fn split(values: &[Value]) -> Vec<Row<'_>> {
    if let [first, .., last] = values
        && values.iter().all(is_message)
    {
        return vec![Row::Items(values.iter().collect(), Span::new(first.span.start, last.span.end))];
    }
    let mut rows = Vec::new();
    for value in values {
        match &value.kind {
            Kind::List(items) if !items.is_empty() && !items.iter().any(is_message) => {
                rows.extend(items.iter().map(row));
            }
            _ => rows.push(row(value)),
        }
    }
    rows
}

/// A value that is one row.
fn row(value: &Value) -> Row<'_> {
    match &value.kind {
        Kind::List(items) if items.is_empty() || items.iter().any(is_message) => {
            Row::Items(items.iter().collect(), value.span)
        }
        Kind::Map(_) if is_message(value) => Row::Items(vec![value], value.span),
        Kind::Map(_) => Row::Object(value),
        _ => Row::Other(value),
    }
}
