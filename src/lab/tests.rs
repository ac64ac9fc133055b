//! The whole model against finite differences, and runs from start to end.

use super::*;
use crate::loss::backward_row;

const SHAPE: Shape = Shape { vocabulary: 7, context: 16, width: 8, heads: 2, hidden: 12, layers: 2 };

/// A model in which nothing is 0, so that every path has a gradient.
fn model() -> Model {
    let mut model = Model::new(SHAPE, 1);
    let mut random = Random::new(2);
    for number in &mut model.parameters {
        *number += 0.6 * (random.unit() - 0.5);
    }
    model
}

const TOKENS: [u32; 11] = [0, 3, 3, 6, 1, 2, 5, 0, 4, 6, 2];

/// The mean loss of some positions, and its gradient.
fn loss(model: &Model, gradient: Option<&mut [f32]>) -> f64 {
    let mut trace = Trace::default();
    model.forward(&TOKENS, &mut trace);
    let mut sum = 0.0;
    for (at, row) in trace.logits.chunks_exact_mut(SHAPE.vocabulary).enumerate() {
        match TOKENS.get(at + 1).filter(|_| at % 3 != 1) {
            Some(label) => sum += f64::from(backward_row(row, *label as usize, 0.25)) * 0.25,
            None => row.fill(0.0),
        }
    }
    if let Some(gradient) = gradient {
        model.backward(&TOKENS, &mut trace, gradient);
    }
    sum
}

#[test]
fn the_gradient_of_every_tensor_is_that_of_finite_differences() {
    let mut model = model();
    let mut gradient = vec![0.0; model.parameters.len()];
    loss(&model, Some(&mut gradient));
    for tensor in SHAPE.tensors() {
        // Along the gradient of one tensor: the slope is the gradient's length.
        let direction: Vec<f32> = gradient[tensor.range.clone()].to_vec();
        let length = direction.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        assert!(length > 1e-3, "{} has next to no gradient, {length}", tensor.name);
        let before = model.parameters.clone();
        let step = 2e-3;
        let mut moved = |by: f64| {
            let numbers = before[tensor.range.clone()].iter().zip(&direction);
            let numbers: Vec<f32> = numbers.map(|(x, d)| x + (f64::from(*d) / length * by) as f32).collect();
            model.parameters[tensor.range.clone()].copy_from_slice(&numbers);
            loss(&model, None)
        };
        let slope = (moved(step) - moved(-step)) / (2.0 * step);
        assert!((slope - length).abs() < 2e-3 * length.max(0.5), "{}: {slope} and {length}", tensor.name);
        model.parameters = before;
    }
}

#[test]
fn the_gradient_of_single_numbers_is_that_of_finite_differences() {
    let mut model = model();
    let mut gradient = vec![0.0; model.parameters.len()];
    loss(&model, Some(&mut gradient));
    for at in (0..model.parameters.len()).step_by(13) {
        let before = model.parameters[at];
        let mut moved = |by: f32| {
            model.parameters[at] = before + by;
            loss(&model, None)
        };
        let slope = (moved(5e-3) - moved(-5e-3)) / 1e-2;
        model.parameters[at] = before;
        assert!((slope - f64::from(gradient[at])).abs() < 1e-3, "{at}: {slope} and {}", gradient[at]);
    }
}

#[test]
fn a_token_does_not_see_those_after_it() {
    let model = model();
    let (mut whole, mut part) = (Trace::default(), Trace::default());
    model.forward(&TOKENS, &mut whole);
    model.forward(&TOKENS[..6], &mut part);
    assert_eq!(whole.logits[..6 * SHAPE.vocabulary], part.logits);
    model.forward_last(&TOKENS[..6], &mut whole);
    assert_eq!(whole.logits, part.logits[5 * SHAPE.vocabulary..]);
}

/// Two samples of a prompt of three tokens that repeat and a reply of a few.
fn rows() -> Vec<Row> {
    let row = |reply: &[u32]| {
        let input_ids = [&[1, 2, 3, 2, 3, 2, 3, 4], reply, &[9]].concat();
        let label = |(at, id): (usize, &u32)| if at < 8 { -100 } else { i64::from(*id) };
        Row {
            labels: input_ids.iter().enumerate().map(label).collect(),
            weights: (0..input_ids.len()).map(|at| f32::from(u8::from(at >= 8))).collect(),
            user: vec![false; input_ids.len()],
            input_ids,
        }
    };
    vec![row(&[20, 21, 22, 23]), row(&[20, 25, 24, 21, 22])]
}

/// Of a model small enough for a test, which learns fast.
fn settings() -> Settings {
    let optimiser = AdamW { learning_rate: 0.02, ..AdamW::default() };
    Settings { steps: 60, width: 16, heads: 2, hidden: 32, layers: 1, optimiser, ..Settings::default() }
}

fn lab(seed: u64) -> Lab {
    Lab::new(&rows(), settings(), seed).unwrap()
}

