//! Text that is encoded as one piece, with who owns its bytes.

use std::ops::Range;

use crate::dialogue::Text;
use crate::span::Span;
use crate::template::{Owner, Part, Piece};

/// The owner of what a trainer's template writes around message `message`.
pub(super) const fn of(message: usize, part: Part) -> Owner {
    Owner { message: Some(message as u32), part }
}

/// The owner of text that no message owns.
pub(super) const NOBODY: Owner = Owner { message: None, part: Part::Template };

/// Text that is encoded as one piece; its pieces cover it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Stretch {
    text: String,
    pieces: Vec<Piece>,
}

impl Stretch {
    /// Text with one owner.
    pub(super) fn new(text: impl Into<String>, owner: Owner) -> Self {
        let mut stretch = Self::default();
        stretch.push(&text.into(), owner);
        stretch
    }

    /// The message's own words, with the way back to what was pasted.
    pub(super) fn words(text: &Text, owner: Owner) -> Self {
        let whole = 0..text.text.len();
        let source = text.is_pasted().then(|| text.source_span(whole.clone()));
        let pieces = vec![Piece { output: whole.into(), owner, source }];
        if text.text.is_empty() { Self::default() } else { Self { text: text.text.clone(), pieces } }
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Who owns it.
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Whether there is no text.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends text.
    pub(super) fn push(&mut self, text: &str, owner: Owner) {
        let start = self.text.len();
        if !text.is_empty() {
            self.text.push_str(text);
            self.pieces.push(Piece { output: Span::new(start, self.text.len()), owner, source: None });
        }
    }

    /// Appends another stretch.
    pub(super) fn append(&mut self, other: &Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.pieces
            .extend(other.pieces.iter().map(|piece| Piece { output: shift(piece.output, start), ..*piece }));
    }

    /// The bytes `range`, which must be whole characters; nothing where they are not.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let Some(text) = self.text.get(range.clone()) else { return Self::default() };
        let pieces = self.pieces.iter().filter(|piece| piece.output.overlaps(range.clone().into()));
        let pieces = pieces.map(|piece| {
            let cut = Span::new(piece.output.start.max(range.start), piece.output.end.min(range.end));
            // Where the copy is byte for byte, a part of it is too.
            let source = piece.source.filter(|source| source.len() == piece.output.len()).map(|source| {
                let start = source.start + (cut.start - piece.output.start);
                Span::new(start, start + cut.len())
            });
            let output = Span::new(cut.start - range.start, cut.end - range.start);
            Piece { output, owner: piece.owner, source: source.or(piece.source) }
        });
        Self { text: text.to_owned(), pieces: pieces.collect() }
    }

    /// What is left without white space, or the characters given, at the beginning.
    pub(super) fn trim_start(&self, trimmed: impl Fn(char) -> bool) -> Self {
        let left = self.text.trim_start_matches(trimmed).len();
        self.slice(self.text.len() - left..self.text.len())
    }

    /// What is left without white space, or the characters given, on both sides.
    pub(super) fn trim(&self, trimmed: impl Fn(char) -> bool) -> Self {
        let end = self.text.trim_end_matches(&trimmed).len();
        self.slice(0..end).trim_start(trimmed)
    }

    /// `text.replace(from, to, 1)` of Python, or of all occurrences.
    pub(super) fn replace(&self, from: &str, to: &Self, most: usize) -> Self {
        let mut made = Self::default();
        let mut at = 0;
        for (start, _) in self.text.match_indices(from).take(most) {
            made.append(&self.slice(at..start));
            made.append(to);
            at = start + from.len();
        }
        made.append(&self.slice(at..self.text.len()));
        made
    }
}

/// White space as Python's `str.strip` knows it.
pub(super) fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// A range `by` bytes further on.
pub(super) const fn shift(span: Span, by: usize) -> Span {
    Span::new(span.start + by, span.end + by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_filled_once_and_every_byte_keeps_its_owner_and_its_place() {
        let content = Stretch::words(&Text::verbatim("hey {x}", 10), of(1, Part::Content));
        let slot = Stretch::new("<u>{x}</u>", of(1, Part::Header));
        let filled = slot.replace("{x}", &content, 1);
        assert_eq!(filled.text(), "<u>hey {x}</u>");
        let owned: Vec<_> =
            filled.pieces().iter().map(|piece| (piece.output.of(filled.text()), piece.source)).collect();
        assert_eq!(owned, [("<u>", None), ("hey {x}", Some(Span::new(10, 17))), ("</u>", None)]);
        let cut = filled.slice(4..8);
        assert_eq!((cut.text(), cut.pieces()[0].source), ("ey {", Some(Span::new(11, 15))));
    }

    #[test]
    fn a_range_that_cuts_a_character_is_nothing() {
        let text = Stretch::new("春", NOBODY);
        assert!(text.slice(0..1).is_empty());
        assert_eq!(Stretch::new(" \n春 ", NOBODY).trim(is_python_space).text(), "春");
    }
}
