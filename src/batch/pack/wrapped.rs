//! TRL's `wrapped`: all samples end to end, cut every `length` tokens.

use crate::batch::Segment;

pub(super) fn pack(segments: Vec<Segment>, length: usize) -> Vec<Vec<Segment>> {
    let mut rows: Vec<Vec<Segment>> = Vec::new();
    let mut room = 0;
    for whole in segments {
        let mut from = whole.from;
        while from < whole.to {
            if room == 0 {
                rows.push(Vec::new());
                room = length.max(1);
            }
            let to = whole.to.min(from.saturating_add(room as u32));
            room -= (to - from) as usize;
            if let Some(row) = rows.last_mut() {
                row.push(Segment { from, to, ..whole });
            }
            from = to;
        }
    }
    rows
}
