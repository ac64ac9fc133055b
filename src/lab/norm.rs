//! RMS norm: each row is divided by its root mean square and multiplied by a learned gain.
//!
//! yᵢ = gᵢ xᵢ r with r = 1 / √(mean x² + ε)

use super::matrix::dot;

/// ε
const EPSILON: f32 = 1e-5;

/// `out` becomes the norm of the rows of `x`, and `scales` the r of each.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(super) fn forward(x: &[f32], gain: &[f32], out: &mut [f32], scales: &mut [f32]) {
    let width = gain.len();
    let rows = x.chunks_exact(width).zip(out.chunks_exact_mut(width)).zip(scales);
    for ((x, out), scale) in rows {
        *scale = 1.0 / (dot(x, x) / width as f32 + EPSILON).sqrt();
        for ((out, x), gain) in out.iter_mut().zip(x).zip(gain) {
            *out = x * *scale * gain;
        }
    }
}

/// Adds to `d_x` and `d_gain` what `d_out` makes of them.
///
/// dL/dxᵢ = r (gᵢ dyᵢ - xᵢ r² mean(g dy x)), dL/dgᵢ = Σ over rows of dyᵢ xᵢ r
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(super) fn backward(
    x: &[f32],
    gain: &[f32],
    scales: &[f32],
    d_out: &[f32],
    d_x: &mut [f32],
    d_gain: &mut [f32],
) {
    let width = gain.len();
    let mut gained = vec![0.0; width];
    let rows = x.chunks_exact(width).zip(d_out.chunks_exact(width)).zip(d_x.chunks_exact_mut(width));
    for (((x, d_out), d_x), scale) in rows.zip(scales) {
        for ((gained, gain), d_out) in gained.iter_mut().zip(gain).zip(d_out) {
            *gained = gain * d_out;
        }
        let pull = dot(&gained, x) / width as f32 * scale * scale;
        for ((d_x, gained), x) in d_x.iter_mut().zip(&gained).zip(x) {
            *d_x += scale * (gained - x * pull);
        }
        for ((d_gain, d_out), x) in d_gain.iter_mut().zip(d_out).zip(x) {
            *d_gain += d_out * x * scale;
        }
    }
}
