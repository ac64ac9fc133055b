//! The means that trainers really take when a batch has several samples, or is split into micro-batches.
//!
//! They differ as soon as two samples have different numbers of labels that count: a mean of means gives every sample
//! the same weight, so that a token of a short reply weighs more than one of a long reply; a token mean gives every token
//! the same weight. Accumulating the means of micro-batches gives neither.

use serde::{Deserialize, Serialize};

use super::Loss;

/// What a sample adds to a batch: its weighted sum and the sum of its weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Σ wᵢ · (-log pᵢ) over the labels that count.
    pub sum: f64,
    /// Σ wᵢ; the number of labels that count, where each weighs 1.
    pub weight: f64,
}

impl Part {
    /// What a loss over one sample, however it was reduced, adds to a batch.
    pub fn of(loss: &Loss) -> Self {
        Self { sum: loss.sum, weight: loss.weight }
    }

    /// The mean over its labels; NaN where none counts.
    pub fn mean(self) -> f64 {
        self.sum / self.weight
    }
}

/// The samples of one optimiser step, in the micro-batches that they are computed in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Accumulation {
    /// Each micro-batch, with its samples.
    pub micro_batches: Vec<Vec<Part>>,
}

/// The same step under each rule; NaN where a rule divides 0 by 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerMeans {
    /// The mean of the samples' own means: every sample weighs the same.
    pub per_sample: f64,
    /// The mean of the micro-batches' token means: what accumulating `mean` losses comes to.
    pub per_micro_batch: f64,
    /// Σ over Σ: the sums of all micro-batches over `num_items_in_batch`, every token weighs the same.
    pub per_token: f64,
}

impl TrainerMeans {
    /// How far the accumulated means are from the token mean that they are taken for.
    pub fn difference(self) -> f64 {
        self.per_micro_batch - self.per_token
    }
}

impl Accumulation {
    /// `num_items_in_batch`: the labels that count in all micro-batches, each by its weight.
    pub fn num_items_in_batch(&self) -> f64 {
        self.micro_batches.iter().flatten().map(|part| part.weight).sum()
    }

    /// The loss of the step under each rule.
    pub fn means(&self) -> TrainerMeans {
        let samples: Vec<f64> = self.micro_batches.iter().flatten().map(|part| part.mean()).collect();
        let micro: Vec<f64> = self.micro_batches.iter().map(|parts| total(parts).mean()).collect();
        let all: Vec<Part> = self.micro_batches.iter().flatten().copied().collect();
        TrainerMeans {
            per_sample: mean(&samples),
            per_micro_batch: mean(&micro),
            per_token: total(&all).mean(),
        }
    }

    /// How much one label of weight 1 of each sample weighs in the step's loss under each rule, sample by sample.
    pub fn label_weights(&self) -> Vec<TrainerMeans> {
        let samples = self.micro_batches.iter().map(Vec::len).sum::<usize>() as f64;
        let micro_batches = self.micro_batches.len() as f64;
        let items = self.num_items_in_batch();
        let of = |micro: &[Part], part: &Part| TrainerMeans {
            per_sample: 1.0 / (samples * part.weight),
            per_micro_batch: 1.0 / (micro_batches * total(micro).weight),
            per_token: 1.0 / items,
        };
        self.micro_batches.iter().flat_map(|micro| micro.iter().map(move |part| of(micro, part))).collect()
    }
}

fn total(parts: &[Part]) -> Part {
    parts
        .iter()
        .fold(Part::default(), |all, part| Part { sum: all.sum + part.sum, weight: all.weight + part.weight })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step() -> Accumulation {
        let part = |sum, weight| Part { sum, weight };
        Accumulation { micro_batches: vec![vec![part(8.0, 2.0), part(3.0, 6.0)], vec![part(4.0, 4.0)]] }
    }

    #[test]
    fn each_rule_gives_its_own_number() {
        let means = step().means();
        assert!((means.per_sample - (4.0 + 0.5 + 1.0) / 3.0).abs() < 1e-12);
        assert!((means.per_micro_batch - 1.1875).abs() < 1e-12);
        assert!((means.per_token - 15.0 / 12.0).abs() < 1e-12);
        assert!((means.difference() - (1.1875 - 1.25)).abs() < 1e-12);
    }

    #[test]
    fn the_weights_of_the_labels_make_the_same_numbers_and_sum_to_one() {
        let step = step();
        let weights = step.label_weights();
        let parts: Vec<Part> = step.micro_batches.iter().flatten().copied().collect();
        let over = |of: fn(&TrainerMeans) -> f64, what: fn(&Part) -> f64| -> f64 {
            weights.iter().zip(&parts).map(|(weight, part)| of(weight) * what(part)).sum()
        };
        let means = step.means();
        let rules: [fn(&TrainerMeans) -> f64; 3] =
            [|it| it.per_sample, |it| it.per_micro_batch, |it| it.per_token];
        for of in rules {
            assert!((over(of, |part| part.weight) - 1.0).abs() < 1e-12);
            assert!((over(of, |part| part.sum) - of(&means)).abs() < 1e-12);
        }
    }

    #[test]
    fn samples_of_one_length_are_the_same_under_every_rule() {
        let part = |sum| Part { sum, weight: 3.0 };
        let step = Accumulation { micro_batches: vec![vec![part(1.0)], vec![part(5.0)]] };
        assert!(step.means().difference().abs() < 1e-12);
        assert!((step.means().per_sample - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_sample_without_labels_makes_a_mean_of_means_nan_and_adds_nothing_to_a_token_mean() {
        let mut step = step();
        step.micro_batches.push(vec![Part::default()]);
        let means = step.means();
        assert!(means.per_sample.is_nan() && means.per_micro_batch.is_nan());
        assert!((means.per_token - 1.25).abs() < 1e-12);
        assert!(Accumulation::default().means().per_token.is_nan());
    }
}
