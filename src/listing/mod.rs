//! The listing that does not work: a much copied way to make training rows, taken apart on the user's own conversation.
//!
//! `facts.rs` makes what the listing makes, `steps.rs` says what is wrong with it.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, visible};
use crate::engine::{Engine, Request};
use crate::span::Span;

mod facts;
mod steps;

pub use facts::{Cost, Facts, IGNORED};

/// So many tokens of a row are shown.
const MOST_SHOWN: usize = 240;

/// The listing step by step, and the one that works.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// Its steps, each with what is wrong.
    pub steps: Vec<Step>,
    /// The same with every fault mended.
    pub right: Step,
}

/// Some lines, what they make of the conversation, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What the lines do.
    pub title: Bilingual,
    /// The lines, in Python.
    pub code: String,
    /// The row that they make, where they make one.
    pub row: Option<Row>,
    /// What is wrong with it, or, in the listing that works, why it is right.
    pub says: Vec<Bilingual>,
}

/// A row of the training set, as far as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// How many more there are.
    pub hidden: usize,
    /// How many of all its labels are trained.
    pub trained: usize,
}

/// A place in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its text; empty for the further tokens of one character.
    pub text: String,
    /// Its id; none past the last token.
    pub id: Option<u32>,
    /// Its label; none where the listing makes none for it.
    pub label: Option<i64>,
}

impl Token {
    /// Whether its label is neither ignored nor its own id.
    pub fn is_wrong(&self) -> bool {
        match (self.id, self.label) {
            (id, Some(label)) => label != IGNORED && id.map(i64::from) != Some(label),
            (_, None) => true,
        }
    }
}

impl Row {
    fn new(text: &str, offsets: &[Span], ids: &[u32], labels: &[i64]) -> Self {
        let count = ids.len().max(labels.len());
        let mut end = 0;
        let token = |at: usize| {
            let span = offsets.get(at).copied().unwrap_or_default();
            let is_rest = !span.is_empty() && span.start < end;
            end = end.max(span.end);
            let written = text.get(span.start..span.end).unwrap_or_default();
            Token {
                text: if is_rest { String::new() } else { visible(written) },
                id: ids.get(at).copied(),
                label: labels.get(at).copied(),
            }
        };
        Self {
            tokens: (0..count.min(MOST_SHOWN)).map(token).collect(),
            hidden: count.saturating_sub(MOST_SHOWN),
            trained: labels.iter().filter(|label| **label != IGNORED).count(),
        }
    }
}

/// Takes the listing apart on one reply of the conversation that a request asks for.
pub fn listing(engine: &mut Engine, request: &Request, number: usize) -> Result<Listing, Diagnostic> {
    Facts::of(engine, request, number).map(|facts| steps::steps(&facts))
}