fn run(mut lab: Lab) -> Lab {
    while lab.step().unwrap().is_some() {}
    lab
}

#[test]
fn both_models_start_as_one_and_only_the_labels_part_them() {
    let mut lab = lab(7);
    assert_eq!(lab.model(Which::Masked).parameters, lab.model(Which::Unmasked).parameters);
    let first = lab.step().unwrap().unwrap();
    assert_eq!(first.step, 1);
    assert_eq!(first.masked.reply.to_bits(), first.unmasked.reply.to_bits());
    assert_eq!(first.masked.prompt.to_bits(), first.unmasked.prompt.to_bits());
    assert_eq!(first.masked.reported.to_bits(), first.masked.reply.to_bits());
    let words = lab.vocabulary().len() as f32;
    assert!((first.masked.reply - words.ln()).abs() < 0.7, "{first:?}");
    assert_ne!(lab.model(Which::Masked).parameters, lab.model(Which::Unmasked).parameters);
}

#[test]
fn a_run_ends_after_its_steps_and_has_learned_the_replies() {
    let lab = run(lab(7));
    let last = lab.records()[59];
    assert_eq!(lab.records().len(), 60);
    assert!(last.masked.reply < 0.5 && last.unmasked.prompt < 0.5, "{last:?}");
    assert!(last.masked.prompt > 2.0, "nothing taught the masked model the prompt: {last:?}");
}

#[test]
fn equal_seeds_give_equal_runs_to_the_bit_and_others_do_not() {
    let losses = |seed| {
        let mut lab = lab(seed);
        let losses = (0..10).map(|_| lab.step().unwrap().unwrap().masked.reported.to_bits());
        losses.collect::<Vec<_>>()
    };
    assert_eq!(losses(7), losses(7));
    assert_ne!(losses(7), losses(8));
}

/// Samples of so many tokens that no two of them share.
fn different(samples: u32, length: u32) -> Vec<Row> {
    let row = |sample| {
        let input_ids: Vec<u32> = (sample * length..(sample + 1) * length).collect();
        Row {
            labels: input_ids.iter().map(|id| i64::from(*id)).collect(),
            weights: vec![1.0; input_ids.len()],
            user: vec![false; input_ids.len()],
            input_ids,
        }
    };
    (0..samples).map(row).collect()
}

#[test]
fn a_piece_of_work_is_no_larger_for_more_samples_or_a_larger_vocabulary() {
    let most = |samples| {
        let mut lab = Lab::new(&different(samples, 64), Settings { batch: 2, ..settings() }, 1).unwrap();
        let (mut most, mut before, mut pieces) = (0, 0, 0);
        while matches!(lab.work().unwrap(), Progress::Underway) {
            let made = lab.training.scratch.made;
            (most, before, pieces) = (most.max(made - before), made, pieces + 1);
        }
        (most, before, pieces)
    };
    // Logits forward, and back to rows and to vectors: three products for each and each number of a vector.
    let bound = 3 * (1 << 17) * 16;
    let (few, all_few, _) = most(40);
    let (many, all_many, pieces) = most(80);
    assert!(few <= bound && many <= bound, "{few} and {many} of at most {bound}");
    assert!(all_many > all_few && all_many > 8 * many, "{all_many} products in {pieces} pieces");
}

#[test]
fn a_reply_at_the_end_of_a_long_sample_of_many_words_is_trained_though_whole_pieces_are_masked() {
    let mut rows = different(80, 64);
    for row in &mut rows {
        row.labels[..60].fill(-100);
    }
    let mut lab = Lab::new(&rows, Settings { batch: 1, ..settings() }, 1).unwrap();
    let first = lab.step().unwrap().unwrap();
    assert!(first.masked.reported.is_finite());
    assert_ne!(lab.model(Which::Masked).parameters, Model::new(lab.model(Which::Masked).shape, 1).parameters);
}

#[test]
fn looking_and_writing_in_the_middle_of_a_step_changes_nothing_of_it() {
    let mut whole = lab(7);
    let expected = [whole.step(), whole.step()];
    let mut parted = lab(7);
    let mut records = Vec::new();
    let mut pieces = 0;
    while records.len() < 2 {
        let progress = parted.work().unwrap();
        pieces += 1;
        let strip = parted.strip(0).unwrap();
        if records.is_empty() && progress == Progress::Underway {
            assert_eq!(strip.masked, strip.unmasked, "both move when the step is done, not before");
        }
        parted.generate(Which::Unmasked, &[1, 2], &Writing { count: 2, ..Writing::default() }).unwrap();
        if let Progress::Step(record) = progress {
            records.push(Ok(Some(record)));
        }
    }
    // Two models, two samples, and of each a layer, the logits and the layer's way back; twice.
    assert_eq!((pieces, &records[..]), (24, &expected[..]));
}

