//! What page and lab say to each other, and what the lab trains on.
//!
//! The lab makes sentences, paths of pictures and numbers as text, in the page's language, so that the page only sets them.

use serde::{Deserialize, Serialize};

use super::sample::flat;
use crate::app::i18n::Lang;
use crate::app::state::LabChoices;
use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::engine::{ConversationReport, Engine, Request};
use crate::examples::EXAMPLES;
use crate::lab::Row;
use crate::recipe::Outcome;

/// The samples of a run, made by the analysing worker; they pass the page as text that it does not read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Material {
    /// The label of a position that does not count.
    pub ignore_index: i64,
    /// How many samples are of the dialogue on the page; those of examples follow.
    pub own: usize,
    /// The samples.
    pub samples: Vec<LabSample>,
}

/// So many examples are trained with the dialogue, each with one sample, and none that is longer: a run takes seconds, and in
/// its 240 steps sees each sample dozens of times.
const EXAMPLES_AT_MOST: usize = 10;
const LONGEST: usize = 160;

impl Material {
    /// The samples of a request and, with `together`, those of the examples under the same choices; `added` says of each id
    /// whether it is an added token.
    pub fn collect(engine: &mut Engine, request: &Request, together: bool, added: &[bool]) -> Self {
        let mut material = Self { ignore_index: request.ignore_index, ..Self::default() };
        let this = Bilingual::fixed("this dialogue", "当前对话");
        for conversation in &engine.analyze(request).conversations {
            material.samples.extend(LabSample::all(conversation, added, &this));
        }
        material.own = material.samples.len();
        let others = EXAMPLES.iter().filter(|example| together && example.dialogue != request.dialogue);
        for example in others {
            if material.samples.len() >= material.own + EXAMPLES_AT_MOST {
                break;
            }
            let dialogue = example.dialogue.to_owned();
            let request = Request { dialogue, format: None, conversation: Some(0), ..request.clone() };
            let report = engine.analyze(&request);
            let samples =
                report.conversations.iter().flat_map(|it| LabSample::all(it, added, &example.title));
            let trains = |row: &Row| row.weights.iter().skip(1).any(|weight| *weight > 0.0);
            let fits = |it: &LabSample| it.row.input_ids.len() <= LONGEST && trains(&it.row);
            material.samples.extend(samples.last().filter(fits));
        }
        material
    }
}

/// A sample, as the lab shows and trains it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabSample {
    /// What it is called.
    pub title: Bilingual,
    /// What is trained.
    pub row: Row,
    /// The text that was encoded.
    pub text: String,
    /// The bytes of it that tokens hold: start, end, start, end …
    pub held: Vec<u32>,
    /// Which tokens are added ones, such as `<|im_end|>`.
    pub added: Vec<bool>,
}

impl LabSample {
    /// Of the samples of a conversation with this name; `added` says of each id whether it is an added token.
    pub fn all(conversation: &ConversationReport, added: &[bool], name: &Bilingual) -> Vec<Self> {
        let roles: Vec<&str> = conversation.messages.iter().map(|message| message.role.as_str()).collect();
        let samples = conversation.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Sample(sample) => Some(sample),
            Outcome::Dropped { .. } => None,
        });
        let several = samples.clone().count() > 1;
        let one = |(at, sample): (usize, &crate::recipe::Sample)| {
            let number = at + 1;
            let title = if several {
                Bilingual::new(format!("{}, sample {number}", name.en), format!("{}，样本 {number}", name.zh))
            } else {
                name.clone()
            };
            Self {
                title,
                row: Row::of(sample, &roles),
                text: sample.text.clone(),
                held: flat(&sample.held),
                added: sample.input_ids.iter().map(|id| added.get(*id as usize) == Some(&true)).collect(),
            }
        };
        samples.enumerate().map(one).collect()
    }
}

/// From the page to the lab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToLab {
    /// Train on this [`Material`], as JSON; what was trained before is forgotten.
    Material(String),
    /// The language and the choices, at the start and whenever they change.
    Choices(Lang, LabChoices),
    /// Train until the end or a pause.
    Run,
    /// Stop training and writing.
    Pause,
    /// Train by one step.
    Step,
    /// Begin again.
    Reset,
    /// Let both models write, with other draws than before.
    Write,
    /// The page has drawn what it got and has time for more.
    Frame,
    /// Make a file of the run: `csv` or `svg`.
    Save(String),
    /// Time masked cross-entropy with its gradient over so many rows of so many logits: for measuring.
    Time(usize, usize),
}

