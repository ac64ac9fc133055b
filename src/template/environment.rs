//! The Jinja environment of transformers: its whitespace rules, filters, functions and limits.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDateTime;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Rest, Tuple, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State};

use super::python::{self, Json};
use super::{Input, filters, globals, methods};

/// How long a template may be, in bytes.
pub(super) const MAX_SOURCE: usize = 1 << 20;

/// How long a rendered text may be, in bytes.
pub(super) const MAX_OUTPUT: usize = 16 << 20;

/// How much work one render may do: an instruction costs 1, as do 64 bytes of text. Well under a second.
const FUEL: u64 = 4_000_000;

/// How much work a render of a probe may do. Large templates do a tenth of it.
pub(super) const PROBE_FUEL: u64 = 200_000;

/// How deep macros may call each other.
const MAX_RECURSION: usize = 200;

/// What `raise_exception` says, carried inside minijinja's error.
#[derive(Debug)]
pub(super) struct Raised(pub(super) String);

impl std::fmt::Display for Raised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Raised {}

/// The marks around code and its whitespace rules.
pub(super) fn syntax() -> SyntaxConfig {
    let mut builder = SyntaxConfig::builder();
    builder.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(false);
    // The default marks are valid; `build` can only refuse others.
    builder.build().unwrap_or_default()
}

/// An environment with the settings of transformers and no template.
pub(super) fn environment() -> Environment<'static> {
    // Its many filters are made once: a copy shares them.
    static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(fresh);
    ENVIRONMENT.clone()
}

fn fresh() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_syntax(syntax());
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_debug(true);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(MAX_RECURSION);
    env.set_unknown_method_callback(methods::call);
    env.set_formatter(|out, state, value| {
        let too_large = |length: usize| {
            (length > MAX_OUTPUT)
                .then(|| Error::new(ErrorKind::WriteFailure, super::error::TOO_LARGE))
                .map_or(Ok(()), Err)
        };
        if let Some(text) = value.as_str() {
            too_large(text.len())?;
            return out.write_str(text).map_err(Error::from);
        }
        if value.kind() == ValueKind::Invalid {
            return minijinja::escape_formatter(out, state, value);
        }
        let text = python::text(value)?;
        state.consume_fuel(text.len() as u64 / 4)?;
        too_large(text.len())?;
        out.write_str(&text).map_err(Error::from)
    });
    env.remove_global("debug");
    filters::add(&mut env);
    globals::add(&mut env);
    env.add_function("raise_exception", raise_exception);
    env.add_filter("tojson", |state: &State, value: &Value, args: Rest<Value>, named: Kwargs| {
        to_json(state, value, &args, &named)
    });
    env.add_filter("string", |value: Value| python::text(&value));
    env.add_filter("trim", trim);
    env.add_test("callable", |value: &Value| value.kind() == ValueKind::Plain);
    env.add_test("iterable", |value: &Value| is_iterable(value));
    env.add_test("sequence", |value: &Value| is_iterable(value));
    env.add_test("number", |value: &Value| matches!(value.kind(), ValueKind::Number | ValueKind::Bool));
    env.add_filter("dictsort", |state: &State, value: &Value, args: Rest<Value>, named: Kwargs| {
        dict_sort(state, value, &args, &named)
    });
    env
}

/// The variables of a render that are not messages.
pub(super) fn variables(input: &Input<'_>) -> Vec<(String, Value)> {
    let tools = input.tools.map_or_else(|| Value::from(()), super::value::value);
    let mut variables = given(tools, input.add_generation_prompt, input.special_tokens, input.now);
    variables.extend(input.variables.iter().map(|(name, item)| (name.clone(), super::value::value(item))));
    variables
}

/// Those that every render has.
pub(super) fn given(
    tools: Value,
    add_generation_prompt: bool,
    special_tokens: &BTreeMap<String, String>,
    now: NaiveDateTime,
) -> Vec<(String, Value)> {
    let mut variables = vec![
        ("tools".to_owned(), tools),
        ("documents".to_owned(), Value::from(())),
        ("add_generation_prompt".to_owned(), Value::from(add_generation_prompt)),
        ("strftime_now".to_owned(), Value::from_function(move |format: &str| strftime(now, format))),
    ];
    variables.extend(special_tokens.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))));
    variables
}

/// `raise_exception(message)`: the template says that it can't render this conversation.
fn raise_exception(message: &Value) -> Result<Value, Error> {
    let message = python::text(message)?;
    Err(Error::new(ErrorKind::InvalidOperation, "raised by the template").with_source(Raised(message)))
}

/// The arguments of a filter that has these names for them, by place or by name; undefined where left out.
pub(super) fn arguments<const N: usize>(
    places: &[Value],
    kwargs: &Kwargs,
    names: [&str; N],
) -> Result<[Value; N], Error> {
    let mut values = [const { Value::UNDEFINED }; N];
    for (place, name) in names.into_iter().enumerate() {
        let value = kwargs.get::<Option<Value>>(name)?;
        values[place] = value.or_else(|| places.get(place).cloned()).unwrap_or_default();
    }
    kwargs.assert_all_used()?;
    if places.len() > N { Err(Error::from(ErrorKind::TooManyArguments)) } else { Ok(values) }
}

