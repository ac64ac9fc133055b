//! `ShareGPT`: a list of `{from, value}`, bare or under `conversations`, with other words for the roles.

use super::super::notes::Notes;
use super::super::{Conversation, Kind, Message, Text, Value};
use super::words::{decoded, whole};
use super::{Format, Input, Reads, items, roles};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Error, Warning};
use crate::span::Span;

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "sharegpt",
    title: Bilingual::fixed("ShareGPT", "ShareGPT"),
    reads: Reads::Rows { claims, read },
};

/// The keys of what was said.
const VALUE_KEYS: [&str; 3] = ["value", "content", "text"];

fn claims(input: &Input) -> u8 {
    input.share(90, |row| {
        row.messages().is_some_and(|items| {
            items.iter().any(|item| item.get("from").is_some() && item.get("role").is_none())
        })
    })
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| items::conversation(row, message, notes)).collect()
}

/// `{from, value, …}` ▶ `{role, content, …}`; its other keys stay.
pub(super) fn message(item: Value, notes: &mut Notes) -> Option<Message> {
    let Some(from) = item.get("from").and_then(Value::as_text).cloned() else {
        notes.add(
            Error,
            "message-without-role",
            item.get("from").map_or(item.span, |from| from.span),
            Bilingual::fixed("a message has no `from`", "一条消息没有 `from`"),
            Bilingual::fixed(
                r#"write it as {"from": "human", "value": "…"}"#,
                r#"请写成 {"from": "human", "value": "…"}"#,
            ),
        );
        return None;
    };
    let role = match roles::meant(&from.text) {
        Some(role) if role != from.text => from.replaced(role),
        Some(_) => from.clone(),
        None => {
            roles::unknown(&from, notes);
            from.clone()
        }
    };
    let said = VALUE_KEYS.into_iter().find(|key| item.get(key).is_some());
    if said.is_none() {
        notes.add(
            Warning,
            "content-missing",
            item.span,
            Bilingual::fixed("this message has no `value`", "这条消息没有 `value`"),
            Bilingual::fixed("add a `value`; it may be \"\"", "请加上 `value`；它可以是 \"\""),
        );
    }
    let is_call = roles::is_call(&from.text);
    let span = item.span;
    let Kind::Map(entries) = item.kind else { return None };
    let mut fields = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        match key.text.as_str() {
            "from" => fields.push((key.replaced("role"), Value::from_text(role.clone()))),
            text if Some(text) == said => match if is_call { calls(&value, notes) } else { None } {
                Some(calls) => {
                    let empty = whole("", Span::at(value.span.start));
                    fields.push((Text::new("content"), Value::from_text(empty)));
                    fields.push((key.replaced("tool_calls"), calls));
                }
                None => fields.push((key.replaced("content"), value)),
            },
            _ => fields.push((key, value)),
        }
    }
    Some(Message { role, fields, span })
}

/// The tool calls that a turn of the role `function_call` says as JSON: `{name, arguments}`, or a list of such.
fn calls(value: &Value, notes: &mut Notes) -> Option<Value> {
    let read = value.as_text().and_then(decoded);
    let call = read.as_ref().unwrap_or(value);
    let list = call.as_list().unwrap_or(std::slice::from_ref(call));
    let calls: Option<Vec<Value>> = list.iter().map(tool_call).collect();
    if let Some(calls) = calls.filter(|calls| !calls.is_empty()) {
        return Some(Value { kind: Kind::List(calls), span: value.span });
    }
    notes.add(
        Warning,
        "tool-call-unreadable",
        value.span,
        Bilingual::fixed(
            "this tool call is no JSON with a `name`: it is read as the assistant's text",
            "这次工具调用不是带 `name` 的 JSON：按助手的文本读取",
        ),
        Bilingual::fixed(
            r#"write it as "{\"name\": \"…\", \"arguments\": {…}}""#,
            r#"请写成 "{\"name\": \"…\", \"arguments\": {…}}""#,
        ),
    );
    None
}

/// One call as `OpenAI` writes it.
fn tool_call(call: &Value) -> Option<Value> {
    call.get("name").or_else(|| call.get("function")?.get("name"))?;
    if call.get("function").is_some() {
        return Some(call.clone());
    }
    let function = (Text::new("function"), call.clone());
    let fields = vec![(Text::new("type"), Value::string("function")), function];
    Some(Value { kind: Kind::Map(fields), span: call.span })
}
