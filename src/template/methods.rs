//! The methods of Python's `str`, `list` and `dict` that templates call.

use minijinja::value::{Kwargs, Rest, Tuple, Value, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State};

use super::{python, strings};

pub(super) use strings::strip;

/// The methods of a text that templates call on a content; lists and dicts have none of these names.
pub(super) const OF_TEXT: [&str; 22] = [
    "strip",
    "lstrip",
    "rstrip",
    "split",
    "rsplit",
    "splitlines",
    "partition",
    "rpartition",
    "replace",
    "startswith",
    "endswith",
    "removeprefix",
    "removesuffix",
    "find",
    "rfind",
    "join",
    "format",
    "upper",
    "lower",
    "title",
    "capitalize",
    "isspace",
];

/// Calls a method that minijinja does not have.
pub(super) fn call(state: &mut State, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::String => {
            let text = value.as_str().unwrap_or_default();
            state.consume_fuel(text.len() as u64 / 64)?;
            string(state, text, name, args)
        }
        ValueKind::Map => map(value, name, args),
        ValueKind::Seq | ValueKind::Iterable => list(state, value, name, args),
        _ => Err(unknown()),
    }
}

fn unknown() -> Error {
    Error::from(ErrorKind::UnknownMethod)
}

fn invalid(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// A list of strings.
fn strings_value<'a>(items: impl IntoIterator<Item = &'a str>) -> Value {
    items.into_iter().map(Value::from).collect()
}

/// A tuple of strings.
fn tuple<const N: usize>(items: [&str; N]) -> Value {
    Value::from(Tuple::new(items.into_iter().map(Value::from).collect()))
}

fn string(state: &State, text: &str, name: &str, args: &[Value]) -> Result<Value, Error> {
    if let Some(answer) = strings::predicate(text, name) {
        let () = from_args(args)?;
        return Ok(Value::from(answer));
    }
    if let Some(changed) = strings::change_case(text, name) {
        let () = from_args(args)?;
        return Ok(Value::from(changed));
    }
    match name {
        "strip" | "lstrip" | "rstrip" => {
            let (characters,): (Option<&str>,) = from_args(args)?;
            Ok(Value::from(strip(text, characters, name != "rstrip", name != "lstrip")))
        }
        "split" | "rsplit" => {
            let (separator, limit, kwargs): (Option<Value>, Option<i64>, Kwargs) = from_args(args)?;
            let separator = separator.filter(|value| !value.is_none()).or(kwargs.get("sep")?);
            let limit = limit.or(kwargs.get("maxsplit")?).and_then(|limit| usize::try_from(limit).ok());
            kwargs.assert_all_used()?;
            let separator = match &separator {
                None => None,
                Some(value) if value.is_none() => None,
                Some(value) => Some(value.as_str().ok_or_else(|| invalid("the separator must be a string"))?),
            };
            if separator == Some("") {
                return Err(invalid("empty separator"));
            }
            Ok(strings_value(strings::split(text, separator, limit, name == "rsplit")))
        }
        "splitlines" => {
            let (keep, kwargs): (Option<bool>, Kwargs) = from_args(args)?;
            let keep = keep.or(kwargs.get("keepends")?).unwrap_or(false);
            kwargs.assert_all_used()?;
            Ok(strings_value(strings::split_lines(text, keep)))
        }
        "partition" | "rpartition" => {
            let (separator,): (&str,) = from_args(args)?;
            if separator.is_empty() {
                return Err(invalid("empty separator"));
            }
            Ok(if name == "partition" {
                text.split_once(separator)
                    .map_or_else(|| tuple([text, "", ""]), |(a, b)| tuple([a, separator, b]))
            } else {
                text.rsplit_once(separator)
                    .map_or_else(|| tuple(["", "", text]), |(a, b)| tuple([a, separator, b]))
            })
        }
        "replace" => {
            let (old, new, count): (&str, &str, Option<i64>) = from_args(args)?;
            let places = text.matches(old).count() as u64;
            state.consume_fuel(places.saturating_mul(new.len() as u64) / 64)?;
            Ok(Value::from(match count.map(usize::try_from) {
                Some(Ok(count)) => text.replacen(old, new, count),
                _ => text.replace(old, new),
            }))
        }
        "startswith" | "endswith" => {
            let (affix, start, end): (&Value, Option<i64>, Option<i64>) = from_args(args)?;
            let (_, within) = strings::within(text, start, end);
            let fits = |affix: &Value| -> Result<bool, Error> {
                let affix = affix
                    .as_str()
                    .ok_or_else(|| invalid("the argument must be a string or a tuple of them"))?;
                Ok(if name == "startswith" { within.starts_with(affix) } else { within.ends_with(affix) })
            };
            if affix.is_tuple() || affix.kind() == ValueKind::Seq {
                for item in affix.try_iter()? {
                    if fits(&item)? {
                        return Ok(Value::from(true));
                    }
                }
                return Ok(Value::from(false));
            }
            Ok(Value::from(fits(affix)?))
        }
        "removeprefix" => {
            let (affix,): (&str,) = from_args(args)?;
            Ok(Value::from(text.strip_prefix(affix).unwrap_or(text)))
        }
        "removesuffix" => {
            let (affix,): (&str,) = from_args(args)?;
            Ok(Value::from(text.strip_suffix(affix).unwrap_or(text)))
        }
        "find" | "rfind" | "index" | "rindex" | "count" => {
            let (needle, start, end): (&str, Option<i64>, Option<i64>) = from_args(args)?;
            let (skipped, within) = strings::within(text, start, end);
            if name == "count" {
                return Ok(Value::from(within.matches(needle).count()));
            }
            let at = if name.starts_with('r') { within.rfind(needle) } else { within.find(needle) };
            match at {
                Some(at) => Ok(Value::from(skipped + within[..at].chars().count())),
                None if name.ends_with("find") => Ok(Value::from(-1)),
                None => Err(invalid("substring not found")),
            }
        }
        "join" => {
            let (items,): (&Value,) = from_args(args)?;
            let mut out = String::new();
            for (i, item) in items.try_iter()?.enumerate() {
                if i > 0 {
                    out.push_str(text);
                }
                out.push_str(item.as_str().ok_or_else(|| invalid("join: every item must be a string"))?);
                state.consume_fuel(1 + (text.len() + item.len().unwrap_or(0)) as u64 / 64)?;
            }
            Ok(Value::from(out))
        }
        "ljust" | "rjust" | "center" | "zfill" => {
            let (width, fill): (i64, Option<char>) = from_args(args)?;
            let width = usize::try_from(width).unwrap_or(0);
            state.consume_fuel(width as u64 / 16)?;
            Ok(Value::from(strings::pad(text, width, fill, name)))
        }
        "format" => {
            let (args, kwargs): (Rest<Value>, Kwargs) = from_args(args)?;
            format(text, &args, &kwargs).map(Value::from)
        }
        _ => Err(unknown()),
    }
}

