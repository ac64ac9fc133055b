//! Batches, as they are shown: of every sample what is cut off, of one batch its rows, and of one row a few columns.

use serde::{Deserialize, Serialize};

use super::packed;
use crate::batch::{IGNORED, Row, Segment};
use crate::diagnostic::Diagnostic;
use crate::engine::{BatchAsked, BatchReport, Gain, Request};

/// Which conversations are put into batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Those of the pasted text.
    #[default]
    Dialogue,
    /// The first ones of the open file.
    File,
    /// Those of all examples.
    Examples,
}

impl Scope {
    /// The same, unless it is a file and none is open.
    #[must_use]
    pub fn of(self, open: bool) -> Self {
        if self == Self::File && !open { Self::Dialogue } else { self }
    }
}

/// So many conversations are put into batches.
pub const MOST_CONVERSATIONS: usize = 500;

/// For a column: the first one of the row that has a target.
pub const ANY: usize = u32::MAX as usize;

/// What is looked at first.
pub const START: [usize; 3] = [0, 0, ANY];

/// A question for batches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchQuestion {
    /// Recipe, template and tokenizer.
    pub request: Request,
    /// How the samples are put into batches.
    pub asked: BatchAsked,
    /// Which conversations.
    pub scope: Scope,
    /// What is looked at: a batch, a row of it, and a column of the row.
    pub look: [usize; 3],
}

/// A [`BatchReport`], as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BatchView {
    /// How many conversations there are, how many were looked at, and how many of those give no sample.
    pub conversations: [usize; 3],
    /// For each sample [`SAMPLE`] numbers.
    #[serde(with = "packed")]
    pub samples: Vec<u32>,
    /// The labels of all samples as lengths of runs, masked and trained in turn, each sample beginning with masked.
    #[serde(with = "packed")]
    pub runs: Vec<u32>,
    /// For each sample one past its last run.
    #[serde(with = "packed")]
    pub run_ends: Vec<u32>,
    /// How many batches there are.
    pub batches: usize,
    /// Of all batches: positions, padding, and targets after the shift.
    pub totals: [usize; 3],
    /// What is looked at: batch, row and column, where there are such.
    pub look: [usize; 3],
    /// The rows of the batch that is looked at.
    pub rows: Vec<BatchRow>,
    /// The columns around the one that is looked at.
    pub columns: Vec<Column>,
    /// The pad token's text, where rows are padded.
    pub pad: Option<String>,
    /// Why there are no batches.
    pub error: Option<Diagnostic>,
    /// What is wrong with samples and batches.
    pub diagnostics: Vec<Diagnostic>,
}

/// How many numbers stand for a sample: conversation, tokens, trained, first and one past last kept token, trained of
/// those, and why it is dropped: 0 where it is not, else the place in [`Gone`](crate::batch::Gone), from 1.
pub const SAMPLE: usize = 7;

/// A row of a batch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BatchRow {
    /// How many columns it has.
    pub width: usize,
    /// For each segment sample, first token, one past the last token, first column.
    #[serde(with = "packed")]
    pub segments: Vec<u32>,
    /// The columns whose label counts: start, end, start, end …
    #[serde(with = "packed")]
    pub trained: Vec<u32>,
    /// How many columns have a target after the shift.
    pub targets: usize,
    /// Whether the collator gives `position_ids`.
    pub positions: bool,
}

/// A column of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its number.
    pub at: usize,
    /// Its token's text, what can't be seen written with signs.
    pub text: String,
    /// `input_ids` there.
    pub id: u32,
    /// `labels` there, not shifted.
    pub label: i64,
    /// `attention_mask` there, where the collator gives one.
    pub mask: Option<u32>,
    /// `position_ids` there, where the collator gives them.
    pub position: Option<u32>,
    /// The text that it is trained to predict, where it is.
    pub target: Option<String>,
    /// The sample and its token; none for padding.
    pub origin: Option<(usize, usize)>,
}

/// So many columns are sent, and so many of them stand before the one that is looked at.
const COLUMNS: usize = 48;
const BEFORE: usize = 4;

/// So many rows of a batch are sent.
const ROWS: usize = 64;

