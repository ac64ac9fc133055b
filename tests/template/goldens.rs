//! Chat templates against transformers: `tests/oracle/templates.py` wrote down what it makes of each probe.

use lossmask::span::Span;
use lossmask::template::{Input, Template, catalog};

use crate::data::{self, Given, expected, given, special_tokens};

/// What is known to differ, as `template/conversation`.
const DIFFERENT: [&str; 0] = [];

/// Compares one template on every conversation; the differences, to read.
fn compare(name: &str, source: &str) -> Vec<String> {
    let expected = expected();
    let renders = expected[name]["renders"].as_object().expect("the oracle's renders");
    let template = match Template::compile(source) {
        Ok(template) => template,
        Err(error) => return vec![format!("{name} does not compile: {}", error.message.en)],
    };
    let special_tokens = special_tokens();
    let mut differences = Vec::new();
    for (conversation, wanted) in renders {
        let label = format!("{name}/{conversation}");
        if DIFFERENT.contains(&label.as_str()) {
            continue;
        }
        let Given { messages, tools, add_generation_prompt } = given(conversation);
        let input = Input {
            messages: &messages,
            tools: tools.as_ref(),
            variables: &[],
            add_generation_prompt,
            special_tokens: &special_tokens,
            now: data::now(),
        };
        match (template.render(&input), wanted["text"].as_str()) {
            (Ok(rendered), Some(text)) => {
                if rendered.text != text {
                    differences.push(format!("{label}:\n  ours {:?}\nwanted {text:?}", rendered.text));
                    continue;
                }
                let spans: Vec<Span> = serde_json::from_value(wanted["generation"].clone()).expect("spans");
                let spans: Vec<Span> = spans.into_iter().filter(|span| !span.is_empty()).collect();
                if rendered.generation != spans {
                    differences.push(format!("{label}: spans {:?}, wanted {spans:?}", rendered.generation));
                }
            }
            (Err(error), None) => {
                let wanted = wanted["error"].as_str().expect("the oracle's error");
                if error.code == "template-raised" && !error.message.en.ends_with(wanted) {
                    differences.push(format!("{label}: raised {:?}, wanted {wanted:?}", error.message.en));
                }
            }
            (Ok(rendered), None) => differences.push(format!("{label}: no error but {:?}", rendered.text)),
            (Err(error), Some(text)) => {
                differences.push(format!("{label}: {} but wanted {text:?}", error.message.en));
            }
        }
    }
    differences
}

#[test]
fn the_probes_render_as_transformers_renders_them() {
    let mut differences = Vec::new();
    let mut count = 0;
    for (name, source) in data::probes() {
        differences.extend(compare(&name, &source));
        count += 1;
    }
    assert!(count >= 12, "only {count} probes were found");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// `LOSSMASK_TEMPLATES` is a folder with official templates as `NAME.jinja`; they are not ours to keep.
#[test]
fn official_templates_render_as_transformers_renders_them() {
    let probes = data::probes();
    let folder = std::env::var_os("LOSSMASK_TEMPLATES").map(std::path::PathBuf::from);
    let mut differences = Vec::new();
    for (name, _) in
        expected().as_object().expect("templates").iter().filter(|(name, _)| !probes.contains_key(*name))
    {
        let path = folder.as_ref().map(|folder| folder.join(format!("{name}.jinja")));
        match path.and_then(|path| std::fs::read_to_string(path).ok()) {
            Some(source) => differences.extend(compare(name, &source)),
            None => eprintln!("skipped: {name} (LOSSMASK_TEMPLATES has no such file)"),
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_catalog_compiles_and_plain_is_as_one_would_write_it_by_hand() {
    for entry in catalog::entries() {
        let template = Template::compile(entry.source).expect(entry.id);
        assert!(template.has_generation(), "{}", entry.id);
    }
    let plain = Template::compile(catalog::find("plain").expect("plain").source).expect("plain compiles");
    let special_tokens = special_tokens();
    let messages = given("poem").messages;
    let mut input = Input {
        messages: &messages,
        tools: None,
        variables: &[],
        add_generation_prompt: false,
        special_tokens: &special_tokens,
        now: data::now(),
    };
    let whole = plain.render(&input).expect("renders");
    assert_eq!(
        whole.text,
        "<user> 帮我写一首诗。 <assistant> 春风拂面花开放，碧水潺潺鸟语香。 <user> 再写一首关于夏天的。 <assistant> \
         夏日炎炎荷满塘，蝉鸣树梢午梦长。"
    );
    let trained: Vec<_> = whole.generation.iter().map(|span| span.of(&whole.text)).collect();
    assert_eq!(trained, [" 春风拂面花开放，碧水潺潺鸟语香。", " 夏日炎炎荷满塘，蝉鸣树梢午梦长。"]);
    input.messages = &messages[..3];
    input.add_generation_prompt = true;
    let prompt = plain.render(&input).expect("renders");
    assert!(prompt.text.ends_with("再写一首关于夏天的。 <assistant>"));
    assert!(whole.text.starts_with(&prompt.text));
}
