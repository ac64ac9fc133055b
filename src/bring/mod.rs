//! Tokenizers that a user brings: which of some files are a tokenizer's, what an archive holds, what the hub is asked.
//!
//! Nothing here reads a file or asks a network: the page and its worker do, with what is said here.

pub mod choose;
pub mod hub;
pub mod zip;

use crate::tokenizer::Files;

/// `tokenizer.json`, by the name it goes by everywhere.
pub const TOKENIZER: &str = "tokenizer.json";
/// `tokenizer_config.json`.
pub const CONFIG: &str = "tokenizer_config.json";
/// `special_tokens_map.json`.
pub const SPECIAL_TOKENS: &str = "special_tokens_map.json";
/// `chat_template.jinja`.
pub const TEMPLATE: &str = "chat_template.jinja";
/// The folder of further templates, as transformers 5 has it.
pub const TEMPLATES: &str = "additional_chat_templates/";

/// The files that are read of a tokenizer, the one that must be there first.
pub const NAMES: [&str; 4] = [TOKENIZER, CONFIG, SPECIAL_TOKENS, TEMPLATE];

/// The most bytes that the files of one tokenizer may have together. The largest that is known (Gemma 3) has 33 MB.
pub const LARGEST: usize = 128 << 20;

/// The ids of tokenizers that were brought begin so; no tokenizer of the catalog's does.
pub const OWN: &str = "own:";

/// The name of a tokenizer that was brought, where the id is one's.
pub fn own_name(id: &str) -> Option<&str> {
    id.strip_prefix(OWN)
}

/// The texts of a tokenizer's files, each with its name, as a tokenizer is read from them; nothing without the main one.
pub fn files(parts: &[(String, String)]) -> Option<Files<'_>> {
    let find = |wanted: &str| parts.iter().find(|(name, _)| name == wanted).map(|(_, text)| text.as_str());
    let templates = parts.iter().filter_map(|(name, text)| {
        let name = name.strip_prefix(TEMPLATES)?.strip_suffix(".jinja")?;
        Some((name, text.as_str()))
    });
    Some(Files {
        tokenizer: find(TOKENIZER)?,
        config: find(CONFIG),
        special_tokens_map: find(SPECIAL_TOKENS),
        chat_template: find(TEMPLATE),
        further_templates: templates.collect(),
    })
}
