//! How Python writes values: `str`, `repr` and `json.dumps`.

use std::fmt::Write as _;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use super::environment::MAX_OUTPUT;
use super::error::TOO_LARGE;

/// How deep a printed value may nest: as deep as no data is, and shallow enough for any stack.
const MAX_DEPTH: usize = 128;

/// The text of a float as Python's `repr` writes it: the shortest digits that read back as the same number.
pub(super) fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf".into() } else { "inf".into() };
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let fixed = value.to_string();
        return if fixed.contains('.') { fixed } else { fixed + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

/// `str(value)`, which is what `{{ value }}` prints.
pub(super) fn text(value: &Value) -> Result<String, Error> {
    if let Some(string) = value.as_str() {
        return Ok(string.to_owned());
    }
    let mut out = String::new();
    if !value.is_undefined() {
        repr(&mut out, value, 0)?;
    }
    Ok(out)
}

/// Whether a value is a float, which `ValueKind` does not tell.
pub(super) fn as_float(value: &Value) -> Option<f64> {
    if value.is_number() && !value.is_integer() { f64::try_from(value.clone()).ok() } else { None }
}

/// `repr(value)`.
pub(super) fn repr_text(value: &Value) -> Result<String, Error> {
    let mut out = String::new();
    repr(&mut out, value, 0)?;
    Ok(out)
}

fn repr(out: &mut String, value: &Value, depth: usize) -> Result<(), Error> {
    limits(out, depth)?;
    if let Some(number) = as_float(value) {
        out.push_str(&float(number));
        return Ok(());
    }
    match value.kind() {
        ValueKind::Undefined => out.push_str("Undefined"),
        ValueKind::String => string(out, value.as_str().unwrap_or_default()),
        ValueKind::Map => {
            out.push('{');
            for (i, key) in value.try_iter()?.enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                repr(out, &key, depth + 1)?;
                out.push_str(": ");
                repr(out, &value.get_item(&key)?, depth + 1)?;
            }
            out.push('}');
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let tuple = value.is_tuple();
            out.push(if tuple { '(' } else { '[' });
            let mut count = 0;
            for item in value.try_iter()? {
                if count > 0 {
                    out.push_str(", ");
                }
                repr(out, &item, depth + 1)?;
                count += 1;
            }
            if tuple && count == 1 {
                out.push(',');
            }
            out.push(if tuple { ')' } else { ']' });
        }
        _ => {
            let _ = write!(out, "{value}");
        }
    }
    Ok(())
}

/// `repr` of a string: single quotes unless only they occur in it.
fn string(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if printable(c) => out.push(c),
            c => {
                let code = c as u32;
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
}

/// Whether `repr` shows a character as itself: not a control, a separator other than the space, or private.
fn printable(c: char) -> bool {
    !(c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c as u32,
            0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
            | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff | 0xf_0000..))
}

/// The settings of `json.dumps`.
#[derive(Clone, Debug)]
pub(super) struct Json {
    /// Whether every character outside ASCII is escaped.
    pub(super) ensure_ascii: bool,
    /// What one level of indentation is; `None` writes everything in one line.
    pub(super) indent: Option<String>,
    /// What stands between two items.
    pub(super) item_separator: String,
    /// What stands between a key and its value.
    pub(super) key_separator: String,
    /// Whether keys are sorted.
    pub(super) sort_keys: bool,
}

impl Json {
    /// `json.dumps(value, …)`.
    pub(super) fn dump(&self, value: &Value) -> Result<String, Error> {
        let mut out = String::new();
        self.write(&mut out, value, 0)?;
        Ok(out)
    }

