//! What can be wrong with a conversation in any format.

use super::notes::Notes;
use super::{Conversation, Kind, Value, training};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Error;
use crate::span::Span;

/// Drops conversations without a message or tokens of their own, and says who reads the training flags of the others. One without a reply is the recipe's matter: not every recipe needs one.
pub(super) fn check(conversations: &mut Vec<Conversation>, notes: &mut Notes) {
    conversations.retain(|conversation| {
        if conversation.messages.is_empty() && conversation.given.is_none() {
            if notes.wants("no-messages") && !notes.has_error_in(conversation.span) {
                no_messages(conversation.span, notes);
            }
            return false;
        }
        training::note(conversation, notes);
        true
    });
}

/// Nothing was pasted.
pub(super) fn empty(text: &str, notes: &mut Notes) {
    notes.add(
        Error,
        "empty",
        Span::new(0, text.len()),
        Bilingual::fixed("there is no dialogue", "没有对话"),
        Bilingual::fixed("paste a dialogue", "请粘贴一段对话"),
    );
}

fn no_messages(span: Span, notes: &mut Notes) {
    notes.add(
        Error,
        "no-messages",
        span,
        Bilingual::fixed("there is no message in the list", "列表中没有消息"),
        Bilingual::fixed(
            r#"add one, such as {"role": "user", "content": "…"}"#,
            r#"请添加一条，如 {"role": "user", "content": "…"}"#,
        ),
    );
}

/// A value that no format claims, and what it is instead.
pub(super) fn unrecognised(span: Span, found: &Bilingual, notes: &mut Notes) {
    notes.add(
        Error,
        "unrecognised",
        span,
        Bilingual::new(
            format!("expected a list of messages, found {}", found.en),
            format!("此处应为消息列表，实际是{}", found.zh),
        ),
        Bilingual::fixed(
            r#"write [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}], or an object with such a list under "messages""#,
            r#"请写成 [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]，或把这样的列表放在对象的 "messages" 键下"#,
        ),
    );
}

/// What a value is, for people.
pub(super) fn describe(value: &Value) -> Bilingual {
    match &value.kind {
        Kind::Null => Bilingual::fixed("null", "空值"),
        Kind::Bool(_) => Bilingual::fixed("a truth value", "布尔值"),
        Kind::Number(_) => Bilingual::fixed("a number", "数字"),
        Kind::String(_) => Bilingual::fixed("a string", "字符串"),
        Kind::List(items) => items.first().map_or_else(
            || Bilingual::fixed("an empty list", "空列表"),
            |first| {
                let of = describe(first);
                Bilingual::new(
                    format!("a list that begins with {}", of.en),
                    format!("列表，第一项是{}", of.zh),
                )
            },
        ),
        Kind::Map(entries) => {
            let keys: Vec<String> = entries
                .iter()
                .take(5)
                .map(|(key, _)| format!("`{}`", key.text.chars().take(24).collect::<String>()))
                .collect();
            if keys.is_empty() {
                return Bilingual::fixed("an empty object", "空对象");
            }
            Bilingual::new(
                format!("an object with the keys {}", keys.join(", ")),
                format!("对象，其键为 {}", keys.join("、")),
            )
        }
    }
}
