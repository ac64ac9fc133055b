//! `DataCollatorForLanguageModeling(mlm=False)` of transformers: labels are the ids, masked wherever the id is the pad
//! token's, padding or not.

use super::Layout;
use crate::batch::{IGNORED, Row};

pub(super) fn finish(mut row: Row, layout: Layout) -> Row {
    let label = |id: &u32| if *id == layout.pad { IGNORED } else { i64::from(*id) };
    row.labels = row.input_ids.iter().map(label).collect();
    row.attention_mask = Some(row.mask());
    row
}
