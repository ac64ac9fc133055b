//! A text that a normaliser changed, with the original range that each of its bytes came from.
//!
//! The bookkeeping is that of `tokenizers` 0.23's `NormalizedString`, because its offsets are the ones to match: a
//! replaced character keeps the range of the one it replaces, a new one has the range of the byte before it, and
//! removed ones leave a gap.

use std::borrow::Cow;

use crate::span::Span;

/// A normalised text and where it came from.
#[derive(Clone, Debug)]
pub(super) struct Aligned<'a> {
    /// The normalised text.
    text: Cow<'a, str>,
    /// The original range of each byte of `text`; `None` where nothing was changed, so that byte `i` came from `i`.
    ranges: Option<Vec<(u32, u32)>>,
    /// The original text.
    original: &'a str,
    /// Where `text` starts in `original`; only meaningful without `ranges`.
    shift: usize,
}

impl<'a> Aligned<'a> {
    /// A text before any change.
    pub(super) fn new(original: &'a str) -> Self {
        Self { text: Cow::Borrowed(original), ranges: None, original, shift: 0 }
    }

    /// The normalised text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The part `start..end` of the normalised text, which must be character boundaries.
    pub(super) fn slice(&self, start: usize, end: usize) -> Self {
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
            Cow::Owned(text) => Cow::Owned(text[start..end].to_owned()),
        };
        let ranges = self.ranges.as_ref().map(|ranges| ranges[start..end].to_vec());
        Self { text, ranges, original: self.original, shift: self.shift + start }
    }

    /// The original bytes of the normalised bytes `start..end`, which must not be empty: whole characters.
    pub(super) fn original(&self, start: usize, end: usize) -> Span {
        if let Some(ranges) = &self.ranges {
            let first = ranges.get(start).map_or(0, |range| range.0);
            let last = end.checked_sub(1).and_then(|i| ranges.get(i)).map_or(first, |range| range.1);
            return Span::new(first as usize, last as usize);
        }
        let (mut first, mut last) = (start, end);
        while first > 0 && !self.text.is_char_boundary(first) {
            first -= 1;
        }
        while last < self.text.len() && !self.text.is_char_boundary(last) {
            last += 1;
        }
        Span::new(first + self.shift, last + self.shift)
    }

    /// The original bytes that the normalised bytes `start..end` really are; where the normaliser changed the
    /// character at an edge, that character's whole range.
    pub(super) fn held(&self, start: usize, end: usize) -> Span {
        if self.ranges.is_none() {
            return Span::new(start + self.shift, end + self.shift);
        }
        let whole = self.original(start, end);
        let held_start = self.unchanged_byte(start).unwrap_or(whole.start);
        let held_end =
            end.checked_sub(1).and_then(|i| self.unchanged_byte(i)).map_or(whole.end, |byte| byte + 1);
        if held_start <= held_end { Span::new(held_start, held_end) } else { whole }
    }

    /// The original byte that the normalised byte `place` is, if its character is unchanged.
    fn unchanged_byte(&self, place: usize) -> Option<usize> {
        let mut start = place;
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let (from, to) = *self.ranges.as_ref()?.get(start)?;
        let original = self.original.get(from as usize..to as usize)?;
        let same = self.text[start..].starts_with(original) && original.len() > place - start;
        // an inserted character shares the range of its neighbour: only the first of them can be the original one
        let inserted = start > 0 && self.ranges.as_ref()?.get(start - 1) == Some(&(from, to));
        (same && !inserted).then_some(from as usize + place - start)
    }

    /// The range of each byte, written out.
    fn ranges(&self) -> Cow<'_, [(u32, u32)]> {
        if let Some(ranges) = &self.ranges {
            return Cow::Borrowed(ranges);
        }
        let mut ranges = Vec::with_capacity(self.text.len());
        for (start, c) in self.text.char_indices() {
            let start = start + self.shift;
            let range = (start as u32, (start + c.len_utf8()) as u32);
            ranges.extend(std::iter::repeat_n(range, c.len_utf8()));
        }
        Cow::Owned(ranges)
    }

    /// Puts `changes` in the place of the whole text, after `removed` characters at its beginning have gone. Each is a
    /// character and 0 where it replaces the next one, 1 where it is new, `-n` where `n` more are removed after the
    /// one it replaces. `false` where the changes do not fit the text.
    #[must_use]
    pub(super) fn transform(
        &mut self,
        changes: impl IntoIterator<Item = (char, isize)>,
        removed: usize,
    ) -> bool {
        let old_ranges = self.ranges();
        let mut old = self.text.chars();
        let mut place: usize = old.by_ref().take(removed).map(char::len_utf8).sum();
        let mut text = String::with_capacity(self.text.len());
        let mut ranges = Vec::with_capacity(self.text.len());
        for (c, change) in changes {
            let range = if change > 0 {
                if place == 0 { Some((0, 0)) } else { old_ranges.get(place - 1).copied() }
            } else {
                old_ranges.get(place).copied()
            };
            let Some(range) = range else { return false };
            if change <= 0 {
                place += old.next().map_or(0, char::len_utf8);
                place += old.by_ref().take(change.unsigned_abs()).map(char::len_utf8).sum::<usize>();
            }
            ranges.extend(std::iter::repeat_n(range, c.len_utf8()));
            text.push(c);
        }
        drop(old_ranges);
        self.text = Cow::Owned(text);
        self.ranges = Some(ranges);
        true
    }

    /// Keeps only some characters.
    #[must_use]
    pub(super) fn filter(&mut self, keep: impl Fn(char) -> bool) -> bool {
        if self.text.chars().all(&keep) {
            return true;
        }
        let mut changes: Vec<(char, isize)> = Vec::with_capacity(self.text.len());
        let (mut removed, mut removed_first) = (0, 0);
        for c in self.text.chars() {
            if keep(c) {
                changes.push((c, 0));
                removed = 0;
            } else if let Some(last) = changes.last_mut() {
                removed += 1;
                last.1 = -removed;
            } else {
                removed_first += 1;
            }
        }
        self.transform(changes, removed_first)
    }

    /// Puts `content` in the place of the matches, which are byte ranges in order. Like every new character, each of
    /// `content` has the range of the byte before it, which is the last of the match.
    pub(super) fn replace(&mut self, matches: &[(usize, usize)], content: &str) {
        if matches.is_empty() {
            return;
        }
        let old_ranges = self.ranges();
        let mut text = String::with_capacity(self.text.len());
        let mut ranges = Vec::with_capacity(self.text.len());
        let mut copied = 0;
        for &(start, end) in matches {
            text.push_str(&self.text[copied..start]);
            ranges.extend_from_slice(&old_ranges[copied..start]);
            let range = end.checked_sub(1).map_or((0, 0), |i| old_ranges[i]);
            text.push_str(content);
            ranges.extend(std::iter::repeat_n(range, content.len()));
            copied = end;
        }
        text.push_str(&self.text[copied..]);
        ranges.extend_from_slice(&old_ranges[copied..]);
        drop(old_ranges);
        self.text = Cow::Owned(text);
        self.ranges = Some(ranges);
    }

    /// Puts `prefix` before the text, with the range of its first character; nothing happens to an empty text.
    pub(super) fn prepend(&mut self, prefix: &str) {
        let Some(&first) = self.ranges().first() else { return };
        let old_ranges = self.ranges();
        let mut ranges = Vec::with_capacity(prefix.len() + self.text.len());
        ranges.extend(std::iter::repeat_n(first, prefix.len()));
        ranges.extend_from_slice(&old_ranges);
        drop(old_ranges);
        self.text = Cow::Owned(format!("{prefix}{}", self.text));
        self.ranges = Some(ranges);
    }

    /// Removes white space at the ends.
    #[must_use]
    pub(super) fn strip(&mut self, left: bool, right: bool) -> bool {
        let count = |chars: &mut dyn Iterator<Item = char>| chars.take_while(|c| c.is_whitespace()).count();
        let leading = if left { count(&mut self.text.chars()) } else { 0 };
        let trailing = if right { count(&mut self.text.chars().rev()) } else { 0 };
        if leading == 0 && trailing == 0 {
            return true;
        }
        let kept = self.text.chars().count().saturating_sub(leading + trailing);
        let changes: Vec<_> = self.text.chars().skip(leading).take(kept).map(|c| (c, 0)).collect();
        self.transform(changes, leading)
    }
}
