//! The model: its shape, and its learned numbers in one flat array.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::embedding;
use super::random::Random;

/// How large a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// How many tokens it knows.
    pub vocabulary: usize,
    /// How many tokens it sees at once.
    pub context: usize,
    /// How long the vectors are.
    pub width: usize,
    /// Heads of attention in a layer; they share the width.
    pub heads: usize,
    /// How many numbers are inside of the MLP.
    pub hidden: usize,
    /// Blocks of attention and MLP.
    pub layers: usize,
}

/// One learned tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Such as `layers.0.qkv`.
    pub name: String,
    /// Where it lies in the flat array.
    pub range: Range<usize>,
}

/// The names of a layer's tensors, in the order in which they lie.
const LAYER: [&str; 6] = ["norm_1", "qkv", "out", "norm_2", "up", "down"];

impl Shape {
    /// The sizes of a layer's tensors.
    pub(super) const fn layer(&self) -> [usize; 6] {
        let (d, f) = (self.width, self.hidden);
        [d, 3 * d * d, d * d, d, d * f, f * d]
    }

    /// How many numbers are learned.
    pub fn parameters(&self) -> usize {
        self.vocabulary * self.width + self.layers * self.layer().iter().sum::<usize>() + self.width
    }

    /// All tensors, in the order in which they lie: the vectors of the vocabulary, the layers, the last norm.
    pub fn tensors(&self) -> Vec<Tensor> {
        let mut sizes = vec![("vectors".to_owned(), self.vocabulary * self.width)];
        for layer in 0..self.layers {
            sizes.extend(
                LAYER.iter().zip(self.layer()).map(|(name, size)| (format!("layers.{layer}.{name}"), size)),
            );
        }
        sizes.push(("norm".to_owned(), self.width));
        let mut end = 0;
        let place = |(name, size)| {
            end += size;
            Tensor { name, range: end - size..end }
        };
        sizes.into_iter().map(place).collect()
    }

    /// Where the vectors, the layers and the last norm lie.
    pub(super) fn parts(&self) -> (Range<usize>, Range<usize>, Range<usize>) {
        let (vectors, all) = (self.vocabulary * self.width, self.parameters());
        (0..vectors, vectors..all - self.width, all - self.width..all)
    }

    /// Where a layer lies.
    pub(super) fn layer_range(&self, index: usize) -> Range<usize> {
        let size = self.layer().iter().sum::<usize>();
        let start = self.vocabulary * self.width + index * size;
        start..start + size
    }
}

/// A model: a shape, its learned numbers, and where its positions stand.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its shape.
    pub shape: Shape,
    /// What it has learned; [`Shape::tensors`] says what lies where.
    pub parameters: Vec<f32>,
    pub(super) positions: Vec<f32>,
}

impl Model {
    /// A model with random numbers; equal seeds give equal models.
    pub fn new(shape: Shape, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut parameters = vec![0.0; shape.parameters()];
        for Tensor { name, range } in shape.tensors() {
            let numbers = &mut parameters[range];
            match name.rsplit('.').next() {
                Some("vectors") => random.fill(numbers, 0.02),
                Some("qkv" | "up") => random.fill(numbers, 1.0 / (shape.width as f32).sqrt()),
                // What a block adds is 0 at first: it learns from there what to add.
                Some("out" | "down") => {}
                _ => numbers.fill(1.0),
            }
        }
        Self::with(shape, parameters)
    }

    /// A model with these numbers, which are as many as the shape has.
    pub fn with(shape: Shape, parameters: Vec<f32>) -> Self {
        debug_assert_eq!(parameters.len(), shape.parameters());
        Self { shape, parameters, positions: embedding::positions(shape.context, shape.width) }
    }
}
