//! What the page knows of the loss lab.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::app::wire::{AboutView, FromLab, RunView, TokensView, WrittenView};
use crate::lab::Mask;
use crate::loss::Reduction;

/// What the user chose of the lab. Numbers are kept as they were typed: what is no number is the lab's to refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabChoices {
    /// Whether the examples are trained together with the dialogue.
    pub together: bool,
    /// The learning rate.
    pub rate: String,
    /// How many steps a run has.
    pub steps: String,
    /// The seed of both models.
    pub seed: String,
    /// The sample that is looked at, as its place in the material.
    pub sample: usize,
    /// The step whose numbers are shown; the newest where absent.
    pub at: Option<usize>,
    /// Which positions get a label.
    pub mask: Mask,
    /// The `ignore_index` of the playground; the request's where empty.
    pub ignore_index: String,
    /// How the terms become the loss.
    pub reduction: Reduction,
    /// How many tokens are kept; all where empty.
    pub keep: String,
    /// Whether the terms are those of the model without a mask.
    pub unmasked: bool,
    /// How freely is drawn; 0 takes the likeliest token.
    pub temperature: String,
}

impl Default for LabChoices {
    fn default() -> Self {
        Self {
            together: true,
            rate: "0.003".to_owned(),
            steps: "240".to_owned(),
            seed: "7".to_owned(),
            sample: 0,
            at: None,
            mask: Mask::Recipe,
            ignore_index: String::new(),
            reduction: Reduction::Mean,
            keep: String::new(),
            unmasked: false,
            temperature: "0".to_owned(),
        }
    }
}

/// What the lab said last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lab {
    /// What it trains on, as it passes from worker to worker.
    pub material: Option<Rc<str>>,
    /// What the run is about.
    pub about: Option<Rc<AboutView>>,
    /// How far it is.
    pub run: Option<Rc<RunView>>,
    /// What each token costs.
    pub tokens: Option<Rc<TokensView>>,
    /// What both models write.
    pub written: Option<Rc<WrittenView>>,
    /// How many workers there have been before this one.
    pub lost: u32,
}

impl Lab {
    /// Takes what has changed.
    pub fn hear(&mut self, message: FromLab) {
        let FromLab { about, run, tokens, written, .. } = message;
        if let Some(about) = about {
            self.about = Some(Rc::new(about));
        }
        if let Some(run) = run {
            self.run = Some(Rc::new(run));
        }
        if let Some(tokens) = tokens {
            self.tokens = Some(Rc::new(tokens));
        }
        if let Some(written) = written {
            self.written = Some(Rc::new(written));
        }
    }

    /// The worker is gone, and what it had trained with it.
    pub fn lose(&mut self) {
        *self = Self { material: self.material.take(), lost: self.lost + 1, ..Self::default() };
    }

    /// Whether training goes on.
    pub fn running(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.running)
    }
}
