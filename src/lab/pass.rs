//! A pass forward through the whole model, and the pass back.
//!
//! ```text
//! x = vectors[token] + position
//! for each layer:  x += attention(norm(x)),  x += mlp(norm(x))
//! logits = norm(x) · vectors
//! ```

use super::attention::{Heads, Kept, Weights};
use super::matrix::Scratch;
use super::model::Model;
use super::{attention, embedding, mlp, norm};

/// What a pass forward leaves for the pass back; kept from pass to pass, so that memory is asked for only once.
#[derive(Default)]
pub struct Trace {
    layers: Vec<Layer>,
    x: Vec<f32>,
    normed: Vec<f32>,
    scales: Vec<f32>,
    /// A row for each token; the pass back takes the gradient from here.
    pub logits: Vec<f32>,
    scratch: Scratch,
}

/// What a layer keeps: what came in, and what stood between its parts.
#[derive(Default)]
struct Layer {
    x: Vec<f32>,
    normed_1: Vec<f32>,
    scales_1: Vec<f32>,
    attention: Kept,
    middle: Vec<f32>,
    normed_2: Vec<f32>,
    scales_2: Vec<f32>,
    up: Vec<f32>,
    bent: Vec<f32>,
}

impl Model {
    const fn heads(&self) -> Heads {
        Heads { width: self.shape.width, count: self.shape.heads }
    }

    /// Computes a row of logits for each of `tokens`, which are below the vocabulary's size and no more than the context.
    pub fn forward(&self, tokens: &[u32], trace: &mut Trace) {
        self.trunk(tokens, trace);
        let vectors = &self.parameters[self.shape.parts().0];
        trace.logits.resize(tokens.len() * self.shape.vocabulary, 0.0);
        embedding::head_forward(
            &trace.normed,
            vectors,
            self.shape.width,
            &mut trace.logits,
            &mut trace.scratch,
        );
    }

    /// The same for the last token only: one row of logits.
    pub fn forward_last(&self, tokens: &[u32], trace: &mut Trace) {
        self.trunk(tokens, trace);
        let vectors = &self.parameters[self.shape.parts().0];
        let last = trace.normed.len().saturating_sub(self.shape.width);
        trace.logits.resize(self.shape.vocabulary, 0.0);
        let Trace { normed, logits, scratch, .. } = trace;
        embedding::head_forward(&normed[last..], vectors, self.shape.width, logits, scratch);
    }

    fn trunk(&self, tokens: &[u32], trace: &mut Trace) {
        let (rows, width) = (tokens.len(), self.shape.width);
        let (vectors, layers, last_norm) = self.shape.parts();
        let Trace { layers: kept, x, normed, scales, scratch, .. } = trace;
        x.resize(rows * width, 0.0);
        embedding::forward(tokens, &self.parameters[vectors], &self.positions, width, x);
        kept.resize_with(self.shape.layers, Layer::default);
        let size = self.shape.layer().iter().sum();
        for (numbers, kept) in self.parameters[layers].chunks_exact(size).zip(kept) {
            let [norm_1, qkv, out, norm_2, up, down] = split(numbers, self.shape.layer());
            kept.resize(rows, width, self.shape.hidden);
            kept.x.copy_from_slice(x);
            norm::forward(x, norm_1, &mut kept.normed_1, &mut kept.scales_1);
            let weights = Weights { qkv, out };
            attention::forward(&kept.normed_1, &weights, self.heads(), &mut kept.attention, x, scratch);
            kept.middle.copy_from_slice(x);
            norm::forward(x, norm_2, &mut kept.normed_2, &mut kept.scales_2);
            mlp::forward(&kept.normed_2, (up, down), width, (&mut kept.up, &mut kept.bent), x, scratch);
        }
        normed.resize(rows * width, 0.0);
        scales.resize(rows, 0.0);
        norm::forward(x, &self.parameters[last_norm], normed, scales);
    }

    /// Adds to `gradient` what the gradient in `trace.logits` makes of it, after [`Model::forward`] on the same tokens.
    pub fn backward(&self, tokens: &[u32], trace: &mut Trace, gradient: &mut [f32]) {
        let (rows, width) = (tokens.len(), self.shape.width);
        let (vectors, layers, last_norm) = self.shape.parts();
        let (d_vectors, d_rest) = gradient.split_at_mut(vectors.end);
        let (d_layers, d_last_norm) = d_rest.split_at_mut(layers.len());
        let Trace { layers: kept, x, normed, scales, logits, scratch } = trace;
        let mut d_normed = vec![0.0; rows * width];
        let mut d_x = vec![0.0; rows * width];
        let mut d_up = vec![0.0; rows * self.shape.hidden];
        let head = (&**normed, &self.parameters[vectors]);
        embedding::head_backward(head, width, logits, (&mut d_normed, d_vectors), scratch);
        norm::backward(x, &self.parameters[last_norm], scales, &d_normed, &mut d_x, d_last_norm);
        let size = self.shape.layer().iter().sum();
        let numbers = self.parameters[layers].chunks_exact(size).zip(d_layers.chunks_exact_mut(size));
        for ((numbers, d_numbers), kept) in numbers.zip(kept).rev() {
            let [norm_1, qkv, out, norm_2, up, down] = split(numbers, self.shape.layer());
            let [d_norm_1, d_qkv, d_out, d_norm_2, d_up_weights, d_down] =
                split_mut(d_numbers, self.shape.layer());
            let inside = (&*kept.normed_2, &*kept.up, &*kept.bent);
            let d_inside = (&mut *d_normed, d_up_weights, d_down);
            mlp::backward(inside, (up, down), width, &d_x, &mut d_up, d_inside, scratch);
            norm::backward(&kept.middle, norm_2, &kept.scales_2, &d_normed, &mut d_x, d_norm_2);
            let weights = Weights { qkv, out };
            let d_inside = (&mut *d_normed, Weights { qkv: d_qkv, out: d_out });
            let inside = (&*kept.normed_1, &kept.attention);
            attention::backward(inside, &weights, self.heads(), &d_x, d_inside, scratch);
            norm::backward(&kept.x, norm_1, &kept.scales_1, &d_normed, &mut d_x, d_norm_1);
        }
        embedding::backward(tokens, &d_x, width, d_vectors);
    }
}

impl Layer {
    fn resize(&mut self, rows: usize, width: usize, hidden: usize) {
        for wide in [&mut self.x, &mut self.normed_1, &mut self.middle, &mut self.normed_2] {
            wide.resize(rows * width, 0.0);
        }
        for hidden_wide in [&mut self.up, &mut self.bent] {
            hidden_wide.resize(rows * hidden, 0.0);
        }
        self.scales_1.resize(rows, 0.0);
        self.scales_2.resize(rows, 0.0);
    }
}

/// A layer's numbers, tensor by tensor.
fn split(mut numbers: &[f32], sizes: [usize; 6]) -> [&[f32]; 6] {
    sizes.map(|size| {
        let (head, rest) = numbers.split_at(size);
        numbers = rest;
        head
    })
}

/// The same, to be written.
fn split_mut(mut numbers: &mut [f32], sizes: [usize; 6]) -> [&mut [f32]; 6] {
    sizes.map(|size| {
        let (head, rest) = std::mem::take(&mut numbers).split_at_mut(size);
        numbers = rest;
        head
    })
}
