//! `DataCollatorForSeq2Seq` of transformers: labels as they are, `label_pad_token_id=-100` on padding.

use crate::batch::Row;

pub(super) fn finish(mut row: Row) -> Row {
    row.attention_mask = Some(row.mask());
    row
}
