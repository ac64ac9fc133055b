//! Conversations that are JSON ▶ their text and nothing else, for programs that render many of them with one template.
//!
//! The values go straight into those that the template sees: no places of what was written, and no writers of what comes
//! out. The text is the one that [`Template::render`] makes of the same conversation.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDateTime;
use minijinja::Value as Item;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Template, environment, value};
use crate::diagnostic::Diagnostic;

/// A value that a template sees, read from the JSON that JavaScript writes.
#[derive(Clone, Debug)]
pub struct Json(Item);

/// The entries of an object in such JSON, in their order; JavaScript writes no name twice.
#[derive(Clone, Debug, Default)]
pub struct Entries(Vec<(Item, Item)>);

/// What a template sees.
#[derive(Clone, Debug)]
pub struct Plain<'a> {
    /// The messages to render.
    pub messages: Vec<Entries>,
    /// The tools, `None` in the template where absent.
    pub tools: Option<Json>,
    /// Further variables.
    pub variables: Entries,
    /// Whether to end with the header of the assistant's next turn.
    pub add_generation_prompt: bool,
    /// `bos_token`, `eos_token` and the like, by name.
    pub special_tokens: &'a BTreeMap<String, String>,
    /// The clock that `strftime_now` sees.
    pub now: NaiveDateTime,
}

impl Template {
    /// Renders a conversation to its text alone. The error points into the template where it can.
    pub fn render_plain(&self, plain: Plain<'_>) -> Result<String, Diagnostic> {
        let prepared = |message: Entries| value::prepared(message.0, self.preparation);
        let messages = plain.messages.into_iter().map(prepared).collect();
        let tools = plain.tools.map_or_else(|| Item::from(()), |tools| tools.0);
        let mut variables =
            environment::given(tools, plain.add_generation_prompt, plain.special_tokens, plain.now);
        let named = |(name, item): (Item, Item)| (name.as_str().unwrap_or_default().to_owned(), item);
        variables.extend(plain.variables.0.into_iter().map(named));
        self.run_for_text(&variables, messages)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values).map(Self)
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Objects).map(Self)
    }
}

struct Objects;

impl<'de> Visitor<'de> for Objects {
    type Value = Vec<(Item, Item)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(4).min(64));
        while let Some((key, item)) = map.next_entry::<Json, Json>()? {
            entries.push((key.0, item.0));
        }
        Ok(entries)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Item, E> {
        Ok(Item::from(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Item, E> {
        Ok(Item::from(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Item, E> {
        Ok(Item::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Item, E> {
        // What is too large for 64 bits, and yet less than this, JavaScript writes in digits: an int for Python.
        if (9.2e18..1e21).contains(&number.abs()) {
            return Ok(Item::from(number as i128));
        }
        Ok(Item::from(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Item, E> {
        Ok(Item::from(text))
    }

    fn visit_unit<E: Error>(self) -> Result<Item, E> {
        Ok(Item::from(()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Item, A::Error> {
        let mut list = Vec::new();
        while let Some(Json(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Item::from(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
        Objects.visit_map(map).map(Item::from_pairs)
    }
}
