use super::*;
use crate::engine::TemplateChoice;

/// A request for a conversation of this question and this reply.
fn request(question: &str, reply: &str) -> Request {
    let messages =
        serde_json::json!([{"role": "user", "content": question}, {"role": "assistant", "content": reply}]);
    Request { dialogue: messages.to_string(), ..Request::default() }
}

fn made(request: &Request, form: Form) -> String {
    export(&mut Engine::new(), request, form, None).unwrap().text
}

fn sample(request: &Request) -> Sample {
    let report = Engine::new().analyze(request);
    match report.conversations[0].outcomes[0].clone() {
        Outcome::Sample(sample) => sample,
        Outcome::Dropped { why, .. } => panic!("{}", why.en),
    }
}

#[test]
fn every_form_is_found_by_its_name() {
    for form in Form::ALL {
        assert_eq!(Form::find(form.id()), Some(form));
    }
    assert_eq!(Form::find("pdf"), None);
}

#[test]
fn a_line_of_jsonl_holds_the_sample() {
    let request = request("Hi", "Hello 春风");
    let line: serde_json::Value = serde_json::from_str(made(&request, Form::Jsonl).trim_end()).unwrap();
    let sample = sample(&request);
    assert_eq!(line["input_ids"], serde_json::json!(sample.input_ids));
    assert_eq!(line["labels"], serde_json::json!(sample.labels));
    assert_eq!(line["attention_mask"], serde_json::json!(sample.attention_mask));
    assert_eq!(line["weights"], serde_json::json!(sample.weights));
    assert_eq!(line["offsets"], serde_json::json!(sample.offsets));
    assert_eq!(line["text"], serde_json::json!(sample.text));
}

#[test]
fn every_line_of_tsv_has_as_many_fields_as_the_first() {
    let request = request("a\tb\nc\\", "\r\n\t");
    let text = made(&request, Form::Tsv);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 1 + sample(&request).input_ids.len());
    for line in &lines {
        assert_eq!(line.split('\t').count(), 10, "{line:?}");
    }
    assert!(text.contains("\\t") && text.contains("\\n") && text.contains("\\\\"));
}

#[test]
fn one_sample_can_be_chosen_and_one_that_is_not_there_is_told() {
    let two = Request { dialogue: include_str!("../examples/two-poems.py").to_owned(), ..Request::default() };
    let mut engine = Engine::new();
    let chosen = export(&mut engine, &two, Form::Jsonl, Some(1)).unwrap();
    assert_eq!(chosen.name, "lossmask-per-turn-sample-2.jsonl");
    assert_eq!(chosen.text.lines().count(), 1);
    assert!(chosen.text.contains("\"sample\":1"));
    assert_eq!(export(&mut engine, &two, Form::Jsonl, Some(2)).unwrap_err().code, "nothing-to-export");
}

#[test]
fn a_picture_tells_trained_from_masked_by_more_than_colour() {
    let request = request("Hi", "Hello");
    let (page, picture) = (made(&request, Form::Html), made(&request, Form::Svg));
    let sample = sample(&request);
    let trained = sample.weights.iter().filter(|weight| **weight > 0.0).count();
    let masked = sample.weights.len() - trained;
    // One of each in the legend.
    assert_eq!(page.matches("<b title=").count(), trained);
    assert_eq!(page.matches("<span title=").count(), masked);
    assert_eq!(picture.matches("class=\"on\"").count(), trained);
    assert_eq!(picture.matches("url(#masked)").count(), masked + 1);
}

#[test]
fn a_picture_breaks_its_lines_and_gives_chinese_two_columns() {
    let picture = made(&request("Hi", &"春风拂面".repeat(60)), Form::Svg);
    let number = |text: &str, name: &str| -> f64 {
        let from = text.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
        text[from..].split('"').next().unwrap().parse().unwrap()
    };
    let mut lines = std::collections::BTreeSet::new();
    for text in picture.split("<text ").skip(4).filter(|text| text.contains("textLength")) {
        let text = format!(" {text}");
        assert!(number(&text, "x") + number(&text, "textLength") <= 960.0 - 24.0, "{text}");
        lines.insert(number(&text, "y") as i64);
        if text.contains(">春风<") {
            assert!((number(&text, "textLength") - 4.0 * 8.4).abs() < 1e-9);
        }
    }
    assert!(lines.len() > 3, "{lines:?}");
}

