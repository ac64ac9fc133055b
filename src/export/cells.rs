//! What HTML and SVG share: a sample as boxes with visible text, each trained or masked, and text that can't become
//! markup.

use std::ops::Range;

use crate::diagnostic::visible;
use crate::recipe::Sample;
use crate::span::Span;

/// One box: a token, or the several that share a character.
pub(super) struct Cell {
    /// Its tokens.
    pub(super) tokens: Range<usize>,
    /// Its text, with what can't be seen made visible.
    pub(super) text: String,
    /// How much it counts, from 0 to 1: the most of its tokens.
    pub(super) weight: f32,
    /// Whether it ends a line.
    pub(super) ends_line: bool,
}

/// The boxes of a sample.
pub(super) fn cells(sample: &Sample) -> Vec<Cell> {
    let mut runs: Vec<(Range<usize>, Span)> = Vec::new();
    for (token, offset) in sample.offsets.iter().enumerate() {
        match runs.last_mut() {
            // Two tokens with a byte in common hold parts of one character.
            Some((tokens, span)) if !offset.is_empty() && offset.start < span.end => {
                tokens.end = token + 1;
                span.end = span.end.max(offset.end);
            }
            _ => runs.push((token..token + 1, *offset)),
        }
    }
    let cell = |(tokens, span): (Range<usize>, Span)| {
        let text = sample.text.get(span.start..span.end).unwrap_or_default();
        let weights = sample.weights.get(tokens.clone()).unwrap_or_default();
        Cell {
            text: visible(text),
            weight: weights.iter().copied().fold(0.0, f32::max),
            ends_line: text.ends_with('\n'),
            tokens,
        }
    };
    runs.into_iter().map(cell).collect()
}

/// How many tokens of a sample are trained.
pub(super) fn trained(sample: &Sample) -> usize {
    sample.weights.iter().filter(|weight| **weight > 0.0).count()
}

/// Adds text to a document, where it can be nothing but text: in an element or in an attribute with double quotes.
pub(super) fn escape(from: &str, to: &mut String) {
    for c in from.chars() {
        match c {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\'' => to.push_str("&#39;"),
            c => to.push(c),
        }
    }
}

/// Escapes what has been made visible: the way of all foreign text into a document.
pub(super) fn put(from: &str, to: &mut String) {
    escape(&visible(from), to);
}

/// Puts words that are no token's: their spaces stay as they are.
pub(super) fn words(from: &str, to: &mut String) {
    for (at, word) in from.split(' ').enumerate() {
        if at > 0 {
            to.push(' ');
        }
        put(word, to);
    }
}
