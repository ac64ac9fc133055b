//! `exp` and `ln` made of +, -, × and ÷ alone, so that they give the same bits natively and in wasm. Only a build for
//! machines with fused multiply-add (`-Ctarget-cpu=native`, say) rounds once where others round twice.

use std::f32::consts::{LN_2, LOG2_E};

/// Added to a small number it leaves the nearest whole number in the low bits, plus the bias of an exponent there:
/// 1.5 × 2²³ + 127.
const ROUND: f32 = 12_583_039.0;
/// Below this the result is next to nothing, and above the other there is none.
const LOWEST: f32 = -87.0;
const HIGHEST: f32 = 88.0;
/// 2^f = 1 + f (c₀ + f (c₁ + …)) for |f| ≤ ½, fitted so that the greatest relative error is least: 10⁻⁷.
const SERIES: [f32; 5] = [LN_2, 0.240_222_83, 0.055_505_585, 0.009_669_691, 0.001_330_060_5];

/// `a` × `b` + `c`, fused where the build may take for granted that the machine can do that.
#[inline]
pub fn mul_add(a: f32, b: f32, c: f32) -> f32 {
    // Elsewhere `f32::mul_add` is a call of a function that takes many times as long.
    if cfg!(target_feature = "fma") { a.mul_add(b, c) } else { a * b + c }
}

/// e to the `x`, for `x` up to 88, with a relative error of about 2 × 10⁻⁷ around 0 that grows with |x| to 5 × 10⁻⁶; `x`
/// below -87 counts as that. NaN stays NaN.
///
/// Without branches, so that a loop over it becomes vector instructions.
#[inline]
pub fn exp(x: f32) -> f32 {
    debug_assert!(x <= HIGHEST || x.is_nan(), "exp({x})");
    // Not `max`, which compiles to more; a comparison with NaN is false, so NaN passes.
    let x = if x < LOWEST { LOWEST } else { x };
    // e^x = 2^n 2^f with a whole n.
    let twos = x * LOG2_E;
    let shifted = twos + ROUND;
    let f = twos - (shifted - ROUND);
    let [c_0, c_1, c_2, c_3, c_4] = SERIES;
    let series = mul_add(f, mul_add(f, mul_add(f, mul_add(f, mul_add(f, c_4, c_3), c_2), c_1), c_0), 1.0);
    // The exponent's bits; all other bits of `ROUND` fall out on the left.
    series * f32::from_bits(shifted.to_bits() << 23)
}

/// The natural logarithm of a positive number that is neither tiny (below 2⁻¹²⁶) nor infinite; NaN for all others.
pub fn ln(x: f32) -> f32 {
    if !(x.is_normal() && x > 0.0) {
        return f32::NAN;
    }
    // x = 2^e m with m around 1; ln m = 2 artanh s with s = (m - 1) / (m + 1).
    let bits = x.to_bits();
    let mut exponent = f64::from((bits >> 23) as i32 - 127);
    let mut m = f64::from(f32::from_bits((bits & 0x7f_ffff) | 0x3f80_0000));
    if m > std::f64::consts::SQRT_2 {
        m *= 0.5;
        exponent += 1.0;
    }
    let s = (m - 1.0) / (m + 1.0);
    let mut series = 0.0;
    for odd in [15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        series = series * (s * s) + 1.0 / odd;
    }
    (exponent * std::f64::consts::LN_2 + 2.0 * s * series) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_right_to_seven_places_around_0_and_to_five_far_out() {
        for step in -87_000..88_000 {
            let x = step as f32 / 1000.0 + 0.000_3;
            let exact = f64::from(x).exp();
            let off = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(off < 2.5e-7 + 8e-8 * f64::from(x.abs()), "exp({x}) is off by {off}");
        }
        assert_eq!(exp(0.0).to_bits(), 1.0_f32.to_bits());
    }

    #[test]
    fn exp_of_what_is_far_below_is_next_to_nothing() {
        assert!(exp(f32::NEG_INFINITY) < 2e-38 && exp(-1e30) < 2e-38);
        assert!(exp(f32::NAN).is_nan());
    }

    #[test]
    fn ln_is_right_to_the_last_place() {
        let mut x = 2e-38_f32;
        while x < 3e38 {
            let exact = f64::from(x).ln();
            assert!((f64::from(ln(x)) - exact).abs() <= exact.abs() * f64::from(f32::EPSILON), "ln({x})");
            x *= 1.003;
        }
        assert_eq!(ln(1.0).to_bits(), 0.0_f32.to_bits());
        for none in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert!(ln(none).is_nan());
        }
    }
}
