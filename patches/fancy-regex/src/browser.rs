//! In a browser: its own `RegExp`.

use std::cell::RefCell;
use std::collections::HashMap;

use js_sys::{Function, JsString, Reflect, RegExp};
use wasm_bindgen::{JsCast, JsValue};

use crate::translate::translate;
use crate::{Error, Match, Matches};

/// A pattern that compiles; what it compiles to belongs to the thread.
#[derive(Clone, Debug)]
pub struct Regex {
    /// The pattern as `RegExp` reads it.
    source: String,
}

thread_local! {
    static COMPILED: RefCell<HashMap<String, RegExp>> = RefCell::default();
}

impl Regex {
    /// Compiles a pattern.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        let regex = Self { source: translate(pattern).map_err(Error)? };
        regex.compiled().map(|_| regex)
    }

    /// Every match in the text.
    pub fn find_iter<'r, 't>(&'r self, text: &'t str) -> Matches<'r, 't, str> {
        Matches::new(match self.compiled() {
            Ok(regex) => find_all(&regex, text),
            Err(error) => vec![Err(error)],
        })
    }

    fn compiled(&self) -> Result<RegExp, Error> {
        COMPILED.with_borrow_mut(|compiled| {
            if let Some(regex) = compiled.get(&self.source) {
                return Ok(regex.clone());
            }
            let regex = compile(&self.source).map_err(|error| Error(words(&error)))?;
            compiled.insert(self.source.clone(), regex.clone());
            Ok(regex)
        })
    }
}

/// `new RegExp(source, "gv")`, which throws where the browser does not know what the pattern needs.
fn compile(source: &str) -> Result<RegExp, JsValue> {
    let constructor: Function = Reflect::get(&js_sys::global(), &"RegExp".into())?.dyn_into()?;
    let arguments = js_sys::Array::of2(&source.into(), &"gv".into());
    Ok(Reflect::construct(&constructor, &arguments)?.unchecked_into())
}

fn words(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| String::from(error.message()))
}

/// The matches as the crate gives them: an empty one where the last one ended is none.
fn find_all(regex: &RegExp, text: &str) -> Vec<Result<Match, Error>> {
    let subject = JsString::from(text);
    let mut places = Places { text, byte: 0, unit: 0 };
    let mut found = Vec::new();
    let mut last_end = None;
    let mut from = 0;
    loop {
        regex.set_last_index(from);
        let Some((start, length)) = exec(regex, &subject) else { return found };
        let (first, last) = (places.byte_of(start), places.byte_of(start + length));
        if length > 0 || last_end != Some(last) {
            found.push(Ok(Match { start: first, end: last }));
            last_end = Some(last);
        }
        from = start + length;
        if length == 0 {
            let Some(character) = text[first..].chars().next() else { return found };
            from += character.len_utf16() as u32;
        }
    }
}

/// The next match: where it begins and how long it is, in UTF-16 units.
fn exec(regex: &RegExp, subject: &JsString) -> Option<(u32, u32)> {
    let exec: Function = Reflect::get(regex, &"exec".into()).ok()?.unchecked_into();
    let result = exec.call1(regex, subject).ok().filter(|result| !result.is_null())?;
    let start = Reflect::get(&result, &"index".into()).ok()?.as_f64()?;
    let text: JsString = Reflect::get_u32(&result, 0).ok()?.unchecked_into();
    Some((start as u32, text.length()))
}

/// Turns places in UTF-16 units into bytes; the places come in ascending order.
struct Places<'t> {
    text: &'t str,
    byte: usize,
    unit: u32,
}

impl Places<'_> {
    fn byte_of(&mut self, unit: u32) -> usize {
        let mut rest = self.text[self.byte..].chars();
        while self.unit < unit {
            let Some(character) = rest.next() else { break };
            self.unit += character.len_utf16() as u32;
            self.byte += character.len_utf8();
        }
        self.byte
    }
}
