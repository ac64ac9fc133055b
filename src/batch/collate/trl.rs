//! TRL's own `DataCollatorForLanguageModeling`: with `padding_free` the label at every position 0 is masked.

use crate::batch::{IGNORED, Row};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) fn padded(mut row: Row) -> Row {
    row.attention_mask = Some(row.mask());
    row
}

pub(super) fn without_padding(mut row: Row) -> Result<Row, Diagnostic> {
    if row.input_ids.is_empty() {
        return Err(empty());
    }
    let positions = row.positions(|_| 0);
    for (label, _) in row.labels.iter_mut().zip(&positions).filter(|(_, position)| **position == 0) {
        *label = IGNORED;
    }
    row.position_ids = Some(positions);
    Ok(row)
}

fn empty() -> Diagnostic {
    let message = Bilingual::fixed(
        "a batch has no token: TRL's collator raises an error",
        "有一个批次没有任何 token：TRL 的 collator 会报错",
    );
    Diagnostic::new(Severity::Error, "empty-batch", message)
        .hint(Bilingual::fixed("leave empty samples out", "请去掉空样本"))
}
