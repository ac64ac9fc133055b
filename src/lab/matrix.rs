//! Products of matrices, of which the model's work consists.
//!
//! The result is made in tiles of a few rows and columns, each held in registers while the inner dimension is walked once.
//! The columns of the right factor that a tile needs are first copied to one place, and serve all tiles below one another; the
//! left factor is read where it lies. Each number of the result is one sum from the first term to the last, whatever the size
//! of the tiles: every machine gives the same bits ([`mul_add`] says when not).

use crate::loss::mul_add;

/// Rows of a tile.
const ROWS: usize = 4;
/// Columns of a tile: two vectors of whatever width the machine has.
const COLUMNS: usize = if cfg!(target_feature = "avx") { 16 } else { 8 };

/// A matrix that is read: numbers with a stride for each direction, of which one is 1.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    numbers: &'a [f32],
    rows: usize,
    columns: usize,
    down: usize,
    right: usize,
}

impl<'a> View<'a> {
    /// `rows` of `columns` numbers, each `stride` after the one before.
    pub(super) fn new(numbers: &'a [f32], rows: usize, columns: usize, stride: usize) -> Self {
        Self { numbers, rows, columns, down: stride, right: 1 }
    }

    /// The same with rows as columns.
    pub(super) const fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows, down: self.right, right: self.down, ..self }
    }
}

/// Which part of a product is needed, in the multiplication of matrices that are 0 above their diagonal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// Only what is at or below the diagonal of the result; the rest of it is left as it is, or partly written.
    LowerResult,
    /// The left factor is 0 above its diagonal.
    LowerLeft,
    /// The left factor is 0 below its diagonal.
    UpperLeft,
}

/// Whether the product replaces what is there or is added to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Into {
    /// The result is the product.
    Set,
    /// The product is added.
    Add,
}

/// Where columns are copied to; kept between products to save the allocation.
#[derive(Default)]
pub(super) struct Scratch {
    panel: Vec<[f32; COLUMNS]>,
    /// How many products of two numbers were made so far.
    #[cfg(test)]
    pub(super) made: usize,
}

impl Scratch {
    /// `result` (rows `stride` apart) becomes, or grows by, `left` × `right`.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    pub(super) fn multiply(
        &mut self,
        left: View<'_>,
        right: View<'_>,
        (result, stride): (&mut [f32], usize),
        part: Part,
        into: Into,
    ) {
        debug_assert_eq!(left.columns, right.rows);
        let inner = left.columns.min(right.rows);
        if inner == 0 {
            // Sums of nothing.
            if into == Into::Set {
                (0..left.rows).for_each(|row| result[row * stride..][..right.columns].fill(0.0));
            }
            return;
        }
        #[cfg(test)]
        {
            self.made += left.rows * inner * right.columns;
        }
        for at in (0..right.columns).step_by(COLUMNS) {
            let across = COLUMNS.min(right.columns - at);
            pack(right, at..at + across, &mut self.panel);
            let start = if part == Part::LowerResult { at - at % ROWS } else { 0 };
            for top in (start..left.rows).step_by(ROWS) {
                let height = ROWS.min(left.rows - top);
                let (from, to) = match part {
                    Part::LowerLeft => (0, (top + height).min(inner)),
                    Part::UpperLeft => (top.min(inner), inner),
                    Part::Whole | Part::LowerResult => (0, inner),
                };
                let tile = tile((left, top, from), &self.panel[from..to]);
                for (line, row) in tile[..height].iter().zip(top..) {
                    write(line, &mut result[row * stride + at..][..across], into);
                }
            }
        }
    }
}

/// One tile of the product: a few rows of the left factor from `top`, and of each what meets the panel. Rows that are missing
/// are the last one again, or anything.
#[inline]
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn tile((left, top, from): (View<'_>, usize, usize), panel: &[[f32; COLUMNS]]) -> [[f32; COLUMNS]; ROWS] {
    let mut sums = [[0.0; COLUMNS]; ROWS];
    let first = &left.numbers[top * left.down + from * left.right..];
    let last = left.rows - top - 1;
    if left.right == 1 {
        let row = |row: usize| &first[row.min(last) * left.down..];
        let rows = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3));
        for ((((a, b), c), d), right) in rows.zip(panel) {
            add(&mut sums, &[*a, *b, *c, *d], right);
        }
        return sums;
    }
    // Whole rows first: how long they are need not be looked at each time.
    let whole = if last < ROWS - 1 { 0 } else { first.len() / left.right };
    let (panel, rest) = panel.split_at(whole.min(panel.len()));
    for (left, right) in first.chunks_exact(left.right).zip(panel) {
        let Some(left) = left.first_chunk() else { break };
        add(&mut sums, left, right);
    }
    for (left, right) in first.chunks(left.right).skip(panel.len()).zip(rest) {
        add(&mut sums, &std::array::from_fn(|row| left[row.min(last)]), right);
    }
    sums
}

/// A column times a row, added.
#[inline]
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn add(sums: &mut [[f32; COLUMNS]; ROWS], left: &[f32; ROWS], right: &[f32; COLUMNS]) {
    for (sums, l) in sums.iter_mut().zip(left) {
        for (sum, r) in sums.iter_mut().zip(right) {
            *sum = mul_add(*l, *r, *sum);
        }
    }
}

