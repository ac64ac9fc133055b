//! How a string was written, for readers of others that do not say it: the decoded text and its literal ▶ its places.

use super::super::literal;
use super::super::{Kind, Text};

/// The text `decoded` that was written as `raw`, which stands at byte `at`. Where how it was written cannot be told,
/// every part of it points at the whole.
pub(super) fn text(decoded: &str, raw: &str, at: usize) -> Text {
    let value = without_properties(raw);
    if let Some(text) = exact(decoded, raw) {
        moved(text, at)
    } else if let Some(text) = exact(decoded, value) {
        moved(text, at + raw.len() - value.len())
    } else {
        moved(whole(decoded, raw), at)
    }
}

/// Without the anchor and the tag that may stand before a value of YAML.
fn without_properties(raw: &str) -> &str {
    let mut value = raw;
    while value.starts_with(['&', '!'])
        && let Some(end) = value.find(char::is_whitespace)
    {
        value = value[end..].trim_start();
    }
    value
}

fn exact(decoded: &str, raw: &str) -> Option<Text> {
    let doubled = |quote| doubled(raw, quote).filter(|text| text.text == decoded);
    plain(decoded, raw)
        .or_else(|| doubled('"'))
        .or_else(|| doubled('\''))
        .or_else(|| escaped(decoded, raw))
        .or_else(|| block(decoded, raw))
}

/// Written as it is, perhaps in quotes.
fn plain(decoded: &str, raw: &str) -> Option<Text> {
    let mut text = if raw == decoded {
        Text::verbatim(decoded, 0)
    } else {
        let quote = raw.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let inside = raw.get(1..)?.strip_suffix(quote)?;
        if inside != decoded || inside.contains(quote) {
            return None;
        }
        Text::verbatim(decoded, 1)
    };
    text.span = (0..raw.len()).into();
    Some(text)
}

/// In quotes, of which each one inside is written twice, with what may follow the closing one.
pub(super) fn doubled(raw: &str, quote: char) -> Option<Text> {
    let mut text = Text { span: (0..raw.len()).into(), ..Text::default() };
    let mut rest = raw.strip_prefix(quote)?;
    loop {
        text.run(raw.len() - rest.len(), true);
        let Some(end) = rest.find(quote) else {
            text.text.push_str(rest);
            return Some(text);
        };
        text.text.push_str(&rest[..end]);
        let after = &rest[end + 1..];
        if let Some(after) = after.strip_prefix(quote) {
            text.run(raw.len() - rest.len() + end, false);
            text.text.push(quote);
            rest = after;
        } else {
            text.run(raw.len() - after.len(), true);
            text.text.push_str(after);
            return Some(text);
        }
    }
}

/// With the escapes of JSON.
fn escaped(decoded: &str, raw: &str) -> Option<Text> {
    if !raw.starts_with('"') {
        return None;
    }
    let mut values = literal::read(raw).values;
    match values.pop()?.kind {
        Kind::String(text) if text.text == decoded && values.is_empty() => Some(text),
        _ => None,
    }
}

/// Line by line, each with an indent before it, as a block of YAML.
fn block(decoded: &str, raw: &str) -> Option<Text> {
    let mut text = Text { span: (0..raw.len()).into(), ..Text::default() };
    let mut at = if raw.starts_with('|') { raw.find('\n')? + 1 } else { 0 };
    for line in decoded.split_inclusive('\n') {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let written = raw.get(at..)?.split('\n').next()?;
        let written = written.strip_suffix('\r').unwrap_or(written);
        let start = at + written.strip_suffix(content)?.len();
        text.run(start, true);
        text.text.push_str(content);
        at = start + content.len();
        if line.len() > content.len() {
            let ends = &raw[at..];
            let length = if ends.starts_with("\r\n") { 2 } else { usize::from(ends.starts_with('\n')) };
            text.run(at, length == 1);
            text.text.push('\n');
            at += length;
            if length == 2 {
                text.run(at, true);
            }
        }
    }
    if text.map.last().is_some_and(|last| !last.verbatim) {
        text.run(at, true);
    }
    Some(text)
}

/// Somehow: every part points at the whole.
fn whole(decoded: &str, raw: &str) -> Text {
    let mut text = Text { span: (0..raw.len()).into(), ..Text::default() };
    text.run(0, false);
    text.text.push_str(decoded);
    text.run(raw.len(), true);
    text
}

/// The same text, `by` bytes further on.
pub(super) fn moved(mut text: Text, by: usize) -> Text {
    text.map.iter_mut().for_each(|run| run.to += by);
    text.span = (text.span.start + by..text.span.end + by).into();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pasted bytes of each character.
    fn places<'a>(decoded: &str, raw: &'a str) -> Vec<&'a str> {
        let text = text(decoded, raw, 0);
        assert_eq!(text.text, decoded);
        decoded.char_indices().map(|(at, c)| text.source_span(at..at + c.len_utf8()).of(raw)).collect()
    }

    #[test]
    fn every_way_to_write_a_string_keeps_its_places() {
        assert_eq!(places("ab", "ab"), ["a", "b"]);
        assert_eq!(places("a春", "'a春'"), ["a", "春"]);
        assert_eq!(places("a\"b", "\"a\"\"b\""), ["a", "\"\"", "b"]);
        assert_eq!(places("a'b", "'a''b'"), ["a", "''", "b"]);
        assert_eq!(places("a\nb", r#""a\nb""#), ["a", r"\n", "b"]);
        assert_eq!(places("a\n\n b\n", "|\n  a\n\n   b\n"), ["a", "\n", "\n", " ", "b", "\n"]);
        assert_eq!(places("a\nb\n", "a\n   b\n"), ["a", "\n", "b", "\n"]);
        assert_eq!(places("a\nb", "|-\r\n  a\r\n  b"), ["a", "\r\n", "b"]);
        assert_eq!(places("a b", "a\n  b"), ["a\n  b"; 3]);
    }
}
