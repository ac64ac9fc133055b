//! How the rest of the crate reads and makes [`Value`]s and [`Text`]s.

use std::ops::Range;

use super::{Kind, Run, Text, Value};
use crate::span::Span;

impl Value {
    /// A string that was not pasted.
    pub fn string(text: impl Into<String>) -> Self {
        Self::from_text(Text::new(text))
    }

    /// A string value of a text, with its place.
    pub fn from_text(text: Text) -> Self {
        let span = text.span;
        Self { kind: Kind::String(text), span }
    }

    /// The same value as `json`, without places.
    pub fn from_json(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        let kind = match json {
            Json::Null => Kind::Null,
            Json::Bool(is) => Kind::Bool(*is),
            Json::Number(number) => Kind::Number(number.to_string()),
            Json::String(text) => Kind::String(Text::new(text)),
            Json::Array(items) => Kind::List(items.iter().map(Self::from_json).collect()),
            Json::Object(map) => {
                Kind::Map(map.iter().map(|(key, value)| (Text::new(key), Self::from_json(value))).collect())
            }
        };
        Self { kind, span: Span::default() }
    }

    /// The same value as JSON; a number that JSON cannot write (`NaN`, `Infinity`) is `null`.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.kind {
            Kind::Null => Json::Null,
            Kind::Bool(is) => Json::Bool(*is),
            Kind::Number(written) => number(written).map_or(Json::Null, Json::Number),
            Kind::String(text) => Json::String(text.text.clone()),
            Kind::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Kind::Map(entries) => Json::Object(fields_to_json(entries)),
        }
    }

    /// The decoded string, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().map(|text| text.text.as_str())
    }

    /// The string with its places, where it is one.
    pub const fn as_text(&self) -> Option<&Text> {
        if let Kind::String(text) = &self.kind { Some(text) } else { None }
    }

    /// The elements, where it is a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Kind::List(items) = &self.kind { Some(items) } else { None }
    }

    /// The entries, where it is an object.
    pub fn as_map(&self) -> Option<&[(Text, Self)]> {
        if let Kind::Map(entries) = &self.kind { Some(entries) } else { None }
    }

    /// The truth value, where it is one.
    pub const fn as_bool(&self) -> Option<bool> {
        if let Kind::Bool(is) = self.kind { Some(is) } else { None }
    }

    /// Whether it is `null` or `None`.
    pub const fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// A value that was read from the decoded text of `outer`, with its places in the pasted text instead.
    #[must_use]
    pub(super) fn through(self, outer: &Text) -> Self {
        let span = outer.source_span(self.span.start..self.span.end);
        let kind = match self.kind {
            Kind::String(text) => Kind::String(text.through(outer)),
            Kind::List(items) => Kind::List(items.into_iter().map(|item| item.through(outer)).collect()),
            Kind::Map(entries) => Kind::Map(
                entries.into_iter().map(|(key, value)| (key.through(outer), value.through(outer))).collect(),
            ),
            other => other,
        };
        Self { kind, span }
    }

    /// The value of a key, where it is an object that has it; of equal keys the last one.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map().and_then(|entries| lookup(entries, key))
    }
}

/// The last value of `key`.
pub(super) fn lookup<'a>(entries: &'a [(Text, Value)], key: &str) -> Option<&'a Value> {
    entries.iter().rev().find(|(name, _)| name.text == key).map(|(_, value)| value)
}

/// Entries as a JSON object.
pub(super) fn fields_to_json(entries: &[(Text, Value)]) -> serde_json::Map<String, serde_json::Value> {
    entries.iter().map(|(key, value)| (key.text.clone(), value.to_json())).collect()
}

/// The number that was written, in JSON's or Python's way.
pub(super) fn number(written: &str) -> Option<serde_json::Number> {
    if let Ok(whole) = written.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = written.parse::<u64>() {
        return Some(whole.into());
    }
    if !written.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if written.contains('_') {
        return number(&written.replace('_', ""));
    }
    let (negative, digits) = written.strip_prefix('-').map_or((false, written), |rest| (true, rest));
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            let whole = i64::from_str_radix(digits, radix).ok()?;
            return Some(if negative { -whole } else { whole }.into());
        }
    }
    written.parse().ok().and_then(serde_json::Number::from_f64)
}

impl Text {
    /// A text that was not pasted.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A text that stands at byte `at` of the pasted text just as it is.
    pub fn verbatim(text: impl Into<String>, at: usize) -> Self {
        let text = text.into();
        let span = Span::new(at, at + text.len());
        Self { text, map: vec![Run { from: 0, to: at, verbatim: true }], span }
    }

    /// Another word for `self`, such as `user` for a pasted `human`: every part of it points at the whole original.
    #[must_use]
    pub fn replaced(&self, text: impl Into<String>) -> Self {
        let text = text.into();
        let whole = self.source_span(0..self.text.len());
        let map = if self.map.is_empty() {
            Vec::new()
        } else {
            vec![
                Run { from: 0, to: whole.start, verbatim: false },
                Run { from: text.len(), to: whole.end, verbatim: true },
            ]
        };
        Self { text, map, span: self.span }
    }

    /// Whether it was pasted, so that its bytes have places.
    pub const fn is_pasted(&self) -> bool {
        !self.map.is_empty()
    }

