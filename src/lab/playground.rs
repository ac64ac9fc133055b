//! What another mask, `ignore_index`, reduction or length would make of the loss of a sample, under the model as it is.

use serde::{Deserialize, Serialize};

use super::row::{Row, Window};
use super::session::{Lab, Which};
use super::vocabulary::Vocabulary;
use crate::diagnostic::Diagnostic;
use crate::loss::{Loss, Reduction, Targets, Value, cross_entropy_backward};

/// Which positions get a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mask {
    /// As the recipe has it.
    #[default]
    Recipe,
    /// All.
    Off,
    /// What the user said, and nothing else.
    User,
}

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which positions get a label.
    pub mask: Mask,
    /// The label of a position that does not count, for the labels and the loss alike.
    pub ignore_index: i64,
    /// How the terms become the loss.
    pub reduction: Reduction,
    /// Only this many tokens of the window are kept, as where a trainer truncates.
    pub keep: Option<usize>,
}

impl Change {
    /// Nothing is changed of a sample that was made with this `ignore_index`.
    pub const fn none(ignore_index: i64) -> Self {
        Self { mask: Mask::Recipe, ignore_index, reduction: Reduction::Mean, keep: None }
    }
}

/// What comes of it, for each token of the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Played {
    /// The labels, aligned with the tokens and not shifted; shorter than the window where it was truncated.
    pub labels: Vec<i64>,
    /// What each token adds, -log p of its label; 0 where it does not count. The first is never predicted.
    pub terms: Vec<f32>,
    /// The part of the mean that each token makes up: its weighted term over the sum of the weights.
    pub shares: Vec<f32>,
    /// Which tokens count.
    pub counted: Vec<bool>,
    /// How large the gradient is that each token's label causes, in the row of logits that predicts it: the sum of the
    /// absolute values; exactly 0 where the label does not count.
    pub gradients: Vec<f32>,
    /// Tokens, as indices into the window, that should be trained, but whose label is the `ignore_index`: they vanish from
    /// the loss.
    pub vanished: Vec<u32>,
    /// The sum of the weighted terms.
    pub sum: f64,
    /// How many tokens count.
    pub count: usize,
    /// The loss; none for 0/0 and where it is not reduced.
    pub loss: Option<f32>,
    /// Why the loss is NaN, where it is.
    pub explanation: Option<Diagnostic>,
}

impl Lab {
    /// What a change would make of the loss of sample `index` of the `rows` that the lab was made of, under one of its models
    /// as it is now; none for a sample that is not trained.
    pub fn play(
        &mut self,
        which: Which,
        rows: &[Row],
        index: usize,
        change: &Change,
    ) -> Option<Result<Played, Diagnostic>> {
        let (_, logits) = self.look(which, index)?;
        let window = self.windows().iter().find(|window| window.row == index)?;
        let trained_as = self.settings.ignore_index;
        Some(play(rows.get(index)?, window, &logits, self.vocabulary(), trained_as, change))
    }
}

/// Recomputes the loss of a sample's window from the model's `logits`, with a change. `row` is the sample that the window is
/// of, and `trained_as` the `ignore_index` that its labels were made with.
pub fn play(
    row: &Row,
    window: &Window,
    logits: &[f32],
    vocabulary: &Vocabulary,
    trained_as: i64,
    change: &Change,
) -> Result<Played, Diagnostic> {
    let length = window.tokens.len().min(change.keep.unwrap_or(usize::MAX));
    let wanted = |at: usize| match change.mask {
        Mask::Recipe => {
            let label = row.labels.get(at).copied().filter(|label| *label != trained_as);
            label.zip(row.weights.get(at).copied()).filter(|(_, weight)| *weight > 0.0)
        }
        Mask::Off => row.input_ids.get(at).map(|id| (i64::from(*id), 1.0)),
        Mask::User => {
            let said = row.user.get(at) == Some(&true);
            row.input_ids.get(at).filter(|_| said).map(|id| (i64::from(*id), 1.0))
        }
    };
    let wanted: Vec<_> = (window.start..window.start + length).map(wanted).collect();
    let labels: Vec<i64> =
        wanted.iter().map(|it| it.map_or(change.ignore_index, |(label, _)| label)).collect();
    let vanishes = |at: &usize| wanted[*at].is_some_and(|(label, _)| label == change.ignore_index);
    let vanished = (0..length).filter(vanishes).map(|at| at as u32).collect();
    // In the model's numbers, in which nothing is negative.
    let numbered = labels.iter().map(|label| {
        let id = u32::try_from(*label).ok().filter(|_| *label != change.ignore_index);
        id.and_then(|id| vocabulary.number(id)).map_or(-1, i64::from)
    });
    let numbered: Vec<i64> = numbered.collect();
    let weights: Vec<f32> = wanted.iter().map(|it| it.map_or(0.0, |(_, weight)| weight)).collect();
    let targets = Targets { labels: &numbered, weights: Some(&weights), ignore_index: -1, shift: true };
    let mut slopes = logits.get(..length * vocabulary.len()).unwrap_or(logits).to_vec();
    let loss = cross_entropy_backward(&mut slopes, vocabulary.len(), &targets, change.reduction)?;
    let rows = slopes.chunks_exact(vocabulary.len().max(1)).take(length.saturating_sub(1));
    let sizes = rows.map(|row| row.iter().map(|slope| slope.abs()).sum());
    let gradients = (length > 0).then_some(0.0).into_iter().chain(sizes).collect();
    let counted = numbered.iter().enumerate().map(|(at, label)| at > 0 && *label >= 0).collect();
    Ok(Played { gradients, ..shown(&loss, labels, counted, vanished, &weights) })
}

