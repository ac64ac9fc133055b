//! TRL's `bfd`: the longest first, each into the row with the least room that is enough; of equals the one that has waited
//! longest.

use std::collections::{BTreeMap, VecDeque};

use crate::batch::Segment;

/// `segments` have at least one token, and at most `length`.
pub(super) fn pack(mut segments: Vec<Segment>, length: usize) -> Vec<Vec<Segment>> {
    // A stable sort: equals stay in order, as with pyarrow.
    segments.sort_by_key(|segment| std::cmp::Reverse(segment.len()));
    let mut rows: Vec<Vec<Segment>> = Vec::new();
    let mut with_room: BTreeMap<usize, VecDeque<usize>> = BTreeMap::new();
    for segment in segments {
        let fitting = with_room.range_mut(segment.len()..).next();
        let found =
            fitting.and_then(|(room, waiting)| Some((*room, waiting.pop_front()?, waiting.is_empty())));
        let (room, row) = if let Some((room, row, last)) = found {
            if last {
                with_room.remove(&room);
            }
            (room, row)
        } else {
            rows.push(Vec::new());
            (length, rows.len() - 1)
        };
        let left = room.saturating_sub(segment.len());
        rows[row].push(segment);
        if left > 0 {
            with_room.entry(left).or_default().push_back(row);
        }
    }
    rows
}
