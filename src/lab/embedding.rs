//! From token to vector: a learned vector for each entry of the vocabulary, plus where the token stands.
//!
//! The same vectors are the output head: the logit of a token is the product of the last layer's row with its vector.

use super::matrix::{Into, Part, Scratch, View};

/// How far positions swing; about as much as the learned vectors do at the start.
const SWING: f32 = 0.02;

/// Rows of `width` numbers, one for each position: sines and cosines, each pair turning √2 times slower than the one
/// before it, the first by one radian a position.
pub(super) fn positions(count: usize, width: usize) -> Vec<f32> {
    let mut table = vec![0.0; count * width];
    let mut turn = 1.0_f64;
    for pair in 0..width / 2 {
        // Sums and products only, as sine and cosine differ between machines: the series for one turn, and then the
        // addition theorem from position to position.
        let (by_sin, by_cos) = sin_cos(turn);
        let (mut sin, mut cos) = (0.0_f64, 1.0_f64);
        for row in table.chunks_exact_mut(width) {
            row[2 * pair] = SWING * sin as f32;
            row[2 * pair + 1] = SWING * cos as f32;
            (sin, cos) = (sin * by_cos + cos * by_sin, cos * by_cos - sin * by_sin);
        }
        turn *= std::f64::consts::FRAC_1_SQRT_2;
    }
    table
}

/// The series of sine and cosine, for an angle from 0 to 1.
fn sin_cos(angle: f64) -> (f64, f64) {
    let (mut sin, mut cos) = (0.0, 0.0);
    let mut term = 1.0;
    for power in 0..20 {
        match power % 4 {
            0 => cos += term,
            1 => sin += term,
            2 => cos -= term,
            _ => sin -= term,
        }
        term *= angle / f64::from(power + 1);
    }
    (sin, cos)
}

/// `out` becomes the vectors of `tokens`, which are below the number of rows of `vectors`.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(super) fn forward(tokens: &[u32], vectors: &[f32], positions: &[f32], width: usize, out: &mut [f32]) {
    let rows = out.chunks_exact_mut(width).zip(positions.chunks_exact(width));
    for ((out, position), token) in rows.zip(tokens) {
        let vector = &vectors[*token as usize * width..][..width];
        for ((out, vector), position) in out.iter_mut().zip(vector).zip(position) {
            *out = vector + position;
        }
    }
}

/// Adds to `d_vectors` what `d_out` makes of them: each row to the vector of its token.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(super) fn backward(tokens: &[u32], d_out: &[f32], width: usize, d_vectors: &mut [f32]) {
    for (d_out, token) in d_out.chunks_exact(width).zip(tokens) {
        let d_vector = &mut d_vectors[*token as usize * width..][..width];
        d_vector.iter_mut().zip(d_out).for_each(|(d, x)| *d += x);
    }
}

/// The logits of rows `x`: one for each vector.
pub(super) fn head_forward(
    x: &[f32],
    vectors: &[f32],
    width: usize,
    logits: &mut [f32],
    scratch: &mut Scratch,
) {
    let (rows, words) = (x.len() / width, vectors.len() / width);
    let vectors = View::new(vectors, words, width, width);
    let x = View::new(x, rows, width, width);
    scratch.multiply(x, vectors.transposed(), (logits, words), Part::Whole, Into::Set);
}

/// `d_x` becomes, and `d_vectors` grows by, what `d_logits` makes of them.
pub(super) fn head_backward(
    (x, vectors): (&[f32], &[f32]),
    width: usize,
    d_logits: &[f32],
    (d_x, d_vectors): (&mut [f32], &mut [f32]),
    scratch: &mut Scratch,
) {
    let (rows, words) = (x.len() / width, vectors.len() / width);
    let d_logits = View::new(d_logits, rows, words, words);
    let vectors = View::new(vectors, words, width, width);
    let x = View::new(x, rows, width, width);
    scratch.multiply(d_logits, vectors, (d_x, width), Part::Whole, Into::Set);
    scratch.multiply(d_logits.transposed(), x, (d_vectors, width), Part::Whole, Into::Add);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_sines_and_cosines_to_the_last_place() {
        let width = 24;
        for (at, row) in positions(2000, width).chunks_exact(width).enumerate() {
            for pair in 0..width / 2 {
                let angle = at as f64 * 0.5_f64.powf(pair as f64 / 2.0);
                assert!((f64::from(row[2 * pair]) - f64::from(SWING) * angle.sin()).abs() < 2e-8);
                assert!((f64::from(row[2 * pair + 1]) - f64::from(SWING) * angle.cos()).abs() < 2e-8);
            }
        }
    }
}
