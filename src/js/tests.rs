use super::call::option;
use super::*;
use serde_json::json;

fn call(value: Value) -> Call {
    serde_json::from_value(value).unwrap()
}

fn asked(value: Value) -> Answer {
    analyze(&mut Engine::new(), &call(value), NaiveDateTime::default()).unwrap()
}

#[test]
fn a_dialogue_may_be_a_value_or_the_text_of_one() {
    let talk = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "夏天😀!"}]);
    let [value, text] = [talk.clone(), json!(talk.to_string())].map(|dialogue| {
        let answer = asked(json!({"dialogue": dialogue, "template": "chatml", "recipe": "all-tokens"}));
        serde_json::to_value(&answer).unwrap()
    });
    assert_eq!(value, text);
    let sample = &value["samples"][0];
    let units: Vec<u16> = sample["text"].as_str().unwrap().encode_utf16().collect();
    let last = sample["offsets"].as_array().unwrap().last().unwrap();
    assert_eq!(last[1], units.len(), "the last token ends where JavaScript's text does");
    assert_eq!(sample["labels"].as_array().unwrap().len(), sample["input_ids"].as_array().unwrap().len());
    assert!(sample["reasons"][0]["why_zh"].is_string());
}

#[test]
fn options_may_be_numbers_booleans_lists_and_none() {
    let talk = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]);
    let options = json!({"train_on_inputs": true, "roles_to_train": ["assistant", "user"]});
    let answer =
        asked(json!({"dialogue": talk, "template": "chatml", "recipe": "axolotl", "options": options}));
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    assert!(answer.samples[0].weights.iter().filter(|weight| **weight > 0.0).count() > 4);
    assert_eq!(option(&Value::Null), "none");
}

#[test]
fn whatever_is_wrong_is_an_answer_and_never_an_end() {
    for (wrong, code) in [
        (json!({"dialogue": "[{", "recipe": "axolotl"}), None),
        (json!({"dialogue": "", "recipe": "nobody's"}), Some("unknown-recipe")),
        (json!({"dialogue": null, "template": "nobody's"}), Some("unknown-template")),
        (json!({"dialogue": 7, "tokenizer": "nobody's"}), Some("unknown-tokenizer")),
    ] {
        let answer = asked(wrong.clone());
        assert!(answer.samples.is_empty());
        assert!(!answer.diagnostics.is_empty(), "{wrong}");
        let codes: Vec<_> = answer.diagnostics.iter().map(|found| found.code.as_str()).collect();
        assert!(code.is_none_or(|code| codes.contains(&code)), "{wrong}: {codes:?}");
    }
    assert!(serde_json::from_value::<Call>(json!({"dialogue": "", "reciep": "axolotl"})).is_err());
    let late = call(json!({"dialogue": "", "now": "tomorrow"}));
    assert!(analyze(&mut Engine::new(), &late, NaiveDateTime::default()).is_err());
}

#[test]
fn what_a_request_can_not_mean_is_refused_and_not_read_as_something_else() {
    let talk = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]);
    let mut engine = Engine::new();
    for (field, value, word) in [
        ("format", json!("nope"), "sharegpt"),
        ("transformers", json!(3), "4 or 5"),
        ("conversation", json!(1), "has 1"),
    ] {
        let wrong = call(json!({"dialogue": talk, "template": "chatml", field: value}));
        let analyzed = analyze(&mut engine, &wrong, NaiveDateTime::default()).unwrap_err();
        let rendered = render(&mut engine, &wrong, NaiveDateTime::default()).unwrap_err();
        assert!(analyzed.contains(word) && analyzed == rendered, "{field}: {analyzed}");
    }
    assert!(parse(&talk, Some("nope")).is_err());
    assert_eq!(parse(&talk, Some("openai")).unwrap()[0].format.as_deref(), Some("openai"));
}

#[test]
fn a_render_says_what_is_generated_and_an_error_where_it_is() {
    let talk = json!([{"role": "user", "content": "é"}, {"role": "assistant", "content": "ok"}]);
    let own = "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% else %}{% generation %}{{ m.content }}{% endgeneration %}{% endif %}{% endfor %}";
    let mut engine = Engine::new();
    let render = |engine: &mut Engine, template: &str| {
        let call = call(json!({"dialogue": talk, "template": template}));
        render(engine, &call, NaiveDateTime::default()).unwrap().remove(0)
    };
    let rendered = render(&mut engine, own);
    assert_eq!(
        (rendered.text.as_deref(), rendered.generation_spans.as_slice()),
        (Some("éok"), &[[1, 3]][..])
    );
    let broken = render(&mut engine, "é{{ messages.x.y.z }}");
    assert_eq!(broken.text, None);
    assert_eq!(broken.diagnostics[0].source, Some(Source::Template));
}

#[test]
fn a_tokenizer_that_is_none_is_told_and_an_encoding_counts_as_javascript_does() {
    let mut engine = Engine::new();
    let files = Files {
        tokenizer: "{}",
        config: None,
        special_tokens_map: None,
        chat_template: None,
        further_templates: Vec::new(),
    };
    assert!(load_tokenizer(&mut engine, "mine", &files).is_err());
    let encoded = encode(&mut engine, "😀a", None).unwrap();
    assert_eq!(encoded.offsets.last(), Some(&[2, 3]));
    assert!(encode(&mut engine, "a", Some("mine")).is_err());
    assert_eq!(encode_ids(&mut engine, "😀a", None).unwrap(), encoded.ids);
}

#[test]
fn what_was_read_comes_in_the_openai_shape() {
    let parsed = parse(&json!("User: hi\nAssistant: hello\n"), None).unwrap();
    assert_eq!(parsed[0].messages[1]["role"], "assistant");
    assert!(!parse(&json!(""), None).unwrap()[0].diagnostics.is_empty());
}

#[test]
fn every_recipe_and_template_is_listed_with_what_a_call_may_set() {
    let axolotl = recipes().into_iter().find(|recipe| recipe.id == "axolotl").unwrap();
    let eos = axolotl.options.iter().find(|option| option.name == "train_on_eos").unwrap();
    assert!(eos.choices.unwrap().contains(&eos.default));
    assert!(
        templates()
            .iter()
            .any(|template| template.id == "chatml" && template.source.contains("<|im_start|>"))
    );
}
