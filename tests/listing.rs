//! The listing that does not work, against `transformers` and `PyTorch`: `tests/oracle/listing.py` ran both listings.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use lossmask::engine::{Engine, Request, TemplateChoice};
use lossmask::listing::{Facts, listing};
use lossmask::tokenizer::{Files, Tokenizer, embedded_json};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Golden {
    tokenizers: BTreeMap<String, Value>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    tokenizer: String,
    template: String,
    conversation: String,
    prompt: String,
    reply: String,
    prompt_count: usize,
    input_ids: Vec<u32>,
    labels: Vec<i64>,
    vocabulary: usize,
    no_such_parameter: String,
    collator: Option<String>,
    collated: Option<Vec<i64>>,
    two_rows: Option<String>,
    pad_is_eos: Vec<i64>,
    right: Right,
    right_costs: Costs,
    collated_costs: Option<Costs>,
}

#[derive(Deserialize)]
struct Right {
    input_ids: Vec<u32>,
    labels: Vec<i64>,
}

#[derive(Deserialize)]
struct Costs {
    count: usize,
    sum: f64,
    mean: Option<f64>,
}

fn tests() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

fn golden() -> Golden {
    let mut text = String::new();
    let file = std::fs::File::open(tests().join("listing/golden.json.gz")).expect("the golden file");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("it unpacks");
    serde_json::from_str(&text).expect("it is JSON")
}

/// A tokenizer made of the embedded one, as `piecewise.variant` makes it.
fn variant(made: &Value) -> Tokenizer {
    let mut file: Value = serde_json::from_str(&embedded_json()).expect("JSON");
    let first = Tokenizer::embedded().vocab_size();
    for (i, content) in made["added_tokens"].as_array().into_iter().flatten().enumerate() {
        let token = serde_json::json!({"id": first + i, "content": content, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true});
        file["added_tokens"].as_array_mut().expect("a list").push(token);
    }
    let mut config = serde_json::json!({"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"});
    for (own, into) in [("tokenizer_json", &mut file), ("tokenizer_config", &mut config)] {
        let more = made[own].as_object().cloned().unwrap_or_default();
        into.as_object_mut().expect("an object").extend(more);
    }
    let (file, config) = (file.to_string(), config.to_string());
    Tokenizer::from_files(&Files { tokenizer: &file, config: Some(&config), ..Files::default() })
        .expect("a tokenizer")
}

fn requests() -> (Engine, Vec<(Case, Request)>) {
    let golden = golden();
    let mut engine = Engine::new();
    for (name, made) in &golden.tokenizers {
        engine.add_tokenizer(name, variant(made));
    }
    let conversations: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(tests().join("oracle/conversations.json")).unwrap())
            .unwrap();
    let request = |case: Case| {
        let conversation =
            conversations.iter().find(|it| it["id"] == case.conversation).expect("a conversation");
        let template =
            std::fs::read_to_string(tests().join(format!("oracle/templates/{}.jinja", case.template)))
                .unwrap();
        let tokenizer =
            if case.tokenizer == "embedded" { "lossmask".to_owned() } else { case.tokenizer.clone() };
        let request = Request {
            dialogue: conversation["messages"].to_string(),
            template: TemplateChoice::Source(template),
            tokenizer,
            ..Request::default()
        };
        (case, request)
    };
    (engine, golden.cases.into_iter().map(request).collect())
}

fn is_cost(facts: &Facts, labels: &[i64], costs: &Costs, what: &str) {
    let cost = facts.cost(labels);
    assert_eq!(cost.count, costs.count, "{what}");
    assert!((cost.sum - costs.sum).abs() < 1e-5 * costs.sum.max(1.0), "{what}: {} {}", cost.sum, costs.sum);
    assert_eq!(cost.mean.is_some(), costs.mean.is_some(), "{what}");
    let difference = cost.mean.unwrap_or_default() - costs.mean.unwrap_or_default();
    assert!(difference.abs() < 1e-5, "{what}: {difference}");
}

#[test]
fn every_step_gives_what_transformers_and_pytorch_give() {
    let (mut engine, cases) = requests();
    assert!(cases.len() > 50);
    let mut silent = 0;
    for (case, request) in cases {
        let what = format!("{} {} {}", case.tokenizer, case.template, case.conversation);
        let facts = Facts::of(&mut engine, &request, 0).expect(&what);
        assert_eq!((&facts.prompt, &facts.reply), (&case.prompt, &case.reply), "{what}");
        assert_eq!(facts.input_ids, case.input_ids, "{what}");
        assert_eq!(facts.prompt_count, case.prompt_count, "{what}");
        assert_eq!(facts.labels, case.labels, "{what}");
        assert_eq!(facts.vocabulary, case.vocabulary, "{what}");
        assert_eq!(facts.collated, case.collated, "{what}");
        assert_eq!(facts.pad_is_eos, case.pad_is_eos, "{what}");
        assert_eq!(facts.right.input_ids, case.right.input_ids, "{what}");
        assert_eq!(facts.right.labels, case.right.labels, "{what}");
        is_cost(&facts, &facts.right.labels, &case.right_costs, &what);
        if let (Some(collated), Some(costs)) = (&facts.collated, &case.collated_costs) {
            is_cost(&facts, collated, costs, &what);
            silent += usize::from(facts.labels.len() != collated.len());
        }
    }
    assert!(silent > 0, "some labels of another length are overwritten without a word");
}

#[test]
fn every_error_that_the_words_quote_is_what_transformers_said() {
    let (mut engine, cases) = requests();
    let mut without_pad = 0;
    for (case, request) in cases {
        let made = listing(&mut engine, &request, 0).unwrap();
        let says = |step: usize, words: &str| {
            made.steps[step].says.iter().any(|says| says.en.contains(words) && says.zh.contains(words))
        };
        assert!(says(3, &case.no_such_parameter));
        if let Some(two_rows) = &case.two_rows {
            let (words, _) = two_rows.split_once(',').unwrap();
            assert!(says(1, words), "{words}");
        }
        if let Some(error) = &case.collator {
            let (words, _) = error.split_once('.').unwrap();
            assert!(says(4, words), "{words}");
            without_pad += 1;
        }
    }
    assert!(without_pad > 0);
}
