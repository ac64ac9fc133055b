//! The lab's model against `torch`, and a run on the examples of the page.

#![cfg(not(target_arch = "wasm32"))]

mod run;

use lossmask::engine::{Engine, Request, TemplateChoice};
use lossmask::examples::EXAMPLES;
use lossmask::lab::{AdamW, Change, Lab, Mask, Model, Moments, Record, Row, Settings, Shape, Trace, Which};
use lossmask::loss::{Reduction, Targets, Value, cross_entropy_backward};
use lossmask::recipe::Outcome;
use proptest::prelude::*;

// As in `tests/oracle/lab.py`.
const SHAPE: Shape = Shape { vocabulary: 13, context: 32, width: 12, heads: 3, hidden: 20, layers: 2 };
const TOKENS: [u32; 17] = [0, 5, 12, 3, 3, 7, 1, 11, 2, 6, 4, 9, 10, 8, 0, 5, 12];

fn close(what: &str, ours: &[f32], theirs: &[f32], off: f32) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert!((ours - theirs).abs() <= off * theirs.abs().max(1.0), "{what}, {at}: {ours} and {theirs}");
    }
}

#[test]
fn two_steps_from_the_same_weights_are_pytorchs_in_logits_gradient_loss_and_weights() {
    let golden = include_bytes!("step.f32").as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    let golden: Vec<f32> = golden.collect();
    let (count, words) = (SHAPE.parameters(), SHAPE.vocabulary);
    let (before, rest) = golden.split_at(count);
    let (logits, rest) = rest.split_at(TOKENS.len() * words);
    let (gradient, rest) = rest.split_at(count);
    let (after, losses) = rest.split_at(2 * count);
    let labels: Vec<i64> =
        (0..17).map(|at| if (6..14).contains(&at) { i64::from(TOKENS[at]) } else { -100 }).collect();
    let targets = Targets { labels: &labels, weights: None, ignore_index: -100, shift: true };

    let mut model = Model::with(SHAPE, before.to_vec());
    let mut moments = Moments::new(count);
    let mut trace = Trace::default();
    for step in 0..2 {
        model.forward(&TOKENS, &mut trace);
        if step == 0 {
            close("logits", &trace.logits, logits, 1e-5);
        }
        let loss = cross_entropy_backward(&mut trace.logits, words, &targets, Reduction::Mean).unwrap();
        let Value::One(loss) = loss.value else { panic!("a mean is one number") };
        close("loss", &[loss], &losses[step..=step], 1e-5);
        let mut ours = vec![0.0; count];
        model.backward(&TOKENS, &mut trace, &mut ours);
        if step == 0 {
            for tensor in SHAPE.tensors() {
                close(&tensor.name, &ours[tensor.range.clone()], &gradient[tensor.range], 1e-5);
            }
        }
        let adamw = AdamW { learning_rate: 3e-3, ..AdamW::default() };
        moments.step(&adamw, &mut model.parameters, &ours);
        close("weights", &model.parameters, &after[step * count..(step + 1) * count], 1e-5);
    }
}

#[test]
fn a_run_has_the_losses_that_it_has_in_wasm() {
    run::check();
}

/// The samples of all examples, as the page makes them.
fn rows() -> Vec<Row> {
    let mut engine = Engine::new();
    let mut rows = Vec::new();
    for example in EXAMPLES {
        let request = Request {
            dialogue: example.dialogue.to_owned(),
            template: TemplateChoice::Catalog("chatml".to_owned()),
            ..Request::default()
        };
        for conversation in engine.analyze(&request).conversations {
            let roles: Vec<&str> =
                conversation.messages.iter().map(|message| message.role.as_str()).collect();
            let samples = conversation.outcomes.iter().filter_map(|outcome| match outcome {
                Outcome::Sample(sample) => Some(Row::of(sample, &roles)),
                Outcome::Dropped { .. } => None,
            });
            rows.extend(samples);
        }
    }
    rows
}

