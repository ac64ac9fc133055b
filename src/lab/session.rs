//! A run: two models that start as one, trained on the same samples in the same order. Only their labels differ.

use serde::{Deserialize, Serialize};

use super::adamw::Moments;
use super::model::Model;
use super::pass::Trace;
use super::random::Random;
use super::row::{Data, Row, Window, prepare};
use super::settings::{Settings, failure};
use super::step::Underway;
use super::vocabulary::Vocabulary;
use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::loss::row_loss;

/// One of the two models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// Trained on the labels of the samples.
    Masked,
    /// Trained on every token: its labels are the ids.
    Unmasked,
}

/// Both, masked first.
pub const BOTH: [Which; 2] = [Which::Masked, Which::Unmasked];

/// The losses of a model over the samples of a step, before the step moves it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// What a trainer would report: the mean over the labels that count for this model.
    pub reported: f32,
    /// The mean -log p of the tokens that the mask trains.
    pub reply: f32,
    /// The mean -log p of the tokens that it masks; NaN where it masks none.
    pub prompt: f32,
}

/// One step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Counted from 1.
    pub step: usize,
    /// Of the model that is trained with the mask.
    pub masked: Losses,
    /// Of the model that is trained without.
    pub unmasked: Losses,
}

/// What each token of a sample costs both models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strip {
    /// The token of the sample that the first numbers belong to: the second of the window, as nothing predicts the first.
    pub from: usize,
    /// -log p under the model that is trained with the mask, token by token.
    pub masked: Vec<f32>,
    /// The same under the other.
    pub unmasked: Vec<f32>,
}

/// Two models in training.
pub struct Lab {
    pub(super) settings: Settings,
    pub(super) data: Data,
    pub(super) trainees: [Trainee; 2],
    /// For looking at the models, whatever the training is about.
    pub(super) trace: Trace,
    /// The step that is being made.
    underway: Option<Underway>,
    pub(super) training: Trace,
    /// The windows in the order of this round, and how many of them the round has used.
    order: Vec<usize>,
    used: usize,
    random: Random,
    records: Vec<Record>,
    /// Why the run can't go on.
    failed: Option<Diagnostic>,
}

pub(super) struct Trainee {
    pub(super) model: Model,
    pub(super) moments: Moments,
    pub(super) gradient: Vec<f32>,
}

/// What a piece of work came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// The step is not done yet.
    Underway,
    /// A step is done: both models have moved.
    Step(Record),
    /// The run was over before.
    Over,
}

impl Lab {
    /// Two equal models for these samples. The error says which setting or which lack of data makes a run impossible.
    pub fn new(rows: &[Row], settings: Settings, seed: u64) -> Result<Self, Diagnostic> {
        settings.check()?;
        let data = prepare(rows, settings.ignore_index, settings.context)?;
        let model = Model::new(settings.shape(data.vocabulary.len()), seed);
        let count = model.parameters.len();
        let trainee =
            || Trainee { model: model.clone(), moments: Moments::new(count), gradient: vec![0.0; count] };
        Ok(Self {
            settings,
            trainees: [trainee(), trainee()],
            trace: Trace::default(),
            underway: None,
            training: Trace::default(),
            order: (0..data.windows.len()).collect(),
            used: data.windows.len(),
            random: Random::new(seed ^ 0x006f_7264_6572),
            records: Vec::new(),
            failed: None,
            data,
        })
    }

    /// How the run is set up.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What was left out or cut, and why.
    pub fn notes(&self) -> &[Diagnostic] {
        &self.data.notes
    }

    /// The parts of the samples that the models see, in the order of the samples.
    pub fn windows(&self) -> &[Window] {
        &self.data.windows
    }

    /// The tokens that the models know.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.data.vocabulary
    }

    /// One of the models as it is now.
    pub fn model(&self, which: Which) -> &Model {
        &self.trainees[which as usize].model
    }

    /// The steps so far.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Trains both models by one step, or makes the one that is underway whole; none where the run is over. The error says
    /// that a loss is no longer a number.
    pub fn step(&mut self) -> Result<Option<Record>, Diagnostic> {
        loop {
            match self.work()? {
                Progress::Underway => {}
                Progress::Step(record) => return Ok(Some(record)),
                Progress::Over => return Ok(None),
            }
        }
    }

    /// Does a piece of a step: no more than a layer of one sample, or some rows of its logits. Errors are those of
    /// [`Lab::step`].
    pub fn work(&mut self) -> Result<Progress, Diagnostic> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        if self.records.len() >= self.settings.steps {
            return Ok(Progress::Over);
        }
        let mut underway = match self.underway.take() {
            Some(underway) => underway,
            None => Underway::new(self.next_batch()),
        };
        let optimiser = self.settings.optimiser;
        let losses = underway.work(&self.data.windows, &mut self.trainees, &mut self.training, &optimiser);
        let Some([masked, unmasked]) = losses else {
            self.underway = Some(underway);
            return Ok(Progress::Underway);
        };
        let record = Record { step: self.records.len() + 1, masked, unmasked };
        if !(masked.reported.is_finite() && unmasked.reported.is_finite()) {
            let failed = diverged(record.step, optimiser.learning_rate);
            self.failed = Some(failed.clone());
            return Err(failed);
        }
        self.records.push(record);
        Ok(Progress::Step(record))
    }

    /// What each token of a sample's window costs both models now; none for a sample that is not trained.
    pub fn strip(&mut self, row: usize) -> Option<Strip> {
        self.look(Which::Masked, row).map(|(strip, _)| strip)
    }

    /// The same, with the logits of one of the models: a row for each token of the window.
    pub fn look(&mut self, which: Which, row: usize) -> Option<(Strip, Vec<f32>)> {
        let window = self.data.windows.iter().find(|window| window.row == row)?;
        let from = window.start + 1;
        let words = self.data.vocabulary.len();
        let mut costs = |which: Which| -> Vec<f32> {
            self.trainees[which as usize].model.forward(&window.tokens, &mut self.trace);
            let rows = self.trace.logits.chunks_exact(words);
            rows.zip(&window.tokens[1..]).map(|(row, token)| row_loss(row, *token as usize)).collect()
        };
        // The one whose logits are wanted comes last.
        let (masked, unmasked) = match which {
            Which::Masked => {
                let unmasked = costs(Which::Unmasked);
                (costs(which), unmasked)
            }
            Which::Unmasked => (costs(Which::Masked), costs(which)),
        };
        Some((Strip { from, masked, unmasked }, std::mem::take(&mut self.trace.logits)))
    }

    /// The windows of the next step: each is used once a round, in an order of chance.
    fn next_batch(&mut self) -> Vec<usize> {
        let size = self.settings.batch.min(self.order.len());
        let mut batch = Vec::with_capacity(size);
        while batch.len() < size {
            if self.used >= self.order.len() {
                self.random.shuffle(&mut self.order);
                self.used = 0;
            }
            batch.push(self.order[self.used]);
            self.used += 1;
        }
        batch
    }
}

fn diverged(step: usize, rate: f32) -> Diagnostic {
    failure(
        "lab-diverged",
        format!(
            "the loss is no longer a number at step {step}: with a learning rate of {rate} the steps are too long"
        ),
        format!("第 {step} 步的 loss 已不是有限的数：学习率 {rate} 过大"),
        Bilingual::fixed(
            "lower the learning rate, such as 0.003, and start again",
            "请降低学习率，例如 0.003，然后重新开始",
        ),
    )
}
