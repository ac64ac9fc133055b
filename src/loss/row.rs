//! One row of logits and its label.
//!
//! With m the greatest logit: `loss = ln Σ exp(xⱼ - m) + m - x[label]`, and its gradient is `softmax(x) - onehot(label)`.
//!
//! A row is worked on in blocks that stay in the fastest cache, each shifted by its own greatest number; what the blocks give
//! is then brought to the greatest of all. The greatest number of a block is found while the block before it is worked on: so
//! the logits come from memory once, and while there is something to compute.

use super::{exp, ln};

/// How many numbers are worked on side by side; what one sums is not mixed with the others until the end, so that the
/// order of the sum is the same on every machine.
const LANES: usize = 32;
/// The least length of a block, 8 kB.
const BLOCK: usize = 2048;
/// The most blocks of a row.
const BLOCKS: usize = 64;

/// The greatest number of each block, and the sum of its exponentials relative to that.
struct Blocks {
    most: [f32; BLOCKS],
    sum: [f32; BLOCKS],
}

impl Blocks {
    const fn new() -> Self {
        // Not infinity, from which a block of -∞ would be NaN away.
        Self { most: [f32::MIN; BLOCKS], sum: [0.0; BLOCKS] }
    }

    /// The greatest number of all, and the sum of all exponentials relative to that.
    fn total(&self, count: usize) -> (f32, f32) {
        let most = greatest(&self.most);
        let sums = self.sum.iter().zip(&self.most).take(count);
        (most, sums.map(|(sum, own)| sum * exp(own - most)).sum())
    }
}

/// How long the blocks of a row are.
fn block(length: usize) -> usize {
    length.div_ceil(BLOCKS).max(BLOCK).next_multiple_of(LANES)
}

/// The loss of a row, -log softmax(row)[label]; 0 for a label that the row does not have.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub fn row_loss(row: &[f32], label: usize) -> f32 {
    let Some(own) = row.get(label) else { return 0.0 };
    let mut blocks = Blocks::new();
    let chunks = row.chunks(block(row.len()));
    let count = chunks.len();
    for ((chunk, most), sum) in chunks.zip(&mut blocks.most).zip(&mut blocks.sum) {
        *most = greatest(chunk);
        *sum = exponentials(chunk, *most);
    }
    let (most, sum) = blocks.total(count);
    ln(sum) + (most - own)
}

/// The same loss; the row becomes its gradient times `scale`.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub fn backward_row(row: &mut [f32], label: usize, scale: f32) -> f32 {
    let Some(own) = row.get(label).copied() else {
        row.fill(0.0);
        return 0.0;
    };
    let block = block(row.len());
    let mut blocks = Blocks::new();
    let count = row.len().div_ceil(block);
    let mut most = greatest(&row[..block.min(row.len())]);
    let mut rest = &mut *row;
    for (kept, sum) in blocks.most.iter_mut().zip(&mut blocks.sum).take(count) {
        let (chunk, after) = rest.split_at_mut(block.min(rest.len()));
        *kept = most;
        (*sum, most) = exponentiate(chunk, most, &after[..block.min(after.len())]);
        rest = after;
    }
    let (most, sum) = blocks.total(count);
    for (chunk, own) in row.chunks_mut(block).zip(&blocks.most) {
        let factor = exp(own - most) * (scale / sum);
        for x in chunk {
            *x *= factor;
        }
    }
    if let Some(own) = row.get_mut(label) {
        *own -= scale;
    }
    ln(sum) + (most - own)
}

/// Σ exp(x - most)
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn exponentials(row: &[f32], most: f32) -> f32 {
    let mut sums = [0.0; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *sum += exp(x - most);
        }
    }
    for (sum, x) in sums.iter_mut().zip(rest) {
        *sum += exp(x - most);
    }
    total(sums)
}

/// The same sum; each number becomes its term. With it the greatest number of the `next` block, which is no longer.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn exponentiate(row: &mut [f32], most: f32, next: &[f32]) -> (f32, f32) {
    let (mut sums, mut mosts) = ([0.0; LANES], [f32::MIN; LANES]);
    let (chunks, rest) = row.as_chunks_mut::<LANES>();
    let (ahead, next_rest) = next.as_chunks::<LANES>();
    let mut ahead = ahead.iter();
    for chunk in chunks {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *x = exp(*x - most);
            *sum += *x;
        }
        if let Some(ahead) = ahead.next() {
            greater(&mut mosts, ahead);
        }
    }
    for (sum, x) in sums.iter_mut().zip(rest) {
        *x = exp(*x - most);
        *sum += *x;
    }
    greater(&mut mosts, next_rest);
    (total(sums), greatest(&mosts))
}