/// `str.format` with `{}`, `{0}` and `{name}`.
fn format(text: &str, args: &[Value], kwargs: &Kwargs) -> Result<String, Error> {
    let mut out = String::new();
    let mut rest = text;
    let mut next = 0;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        if let Some(after) = after.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        let (field, after) = match after.split_once('}') {
            Some(parts) if brace == "{" => parts,
            _ => return Err(invalid("format: a single brace in the string")),
        };
        let value = if field.is_empty() {
            next += 1;
            args.get(next - 1).cloned()
        } else if let Ok(place) = field.parse::<usize>() {
            args.get(place).cloned()
        } else if field.contains([':', '!', '.', '[', '{']) {
            return Err(invalid("format: only `{}`, `{0}` and `{name}` are known"));
        } else {
            kwargs.get(field)?
        };
        out.push_str(&python::text(&value.ok_or_else(|| invalid("format: an argument is missing"))?)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn map(value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    match name {
        "items" => {
            let () = from_args(args)?;
            let mut items = Vec::new();
            for key in value.try_iter()? {
                let item = value.get_item(&key)?;
                items.push(Value::from(Tuple::new(vec![key, item])));
            }
            Ok(Value::from(items))
        }
        "keys" => {
            let () = from_args(args)?;
            Ok(value.try_iter()?.collect())
        }
        "values" => {
            let () = from_args(args)?;
            value.try_iter()?.map(|key| value.get_item(&key)).collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        "get" => {
            let (key, default): (&Value, Option<&Value>) = from_args(args)?;
            let found = value.get_item(key)?;
            Ok(if found.is_undefined() { default.cloned().unwrap_or_else(|| Value::from(())) } else { found })
        }
        "copy" => {
            let () = from_args(args)?;
            Ok(value.clone())
        }
        "update" | "pop" | "popitem" | "clear" | "setdefault" => Err(immutable()),
        _ => Err(unknown()),
    }
}

fn list(state: &State, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    match name {
        "index" | "count" => {
            let (wanted,): (&Value,) = from_args(args)?;
            let mut count = 0;
            for (i, item) in value.try_iter()?.enumerate() {
                state.consume_fuel(1)?;
                if item == *wanted {
                    if name == "index" {
                        return Ok(Value::from(i));
                    }
                    count += 1;
                }
            }
            if name == "index" {
                Err(invalid("the value is not in the list"))
            } else {
                Ok(Value::from(count))
            }
        }
        "copy" => {
            let () = from_args(args)?;
            Ok(value.clone())
        }
        "append" | "extend" | "insert" | "pop" | "remove" | "clear" | "sort" | "reverse" => Err(immutable()),
        _ => Err(unknown()),
    }
}

/// transformers' sandbox refuses methods that change a list or a dict.
fn immutable() -> Error {
    invalid("a chat template may not change a list or a dict in place")
}
