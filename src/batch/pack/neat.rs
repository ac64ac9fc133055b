//! LLaMA-Factory's greedy knapsack: row by row the longest sample that still fits; of equals the last.

use crate::batch::Segment;

/// One place of a row is kept for padding.
pub(super) fn pack(mut segments: Vec<Segment>, length: usize) -> Vec<Vec<Segment>> {
    // Equals stay in order, so that the last of them is taken first.
    segments.sort_by_key(Segment::len);
    let mut rows = Vec::new();
    while !segments.is_empty() {
        let (mut row, mut room) = (Vec::new(), length.saturating_sub(1));
        loop {
            let fitting = segments.partition_point(|segment| segment.len() <= room);
            let Some(longest) = fitting.checked_sub(1) else { break };
            let segment = segments.remove(longest);
            room -= segment.len();
            row.push(segment);
        }
        if row.is_empty() {
            break;
        }
        rows.push(row);
    }
    rows
}
