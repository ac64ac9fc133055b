//! Where the rows of a large file lie, found while its bytes come, without reading what is in them.
//!
//! A file of 50 MB is not read whole to show its first conversation: [`Splitter`] only follows quotes, brackets and line
//! ends, and a row is read when somebody looks at it.

use super::formats::is_one_message;
use crate::span::Span;

/// The first element of a list is kept up to so many bytes, to see whether it is a message.
const LOOKED_AT: usize = 1 << 20;

/// Finds the rows of a file of JSON or JSONL: feed it the bytes in order, then finish.
#[derive(Debug, Default)]
pub struct Splitter {
    /// How many bytes it has seen.
    at: usize,
    mode: Mode,
    /// The quote that would end the string it is in.
    quote: Option<u8>,
    /// Whether the byte before was a backslash in a string.
    escaped: bool,
    depth: u32,
    /// Where the value, line or element it is in began, and where its last byte that is not blank ended.
    open: Option<Span>,
    /// The first bytes of the list's first element.
    first: Vec<u8>,
    rows: Vec<Span>,
}

/// What the file is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// Nothing but blanks so far.
    #[default]
    Start,
    /// In the first value, an object, on the first line of it.
    FirstLine,
    /// In the first value, a list, and its elements are not yet known to be rows.
    List,
    /// The first value has ended on the line it began on; what follows decides.
    AfterFirst,
    /// The elements of one list are the rows.
    Elements,
    /// Each line is a row.
    Lines,
    /// Each value is a row, however many lines it has.
    Values,
    /// No rows can be told apart: it has to be read as a whole.
    Whole,
}

