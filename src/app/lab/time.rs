//! How long masked cross-entropy takes here, for `tests/bench/lab.mjs`.

use crate::loss::{Reduction, Targets, cross_entropy_backward};

/// So many logits at most: 128 MB.
const MOST: usize = 1 << 25;
/// Rows that are timed at once: more than a cache holds, and long enough for a browser's coarse clock.
const PIECE: usize = 64;
/// The least time of so many counts.
const ROUNDS: usize = 9;

/// Milliseconds of a plain pass over `rows` of `words` logits, and of the loss with its gradient over the same; none for none
/// or too many. The pieces' least times are added up: what else the machine does then hardly matters.
pub(super) fn loss(rows: usize, words: usize, now: impl Fn() -> f64) -> Option<[f64; 2]> {
    let count = rows.checked_mul(words).filter(|count| (1..=MOST).contains(count))?;
    let mut logits: Vec<f32> = (0..count).map(|at| ((at * 7919) % 1009) as f32 / 100.0 - 5.0).collect();
    let mut total = [0.0; 2];
    for piece in logits.chunks_mut(PIECE * words) {
        let labels = vec![0; piece.len() / words];
        let targets = Targets { labels: &labels, weights: None, ignore_index: -100, shift: false };
        let mut least = [f64::INFINITY; 2];
        for _ in 0..ROUNDS {
            let start = now();
            scale(piece);
            let middle = now();
            cross_entropy_backward(piece, words, &targets, Reduction::Mean).ok()?;
            let times = [middle - start, now() - middle];
            least = [least[0].min(times[0]), least[1].min(times[1])];
        }
        total = [total[0] + least[0], total[1] + least[1]];
    }
    Some(total)
}

#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn scale(logits: &mut [f32]) {
    for logit in logits {
        *logit *= 1.000_001;
    }
}