/// Each number becomes that of `row` in its place, if that is greater.
#[inline]
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn greater(most: &mut [f32], row: &[f32]) {
    for (most, x) in most.iter_mut().zip(row) {
        *most = if *x > *most { *x } else { *most };
    }
}

/// The greatest number of a row; NaN does not count here, and makes the sum NaN.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn greatest(row: &[f32]) -> f32 {
    // Wider than the sums: here waiting for the comparison before would be all the work.
    let mut most = [f32::MIN; 2 * LANES];
    let (chunks, rest) = row.as_chunks::<{ 2 * LANES }>();
    for chunk in chunks {
        greater(&mut most, chunk);
    }
    greater(&mut most, rest);
    let mut width = most.len() / 2;
    while width > 0 {
        let (left, right) = most.split_at_mut(width);
        greater(left, right);
        width /= 2;
    }
    most[0]
}

/// The sum of the lanes, halves first.
fn total(mut sums: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(length: usize) -> Vec<f32> {
        (0..length).map(|i| ((i * 7919 + 13) % 101) as f32 / 10.0 - 5.0).collect()
    }

    /// In f64 and in the plainest way.
    fn plain(row: &[f32], label: usize) -> f64 {
        let sum: f64 = row.iter().map(|x| f64::from(*x).exp()).sum();
        sum.ln() - f64::from(row[label])
    }

    #[test]
    fn the_loss_is_that_of_the_plain_formula_whatever_the_length() {
        for length in [1, 2, 15, 16, 17, 100, 1000, 2048, 2049, 5000, 140_000] {
            let row = row(length);
            for label in [0, length / 2, length - 1] {
                assert!((f64::from(row_loss(&row, label)) - plain(&row, label)).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let row = row(21);
        let (label, scale, step) = (5, 0.7, 1e-4);
        let mut gradient = row.clone();
        let loss = backward_row(&mut gradient, label, scale);
        assert_eq!(loss.to_bits(), row_loss(&row, label).to_bits());
        for (at, gradient) in gradient.iter().enumerate() {
            let moved = |by: f64| {
                let sum: f64 = row
                    .iter()
                    .enumerate()
                    .map(|(i, x)| {
                        let by = if i == at { by } else { 0.0 };
                        (f64::from(*x) + by).exp()
                    })
                    .sum();
                sum.ln() - f64::from(row[label]) - if at == label { by } else { 0.0 }
            };
            let slope = (moved(step) - moved(-step)) / (2.0 * step) * f64::from(scale);
            assert!((f64::from(*gradient) - slope).abs() < 1e-6, "{at}: {gradient} and {slope}");
        }
    }

    #[test]
    fn logits_far_apart_or_equal_and_large_are_no_trouble() {
        assert_eq!(row_loss(&[1e30, 0.0], 0).to_bits(), 0.0_f32.to_bits());
        assert!((row_loss(&[-1e4, 1e4], 0) - 2e4).abs() < 1.0);
        assert!((row_loss(&[3e4; 8], 3) - 8.0_f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn blocks_that_are_far_apart_or_nothing_but_minus_infinity_are_no_trouble() {
        let mut row = vec![f32::NEG_INFINITY; 3 * BLOCK];
        row[5] = -200.0;
        row[BLOCK + 1..BLOCK + 5].fill(7.0);
        assert!((row_loss(&row, BLOCK + 3) - 4.0_f32.ln()).abs() < 1e-6);
        assert!((row_loss(&row, 5) - 4.0_f32.ln() - 207.0).abs() < 1e-4);
        assert!((backward_row(&mut row, BLOCK + 3, 1.0) - 4.0_f32.ln()).abs() < 1e-6);
        assert!((row[BLOCK + 1] - 0.25).abs() < 1e-6 && (row[BLOCK + 3] + 0.75).abs() < 1e-6);
        assert!(row[..BLOCK].iter().chain(&row[2 * BLOCK..]).all(|x| (0.0..1e-30).contains(x)));
    }

    #[test]
    fn nan_and_infinity_give_nan_as_in_pytorch() {
        for bad in [f32::NAN, f32::INFINITY] {
            let mut row = [0.0, bad, 1.0];
            assert!(row_loss(&row, 0).is_nan());
            assert!(backward_row(&mut row, 0, 1.0).is_nan());
            assert!(row[2].is_nan());
        }
    }

    #[test]
    fn a_label_outside_of_the_row_costs_nothing_and_breaks_nothing() {
        let mut row = [1.0, 2.0];
        assert_eq!(row_loss(&row, 2).to_bits(), 0);
        assert_eq!(backward_row(&mut row, 2, 1.0).to_bits(), 0);
        assert_eq!(row.map(f32::to_bits), [0, 0]);
    }
}
