//! Bytes of a text ▶ UTF-16 offsets, as JavaScript counts.

use crate::span::Span;

/// The UTF-16 places of a text.
pub(super) struct Utf16(Vec<u32>);

impl Utf16 {
    pub(super) fn of(text: &str) -> Self {
        let mut places = Vec::with_capacity(text.len() + 1);
        let mut at = 0;
        for character in text.chars() {
            places.extend(std::iter::repeat_n(at, character.len_utf8()));
            at += character.len_utf16() as u32;
        }
        places.push(at);
        Self(places)
    }

    pub(super) fn place(&self, byte: usize) -> u32 {
        self.0.get(byte).or_else(|| self.0.last()).copied().unwrap_or_default()
    }

    pub(super) fn span(&self, span: Span) -> [u32; 2] {
        [self.place(span.start), self.place(span.end)]
    }

    pub(super) fn spans(&self, spans: &[Span]) -> Vec<[u32; 2]> {
        spans.iter().map(|span| self.span(*span)).collect()
    }
}
