//! What every format with a list of messages shares: the row around the list.

use super::super::notes::Notes;
use super::super::{Conversation, Kind, Message, Text, Value};
use super::words::field;
use super::{Row, made, other_row};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Warning;

/// The keys of a row, beside its messages, that a chat template can use.
const EXTRA_KEYS: [&str; 4] = ["documents", "chat_template_kwargs", "functions", "parallel_tool_calls"];

/// The keys of a system prompt that stands beside the messages.
pub(super) const SYSTEM_KEYS: [&str; 2] = ["system", "system_prompt"];

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
    let messages = items.into_iter().filter_map(|item| message(item, notes)).collect();
    Some(around(&row, messages, notes))
}

/// The conversation of a row with these messages: its system prompt stands in front, unless they have their own.
pub(super) fn around(row: &Row, mut messages: Vec<Message>, notes: &mut Notes) -> Conversation {
    if messages.first().is_none_or(|first| first.role() != "system") {
        messages.splice(0..0, system(row));
    }
    Conversation {
        messages,
        tools: tools(row, notes),
        extra: extra(row),
        mask: row.get("mask").and_then(Value::as_text).cloned(),
        span: row.span(),
        ..Conversation::default()
    }
}

/// The system prompt that stands beside the messages.
fn system(row: &Row) -> Option<Message> {
    field(row, &SYSTEM_KEYS).filter(|(_, text)| !text.text.is_empty()).map(|(_, text)| made("system", text))
}

/// The row's tools; a string that holds a list was read as one before.
fn tools(row: &Row, notes: &mut Notes) -> Option<Value> {
    let value = row.get("tools")?;
    let Kind::String(text) = &value.kind else { return (!value.is_null()).then(|| value.clone()) };
    if !["", "[]", "null", "None"].contains(&text.text.trim()) {
        notes.add(
            Warning,
            "tools-unreadable",
            value.span,
            Bilingual::fixed(
                "`tools` is a string that holds no JSON list: left out",
                "`tools` 是字符串，但其中不是 JSON 列表：已略去",
            ),
            Bilingual::fixed(
                "write the tools as a list, or as a string of JSON",
                "请把工具写成列表，或写成 JSON 字符串",
            ),
        );
    }
    None
}

/// The row's other keys that a template can use.
fn extra(row: &Row) -> Vec<(Text, Value)> {
    let Row::Object(Value { kind: Kind::Map(entries), .. }) = row else { return Vec::new() };
    entries.iter().filter(|(key, _)| EXTRA_KEYS.contains(&key.text.as_str())).cloned().collect()
}
