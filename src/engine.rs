//! The one function every face calls: [`Request`] ▶ [`Report`].
//!
//! The engine keeps what is dear to make again (tokenizers, compiled templates, renders), reads no clock, draws no
//! random number and touches no file: the same requests give the same reports.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::recipe::Outcome;
use crate::span::Span;

/// Everything a report depends on, apart from the tokenizers that were added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// What the user pasted.
    pub dialogue: String,
    /// Which chat template renders it.
    pub template: TemplateChoice,
    /// The id of the tokenizer: [`EMBEDDED`], or one given to [`Engine::add_tokenizer`].
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
    /// Only this conversation, counted from 0; all of them where absent.
    pub conversation: Option<usize>,
}

/// Which chat template renders the dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateChoice {
    /// The one that comes with the tokenizer, else `plain`.
    TokenizersOwn,
    /// One of the catalog, by id.
    Catalog(String),
    /// This text.
    Source(String),
}

/// What a request comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The format of the dialogue, such as `openai`, where one was recognised.
    pub format: Option<String>,
    /// The conversations that were asked for, in order.
    pub conversations: Vec<ConversationReport>,
    /// How many conversations the dialogue holds.
    pub count: usize,
    /// What concerns the request as a whole: the dialogue's reading, the template, the tokenizer, the options.
    pub diagnostics: Vec<Diagnostic>,
    /// The text of the template that was used.
    pub template_source: Option<String>,
    /// Where the template is from: `tokenizer`, `custom`, or the id in the catalog that was really used.
    pub template_id: String,
}

/// One conversation and the samples it gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConversationReport {
    /// Its place in the dialogue, from 0.
    pub index: usize,
    /// Its messages, in order.
    pub messages: Vec<MessageSummary>,
    /// The samples a trainer would make of it, or why it makes none.
    pub outcomes: Vec<Outcome>,
    /// What concerns this conversation as a whole.
    pub diagnostics: Vec<Diagnostic>,
}

/// A message, as far as a face needs it beside the samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSummary {
    /// Its role, as the dataset has it.
    pub role: String,
    /// Its bytes in the pasted text.
    pub span: Span,
    /// The bytes of its content in the pasted text, quotes included, where it has one.
    pub content_span: Option<Span>,
}

impl Default for Request {
    /// An empty dialogue with every default of the native command, at the start of 1970.
    fn default() -> Self {
        Self {
            dialogue: String::new(),
            template: TemplateChoice::TokenizersOwn,
            tokenizer: EMBEDDED.to_owned(),
            recipe: "per-turn".to_owned(),
            options: Vec::new(),
            ignore_index: -100,
            now: NaiveDateTime::default(),
            variables: Vec::new(),
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

/// Turns requests into reports.
#[derive(Default)]
pub struct Engine {}

impl Engine {
    /// An engine that knows the embedded tokenizer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tokenizer under an id, or replaces the one that had it.
    pub fn add_tokenizer(&mut self, _id: impl Into<String>, _tokenizer: crate::tokenizer::Tokenizer) {
        todo!("engine")
    }

    /// Whether a request can name this tokenizer.
    pub fn has_tokenizer(&self, _id: &str) -> bool {
        todo!("engine")
    }

    /// Reads, renders, encodes and explains. Never fails: what went wrong is in the report's diagnostics.
    pub fn analyze(&mut self, _request: &Request) -> Report {
        todo!("engine")
    }
}