/// Writes a line of a tile where it belongs; the end of a line that is wider than the result is dropped.
#[inline]
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn write(line: &[f32; COLUMNS], out: &mut [f32], into: Into) {
    let put = |(out, x): (&mut f32, &f32)| *out = if into == Into::Add { *out + x } else { *x };
    // Most lines are whole, and what has a known length costs no loop.
    match out.first_chunk_mut::<COLUMNS>() {
        Some(out) => out.iter_mut().zip(line).for_each(put),
        None => out.iter_mut().zip(line).for_each(put),
    }
}

/// Copies a few columns of the right factor; columns that are missing are 0.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn pack(right: View<'_>, columns: std::ops::Range<usize>, packed: &mut Vec<[f32; COLUMNS]>) {
    packed.clear();
    if right.right == 1 && columns.len() == COLUMNS {
        let rows = right.numbers.chunks(right.down.max(1)).take(right.rows);
        packed.extend(rows.map(|row| row[columns.start..].first_chunk().copied().unwrap_or([0.0; COLUMNS])));
        return;
    }
    packed.resize(right.rows, [0.0; COLUMNS]);
    let column = |column: usize| &right.numbers[(columns.start + column) * right.right..];
    let mut done = 0;
    // Four columns at a time, where a column's numbers lie side by side.
    while right.down == 1 && done + 4 <= columns.len() {
        let four = column(done).iter().zip(column(done + 1)).zip(column(done + 2)).zip(column(done + 3));
        for (row, (((a, b), c), d)) in packed.iter_mut().zip(four) {
            row[done..done + 4].copy_from_slice(&[*a, *b, *c, *d]);
        }
        done += 4;
    }
    for at in done..columns.len() {
        for (row, x) in packed.iter_mut().zip(column(at).iter().step_by(right.down)) {
            row[at] = *x;
        }
    }
}

/// How many sums are kept side by side in a sum over an array.
const LANES: usize = 8;

/// Σ aᵢ bᵢ of arrays of one length, in an order that does not depend on the machine.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    debug_assert_eq!(a.len(), b.len());
    let mut sums = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum = mul_add(*a, *b, *sum);
        }
    }
    for ((sum, a), b) in sums.iter_mut().zip(a_rest).zip(b_rest) {
        *sum = mul_add(*a, *b, *sum);
    }
    let halves = [0, 1, 2, 3].map(|lane| sums[lane] + sums[lane + LANES / 2]);
    (halves[0] + halves[2]) + (halves[1] + halves[3])
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        let mut numbers = vec![0.0; count];
        Random::new(seed).fill(&mut numbers, 1.0);
        numbers
    }

    /// The product in the plainest way, with the same order of the sums.
    fn plain(left: View<'_>, right: View<'_>) -> Vec<f32> {
        let at = |view: View<'_>, row, column| view.numbers[row * view.down + column * view.right];
        let mut result = Vec::new();
        for row in 0..left.rows {
            for column in 0..right.columns {
                result.push(
                    (0..left.columns).fold(0.0, |sum, k| sum + at(left, row, k) * at(right, k, column)),
                );
            }
        }
        result
    }

    #[test]
    fn a_product_has_the_bits_of_the_plain_one_for_every_shape_and_order() {
        for (rows, inner, columns) in
            [(1, 1, 1), (4, 8, 8), (5, 3, 9), (13, 16, 33), (3, 40, 2), (0, 3, 4), (9, 0, 11)]
        {
            let (a, b) = (numbers(rows * inner, 1), numbers(inner * columns, 2));
            let a_down = View::new(&a, inner, rows, rows).transposed();
            let b_down = View::new(&b, columns, inner, inner).transposed();
            for left in [View::new(&a, rows, inner, inner), a_down] {
                for right in [View::new(&b, inner, columns, columns), b_down] {
                    let expected = plain(left, right);
                    let mut result = vec![7.0; rows * columns];
                    let mut scratch = Scratch::default();
                    scratch.multiply(left, right, (&mut result, columns), Part::Whole, Into::Set);
                    assert_eq!(result, expected);
                    scratch.multiply(left, right, (&mut result, columns), Part::Whole, Into::Add);
                    let twice: Vec<f32> = expected.iter().map(|once| once + once).collect();
                    assert_eq!(result, twice);
                }
            }
        }
    }

    #[test]
    fn parts_leave_out_only_what_is_zero_or_not_asked_for() {
        for width in [6, 19] {
            parts_of(11, width);
        }
    }

    fn parts_of(n: usize, width: usize) {
        let mut lower = numbers(n * n, 3);
        for row in 0..n {
            lower[row * n + row + 1..(row + 1) * n].fill(0.0);
        }
        let right = numbers(n * width, 4);
        let (square, right) = (View::new(&lower, n, n, n), View::new(&right, n, width, width));
        let mut scratch = Scratch::default();
        let mut result = vec![0.0; n * width];
        for (left, part) in [(square, Part::LowerLeft), (square.transposed(), Part::UpperLeft)] {
            scratch.multiply(left, right, (&mut result, width), part, Into::Set);
            assert_eq!(result, plain(left, right));
        }
        let expected = plain(right, right.transposed());
        let mut result = vec![0.0; n * n];
        scratch.multiply(right, right.transposed(), (&mut result, n), Part::LowerResult, Into::Set);
        for row in 0..n {
            assert_eq!(result[row * n..=row * n + row], expected[row * n..=row * n + row]);
        }
    }

    #[test]
    fn a_dot_product_is_that_of_the_plain_formula() {
        for length in [0, 1, 7, 8, 48, 100] {
            let (a, b) = (numbers(length, 5), numbers(length, 6));
            let plain: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            assert!((f64::from(dot(&a, &b)) - plain).abs() < 1e-5);
        }
    }
}
