//! axolotl's `V2BatchSamplerDataCollatorForSeq2Seq`: the mask numbers the samples from 1, padding has 0; positions count
//! on padding, too.

use crate::batch::Row;

pub(super) fn finish(mut row: Row) -> Row {
    row.attention_mask = Some(row.columns(|number, _| number as u32 + 1, |_| 0));
    row.position_ids = Some(row.positions(|place| place as u32));
    row
}
