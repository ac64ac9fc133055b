//! Which added tokens are found in a text: a trainer may add its own, or take special ones for ordinary text.

use super::encode::Encoder;
use crate::span::Span;

/// Which added tokens are found in a text.
#[derive(Clone, Debug, Default)]
pub struct Added {
    /// Which of the tokenizer's own.
    pub own: Own,
    /// Further ones, with their ids.
    pub more: Vec<(String, u32)>,
}

/// Which of a tokenizer's own added tokens are found in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Own {
    /// All of them.
    #[default]
    All,
    /// Those that are not special, as with `encode_special_tokens`.
    NotSpecial,
    /// None: their text is text.
    None,
}

/// Walks from one added token of a text to the next.
pub(super) struct Walk<'a> {
    added: &'a Added,
    /// The tokenizer's own next one, which stays the next one until it is passed.
    own: Next,
}

/// The tokenizer's own next added token.
#[derive(Clone, Copy)]
enum Next {
    Unknown,
    There(Span, u32),
    Nowhere,
}

impl Added {
    /// Begins at the beginning of a text.
    pub(super) const fn walk(&self) -> Walk<'_> {
        Walk { added: self, own: Next::Unknown }
    }
}

impl Walk<'_> {
    /// The first added token from `place` on, which never moves back: its bytes, with the white space it takes, and its
    /// id.
    pub(super) fn next(&mut self, encoder: &Encoder, text: &str, place: usize) -> Option<(Span, u32)> {
        let own = match self.own {
            Next::Nowhere => None,
            Next::There(span, id) if span.start >= place => Some((span, id)),
            _ if self.added.own == Own::None => None,
            _ => encoder.next_added(text, place, self.added.own == Own::NotSpecial),
        };
        self.own = own.map_or(Next::Nowhere, |(span, id)| Next::There(span, id));
        if self.added.more.is_empty() {
            return own;
        }
        // One pass that ends at the first match: a text full of tokens must not be searched again for each.
        let until = own.map_or(text.len(), |(span, _)| span.start + 1);
        let more = (place..until).find_map(|start| {
            let rest = text.get(start..)?;
            let starts = |(token, _): &&(String, u32)| !token.is_empty() && rest.starts_with(token.as_str());
            let (token, id) = self.added.more.iter().filter(starts).max_by_key(|(token, _)| token.len())?;
            Some((Span::new(start, start + token.len()), *id))
        });
        own.into_iter().chain(more).min_by_key(|(span, _)| (span.start, usize::MAX - span.end))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tokenizer;
    use super::*;

    #[test]
    fn a_special_token_may_be_text_and_other_tokens_may_be_added() {
        let tokenizer = Tokenizer::embedded();
        let text = "a<|eot_id|><|im_end|><think>";
        let whole = tokenizer.encode(text).unwrap().ids;
        let ends = |added: &Added| {
            let ids = tokenizer.encode_with(text, added).unwrap().ids;
            let of = |token: &str| ids.contains(&tokenizer.token_to_id(token).unwrap());
            (of("<|im_end|>"), of("<think>"), ids.contains(&9000))
        };
        assert_eq!(tokenizer.encode_with(text, &Added::default()).unwrap().ids, whole);
        assert_eq!(ends(&Added { own: Own::NotSpecial, more: Vec::new() }), (false, true, false));
        assert_eq!(ends(&Added { own: Own::None, more: Vec::new() }), (false, false, false));
        let more = vec![("<|eot_id|>".to_owned(), 9000)];
        assert_eq!(ends(&Added { own: Own::All, more }), (true, true, true));
    }

    #[test]
    fn of_tokens_that_begin_together_the_longest_is_found() {
        let tokenizer = Tokenizer::embedded();
        let more = vec![("<|a".to_owned(), 9000), ("<|a|>".to_owned(), 9001)];
        let encoding = tokenizer.encode_with("x<|a|><|ab", &Added { own: Own::All, more }).unwrap();
        assert_eq!(encoding.ids[1..3], [9001, 9000]);
        assert_eq!(encoding.offsets[1..3], [Span::new(1, 6), Span::new(6, 9)]);
    }
}
