//! `OpenAI`'s and `HuggingFace`'s shape: a list of `{role, content, …}`, bare or under `messages` and the like.

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
const OTHER_CONTENT: [&str; 5] =
    ["tool_calls", "function_call", "reasoning_content", "thinking", "reasoning"];

fn claims(input: &Input) -> u8 {
    input.share(100, |row| match row.messages() {
        Some([]) => true,
        Some(items) => items.iter().any(|item| item.get("role").is_some() || item.get("content").is_some()),
        None => false,
    })
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| items::conversation(row, message, notes)).collect()
}

/// One message, with everything that was written in it.
fn message(item: Value, notes: &mut Notes) -> Option<Message> {
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
    if !roles::is_known(&role.text) && notes.wants("unknown-role") {
        unknown_role(&role, notes);
    }
    let has_content = item.get("content").is_some_and(|content| !content.is_null());
    if !has_content && !OTHER_CONTENT.iter().any(|key| item.get(key).is_some_and(|value| !value.is_null())) {
        notes.add(
            Warning,
            "content-missing",
            item.span,
            Bilingual::fixed("this message has no content", "这条消息没有内容"),
            Bilingual::fixed("add a `content`; it may be \"\"", "请加上 `content`；它可以是 \"\""),
        );
    }
    let Kind::Map(fields) = item.kind else { return None };
    Some(Message { role, fields, span: item.span })
}

fn unknown_role(role: &Text, notes: &mut Notes) {
    let shown: String = role.text.chars().take(40).collect();
    let hint = roles::meant(&role.text).map_or_else(
        || {
            Bilingual::fixed(
                "the known roles are system, user, assistant and tool",
                "已知的角色有 system、user、assistant 和 tool",
            )
        },
        |meant| {
            Bilingual::new(
                format!("write \"{meant}\" if that is meant"),
                format!("若是此意，请写成 \"{meant}\""),
            )
        },
    );
    notes.add(
        Warning,
        "unknown-role",
        role.span,
        Bilingual::new(
            format!("chat templates do not know the role \"{shown}\"; it is kept as it is"),
            format!("聊天模板不认识角色 \"{shown}\"；按原样保留"),
        ),
        hint,
    );
}
