//! A step of both models, a piece at a time, so that whoever does the work can listen in between.

use super::adamw::AdamW;
use super::pass::Trace;
use super::row::Window;
use super::session::{BOTH, Losses, Trainee, Which};
use crate::loss::{backward_row, row_loss};

/// So many logits are computed at once at most, but for a few rows.
const LOGITS: usize = 1 << 17;
/// The least rows of logits that are computed at once.
const ROWS: usize = 16;

/// A step that is being made: each model looks at each sample of the batch, and at the end both move.
pub(super) struct Underway {
    /// Windows, as indices.
    batch: Vec<usize>,
    /// Which model is at work, on which window of the batch, and how far it is.
    which: Which,
    window: usize,
    stage: Stage,
    tallies: [Tally; 2],
}

/// What is to be done next with a window.
#[derive(Clone, Copy)]
enum Stage {
    /// Forward through this layer.
    Layer(usize),
    /// Logits, losses and their gradients from this row on.
    Head(usize),
    /// Back through the layers below this one.
    Back(usize),
}

impl Underway {
    /// Nothing is done of it yet.
    pub(super) fn new(batch: Vec<usize>) -> Self {
        let (which, stage) = (Which::Masked, Stage::Layer(0));
        Self { batch, which, window: 0, stage, tallies: Default::default() }
    }

    /// Does the next piece; the losses of both models where it was the last.
    pub(super) fn work(
        &mut self,
        windows: &[Window],
        trainees: &mut [Trainee; 2],
        trace: &mut Trace,
        optimiser: &AdamW,
    ) -> Option<[Losses; 2]> {
        let (which, stage) = (self.which, self.stage);
        let Trainee { model, gradient, .. } = &mut trainees[which as usize];
        let window = &windows[self.batch[self.window]];
        let (tokens, shape) = (&window.tokens, model.shape);
        match stage {
            Stage::Layer(layer) => {
                if layer == 0 {
                    model.enter(tokens, trace);
                }
                model.layer(layer, trace);
                self.stage = Stage::Layer(layer + 1);
                if layer + 1 == shape.layers {
                    model.leave(trace);
                    self.stage = Stage::Head(0);
                }
            }
            Stage::Head(row) => {
                let count = (LOGITS / shape.vocabulary.max(1)).max(ROWS);
                let rows = row..(row + count).min(tokens.len());
                let weight = self.batch.iter().map(|at| windows[*at].weight(which)).sum();
                model.head(rows.clone(), trace);
                self.tallies[which as usize].score(
                    (window, rows.start),
                    (which, weight),
                    &mut trace.logits,
                    shape.vocabulary,
                );
                let first = window.first(which).clamp(rows.start, rows.end);
                model.head_back(first..rows.end, trace, gradient);
                self.stage = Stage::Head(rows.end);
                if rows.end == tokens.len() {
                    model.leave_back(window.first(which), trace, gradient);
                    self.stage = Stage::Back(shape.layers);
                }
            }
            Stage::Back(above) => {
                let layer = above - 1;
                // Before the first label that counts there is nothing to send back, until attention mixes the rows.
                let from = if above == shape.layers { window.first(which) } else { 0 };
                model.layer_back(layer, from, trace, gradient);
                self.stage = Stage::Back(layer);
                if layer == 0 {
                    model.enter_back(tokens, trace, gradient);
                    return self.next(windows, trainees, optimiser);
                }
            }
        }
        None
    }

    /// Turns to the next window, or the next model, or moves both.
    fn next(
        &mut self,
        windows: &[Window],
        trainees: &mut [Trainee; 2],
        optimiser: &AdamW,
    ) -> Option<[Losses; 2]> {
        self.stage = Stage::Layer(0);
        self.window += 1;
        if self.window < self.batch.len() {
            return None;
        }
        self.window = 0;
        if self.which == Which::Masked {
            self.which = Which::Unmasked;
            return None;
        }
        for Trainee { model, moments, gradient } in trainees {
            moments.step(optimiser, &mut model.parameters, gradient);
            gradient.fill(0.0);
        }
        let weight = |which| self.batch.iter().map(|at| windows[*at].weight(which)).sum::<f64>();
        Some(BOTH.map(|which| self.tallies[which as usize].losses(weight(which))))
    }
}

impl Window {
    /// How much its labels weigh for a model.
    fn weight(&self, which: Which) -> f64 {
        match which {
            Which::Masked => self.trained.iter().flatten().map(|(_, weight)| f64::from(*weight)).sum(),
            Which::Unmasked => self.tokens.len().saturating_sub(1) as f64,
        }
    }

    /// The first row of logits whose label counts for a model.
    fn first(&self, which: Which) -> usize {
        let first = self.trained.iter().position(Option::is_some).unwrap_or(self.trained.len());
        if which == Which::Masked { first.saturating_sub(1) } else { 0 }
    }
}

/// Sums of a step.
#[derive(Default)]
struct Tally {
    reported: f64,
    /// The sum over the tokens that the mask trains, and how many they are.
    reply: (f64, f64),
    prompt: (f64, f64),
}

impl Tally {
    /// Adds the losses of some rows of a window, and turns their logits into the gradient of the mean over the step's labels,
    /// whose weights come to `total`.
    fn score(
        &mut self,
        (window, start): (&Window, usize),
        (which, total): (Which, f64),
        logits: &mut [f32],
        words: usize,
    ) {
        let mut rows = logits.chunks_exact_mut(words);
        let targets = window.tokens.iter().zip(&window.trained).skip(start + 1);
        for ((token, trained), row) in targets.zip(&mut rows) {
            let token = *token as usize;
            let (label, weight) = match (which, trained) {
                (Which::Unmasked, _) => (token, 1.0),
                (Which::Masked, Some((label, weight))) => (*label as usize, *weight),
                (Which::Masked, None) => (token, 0.0),
            };
            // A recipe may train a label that is not the token; what the page shows is the token's loss.
            let other = (label != token).then(|| row_loss(row, token));
            let loss = backward_row(row, label, (f64::from(weight) / total) as f32);
            if weight > 0.0 {
                self.reported += f64::from(loss) * f64::from(weight);
            }
            let group = if trained.is_some() { &mut self.reply } else { &mut self.prompt };
            group.0 += f64::from(other.unwrap_or(loss));
            group.1 += 1.0;
        }
        // Nothing follows the last token.
        rows.for_each(|row| row.fill(0.0));
    }

    fn losses(&self, weight: f64) -> Losses {
        Losses {
            reported: (self.reported / weight) as f32,
            reply: (self.reply.0 / self.reply.1) as f32,
            prompt: (self.prompt.0 / self.prompt.1) as f32,
        }
    }
}