impl BatchView {
    /// Packs a report for what is looked at; `word` gives the text of an id.
    pub fn new(report: &BatchReport, look: [usize; 3], word: impl Fn(u32) -> String) -> Self {
        let gathered = &report.gathered;
        let mut view = Self {
            conversations: [gathered.count, gathered.taken, gathered.without],
            pad: report.settings.pad_id().map(&word),
            diagnostics: gathered.diagnostics.clone(),
            ..Self::default()
        };
        let made = match &report.made {
            Ok(made) => made,
            Err(error) => {
                view.error = Some(error.clone());
                return view;
            }
        };
        for (gain, cut) in gathered.samples.iter().zip(&made.cuts) {
            let (from, to) = (cut.from as usize, cut.to as usize);
            let trained = gain.trained(0..gain.labels.len());
            let kept = gain.trained(from..to);
            let numbers = [gain.conversation, gain.labels.len(), trained, from, to, kept];
            view.samples.extend(numbers.map(|number| number as u32));
            view.samples.push(cut.gone.map_or(0, |gone| gone as u32 + 1));
            runs(&gain.labels, &mut view.runs);
            view.run_ends.push(view.runs.len() as u32);
        }
        view.diagnostics.extend(made.diagnostics.iter().cloned());
        view.batches = made.batches.len();
        for row in made.batches.iter().flat_map(|batch| &batch.rows) {
            let tokens: usize = row.segments.iter().map(Segment::len).sum();
            let all = [row.input_ids.len(), row.input_ids.len() - tokens, targets(row)];
            view.totals.iter_mut().zip(all).for_each(|(total, one)| *total += one);
        }
        let batch = look[0].min(view.batches.saturating_sub(1));
        let Some(shown) = made.batches.get(batch) else { return view };
        view.rows = shown.rows.iter().take(ROWS).map(BatchRow::new).collect();
        let row = look[1].min(view.rows.len().saturating_sub(1));
        if let Some(of) = shown.rows.get(row) {
            let goal = || of.labels.iter().skip(1).position(|label| *label != IGNORED).unwrap_or_default();
            let column = if look[2] == ANY { goal() } else { look[2] };
            let column = column.min(of.input_ids.len().saturating_sub(1));
            view.look = [batch, row, column];
            let from = column.saturating_sub(BEFORE).min(of.input_ids.len().saturating_sub(COLUMNS));
            let to = (from + COLUMNS).min(of.input_ids.len());
            view.columns = (from..to).map(|at| Column::new(of, at, &gathered.samples, &word)).collect();
        }
        view
    }

    /// The samples, each as its [`SAMPLE`] numbers.
    pub fn samples(&self) -> impl ExactSizeIterator<Item = &[u32; SAMPLE]> {
        self.samples.as_chunks::<SAMPLE>().0.iter()
    }

    /// The runs of a sample: masked and trained in turn.
    pub fn runs_of(&self, sample: usize) -> &[u32] {
        let end = |at: Option<usize>| {
            at.map_or(0, |at| self.run_ends.get(at).copied().unwrap_or_default() as usize)
        };
        self.runs.get(end(sample.checked_sub(1))..end(Some(sample))).unwrap_or_default()
    }

    /// The tokens of the longest sample.
    pub fn longest(&self) -> usize {
        self.samples().map(|sample| sample[1] as usize).max().unwrap_or_default()
    }
}

impl BatchRow {
    fn new(row: &Row) -> Self {
        let mut trained: Vec<u32> = Vec::new();
        for (at, _) in row.labels.iter().enumerate().filter(|(_, label)| **label != IGNORED) {
            match trained.last_mut() {
                Some(end) if *end == at as u32 => *end += 1,
                _ => trained.extend([at as u32, at as u32 + 1]),
            }
        }
        let segments = row.segments.iter().flat_map(|it| [it.sample, it.from, it.to, it.at]).collect();
        let positions = row.position_ids.is_some();
        Self { width: row.input_ids.len(), segments, trained, targets: targets(row), positions }
    }

    /// The segments: sample, first token, one past the last token, first column.
    pub fn segments(&self) -> &[[u32; 4]] {
        self.segments.as_chunks().0
    }
}

impl Column {
    fn new(row: &Row, at: usize, samples: &[Gain], word: &impl Fn(u32) -> String) -> Self {
        let text = |column: usize| match row.origin(column) {
            Some((sample, token)) => samples
                .get(sample)
                .and_then(|gain| Some(gain.offsets.get(token)?.of(&gain.text)))
                .filter(|text| !text.is_empty())
                .map(seen),
            None => None,
        };
        let text = |column: usize| {
            let id = row.input_ids.get(column).copied().unwrap_or_default();
            text(column).unwrap_or_else(|| seen(&word(id)))
        };
        let of = |list: &Option<Vec<u32>>| list.as_ref().and_then(|list| list.get(at).copied());
        Self {
            at,
            text: text(at),
            id: row.input_ids.get(at).copied().unwrap_or_default(),
            label: row.labels.get(at).copied().unwrap_or(IGNORED),
            mask: of(&row.attention_mask),
            position: of(&row.position_ids),
            target: row.labels.get(at + 1).filter(|label| **label != IGNORED).map(|_| text(at + 1)),
            origin: row.origin(at),
        }
    }
}

