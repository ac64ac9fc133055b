//! Causal self-attention with several heads.
//!
//! A row of x gives each head a query q, a key k and a value v. A position looks at itself and all before it, with the
//! weights p = softmax(q · k / √width of a head), and takes Σ p v; the heads' results side by side pass one linear map.

use super::linear;
use super::matrix::{Into, Part, Scratch, View, dot};
use crate::loss::exp;

/// What a forward pass keeps for its backward pass.
#[derive(Default)]
pub(super) struct Kept {
    /// Queries, keys and values of all heads: rows of three times the width.
    qkv: Vec<f32>,
    /// The weights p: a square for each head with lines of [`line`], 0 above the diagonal as far as it is read.
    weights: Vec<f32>,
    /// What the heads took: rows of the width.
    taken: Vec<f32>,
    /// The gradients of all of these; the last of one head's weights only.
    d_qkv: Vec<f32>,
    d_weights: Vec<f32>,
    d_taken: Vec<f32>,
}

/// The learned numbers, or their gradients.
pub(super) struct Weights<T> {
    /// From x to queries, keys and values.
    pub(super) qkv: T,
    /// From what the heads took to the result.
    pub(super) out: T,
}

/// How wide the rows are, and how many heads share them.
#[derive(Clone, Copy)]
pub(super) struct Heads {
    pub(super) width: usize,
    pub(super) count: usize,
}

impl Heads {
    const fn own(self) -> usize {
        self.width / self.count
    }

    /// What scores are multiplied with.
    fn scale(self) -> f32 {
        1.0 / (self.own() as f32).sqrt()
    }

    /// The queries (0), keys (1) or values (2) of a head.
    fn view(self, qkv: &[f32], which: usize, head: usize, rows: usize) -> View<'_> {
        View::new(&qkv[which * self.width + head * self.own()..], rows, self.own(), 3 * self.width)
    }
}

/// So far above the diagonal of a square it is read at most: less than a tile.
const READ: usize = 16;

/// How far apart the rows of a square lie: not by a power of two, which would have them share few places of a cache.
const fn line(rows: usize) -> usize {
    rows.next_multiple_of(READ) + READ
}

/// `out` grows by what the rows of `x` come to.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(super) fn forward(
    x: &[f32],
    weights: &Weights<&[f32]>,
    heads: Heads,
    kept: &mut Kept,
    out: &mut [f32],
    scratch: &mut Scratch,
) {
    let Heads { width, count } = heads;
    let rows = x.len() / width;
    kept.qkv.resize(rows * 3 * width, 0.0);
    let line = line(rows);
    kept.weights.resize(count * rows * line, 0.0);
    kept.taken.resize(rows * width, 0.0);
    linear::forward(x, weights.qkv, width, &mut kept.qkv, Into::Set, scratch);
    for (head, square) in kept.weights.chunks_exact_mut((rows * line).max(1)).enumerate() {
        let [query, key, value] = [0, 1, 2].map(|which| heads.view(&kept.qkv, which, head, rows));
        scratch.multiply(query, key.transposed(), (square, line), Part::LowerResult, Into::Set);
        for (at, row) in square.chunks_exact_mut(line).enumerate() {
            let (seen, unseen) = row.split_at_mut(at + 1);
            softmax(seen, heads.scale());
            unseen[..READ - 1].fill(0.0);
        }
        let square = View::new(square, rows, rows, line);
        let taken = &mut kept.taken[head * heads.own()..];
        scratch.multiply(square, value, (taken, width), Part::LowerLeft, Into::Set);
    }
    linear::forward(&kept.taken, weights.out, width, out, Into::Add, scratch);
}

/// `d_x` becomes, and the weights' gradients grow by, what `d_out` makes of them; its rows before `from` are 0.
///
/// With s = q · k × scale: dL/ds = p (dp - Σ p dp), where dp = dtaken · v.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(super) fn backward(
    (x, kept): (&[f32], &mut Kept),
    weights: &Weights<&[f32]>,
    heads: Heads,
    (d_out, from): (&[f32], usize),
    (d_x, d_weights): (&mut [f32], Weights<&mut [f32]>),
    scratch: &mut Scratch,
) {
    let Heads { width, count } = heads;
    let rows = x.len() / width;
    let line = line(rows);
    let Kept { qkv, weights: squares, taken, d_qkv, d_weights: d_square, d_taken } = kept;
    d_taken.resize(rows * width, 0.0);
    d_qkv.resize(rows * 3 * width, 0.0);
    d_square.resize(rows * line, 0.0);
    let start = from * width;
    d_taken[..start].fill(0.0);
    let d_inside = (&mut d_taken[start..], d_weights.out);
    linear::backward((&taken[start..], weights.out), width, &d_out[start..], d_inside, scratch);
    for head in 0..count {
        let at = head * heads.own();
        let [query, key, value] = [0, 1, 2].map(|which| heads.view(qkv, which, head, rows));
        let square = &squares[head * rows * line..][..rows * line];
        let weighed = View::new(square, rows, rows, line);
        let d_taken = View::new(&d_taken[at..], rows, heads.own(), width);
        let d_v = (&mut d_qkv[2 * width + at..], 3 * width);
        scratch.multiply(weighed.transposed(), d_taken, d_v, Part::UpperLeft, Into::Set);
        scratch.multiply(d_taken, value.transposed(), (&mut *d_square, line), Part::LowerResult, Into::Set);
        for (at, (d, p)) in d_square.chunks_exact_mut(line).zip(square.chunks_exact(line)).enumerate() {
            let (seen, unseen) = d.split_at_mut(at + 1);
            let p = &p[..=at];
            let pull = dot(seen, p);
            for (d, p) in seen.iter_mut().zip(p) {
                *d = p * (*d - pull) * heads.scale();
            }
            unseen[..READ - 1].fill(0.0);
        }
        let d_scores = View::new(d_square, rows, rows, line);
        scratch.multiply(d_scores, key, (&mut d_qkv[at..], 3 * width), Part::LowerLeft, Into::Set);
        let d_k = (&mut d_qkv[width + at..], 3 * width);
        scratch.multiply(d_scores.transposed(), query, d_k, Part::UpperLeft, Into::Set);
    }
    linear::backward((x, weights.qkv), width, d_qkv, (d_x, d_weights.qkv), scratch);
}

/// A row of scores becomes exp(scale × score) over its sum.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn softmax(row: &mut [f32], scale: f32) {
    const LANES: usize = 8;
    let greater = |a: f32, b: f32| if b > a { b } else { a };
    let (chunks, rest) = row.as_chunks_mut::<LANES>();
    // The end is filled up to a whole chunk with what comes to next to nothing.
    let mut end = [f32::MIN; LANES];
    end[..rest.len()].copy_from_slice(rest);
    let mut most = end;
    for chunk in &*chunks {
        for (most, x) in most.iter_mut().zip(chunk) {
            *most = greater(*most, *x);
        }
    }
    let most = most.into_iter().fold(f32::MIN, greater);
    let mut sums = [0.0; LANES];
    for chunk in chunks.iter_mut().chain([&mut end]) {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *x = exp((*x - most) * scale);
            *sum += *x;
        }
    }
    let one_over = 1.0 / sums.iter().sum::<f32>();
    rest.copy_from_slice(&end[..rest.len()]);
    for x in row.iter_mut() {
        *x *= one_over;
    }
}
