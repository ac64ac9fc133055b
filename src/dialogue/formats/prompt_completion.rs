//! TRL's `prompt` and `completion`, both strings or both lists of messages; a `prompt` alone; a `label` for the pair.

use super::super::notes::Notes;
use super::super::{Branch, Conversation, Kind, Message, Value};
use super::words::words;
use super::{Format, Input, Reads, Row, items, made, openai, other_row, pairs, sharegpt};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Note;

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "prompt-completion",
    title: Bilingual::fixed("Prompt and completion", "prompt 与 completion"),
    reads: Reads::Rows { claims, read },
};

fn claims(input: &Input) -> u8 {
    let says = |row: &Row, key| {
        row.get(key).is_some_and(|value| !matches!(value.kind, Kind::Null | Kind::Number(_)))
    };
    let both = input.share(90, |row| says(row, "prompt") && says(row, "completion"));
    let list = input.share(88, |row| row.get("prompt").and_then(Value::as_list).is_some());
    both.max(list).max(input.share(45, |row| says(row, "prompt")))
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| conversation(&row, notes)).collect()
}

fn conversation(row: &Row, notes: &mut Notes) -> Option<Conversation> {
    let (prompt, completion) = (row.get("prompt"), row.get("completion"));
    if prompt.is_none() && completion.is_none() {
        other_row(row, notes);
        return None;
    }
    if completion.or(prompt).is_some_and(|value| value.as_text().is_some())
        && notes.is_new("no-chat-template")
    {
        no_chat_template(row, notes);
    }
    let mut messages = prompt.map_or_else(Vec::new, |value| side(value, "user", notes));
    messages.extend(completion.map_or_else(Vec::new, |value| side(value, "assistant", notes)));
    let branch = match row.get("label").map(|label| &label.kind) {
        Some(Kind::Bool(good)) => Some(if *good { Branch::Desirable } else { Branch::Undesirable }),
        _ => None,
    };
    Some(Conversation { branch, ..items::around(row, messages, notes) })
}

/// The messages of a prompt, a completion or an answer: a string is one of `role`.
pub(super) fn side(value: &Value, role: &'static str, notes: &mut Notes) -> Vec<Message> {
    match &value.kind {
        Kind::Map(_) if value.get("role").is_some() => {
            openai::message(value.clone(), notes).into_iter().collect()
        }
        Kind::Map(_) if value.get("from").is_some() => {
            sharegpt::message(value.clone(), notes).into_iter().collect()
        }
        Kind::List(items) if items.iter().any(|item| item.as_map().is_some() || item.as_list().is_some()) => {
            pairs::turns(items.clone(), notes)
        }
        Kind::Null => Vec::new(),
        Kind::List(items) if items.is_empty() => Vec::new(),
        _ => {
            let message = words(value).map(|text| made(role, text));
            if message.is_none() {
                super::fields::not_text(value, notes);
            }
            message.into_iter().collect()
        }
    }
}

fn no_chat_template(row: &Row, notes: &mut Notes) {
    notes.add(
        Note,
        "no-chat-template",
        row.span(),
        Bilingual::fixed(
            "TRL encodes a prompt and a completion that are strings as they are, without a chat template; here they are a \
             user's and an assistant's message",
            "TRL 对字符串形式的 prompt 与 completion 不套用聊天模板，直接编码；这里把它们读作用户和助手的消息",
        ),
        Bilingual::fixed(
            r#"for a chat, write both as lists of messages: "prompt": [{"role": "user", "content": "…"}]"#,
            r#"若是对话，请都写成消息列表："prompt": [{"role": "user", "content": "…"}]"#,
        ),
    );
}
