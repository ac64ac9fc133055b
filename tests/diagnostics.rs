//! What the checks say of real dialogues: of those of the gallery, and of faults as trainers make them.
#![cfg(not(target_arch = "wasm32"))]

use lossmask::diagnostic::codes::CODES;
use lossmask::diagnostic::{Diagnostic, Severity};
use lossmask::engine::{Engine, Report, Request, TemplateChoice};
use lossmask::examples::EXAMPLES;
use lossmask::recipe::{OptionKind, Outcome, Recipe, Sample, catalog};

const TALK: &str =
    r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Good day to you."}]"#;

/// A template like `ChatML`, whose block holds what `{body}` says.
fn marked(body: &str) -> TemplateChoice {
    TemplateChoice::Source(format!(
        "{{% for m in messages %}}<|im_start|>{{{{ m.role }}}}\n{{% if m.role == 'assistant' %}}{body}{{% else %}}\
         {{{{ m.content }}}}{{{{ eos_token }}}}{{% endif %}}\n{{% endfor %}}{{% if add_generation_prompt %}}<|im_start|>assistant\n\
         {{% endif %}}"
    ))
}

fn chatml() -> TemplateChoice {
    TemplateChoice::Catalog("chatml".to_owned())
}

fn report(dialogue: &str, template: TemplateChoice, recipe: &str, options: &[(&str, &str)]) -> Report {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (dialogue, recipe) = (dialogue.to_owned(), recipe.to_owned());
    Engine::new().analyze(&Request { dialogue, template, recipe, options, ..Request::default() })
}

fn samples(report: &Report) -> Vec<&Sample> {
    let outcomes = report.conversations.iter().flat_map(|conversation| &conversation.outcomes);
    outcomes.filter_map(|it| if let Outcome::Sample(sample) = it { Some(sample) } else { None }).collect()
}

/// The finding of this code in the first sample, and the text of its tokens.
fn found(
    code: &str,
    dialogue: &str,
    template: TemplateChoice,
    recipe: &str,
    options: &[(&str, &str)],
) -> Option<(Diagnostic, String)> {
    let report = report(dialogue, template, recipe, options);
    let sample = samples(&report).first().copied().expect("a sample");
    let found = sample.diagnostics.iter().find(|found| found.code == code)?;
    let texts = found.tokens.iter().map(|token| sample.offsets[*token as usize].of(&sample.text));
    Some((found.clone(), texts.collect()))
}

#[test]
fn the_default_example_under_default_settings_gives_no_warning_and_no_error() {
    let request = Request { dialogue: EXAMPLES[0].dialogue.to_owned(), ..Request::default() };
    let report = Engine::new().analyze(&request);
    let samples = samples(&report);
    assert_eq!(samples.len(), 2);
    let found = samples.iter().flat_map(|sample| &sample.diagnostics);
    let all: Vec<_> = found.chain(&report.diagnostics).chain(&report.conversations[0].diagnostics).collect();
    assert!(all.iter().all(|found| found.severity == Severity::Note), "{all:?}");
}

/// The default options, and each choice alone.
fn choices(recipe: &Recipe) -> Vec<Vec<(String, String)>> {
    let mut all = vec![Vec::new()];
    for option in recipe.options {
        let values: &[&str] = match option.kind {
            OptionKind::Choice(choices) => choices,
            OptionKind::Bool => &["true"],
            _ => &[],
        };
        all.extend(values.iter().map(|value| vec![(option.name.to_owned(), (*value).to_owned())]));
    }
    all
}

#[test]
fn every_finding_about_the_gallery_has_a_known_code_and_names_tokens_that_are_there_in_order() {
    let known: Vec<&str> = CODES.iter().flat_map(|(_, codes)| *codes).copied().collect();
    let mut engine = Engine::new();
    let mut count = 0;
    for example in EXAMPLES.iter().filter(|example| example.dialogue.len() < 2000) {
        for template in ["chatml", "deepseek-r1"] {
            for recipe in catalog::RECIPES {
                for options in choices(recipe) {
                    let request = Request {
                        dialogue: example.dialogue.to_owned(),
                        template: TemplateChoice::Catalog(template.to_owned()),
                        recipe: recipe.id.to_owned(),
                        options,
                        ..Request::default()
                    };
                    for sample in samples(&engine.analyze(&request)) {
                        for found in &sample.diagnostics {
                            count += 1;
                            assert!(known.contains(&found.code.as_ref()), "{found:?}");
                            assert!(found.tokens.is_sorted_by(|a, b| a < b), "{found:?}");
                            let last = found.tokens.last().map_or(0, |last| *last as usize);
                            assert!(last < sample.input_ids.len(), "{found:?}");
                        }
                    }
                }
            }
        }
    }
    assert!(count > 1000, "{count}");
}

#[test]
fn a_marker_that_is_cut_otherwise_in_the_text_is_told_so_and_one_that_is_found_is_fine() {
    let template = TemplateChoice::Source(
        "{% for m in messages %}# {{ m.role }}>\n{{ m.content }}{{ eos_token }}\n{% endfor %}".to_owned(),
    );
    let hint = |marker: &str| {
        let options = [("response_template", marker)];
        let found = found("marker-not-found", TALK, template.clone(), "trl-response-template", &options)?;
        Some(found.0.hint.unwrap().en.into_owned())
    };
    assert!(hint(" assistant>").unwrap().contains("cut into other tokens"));
    assert!(hint("model>").unwrap().contains("does not write this text"));
    assert_eq!(hint(" assistant>\n"), None);
}

