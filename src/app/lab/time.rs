//! How long masked cross-entropy takes here, for `tests/bench/lab.mjs`.

use crate::loss::{Reduction, Targets, cross_entropy_backward};

/// So many logits at most: 128 MB.
const MOST: usize = 1 << 25;
/// The least time of so many counts.
const ROUNDS: usize = 7;

/// Milliseconds of a plain pass over `rows` of `words` logits, and of the loss with its gradient over the same; none for none
/// or too many.
pub(super) fn loss(rows: usize, words: usize, now: impl Fn() -> f64) -> Option<[f64; 2]> {
    let count = rows.checked_mul(words).filter(|count| (1..=MOST).contains(count))?;
    let mut logits: Vec<f32> = (0..count).map(|at| ((at * 7919) % 1009) as f32 / 100.0 - 5.0).collect();
    let labels = vec![0; rows];
    let targets = Targets { labels: &labels, weights: None, ignore_index: -100, shift: false };
    let mut least = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        let start = now();
        for logit in &mut logits {
            *logit *= 1.000_001;
        }
        let middle = now();
        cross_entropy_backward(&mut logits, words, &targets, Reduction::Mean).ok()?;
        let times = [middle - start, now() - middle];
        least = [least[0].min(times[0]), least[1].min(times[1])];
    }
    Some(least)
}
