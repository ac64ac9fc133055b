//! A comparison, as it is shown.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{SampleView, packed};
use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::engine::{ABSENT, Comparison, Count, MessageSummary, Row};

/// A [`Comparison`], as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CompareView {
    /// The messages of the conversation.
    pub messages: Vec<MessageSummary>,
    /// For each column of the axis the row that made it and the token there: row, token, row, token …
    #[serde(with = "packed")]
    pub columns: Vec<u32>,
    /// What each recipe makes of the conversation.
    pub rows: Vec<RowView>,
    /// What concerns all rows.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a recipe makes of the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowView {
    /// The recipe's id.
    pub recipe: String,
    /// The lines of the trainer's own configuration.
    pub config: Option<String>,
    /// How many samples it makes.
    pub samples: usize,
    /// The sample that is compared, or why there is none.
    pub outcome: Result<ShownSample, Bilingual>,
    /// For each column the token that stands there, [`ABSENT`] for none.
    #[serde(with = "packed")]
    pub places: Vec<u32>,
    /// The tokens by message and part.
    pub counts: Vec<Count>,
}

/// A sample, and which one of its recipe's it is, from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownSample {
    /// Its place among the recipe's samples.
    pub place: usize,
    /// The sample.
    pub sample: Rc<SampleView>,
}

impl CompareView {
    /// Packs a comparison; `added` says of each id whether it is an added token.
    pub fn new(comparison: Comparison, added: &[bool]) -> Self {
        Self {
            messages: comparison.messages,
            columns: comparison.columns.into_iter().flat_map(|(row, token)| [row, token]).collect(),
            rows: comparison.rows.into_iter().map(|row| RowView::new(row, added)).collect(),
            diagnostics: comparison.diagnostics,
        }
    }

    /// How many columns the axis has.
    pub fn len(&self) -> usize {
        self.columns.len() / 2
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The sample and the token that give a column its text.
    pub fn maker(&self, column: usize) -> Option<(&SampleView, usize)> {
        let row = self.rows.get(*self.columns.get(2 * column)? as usize)?;
        Some((row.sample()?, *self.columns.get(2 * column + 1)? as usize))
    }
}

impl RowView {
    fn new(row: Row, added: &[bool]) -> Self {
        let pack = |(place, sample)| {
            // What leads back to the pasted text and the template is not shown here.
            let sample =
                SampleView { writers: Vec::new(), sources: Vec::new(), ..SampleView::new(sample, added) };
            ShownSample { place, sample: Rc::new(sample) }
        };
        Self {
            recipe: row.recipe,
            config: row.config,
            samples: row.samples,
            outcome: row.outcome.map(pack),
            places: row.places,
            counts: row.counts,
        }
    }

    /// The sample that is compared.
    pub fn sample(&self) -> Option<&SampleView> {
        self.outcome.as_ref().ok().map(|shown| &*shown.sample)
    }

    /// The token that stands in a column.
    pub fn token(&self, column: usize) -> Option<usize> {
        self.places.get(column).filter(|token| **token != ABSENT).map(|token| *token as usize)
    }
}
