//! The cursor: white space, comments, words, and the places where a value may begin.

use super::super::notes::Notes;

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
    /// Whether it is a row of many that is read, and not the text.
    pub(super) in_row: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        let notes = Notes::default();
        Self {
            text,
            bytes: text.as_bytes(),
            at,
            open: Vec::new(),
            count: 0,
            failed: false,
            notes,
            in_row: false,
        }
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
}

/// Whether `name(…)` makes a list of what it is given.
pub(super) fn is_list_call(name: &str) -> bool {
    matches!(name, "array" | "np.array" | "numpy.array" | "list" | "tuple")
}
