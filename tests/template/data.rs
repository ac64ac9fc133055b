//! The conversations and expectations of the template tests.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use lossmask::dialogue::{Kind, Message, Run, Text, Value};
use lossmask::span::Span;
use lossmask::template::{Input, Plain, catalog};

/// A conversation of `conversations.json`.
pub(crate) struct Given {
    pub(crate) messages: Vec<Message>,
    pub(crate) tools: Option<Value>,
    pub(crate) variables: Vec<(String, Value)>,
    /// The same as JSON: messages, tools, variables.
    json: [serde_json::Value; 3],
}

impl Given {
    /// What a template is given, all but the tokens.
    pub(crate) fn input<'a>(
        &'a self,
        special_tokens: &'a BTreeMap<String, String>,
        prompt: bool,
    ) -> Input<'a> {
        Input {
            messages: &self.messages,
            tools: self.tools.as_ref(),
            variables: &self.variables,
            add_generation_prompt: prompt,
            special_tokens,
            now: now(),
        }
    }

    /// The same, read from JSON.
    pub(crate) fn plain<'a>(&self, special_tokens: &'a BTreeMap<String, String>, prompt: bool) -> Plain<'a> {
        let [messages, tools, variables] = self.json.each_ref().map(ToString::to_string);
        Plain {
            messages: serde_json::from_str(&messages).expect("messages"),
            tools: serde_json::from_str(&tools).expect("tools"),
            variables: serde_json::from_str(&variables).expect("variables"),
            add_generation_prompt: prompt,
            special_tokens,
            now: now(),
        }
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/template")
}

fn gunzip(name: &str) -> serde_json::Value {
    let file = std::fs::File::open(folder().join(name)).expect(name);
    serde_json::from_reader(std::io::BufReader::new(flate2::read::GzDecoder::new(file))).expect(name)
}

/// What transformers 5.23 makes of each template and each case.
pub(crate) fn expected() -> &'static serde_json::Value {
    static EXPECTED: LazyLock<serde_json::Value> = LazyLock::new(|| gunzip("expected.json.gz"));
    &EXPECTED
}

/// What transformers 4.57 makes of them, where it prepares messages differently.
pub(crate) fn expected_of_4() -> serde_json::Value {
    gunzip("expected-4.json.gz")
}

/// The text of a template by the name that it has in the expectations: of a probe, or of an official one if it was
/// fetched.
pub(crate) fn source(name: &str) -> Option<String> {
    if let Some(id) = name.strip_prefix("ours.") {
        return catalog::find(id).map(|entry| entry.source().to_owned());
    }
    let path = if let Some(probe) = name.strip_prefix("probe.") {
        folder().join("probes").join(format!("{probe}.jinja"))
    } else {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        root.join("target/official-templates").join(format!("{name}.jinja"))
    };
    std::fs::read_to_string(path).ok()
}

/// Says which tests were skipped for want of official templates.
pub(crate) fn report_skipped(skipped: &[&str]) {
    if !skipped.is_empty() {
        eprintln!(
            "skipped, as `python3 tests/oracle/fetch_templates.py --all` was not run: {}",
            skipped.join(", ")
        );
    }
}

/// Every probe, by name.
pub(crate) fn probes() -> BTreeMap<String, String> {
    let names = expected().as_object().expect("templates").keys();
    names
        .filter(|name| name.starts_with("probe."))
        .map(|name| (name.clone(), source(name).expect("a probe")))
        .collect()
}

/// The conversation of a case, and whether it ends with the generation prompt: `NAME`, `NAME-tools+prompt`.
pub(crate) fn case(case: &str) -> (Given, bool) {
    static CONVERSATIONS: LazyLock<serde_json::Value> = LazyLock::new(|| {
        let text = std::fs::read_to_string(folder().join("conversations.json")).expect("conversations");
        serde_json::from_str(&text).expect("conversations")
    });
    let (name, prompt) = case.strip_suffix("+prompt").map_or((case, false), |name| (name, true));
    let (name, tools) = name.strip_suffix("-tools").map_or((name, true), |name| (name, false));
    let conversation = &CONVERSATIONS[name];
    let messages = conversation["messages"].as_array().expect("messages").iter().map(message).collect();
    let variables = conversation["variables"].as_object().into_iter().flatten();
    let shown = conversation.get("tools").filter(|_| tools);
    let json = [
        conversation["messages"].clone(),
        shown.cloned().unwrap_or_default(),
        conversation.get("variables").cloned().unwrap_or_else(|| serde_json::json!({})),
    ];
    let given = Given {
        json,
        messages,
        tools: shown.map(value),
        variables: variables.map(|(name, item)| (name.clone(), value(item))).collect(),
    };
    (given, prompt)
}

pub(crate) fn given(name: &str) -> Given {
    case(name).0
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
