//! Our own lenient reader of JSON and Python literals: text ▶ [`Value`]s with spans.
//!
//! It reads what people paste: one value or several (JSONL), `name = …` in front, a Markdown fence around, comments,
//! trailing commas, tuples, every kind of quote. After an error it keeps what was complete before it, and a line of
//! JSONL that is broken costs only that line. Every byte is looked at a bounded number of times.

mod fault;
mod nest;
mod rows;
mod scan;
mod string;

use super::notes::Notes;
use super::{Kind, Value};
use scan::Scanner;

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 32 << 20;
/// How deep lists and objects may nest.
pub const MAX_DEPTH: usize = 128;
/// How many values one text may hold.
pub const MAX_VALUES: usize = 4_000_000;

/// The keys under which a row keeps its list of messages; an object that was cut off is kept for them.
pub(super) const MESSAGE_KEYS: [&str; 6] =
    ["messages", "conversations", "conversation", "dialog", "dialogue", "turns"];

/// Further keys that are worth a row that was cut off: with a list, and with a string that is whole.
const LISTS_WHEN_CUT: [&str; 6] = ["prompt", "completion", "chosen", "rejected", "segments", "input_ids"];
const STRINGS_WHEN_CUT: [&str; 6] = ["prompt", "instruction", "question", "query", "problem", "chosen"];

/// What stands in a text, as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The values, in order.
    pub(super) values: Vec<Value>,
    /// What was wrong.
    pub(super) notes: Notes,
}

/// Reads every value of `text`.
pub(super) fn read(text: &str) -> Document {
    if text.len() > MAX_BYTES {
        let mut notes = Notes::default();
        fault::too_long(text, &mut notes);
        return Document { values: Vec::new(), notes };
    }
    let (start, end) = inside_fence(text);
    let mut scanner = Scanner::new(&text[..end], start);
    let mut values = Vec::new();
    // Whether the rows of an array are read one by one, because one of them is broken.
    let mut in_array = false;
    let mut row_indent = "";
    let mut after_row = false;
    let mut again = 2 * text.len();
    loop {
        scanner.skip();
        while let Some(byte) = scanner.peek()
            && (matches!(byte, b',' | b';') || (in_array && byte == b']'))
        {
            scanner.at += 1;
            scanner.skip();
        }
        if scanner.peek().is_none() {
            break;
        }
        let named = scanner.assignment();
        if !named && !scanner.starts_value() {
            if let Some(next) = scanner.bracket_line(scanner.at + 1) {
                fault::skipped(&mut scanner, next, values.is_empty());
                scanner.at = next;
                continue;
            }
            if !values.is_empty() {
                fault::trailing(&mut scanner);
                break;
            }
        }
        let start = scanner.at;
        if let Some(value) = scanner.row(after_row, &mut again)
            && (!scanner.failed || keeps_when_cut(&value))
        {
            after_row = scanner.stands_alone(&value);
            values.push(value);
        }
        if scanner.failed {
            let rows = if in_array {
                Some(row_indent)
            } else {
                values.last().and_then(|value| scanner.indent_of_rows(value))
            };
            if let Some(indent) = rows.filter(|indent| scanner.next_row(indent)) {
                (in_array, row_indent) = (true, indent);
            } else if !scanner.next_line_of_jsonl(start, values.len()) {
                break;
            }
        }
    }
    Document { values, notes: scanner.notes }
}

/// Whether a list under this key is worth keeping as far as it goes.
fn is_worth(key: &str) -> bool {
    MESSAGE_KEYS.contains(&key) || LISTS_WHEN_CUT.contains(&key)
}

/// Whether a value that an error cut off still holds whole messages.
pub(super) fn keeps_when_cut(value: &Value) -> bool {
    match &value.kind {
        Kind::List(items) => !items.is_empty(),
        Kind::Map(entries) => entries.iter().any(|(key, value)| {
            let key = key.text.as_str();
            match &value.kind {
                Kind::List(_) => is_worth(key),
                Kind::String(_) => STRINGS_WHEN_CUT.contains(&key),
                _ => false,
            }
        }),
        _ => true,
    }
}

