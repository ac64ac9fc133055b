//! Values as words, and several texts as one that still points at each of them.

use super::super::{Kind, Run, Text, Value, literal};
use super::Row;
use crate::span::Span;

/// The text of a field: a string, a number or truth value as it was written, the first of a list of such, or
/// what stands under `text`.
pub(super) fn words(value: &Value) -> Option<Text> {
    match &value.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(written) => Some(whole(written, value.span)),
        Kind::Bool(is) => Some(whole(if *is { "true" } else { "false" }, value.span)),
        Kind::List(items) => match &items.first()?.kind {
            Kind::List(_) => None,
            _ => words(&items[0]),
        },
        // SQuAD's answers.
        Kind::Map(_) => value.get("text").and_then(words),
        Kind::Null => None,
    }
}

/// The first of the keys that holds words, even empty ones; the name of the key is given with them.
pub(super) fn field<'k>(row: &Row, keys: &[&'k str]) -> Option<(&'k str, Text)> {
    keys.iter().find_map(|key| row.get(key).and_then(words).map(|text| (*key, text)))
}

/// A text of which every part points at all of `span`.
pub(super) fn whole(text: &str, span: Span) -> Text {
    let map = if span.is_empty() {
        Vec::new()
    } else {
        vec![
            Run { from: 0, to: span.start, verbatim: false },
            Run { from: text.len(), to: span.end, verbatim: true },
        ]
    };
    Text { text: text.to_owned(), map, span }
}

/// The texts as one, with `between` between them. Each still points at its own bytes where they were written in this
/// order; otherwise all of it points at all of them.
pub(super) fn join(parts: &[&Text], between: &str) -> Text {
    let mut full = parts.iter().filter(|part| !part.text.is_empty());
    let Some(first) = full.next().or(parts.first()) else { return Text::default() };
    let mut joined = (*first).clone();
    for part in full {
        if !joined.is_pasted() || !part.is_pasted() || part.span.start < joined.span.end {
            let span = joined.span.start.min(part.span.start)..joined.span.end.max(part.span.end);
            joined = whole(&[joined.text.as_str(), &part.text].join(between), span.into());
            continue;
        }
        if !between.is_empty() {
            let gap = joined.source_span(joined.text.len()..joined.text.len()).start;
            joined.run(gap, false);
            joined.text.push_str(between);
        }
        let base = joined.text.len();
        joined.text.push_str(&part.text);
        joined.map.extend(part.map.iter().map(|run| Run { from: run.from + base, ..*run }));
        joined.span.end = part.span.end;
    }
    joined
}

/// The list or object that a string holds, in JSON or as a Python literal; its places are those of the string.
pub(super) fn decoded(text: &Text) -> Option<Value> {
    if !text.text.trim_start().starts_with(['[', '{']) {
        return None;
    }
    let literal::Document { mut values, notes } = literal::read(&text.text);
    if notes.has_error() || values.len() != 1 {
        return None;
    }
    values.pop().map(|value| value.through(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_the_other_order_are_one_that_points_at_both() {
        let (a, b) = (Text::verbatim("a", 9), Text::verbatim("b", 2));
        let joined = join(&[&a, &b], "\n");
        assert_eq!(joined.text, "a\nb");
        assert_eq!(joined.source_span(0..1), Span::new(2, 10));
    }

    #[test]
    fn texts_side_by_side_keep_their_places() {
        let (a, b) = (Text::verbatim("ab", 2), Text::verbatim("cd", 8));
        let joined = join(&[&a, &Text::default(), &b], "");
        assert_eq!(joined.text, "abcd");
        assert_eq!(joined.source_span(1..2), Span::new(3, 4));
        assert_eq!(joined.source_span(2..4), Span::new(8, 10));
        assert_eq!(joined.source_span(1..3), Span::new(3, 9));
    }

    #[test]
    fn a_number_is_words_that_point_at_it() {
        let number = Value { kind: Kind::Number("1.50".to_owned()), span: Span::new(4, 8) };
        let text = words(&number).unwrap();
        assert_eq!((text.text.as_str(), text.source_span(1..2)), ("1.50", Span::new(4, 8)));
    }
}
