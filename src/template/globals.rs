//! The functions that Jinja gives every template and minijinja does not: `cycler`, `joiner`, and a `dict` that takes pairs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use minijinja::value::{Kwargs, Object, ObjectRepr, Rest, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State};

use super::environment;

/// Adds them.
pub(super) fn add(env: &mut Environment<'_>) {
    env.add_function("cycler", |items: Rest<Value>| {
        if items.is_empty() {
            return Err(invalid("no items for cycling given"));
        }
        Ok(Value::from_object(Cycler { items: items.0, at: AtomicUsize::new(0) }))
    });
    env.add_function("joiner", |args: Rest<Value>, named: Kwargs| {
        let [separator] = environment::arguments(&args, &named, ["sep"])?;
        let separator = if separator.is_undefined() { Value::from(", ") } else { separator };
        Ok(Value::from_object(Joiner { separator, used: AtomicBool::new(false) }))
    });
    env.add_function("dict", |state: &State, given: Rest<Value>, named: Kwargs| dict(state, &given, &named));
    env.add_function("lipsum", |_: Rest<Value>| -> Result<Value, Error> {
        Err(invalid("`lipsum` writes a random text, so the render would be another one each time"))
    });
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

/// `dict(mapping or pairs, name=value…)`.
fn dict(state: &State, given: &[Value], named: &Kwargs) -> Result<Value, Error> {
    let mut entries = Vec::new();
    if given.len() > 1 {
        return Err(Error::from(ErrorKind::TooManyArguments));
    }
    if let Some(given) = given.first() {
        if given.is_undefined() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        let pairs = given.kind() != ValueKind::Map;
        for item in given.try_iter()? {
            state.consume_fuel(1)?;
            entries.push(match pairs {
                true if item.len() == Some(2) => (item.get_item_by_index(0)?, item.get_item_by_index(1)?),
                true => return Err(invalid("dict takes a dict or pairs of a key and a value")),
                false => {
                    let value = given.get_item(&item)?;
                    (item, value)
                }
            });
        }
    }
    for name in named.args() {
        entries.push((Value::from(name), named.get(name)?));
    }
    Ok(Value::from_pairs(entries))
}

/// Jinja's `cycler`: one item after the other, and from the first again.
#[derive(Debug)]
struct Cycler {
    items: Vec<Value>,
    at: AtomicUsize,
}

impl Cycler {
    fn current(&self) -> Value {
        self.items.get(self.at.load(Ordering::Relaxed)).cloned().unwrap_or_default()
    }
}

impl Object for Cycler {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        (key.as_str() == Some("current")).then(|| self.current())
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            _ if !args.is_empty() => Err(Error::from(ErrorKind::TooManyArguments)),
            "next" => {
                let current = self.current();
                self.at.store((self.at.load(Ordering::Relaxed) + 1) % self.items.len(), Ordering::Relaxed);
                Ok(current)
            }
            "reset" => {
                self.at.store(0, Ordering::Relaxed);
                Ok(Value::from(()))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// Jinja's `joiner`: nothing at the first call, the separator at every later one.
#[derive(Debug)]
struct Joiner {
    separator: Value,
    used: AtomicBool,
}

impl Object for Joiner {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _state: &mut State, _args: &[Value]) -> Result<Value, Error> {
        let used = self.used.swap(true, Ordering::Relaxed);
        Ok(if used { self.separator.clone() } else { Value::from("") })
    }
}
