//! The engine in a browser: the same ids and labels as in the native command.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs)]

use serde::Deserialize;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use lossmask::engine::{Engine, Report, Request, TemplateChoice};
use lossmask::examples::EXAMPLES;
use lossmask::recipe::{Outcome, Sample};

wasm_bindgen_test_configure!(run_in_browser);

/// What `lossmask explain --json` gives natively for the first example.
#[derive(Deserialize)]
struct Golden {
    input_ids: Vec<u32>,
    labels: Vec<i64>,
}

fn golden() -> Vec<Golden> {
    serde_json::from_str(include_str!("two-poems.lossmask.json")).unwrap()
}

fn samples(report: &Report) -> Vec<&Sample> {
    let outcomes = report.conversations.iter().flat_map(|conversation| &conversation.outcomes);
    outcomes
        .filter_map(|outcome| match outcome {
            Outcome::Sample(sample) => Some(sample),
            Outcome::Dropped { .. } => None,
        })
        .collect()
}

#[wasm_bindgen_test]
fn the_example_has_the_ids_and_labels_that_it_has_natively() {
    let request = Request { dialogue: EXAMPLES[0].dialogue.to_owned(), ..Request::default() };
    let report = Engine::new().analyze(&request);
    let (found, golden) = (samples(&report), golden());
    assert_eq!(found.len(), golden.len());
    for (sample, golden) in found.iter().zip(&golden) {
        assert_eq!(sample.input_ids, golden.input_ids);
        assert_eq!(sample.labels, golden.labels);
    }
}

#[wasm_bindgen_test]
fn every_example_is_read_by_every_recipe() {
    let mut engine = Engine::new();
    for example in EXAMPLES {
        for recipe in lossmask::recipe::catalog::RECIPES {
            let request = Request {
                dialogue: example.dialogue.to_owned(),
                recipe: recipe.id.to_owned(),
                ..Request::default()
            };
            let report = engine.analyze(&request);
            assert!(report.count > 0, "{}", example.id);
            for sample in samples(&report) {
                assert_eq!(sample.labels.len(), sample.input_ids.len(), "{} {}", example.id, recipe.id);
            }
        }
    }
}

#[wasm_bindgen_test]
fn a_template_that_never_ends_or_writes_without_end_is_stopped() {
    for endless in [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(9999) %}{{ 'x' * 1000000 }}{% endfor %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    ] {
        let request = Request {
            dialogue: EXAMPLES[0].dialogue.to_owned(),
            template: TemplateChoice::Source(endless.to_owned()),
            ..Request::default()
        };
        let report = Engine::new().analyze(&request);
        assert!(samples(&report).is_empty(), "{endless}");
    }
}

#[wasm_bindgen_test]
fn a_deeply_nested_text_does_not_exhaust_the_stack() {
    for nested in ["[".repeat(100_000), "{\"a\":".repeat(100_000), "(".repeat(100_000)] {
        let report = Engine::new().analyze(&Request { dialogue: nested, ..Request::default() });
        assert!(!report.diagnostics.is_empty());
    }
}
