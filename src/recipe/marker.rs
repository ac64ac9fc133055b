//! What to say of a marker that a trainer looks for as token ids and does not find.

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// An option that is a marker: its name and its text.
pub(super) type Marker<'a> = (&'a str, &'a str);

/// The ids are nowhere in the sample.
pub(super) fn not_found((option, marker): Marker<'_>, text: &str) -> Diagnostic {
    let message = Bilingual::new(
        format!("the token ids of `{option}` ({marker:?}) are not in the sample: everything is masked"),
        format!("样本中找不到 `{option}`（{marker:?}）的 token id：全部被忽略"),
    );
    Diagnostic::new(Severity::Warning, "marker-not-found", message).hint(cure(marker, text))
}

/// The ids are found less often than the text is there.
pub(super) fn missed((option, marker): Marker<'_>, text: &str, found: usize) -> Option<Diagnostic> {
    let there = text.matches(marker).count();
    let message = Bilingual::new(
        format!("`{option}` ({marker:?}) is {there} times in the text, but its token ids only {found} times"),
        format!("`{option}`（{marker:?}）在文本中出现 {there} 次，而它的 token id 只出现 {found} 次"),
    );
    (0 < found && found < there)
        .then(|| Diagnostic::new(Severity::Warning, "marker-not-found", message).hint(cure(marker, text)))
}

/// What helps, depending on whether the marker is in the text at all.
pub(super) fn cure(marker: &str, text: &str) -> Bilingual {
    if text.contains(marker) {
        Bilingual::fixed(
            "the text is there, but cut into other tokens than alone: end the marker with what the template writes after \
             it, or begin and end it with special tokens, or give its token ids",
            "文本中有该标记，但在上下文中切分出的 token 与单独编码时不同：请把模板紧接其后写出的字符也包含进来，\
             或让标记以特殊 token 开头和结尾，或直接给出 token id",
        )
    } else {
        Bilingual::fixed(
            "the template does not write this text: give a marker that it writes, with the line break that ends it",
            "模板没有写出这段文字：请使用模板确实会写出的标记，并包含其末尾的换行",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_in_the_text_whose_ids_are_not_is_cut_into_other_tokens() {
        let hint = not_found(("response_part", "### Answer:"), "### Answer: yes").hint.unwrap();
        assert!(hint.en.contains("cut into other tokens"));
        let hint = not_found(("response_part", "### Reply:"), "### Answer: yes").hint.unwrap();
        assert!(hint.en.contains("does not write this text"));
    }

    #[test]
    fn a_marker_that_is_always_found_is_fine() {
        assert_eq!(missed(("response_part", "A:"), "A: yes A: no", 2), None);
        assert!(missed(("response_part", "A:"), "A: yes A: no", 1).is_some());
    }
}
