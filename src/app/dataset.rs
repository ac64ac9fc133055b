//! Samples and rows of batches ▶ SVG paths, a token wide a unit: a few of them, however many tokens there are.
//!
//! Pure, so that it is tested natively; the components only draw what stands here.

use std::fmt::Write;

use crate::app::wire::{BatchRow, BatchView};

/// How high a bar or a row is drawn, in pixels.
pub const HEIGHT: usize = 22;

/// A sample as paths: what is kept and what is lost.
#[derive(Debug, Default, PartialEq)]
pub struct Bar {
    /// Trained tokens that are kept.
    pub trained: String,
    /// Masked tokens that are kept.
    pub masked: String,
    /// Trained tokens that are lost.
    pub lost: String,
    /// Masked tokens that are lost.
    pub faint: String,
}

/// A tall block for trained tokens, a thin line for masked ones.
fn block(path: &mut String, from: u32, to: u32, trained: bool) {
    if from < to {
        let width = to - from;
        // Writing into a string can't fail.
        let _ = if trained {
            write!(path, "M{from} 3h{width}v16h-{width}z")
        } else {
            write!(path, "M{from} 10h{width}v2h-{width}z")
        };
    }
}

/// The bar of a sample.
pub fn bar(view: &BatchView, number: usize) -> Bar {
    let mut bar = Bar::default();
    let Some(sample) = view.samples().nth(number) else { return bar };
    let (from, to) = if sample[6] == 0 { (sample[3], sample[4]) } else { (0, 0) };
    let mut at = 0;
    for (place, length) in view.runs_of(number).iter().enumerate() {
        let (start, end, trained) = (at, at + length, place % 2 == 1);
        at = end;
        let (lost, kept) =
            if trained { (&mut bar.lost, &mut bar.trained) } else { (&mut bar.faint, &mut bar.masked) };
        block(kept, start.max(from), end.min(to), trained);
        block(lost, start, end.min(from), trained);
        block(lost, start.max(to), end, trained);
    }
    bar
}

/// A row of a batch as paths.
#[derive(Debug, Default, PartialEq)]
pub struct Strip {
    /// Behind every second segment.
    pub band: String,
    /// Where a segment begins after another one.
    pub bounds: String,
    /// Columns whose label counts.
    pub trained: String,
    /// Tokens whose label does not count.
    pub masked: String,
    /// Padding.
    pub padding: String,
    /// `position_ids`: a rising line for each segment.
    pub positions: String,
}

/// The strip of a row.
pub fn strip(row: &BatchRow) -> Strip {
    let mut strip = Strip::default();
    let mut end = 0;
    let longest = row.segments().iter().map(|[_, from, to, _]| to - from).max().unwrap_or_default().max(1);
    for (number, [_, from, to, at]) in row.segments().iter().enumerate() {
        let width = to - from;
        pad(&mut strip.padding, end, *at);
        block(&mut strip.masked, *at, at + width, false);
        if number % 2 == 1 {
            let _ = write!(strip.band, "M{at} 0h{width}v{HEIGHT}h-{width}z");
        }
        if number > 0 {
            let _ = write!(strip.bounds, "M{at} 0v{HEIGHT}");
        }
        // Two digits are finer than a pixel.
        let top = 21.0 - 20.0 * f64::from(width) / f64::from(longest);
        let _ = write!(strip.positions, "M{at} 21L{} {top:.2}", at + width);
        end = at + width;
    }
    pad(&mut strip.padding, end, row.width as u32);
    for [start, end] in row.trained.as_chunks().0 {
        block(&mut strip.trained, *start, *end, true);
    }
    strip
}

/// Padding is an outline.
fn pad(path: &mut String, from: u32, to: u32) {
    if from < to {
        let width = to - from;
        let _ = write!(path, "M{from} 6h{width}v10h-{width}z");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample of 3 masked and 5 trained tokens, of which `from..to` are kept.
    fn view(from: u32, to: u32, gone: u32) -> BatchView {
        BatchView {
            samples: vec![0, 8, 5, from, to, 0, gone],
            runs: vec![3, 5],
            run_ends: vec![2],
            ..BatchView::default()
        }
    }

    #[test]
    fn what_is_kept_and_what_is_lost_of_a_sample_never_overlap_and_cover_it() {
        let whole = bar(&view(0, 8, 0), 0);
        assert_eq!((&*whole.masked, &*whole.trained), ("M0 10h3v2h-3z", "M3 3h5v16h-5z"));
        assert_eq!((&*whole.faint, &*whole.lost), ("", ""));
        let start = bar(&view(0, 5, 0), 0);
        assert_eq!((&*start.trained, &*start.lost), ("M3 3h2v16h-2z", "M5 3h3v16h-3z"));
        assert_eq!((&*start.masked, &*start.faint), ("M0 10h3v2h-3z", ""));
        let end = bar(&view(2, 8, 0), 0);
        assert_eq!((&*end.faint, &*end.masked), ("M0 10h2v2h-2z", "M2 10h1v2h-1z"));
        assert_eq!((&*end.lost, &*end.trained), ("", "M3 3h5v16h-5z"));
        let within = bar(&view(4, 6, 0), 0);
        assert_eq!(within.lost, "M3 3h1v16h-1zM6 3h2v16h-2z");
        assert_eq!((&*within.trained, &*within.masked), ("M4 3h2v16h-2z", ""));
        let dropped = bar(&view(0, 8, 2), 0);
        assert_eq!((&*dropped.trained, &*dropped.lost), ("", "M3 3h5v16h-5z"));
        assert_eq!(bar(&view(0, 8, 0), 7), Bar::default());
    }

    #[test]
    fn a_row_has_padding_on_either_side_and_a_bound_between_two_segments() {
        let row = BatchRow {
            width: 10,
            segments: vec![0, 0, 3, 2, 1, 0, 4, 5],
            trained: vec![3, 5, 7, 9],
            ..BatchRow::default()
        };
        let strip = strip(&row);
        assert_eq!(strip.padding, "M0 6h2v10h-2zM9 6h1v10h-1z");
        assert_eq!(strip.bounds, "M5 0v22");
        assert_eq!(strip.band, "M5 0h4v22h-4z");
        assert_eq!(strip.trained, "M3 3h2v16h-2zM7 3h2v16h-2z");
        assert_eq!(strip.positions, "M2 21L5 6.00M5 21L9 1.00");
    }
}
