//! Which rows count, and for how much.

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// What the logits are compared with.
#[derive(Clone, Copy, Debug)]
pub struct Targets<'a> {
    /// A label for each row, `ignore_index` where it does not count.
    pub labels: &'a [i64],
    /// How much each label counts; 1 where absent. Aligned with the labels.
    pub weights: Option<&'a [f32]>,
    /// The label of a position that does not count.
    pub ignore_index: i64,
    /// Whether row `i` predicts `labels[i + 1]`; otherwise it is compared with `labels[i]`.
    pub shift: bool,
}

/// A row that counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scored {
    /// Below the size of the vocabulary.
    pub(super) label: usize,
    pub(super) weight: f32,
}

impl Targets<'_> {
    /// What each row is compared with; `None` where it does not count. With a shift the last row is left out.
    pub(super) fn score(&self, logits: usize, vocabulary: usize) -> Result<Vec<Option<Scored>>, Diagnostic> {
        let count = self.labels.len();
        if count.checked_mul(vocabulary) != Some(logits) || (vocabulary == 0 && count > 0) {
            let rows = logits.checked_div(vocabulary).unwrap_or_default();
            return Err(lengths(
                &format!("{rows} rows of {vocabulary} logits"),
                &format!("{rows} 行、每行 {vocabulary} 个 logits"),
                count,
            ));
        }
        if let Some(weights) = self.weights
            && weights.len() != count
        {
            return Err(lengths(
                &format!("{} weights", weights.len()),
                &format!("{} 个权重", weights.len()),
                count,
            ));
        }
        (usize::from(self.shift).min(count)..count).map(|at| self.score_one(at, vocabulary)).collect()
    }

    fn score_one(&self, at: usize, vocabulary: usize) -> Result<Option<Scored>, Diagnostic> {
        let label = self.labels[at];
        let weight = self.weights.map_or(1.0, |weights| weights[at]);
        if label == self.ignore_index {
            return Ok(None);
        }
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(bad_weight(at, weight));
        }
        let known = usize::try_from(label).ok().filter(|label| *label < vocabulary);
        let label = known.ok_or_else(|| out_of_range(at, label, vocabulary, self.ignore_index))?;
        Ok(Some(Scored { label, weight }))
    }
}

fn lengths(en: &str, zh: &str, labels: usize) -> Diagnostic {
    let message =
        Bilingual::new(format!("{labels} labels do not fit {en}"), format!("{labels} 个标签与 {zh}对不上"));
    let hint = Bilingual::fixed(
        "give one row of logits, one label and, where there are weights, one weight for each position; do not shift them yourself",
        "每个位置应有一行 logits、一个标签，有权重时再加一个权重；请不要自行移位",
    );
    Diagnostic::new(Severity::Error, "loss-shape", message).hint(hint)
}

fn bad_weight(at: usize, weight: f32) -> Diagnostic {
    let message = Bilingual::new(
        format!("the weight at position {at} is {weight}, not a number from 0 on"),
        format!("位置 {at} 的权重为 {weight}，应为不小于 0 的数"),
    );
    let hint = Bilingual::fixed("use 0 for a position that should not count", "不想计入的位置请用 0");
    Diagnostic::new(Severity::Error, "bad-weight", message).hint(hint).tokens([at as u32])
}

fn out_of_range(at: usize, label: i64, vocabulary: usize, ignore_index: i64) -> Diagnostic {
    let message = Bilingual::new(
        format!("the label {label} at position {at} is outside of the vocabulary, 0 to {}", vocabulary - 1),
        format!("位置 {at} 的标签 {label} 超出词表范围 0 到 {}", vocabulary - 1),
    );
    let hint = Bilingual::new(
        format!(
            "only {ignore_index}, the `ignore_index`, is ignored: mask with that, or set `ignore_index` to {label}"
        ),
        format!(
            "只有 `ignore_index` {ignore_index} 会被忽略：请用它来掩码，或把 `ignore_index` 设为 {label}"
        ),
    );
    Diagnostic::new(Severity::Error, "label-out-of-range", message).hint(hint).tokens([at as u32])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(labels: &[i64], weights: Option<&[f32]>, shift: bool) -> Result<Vec<Option<f32>>, Diagnostic> {
        let targets = Targets { labels, weights, ignore_index: -100, shift };
        let scored = targets.score(labels.len() * 5, 5)?;
        Ok(scored.into_iter().map(|it| it.map(|it| it.weight)).collect())
    }

    #[test]
    fn a_shift_leaves_out_the_first_label_with_its_weight() {
        let weights = [9.0, 0.5, 1.0];
        assert_eq!(score(&[1, 2, -100], Some(&weights), true).unwrap(), [Some(0.5), None]);
        assert_eq!(score(&[1, 2, -100], Some(&weights), false).unwrap(), [Some(9.0), Some(0.5), None]);
        assert_eq!(score(&[1], None, true).unwrap(), []);
        assert_eq!(score(&[], None, true).unwrap(), []);
    }

    #[test]
    fn a_label_outside_of_the_vocabulary_is_an_error_with_its_place() {
        for bad in [5, -1, i64::MIN, i64::MAX] {
            let error = score(&[-100, 4, bad], None, false).unwrap_err();
            assert_eq!((&*error.code, error.tokens), ("label-out-of-range", vec![2]));
        }
        assert!(score(&[5, 4], None, true).is_ok(), "the first label is not looked at, as in PyTorch");
    }

    #[test]
    fn a_weight_that_is_no_weight_is_an_error_where_its_label_counts() {
        for bad in [-1.0, f32::NAN, f32::INFINITY] {
            let error = score(&[1, 1], Some(&[1.0, bad]), false).unwrap_err();
            assert_eq!((&*error.code, error.tokens), ("bad-weight", vec![1]));
            assert!(score(&[1, -100], Some(&[1.0, bad]), false).is_ok());
        }
    }

    #[test]
    fn lengths_that_do_not_fit_are_an_error() {
        assert_eq!(score(&[1, 1], Some(&[1.0]), false).unwrap_err().code, "loss-shape");
        let targets = Targets { labels: &[1, 1], weights: None, ignore_index: -100, shift: false };
        for (logits, vocabulary) in [(9, 5), (15, 5), (0, 0), (0, usize::MAX)] {
            assert_eq!(targets.score(logits, vocabulary).unwrap_err().code, "loss-shape");
        }
    }
}
