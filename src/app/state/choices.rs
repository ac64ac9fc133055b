//! What the user chose; it survives a reload.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::engine::TemplateChoice;
use crate::examples::EXAMPLES;

/// What stands under a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// Nothing.
    Text,
    /// Its id.
    Ids,
    /// Its label.
    Labels,
}

/// The colours of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// What the system says.
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What the user chose; it survives a reload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The pasted text.
    pub dialogue: Rc<str>,
    /// The format that the text is read in; the one that fits best where none is chosen.
    pub format: Option<String>,
    /// The template.
    pub template: TemplateChoice,
    /// The user's own template, kept while another one is chosen.
    pub own_template: Rc<str>,
    /// The tokenizer's id.
    pub tokenizer: String,
    /// The recipe's id.
    pub recipe: String,
    /// Options that differ from their defaults, by recipe.
    pub options: BTreeMap<String, BTreeMap<String, String>>,
    /// The label of a masked position.
    pub ignore_index: i64,
    /// Which conversation of the dialogue is shown.
    pub conversation: usize,
    /// What stands under a token.
    pub lane: Lane,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            dialogue: EXAMPLES[0].dialogue.into(),
            format: None,
            template: TemplateChoice::TokenizersOwn,
            own_template: "".into(),
            tokenizer: "qwen2_5".to_owned(),
            recipe: "per-turn".to_owned(),
            options: BTreeMap::new(),
            ignore_index: -100,
            conversation: 0,
            lane: Lane::Labels,
        }
    }
}