/// The most spaces by which `tojson` indents: each line of its text has that many for each level.
const MOST_INDENT: usize = 64;

/// How many spaces an indentation of this width has; none where it is negative, as in Python. More than `most` are refused.
pub(super) fn width(value: &Value, most: usize) -> Result<usize, Error> {
    let width = i64::try_from(value.clone())?.max(0);
    let spaces = usize::try_from(width).ok().filter(|width| *width <= most);
    spaces.ok_or_else(|| {
        let message = format!("an indentation of {width} spaces is more than {most}");
        Error::new(ErrorKind::InvalidOperation, message)
    })
}

/// `value | tojson(ensure_ascii, indent, separators, sort_keys)`.
fn to_json(state: &State, value: &Value, args: &[Value], kwargs: &Kwargs) -> Result<String, Error> {
    let [ascii, indent, separators, sort] =
        arguments(args, kwargs, ["ensure_ascii", "indent", "separators", "sort_keys"])?;
    let indent = match indent.as_str() {
        Some(text) => Some(text.to_owned()),
        None if indent.is_none() || indent.is_undefined() => None,
        None => Some(" ".repeat(width(&indent, MOST_INDENT)?)),
    };
    let (item_separator, key_separator) = if separators.is_true() {
        (python::text(&separators.get_item_by_index(0)?)?, python::text(&separators.get_item_by_index(1)?)?)
    } else {
        (if indent.is_some() { "," } else { ", " }.to_owned(), ": ".to_owned())
    };
    let json = Json {
        ensure_ascii: ascii.is_true(),
        indent,
        item_separator,
        key_separator,
        sort_keys: sort.is_true(),
    };
    let text = json.dump(value)?;
    state.consume_fuel(text.len() as u64 / 4)?;
    Ok(text)
}

/// Whether Python could iterate over a value: over a string, a dict and Jinja's Undefined too, but not over None.
fn is_iterable(value: &Value) -> bool {
    match value.kind() {
        ValueKind::String | ValueKind::Undefined => true,
        ValueKind::None => false,
        _ => value.try_iter().is_ok(),
    }
}

/// `value | trim(characters)`, which is Python's `strip`.
fn trim(value: &Value, characters: Option<&str>) -> Result<String, Error> {
    Ok(methods::strip(&python::text(value)?, characters, true, true).to_owned())
}

/// `value | dictsort(case_sensitive, by, reverse)`.
fn dict_sort(state: &State, value: &Value, args: &[Value], kwargs: &Kwargs) -> Result<Value, Error> {
    let [case_sensitive, by, reverse] = arguments(args, kwargs, ["case_sensitive", "by", "reverse"])?;
    let (case_sensitive, reverse) = (case_sensitive.is_true(), reverse.is_true());
    let by_value = by.as_str() == Some("value");
    if value.kind() != ValueKind::Map {
        return Err(Error::new(ErrorKind::InvalidOperation, "dictsort needs a dict"));
    }
    let mut entries = Vec::new();
    for key in value.try_iter()? {
        let item = value.get_item(&key)?;
        let by = if by_value { &item } else { &key };
        let by = match by.as_str() {
            Some(text) if !case_sensitive => Value::from(text.to_lowercase()),
            _ => by.clone(),
        };
        entries.push((by, key, item));
    }
    state.consume_fuel(entries.len() as u64 * 8)?;
    entries.sort_by(|a, b| if reverse { b.0.cmp(&a.0) } else { a.0.cmp(&b.0) });
    Ok(entries.into_iter().map(|(_, key, item)| Value::from(Tuple::new(vec![key, item]))).collect())
}

/// `strftime`, where a directive that it does not know stays as it was written.
fn strftime(now: NaiveDateTime, format: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    let mut rest = format;
    while let Some(percent) = rest.find('%') {
        out.push_str(&rest[..percent]);
        let directive = &rest[percent..];
        let length = directive
            .char_indices()
            .skip(1)
            .find(|(_, c)| !matches!(c, '-' | '_' | '0' | '^' | '#'))
            .map_or(directive.len(), |(at, c)| at + c.len_utf8());
        let (directive, after) = directive.split_at(length);
        let mut text = String::new();
        match directive {
            // A time without a zone.
            "%z" | "%Z" => {}
            "%c" => {
                let _ = write!(out, "{}", now.format("%a %b %e %H:%M:%S %Y"));
            }
            "%f" => {
                let _ = write!(out, "{}", now.format("%6f"));
            }
            // chrono's own, which C does not have.
            "%v" | "%+" => out.push_str(directive),
            _ if write!(text, "{}", now.format(directive)).is_ok() => out.push_str(&text),
            _ => out.push_str(directive),
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_c_writes_them_and_nonsense_stays() {
        let now = chrono::NaiveDate::from_ymd_opt(2026, 1, 31).unwrap().and_hms_opt(9, 5, 7).unwrap();
        assert_eq!(strftime(now, "%d %b %Y"), "31 Jan 2026");
        assert_eq!(strftime(now, "%-I:%M %p%z 100%"), "9:05 AM 100%");
        assert_eq!(strftime(now, "%Q %! 日%B"), "%Q %! 日January");
    }
}
