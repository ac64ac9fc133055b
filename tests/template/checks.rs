//! Checks of templates: each finding on a template that deserves it, and none on those that are safe to train with.

use lossmask::diagnostic::Severity;
use lossmask::template::catalog::{self, Form};
use lossmask::template::checks::{Setting, TemplateFinding, check};

use crate::data::{self, special_tokens};

fn found(source: &str) -> Vec<TemplateFinding> {
    let special_tokens = special_tokens();
    check(source, Setting { special_tokens: &special_tokens, now: data::now(), tokenizer_adds_bos: true })
}

fn codes(source: &str) -> Vec<String> {
    found(source).into_iter().map(|finding| finding.code.into_owned()).collect()
}

/// What would make a template unfit to train with.
const UNFIT: [&str; 6] = [
    "marks-too-much",
    "prompt-not-a-prefix",
    "reply-not-all-marked",
    "set-inside-generation",
    "stop-token-not-own",
    "turn-changes-later",
];

#[test]
fn the_catalog_says_which_templates_are_safe_to_train_with() {
    for entry in &catalog::entries() {
        let unfit: Vec<_> =
            codes(entry.source()).into_iter().filter(|code| UNFIT.contains(&code.as_str())).collect();
        match (entry.id, entry.form) {
            ("plain", _) => assert_eq!(unfit, ["stop-token-not-own"]),
            // It drops tool calls, which is no matter of marks.
            ("deepseek-v3", Form::Authors) => assert!(unfit.is_empty(), "{unfit:?}"),
            (id, Form::Authors) => assert!(!unfit.is_empty(), "{id} needs no second form"),
            (id, Form::Only | Form::Training) => assert!(unfit.is_empty(), "{id}: {unfit:?}"),
        }
    }
}

/// The finding with this code, with a conversation that shows it.
fn shown(source: &str, code: &str) -> TemplateFinding {
    let found = found(source);
    let codes: Vec<_> = found.iter().map(|finding| finding.code.clone()).collect();
    let finding = found.into_iter().find(|finding| finding.code == code);
    let finding = finding.unwrap_or_else(|| panic!("{code} is not among {codes:?}"));
    let conversation = finding.conversation.as_deref().unwrap_or("null");
    assert!(serde_json::from_str::<serde_json::Value>(conversation).is_ok(), "{conversation}");
    finding
}

/// A template that does nothing wrong, but for what is put in.
fn template(before: &str, user: &str, reply: &str) -> String {
    format!(
        "{{{{ bos_token }}}}{before}{{% for m in messages %}}{{% if m.role == 'assistant' %}}<assistant>{reply}        {{% else %}}{user}{{% endif %}}{{% endfor %}}{{% if add_generation_prompt %}}<assistant>{{% endif %}}"
    )
}

const USER: &str = "<{{ m.role }}>{{ m.content }}</s>";
const REPLY: &str = "{% generation %}{{ m.content }}</s>{% endgeneration %}";

#[test]
fn a_template_without_fault_has_no_finding_about_its_marks() {
    let codes = codes(&template("", USER, REPLY));
    assert!(!codes.iter().any(|code| UNFIT.contains(&code.as_str())), "{codes:?}");
    assert!(!codes.contains(&"no-generation-tags".to_owned()));
}

