//! What every format with a list of messages shares: the row around the list.

use super::super::notes::Notes;
use super::super::{Conversation, Kind, Message, Text, Value};
use super::{Row, made, other_row};

/// The keys of a row, beside its messages, that a chat template can use.
const EXTRA_KEYS: [&str; 4] = ["documents", "chat_template_kwargs", "functions", "parallel_tool_calls"];

/// The conversation of a row, each message read by `message`.
pub(super) fn conversation(
    mut row: Row,
    message: fn(Value, &mut Notes) -> Option<Message>,
    notes: &mut Notes,
) -> Option<Conversation> {
    let Some(items) = row.take_messages() else {
        other_row(&row, notes);
        return None;
    };
    let mut messages: Vec<Message> = items.into_iter().filter_map(|item| message(item, notes)).collect();
    if let Some(system) = row.get("system").and_then(Value::as_text).filter(|text| !text.text.is_empty())
        && messages.first().is_none_or(|first| first.role() != "system")
    {
        messages.insert(0, made("system", system.clone()));
    }
    Some(Conversation { messages, tools: tools(&row), extra: extra(&row), given: None, span: row.span() })
}

/// The row's tools: a list, or a string that holds one.
pub(super) fn tools(row: &Row) -> Option<Value> {
    let value = row.get("tools")?;
    match &value.kind {
        Kind::Null => None,
        Kind::String(text) => {
            let json: Option<serde_json::Value> = serde_json::from_str(&text.text).ok();
            json.filter(|json| !json.is_null())
                .map(|json| Value { span: value.span, ..Value::from_json(&json) })
        }
        _ => Some(value.clone()),
    }
}

/// The row's other keys that a template can use.
pub(super) fn extra(row: &Row) -> Vec<(Text, Value)> {
    let Row::Object(Value { kind: Kind::Map(entries), .. }) = row else { return Vec::new() };
    entries.iter().filter(|(key, _)| EXTRA_KEYS.contains(&key.text.as_str())).cloned().collect()
}
