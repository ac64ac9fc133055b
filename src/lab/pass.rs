//! A pass forward through the whole model, and the pass back.
//!
//! ```text
//! x = vectors[token] + position
//! for each layer:  x += attention(norm(x)),  x += mlp(norm(x))
//! logits = norm(x) · vectors
//! ```
//!
//! Each line is a function of its own, with its way back, so that a step of training can be made a piece at a time.

use std::ops::Range;

use super::attention::{Heads, Kept, Weights};
use super::matrix::Scratch;
use super::model::{Model, Shape};
use super::{attention, embedding, mlp, norm};

/// What a pass forward leaves for the pass back; kept from pass to pass, so that memory is asked for only once.
#[derive(Default)]
pub struct Trace {
    layers: Vec<Layer>,
    x: Vec<f32>,
    normed: Vec<f32>,
    scales: Vec<f32>,
    /// A row for each token that was asked for; the pass back takes the gradient from here.
    pub logits: Vec<f32>,
    pub(super) scratch: Scratch,
    /// The gradients of what stands between the parts.
    d_x: Vec<f32>,
    d_normed: Vec<f32>,
    d_up: Vec<f32>,
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
        self.head(0..tokens.len(), trace);
    }

    /// The same for the last token only: one row of logits.
    pub fn forward_last(&self, tokens: &[u32], trace: &mut Trace) {
        self.trunk(tokens, trace);
        self.head(tokens.len().saturating_sub(1)..tokens.len(), trace);
    }

    fn trunk(&self, tokens: &[u32], trace: &mut Trace) {
        self.enter(tokens, trace);
        for layer in 0..self.shape.layers {
            self.layer(layer, trace);
        }
        self.leave(trace);
    }

    /// The first part of a pass: from tokens to the vectors that the layers work on.
    pub(super) fn enter(&self, tokens: &[u32], trace: &mut Trace) {
        let (rows, width) = (tokens.len(), self.shape.width);
        trace.x.resize(rows * width, 0.0);
        trace.layers.resize_with(self.shape.layers, Layer::default);
        embedding::forward(
            tokens,
            &self.parameters[self.shape.parts().0],
            &self.positions,
            width,
            &mut trace.x,
        );
    }

    /// Then each layer in turn.
    pub(super) fn layer(&self, index: usize, trace: &mut Trace) {
        let Shape { width, hidden, .. } = self.shape;
        let Trace { layers, x, scratch, .. } = trace;
        let kept = &mut layers[index];
        let [norm_1, qkv, out, norm_2, up, down] =
            split(&self.parameters[self.shape.layer_range(index)], self.shape.layer());
        kept.resize(x.len() / width, width, hidden);
        kept.x.copy_from_slice(x);
        norm::forward(x, norm_1, &mut kept.normed_1, &mut kept.scales_1);
        let weights = Weights { qkv, out };
        attention::forward(&kept.normed_1, &weights, self.heads(), &mut kept.attention, x, scratch);
        kept.middle.copy_from_slice(x);
        norm::forward(x, norm_2, &mut kept.normed_2, &mut kept.scales_2);
        mlp::forward(&kept.normed_2, (up, down), width, (&mut kept.up, &mut kept.bent), x, scratch);
    }

    /// Then the last norm.
    pub(super) fn leave(&self, trace: &mut Trace) {
        let Trace { x, normed, scales, .. } = trace;
        normed.resize(x.len(), 0.0);
        scales.resize(x.len() / self.shape.width, 0.0);
        norm::forward(x, &self.parameters[self.shape.parts().2], normed, scales);
    }

    /// And last the logits, of these rows.
    pub(super) fn head(&self, rows: Range<usize>, trace: &mut Trace) {
        let Shape { vocabulary, width, .. } = self.shape;
        let Trace { normed, logits, scratch, .. } = trace;
        logits.resize(rows.len() * vocabulary, 0.0);
        let vectors = &self.parameters[self.shape.parts().0];
        embedding::head_forward(
            &normed[rows.start * width..rows.end * width],
            vectors,
            width,
            logits,
            scratch,
        );
    }

    /// Adds to `gradient` what the gradient in `trace.logits` makes of it, after [`Model::forward`] on the same tokens.
    pub fn backward(&self, tokens: &[u32], trace: &mut Trace, gradient: &mut [f32]) {
        self.head_back(0..tokens.len(), trace, gradient);
        self.leave_back(0, trace, gradient);
        for layer in (0..self.shape.layers).rev() {
            self.layer_back(layer, 0, trace, gradient);
        }
        self.enter_back(tokens, trace, gradient);
    }

    /// The way back through [`Model::head`], of rows whose gradients are the last ones in `trace.logits`.
    pub(super) fn head_back(&self, rows: Range<usize>, trace: &mut Trace, gradient: &mut [f32]) {
        let width = self.shape.width;
        let vectors = self.shape.parts().0;
        let Trace { normed, logits, scratch, d_normed, .. } = trace;
        let of = rows.start * width..rows.end * width;
        d_normed.resize(normed.len(), 0.0);
        let head = (&normed[of.clone()], &self.parameters[vectors.clone()]);
        let d_logits = &logits[logits.len() - rows.len() * self.shape.vocabulary..];
        embedding::head_backward(head, width, d_logits, (&mut d_normed[of], &mut gradient[vectors]), scratch);
    }

    /// The way back through [`Model::leave`]. Rows before `from` have no gradient.
    pub(super) fn leave_back(&self, from: usize, trace: &mut Trace, gradient: &mut [f32]) {
        let at = from * self.shape.width;
        let last_norm = self.shape.parts().2;
        let Trace { x, scales, d_x, d_normed, .. } = trace;
        d_x.clear();
        d_x.resize(x.len(), 0.0);
        let (gain, d_gain) = (&self.parameters[last_norm.clone()], &mut gradient[last_norm]);
        norm::backward(&x[at..], gain, &scales[from..], &d_normed[at..], &mut d_x[at..], d_gain);
    }

    /// The way back through a layer. Rows before `from` have no gradient until attention mixes the rows.
    pub(super) fn layer_back(&self, index: usize, from: usize, trace: &mut Trace, gradient: &mut [f32]) {
        let Shape { width, hidden, .. } = self.shape;
        let range = self.shape.layer_range(index);
        let [norm_1, qkv, out, norm_2, up, down] = split(&self.parameters[range.clone()], self.shape.layer());
        let [d_norm_1, d_qkv, d_out, d_norm_2, d_up_weights, d_down] =
            split_mut(&mut gradient[range], self.shape.layer());
        let Trace { layers, scratch, d_x, d_normed, d_up, .. } = trace;
        let kept = &mut layers[index];
        d_normed.resize(d_x.len(), 0.0);
        d_up.resize(kept.up.len(), 0.0);
        let (at, inner) = (from * width, from * hidden);
        let inside = (&kept.normed_2[at..], &kept.up[inner..], &kept.bent[inner..]);
        let d_inside = (&mut d_normed[at..], d_up_weights, d_down);
        mlp::backward(inside, (up, down), width, &d_x[at..], &mut d_up[inner..], d_inside, scratch);
        let (middle, scales) = (&kept.middle[at..], &kept.scales_2[from..]);
        norm::backward(middle, norm_2, scales, &d_normed[at..], &mut d_x[at..], d_norm_2);
        let weights = Weights { qkv, out };
        let d_inside = (&mut **d_normed, Weights { qkv: d_qkv, out: d_out });
        let inside = (&*kept.normed_1, &mut kept.attention);
        attention::backward(inside, &weights, self.heads(), (d_x, from), d_inside, scratch);
        norm::backward(&kept.x, norm_1, &kept.scales_1, d_normed, d_x, d_norm_1);
    }

    /// The way back through [`Model::enter`].
    pub(super) fn enter_back(&self, tokens: &[u32], trace: &Trace, gradient: &mut [f32]) {
        let vectors = self.shape.parts().0;
        embedding::backward(tokens, &trace.d_x, self.shape.width, &mut gradient[vectors]);
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
