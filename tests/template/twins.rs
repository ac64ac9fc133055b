//! Training twins: of every official template that was fetched, and of templates that can have none.

use std::collections::BTreeMap;

use lossmask::template::Template;
use lossmask::template::twin::{Twin, training_twin};

use crate::data::{self, case, expected, special_tokens};
use crate::goldens::is_text;

fn twin(source: &str) -> Result<Twin, String> {
    training_twin(source, &special_tokens(), data::now()).map_err(|error| error.code.into_owned())
}

/// Every template that was fetched and marks nothing.
fn without_marks() -> Vec<(&'static str, String)> {
    let names = expected().as_object().expect("templates").keys();
    let official =
        names.filter(|name| !["probe.", "ours.", "format."].iter().any(|own| name.starts_with(own)));
    let (there, missing): (Vec<_>, Vec<_>) =
        official.map(|name| (name.as_str(), data::source(name))).partition(|(_, source)| source.is_some());
    data::report_skipped(&missing.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
    let sources = there.into_iter().filter_map(|(name, source)| Some((name, source?)));
    sources.filter(|(_, source)| Template::compile(source).is_ok_and(|it| !it.has_generation())).collect()
}

/// The probes prove a twin; here it also has to hold for the conversations that it was not proved on.
#[test]
fn twins_of_official_templates_render_what_transformers_makes_of_the_original() {
    let special_tokens = special_tokens();
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut proved = 0;
    let all = without_marks();
    for (name, source) in &all {
        let twin = match twin(source) {
            Ok(twin) => twin,
            Err(code) => {
                reasons.entry(code).or_default().push(name);
                continue;
            }
        };
        proved += 1;
        if let Some(folder) = std::env::var_os("LOSSMASK_TWINS") {
            let path = std::path::Path::new(&folder).join(format!("{name}.jinja"));
            std::fs::write(path, &twin.source).expect("a folder to write to");
        }
        let template = Template::compile(&twin.source).expect("it was proved");
        for (case_name, wanted) in expected()[name]["renders"].as_object().expect("renders") {
            let Some(text) = wanted.get("text") else { continue };
            let (given, prompt) = case(case_name);
            let rendered = template.render(&given.input(&special_tokens, prompt));
            let rendered =
                rendered.unwrap_or_else(|error| panic!("{name}/{case_name}: {}", error.message.en));
            // See `ADDS_TO_SAFE` of the goldens.
            let known = name.contains("functionary-medium-v3-1") && given.tools.is_some();
            assert!(known || is_text(&rendered.text, text), "{name}/{case_name}: {:?}", rendered.text);
        }
    }
    for (reason, names) in &reasons {
        println!("{reason}: {}", names.join(", "));
    }
    println!("{proved} of {} templates have a twin", all.len());
    assert!(proved * 3 >= all.len() * 2, "only {proved} of {} templates have a twin", all.len());
}

#[test]
fn a_template_that_shares_one_expression_with_all_roles_gets_a_test_of_the_role() {
    let source = "{% for m in messages %}\n{{ '<' + m.role + '>' + m['content'] + '</s>' }}\n{% endfor %}\
        {% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}";
    let twin = twin(source).expect("a twin");
    assert_eq!(
        twin.source,
        "{% for m in messages %}\n{% if m['role'] == 'assistant' %}{{ '<' + m.role + '>' }}{% generation %}\
        {{ m['content'] + '</s>' }}{% endgeneration %}{% else %}{{ '<' + m.role + '>' + m['content'] + '</s>' }}\
        {% endif %}{{ '' }}\n{% endfor %}{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}"
    );
    assert!(twin.proved.contains(&"turns".into()) && twin.left_out.contains(&"tools".into()), "{twin:?}");
}

#[test]
fn literal_text_around_the_words_is_wrapped_with_them() {
    let source = "{% for m in messages %}\n<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}\
        {% if add_generation_prompt %}<|assistant|>\n{% endif %}";
    let twin = twin(source).expect("a twin").source;
    assert!(twin.contains("{% generation %}{{ m.content }}<|end|>\n{% endgeneration %}"), "{twin}");
}

#[test]
fn a_template_without_a_twin_says_why() {
    for (source, code) in [
        (
            "{% for m in messages %}{% generation %}{{ m.content }}</s>{% endgeneration %}{% endfor %}",
            "twin-has-tags",
        ),
        ("{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}", "twin-no-stop-token"),
        ("{{ raise_exception('no') }}", "twin-no-probe"),
        ("{{ messages | map(attribute='content') | join('</s>') }}</s>", "twin-inseparable"),
        (
            "{% for i in range(messages | length) %}[{{ messages[i].role }}]{{ messages[i].content }}</s>{% endfor %}\
            {% if add_generation_prompt %}[assistant]{% endif %}",
            "twin-reply-unmarked",
        ),
        ("{% if %}", "template-syntax"),
    ] {
        assert_eq!(twin(source).expect_err(source), code, "{source}");
    }
}

#[test]
fn no_twin_is_made_of_what_only_looks_like_a_template() {
    for source in ["", "{{", "{% endfor %}", "{% else %}", "{{}}", "{%%}", "{% set x %}", "x{% if a %}", "{#"]
    {
        assert!(twin(source).is_err(), "{source}");
    }
}