#[test]
fn a_row_of_a_sample_knows_what_the_user_said() {
    let rows = rows();
    assert!(rows.len() >= 30, "{} samples", rows.len());
    for row in &rows {
        let said = row.user.iter().filter(|said| **said).count();
        assert!(said > 0 && said < row.user.len());
        assert!(row.user.iter().zip(&row.weights).all(|(said, weight)| !(*said && *weight > 0.0)));
    }
}

/// On the short samples of all examples together, with a small model, so that it takes seconds without optimisation. That
/// the mask helps early and reports more holds for each of the seeds that were tried; how much differs.
#[test]
fn the_masked_model_learns_replies_sooner_while_the_other_reports_the_lower_loss() {
    let short: Vec<Row> = rows().into_iter().filter(|row| row.input_ids.len() <= 60).collect();
    assert!(short.len() >= 10, "{} short samples", short.len());
    let optimiser = AdamW { learning_rate: 0.01, ..AdamW::default() };
    let small =
        Settings { steps: 16, width: 16, heads: 2, hidden: 32, layers: 1, optimiser, ..Settings::default() };
    let mut lab = Lab::new(&short, small, 1).unwrap();
    while lab.step().unwrap().is_some() {}
    let mean = |of: fn(&Record) -> f32| lab.records()[5..].iter().map(of).sum::<f32>() / 11.0;
    let ahead = mean(|record| record.unmasked.reply - record.masked.reply);
    let lower = mean(|record| record.masked.reported - record.unmasked.reported);
    assert!(ahead > 0.03, "on replies the masked model is ahead by {ahead}");
    assert!(lower > 0.03, "the other reports a loss that is lower by {lower}");
}

fn any_row() -> impl Strategy<Value = Row> {
    let label = prop_oneof![4 => Just(-100), 4 => 0_i64..9, 1 => any::<i64>()];
    let weight = prop_oneof![8 => Just(1.0_f32), 2 => 0.0_f32..3.0, 1 => any::<f32>()];
    let token = (0_u32..9, label, weight, any::<bool>());
    (proptest::collection::vec(token, 0..20), any::<bool>()).prop_map(|(tokens, usual)| Row {
        input_ids: tokens.iter().map(|it| it.0).collect(),
        labels: tokens.iter().map(|it| if usual && it.1 != -100 { i64::from(it.0) } else { it.1 }).collect(),
        weights: tokens.iter().map(|it| if usual { 1.0 } else { it.2 }).collect(),
        user: tokens.iter().map(|it| it.3).collect(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_rows_are_there_is_a_run_or_a_reason(
        rows in proptest::collection::vec(any_row(), 0..4),
        ignore_index in prop_oneof![6 => Just(-100_i64), 2 => 0_i64..9, 1 => any::<i64>()],
        context in 2_usize..16,
        keep in proptest::option::of(0_usize..24),
        rate in prop_oneof![Just(0.01_f32), any::<f32>()],
    ) {
        let optimiser = AdamW { learning_rate: rate, ..AdamW::default() };
        let small = Settings { context, width: 8, heads: 2, hidden: 8, layers: 1, steps: 2, ignore_index, optimiser, ..Settings::default() };
        let mut lab = match Lab::new(&rows, small, 3) {
            Ok(lab) => lab,
            Err(reason) => {
                prop_assert!(reason.hint.is_some() && !reason.message.zh.is_empty());
                return Ok(());
            }
        };
        while let Ok(Some(record)) = lab.step() {
            prop_assert!(record.masked.reported.is_finite() && record.masked.reply.is_finite());
        }
        for index in 0..rows.len() {
            let strip = lab.strip(index);
            for mask in [Mask::Recipe, Mask::Off, Mask::User] {
                let change = Change { mask, ignore_index: 3, reduction: Reduction::Mean, keep };
                let played = lab.play(Which::Unmasked, &rows, index, &change);
                prop_assert_eq!(played.is_some(), strip.is_some());
                let Some(Ok(played)) = played else { continue };
                prop_assert_eq!(played.loss.is_some(), played.count > 0 && played.explanation.is_none());
            }
        }
    }
}
