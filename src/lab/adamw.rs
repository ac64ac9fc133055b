//! `AdamW`: each number moves by its running mean gradient over the root of its running mean square.

use serde::{Deserialize, Serialize};

/// How `AdamW` moves; the defaults are those of `torch.optim.AdamW`, but for the learning rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamW {
    /// How far a step goes.
    pub learning_rate: f32,
    /// How slowly the mean gradient moves.
    pub beta_1: f32,
    /// How slowly the mean square moves.
    pub beta_2: f32,
    /// Keeps the division from 0.
    pub epsilon: f32,
    /// How much of a number is lost in a step, times the learning rate.
    pub weight_decay: f32,
}

impl Default for AdamW {
    fn default() -> Self {
        Self { learning_rate: 3e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, weight_decay: 0.01 }
    }
}

/// What `AdamW` remembers of the steps so far.
#[derive(Clone, Debug)]
pub struct Moments {
    mean: Vec<f32>,
    square: Vec<f32>,
    /// β₁ and β₂ to the number of steps: how much of the means is still their start at 0.
    start_left: [f64; 2],
}

impl Moments {
    /// Of no step, for this many numbers.
    pub fn new(count: usize) -> Self {
        Self { mean: vec![0.0; count], square: vec![0.0; count], start_left: [1.0; 2] }
    }

    /// Moves `numbers` against `gradient`.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    pub fn step(&mut self, with: &AdamW, numbers: &mut [f32], gradient: &[f32]) {
        self.start_left[0] *= f64::from(with.beta_1);
        self.start_left[1] *= f64::from(with.beta_2);
        let [mean_is, square_is] = self.start_left.map(|left| 1.0 - left);
        let reach = (f64::from(with.learning_rate) / mean_is) as f32;
        let root = (1.0 / square_is.sqrt()) as f32;
        let kept = 1.0 - with.learning_rate * with.weight_decay;
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((number, gradient), (mean, square)) in numbers.iter_mut().zip(gradient).zip(moments) {
            *mean += (1.0 - with.beta_1) * (gradient - *mean);
            *square = with.beta_2 * *square + (1.0 - with.beta_2) * gradient * gradient;
            *number = *number * kept - reach * *mean / (square.sqrt() * root + with.epsilon);
        }
    }
}
