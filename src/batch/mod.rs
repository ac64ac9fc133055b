//! From samples to a batch: what is cut off, how samples are padded or packed into rows, and what each position is
//! then compared with.
//!
//! ```text
//! samples ─truncate▶ what is kept of each ─pack▶ rows of segments ─collate▶ ids, labels, masks and positions
//! ```
//!
//! Each way is the code of a trainer, which was run: the golden files in `tests/batch/`. A row keeps the way back: its
//! [`Segment`]s say which tokens of which sample stand where; what no segment covers is padding.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

pub use settings::{Pads, Settings, Side, Truncation, WAYS, Way, WayInfo};
pub use truncate::{Cut, Gone};

mod check;
mod collate;
mod pack;
mod settings;
mod truncate;

/// The label that these trainers ignore, whatever else a recipe was asked to write.
pub const IGNORED: i64 = -100;

/// The positions that all rows together may have, padding included.
const MOST_POSITIONS: usize = 4_000_000;

/// The samples that may be put into rows.
pub const MOST_SAMPLES: usize = 10_000;

/// A sample as a collator gets it: two lists of one length.
#[derive(Clone, Copy, Debug)]
pub struct Tokens<'a> {
    /// Token ids.
    pub input_ids: &'a [u32],
    /// Labels, [`IGNORED`] where masked; not shifted.
    pub labels: &'a [i64],
}

/// Tokens of a sample that stand together in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Which sample, from 0.
    pub sample: u32,
    /// Its first token there.
    pub from: u32,
    /// One past its last token there.
    pub to: u32,
    /// The column of its first token.
    pub at: u32,
}

impl Segment {
    /// How many tokens it has.
    pub const fn len(&self) -> usize {
        (self.to - self.from) as usize
    }

    /// Whether it has no token.
    pub const fn is_empty(&self) -> bool {
        self.from == self.to
    }
}

/// A row of a batch: lists of one length, but for what a trainer leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Token ids.
    pub input_ids: Vec<u32>,
    /// Labels, not shifted.
    pub labels: Vec<i64>,
    /// 0 for padding; where sequences are told apart by it, the number of the sequence, from 1. None where the collator
    /// gives none.
    pub attention_mask: Option<Vec<u32>>,
    /// None where the collator gives none: a model then counts from 0. LLaMA-Factory's are missing where its collator
    /// pads on to a multiple of 8.
    pub position_ids: Option<Vec<u32>>,
    /// What stands where, from left to right.
    pub segments: Vec<Segment>,
}

impl Row {
    /// The sample and the token that stand in a column; none for padding.
    pub fn origin(&self, column: usize) -> Option<(usize, usize)> {
        let next = self.segments.partition_point(|segment| segment.at as usize <= column);
        let segment = self.segments.get(next.checked_sub(1)?)?;
        let inside = column - segment.at as usize;
        (inside < segment.len()).then(|| (segment.sample as usize, segment.from as usize + inside))
    }

    /// What each column is compared with, after the shift: the label of the column after it, [`IGNORED`] where there is
    /// none. The label of the first column is never anyone's target.
    pub fn targets(&self) -> Vec<i64> {
        let after = self.labels.iter().skip(1).copied().chain(std::iter::once(IGNORED));
        after.take(self.labels.len()).collect()
    }
}

/// Rows that go through the model together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Its rows, all of one length.
    pub rows: Vec<Row>,
}

/// What becomes of samples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The batches, in order. Nothing is shuffled.
    pub batches: Vec<Batch>,
    /// For each sample what is kept of it.
    pub cuts: Vec<Cut>,
    /// What is wrong with them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Puts samples into batches; or why the trainer can't.
pub fn make(samples: &[Tokens<'_>], settings: &Settings) -> Result<Made, Diagnostic> {
    settings.check()?;
    if samples.len() > MOST_SAMPLES {
        return Err(too_large());
    }
    let cuts = truncate::truncate(samples, settings);
    let packs = pack::pack(&cuts, settings);
    let batches = collate::collate(samples, &packs, settings)?;
    let diagnostics = check::check(samples, &cuts, &batches, settings);
    Ok(Made { batches, cuts, diagnostics })
}

fn too_large() -> Diagnostic {
    let message = Bilingual::fixed("the batches are too large to be shown", "批次过大，无法展示");
    let hint = Bilingual::fixed(
        "take a smaller `max_length`, or fewer conversations",
        "请减小 `max_length`，或减少对话数量",
    );
    Diagnostic::new(Severity::Error, "batch-too-large", message).hint(hint)
}

#[cfg(test)]
mod tests;
