//! `DataCollatorWithFlattening` of transformers: no padding, no attention mask; the first label of each sample is
//! `separator_id=-100`.

use crate::batch::{IGNORED, Row, Segment};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) fn finish(mut row: Row) -> Result<Row, Diagnostic> {
    if row.segments.iter().any(Segment::is_empty) {
        return Err(shifted());
    }
    for segment in &row.segments {
        if let Some(label) = row.labels.get_mut(segment.at as usize) {
            *label = IGNORED;
        }
    }
    row.position_ids = Some(row.positions(|_| 0));
    Ok(row)
}

fn shifted() -> Diagnostic {
    let message = Bilingual::fixed(
        "a sample has no token: the collator still writes a label for it, and all labels after it are one place off",
        "有样本没有任何 token：collator 仍会为它写入一个标签，其后的标签全部错开一位",
    );
    Diagnostic::new(Severity::Error, "empty-sample-flattened", message)
        .hint(Bilingual::fixed("leave empty samples out", "请去掉空样本"))
}
