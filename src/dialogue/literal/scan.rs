//! The cursor: white space, comments, words, and the places where a value may begin.

use super::super::notes::Notes;
use super::super::{Kind, Value};

/// A text and a place in it.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    /// The next byte; always a character boundary between tokens.
    pub(super) at: usize,
    /// The brackets that are open, outermost first, with their places.
    pub(super) open: Vec<(u8, usize)>,
    /// How many values were read.
    pub(super) count: usize,
    /// Whether the value that is being read has an error, so that only what is complete is kept.
    pub(super) failed: bool,
    pub(super) notes: Notes,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        let notes = Notes::default();
        Self { text, bytes: text.as_bytes(), at, open: Vec::new(), count: 0, failed: false, notes }
    }

    /// The next byte.
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next character.
    pub(super) fn peek_char(&self) -> Option<char> {
        self.text.get(self.at..).and_then(|rest| rest.chars().next())
    }

    /// Whether the text goes on with `what`.
    pub(super) fn sees(&self, what: &str) -> bool {
        self.bytes[self.at.min(self.bytes.len())..].starts_with(what.as_bytes())
    }

    /// Moves past white space, comments and continued lines.
    pub(super) fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'#' => self.skip_line(),
                b'/' if self.sees("//") => self.skip_line(),
                b'/' if self.sees("/*") => {
                    let end = self.text[self.at + 2..].find("*/");
                    self.at = end.map_or(self.text.len(), |end| self.at + end + 4);
                }
                b'\\' if self.sees("\\\n") || self.sees("\\\r") => self.at += 2,
                0x80.. => match self.peek_char() {
                    Some(c) if c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}') => {
                        self.at += c.len_utf8();
                    }
                    _ => return,
                },
                _ => return,
            }
        }
    }

    fn skip_line(&mut self) {
        let end = self.bytes[self.at..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        self.at = end.map_or(self.text.len(), |end| self.at + end);
    }

    /// The end of the word that begins at `from`: letters, digits, `_`, `$` and inner dots.
    pub(super) fn word_end(&self, from: usize) -> usize {
        let rest = &self.text[from..];
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        from + rest.find(|c| !is_part(c)).unwrap_or(rest.len())
    }

    /// Whether a value may begin here.
    pub(super) fn starts_value(&self) -> bool {
        matches!(self.peek(), Some(b'{' | b'[' | b'(' | b'-' | b'+' | b'0'..=b'9'))
            || self.starts_string()
            || {
                let word = &self.text[self.at..self.word_end(self.at)];
                let is_call = self.bytes.get(self.at + word.len()) == Some(&b'(') && is_list_call(word);
                is_call
                    || matches!(
                        word,
                        "true" | "True" | "false" | "False" | "null" | "None" | "NaN" | "Infinity"
                    )
            }
    }

    /// Moves past `name =`, `name: type =` or `const name =`, and says whether it stood there.
    pub(super) fn assignment(&mut self) -> bool {
        let start = self.at;
        if self.take_assignment().is_some() {
            return true;
        }
        self.at = start;
        false
    }

    fn take_assignment(&mut self) -> Option<()> {
        let mut word = self.take_name()?;
        while matches!(word, "export" | "const" | "let" | "var") {
            self.skip();
            word = self.take_name()?;
        }
        self.skip();
        if self.peek() == Some(b':') {
            let is_type = |byte: &u8| {
                byte.is_ascii_alphanumeric()
                    || matches!(
                        byte,
                        b'_' | b'.' | b',' | b'|' | b'[' | b']' | b'<' | b'>' | b' ' | b'"' | b'\''
                    )
            };
            self.at += 1;
            self.at += self.bytes[self.at..].iter().take(300).take_while(|byte| is_type(byte)).count();
        }
        if self.peek() != Some(b'=') || self.sees("==") {
            return None;
        }
        self.at += 1;
        self.skip();
        Some(())
    }

    fn take_name(&mut self) -> Option<&'t str> {
        let text = self.text;
        let start = self.at;
        let first = self.peek_char()?;
        if !(first.is_alphabetic() || matches!(first, '_' | '$')) {
            return None;
        }
        self.at = self.word_end(start);
        Some(&text[start..self.at])
    }

    /// After an error in the value that began at `start`: moves to the next line where the text looks like JSONL, a
    /// value a line, and says whether there is one.
    pub(super) fn next_line_of_jsonl(&mut self, start: usize, values_before: usize) -> bool {
        let from = self.at.max(start + 1).min(self.bytes.len());
        let opening = self.bytes[start..].iter().position(|byte| *byte == b'\n').map_or("", |end| {
            self.text.get(start..start + end).unwrap_or_default().trim_end().trim_end_matches(',')
        });
        if !opening.starts_with(['{', '[']) || (values_before == 0 && !opening.ends_with(['}', ']'])) {
            return false;
        }
        let Some(next) = self.bracket_line(from) else { return false };
        self.at = next;
        self.failed = false;
        self.open.clear();
        true
    }

    /// The indent of the rows of an array that an error cut off, where each begins on a line of its own.
    pub(super) fn indent_of_rows(&self, array: &Value) -> Option<&'t str> {
        let rows = array.as_list()?;
        let first = rows.first().filter(|row| is_row(row))?;
        let head = self.text.get(..first.span.start)?;
        let line = head.rfind('\n')? + 1;
        let indent = &head[line..];
        (line > array.span.start && indent.chars().all(|c| matches!(c, ' ' | '\t'))).then_some(indent)
    }

    /// After an error in an array's row: moves to the next line that begins a row, and says whether there is one.
    pub(super) fn next_row(&mut self, indent: &str) -> bool {
        let from = self.at.min(self.bytes.len());
        let begins = |at: &usize| {
            let rest = &self.bytes[at + 1..];
            rest.strip_prefix(indent.as_bytes()).is_some_and(|rest| matches!(rest.first(), Some(b'{' | b'[')))
        };
        let breaks = (from..self.bytes.len()).filter(|at| self.bytes[*at] == b'\n');
        let Some(next) = breaks.into_iter().find(begins) else { return false };
        self.at = next + 1 + indent.len();
        self.failed = false;
        self.open.clear();
        true
    }

    /// The first line from byte `from` (not 0) on that begins with a bracket.
    pub(super) fn bracket_line(&self, from: usize) -> Option<usize> {
        (from..self.bytes.len())
            .find(|at| self.bytes[at - 1] == b'\n' && matches!(self.bytes[*at], b'{' | b'['))
    }
}

/// Whether an element of an array is a row of its own, rather than a message of the array's conversation.
fn is_row(value: &Value) -> bool {
    match &value.kind {
        Kind::List(items) => items.first().is_some_and(|item| item.as_map().is_some()),
        Kind::Map(_) => !["role", "from", "content", "value"].iter().any(|key| value.get(key).is_some()),
        _ => false,
    }
}

/// Whether `name(…)` makes a list of what it is given.
pub(super) fn is_list_call(name: &str) -> bool {
    matches!(name, "array" | "np.array" | "numpy.array" | "list" | "tuple")
}