#[test]
fn what_is_too_large_to_draw_is_told() {
    let request = request("Hi", &"a b ".repeat(MOST_DRAWN));
    assert_eq!(
        export(&mut Engine::new(), &request, Form::Svg, None).unwrap_err().code,
        "too-large-to-export"
    );
    assert!(export(&mut Engine::new(), &request, Form::Tsv, None).is_ok());
}

#[test]
fn a_rule_that_is_nobodys_has_no_configuration_and_a_trainers_has() {
    let own = request("Hi", "Hello");
    assert_eq!(export(&mut Engine::new(), &own, Form::Config, None).unwrap_err().code, "no-config");
    let theirs = Request { recipe: "axolotl".to_owned(), ..own };
    assert!(made(&theirs, Form::Config).contains("train_on_eos"));
}

#[test]
fn nothing_to_export_is_the_error_that_was_met() {
    let broken =
        Request { template: TemplateChoice::Source("{% if %}".to_owned()), ..request("Hi", "Hello") };
    for form in [Form::Python, Form::Jsonl, Form::Svg] {
        let error = export(&mut Engine::new(), &broken, form, None).unwrap_err();
        assert_ne!(error.code, "nothing-to-export");
    }
    let empty = Request::default();
    for form in [Form::Python, Form::Jsonl] {
        assert_eq!(export(&mut Engine::new(), &empty, form, None).unwrap_err().severity, Severity::Error);
    }
}

#[test]
fn no_name_of_an_option_is_left_in_a_program_and_every_recipe_has_one() {
    for recipe in catalog::RECIPES {
        let request = Request { recipe: recipe.id.to_owned(), ..request("Hi", "Hello") };
        let program = made(&request, Form::Python);
        assert!(!program.contains('$'), "{}", recipe.id);
        for option in recipe.options.iter().filter(|option| option.name != "version" && option.name != "end")
        {
            let text = PROGRAMS.iter().find(|program| program.recipe == recipe.id).unwrap().text;
            let named = text.contains(&format!("${}", option.name)) || text.contains("$trl");
            assert!(named, "{} {}", recipe.id, option.name);
        }
    }
}

#[test]
fn a_text_can_t_end_the_string_that_holds_it() {
    let hostile = "'''\nimport os\nos.abort()\nr'''\\";
    let program = made(&request(hostile, "\"\"\" \\ '''"), Form::Python);
    let json = program.split("r'''").nth(1).unwrap().split("'''").next().unwrap();
    let back: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(back[0]["messages"][0]["content"], hostile);
    assert_eq!(program.matches("'''").count(), 2);
}

#[test]
fn a_tokenizer_s_name_can_t_leave_its_line() {
    for id in ["a\nimport os\"", "own:a\nimport os\""] {
        let program = program_with(id);
        assert!(!program.lines().any(|line| line.starts_with("import os")), "{program}");
    }
}

#[test]
fn a_tokenizer_of_the_hub_keeps_its_name_and_another_one_of_the_user_s_is_to_be_put_in() {
    assert!(program_with("own:org/Some-Model_1.5").contains("else \"org/Some-Model_1.5\"\n"));
    assert!(program_with("own:my files").contains("else \"./PUT-YOUR-TOKENIZER-HERE\"\n"));
    assert!(program_with("folder/tokenizer").contains("else \"folder/tokenizer\"\n"));
}

/// The program for a tokenizer of this id.
fn program_with(id: &str) -> String {
    let mut engine = Engine::new();
    engine.add_tokenizer(id, crate::tokenizer::Tokenizer::embedded());
    let recipe = "all-tokens".to_owned();
    let request = Request { tokenizer: id.to_owned(), recipe, ..request("Hi", "Hello") };
    export(&mut engine, &request, Form::Python, None).unwrap().text
}

#[test]
fn a_row_that_says_its_own_tokens_is_not_a_program() {
    let dialogue = r#"{"input_ids": [1, 2], "labels": [-100, 2]}"#.to_owned();
    let request = Request { dialogue, ..Request::default() };
    let error = export(&mut Engine::new(), &request, Form::Python, None).unwrap_err();
    assert_eq!(error.code, "given-not-a-program");
}
