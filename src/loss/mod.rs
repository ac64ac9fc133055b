//! Masked cross-entropy, as trainers compute it: value, terms and gradient.
//!
//! Row `i` of the logits is scored against one label. With [`Targets::shift`] that is `labels[i + 1]`, as in a causal
//! language model; the last row is then scored against nothing. A label that is the `ignore_index` does not count, in
//! the sum, in what the mean is divided by, or in the gradient. The numbers are those of
//! `torch.nn.functional.cross_entropy` in f32; `tests/loss/` compares them.
//!
//! | file | what is there |
//! | --- | --- |
//! | `row.rs` | one row: its loss and its gradient, written over it |
//! | `targets.rs` | labels, weights, `ignore_index` and shift ▶ which rows count, and for how much |
//! | `trainers.rs` | the means that trainers take over samples and micro-batches, and how far they are apart |
//! | `math.rs` | `exp` and `ln` that give the same bits natively and in wasm |

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

mod math;
mod row;
mod targets;
mod trainers;

pub use math::{exp, ln, mul_add};
pub use row::{backward_row, row_loss};
pub use targets::Targets;
pub use trainers::{Accumulation, Part, TrainerMeans};

/// How the terms become the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reduction {
    /// The weighted sum over the sum of the weights of the rows that count; NaN where none does.
    #[default]
    Mean,
    /// The weighted sum.
    Sum,
    /// No reduction: the weighted terms themselves. The gradient is that of their sum.
    None,
}

/// A loss after its reduction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Of [`Reduction::Mean`] and [`Reduction::Sum`]; NaN where the mean is 0/0.
    One(f32),
    /// Of [`Reduction::None`].
    Each(Vec<f32>),
}

/// What the labels cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// The loss, reduced and weighted.
    pub value: Value,
    /// -log p of each row's label, not weighted; 0 where it does not count. One shorter than the labels with a shift.
    pub per_token: Vec<f32>,
    /// How many rows count.
    pub count: usize,
    /// The weighted sum of the terms.
    pub sum: f64,
    /// The sum of their weights: what the mean divides by.
    pub weight: f64,
}

impl Loss {
    /// Why the mean of this loss is NaN, where it is.
    pub fn explain(&self) -> Option<Diagnostic> {
        let is_nan = matches!(self.value, Value::One(value) if value.is_nan());
        let message = match (self.count, self.weight) {
            (0, _) if !is_nan => Bilingual::fixed(
                "no label counts: the loss and its gradient are 0",
                "没有任何标签计入 loss：loss 和梯度均为 0",
            ),
            (_, 0.0) if !is_nan => Bilingual::fixed(
                "every label that counts has weight 0: the loss and its gradient are 0",
                "计入 loss 的标签权重全为 0：loss 和梯度均为 0",
            ),
            (0, _) => Bilingual::fixed(
                "no label counts: the mean is 0/0, NaN as in PyTorch, and the gradient is 0",
                "没有任何标签计入 loss：平均值为 0/0，与 PyTorch 一样得到 NaN，梯度为 0",
            ),
            (_, 0.0) => Bilingual::fixed(
                "every label that counts has weight 0: the mean is 0/0, NaN, and the gradient is 0",
                "计入 loss 的标签权重全为 0：平均值为 0/0，即 NaN，梯度为 0",
            ),
            _ => return None,
        };
        let hint = Bilingual::fixed(
            "with a shift the first label never counts; check what is masked, and whether truncation cut the reply off",
            "移位（shift）后第一个标签不计入；请检查掩码，以及回复是否被截断",
        );
        Some(Diagnostic::new(Severity::Warning, "nothing-trained", message).hint(hint))
    }
}

/// The loss of `logits`, rows of `vocabulary` numbers. An error names the position of a label or weight that can't be
/// used, or the lengths that do not fit.
pub fn cross_entropy(
    logits: &[f32],
    vocabulary: usize,
    targets: &Targets<'_>,
    reduction: Reduction,
) -> Result<Loss, Diagnostic> {
    let scored = targets.score(logits.len(), vocabulary)?;
    let rows = logits.chunks_exact(vocabulary.max(1));
    let terms = rows.zip(&scored).map(|(row, scored)| scored.map_or(0.0, |it| row_loss(row, it.label)));
    Ok(reduce(terms.collect(), &scored, reduction))
}

/// The same loss, with its gradient written over the logits: memory is passed over once.
pub fn cross_entropy_backward(
    logits: &mut [f32],
    vocabulary: usize,
    targets: &Targets<'_>,
    reduction: Reduction,
) -> Result<Loss, Diagnostic> {
    let scored = targets.score(logits.len(), vocabulary)?;
    let weight = weight(&scored);
    let scale = |own: f32| match reduction {
        Reduction::Mean if weight > 0.0 => (f64::from(own) / weight) as f32,
        Reduction::Mean => 0.0,
        Reduction::Sum | Reduction::None => own,
    };
    let mut rows = logits.chunks_exact_mut(vocabulary.max(1));
    let mut terms = Vec::with_capacity(scored.len());
    for (scored, row) in scored.iter().zip(&mut rows) {
        terms.push(scored.map_or(0.0, |it| backward_row(row, it.label, scale(it.weight))));
        if scored.is_none() {
            row.fill(0.0);
        }
    }
    // With a shift, the last row is scored against nothing.
    rows.for_each(|row| row.fill(0.0));
    Ok(reduce(terms, &scored, reduction))
}

fn weight(scored: &[Option<targets::Scored>]) -> f64 {
    scored.iter().flatten().map(|it| f64::from(it.weight)).sum()
}

fn reduce(per_token: Vec<f32>, scored: &[Option<targets::Scored>], reduction: Reduction) -> Loss {
    let pairs = per_token.iter().zip(scored);
    let weighted = pairs.map(|(term, it)| f64::from(*term) * it.map_or(0.0, |it| f64::from(it.weight)));
    let weight = weight(scored);
    let sum = weighted.clone().sum();
    let value = match reduction {
        Reduction::Mean => Value::One((sum / weight) as f32),
        Reduction::Sum => Value::One(sum as f32),
        Reduction::None => Value::Each(weighted.map(|term| term as f32).collect()),
    };
    Loss { value, count: scored.iter().flatten().count(), sum, weight, per_token }
}
