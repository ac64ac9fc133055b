//! Values: lists, tuples, objects, numbers and words.

use super::scan::{Scanner, is_list_call};
use super::{MAX_DEPTH, MAX_VALUES, fault, is_worth, keeps_when_cut};
use crate::dialogue::value::number;
use crate::dialogue::{Kind, Text, Value};
use crate::span::Span;

impl Scanner<'_> {
    /// Reads one value. After an error `failed` is set; a list or an object then holds what was complete.
    pub(super) fn value(&mut self) -> Option<Value> {
        self.skip();
        self.count += 1;
        if self.count > MAX_VALUES {
            return fault::too_many(self);
        }
        match self.peek() {
            Some(b'[') => self.list(b']'),
            Some(b'(') => self.list(b')'),
            Some(b'{') => self.map(),
            Some(b'0'..=b'9' | b'-' | b'+' | b'.') => self.number(),
            _ if self.starts_string() => self.string_value(),
            Some(b'_' | b'$' | b'a'..=b'z' | b'A'..=b'Z') => self.word(),
            None => fault::unclosed(self),
            Some(_) => fault::expected_value(self),
        }
    }

    fn enter(&mut self) -> Option<usize> {
        let start = self.at;
        if self.open.len() >= MAX_DEPTH {
            return fault::too_deep(self);
        }
        self.open.push((self.bytes[start], start));
        self.at += 1;
        Some(start)
    }

    /// A list, a tuple, or one value in parentheses.
    fn list(&mut self, close: u8) -> Option<Value> {
        let start = self.enter()?;
        let mut items = Vec::new();
        let mut commas = 0;
        loop {
            self.skip();
            match self.peek() {
                None => {
                    fault::unclosed::<()>(self);
                    break;
                }
                Some(byte) if byte == close => {
                    self.at += 1;
                    break;
                }
                Some(_) => {}
            }
            let Some(value) = self.value() else { break };
            if self.failed {
                if keeps_when_cut(&value) {
                    items.push(value);
                }
                break;
            }
            items.push(value);
            if !self.after_element(close, &mut commas, items.last()) {
                break;
            }
        }
        self.open.pop();
        if close == b')' && commas == 0 && items.len() == 1 {
            return items.pop();
        }
        Some(Value { kind: Kind::List(items), span: Span::new(start, self.at) })
    }

    /// Reads what follows an element; true after a comma.
    fn after_element(&mut self, close: u8, commas: &mut usize, last: Option<&Value>) -> bool {
        self.skip();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                *commas += 1;
                true
            }
            Some(byte) if byte == close => {
                self.at += 1;
                false
            }
            None => fault::unclosed::<()>(self).is_some(),
            Some(_) => fault::expected_comma::<()>(self, close, last).is_some(),
        }
    }

    fn map(&mut self) -> Option<Value> {
        let start = self.enter()?;
        // Most objects of a dialogue are a role and a content.
        let mut entries: Vec<(Text, Value)> = Vec::with_capacity(2);
        let mut commas = 0;
        loop {
            self.skip();
            if self.peek() == Some(b'}') {
                self.at += 1;
                break;
            }
            let Some(key) = self.key() else { break };
            self.skip();
            if self.peek() != Some(b':') {
                fault::expected_colon(self, &key);
                break;
            }
            self.at += 1;
            let Some(value) = self.value() else { break };
            if self.failed {
                if is_worth(&key.text) {
                    entries.push((key, value));
                }
                break;
            }
            entries.push((key, value));
            if !self.after_element(b'}', &mut commas, entries.last().map(|(_, value)| value)) {
                break;
            }
        }
        self.open.pop();
        Some(Value { kind: Kind::Map(entries), span: Span::new(start, self.at) })
    }

    /// A key: a string, or as JavaScript and YAML write it, a bare word.
    fn key(&mut self) -> Option<Text> {
        if self.starts_string() {
            return self.piece().map(|piece| piece.text);
        }
        let start = self.at;
        let end = self.word_end(start);
        if self.peek().is_none() {
            return fault::unclosed(self);
        }
        if end == start {
            return fault::expected_key(self);
        }
        self.at = end;
        Some(Text::verbatim(&self.text[start..end], start))
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        let sign = usize::from(matches!(self.bytes[start], b'-' | b'+'));
        let mut end = start + sign;
        while let Some(byte) = self.bytes.get(end) {
            let after_e = matches!(self.bytes[end - usize::from(end > start)], b'e' | b'E');
            match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' => end += 1,
                b'+' | b'-' if after_e => end += 1,
                _ => break,
            }
        }
        let span = Span::new(start, end);
        let written = span.of(self.text);
        if !matches!(&written[sign..], "Infinity" | "NaN" | "inf" | "nan")
            && number(written).is_none()
            && !is_huge(written)
        {
            return fault::bad_number(self, span);
        }
        self.at = end;
        Some(Value { kind: Kind::Number(written.to_owned()), span })
    }

    fn word(&mut self) -> Option<Value> {
        let start = self.at;
        let span = Span::new(start, self.word_end(start));
        let written = span.of(self.text);
        let kind = match written {
            "null" | "None" | "undefined" => Kind::Null,
            "true" | "True" => Kind::Bool(true),
            "false" | "False" => Kind::Bool(false),
            "NaN" | "nan" | "Infinity" | "inf" => Kind::Number(written.to_owned()),
            name if self.bytes.get(span.end) == Some(&b'(') && is_list_call(name) => return self.call(span),
            _ => return fault::expected_value(self),
        };
        self.at = span.end;
        Some(Value { kind, span })
    }

    /// `array([…], dtype=object)`, as `numpy` and `datasets` print a column: the value in it.
    fn call(&mut self, name: Span) -> Option<Value> {
        self.at = name.end;
        self.enter()?;
        let value = self.value();
        if !self.failed {
            self.skip();
            let is_option = |byte: &u8| {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'_' | b'=' | b',' | b'.' | b'<' | b'>' | b'\'' | b'"' | b' ' | b'\n')
            };
            self.at += self.bytes[self.at..].iter().take(200).take_while(|byte| is_option(byte)).count();
            match self.peek() {
                Some(b')') => self.at += 1,
                None => return fault::unclosed(self),
                Some(_) => return fault::expected_comma(self, b')', value.as_ref()),
            }
        }
        self.open.pop();
        value
    }
}

/// Whether it is a number that only the range of 64 bits cannot hold, such as `1e999`.
fn is_huge(written: &str) -> bool {
    written.contains(|c: char| c.is_ascii_digit()) && written.parse::<f64>().is_ok()
}