#[test]
fn of_a_last_character_in_several_tokens_only_the_first_is_trained_and_a_stop_token_in_the_block_helps() {
    let talk = TALK.replace("to you.", "🦩");
    let found = |body| found("char-to-token-end", &talk, marked(body), "transformers", &[]);
    let block = "{% generation %}{{ m.content }}{% endgeneration %}{{ eos_token }}";
    let (finding, text) = found(block).unwrap();
    assert!(finding.message.en.contains("only the first"), "{finding:?}");
    assert!(text.starts_with('🦩'), "{text:?}");
    assert!(found("{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}").is_none());
}

#[test]
fn a_block_that_ends_with_the_very_first_token_trains_all_that_follows() {
    let template = TemplateChoice::Source(
        "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}\
         {% else %} {{ m.content }}{{ eos_token }}{% endif %}{% endfor %}"
            .to_owned(),
    );
    let talk = r#"[{"role": "assistant", "content": "Yes"}, {"role": "user", "content": "No"}]"#;
    let of = |talk: &str| found("char-to-token-end", talk, template.clone(), "transformers", &[]);
    let (finding, text) = of(talk).unwrap();
    assert!(finding.message.en.contains("trains all that follows"), "{finding:?}");
    assert_eq!(text, " No<|im_end|>");
    assert!(of(&talk.replace("Yes", "Yes, I do")).is_none());
}

#[test]
fn a_reply_that_is_cut_off_is_told_as_that_and_not_as_a_template_without_stop_token() {
    let of = |code, most| found(code, TALK, chatml(), "trl-completion-only", &[("max_length", most)]);
    let (cut, text) = of("sample-truncated", "11").unwrap();
    assert!(cut.message.en.contains("of the lost ones were trained"), "{cut:?}");
    assert_eq!(cut.tokens.len(), 1, "the last token of the reply that is left: {text}");
    assert!(of("stop-token-untrained", "11").is_none());
    assert!(of("sample-truncated", "none").is_none());
}

#[test]
fn a_sample_that_loses_every_label_to_the_cut_is_an_error_where_the_trainer_keeps_it() {
    let of = |most| {
        let report = report(TALK, chatml(), "llama-factory", &[("cutoff_len", most)]);
        samples(&report)[0].diagnostics.iter().map(|found| found.code.to_string()).collect::<Vec<_>>()
    };
    assert!(of("1").contains(&"labels-lost-to-truncation".to_owned()), "{:?}", of("1"));
    assert!(!of("1").contains(&"nothing-trained".to_owned()));
    let whole = of("2048");
    assert!(!whole.iter().any(|code| code.contains("trunca")), "{whole:?}");
}

#[test]
fn labels_that_are_not_their_tokens_are_named_and_encoding_once_gives_none() {
    let of = |boundary| {
        let template = TemplateChoice::Catalog("deepseek-r1".to_owned());
        found("label-differs", TALK, template, "per-turn", &[("boundary", boundary)])
    };
    assert!(!of("separate").unwrap().0.tokens.is_empty());
    assert!(of("offsets").is_none());
}

#[test]
fn a_role_that_no_template_knows_is_told_and_a_sharegpt_role_is_mapped() {
    let of = |dialogue: &str| {
        let report = report(dialogue, chatml(), "all-tokens", &[]);
        report.conversations[0].diagnostics.iter().any(|found| found.code == "unknown-role")
    };
    assert!(of(&TALK.replace("user", "human")));
    assert!(!of(TALK));
    assert!(!of(r#"{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Yes"}]}"#));
}

/// The message and the hint of what verl stops with.
fn stops_verl(template: TemplateChoice) -> (String, String) {
    let report = report(TALK, template, "verl", &[]);
    let Outcome::Dropped { diagnostics, .. } = &report.conversations[0].outcomes[0] else {
        panic!("there is a sample");
    };
    assert_eq!(diagnostics[0].code, "template-raised");
    let hint = diagnostics[0].hint.clone().unwrap();
    (diagnostics[0].message.en.clone().into_owned(), hint.en.into_owned())
}

#[test]
fn a_template_that_refuses_what_verl_renders_is_not_blamed_on_the_conversation() {
    let (message, hint) = stops_verl(TemplateChoice::Catalog("gemma-3".to_owned()));
    assert_eq!(
        message,
        "verl renders message by message and first tries the template with two empty user messages in a row, which it refuses: \
         user and assistant have to take turns, after a system message at most"
    );
    assert!(hint.starts_with("the conversation may be fine"), "{hint}");
    let refuses = "{% for m in messages %}{% if m.role == 'assistant' and messages[0].content != 'Hi' %}\
                   {{ raise_exception('no: not so') }}{% endif %}{{ m.content }}{% endfor %}";
    let (message, _) = stops_verl(TemplateChoice::Source(refuses.to_owned()));
    assert_eq!(
        message,
        "verl renders every message alone, and the template refuses message 2 alone: no: not so"
    );
}
