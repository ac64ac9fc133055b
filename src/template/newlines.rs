//! Jinja reads every line break as `\n`; offsets into what it read ▶ offsets into what the user wrote.

use std::borrow::Cow;

use super::rewrite::Inserted;
use crate::span::Span;

/// Where carriage returns were taken out.
#[derive(Clone, Debug, Default)]
pub(super) struct Removed(Vec<usize>);

impl Removed {
    /// The text as Jinja reads it.
    pub(super) fn from(source: &str) -> (Cow<'_, str>, Self) {
        if !source.contains('\r') {
            return (Cow::Borrowed(source), Self::default());
        }
        let mut text = String::with_capacity(source.len());
        let mut removed = Vec::new();
        let mut characters = source.chars().peekable();
        while let Some(c) = characters.next() {
            if c == '\r' && characters.peek() == Some(&'\n') {
                removed.push(text.len());
            } else {
                text.push(if c == '\r' { '\n' } else { c });
            }
        }
        (Cow::Owned(text), Self(removed))
    }

    /// A range of the text that Jinja read, as a range of what the user wrote.
    pub(super) fn restore(&self, span: Span) -> Span {
        let place = |offset: usize| offset + self.0.partition_point(|&removed| removed < offset);
        Span::new(place(span.start), place(span.end))
    }
}

/// The way back from the text that minijinja reads, with the line breaks of Jinja and what was put in, to what the user
/// wrote.
#[derive(Default)]
pub(super) struct Places {
    /// The carriage returns that are gone.
    pub(super) newlines: Removed,
    /// What was put in after that.
    pub(super) inserted: Inserted,
}

impl Places {
    /// A range of the text that minijinja reads, as a range of what the user wrote.
    pub(super) fn restore(&self, span: Span) -> Span {
        self.newlines.restore(self.inserted.restore(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_find_their_way_back() {
        let source = "a\r\nb\rc\r\nd";
        let (text, removed) = Removed::from(source);
        assert_eq!(text, "a\nb\nc\nd");
        for (wanted, start) in [("b\r", 2), ("c\r\n", 4), ("d", 6)] {
            let end = start + wanted.replace("\r\n", "\n").len();
            assert_eq!(removed.restore(Span::new(start, end)).of(source), wanted);
        }
    }
}
