//! What a template sees of a conversation: our values ▶ minijinja's, messages prepared as transformers 5.23 does.

use minijinja::value::Value;
use serde::{Deserialize, Serialize};

use super::Part;
use crate::dialogue::{self, Kind, Message, Text};

/// The names under which a message's reasoning is passed; the first is the one that templates read.
const REASONING: [&str; 3] = ["reasoning_content", "thinking", "reasoning"];

/// How messages are prepared before a template sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preparation {
    /// As transformers 5.23 does it: keys whose value is None are left out, and a message's reasoning is there under
    /// each name that templates read.
    #[default]
    V5,
    /// As transformers 4 did it: messages are shown as they are.
    V4,
}

/// Gives the text that a template should see for one of a message's own strings.
pub(super) trait Dress<'a> {
    /// The text to show for `text`, which is `part` of message `message`.
    fn dress(&mut self, message: usize, part: Part, text: &'a Text) -> Value;
}

/// Shows every string as it is.
pub(super) struct Plain;

impl<'a> Dress<'a> for Plain {
    fn dress(&mut self, _message: usize, _part: Part, text: &'a Text) -> Value {
        Value::from(text.text.as_str())
    }
}

/// The value as a template sees it.
pub(super) fn value(value: &dialogue::Value) -> Value {
    match &value.kind {
        Kind::Null => Value::from(()),
        Kind::Bool(flag) => Value::from(*flag),
        Kind::Number(text) => number(text),
        Kind::String(text) => Value::from(text.text.as_str()),
        Kind::List(items) => items.iter().map(self::value).collect(),
        Kind::Map(entries) => {
            Value::from_pairs(entries.iter().map(|(key, item)| (key.text.as_str(), self::value(item))))
        }
    }
}

/// A number by how it was written: an int where it reads as one, a float else.
fn number(text: &str) -> Value {
    let text = text.replace('_', "");
    let digits = text.strip_prefix('+').unwrap_or(&text);
    if let Ok(int) = digits.parse::<i64>() {
        return Value::from(int);
    }
    if let Ok(int) = digits.parse::<i128>() {
        return Value::from(int);
    }
    match digits.to_ascii_lowercase().as_str() {
        "nan" => Value::from(f64::NAN),
        "infinity" | "inf" => Value::from(f64::INFINITY),
        "-infinity" | "-inf" => Value::from(f64::NEG_INFINITY),
        digits => digits.parse::<f64>().map_or_else(|_| Value::from(text.as_str()), Value::from),
    }
}

/// The messages as a template sees them.
pub(super) fn messages<'a>(
    messages: &'a [Message],
    preparation: Preparation,
    dress: &mut dyn Dress<'a>,
) -> Vec<Value> {
    let shown = messages.iter().enumerate();
    shown.map(|(index, message)| self::message(index, message, preparation, dress)).collect()
}

/// One message, prepared.
fn message<'a>(
    index: usize,
    message: &'a Message,
    preparation: Preparation,
    dress: &mut dyn Dress<'a>,
) -> Value {
    let mut entries = Vec::with_capacity(message.fields.len() + 2);
    for (key, item) in &message.fields {
        let (key, shown) = (Value::from(key.text.as_str()), field(index, &key.text, item, dress));
        match entries.iter_mut().find(|entry: &&mut (Value, Value)| entry.0 == key) {
            Some(entry) => entry.1 = shown,
            None => entries.push((key, shown)),
        }
    }
    prepared(entries, preparation)
}

/// A message of these entries, prepared.
pub(super) fn prepared(mut entries: Vec<(Value, Value)>, preparation: Preparation) -> Value {
    if preparation == Preparation::V4 {
        return Value::from_pairs(entries);
    }
    entries.retain(|entry| !entry.1.is_none());
    let find = |entries: &[(Value, Value)], name: &str| {
        entries.iter().position(|entry| entry.0.as_str() == Some(name))
    };
    if let Some(found) = REASONING.iter().find_map(|name| find(&entries, name)) {
        let reasoning = entries[found].1.clone();
        match find(&entries, REASONING[0]) {
            Some(place) => entries[place].1 = reasoning.clone(),
            None => entries.push((REASONING[0].into(), reasoning.clone())),
        }
        let thinking = match find(&entries, "thinking") {
            Some(place) => entries.remove(place).1,
            None => reasoning,
        };
        entries.insert(0, ("thinking".into(), thinking));
    }
    Value::from_pairs(entries)
}

/// One field of a message, its own words dressed.
fn field<'a>(index: usize, key: &str, item: &'a dialogue::Value, dress: &mut dyn Dress<'a>) -> Value {
    match (key, &item.kind) {
        ("content", Kind::String(text)) => dress.dress(index, Part::Content, text),
        ("content", Kind::List(parts)) => parts
            .iter()
            .map(|part| match &part.kind {
                Kind::Map(entries) => Value::from_pairs(entries.iter().map(|(key, item)| {
                    match (key.text.as_str(), &item.kind) {
                        ("text", Kind::String(text)) => ("text", dress.dress(index, Part::Content, text)),
                        (key, _) => (key, value(item)),
                    }
                })),
                Kind::String(text) => dress.dress(index, Part::Content, text),
                _ => value(part),
            })
            .collect(),
        ("tool_calls", Kind::List(calls)) => {
            calls.iter().map(|call| tool_call(index, None, call, dress)).collect()
        }
        (key, Kind::String(text)) if REASONING.contains(&key) => dress.dress(index, Part::Reasoning, text),
        _ => value(item),
    }
}

/// A tool call: the function's name and every string of its arguments are the message's own words.
fn tool_call<'a>(
    index: usize,
    key: Option<&str>,
    item: &'a dialogue::Value,
    dress: &mut dyn Dress<'a>,
) -> Value {
    match (key, &item.kind) {
        (Some("name"), Kind::String(text)) => dress.dress(index, Part::ToolCall, text),
        (Some("arguments"), _) => arguments(index, item, dress),
        (None | Some("function"), Kind::Map(entries)) => Value::from_pairs(
            entries
                .iter()
                .map(|(key, item)| (key.text.as_str(), tool_call(index, Some(&key.text), item, dress))),
        ),
        _ => value(item),
    }
}

fn arguments<'a>(index: usize, item: &'a dialogue::Value, dress: &mut dyn Dress<'a>) -> Value {
    match &item.kind {
        Kind::String(text) => dress.dress(index, Part::ToolCall, text),
        Kind::List(items) => items.iter().map(|item| arguments(index, item, dress)).collect(),
        Kind::Map(entries) => Value::from_pairs(
            entries.iter().map(|(key, item)| (key.text.as_str(), arguments(index, item, dress))),
        ),
        _ => value(item),
    }
}
