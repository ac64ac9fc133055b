//! The conversations and expectations of the template tests.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lossmask::dialogue::{Kind, Message, Run, Text, Value};
use lossmask::span::Span;

/// A conversation of `conversations.json`.
pub(crate) struct Given {
    pub(crate) messages: Vec<Message>,
    pub(crate) tools: Option<Value>,
    pub(crate) add_generation_prompt: bool,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/template")
}

fn json(name: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(folder().join(name)).expect(name);
    serde_json::from_str(&text).expect(name)
}

pub(crate) fn expected() -> serde_json::Value {
    json("expected.json")
}

/// Every probe, by name.
pub(crate) fn probes() -> BTreeMap<String, String> {
    std::fs::read_dir(folder().join("probes"))
        .expect("the folder of probes")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("a probe"))
        })
        .collect()
}

pub(crate) fn given(name: &str) -> Given {
    let conversation = &json("conversations.json")[name];
    let messages = conversation["messages"].as_array().expect("messages").iter().map(message).collect();
    Given {
        messages,
        tools: conversation.get("tools").map(value),
        add_generation_prompt: conversation["add_generation_prompt"].as_bool().unwrap_or(false),
    }
}

pub(crate) fn special_tokens() -> BTreeMap<String, String> {
    [("bos_token", "<s>"), ("eos_token", "</s>")].map(|(k, v)| (k.to_owned(), v.to_owned())).into()
}

pub(crate) fn now() -> chrono::NaiveDateTime {
    chrono::NaiveDate::from_ymd_opt(2026, 1, 31)
        .and_then(|day| day.and_hms_opt(9, 5, 7))
        .expect("a valid time")
}

/// A text that was pasted without an escape, its quote at byte 1000.
pub(crate) fn text(text: &str) -> Text {
    Text {
        text: text.to_owned(),
        map: vec![Run { from: 0, to: 1001, verbatim: true }],
        span: Span::new(1000, 1002 + text.len()),
    }
}

pub(crate) fn message(value: &serde_json::Value) -> Message {
    let Kind::Map(fields) = self::value(value).kind else { panic!("a message is an object") };
    let role = value["role"].as_str().expect("a role");
    Message { role: text(role), fields, span: Span::default() }
}

pub(crate) fn value(value: &serde_json::Value) -> Value {
    let kind = match value {
        serde_json::Value::Null => Kind::Null,
        serde_json::Value::Bool(flag) => Kind::Bool(*flag),
        serde_json::Value::Number(number) => Kind::Number(number.to_string()),
        serde_json::Value::String(string) => Kind::String(text(string)),
        serde_json::Value::Array(items) => Kind::List(items.iter().map(self::value).collect()),
        serde_json::Value::Object(entries) => {
            Kind::Map(entries.iter().map(|(key, item)| (text(key), self::value(item))).collect())
        }
    };
    Value { kind, span: Span::default() }
}
