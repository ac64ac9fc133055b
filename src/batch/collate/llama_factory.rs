//! LLaMA-Factory's packed rows: `cutoff_len` long, then padded to a multiple of 8 by its collator, which leaves
//! `position_ids` as they are.

use crate::batch::{Row, Settings, Way};

pub(super) fn finish(mut row: Row, settings: &Settings) -> Row {
    let length = settings.max_length.unwrap_or_default() as usize;
    let neat = settings.way == Way::Neat;
    let mut mask = row.columns(|number, _| if neat { number as u32 + 1 } else { 1 }, |_| u32::from(!neat));
    let end = length.min(mask.len());
    // What the collator itself adds is masked in either case.
    if let Some(added) = mask.get_mut(end..) {
        added.fill(0);
    }
    let mut positions = row.positions(|_| 0);
    positions.truncate(length);
    row.attention_mask = Some(mask);
    row.position_ids = Some(positions);
    row
}
