//! Python's `"…" % values`.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, State};

use super::environment::MAX_OUTPUT;
use super::error::TOO_LARGE;
use super::python;

/// The format of one value: what stands between `%` and the letter.
#[derive(Default)]
struct Spec {
    left: bool,
    zero: bool,
    sign: Option<char>,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// `template % values`: a tuple gives one value after the other, a dict by name, anything else is the one value.
pub(super) fn percent(state: &State, template: &str, values: &Value) -> Result<String, Error> {
    let all: Vec<Value> = if values.is_tuple() { values.try_iter()?.collect() } else { vec![values.clone()] };
    let mut next = all.into_iter();
    let mut out = String::new();
    let mut by_name = false;
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let mut named = None;
        if let Some(inner) = rest.strip_prefix('(') {
            let (name, after) = inner.split_once(')').ok_or_else(|| invalid("incomplete format key"))?;
            if values.kind() != ValueKind::Map {
                return Err(invalid("format requires a mapping"));
            }
            named = Some(values.get_item(&Value::from(name))?);
            by_name = true;
            rest = after;
        }
        let (spec, after) = spec(rest)?;
        let letter = after.chars().next().ok_or_else(|| invalid("incomplete format"))?;
        rest = &after[letter.len_utf8()..];
        if letter == '%' {
            out.push('%');
            continue;
        }
        let value = match named {
            Some(value) => value,
            None => next.next().ok_or_else(|| invalid("not enough arguments for format string"))?,
        };
        let text = pad(&spec, one(&spec, letter, &value)?);
        state.consume_fuel(text.len() as u64 / 4)?;
        out.push_str(&text);
        if out.len() > MAX_OUTPUT {
            return Err(Error::new(ErrorKind::WriteFailure, TOO_LARGE));
        }
    }
    out.push_str(rest);
    if next.next().is_some() && !by_name && values.kind() != ValueKind::Map {
        return Err(invalid("not all arguments converted during string formatting"));
    }
    Ok(out)
}

/// Flags, width and precision, and what follows them.
fn spec(text: &str) -> Result<(Spec, &str), Error> {
    let mut spec = Spec::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next().filter(|c| "-0+ #".contains(*c)) {
        match c {
            '-' => spec.left = true,
            '0' => spec.zero = true,
            '#' => spec.alternate = true,
            ' ' if spec.sign == Some('+') => {}
            c => spec.sign = Some(c),
        }
        rest = &rest[1..];
    }
    let number = |rest: &mut &str| -> Result<Option<usize>, Error> {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        *rest = after;
        match number.parse::<usize>() {
            Ok(number) if number <= MAX_OUTPUT => Ok(Some(number)),
            _ if digits == 0 => Ok(None),
            _ => Err(Error::new(ErrorKind::WriteFailure, TOO_LARGE)),
        }
    };
    spec.width = number(&mut rest)?.unwrap_or(0);
    if let Some(after) = rest.strip_prefix('.') {
        rest = after;
        spec.precision = Some(number(&mut rest)?.unwrap_or(0));
    }
    Ok((spec, rest.trim_start_matches(['h', 'l', 'L'])))
}

/// One value, before it is padded.
fn one(spec: &Spec, letter: char, value: &Value) -> Result<String, Error> {
    let cut = |text: String| match spec.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text,
    };
    match letter {
        's' => Ok(cut(python::text(value)?)),
        'r' | 'a' => Ok(cut(python::repr_text(value)?)),
        'c' => match value.as_str() {
            Some(text) if text.chars().count() == 1 => Ok(text.to_owned()),
            _ => {
                let code = value.as_i64().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
                code.map(String::from).ok_or_else(|| invalid("%c requires int or char"))
            }
        },
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
            let number = integer(letter, value)?;
            let size = number.unsigned_abs();
            let (prefix, digits) = match letter {
                'x' => ("0x", format!("{size:x}")),
                'X' => ("0X", format!("{size:X}")),
                'o' => ("0o", format!("{size:o}")),
                _ => ("", size.to_string()),
            };
            let missing = spec.precision.unwrap_or(0).saturating_sub(digits.len());
            let prefix = if spec.alternate { prefix } else { "" };
            Ok(format!("{}{prefix}{}{digits}", sign(spec, number < 0), "0".repeat(missing)))
        }
        'f' | 'F' => {
            let number = match python::as_float(value) {
                Some(number) => number,
                None => integer(letter, value)? as f64,
            };
            let digits = if number.is_finite() {
                format!("{:.*}", spec.precision.unwrap_or(6).min(1000), number.abs())
            } else {
                python::float(number.abs())
            };
            Ok(format!("{}{digits}", sign(spec, number.is_sign_negative() && !number.is_nan())))
        }
        letter => Err(invalid(format!("the format `%{letter}` is not known here"))),
    }
}

fn integer(letter: char, value: &Value) -> Result<i128, Error> {
    if let Some(number) = python::as_float(value)
        && !matches!(letter, 'x' | 'X' | 'o')
    {
        return Ok(number.trunc() as i128);
    }
    match value.kind() {
        ValueKind::Bool => Ok(i128::from(value.is_true())),
        ValueKind::Number => i128::try_from(value.clone()),
        _ => Err(invalid(format!("%{letter} format: a number is required, not {}", value.kind()))),
    }
}

fn sign(spec: &Spec, negative: bool) -> String {
    if negative { "-".to_owned() } else { spec.sign.map(String::from).unwrap_or_default() }
}

fn pad(spec: &Spec, text: String) -> String {
    let missing = spec.width.saturating_sub(text.chars().count());
    if missing == 0 {
        return text;
    }
    if spec.left {
        return text + &" ".repeat(missing);
    }
    let number = text.trim_start_matches(['-', '+', ' ']);
    if spec.zero && number.starts_with(|c: char| c.is_ascii_digit()) {
        let sign = &text[..text.len() - number.len()];
        return format!("{sign}{}{number}", "0".repeat(missing));
    }
    " ".repeat(missing) + &text
}
