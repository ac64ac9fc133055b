//! Filters that are Python's or Jinja's where minijinja's are not, and those that `rewrite` puts into a template.

use minijinja::value::{Kwargs, Rest, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State};

use super::{environment, format, python, strings};

/// How deep a value may nest that a template keeps: deeper ones would take more stack than there is when they go.
const MAX_DEPTH: usize = 500;

/// Adds them.
pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("__each", |value: Value| match value.kind() {
        ValueKind::None => Err(Error::new(ErrorKind::InvalidOperation, "'NoneType' object is not iterable")),
        _ => Ok(value),
    });
    env.add_filter("__str", |state: &State, value: Value| {
        if value.kind() == ValueKind::String {
            return Ok(value);
        }
        let text = python::text(&value)?;
        state.consume_fuel(text.len() as u64 / 4)?;
        Ok(Value::from(text))
    });
    env.add_filter("__kept", |state: &State, value: Value| {
        if is_deep(state, &value)? {
            return Err(Error::new(ErrorKind::InvalidOperation, "the value nests too deeply"));
        }
        Ok(value)
    });
    env.add_filter("__percent", |state: &State, template: &str, values: Value| {
        format::percent(state, template, &values)
    });
    env.add_filter("indent", |state: &State, value: &Value, args: Rest<Value>, named: Kwargs| {
        indent(state, value, &args, &named)
    });
}

/// Whether a value nests deeper than any data does, found without a call for each level.
fn is_deep(state: &State, value: &Value) -> Result<bool, Error> {
    let mut open = vec![(value.clone(), 0)];
    let mut seen = 0_u64;
    while let Some((value, depth)) = open.pop() {
        let kind = value.kind();
        if !matches!(kind, ValueKind::Seq | ValueKind::Map | ValueKind::Iterable) {
            continue;
        }
        if depth >= MAX_DEPTH {
            return Ok(true);
        }
        for item in value.try_iter()? {
            seen += 1;
            if seen.is_multiple_of(8) {
                state.consume_fuel(1)?;
            }
            let item = if kind == ValueKind::Map { value.get_item(&item)? } else { item };
            if matches!(item.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::Iterable) {
                open.push((item, depth + 1));
            }
        }
    }
    Ok(false)
}

/// `value | indent(width, first, blank)`.
fn indent(state: &State, value: &Value, args: &[Value], kwargs: &Kwargs) -> Result<String, Error> {
    let [width, first, blank] = environment::arguments(args, kwargs, ["width", "first", "blank"])?;
    let margin = match width.as_str() {
        Some(text) => text.to_owned(),
        None if width.is_undefined() => " ".repeat(4),
        None => " ".repeat(i64::try_from(width)?.clamp(0, 1 << 20) as usize),
    };
    // As Jinja does it, so that a line break at the end is not lost.
    let text = python::text(value)? + "\n";
    let lines = strings::split_lines(&text, false);
    state.consume_fuel((text.len() + lines.len() * margin.len()) as u64 / 16)?;
    let mut out = String::new();
    for (index, line) in lines.into_iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let indented = if index == 0 { first.is_true() } else { blank.is_true() || !line.is_empty() };
        if indented {
            out.push_str(&margin);
        }
        out.push_str(line);
    }
    Ok(out)
}
