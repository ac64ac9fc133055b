//! A linear map without a bias: out = x W, with W stored row by row, one row for each number that comes in.

use super::matrix::{Into, Part, Scratch, View};

/// The result replaces what is there.
pub(super) const SET: Into = Into::Set;
/// The result is added to what is there.
pub(super) const ADD: Into = Into::Add;

/// `out` becomes, or grows by, x W for the rows of `x`, which have `width` numbers.
pub(super) fn forward(
    x: &[f32],
    weights: &[f32],
    width: usize,
    out: &mut [f32],
    into: Into,
    scratch: &mut Scratch,
) {
    let (rows, wide) = (x.len() / width, weights.len() / width);
    let weights = View::new(weights, width, wide, wide);
    scratch.multiply(View::new(x, rows, width, width), weights, (out, wide), Part::Whole, into);
}

/// `d_x` becomes dY Wᵀ, and `d_weights` grows by xᵀ dY.
pub(super) fn backward(
    (x, weights): (&[f32], &[f32]),
    width: usize,
    d_out: &[f32],
    (d_x, d_weights): (&mut [f32], &mut [f32]),
    scratch: &mut Scratch,
) {
    let (rows, wide) = (x.len() / width, weights.len() / width);
    let d_out = View::new(d_out, rows, wide, wide);
    let weights = View::new(weights, width, wide, wide);
    let x = View::new(x, rows, width, width);
    scratch.multiply(d_out, weights.transposed(), (d_x, width), Part::Whole, Into::Set);
    scratch.multiply(x.transposed(), d_out, (d_weights, wide), Part::Whole, Into::Add);
}
