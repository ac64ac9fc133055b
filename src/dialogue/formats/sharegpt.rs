//! `ShareGPT`: a list of `{from, value}`, bare or under `conversations`, with other words for the roles.

use super::super::notes::Notes;
use super::super::{Conversation, Kind, Message, Text, Value};
use super::{Format, Input, Reads, items, roles};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Error, Warning};

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "sharegpt",
    title: Bilingual::fixed("ShareGPT", "ShareGPT"),
    reads: Reads::Rows { claims, read },
};

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
fn message(item: Value, notes: &mut Notes) -> Option<Message> {
    let Some(from) = item.get("from").and_then(Value::as_text).cloned() else {
        notes.add(
            Error,
            "message-without-role",
            item.span,
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
        Some(_) => from,
        None => {
            if notes.wants("unknown-role") {
                unknown_role(&from, notes);
            }
            from
        }
    };
    if item.get("value").is_none() {
        notes.add(
            Warning,
            "content-missing",
            item.span,
            Bilingual::fixed("this message has no `value`", "这条消息没有 `value`"),
            Bilingual::fixed("add a `value`; it may be \"\"", "请加上 `value`；它可以是 \"\""),
        );
    }
    let Kind::Map(entries) = item.kind else { return None };
    let fields = entries.into_iter().map(|(key, value)| match key.text.as_str() {
        "from" => (key.replaced("role"), Value::from_text(role.clone())),
        "value" => (key.replaced("content"), value),
        _ => (key, value),
    });
    Some(Message { fields: fields.collect(), role: role.clone(), span: item.span })
}

fn unknown_role(from: &Text, notes: &mut Notes) {
    let shown: String = from.text.chars().take(40).collect();
    notes.add(
        Warning,
        "unknown-role",
        from.span,
        Bilingual::new(
            format!("\"{shown}\" is no role that is known; it is kept as it is"),
            format!("\"{shown}\" 不是已知的角色；按原样保留"),
        ),
        Bilingual::fixed(
            "ShareGPT's roles are system, human, gpt, function_call and observation",
            "ShareGPT 的角色有 system、human、gpt、function_call 和 observation",
        ),
    );
}
