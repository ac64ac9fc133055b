//! Times masked cross-entropy and a training step of the loss lab, beside `torch` on one thread where it is installed.
//!
//! `cargo run --release --example bench_loss [-- PYTHON]`: PYTHON is an interpreter with `torch`, `python3` where absent. With
//! `RUSTFLAGS=-Ctarget-cpu=native` the vectors are those of this machine, as those of `torch` are; without, those that every
//! machine of its kind has.
//!
//! Each time is the least of many; the loss is timed in pieces of a few rows, all of them each time round so that none stays in
//! a cache, and the pieces' least times are added up: what else the machine does then hardly matters.

use std::process::Command;
use std::time::{Duration, Instant};

use lossmask::lab::{AdamW, Model, Moments, Settings, Trace};
use lossmask::loss::{Reduction, Targets, cross_entropy_backward};

/// As in `tests/bench/loss_torch.py`.
const ROWS: usize = 512;
const VOCABULARY: usize = 32_768;
const PIECE: usize = 8;
/// Samples of a step, their length, and the size of the lab's vocabulary: one dialogue, a few, and as much as it takes.
const STEPS: [(usize, usize, usize); 3] = [(2, 70, 67), (4, 128, 400), (4, 512, 1000)];

fn main() {
    let python = std::env::args().nth(1).unwrap_or_else(|| "python3".to_owned());
    let torch = torch(&python);
    println!("| what | lossmask | PyTorch | PyTorch ÷ lossmask |");
    println!("| --- | ---: | ---: | ---: |");
    let mut logits: Vec<f32> =
        (0..ROWS * VOCABULARY).map(|at| ((at * 7919) % 1009) as f32 / 100.0 - 5.0).collect();
    let pass = pieces(&mut logits, scale);
    row(&format!("plain pass over {ROWS} × {VOCABULARY}"), pass, torch.first());
    let loss = pieces(&mut logits, backward);
    row("cross-entropy and its gradient over the same", loss, torch.get(1));
    for (at, (samples, length, vocabulary)) in STEPS.into_iter().enumerate() {
        let name = format!("training step, {samples} × {length} tokens of {vocabulary}");
        row(&name, step(samples, length, vocabulary), torch.get(2 + at));
    }
    println!("\ncross-entropy ÷ plain pass: {:.2}", loss.as_secs_f64() / pass.as_secs_f64());
    if torch.is_empty() {
        println!("no PyTorch: `{python} -c \"import torch\"` fails");
    }
}

fn row(name: &str, ours: Duration, torch: Option<&Duration>) {
    let theirs = torch.map_or_else(|| "–".to_owned(), |time| format!("{:.2} ms", time.as_secs_f64() * 1e3));
    let ratio = torch
        .map_or_else(|| "–".to_owned(), |time| format!("{:.1}", time.as_secs_f64() / ours.as_secs_f64()));
    println!("| {name} | {:.2} ms | {theirs} | {ratio} |", ours.as_secs_f64() * 1e3);
}

/// The least times of the pieces of the logits, added up.
fn pieces(logits: &mut [f32], work: fn(&mut [f32])) -> Duration {
    let mut least = vec![Duration::MAX; ROWS / PIECE];
    for _ in 0..15 {
        for (piece, least) in logits.chunks_mut(PIECE * VOCABULARY).zip(&mut least) {
            *least = (*least).min(time(|| work(piece)));
        }
    }
    least.iter().sum()
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn scale(logits: &mut [f32]) {
    for x in logits {
        *x *= 1.000_001;
    }
}

fn backward(logits: &mut [f32]) {
    let labels = [7; PIECE];
    let targets = Targets { labels: &labels, weights: None, ignore_index: -100, shift: false };
    let loss = cross_entropy_backward(logits, VOCABULARY, &targets, Reduction::Mean);
    assert!(loss.is_ok());
}

/// Forward, loss, backward and `AdamW` of the default model.
fn step(samples: usize, length: usize, vocabulary: usize) -> Duration {
    let settings = Settings::default();
    let mut model = Model::new(settings.shape(vocabulary), 1);
    let mut moments = Moments::new(model.parameters.len());
    let mut gradient = vec![0.0; model.parameters.len()];
    let mut trace = Trace::default();
    let tokens: Vec<u32> = (0..length).map(|at| (at * 31 % vocabulary) as u32).collect();
    let labels: Vec<i64> = tokens
        .iter()
        .enumerate()
        .map(|(at, id)| if at < length / 2 { -100 } else { i64::from(*id) })
        .collect();
    let targets = Targets { labels: &labels, weights: None, ignore_index: -100, shift: true };
    let mut once = || {
        gradient.fill(0.0);
        for _ in 0..samples {
            model.forward(&tokens, &mut trace);
            let loss = cross_entropy_backward(&mut trace.logits, vocabulary, &targets, Reduction::Mean);
            assert!(loss.is_ok());
            model.backward(&tokens, &mut trace, &mut gradient);
        }
        moments.step(&AdamW::default(), &mut model.parameters, &gradient);
    };
    (0..40).map(|_| time(&mut once)).min().unwrap_or_default()
}

/// The times of the same with `torch`, in the order of the table; none where it is not installed.
fn torch(python: &str) -> Vec<Duration> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/loss_torch.py");
    let Ok(output) = Command::new(python).arg(script).output() else { return Vec::new() };
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let times = printed.lines().filter_map(|line| line.trim().parse::<f64>().ok());
    times.map(|milliseconds| Duration::from_secs_f64(milliseconds / 1e3)).collect()
}
