//! Losses, terms and gradients against those of `torch`, and whole steps against those of transformers.
//!
//! `tests/oracle/loss.py` writes `expected.json`.

#![cfg(not(target_arch = "wasm32"))]

use lossmask::loss::{
    Accumulation, Loss, Part, Reduction, Targets, Value, cross_entropy, cross_entropy_backward,
};
use serde::Deserialize;

/// NaN is null in the file.
type Number = Option<f32>;

#[derive(Deserialize)]
struct Expected {
    cases: Vec<Case>,
    batches: Vec<Step>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    logits: Vec<Vec<f32>>,
    labels: Vec<i64>,
    ignore_index: i64,
    reduction: Reduction,
    shift: bool,
    weights: Option<Vec<f32>>,
    loss: Numbers,
    per_token: Vec<Number>,
    count: usize,
    grad: Vec<Vec<Number>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Numbers {
    One(Number),
    Each(Vec<Number>),
}

#[derive(Deserialize)]
struct Step {
    micro_batches: Vec<Micro>,
    num_items_in_batch: f64,
    per_token: f64,
    per_micro_batch: f64,
    per_sample: f64,
}

#[derive(Deserialize)]
struct Micro {
    logits: Vec<Vec<Vec<f32>>>,
    labels: Vec<Vec<i64>>,
}

fn expected() -> Expected {
    serde_json::from_str(include_str!("expected.json")).unwrap()
}

/// Whether two numbers are equal to 1e-5, of their size where that is above 1.
fn close(ours: f32, theirs: Number) -> bool {
    match theirs {
        None => ours.is_nan(),
        Some(theirs) => (ours - theirs).abs() <= 1e-5 * theirs.abs().max(1.0),
    }
}

fn all_close(ours: &[f32], theirs: &[Number]) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| close(*ours, *theirs))
}

fn check(case: &Case, loss: &Loss) {
    let name = &case.name;
    match (&loss.value, &case.loss) {
        (Value::One(ours), Numbers::One(theirs)) => {
            assert!(close(*ours, *theirs), "{name}: {ours} {theirs:?}");
        }
        (Value::Each(ours), Numbers::Each(theirs)) => assert!(all_close(ours, theirs), "{name}: {ours:?}"),
        (ours, _) => panic!("{name}: {ours:?} has another shape"),
    }
    assert!(all_close(&loss.per_token, &case.per_token), "{name}: {:?}", loss.per_token);
    assert_eq!(loss.count, case.count, "{name}");
    let is_nan = matches!(loss.value, Value::One(value) if value.is_nan());
    assert_eq!(is_nan, loss.explain().is_some() && case.reduction == Reduction::Mean, "{name}");
}

#[test]
fn every_case_is_pytorchs_in_value_terms_and_gradient() {
    let cases = expected().cases;
    assert!(cases.len() > 20);
    for case in &cases {
        let targets = Targets {
            labels: &case.labels,
            weights: case.weights.as_deref(),
            ignore_index: case.ignore_index,
            shift: case.shift,
        };
        let vocabulary = case.logits[0].len();
        let mut logits = case.logits.concat();
        check(case, &cross_entropy(&logits, vocabulary, &targets, case.reduction).unwrap());
        check(case, &cross_entropy_backward(&mut logits, vocabulary, &targets, case.reduction).unwrap());
        assert!(all_close(&logits, &case.grad.concat()), "{}: {logits:?}", case.name);
    }
}

#[test]
fn a_step_of_micro_batches_is_that_of_transformers_under_each_rule() {
    for batch in expected().batches {
        let part = |logits: &Vec<Vec<f32>>, labels: &Vec<i64>| {
            let targets = Targets { labels, weights: None, ignore_index: -100, shift: true };
            Part::of(&cross_entropy(&logits.concat(), 5, &targets, Reduction::Mean).unwrap())
        };
        let micro = |micro: &Micro| micro.logits.iter().zip(&micro.labels).map(|(x, y)| part(x, y)).collect();
        let step = Accumulation { micro_batches: batch.micro_batches.iter().map(micro).collect() };
        let ours = step.means();
        assert!((step.num_items_in_batch() - batch.num_items_in_batch).abs() < 1e-9);
        assert!((ours.per_token - batch.per_token).abs() < 1e-5, "{ours:?}");
        assert!((ours.per_micro_batch - batch.per_micro_batch).abs() < 1e-5, "{ours:?}");
        assert!((ours.per_sample - batch.per_sample).abs() < 1e-5, "{ours:?}");
        assert!((ours.difference() - (batch.per_micro_batch - batch.per_token)).abs() < 2e-5);
    }
}