fn shown(loss: &Loss, labels: Vec<i64>, counted: Vec<bool>, vanished: Vec<u32>, weights: &[f32]) -> Played {
    let explanation = loss.explain();
    let first = (!labels.is_empty()).then_some(0.0);
    let terms: Vec<f32> = first.into_iter().chain(loss.per_token.iter().copied()).collect();
    let share = |(term, weight): (&f32, &f32)| {
        if loss.weight > 0.0 { (f64::from(*term) * f64::from(*weight) / loss.weight) as f32 } else { 0.0 }
    };
    let shares = terms.iter().zip(weights).map(share).collect();
    let value = match loss.value {
        Value::One(value) if value.is_finite() => Some(value),
        Value::One(_) | Value::Each(_) => None,
    };
    Played {
        labels,
        terms,
        shares,
        counted,
        gradients: Vec::new(),
        vanished,
        sum: loss.sum,
        count: loss.count,
        loss: value,
        explanation,
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::prepare;
    use super::*;

    const CHANGE: Change =
        Change { mask: Mask::Recipe, ignore_index: -100, reduction: Reduction::Mean, keep: None };

    /// Five tokens: a marker, two words of the user, two of the reply. The logits of a token are its id's digits.
    fn played(change: &Change) -> Played {
        let ids = [10, 20, 30, 40, 50];
        let row = Row {
            input_ids: ids.to_vec(),
            labels: vec![-100, -100, -100, 40, 50],
            weights: vec![0.0, 0.0, 0.0, 1.0, 1.0],
            user: vec![false, true, true, false, false],
        };
        let data = prepare(std::slice::from_ref(&row), -100, 8).unwrap();
        let logits: Vec<f32> = (0..25).map(|at| (at * 7 % 11) as f32 / 4.0).collect();
        play(&row, &data.windows[0], &logits, &data.vocabulary, -100, change).unwrap()
    }

    #[test]
    fn the_loss_is_the_sum_of_the_shares() {
        for mask in [Mask::Recipe, Mask::Off, Mask::User] {
            let played = played(&Change { mask, ..CHANGE });
            let shares: f32 = played.shares.iter().sum();
            assert!((shares - played.loss.unwrap()).abs() < 1e-6);
            assert!((played.sum / played.count as f64 - f64::from(shares)).abs() < 1e-6);
            assert_eq!(played.counted.iter().filter(|counted| **counted).count(), played.count);
        }
    }

    #[test]
    fn a_mask_decides_which_tokens_count() {
        let counted = |mask| played(&Change { mask, ..CHANGE }).counted;
        assert_eq!(counted(Mask::Recipe), [false, false, false, true, true]);
        assert_eq!(counted(Mask::Off), [false, true, true, true, true]);
        assert_eq!(counted(Mask::User), [false, true, true, false, false]);
        assert_eq!(played(&Change { mask: Mask::User, ..CHANGE }).labels, [-100, 20, 30, -100, -100]);
    }

    #[test]
    fn an_ignore_index_that_is_a_token_makes_that_token_vanish() {
        let usual = played(&CHANGE);
        let other = played(&Change { ignore_index: 40, ..CHANGE });
        assert_eq!((usual.vanished, usual.count), (vec![], 2));
        assert_eq!((other.vanished, other.count), (vec![3], 1));
        assert_eq!(other.labels, [40, 40, 40, 40, 50]);
        assert_eq!(other.terms[4].to_bits(), usual.terms[4].to_bits());
        assert_eq!(played(&Change { ignore_index: -1, ..CHANGE }).terms, usual.terms);
    }

    #[test]
    fn the_gradient_is_exactly_0_where_a_label_does_not_count_and_only_there() {
        for mask in [Mask::Recipe, Mask::Off, Mask::User] {
            let played = played(&Change { mask, ..CHANGE });
            assert_eq!(played.gradients.len(), played.counted.len());
            for (gradient, counted) in played.gradients.iter().zip(&played.counted) {
                assert_eq!(*gradient != 0.0, *counted);
            }
        }
        let [mean, sum] = [Reduction::Mean, Reduction::Sum]
            .map(|reduction| played(&Change { reduction, ..CHANGE }).gradients[4]);
        assert!((sum - 2.0 * mean).abs() < 1e-6);
        assert!(played(&Change { keep: Some(0), ..CHANGE }).gradients.is_empty());
    }

    #[test]
    fn a_reduction_changes_the_loss_and_not_its_terms() {
        let [mean, sum, none] = [Reduction::Mean, Reduction::Sum, Reduction::None]
            .map(|reduction| played(&Change { reduction, ..CHANGE }));
        assert!((mean.loss.unwrap() * 2.0 - sum.loss.unwrap()).abs() < 1e-6);
        assert_eq!(none.loss, None);
        assert!(mean.terms == sum.terms && sum.terms == none.terms);
    }

    #[test]
    fn a_truncation_that_cuts_the_reply_off_leaves_nan_and_says_why() {
        let cut = played(&Change { keep: Some(4), ..CHANGE });
        assert_eq!((cut.terms.len(), cut.count), (4, 1));
        for keep in [0, 1, 3] {
            let cut = played(&Change { keep: Some(keep), ..CHANGE });
            assert_eq!((cut.terms.len(), cut.count, cut.loss), (keep, 0, None));
            assert_eq!(cut.explanation.unwrap().code, "nothing-trained");
        }
    }
}