    fn write(&self, out: &mut String, value: &Value, depth: usize) -> Result<(), Error> {
        limits(out, depth)?;
        match value.kind() {
            ValueKind::None => out.push_str("null"),
            ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
            ValueKind::Number => out.push_str(&number(value)),
            ValueKind::String => self.string(out, value.as_str().unwrap_or_default()),
            ValueKind::Map => {
                let mut entries = Vec::new();
                for key in value.try_iter()? {
                    entries.push((self.key(&key)?, value.get_item(&key)?));
                }
                if self.sort_keys {
                    entries.sort_by(|a, b| a.0.cmp(&b.0));
                }
                self.group(out, ['{', '}'], &entries, depth, |out, (key, item)| {
                    self.string(out, key);
                    out.push_str(&self.key_separator);
                    self.write(out, item, depth + 1)
                })?;
            }
            ValueKind::Seq | ValueKind::Iterable => {
                // A list may be lazy and endless for all we know; each item is at least a byte of output.
                let items: Vec<Value> = value.try_iter()?.take(MAX_OUTPUT / 16).collect();
                if items.len() == MAX_OUTPUT / 16 {
                    return Err(Error::new(ErrorKind::WriteFailure, TOO_LARGE));
                }
                self.group(out, ['[', ']'], &items, depth, |out, item| self.write(out, item, depth + 1))?;
            }
            kind => {
                return Err(Error::new(
                    ErrorKind::BadSerialization,
                    format!("tojson can't write a value that is {kind}"),
                ));
            }
        }
        Ok(())
    }

    fn group<T>(
        &self,
        out: &mut String,
        [open, close]: [char; 2],
        items: &[T],
        depth: usize,
        mut write: impl FnMut(&mut String, &T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        out.push(open);
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                out.push_str(&self.item_separator);
            }
            self.line_break(out, depth + 1);
            write(out, item)?;
        }
        if !items.is_empty() {
            self.line_break(out, depth);
        }
        out.push(close);
        Ok(())
    }

    fn line_break(&self, out: &mut String, depth: usize) {
        if let Some(indent) = &self.indent {
            out.push('\n');
            for _ in 0..depth {
                out.push_str(indent);
            }
        }
    }

    /// A key as `json.dumps` accepts it: a string, a number, a bool or None.
    #[expect(clippy::unused_self, reason = "reads as one family with `string`")]
    fn key(&self, key: &Value) -> Result<String, Error> {
        match key.kind() {
            ValueKind::String => Ok(key.as_str().unwrap_or_default().to_owned()),
            ValueKind::None => Ok("null".into()),
            ValueKind::Bool => Ok(if key.is_true() { "true" } else { "false" }.into()),
            ValueKind::Number => Ok(number(key)),
            kind => Err(Error::new(ErrorKind::BadSerialization, format!("a key of JSON can't be {kind}"))),
        }
    }

    fn string(&self, out: &mut String, text: &str) {
        out.push('"');
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '\0'..='\u{1f}' => {
                    let _ = write!(out, "\\u{:04x}", c as u32);
                }
                '\u{7f}'.. if self.ensure_ascii => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let _ = write!(out, "\\u{unit:04x}");
                    }
                }
                c => out.push(c),
            }
        }
        out.push('"');
    }
}

/// A number as `json.dumps` writes it.
fn number(value: &Value) -> String {
    match as_float(value) {
        Some(x) if x.is_nan() => "NaN".into(),
        Some(x) if x.is_infinite() => if x < 0.0 { "-Infinity" } else { "Infinity" }.into(),
        Some(x) => float(x),
        None => value.to_string(),
    }
}

/// Stops before a value that nests too deeply, or whose text grew too large, is written on.
fn limits(out: &str, depth: usize) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::new(ErrorKind::InvalidOperation, "the value nests too deeply to print"));
    }
    if out.len() > MAX_OUTPUT {
        return Err(Error::new(ErrorKind::WriteFailure, TOO_LARGE));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_as_python_writes_them() {
        for (value, expected) in [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (1.5e300, "1.5e+300"),
            (0.1, "0.1"),
            (123_456.789, "123456.789"),
        ] {
            assert_eq!(float(value), expected);
        }
    }

    #[test]
    fn nested_values_read_as_python_writes_them() {
        let value =
            Value::from_iter([Value::from("it's"), Value::from(()), Value::from(true), Value::from(1e22)]);
        assert_eq!(text(&value).unwrap(), "[\"it's\", None, True, 1e+22]");
    }
}
