//! The two linear maps of a block with a squared relu between them: `out = relu(x U)² D`.

use super::linear;
use super::matrix::Scratch;

/// `out` grows by what the rows of `x` come to; `up` keeps x U, and `bent` relu(x U)².
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(super) fn forward(
    x: &[f32],
    (up_weights, down_weights): (&[f32], &[f32]),
    width: usize,
    (up, bent): (&mut [f32], &mut [f32]),
    out: &mut [f32],
    scratch: &mut Scratch,
) {
    linear::forward(x, up_weights, width, up, linear::SET, scratch);
    for (bent, up) in bent.iter_mut().zip(&*up) {
        let up = if *up > 0.0 { *up } else { 0.0 };
        *bent = up * up;
    }
    linear::forward(bent, down_weights, up_weights.len() / width, out, linear::ADD, scratch);
}

/// `d_x` becomes, and the weights' gradients grow by, what `d_out` makes of them; `d_up` is overwritten.
///
/// The slope of relu(u)² is 2 relu(u).
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(super) fn backward(
    (x, up, bent): (&[f32], &[f32], &[f32]),
    (up_weights, down_weights): (&[f32], &[f32]),
    width: usize,
    d_out: &[f32],
    d_up: &mut [f32],
    (d_x, d_up_weights, d_down_weights): (&mut [f32], &mut [f32], &mut [f32]),
    scratch: &mut Scratch,
) {
    let hidden = up_weights.len() / width;
    linear::backward((bent, down_weights), hidden, d_out, (d_up, d_down_weights), scratch);
    for (d_up, up) in d_up.iter_mut().zip(up) {
        *d_up *= if *up > 0.0 { 2.0 * *up } else { 0.0 };
    }
    linear::backward((x, up_weights), width, d_up, (d_x, d_up_weights), scratch);
}
