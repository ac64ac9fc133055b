//! A short run whose losses must be the same natively and in wasm: `run.txt` has them, as they were natively.

use lossmask::lab::{Lab, Row, Settings, Which, Writing};

/// Two samples of sixty tokens, of which the last twenty are trained.
fn rows() -> Vec<Row> {
    let row = |sample: u32| {
        let input_ids: Vec<u32> = (0..60).map(|at| 1000 + (at * at + 7 * sample) % 41).collect();
        let label = |(at, id): (usize, &u32)| if at < 40 { -100 } else { i64::from(*id) };
        Row {
            labels: input_ids.iter().enumerate().map(label).collect(),
            weights: vec![1.0; 60],
            user: vec![false; 60],
            input_ids,
        }
    };
    (0..2).map(row).collect()
}

/// A line for each step: reported, reply and prompt losses of both models; and then what the masked model writes.
fn lines() -> Vec<Vec<f32>> {
    let settings = Settings { steps: 5, width: 16, heads: 2, hidden: 32, ..Settings::default() };
    let mut lab = Lab::new(&rows(), settings, 20_260_131).unwrap();
    let mut lines = Vec::new();
    while let Some(record) = lab.step().unwrap() {
        let losses = [record.masked, record.unmasked].map(|it| [it.reported, it.reply, it.prompt]);
        lines.push(losses.concat());
    }
    let how = Writing { count: 8, temperature: 1.0, seed: 5, stop: Vec::new() };
    let written = lab.generate(Which::Masked, &rows()[0].input_ids[..40], &how).unwrap();
    lines.push(written.iter().map(|id| *id as f32).collect());
    lines
}

/// The losses agree with those of the file to 1e-4, and the tokens are the same.
pub(crate) fn check() {
    let number = |number: &str| number.parse().unwrap();
    let expected = include_str!("run.txt").lines().map(|line| line.split(' ').map(number).collect());
    let (expected, ours): (Vec<Vec<f32>>, _) = (expected.collect(), lines());
    let same = expected.len() == ours.len()
        && expected
            .iter()
            .zip(&ours)
            .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4));
    let shown = |line: &Vec<f32>| line.iter().map(f32::to_string).collect::<Vec<_>>().join(" ");
    assert!(same, "this run gave:\n{}", ours.iter().map(shown).collect::<Vec<_>>().join("\n"));
}
