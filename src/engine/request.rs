//! What a face asks the engine for.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::template::Preparation;

/// Everything a report depends on, apart from the tokenizers that were added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// What the user pasted.
    pub dialogue: String,
    /// The id of the format that it is read in; the one that fits best where absent.
    pub format: Option<String>,
    /// Which chat template renders it.
    pub template: TemplateChoice,
    /// The id of the tokenizer: [`EMBEDDED`], or one given to [`Engine::add_tokenizer`](super::Engine::add_tokenizer).
    pub tokenizer: String,
    /// The id of the recipe, such as `per-turn`.
    pub recipe: String,
    /// Options of the recipe that differ from its defaults: name and value.
    pub options: Vec<(String, String)>,
    /// The label of a masked position.
    pub ignore_index: i64,
    /// The clock that `strftime_now` sees.
    #[serde(with = "time")]
    pub now: NaiveDateTime,
    /// Further variables of the template.
    pub variables: Vec<(String, serde_json::Value)>,
    /// How messages are prepared before the template sees them.
    #[serde(default)]
    pub preparation: Preparation,
    /// Only this conversation, counted from 0; all of them where absent.
    pub conversation: Option<usize>,
}

/// Which chat template renders the dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateChoice {
    /// The one that comes with the tokenizer, else `plain`.
    TokenizersOwn,
    /// The one of this name that comes with the tokenizer, where that has several.
    Named(String),
    /// One of the catalog, by id.
    Catalog(String),
    /// This text.
    Source(String),
}

impl Default for Request {
    /// An empty dialogue with every default of the native command, at the start of 1970.
    fn default() -> Self {
        Self {
            dialogue: String::new(),
            format: None,
            template: TemplateChoice::TokenizersOwn,
            tokenizer: EMBEDDED.to_owned(),
            recipe: "per-turn".to_owned(),
            options: Vec::new(),
            ignore_index: -100,
            now: NaiveDateTime::default(),
            variables: Vec::new(),
            preparation: Preparation::default(),
            conversation: None,
        }
    }
}

/// The id of the tokenizer that is part of the program.
pub const EMBEDDED: &str = "lossmask";

/// A moment as text: `2026-01-31T09:05:07`.
mod time {
    use chrono::NaiveDateTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    const FORMAT: &str = "%Y-%m-%dT%H:%M:%S";

    pub(super) fn serialize<S: Serializer>(time: &NaiveDateTime, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&time.format(FORMAT))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDateTime, D::Error> {
        let text = String::deserialize(from)?;
        NaiveDateTime::parse_from_str(&text, FORMAT).map_err(D::Error::custom)
    }
}