#[test]
fn each_fault_is_found_and_shown() {
    for (source, code, excerpt) in [
        (template("", USER, "{{ m.content }}</s>"), "no-generation-tags", ""),
        (
            template("", USER, "{% generation %}{{ m.content }}{% endgeneration %}</s>"),
            "reply-not-all-marked",
            "</s>",
        ),
        (
            template("", "{% generation %}<u>{{ m.content }}</s>{% endgeneration %}", REPLY),
            "marks-too-much",
            "<u>Alder?",
        ),
        (
            template(
                "{% macro reply(text) %}> {% generation %}{{ text }}</s>{% endgeneration %}{% endmacro %}",
                USER,
                "{{ reply(m.content) }}",
            ),
            "generation-in-macro",
            "{% generation %}",
        ),
        (template("", USER, "{{ m.content }}"), "stop-token-not-own", ""),
        (
            template(
                "",
                USER,
                "{% generation %}{% set x = m.content %}{{ x }}</s>{% endgeneration %}{{ x }}",
            ),
            "set-inside-generation",
            "set x",
        ),
        (
            template(
                "",
                USER,
                "{% generation %}{% if loop.last %}!{% endif %}{{ m.content }}</s>{% endgeneration %}",
            ),
            "turn-changes-later",
            "≠",
        ),
        (
            template("", USER, REPLY) + "{% if add_generation_prompt %}<think>{% endif %}",
            "prompt-not-a-prefix",
            "<think>",
        ),
        (
            template(
                "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}",
                USER,
                REPLY,
            ),
            "system-refused",
            "no system",
        ),
        (
            template("", "{% if m.role != 'system' %}<u>{{ m.content }}</s>{% endif %}", REPLY),
            "system-dropped",
            "Fir?",
        ),
        (template("<system>You are a very helpful assistant.</s>", USER, REPLY), "text-added", "helpful"),
        (template("<{{ strftime_now('%Y') }}>", USER, REPLY), "date-added", "2026"),
        (template("", USER, REPLY), "bos-twice", "<s>"),
        (template("", USER, REPLY).replace("{{ bos_token }}", ""), "bos-missing", ""),
        (
            template("", "{% if m.role == 'user' %}<u>{{ m.content }}</s>{% endif %}", REPLY),
            "roles-dropped",
            "",
        ),
        (
            template(
                "",
                "{% if m.role not in ['user', 'system'] %}{{ raise_exception(m.role) }}{% endif %}",
                REPLY,
            ),
            "roles-refused",
            "developer",
        ),
        (template("", USER, REPLY), "tools-dropped", ""),
        (template("", USER, REPLY), "tool-calls-dropped", ""),
        (
            template(
                "",
                USER,
                "{% generation %}{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.arguments | tojson }}                {% endfor %}</s>{% endgeneration %}",
            ),
            "arguments-encoded-twice",
            "\\\"city",
        ),
        (
            template(
                "",
                USER,
                "{% for c in m.tool_calls or [] %}{{ c.function.arguments.items() }}{% endfor %}",
            ),
            "arguments-refused",
            "",
        ),
        (template("", USER, REPLY), "reasoning-dropped", ""),
        (
            template("", USER, "{{ m.reasoning_content if loop.last }}{{ m.content }}</s>"),
            "reasoning-only-last",
            "Orange",
        ),
        (
            template("", USER, "{{ m.thinking }}{{ m.reasoning_content }}{{ m.content }}</s>"),
            "reasoning-twice",
            "Orange",
        ),
    ] {
        let finding = shown(&source, code);
        let shown = finding.excerpt.unwrap_or_default();
        assert!(shown.contains(excerpt), "{code} shows {shown:?}, not {excerpt:?}");
        assert!(!finding.hint.zh.is_empty() && !finding.message.zh.is_empty());
    }
}

#[test]
fn a_template_that_does_not_compile_has_that_as_its_only_finding() {
    let found = found("{% for x in [1] %}{% with %}{% continue %}{% endwith %}{% endfor %}");
    assert_eq!(found.len(), 1);
    assert_eq!((&*found[0].code, found[0].severity), ("template-unsupported", Severity::Error));
    assert!(found[0].excerpt.as_deref().is_some_and(|excerpt| excerpt.contains("continue")));
}

#[test]
fn a_hostile_template_is_given_up_soon() {
    let start = std::time::Instant::now();
    found(
        "{% for a in range(90000) %}{% for b in range(90000) %}{% set x = a * b %}{% endfor %}{% endfor %}",
    );
    found(&template("{% for a in range(9000) %}x{% endfor %}", USER, REPLY));
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[test]
#[ignore = "prints a list"]
fn list_of_findings() {
    for entry in &catalog::entries() {
        println!("{} {:?}: {:?}", entry.id, entry.form, codes(entry.source()));
    }
    for name in data::expected().as_object().expect("templates").keys() {
        if let Some(source) =
            data::source(name).filter(|_| name.starts_with("trl.") || name.starts_with("npm."))
        {
            println!("{name}: {:?}", codes(&source));
        }
    }
}

#[test]
#[ignore = "prints a list"]
fn list_of_switches() {
    for name in data::expected().as_object().expect("templates").keys() {
        if let Some(source) = data::source(name).filter(|_| !name.starts_with("probe.")) {
            let switches = lossmask::template::switches(&source).unwrap_or_default();
            if !switches.is_empty() {
                println!("{name}: {switches:?}");
            }
        }
    }
}
