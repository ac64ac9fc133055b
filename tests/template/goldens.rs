//! Chat templates against transformers: `tests/oracle/templates.py` wrote down what it makes of each.

use lossmask::span::Span;
use lossmask::template::{Preparation, Template, catalog};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::data::{self, case, expected, given, special_tokens};

/// What is known to differ, as `template/case`; each has its row in COMPATIBILITY.md.
const DIFFERENT: [&str; 0] = [];

/// Whether `text` is the expected one, which is given whole or as the beginning of its SHA-256 and its length.
pub(crate) fn is_text(text: &str, wanted: &Value) -> bool {
    match wanted {
        Value::String(wanted) => text == wanted,
        wanted => {
            let hash = Sha256::digest(text.as_bytes());
            let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            wanted[0] == hash && wanted[1] == text.len()
        }
    }
}

/// Compares one template on every case; the differences, to read.
fn compare(name: &str, source: &str, entry: &Value, preparation: Preparation) -> Vec<String> {
    let hash = Sha256::digest(source.as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    if entry["sha256"] != hash {
        return vec![format!("{name} is not the template that the expectations were made with")];
    }
    let renders = entry["renders"].as_object().expect("the oracle's renders");
    let template = match Template::compile(source) {
        Ok(template) => template.prepared_as(preparation),
        Err(error) => return vec![format!("{name} does not compile: {} {:?}", error.message.en, error.place)],
    };
    let special_tokens = special_tokens();
    let mut differences = Vec::new();
    for (case_name, wanted) in renders {
        let label = format!("{name}/{case_name}");
        if DIFFERENT.contains(&label.as_str()) {
            continue;
        }
        let (given, prompt) = case(case_name);
        let rendered = template.render(&given.input(&special_tokens, prompt));
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

#[test]
fn the_catalog_compiles_and_plain_is_as_one_would_write_it_by_hand() {
    for entry in catalog::entries() {
        let template = Template::compile(entry.source).expect(entry.id);
        assert!(template.has_generation(), "{}", entry.id);
    }
    let plain = Template::compile(catalog::find("plain").expect("plain").source).expect("plain compiles");
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