#[test]
fn a_model_writes_what_it_was_taught() {
    let mut lab = run(lab(7));
    let how = Writing { stop: vec![9], ..Writing::default() };
    let written = lab.generate(Which::Masked, &rows()[0].input_ids[..9], &how).unwrap();
    assert!(written.ends_with(&[9]) && written.len() < 9, "{written:?}");
    let replies = [vec![21, 22, 23, 9], vec![25, 24, 21, 22, 9]];
    assert!(replies.contains(&written), "{written:?}");
    let drawn = |seed, temperature| Writing { seed, temperature, count: 20, stop: vec![] };
    let mut draw =
        |seed, temperature| lab.generate(Which::Masked, &[1, 2], &drawn(seed, temperature)).unwrap();
    assert_eq!(draw(1, 50.0), draw(1, 50.0));
    assert_ne!(draw(1, 50.0), draw(2, 50.0));
    assert_eq!(draw(1, 0.0), draw(2, 0.0));
    assert_eq!(draw(3, 1.0).len(), 20);
}

#[test]
fn a_prompt_that_cannot_be_used_is_said() {
    let mut lab = lab(7);
    let mut code = |prompt: &[u32], temperature| {
        let how = Writing { temperature, ..Writing::default() };
        lab.generate(Which::Unmasked, prompt, &how).unwrap_err().code.into_owned()
    };
    assert_eq!(code(&[], 0.0), "lab-no-prompt");
    assert_eq!(code(&[1, 77], 0.0), "lab-unknown-token");
    assert_eq!(code(&[1], -1.0), "bad-setting");
    assert_eq!(code(&[1], f32::NAN), "bad-setting");
}

#[test]
fn a_learning_rate_that_is_too_large_to_train_is_an_end_with_a_reason_and_no_panic() {
    let optimiser = AdamW { learning_rate: 1.0, ..AdamW::default() };
    let mut lab = Lab::new(&rows(), Settings { optimiser, ..settings() }, 1).unwrap();
    for _ in 0..60 {
        match lab.step() {
            Ok(Some(record)) => assert!(record.masked.reported.is_finite()),
            Ok(None) => break,
            Err(error) => {
                assert_eq!(error.code, "lab-diverged");
                assert_eq!(lab.step(), Err(error));
                break;
            }
        }
    }
    assert!(lab.strip(0).is_some());
}

#[test]
fn a_strip_has_the_loss_of_each_token_after_the_first() {
    let mut lab = run(lab(7));
    let strip = lab.strip(1).unwrap();
    assert_eq!((strip.from, strip.masked.len(), strip.unmasked.len()), (1, 13, 13));
    // The last seven tokens are trained, so they are what the masked model has learned.
    let mean = |losses: &[f32]| losses.iter().sum::<f32>() / losses.len() as f32;
    assert!(mean(&strip.masked[7..]) < mean(&strip.masked[..7]), "{strip:?}");
    for which in BOTH {
        let (same, logits) = lab.look(which, 1).unwrap();
        assert_eq!((same, logits.len()), (strip.clone(), 14 * lab.vocabulary().len()));
        let own = if which == Which::Masked { &strip.masked } else { &strip.unmasked };
        let second = lab.data.windows[1].tokens[1] as usize;
        let words = lab.vocabulary().len();
        assert_eq!(crate::loss::row_loss(&logits[..words], second).to_bits(), own[0].to_bits());
    }
    assert_eq!(lab.strip(2), None);
}

#[test]
fn what_the_playground_makes_of_an_unchanged_sample_is_the_loss_that_is_reported() {
    let rows = &rows()[..1];
    let mut lab = Lab::new(rows, settings(), 3).unwrap();
    let change =
        |mask| Change { mask, ignore_index: -100, reduction: crate::loss::Reduction::Mean, keep: None };
    let mut play = |mask| lab.play(Which::Masked, rows, 0, &change(mask)).unwrap().unwrap();
    let (masked, unmasked) = (play(Mask::Recipe).loss.unwrap(), play(Mask::Off).loss.unwrap());
    let first = lab.step().unwrap().unwrap();
    assert!((masked - first.masked.reported).abs() < 1e-5);
    assert!((unmasked - first.unmasked.reported).abs() < 1e-5);
}

#[test]
fn a_window_makes_a_sample_of_fifty_thousand_tokens_trainable() {
    let ids: Vec<u32> = (0..50_000).map(|at| at % 90).collect();
    let row = Row {
        labels: ids.iter().map(|id| i64::from(*id)).collect(),
        weights: vec![1.0; ids.len()],
        user: vec![false; ids.len()],
        input_ids: ids,
    };
    let mut lab = Lab::new(&[row], Settings { context: 64, ..settings() }, 1).unwrap();
    assert_eq!(lab.notes()[0].code, "lab-window");
    assert!(lab.step().unwrap().unwrap().masked.reported.is_finite());
    let error = Lab::new(&[Row::default()], Settings::default(), 1).err().unwrap();
    assert_eq!(error.code, "lab-too-short");
}