/// How many columns have a target.
fn targets(row: &Row) -> usize {
    row.labels.iter().skip(1).filter(|label| **label != IGNORED).count()
}

/// The lengths of the runs of labels that don't count and that do, in turn.
fn runs(labels: &[i64], into: &mut Vec<u32>) {
    if labels.first().is_some_and(|label| *label != IGNORED) {
        into.push(0);
    }
    let alike = labels.chunk_by(|a, b| (*a == IGNORED) == (*b == IGNORED));
    into.extend(alike.map(|run| run.len() as u32));
}

/// Text with signs for what can't be seen.
fn seen(text: &str) -> String {
    const LONGEST: usize = 24;
    let sign = |c: char| match c {
        '\n' => '↵',
        '\t' => '⇥',
        ' ' => '·',
        c if c.is_control() => '�',
        c => c,
    };
    text.chars().take(LONGEST).map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Settings, Way};
    use crate::engine::{Engine, PadToken};

    const TALK: &str = r#"[{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]},
        {"messages": [{"role": "user", "content": "bye"}, {"role": "assistant", "content": "see\nyou"}]}]"#;

    fn view(way: Way, max_length: Option<u32>, look: [usize; 3]) -> BatchView {
        let settings = Settings { way, max_length, ..Settings::default() };
        let asked = BatchAsked { settings, pad: PadToken::Own, most: MOST_CONVERSATIONS };
        let report = Engine::new().batch(&Request::default(), &[TALK.to_owned()], &asked);
        BatchView::new(&report, look, |id| format!("#{id}"))
    }

    #[test]
    fn the_runs_of_a_sample_cover_its_tokens_and_train_as_many_as_it_says() {
        let view = view(Way::Trl, None, [0; 3]);
        assert_eq!(view.samples().len(), 2);
        for (number, sample) in view.samples().enumerate() {
            let runs = view.runs_of(number);
            assert_eq!(runs.iter().sum::<u32>(), sample[1]);
            assert_eq!(runs.iter().skip(1).step_by(2).sum::<u32>(), sample[2]);
        }
        assert_eq!(view.runs_of(9), [0; 0]);
        let mut all_trained = Vec::new();
        runs(&[1, 2, IGNORED, 3], &mut all_trained);
        assert_eq!(all_trained, [0, 2, 1, 1]);
    }

    #[test]
    fn the_columns_stand_around_the_one_that_is_looked_at_and_say_what_they_predict() {
        let view = view(Way::TrlPaddingFree, None, [7, 9, 30]);
        assert_eq!(view.look[..2], [0, 0], "there is one batch of one row");
        assert!(view.columns.iter().any(|column| column.at == view.look[2]));
        for pair in view.columns.windows(2) {
            let counts = pair[1].label != IGNORED;
            assert_eq!(pair[0].target, counts.then(|| pair[1].text.clone()));
            assert_eq!(pair[0].at + 1, pair[1].at);
        }
        assert!(view.columns.iter().any(|column| column.position == Some(0) && column.label == IGNORED));
        assert!(view.columns.iter().any(|column| column.text.contains('↵')));
    }

    #[test]
    fn the_first_column_with_a_target_is_looked_at_where_none_is_chosen() {
        let view = view(Way::Trl, None, START);
        let at = view.columns.iter().position(|column| column.at == view.look[2]).unwrap();
        assert!(view.columns[at].target.is_some());
        assert!(view.columns[..at].iter().all(|column| column.target.is_none()));
    }

    #[test]
    fn positions_are_tokens_and_padding_and_no_row_has_more_targets_than_labels() {
        for way in [Way::Trl, Way::Neat, Way::Multipack, Way::TrlWrapped] {
            let view = view(way, Some(16), [0; 3]);
            let [positions, padding, targets] = view.totals;
            assert!(padding <= positions && targets <= positions, "{way:?}");
            let counted: usize = view.rows.iter().map(|row| row.targets).sum();
            assert!(view.batches > 1 || counted == targets);
        }
        assert!(view(Way::TrlBfd, None, [0; 3]).error.is_some());
    }
}