impl Splitter {
    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.byte(byte);
            self.at += 1;
        }
    }

    /// The file has ended: what is still open is the last row.
    pub fn finish(&mut self) {
        match self.mode {
            Mode::List | Mode::FirstLine if self.rows.is_empty() => self.mode = Mode::Whole,
            Mode::AfterFirst | Mode::Start => self.mode = Mode::Whole,
            _ => self.close(),
        }
    }

    /// The bytes of the rows that are known so far; none where the file has to be read as a whole.
    pub fn rows(&self) -> &[Span] {
        match self.mode {
            Mode::Elements | Mode::Lines | Mode::Values => &self.rows,
            _ => &[],
        }
    }

    /// Whether it is certain that the file has to be read as a whole.
    pub fn is_whole(&self) -> bool {
        self.mode == Mode::Whole
    }

    fn byte(&mut self, byte: u8) {
        match self.mode {
            Mode::Start => self.start(byte),
            Mode::AfterFirst => self.after_first(byte),
            Mode::Lines => self.line(byte),
            Mode::FirstLine | Mode::Values => self.value(byte),
            Mode::List | Mode::Elements => self.element(byte),
            Mode::Whole => {}
        }
    }

    fn start(&mut self, byte: u8) {
        match byte {
            // A byte order mark is blank too.
            b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf => {}
            b'{' => {
                self.mode = Mode::FirstLine;
                self.value(byte);
            }
            b'[' => {
                self.mode = Mode::List;
                self.depth = 1;
            }
            _ => self.mode = Mode::Whole,
        }
    }

    /// Follows quotes and brackets.
    fn nest(&mut self, byte: u8) {
        if let Some(quote) = self.quote {
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == quote {
                self.quote = None;
            }
            return;
        }
        match byte {
            b'"' | b'\'' => self.quote = Some(byte),
            b'{' | b'[' | b'(' => self.depth += 1,
            b'}' | b']' | b')' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// Lengthens what is open by the byte at hand, or opens it.
    fn extend(&mut self) {
        let start = self.open.map_or(self.at, |open| open.start);
        self.open = Some(Span::new(start, self.at + 1));
    }

    /// What was open is a row.
    fn close(&mut self) {
        self.rows.extend(self.open.take());
    }

    fn value(&mut self, byte: u8) {
        if self.depth == 0 && !matches!(byte, b'{' | b'[') {
            return;
        }
        if byte == b'\n' && self.mode == Mode::FirstLine {
            self.mode = Mode::Values;
        }
        self.nest(byte);
        self.extend();
        if self.depth == 0 {
            self.close();
            if self.mode == Mode::FirstLine {
                self.mode = Mode::AfterFirst;
            }
        }
    }

    /// Behind a first value that has one line: another line makes it JSONL, another value in the line does not.
    fn after_first(&mut self, byte: u8) {
        match byte {
            b' ' | b'\t' | b'\r' | b',' => {}
            b'\n' => self.mode = Mode::Lines,
            _ => {
                self.mode = Mode::Values;
                self.value(byte);
            }
        }
    }

    fn line(&mut self, byte: u8) {
        match byte {
            b'\n' => self.close(),
            b' ' | b'\t' | b'\r' => {}
            _ => self.extend(),
        }
    }

    fn element(&mut self, byte: u8) {
        let outside = self.depth == 1 && self.quote.is_none();
        if outside && matches!(byte, b',' | b']') {
            self.end_element();
            if byte == b']' {
                self.end_list();
            }
            return;
        }
        self.nest(byte);
        if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            self.extend();
        }
        if self.mode == Mode::List && self.open.is_some() && self.rows.is_empty() {
            self.first.push(byte);
            if self.first.len() > LOOKED_AT {
                self.mode = Mode::Whole;
            }
        }
    }

    /// The first element tells what the list is: messages make one conversation of it, anything else rows.
    fn end_element(&mut self) {
        let was_first = self.rows.is_empty() && self.open.is_some();
        self.close();
        if was_first {
            let first = std::mem::take(&mut self.first);
            if !is_one_message(&String::from_utf8_lossy(&first)) {
                self.mode = Mode::Elements;
            }
        }
    }

    /// A list that ends where the file goes on may be the first line of several.
    fn end_list(&mut self) {
        self.depth = 0;
        if self.mode == Mode::List {
            // One conversation: a row, if others follow.
            self.rows.truncate(1);
            if let Some(row) = self.rows.first_mut() {
                *row = Span::new(0, self.at + 1);
            }
            self.mode = Mode::AfterFirst;
        } else {
            self.mode = Mode::Values;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str) -> Vec<&str> {
        let mut splitter = Splitter::default();
        splitter.feed(text.as_bytes());
        splitter.finish();
        splitter.rows().iter().map(|row| row.of(text)).collect()
    }

    #[test]
    fn each_line_of_a_jsonl_file_is_a_row_and_a_broken_one_costs_only_itself() {
        let text = "\u{feff}{\"a\": \"}\"}\r\n\r\n{\"b\": oops\n  {\"c\": [1,\n{\"d\": 1},\n";
        assert_eq!(rows(text), ["{\"a\": \"}\"}", "{\"b\": oops", "{\"c\": [1,", "{\"d\": 1},"]);
    }

    #[test]
    fn the_objects_of_a_list_are_rows_however_they_are_laid_out() {
        let text = "[\n  {\"a\": \"], [\\\"\"},\n  {\"b\": {\"c\": [1, 2]}} ,{\"d\": 1}\n]\n";
        assert_eq!(rows(text), ["{\"a\": \"], [\\\"\"}", "{\"b\": {\"c\": [1, 2]}}", "{\"d\": 1}"]);
        assert_eq!(rows("[[{\"role\": \"user\"}], [{\"role\": \"user\"}]]").len(), 2);
    }

    #[test]
    fn a_list_of_messages_is_one_conversation_and_not_rows() {
        assert!(rows("[{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\"}]").is_empty());
        let lines = "[{\"role\": \"user\"}]\n[{\"role\": \"user\"}, {\"role\": \"x\"}]\n";
        assert_eq!(rows(lines).len(), 2);
    }

    #[test]
    fn objects_of_several_lines_are_rows_too() {
        assert_eq!(rows("{\n\"a\": 1\n}\n{\n\"b\": 2\n}\n"), ["{\n\"a\": 1\n}", "{\n\"b\": 2\n}"]);
    }

    #[test]
    fn what_was_cut_off_is_the_last_row() {
        assert_eq!(rows("[{\"a\": 1}, {\"b\": \"x"), ["{\"a\": 1}", "{\"b\": \"x"]);
        assert_eq!(rows("{\"a\": 1}\n{\"b\": "), ["{\"a\": 1}", "{\"b\":"]);
    }

    #[test]
    fn other_files_have_no_rows_of_their_own() {
        for text in ["", "User: hi", "- role: user", "a,b\n1,2", "{\"messages\": []}"] {
            assert!(rows(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn how_the_bytes_are_cut_into_pieces_changes_nothing(
            text in r#"([\[{]|\{"a": "[x\\\\"]{0,3}"\}|[,\n \]}"']|\{"role": 1\}){0,24}"#,
            size in 1_usize..7,
        ) {
            let mut pieces = Splitter::default();
            text.as_bytes().chunks(size).for_each(|piece| pieces.feed(piece));
            pieces.finish();
            let mut whole = Splitter::default();
            whole.feed(text.as_bytes());
            whole.finish();
            prop_assert_eq!(pieces.rows(), whole.rows());
            for pair in whole.rows().windows(2) {
                prop_assert!(pair[0].end <= pair[1].start);
            }
            for row in whole.rows() {
                prop_assert!(!row.of(&text).is_empty());
            }
        }
    }
}
