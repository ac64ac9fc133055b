//! What a program asks for, and the request that it stands for; what could only be misread is refused.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde::Deserialize;
use serde_json::Value;

use crate::dialogue;
use crate::engine::{self, Request, TemplateChoice, moment};
use crate::template::Preparation;

/// What a program asks for; every field but the dialogue may be left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Call {
    /// The dialogue: text in any format that is recognised, or the value that such a text would hold.
    pub dialogue: Value,
    /// The id of the format to read a text in.
    #[serde(default)]
    pub format: Option<String>,
    /// The recipe's id.
    #[serde(default)]
    pub recipe: Option<String>,
    /// Options of the recipe: text, numbers, booleans, or lists of them.
    #[serde(default)]
    pub options: BTreeMap<String, Value>,
    /// An id of the catalog, or the text of a template: whatever holds a `{`.
    #[serde(default)]
    pub template: Option<String>,
    /// The id of a tokenizer that was loaded; the embedded one where absent.
    #[serde(default)]
    pub tokenizer: Option<String>,
    /// The label of a masked position.
    #[serde(default)]
    pub ignore_index: Option<i64>,
    /// Only this conversation, from 0.
    #[serde(default)]
    pub conversation: Option<usize>,
    /// Further variables of the template.
    #[serde(default)]
    pub variables: BTreeMap<String, Value>,
    /// The major version of transformers that prepares the messages: 5, or 4.
    #[serde(default)]
    pub transformers: Option<u8>,
    /// The clock that the template sees, `2026-01-31T09:05:07`.
    #[serde(default)]
    pub now: Option<String>,
    /// For [`render`](super::render): whether the text ends with the generation prompt.
    #[serde(default)]
    pub add_generation_prompt: bool,
}

impl Call {
    /// The request that it stands for; `clock` is the time where it names none.
    pub(super) fn request(&self, clock: NaiveDateTime) -> Result<Request, String> {
        let named = self.now.as_deref().map(|now| moment(now).ok_or(NOT_A_MOMENT));
        let now = named.transpose()?.unwrap_or(clock);
        known_format(self.format.as_deref())?;
        let default = Request::default();
        Ok(Request {
            dialogue: text(&self.dialogue),
            format: self.format.clone(),
            template: choice(self.template.as_deref()),
            tokenizer: self.tokenizer.clone().unwrap_or(default.tokenizer),
            recipe: self.recipe.clone().unwrap_or(default.recipe),
            options: self.options.iter().map(|(name, value)| (name.clone(), option(value))).collect(),
            ignore_index: self.ignore_index.unwrap_or(default.ignore_index),
            now,
            variables: self.variables.iter().map(|(name, value)| (name.clone(), value.to_string())).collect(),
            preparation: preparation(self.transformers)?,
            conversation: self.conversation,
        })
    }
}

/// The template that a text names: a template holds a `{`, an id of the catalog does not.
pub(super) fn choice(template: Option<&str>) -> TemplateChoice {
    match template {
        None => TemplateChoice::TokenizersOwn,
        Some(source) if source.contains('{') => TemplateChoice::Source(source.to_owned()),
        Some(id) => TemplateChoice::Catalog(id.to_owned()),
    }
}

/// How the major version of transformers prepares messages.
pub(super) fn preparation(transformers: Option<u8>) -> Result<Preparation, String> {
    match transformers {
        Some(4) => Ok(Preparation::V4),
        Some(5) | None => Ok(Preparation::V5),
        Some(other) => Err(format!("`transformers` is 4 or 5, not {other}")),
    }
}

/// Refuses an id that no format has.
pub(super) fn known_format(format: Option<&str>) -> Result<(), String> {
    match format {
        Some(id) if dialogue::FORMATS.iter().all(|format| format.id != id) => {
            let known: Vec<_> = dialogue::FORMATS.iter().map(|format| format.id).collect();
            Err(format!("there is no format `{id}`; there are {}", known.join(", ")))
        }
        _ => Ok(()),
    }
}

/// Refuses a conversation that a dialogue with others does not have.
pub(super) fn has_conversation(call: &Call, report: &engine::Report) -> Result<(), String> {
    match (call.conversation, report.count) {
        (Some(wanted), count) if count > 0 && wanted >= count => Err(format!(
            "there is no conversation {wanted}: they are counted from 0, and the dialogue has {count}"
        )),
        _ => Ok(()),
    }
}

pub(super) const NOT_A_MOMENT: &str = "`now` is written like 2026-01-31T09:05:07";

/// A dialogue as text: a value is written as JSON.
pub(super) fn text(dialogue: &Value) -> String {
    dialogue.as_str().map_or_else(|| dialogue.to_string(), str::to_owned)
}

/// An option as a command line would name it.
pub(super) fn option(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        Value::Array(items) => items.iter().map(option).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
