//! `OpenAI`'s and `HuggingFace`'s shape: a list of `{role, content, …}`, bare or under `messages` and the like.
//!
//! A message keeps every key it has, as trainers hand it to the template: reasoning, parts of content, tool calls.

use super::super::notes::Notes;
use super::super::{Conversation, Kind, Message, Text, Value};
use super::{Format, Input, Reads, items, roles};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Error, Warning};

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "openai",
    title: Bilingual::fixed("OpenAI messages", "OpenAI 消息"),
    reads: Reads::Rows { claims, read },
};

/// The keys that make a message without `content` whole.
const OTHER_CONTENT: [&str; 6] =
    ["tool_calls", "function_call", "reasoning_content", "thinking", "reasoning", "tool_plan"];

/// Other names of `content`, of datasets that mix two formats.
const CONTENT_SYNONYMS: [&str; 2] = ["value", "text"];

fn claims(input: &Input) -> u8 {
    let has = |item: &Value, keys: &[&str]| keys.iter().any(|key| item.get(key).is_some());
    let share =
        |sure, mine: &dyn Fn(&[Value]) -> bool| input.share(sure, |row| row.messages().is_some_and(mine));
    let most = share(95, &|items| {
        let seen = items.len().min(20);
        let own = items[..seen].iter().filter(|item| has(item, &["content", "tool_calls"])).count();
        own * 2 >= seen
    });
    most.max(share(60, &|items| items.iter().any(|item| has(item, &["role", "content"]))))
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| items::conversation(row, message, notes)).collect()
}

/// One message, with everything that was written in it.
pub(super) fn message(item: Value, notes: &mut Notes) -> Option<Message> {
    let Some(role) = item.get("role").and_then(Value::as_text).cloned() else {
        let span = item.get("role").map_or(item.span, |role| role.span);
        notes.add(
            Error,
            "message-without-role",
            span,
            Bilingual::fixed("a message has no role", "一条消息没有角色"),
            Bilingual::fixed(
                r#"write it as {"role": "user", "content": "…"}"#,
                r#"请写成 {"role": "user", "content": "…"}"#,
            ),
        );
        return None;
    };
    roles::unknown(&role, notes);
    let has = |key: &str| item.get(key).is_some_and(|value| !value.is_null());
    let synonym = CONTENT_SYNONYMS.into_iter().find(|key| item.get("content").is_none() && has(key));
    if !has("content") && synonym.is_none() && !OTHER_CONTENT.iter().any(|key| has(key)) {
        notes.add(
            Warning,
            "content-missing",
            item.span,
            Bilingual::fixed("this message has no content", "这条消息没有内容"),
            Bilingual::fixed("add a `content`; it may be \"\"", "请加上 `content`；它可以是 \"\""),
        );
    }
    if let Some(call) = item.get("function_call").filter(|call| !call.is_null() && !has("tool_calls")) {
        legacy_call(call, notes);
    }
    let span = item.span;
    let Kind::Map(mut fields) = item.kind else { return None };
    if let Some(synonym) = synonym {
        for (key, _) in fields.iter_mut().filter(|(key, _)| key.text == synonym) {
            *key = key.replaced("content");
        }
    }
    Some(Message { role, fields, span })
}

fn legacy_call(call: &Value, notes: &mut Notes) {
    let title =
        |text: Option<&Text>| text.map_or("", |text| text.text.as_str()).chars().take(40).collect::<String>();
    let name = title(call.get("name").and_then(Value::as_text));
    notes.add(
        Warning,
        "function-call-legacy",
        call.span,
        Bilingual::new(
            format!("most chat templates read `tool_calls` and not `function_call`: the call of \"{name}\" is left out of the text"),
            format!("多数聊天模板读取 `tool_calls` 而不是 `function_call`：对 \"{name}\" 的调用不会出现在文本中"),
        ),
        Bilingual::fixed(
            r#"write it as "tool_calls": [{"type": "function", "function": {"name": …, "arguments": …}}]"#,
            r#"请写成 "tool_calls": [{"type": "function", "function": {"name": …, "arguments": …}}]"#,
        ),
    );
}
