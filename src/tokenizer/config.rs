//! What stands beside a `tokenizer.json`: special tokens, chat templates and further added tokens.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Files, problem};
use crate::diagnostic::Diagnostic;

/// What was read of the files beside `tokenizer.json`.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// Name ▶ token, such as `eos_token` ▶ `<|im_end|>`.
    pub(super) special_tokens: BTreeMap<String, String>,
    /// Name ▶ source.
    pub(super) chat_templates: BTreeMap<String, String>,
    /// Added tokens by ascending id, in the form that `tokenizer.json` has them in.
    pub(super) added_tokens: Vec<Value>,
}

/// Reads the files beside `tokenizer.json`.
pub(super) fn read(files: &Files<'_>) -> Result<Config, Diagnostic> {
    let mut config = Config::default();
    let sources =
        [("special_tokens_map.json", files.special_tokens_map), ("tokenizer_config.json", files.config)];
    for (name, text) in sources {
        let Some(text) = text else { continue };
        let value: Value =
            serde_json::from_str(text).map_err(|e| problem::bad_config(name, &e.to_string()))?;
        special_tokens(&value, &mut config.special_tokens);
        chat_templates(&value["chat_template"], &mut config.chat_templates);
        if let Some(added) = value["added_tokens_decoder"].as_object() {
            config.added_tokens = added.iter().filter_map(|(id, token)| added_token(id, token)).collect();
            config.added_tokens.sort_by_key(|token| token["id"].as_u64());
        }
    }
    // Files of templates take the place of all that the configuration has, as in transformers.
    let own = files.chat_template.map(|template| ("default", template));
    let mut written = own.into_iter().chain(files.further_templates.iter().copied()).peekable();
    if written.peek().is_some() {
        config.chat_templates =
            written.map(|(name, template)| (name.to_owned(), template.to_owned())).collect();
    }
    Ok(config)
}

/// Every `…_token` that is a string or an object with `content`.
fn special_tokens(value: &Value, out: &mut BTreeMap<String, String>) {
    let Some(object) = value.as_object() else { return };
    for (name, token) in object.iter().filter(|(name, _)| name.ends_with("_token")) {
        if let Some(token) = token.as_str().or_else(|| token["content"].as_str()) {
            out.insert(name.clone(), token.to_owned());
        }
    }
}

/// A template, or a list of named ones.
fn chat_templates(value: &Value, out: &mut BTreeMap<String, String>) {
    if let Some(template) = value.as_str() {
        out.insert("default".to_owned(), template.to_owned());
    }
    for entry in value.as_array().into_iter().flatten() {
        if let (Some(name), Some(template)) = (entry["name"].as_str(), entry["template"].as_str()) {
            out.insert(name.to_owned(), template.to_owned());
        }
    }
}

/// An entry of `added_tokens_decoder` in the form of `added_tokens`.
fn added_token(id: &str, token: &Value) -> Option<Value> {
    let flag = |name: &str, usual: bool| token[name].as_bool().unwrap_or(usual);
    let special = flag("special", false);
    Some(json!({
        "id": id.parse::<u32>().ok()?,
        "content": token["content"].as_str()?,
        "single_word": flag("single_word", false),
        "lstrip": flag("lstrip", false),
        "rstrip": flag("rstrip", false),
        "normalized": flag("normalized", !special),
        "special": special,
    }))
}
