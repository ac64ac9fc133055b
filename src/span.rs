//! Byte ranges of a text, and the lines and columns that people read them as.

use serde::{Deserialize, Serialize};

/// A half-open range of UTF-8 bytes, `start..end`; written `[start, end]` in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "[u32; 2]", into = "[u32; 2]")]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range `start..end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// An empty range at one place.
    pub const fn at(place: usize) -> Self {
        Self { start: place, end: place }
    }

    /// How many bytes it covers.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it covers nothing.
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Whether the two ranges share at least one byte.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The part of `text` that it covers; empty where it lies outside or cuts a character.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

impl From<[u32; 2]> for Span {
    fn from([start, end]: [u32; 2]) -> Self {
        Self::new(start as usize, end as usize)
    }
}

impl From<Span> for [u32; 2] {
    fn from(span: Span) -> Self {
        [span.start as u32, span.end as u32]
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A place as an editor shows it; both numbers start at 1 and a column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// The line, from 1; `\n`, `\r\n` and a lone `\r` each end one.
    pub line: usize,
    /// The column, from 1, in Unicode scalar values.
    pub column: usize,
}

/// The line and column of byte `offset` of `text`; the end of the text for an offset past it.
pub fn line_column(text: &str, offset: usize) -> LineColumn {
    let (line, line_start) = line_start(text, offset);
    let end = floor_char_boundary(text, offset);
    LineColumn { line, column: text[line_start..end].chars().count() + 1 }
}

/// The whole line that holds byte `offset`, as a range without its line break.
pub fn line_at(text: &str, offset: usize) -> Span {
    let (_, start) = line_start(text, offset);
    let length = text[start..].find(['\n', '\r']).unwrap_or(text.len() - start);
    Span::new(start, start + length)
}

/// The number of the line that holds `offset`, from 1, and the byte where it begins.
fn line_start(text: &str, offset: usize) -> (usize, usize) {
    let end = floor_char_boundary(text, offset);
    let bytes = text.as_bytes();
    let mut line = 1;
    let mut start = 0;
    for i in 0..end {
        let breaks = match bytes[i] {
            b'\n' => true,
            b'\r' => bytes.get(i + 1) != Some(&b'\n'),
            _ => false,
        };
        if breaks {
            line += 1;
            start = i + 1;
        }
    }
    (line, start)
}

/// The last character boundary at or before `offset`.
fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_counts_characters_and_not_bytes() {
        let text = "一二\r\n三四x\rlast";
        assert_eq!(line_column(text, 3), LineColumn { line: 1, column: 2 });
        assert_eq!(line_column(text, text.find('x').unwrap()), LineColumn { line: 2, column: 3 });
        assert_eq!(line_column(text, text.find('l').unwrap()), LineColumn { line: 3, column: 1 });
        assert_eq!(line_column(text, 999), LineColumn { line: 3, column: 5 });
        assert_eq!(line_at(text, text.find('四').unwrap()).of(text), "三四x");
    }

    #[test]
    fn an_offset_inside_a_character_is_its_start() {
        assert_eq!(line_column("一二", 4), LineColumn { line: 1, column: 2 });
    }
}
