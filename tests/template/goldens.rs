//! Chat templates against transformers: `tests/oracle/templates.py` wrote down what it makes of each.

use lossmask::span::Span;
use lossmask::template::{Preparation, Template, catalog};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::data::{self, case, expected, given, special_tokens};

/// An error of Python that is none here; it has its row in COMPATIBILITY.md.
const NO_ERROR_HERE: &str = "Object of type generator is not JSON serializable";

/// Templates that render differently where there are tools: they add to a text that was marked `safe`, which Python
/// then escapes.
const ADDS_TO_SAFE: [&str; 1] = ["llamacpp.meetkai-functionary-medium-v3-1"];

fn sha256(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

/// Whether `text` is the expected one, which is given whole or as the beginning of its SHA-256 and its length.
pub(crate) fn is_text(text: &str, wanted: &Value) -> bool {
    match wanted {
        Value::String(wanted) => text == wanted,
        wanted => wanted[0] == sha256(text)[..16] && wanted[1] == text.len(),
    }
}

/// Compares one template on every case; the differences, to read.
fn compare(name: &str, source: &str, entry: &Value, preparation: Preparation) -> Vec<String> {
    if entry["sha256"] != sha256(source) {
        return vec![format!("{name} is not the template that the expectations were made with")];
    }
    let renders = entry["renders"].as_object().expect("the oracle's renders");
    let template = match Template::compile(source) {
        Ok(template) => template.prepared_as(preparation),
        Err(error) => {
            return vec![format!("{name} does not compile: {} {:?}", error.message.en, error.place)];
        }
    };
    let special_tokens = special_tokens();
    let mut differences = Vec::new();
    for (case_name, wanted) in renders {
        let label = format!("{name}/{case_name}");
        let (given, prompt) = case(case_name);
        if given.tools.is_some() && ADDS_TO_SAFE.contains(&name) {
            continue;
        }
        let rendered = template.render(&given.input(&special_tokens, prompt));
        let plain = template.render_plain(given.plain(&special_tokens, prompt));
        if plain != rendered.clone().map(|rendered| rendered.text) {
            differences.push(format!("{label}: the text alone is {plain:?}, with its writers {rendered:?}"));
        }
        if wanted["error"] == NO_ERROR_HERE {
            continue;
        }
        match (rendered, wanted.get("text")) {
            (Ok(rendered), Some(text)) => {
                if !is_text(&rendered.text, text) {
                    differences.push(format!("{label}:\n  ours {:?}\nwanted {text}", rendered.text));
                    continue;
                }
                let spans: Vec<Span> = serde_json::from_value(wanted["generation"].clone()).expect("spans");
                let spans: Vec<Span> = spans.into_iter().filter(|span| !span.is_empty()).collect();
                if rendered.generation != spans {
                    differences.push(format!("{label}: spans {:?}, wanted {spans:?}", rendered.generation));
                }
            }
            (Err(error), None) => {
                let raised = wanted["raised"].as_str();
                let same = raised.is_some_and(|wanted| error.message.en.ends_with(wanted));
                if (error.code == "template-raised") != raised.is_some() || raised.is_some() && !same {
                    differences.push(format!("{label}: {:?}, wanted {wanted}", error.message.en));
                }
            }
            (Ok(rendered), None) => {
                differences.push(format!("{label}: no error but {:?}, wanted {wanted}", rendered.text));
            }
            (Err(error), Some(text)) => {
                differences.push(format!("{label}: {} but wanted {text}", error.message.en));
            }
        }
    }
    differences
}

/// Compares every template whose text is there; how many there were.
fn compare_all(expected: &Value, preparation: Preparation) -> usize {
    let mut differences = Vec::new();
    let mut skipped = Vec::new();
    let mut count = 0;
    for (name, entry) in expected.as_object().expect("templates") {
        if name.starts_with("format.") {
            continue;
        }
        match data::source(name) {
            Some(source) => {
                differences.extend(compare(name, &source, entry, preparation));
                count += 1;
            }
            None => skipped.push(name.as_str()),
        }
    }
    data::report_skipped(&skipped);
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    count
}

#[test]
fn templates_render_as_transformers_renders_them() {
    assert!(compare_all(expected(), Preparation::V5) >= 12, "the probes are missing");
}

#[test]
fn messages_can_be_prepared_as_transformers_4_did() {
    assert!(compare_all(&data::expected_of_4(), Preparation::V4) >= 12, "the probes are missing");
}

/// The official templates, or older formats, that those of the catalog are compared with.
const OFFICIAL: [(&str, &str); 25] = [
    ("alpaca", "format.alpaca"),
    ("chatml", "llamacpp-test.openhermes-2-5-mistral-7b"),
    ("command-r", "llamacpp-test.c4ai-command-r-plus"),
    ("command-r", "trl.cohere"),
    ("deepseek-r1", "trl.deepseekv3"),
    ("deepseek-v3", "npm.deepseek_v3"),
    ("gemma-2", "llamacpp.google-gemma-2-2b-it"),
    ("gemma-2", "trl.gemma"),
    ("gemma-3", "npm.gemma3"),
    ("gemma-3", "trl.gemma3"),
    ("glm-4", "llamacpp-test.chatglm4"),
    ("gpt-oss", "trl.gptoss"),
    ("llama-2", "format.llama-2"),
    ("llama-3", "npm.llama3_1"),
    ("llama-3", "trl.llama3"),
    ("mistral-v1", "llamacpp-test.mistral-7b-instruct-v0-2-v1"),
    ("mistral-v3", "llamacpp-test.mistral-large-instruct-2407-v3"),
    ("mistral-v7", "llamacpp-test.mistral-large-instruct-2411-v7"),
    ("phi-3", "trl.phi3"),
    ("phi-4", "llamacpp-test.phi-4"),
    ("qwen2.5", "npm.qwen2_5"),
    ("qwen3", "trl.qwen3"),
    ("smollm2", "gguf.smollm2"),
    ("vicuna", "format.vicuna_v1.1"),
    ("zephyr", "format.zephyr"),
];

#[test]
fn the_catalog_renders_the_same_text_as_the_official_templates() {
    let special_tokens = special_tokens();
    for entry in &catalog::entries() {
        let compared = OFFICIAL.iter().any(|(id, _)| *id == entry.id);
        assert_eq!(
            compared,
            !entry.about().compared.is_empty(),
            "{} says what it was compared with",
            entry.id
        );
    }
    for (id, official) in OFFICIAL {
        let template = Template::compile(catalog::find(id).expect(id).source()).expect(id);
        let renders = expected()[official]["renders"].as_object().expect(official);
        let mut same = 0;
        for (case_name, wanted) in renders {
            let (given, prompt) = case(case_name);
            let rendered = template.render(&given.input(&special_tokens, prompt));
            if let Some(text) = wanted.get("text") {
                let rendered =
                    rendered.unwrap_or_else(|error| panic!("{id}/{case_name}: {}", error.message.en));
                assert!(
                    is_text(&rendered.text, text),
                    "{id}/{case_name}: {:?}, wanted {text}",
                    rendered.text
                );
                same += 1;
            } else if wanted.get("raised").is_some() {
                assert!(rendered.is_err(), "{id}/{case_name}: {official} refuses it");
            }
        }
        assert!(same >= 3, "{id} was compared only {same} times");
    }
}

#[test]
fn the_catalog_compiles_and_plain_is_as_one_would_write_it_by_hand() {
    for entry in catalog::entries() {
        let template = Template::compile(entry.source()).expect(entry.id);
        assert!(template.has_generation(), "{}", entry.id);
    }
    let plain = Template::compile(catalog::find("plain").expect("plain").source()).expect("plain compiles");
    let special_tokens = special_tokens();
    let given = given("poem");
    let mut input = given.input(&special_tokens, false);
    let whole = plain.render(&input).expect("renders");
    assert_eq!(
        whole.text,
        "<user> 帮我写一首诗。 <assistant> 春风拂面花开放，碧水潺潺鸟语香。 <user> 再写一首关于夏天的。 <assistant> \
         夏日炎炎荷满塘，蝉鸣树梢午梦长。"
    );
    let trained: Vec<_> = whole.generation.iter().map(|span| span.of(&whole.text)).collect();
    assert_eq!(trained, [" 春风拂面花开放，碧水潺潺鸟语香。", " 夏日炎炎荷满塘，蝉鸣树梢午梦长。"]);
    input.messages = &given.messages[..3];
    input.add_generation_prompt = true;
    let prompt = plain.render(&input).expect("renders");
    assert!(prompt.text.ends_with("再写一首关于夏天的。 <assistant>"));
    assert!(whole.text.starts_with(&prompt.text));
}