/// The range inside a Markdown code fence that begins before the first bracket, or the whole text.
fn inside_fence(text: &str) -> (usize, usize) {
    let head = &text[..text.find(['[', '{', '(']).unwrap_or(text.len())];
    let begins_line = |at: &usize| *at == 0 || head[..*at].ends_with(['\n', '\u{feff}']);
    let Some(fence) = head.rfind("```").filter(begins_line) else { return (0, text.len()) };
    let Some(line) = text[fence..].find('\n') else { return (0, text.len()) };
    let start = fence + line + 1;
    let end = text[start - 1..].rfind("\n```").map_or(text.len(), |end| start - 1 + end);
    (start.min(end), end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Text;

    fn one(text: &str) -> Value {
        let mut document = read(text);
        assert!(!document.notes.has_error(), "{:?}", document.notes);
        assert_eq!(document.values.len(), 1, "{:?}", document.values);
        document.values.remove(0)
    }

    fn first(text: &str) -> Text {
        one(text).as_list().unwrap()[0].as_text().unwrap().clone()
    }

    fn codes(text: &str) -> Vec<String> {
        read(text).notes.into_sorted().iter().map(|note| note.code.to_string()).collect()
    }

    #[test]
    fn a_joined_string_points_at_each_of_its_pieces() {
        let pasted = r#"[('a\t' "b" 'c')]"#;
        let text = first(pasted);
        assert_eq!(text.text, "a\tbc");
        let written = |from, to| text.source_span(from..to).of(pasted);
        assert_eq!(written(0, 1), "a");
        assert_eq!(written(1, 2), r"\t");
        assert_eq!(written(2, 3), "b");
        assert_eq!(written(3, 4), "c");
        assert_eq!(written(1, 3), r#"\t' "b"#);
        assert_eq!(text.span.of(pasted), r#"'a\t' "b" 'c'"#);
    }

    #[test]
    fn a_surrogate_pair_is_one_escape() {
        let pasted = r#"["x\ud83d\ude00y"]"#;
        let text = first(pasted);
        assert_eq!(text.text, "x😀y");
        assert_eq!(text.source_span(1..5).of(pasted), r"\ud83d\ude00");
        assert_eq!(text.source_span(2..3).of(pasted), r"\ud83d\ude00");
        assert_eq!(text.source_span(5..6).of(pasted), "y");
    }

    #[test]
    fn a_string_without_an_escape_has_one_run() {
        assert_eq!(first("['春']").map.len(), 1);
        assert_eq!(first("['']").map.len(), 1);
    }

    #[test]
    fn windows_line_ends_in_a_long_string_are_line_feeds_and_the_places_stay_right() {
        let pasted = "['''a\r\nb''']";
        let text = first(pasted);
        assert_eq!(text.text, "a\nb");
        assert_eq!(text.source_span(1..2).of(pasted), "\r\n");
        assert_eq!(text.source_span(2..3).of(pasted), "b");
    }

    #[test]
    fn a_continued_line_leaves_nothing() {
        let pasted = "['a\\\nb']";
        let text = first(pasted);
        assert_eq!(text.text, "ab");
        assert_eq!(text.source_span(0..1).of(pasted), "a");
        assert_eq!(text.source_span(1..2).of(pasted), "b");
    }

    #[test]
    fn parentheses_are_a_tuple_only_with_a_comma() {
        assert_eq!(one("(1)").to_json(), serde_json::json!(1));
        assert_eq!(one("(1,)").to_json(), serde_json::json!([1]));
        assert_eq!(one("()").to_json(), serde_json::json!([]));
    }

    #[test]
    fn numbers_are_kept_as_they_were_written() {
        let numbers = one("[1.50, -0x1F, 1_000, 1e-05, NaN, -Infinity]");
        let written: Vec<_> = numbers.as_list().unwrap().iter().map(|number| number.kind.clone()).collect();
        assert_eq!(written[0], Kind::Number("1.50".to_owned()));
        assert_eq!(written[5], Kind::Number("-Infinity".to_owned()));
        assert_eq!(numbers.to_json(), serde_json::json!([1.5, -31, 1000, 1e-5, null, null]));
    }

    #[test]
    fn the_wrapping_of_numpy_is_seen_through() {
        assert_eq!(one("array([{'a': 1}], dtype=object)").to_json(), serde_json::json!([{"a": 1}]));
    }

    #[test]
    fn a_fence_and_the_words_around_it_are_left_out() {
        assert_eq!(one("Here it is:\n```json\n[1]\n```\nHope it helps!").to_json(), serde_json::json!([1]));
        assert_eq!(one("```\n[1]").to_json(), serde_json::json!([1]));
    }

    #[test]
    fn of_equal_keys_the_last_one_counts() {
        let map = one("{'a': 1, 'a': 2}");
        assert_eq!(map.get("a").unwrap().to_json(), serde_json::json!(2));
        assert_eq!(map.to_json(), serde_json::json!({"a": 2}));
    }

    #[test]
    fn words_before_the_dialogue_are_skipped_with_a_warning() {
        let document = read("Here it is:\n[1]");
        assert_eq!(document.values.len(), 1);
        assert!(!document.notes.has_error());
        assert_eq!(codes("Here it is:\n[1]"), ["leading-text"]);
    }

    #[test]
    fn a_row_that_is_not_closed_costs_nothing_of_the_next_line() {
        for broken in ["{'a': [{'b': 1}", "{'a': [{'b': 1},", "{'a': {'b': 1", "{'a': 1,", "[{'b': 1}"] {
            let text = format!("{{'a': 0}}\n{broken}\n{{'a': 2}}\n{{'a': 3}}\n");
            let document = read(&text);
            let last = document.values.len() - 2;
            assert_eq!(document.values[last].to_json(), serde_json::json!({"a": 2}), "{text}");
            let notes = document.notes.into_sorted();
            let [note] = &notes[..] else { panic!("{notes:?}") };
            let (_, place) = note.place.unwrap();
            assert_eq!((&*note.code, place.start), ("unclosed", 9 + broken.len()), "{text}");
            assert!(note.message.en.ends_with("end of the line"));
        }
        let text = "{'a': 0}\n{'a': [\n{'b': 1},\n{'b': 2}\n]}\n{'a': 2}\n";
        assert_eq!(read(text).values.len(), 3, "a value of many lines is one");
        assert!(codes(text).is_empty());
    }

    #[test]
    fn a_long_file_of_rows_that_are_not_closed_is_read_in_time_that_grows_with_it() {
        // A row a line, each looked at again to the end would be seconds times thousands.
        let text = format!("{{'a': 0}}\n{}", "{'a': [\n".repeat(60_000));
        let document = read(&text);
        assert_eq!(document.values.len(), 1);
        let commas = format!("{{'a': 0}}\n{}", "{'a': 1,\n".repeat(60_000));
        assert_eq!(read(&commas).values.len(), 1);
        let short = format!("{{'a': 0}}\n{}", "[1\n".repeat(100_000));
        assert!(read(&short).notes.has_error());
    }

    #[test]
    fn a_line_that_is_no_value_costs_only_that_line() {
        let document = read("{'a': 1}\noops\n{'b': 2}\n");
        assert_eq!(document.values.len(), 2);
        assert_eq!(codes("{'a': 1}\noops\n{'b': 2}\n"), ["expected-value"]);
    }

    #[test]
    fn each_fault_has_its_code() {
        for (text, code) in [
            ("[1 2]", "expected-comma"),
            ("[1}", "expected-comma"),
            ("[\"a\" \"b\"]", "expected-comma"),
            ("{'a': 'b' 'c': 'd'}", "expected-comma"),
            ("[,]", "expected-value"),
            ("[foo]", "expected-value"),
            ("{1, 2}", "expected-colon"),
            ("{, }", "expected-key"),
            ("[1", "unclosed"),
            ("{'a'", "unclosed"),
            ("['a]", "unterminated-string"),
            ("['''a]", "unterminated-string"),
            ("[f'a']", "not-a-literal"),
            ("[b'a']", "not-a-literal"),
            (r"['\N{BULLET}']", "bad-escape"),
            (r"['\u12']", "bad-escape"),
            ("[1.2.3]", "bad-number"),
            ("[1]]", "trailing-text"),
        ] {
            assert_eq!(codes(text), [code], "{text}");
        }
    }

    #[test]
    fn brackets_nest_to_a_limit() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(codes(&nested(MAX_DEPTH)).is_empty());
        assert_eq!(codes(&nested(MAX_DEPTH + 1)), ["too-deep"]);
    }

    #[test]
    fn a_text_over_the_limit_is_refused_before_it_is_read() {
        assert_eq!(codes(&" ".repeat(MAX_BYTES + 1)), ["too-long"]);
    }
}
