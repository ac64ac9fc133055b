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
    env.add_filter("int", |value: &Value, args: Rest<Value>, named: Kwargs| int(value, &args, &named));
    env.add_filter("float", |value: &Value, args: Rest<Value>, named: Kwargs| float(value, &args, &named));
    env.add_filter("indent", |state: &State, value: &Value, args: Rest<Value>, named: Kwargs| {
        indent(state, value, &args, &named)
    });
}

/// `value | int(default, base)`: the default, 0, for what is no number, as Jinja2 has it.
fn int(value: &Value, args: &[Value], kwargs: &Kwargs) -> Result<Value, Error> {
    let [default, base] = environment::arguments(args, kwargs, ["default", "base"])?;
    let base = if base.is_undefined() { 10 } else { u32::try_from(base)? };
    if !(2..=36).contains(&base) {
        return Err(Error::new(ErrorKind::InvalidOperation, "the base of `int` should be 2 to 36"));
    }
    defined(value)?;
    let whole = match value.as_str() {
        Some(text) => i128::from_str_radix(&unprefixed(digits(text), base), base).ok().map(Value::from),
        None if value.is_integer() => Some(value.clone()),
        None => None,
    };
    // As Python cuts a float off; what is infinite or not a number is the default here, and an error there.
    let cut = || number(value).filter(|x| x.is_finite()).map(|x| Value::from(x.trunc() as i128));
    Ok(whole.or_else(cut).unwrap_or(if default.is_undefined() { Value::from(0) } else { default }))
}

/// `value | float(default)`: the default, 0.0, for what is no number.
fn float(value: &Value, args: &[Value], kwargs: &Kwargs) -> Result<Value, Error> {
    let [default] = environment::arguments(args, kwargs, ["default"])?;
    defined(value)?;
    let default = if default.is_undefined() { Value::from(0.0) } else { default };
    Ok(number(value).map_or(default, Value::from))
}

fn defined(value: &Value) -> Result<(), Error> {
    if value.is_undefined() { Err(Error::from(ErrorKind::UndefinedError)) } else { Ok(()) }
}

/// Digits without the `0x` and the like that Python takes in front of those of this base.
fn unprefixed(digits: String, base: u32) -> String {
    let mark = match base {
        2 => 'b',
        8 => 'o',
        16 => 'x',
        _ => return digits,
    };
    let (sign, rest) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits.as_str()),
    };
    match rest.strip_prefix('0').and_then(|rest| rest.strip_prefix([mark, mark.to_ascii_uppercase()])) {
        Some(rest) if !rest.starts_with(['-', '+']) => [sign, rest].concat(),
        _ => digits,
    }
}

/// What Python's `float` reads.
fn number(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some(text) => digits(text).parse().ok(),
        None if value.kind() == ValueKind::Bool => Some(f64::from(u8::from(value.is_true()))),
        None => f64::try_from(value.clone()).ok(),
    }
}

/// A number as Rust reads it: Python allows space around it, and `_` between its digits.
fn digits(text: &str) -> String {
    let text = text.trim();
    let apart = text.starts_with('_') || text.ends_with('_') || text.contains("__");
    if apart { text.to_owned() } else { text.replace('_', "") }
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
        None => " ".repeat(environment::width(&width, 1 << 20)?),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn int_and_float_give_what_jinja2_gives() {
        let mut env = Environment::new();
        add(&mut env);
        let golden = include_str!("../../tests/template/filters.json");
        let rows: Vec<(String, String)> = serde_json::from_str(golden).unwrap();
        assert!(rows.len() > 20);
        for (expression, jinja) in rows {
            let value = env.compile_expression(&expression).unwrap().eval(()).unwrap();
            assert_eq!(python::text(&value).unwrap(), jinja, "{expression}");
        }
    }

    #[test]
    fn what_is_not_there_is_no_number_and_a_base_that_is_none_is_an_error() {
        let mut env = Environment::new();
        add(&mut env);
        for expression in ["missing | int", "missing | float", "'1' | int(base=0)", "'1' | int(base=37)"] {
            assert!(env.compile_expression(expression).unwrap().eval(()).is_err(), "{expression}");
        }
    }
}
