//! axolotl's `sample_packing`: each sample into the first row that has room, or, sequentially, into the last one.

use crate::batch::Segment;

/// The samples that a row may hold: axolotl's `sample_packing_bin_size`.
const MOST_IN_ROW: usize = 200;

pub(super) fn pack(segments: Vec<Segment>, capacity: usize) -> Vec<Vec<Segment>> {
    let mut rows: Vec<(usize, Vec<Segment>)> = Vec::new();
    for segment in segments {
        let fits =
            |(room, row): &&mut (usize, Vec<Segment>)| *room >= segment.len() && row.len() < MOST_IN_ROW;
        if let Some((room, row)) = rows.iter_mut().find(fits) {
            *room -= segment.len();
            row.push(segment);
        } else {
            rows.push((capacity.saturating_sub(segment.len()), vec![segment]));
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// With `sample_packing_sequentially`, which knows no limit but the row's length.
pub(super) fn in_order(segments: Vec<Segment>, capacity: usize) -> Vec<Vec<Segment>> {
    let mut rows: Vec<Vec<Segment>> = Vec::new();
    let mut room = 0;
    for segment in segments {
        match rows.last_mut() {
            Some(row) if segment.len() <= room => row.push(segment),
            _ => {
                rows.push(vec![segment]);
                room = capacity;
            }
        }
        room = room.saturating_sub(segment.len());
    }
    rows
}