/// From the lab to the page: what has changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FromLab {
    /// Whether there is more to do: the page asks for it with [`ToLab::Frame`].
    pub busy: bool,
    /// What the run is about.
    pub about: Option<AboutView>,
    /// How far it is.
    pub run: Option<RunView>,
    /// What each token costs.
    pub tokens: Option<TokensView>,
    /// What both models write.
    pub written: Option<WrittenView>,
    /// A file that was asked for: its name, type and text.
    pub file: Option<(String, String, String)>,
    /// Milliseconds of a plain pass over the logits that were asked for, and of the loss and its gradient over the same.
    pub timed: Option<[f64; 2]>,
    /// The lab can't go on; it must be started again.
    pub died: bool,
}

/// What a run is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AboutView {
    /// Whether there is something to train.
    pub ready: bool,
    /// Names and values.
    pub facts: Vec<(String, String)>,
    /// What was left out, or why nothing can be trained.
    pub findings: Vec<Diagnostic>,
    /// The names of the samples that can be looked at, each with its place in the material.
    pub samples: Vec<(usize, String)>,
    /// The place of the sample that is looked at.
    pub sample: usize,
    /// What the two lines stand for.
    pub legend: [String; 2],
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// Whether it is training now.
    pub running: bool,
    /// Steps so far.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// Milliseconds that a step of both models takes, as far as it was measured.
    pub pace: f64,
    /// The step whose numbers are shown.
    pub at: usize,
    /// In words, for reading out: it changes when training starts and stops, not with each step.
    pub status: String,
    /// The two pictures; none before the first step.
    pub charts: Vec<ChartView>,
    /// Rows of a name and the numbers of both models.
    pub reads: Vec<[String; 3]>,
    /// What these numbers say.
    pub lesson: Vec<String>,
}

/// A picture of one of the losses, in a box of [`CHART`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartView {
    /// What it shows.
    pub title: String,
    /// What to make of it.
    pub note: String,
    /// It in words.
    pub name: String,
    /// The lines of both models, as paths.
    pub lines: [String; 2],
    /// Where a dot, a square and their names stand: x, y and the y of the name.
    pub ends: [Option<(f32, f32, f32)>; 2],
    /// Names and heights of the grid's lines.
    pub grid: Vec<(String, f32)>,
    /// Names and places of steps.
    pub steps: Vec<(String, f32)>,
    /// Where the step stands whose numbers are shown.
    pub cursor: f32,
}

/// Width and height of a chart's axes.
pub const CHART: (f32, f32) = (400.0, 180.0);

/// What each token of a sample costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TokensView {
    /// Steps that the models had behind them.
    pub step: usize,
    /// The tokens.
    pub tokens: Vec<TokenView>,
    /// The loss, with the numbers of the sample.
    pub formula: String,
    /// The sum of the weighted terms, what counts, and the loss, as numbers for programs.
    pub sum: f64,
    /// How many positions count.
    pub count: usize,
    /// The loss; none for 0/0 and where it is not reduced.
    pub loss: Option<f32>,
    /// What a change did.
    pub remarks: Vec<String>,
    /// Why there is no number.
    pub findings: Vec<Diagnostic>,
}

/// A token in the strip.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TokenView {
    /// Its text, with signs for what can't be seen.
    pub text: String,
    /// Whether it is set as code: an added token, or bytes that are no whole character.
    pub code: bool,
    /// Its label; empty where it was cut off.
    pub label: String,
    /// Whether it is trained in the masked model.
    pub taught: bool,
    /// What becomes of it in the loss.
    pub fate: Fate,
    /// Bars of both models, as paths in a box of 18 by 60.
    pub bars: [String; 2],
    /// -log p; empty for the first.
    pub term: String,
    /// How large the gradient of its row of logits is: the sum of the absolute values; `0` is exactly 0.
    pub gradient: String,
    /// All of it in words.
    pub name: String,
}

/// What becomes of a token in the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// Its label is the `ignore_index`, as it should be.
    #[default]
    Masked,
    /// It counts.
    Counts,
    /// It should be trained, but its label happens to be the `ignore_index`.
    Vanished,
    /// It was cut off.
    Cut,
}

/// What both models write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WrittenView {
    /// Steps that the models had behind them.
    pub step: usize,
    /// Whether they are still writing.
    pub writing: bool,
    /// One for each prompt.
    pub rows: Vec<WrittenRow>,
    /// What can be seen in it.
    pub remark: String,
}

/// What both models write after one prompt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WrittenRow {
    /// What the prompt is.
    pub title: String,
    /// Its end.
    pub prompt: Vec<Piece>,
    /// What the models write.
    pub answers: [Vec<Piece>; 2],
}

/// A piece of text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// What it is.
    pub kind: Kind,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Text.
    #[default]
    Text,
    /// An added token.
    Added,
    /// Words that a user of the samples says.
    User,
}
