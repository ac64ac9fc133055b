//! The step after encoding that takes white space out of offsets, as `ByteLevel` and `RobertaProcessing` do it in
//! `tokenizers` 0.23. It counts characters of the text, and of the token as the vocabulary spells it.

use crate::span::Span;

/// The offset of the token at `index` without the white space at its ends, of which its spelling has `blanks`.
pub(super) fn trim(
    text: &str,
    index: usize,
    offset: Span,
    blanks: (u32, u32),
    first_space_is_ours: bool,
) -> Span {
    let (mut leading, trailing) = blanks;
    let Span { mut start, mut end } = offset;
    if (index == 0 || start == 0) && first_space_is_ours && leading == 1 {
        leading = 0;
    }
    if leading > 0 {
        start = text[start..]
            .char_indices()
            .nth(leading as usize)
            .map_or(text.len(), |(i, _)| start + i)
            .min(end);
    }
    if trailing > 0
        && let Some((back, _)) = text[..end].char_indices().rev().nth(trailing as usize - 1)
    {
        end = back.max(start);
    }
    Span::new(start, end)
}