    /// The pasted bytes that the decoded bytes `range` were written with: exact where they were written as they are, a
    /// whole escape sequence where `range` cuts one. The place of the literal where the text was not pasted.
    pub fn source_span(&self, range: Range<usize>) -> Span {
        let start = range.start.min(self.text.len());
        let end = range.end.min(self.text.len());
        let Some(first) = self.run_at(start) else { return self.span };
        let run = self.map[first];
        let from = if run.verbatim { run.to + (start - run.from) } else { run.to };
        if end <= start {
            return Span::at(from);
        }
        let Some(last) = self.run_at(end - 1) else { return self.span };
        let run = self.map[last];
        let to = if run.verbatim {
            run.to + (end - run.from)
        } else {
            self.map.get(last + 1).map_or(self.span.end, |next| next.to)
        };
        Span::new(from, to)
    }

    /// The run that holds decoded byte `at`.
    fn run_at(&self, at: usize) -> Option<usize> {
        self.map.partition_point(|run| run.from <= at).checked_sub(1)
    }

    /// The part `range` of it (decoded bytes), with the places of that part.
    #[must_use]
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let part = self.text.get(range.clone()).unwrap_or_default();
        Self::verbatim(part, range.start).through(self)
    }

    /// A text that was read from the decoded text of `outer`, with its places in the pasted text instead.
    #[must_use]
    pub(super) fn through(self, outer: &Self) -> Self {
        let span = outer.source_span(self.span.start..self.span.end);
        let mut found = Self { text: self.text, map: Vec::new(), span };
        if !outer.is_pasted() {
            return found;
        }
        for (index, run) in self.map.iter().enumerate() {
            if !run.verbatim {
                let to = outer.source_span(run.to..run.to).start;
                found.push(Run { to, ..*run });
                continue;
            }
            let next = self.map.get(index + 1).map_or(found.text.len(), |next| next.from);
            let end = run.to + (next - run.from);
            for piece in &outer.map[outer.run_at(run.to).unwrap_or(0)..] {
                let start = piece.from.max(run.to);
                if start > run.to && start >= end {
                    break;
                }
                let to = if piece.verbatim { piece.to + (start - piece.from) } else { piece.to };
                found.push(Run { from: run.from + (start - run.to), to, verbatim: piece.verbatim });
            }
        }
        // The end of an escape is where the next run begins.
        if found.map.last().is_some_and(|last| !last.verbatim) {
            found.push(Run { from: found.text.len(), to: span.end, verbatim: true });
        }
        found
    }

    /// Goes on with a run at pasted byte `to`; a run that stayed empty and says nothing new is dropped.
    pub(super) fn run(&mut self, to: usize, verbatim: bool) {
        self.push(Run { from: self.text.len(), to, verbatim });
    }

    fn push(&mut self, run: Run) {
        if let Some(last) = self.map.last() {
            if run.verbatim && last.verbatim && last.to + (run.from - last.from) == run.to {
                return;
            }
            if last.from == run.from && last.verbatim && last.to == run.to {
                self.map.pop();
            }
        }
        self.map.push(run);
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_word_points_at_the_whole_of_the_old_one() {
        let text = Text::verbatim("human", 10).replaced("user");
        assert_eq!(text.source_span(0..1), Span::new(10, 15));
        assert_eq!(text.source_span(2..4), Span::new(10, 15));
    }

    #[test]
    fn a_text_that_was_not_pasted_has_no_place() {
        let text = Text::new("abc");
        assert!(!text.is_pasted() && !text.replaced("d").is_pasted());
        assert_eq!(text.source_span(0..2), Span::default());
    }

    /// What was pasted as `a\tbc`, with quotes around.
    fn escaped() -> Text {
        let mut text = Text { text: String::new(), map: Vec::new(), span: Span::new(10, 17) };
        text.run(11, true);
        text.text.push('a');
        text.run(12, false);
        text.text.push('\t');
        text.run(14, true);
        text.text.push_str("bc");
        text
    }

    #[test]
    fn a_slice_keeps_the_places_of_its_part() {
        let text = escaped();
        let part = text.slice(1..3);
        assert_eq!((part.text.as_str(), part.span), ("\tb", Span::new(12, 15)));
        assert_eq!(part.source_span(0..1), Span::new(12, 14));
        assert_eq!(part.source_span(1..2), Span::new(14, 15));
        let tab = text.slice(1..2);
        assert_eq!((tab.source_span(0..1), tab.source_span(1..1)), (Span::new(12, 14), Span::at(14)));
        assert_eq!(tab.slice(1..1).span, Span::at(14));
        assert_eq!(text.slice(0..4).source_span(0..4), Span::new(11, 16));
        assert_eq!(text.slice(2..2).span, Span::at(14));
        assert_eq!(text.slice(3..9).text, "");
    }

    #[test]
    fn a_text_read_from_a_text_points_into_the_pasted_one() {
        let outer = escaped();
        // Decoded bytes 1..3 of it, the first of them as an escape.
        let mut inner = Text { text: String::new(), map: Vec::new(), span: Span::new(0, 4) };
        inner.run(1, false);
        inner.text.push('x');
        inner.run(2, true);
        inner.text.push('b');
        let inner = inner.through(&outer);
        assert_eq!(inner.span, Span::new(11, 16));
        assert_eq!(inner.source_span(0..1), Span::new(12, 14));
        assert_eq!(inner.source_span(1..2), Span::new(14, 15));
    }

    #[test]
    fn a_range_outside_the_text_is_cut_to_it() {
        let text = Text::verbatim("abc", 5);
        assert_eq!(text.source_span(1..99), Span::new(6, 8));
        assert_eq!(text.source_span(50..99), Span::at(8));
    }
}
