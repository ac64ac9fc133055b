//! Strings: quotes, prefixes, escapes and joining, with the way back to what was written.

use super::fault;
use super::scan::Scanner;
use crate::dialogue::{Kind, Run, Text, Value};
use crate::span::Span;

/// One string literal.
pub(super) struct Piece {
    pub(super) text: Text,
    /// Whether it can only be Python: another quote than `"`, three of them, or a prefix.
    python: bool,
}

/// How a literal begins.
struct Opening {
    /// `r`, `u`, … in lower case.
    prefix: Vec<u8>,
    quote: u8,
    /// 1 or 3.
    quotes: usize,
}

impl Scanner<'_> {
    /// Whether a string begins here.
    pub(super) fn starts_string(&self) -> bool {
        self.opening().is_some()
    }

    fn opening(&self) -> Option<Opening> {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let is_prefix = |byte: &u8| matches!(byte.to_ascii_lowercase(), b'r' | b'u' | b'b' | b'f');
        let letters = rest.iter().take(2).take_while(|byte| is_prefix(byte)).count();
        let quote = *rest.get(letters).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
        if quote == b'`' && letters > 0 {
            return None;
        }
        let three = quote != b'`' && rest[letters..].starts_with(&[quote; 3]);
        let quotes = if three { 3 } else { 1 };
        Some(Opening { prefix: rest[..letters].to_ascii_lowercase(), quote, quotes })
    }

    /// A string, joined with the ones that follow it where Python would and nobody can have meant a comma.
    pub(super) fn string_value(&mut self) -> Option<Value> {
        let mut whole = self.piece()?;
        loop {
            let end = self.at;
            self.skip();
            let plus = !self.open.is_empty() && self.peek() == Some(b'+');
            if plus {
                self.at += 1;
                self.skip();
            }
            if self.open.is_empty() || !self.starts_string() {
                self.at = end;
                break;
            }
            let next_at = self.at;
            let Some(next) = self.piece() else { break };
            let in_parentheses = matches!(self.open.last(), Some((b'(', _)));
            self.skip();
            let is_key = self.peek() == Some(b':') && matches!(self.open.last(), Some((b'{', _)));
            if is_key || !(plus || in_parentheses || whole.python || next.python) {
                self.at = next_at;
                return fault::two_strings(self, next.text.span, is_key);
            }
            self.at = next.text.span.end;
            whole.append(&next);
        }
        let span = whole.text.span;
        Some(Value { kind: Kind::String(whole.text), span })
    }

    /// One string literal.
    pub(super) fn piece(&mut self) -> Option<Piece> {
        let start = self.at;
        let Some(opening) = self.opening() else { return fault::expected_value(self) };
        let has = |letter: u8| opening.prefix.contains(&letter);
        if has(b'f') || has(b'b') {
            return fault::bad_prefix(self, start, has(b'f'));
        }
        let (raw, long) = (has(b'r'), opening.quotes == 3 || opening.quote == b'`');
        let closing = &[opening.quote; 3][..opening.quotes];
        let bytes = self.bytes;
        let mut at = start + opening.prefix.len() + opening.quotes;
        let mut text = Text { map: Vec::with_capacity(1), ..Text::default() };
        text.run(at, true);
        let mut copied = at;
        loop {
            let Some(byte) = bytes.get(at) else {
                self.at = at;
                return fault::unterminated(self, start, long);
            };
            match byte {
                byte if *byte == opening.quote && bytes[at..].starts_with(closing) => break,
                b'\n' | b'\r' if !long => {
                    self.at = at;
                    return fault::unterminated(self, start, long);
                }
                b'\r' => {
                    text.text.push_str(&self.text[copied..at]);
                    text.run(at, false);
                    text.text.push('\n');
                    at += if bytes.get(at + 1) == Some(&b'\n') { 2 } else { 1 };
                    text.run(at, true);
                    copied = at;
                }
                b'\\' if raw => at += if bytes.get(at + 1).is_some_and(u8::is_ascii) { 2 } else { 1 },
                b'\\' => {
                    text.text.push_str(&self.text[copied..at]);
                    at = self.escape(at, opening.quote, &mut text)?;
                    text.run(at, true);
                    copied = at;
                }
                _ => at += 1,
            }
        }
        text.text.push_str(&self.text[copied..at]);
        self.at = at + opening.quotes;
        text.span = Span::new(start, self.at);
        Some(Piece { text, python: opening.quote == b'\'' || long || !opening.prefix.is_empty() })
    }

    /// Decodes the escape at `at` and returns its end.
    fn escape(&mut self, at: usize, quote: u8, text: &mut Text) -> Option<usize> {
        let Some(&kind) = self.bytes.get(at + 1) else { return Some(at + 1) };
        let simple = match kind {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'a' => '\u{7}',
            b'v' => '\u{b}',
            b'"' | b'\'' | b'\\' => kind as char,
            b'`' if quote == b'`' => '`',
            b'/' if quote == b'"' => '/',
            b'\n' => return Some(at + 2),
            b'\r' => return Some(at + if self.bytes.get(at + 2) == Some(&b'\n') { 3 } else { 2 }),
            b'u' => return self.code_point(at, 4, text),
            b'x' => return self.code_point(at, 2, text),
            b'U' => return self.code_point(at, 8, text),
            b'0'..=b'7' => return Some(self.octal(at, text)),
            b'N' if self.bytes.get(at + 2) == Some(&b'{') => {
                self.at = at;
                return fault::bad_escape(self, Span::new(at, at + 3));
            }
            _ => {
                // As in Python: the backslash stays.
                let end = at + 1 + self.text[at + 1..].chars().next().map_or(0, char::len_utf8);
                fault::unknown_escape(self, Span::new(at, end));
                text.run(at, true);
                text.text.push('\\');
                return Some(at + 1);
            }
        };
        text.run(at, false);
        text.text.push(simple);
        Some(at + 2)
    }

    fn hex(&self, at: usize, digits: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + digits)?;
        digits.iter().try_fold(0, |sum, digit| Some(sum << 4 | (*digit as char).to_digit(16)?))
    }

    /// `\xHH`, `\uHHHH` (two of them where they are a surrogate pair) or `\UHHHHHHHH`.
    fn code_point(&mut self, at: usize, digits: usize, text: &mut Text) -> Option<usize> {
        let mut end = at + 2 + digits;
        let Some(mut code) = self.hex(at + 2, digits) else {
            self.at = at;
            return fault::bad_escape(self, Span::new(at, at + 2));
        };
        if (0xd800..0xdc00).contains(&code)
            && self.bytes.get(end..end + 2) == Some(b"\\u")
            && let Some(low @ 0xdc00..0xe000) = self.hex(end + 2, 4)
        {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            end += 6;
        }
        let decoded = char::from_u32(code).unwrap_or_else(|| {
            fault::lone_surrogate(self, Span::new(at, end));
            char::REPLACEMENT_CHARACTER
        });
        text.run(at, false);
        text.text.push(decoded);
        Some(end)
    }

    fn octal(&self, at: usize, text: &mut Text) -> usize {
        let digits = self.bytes[at + 1..].iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7'));
        let (count, code) =
            digits.fold((0, 0), |(count, code), digit| (count + 1, code * 8 + u32::from(digit - b'0')));
        text.run(at, false);
        text.text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        at + 1 + count
    }
}

impl Piece {
    fn append(&mut self, next: &Self) {
        let base = self.text.text.len();
        self.text.text.push_str(&next.text.text);
        self.text.map.extend(next.text.map.iter().map(|run| Run { from: run.from + base, ..*run }));
        self.text.span.end = next.text.span.end;
        self.python |= next.python;
    }
}
