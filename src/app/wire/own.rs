//! What page and worker say of tokenizers that the user brings.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::bring::own_name;

/// Files that the user gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The path of each, and the address under which the worker finds it. A text that was pasted has no path.
    pub files: Vec<(String, String)>,
    /// What the tokenizer is called, where its files don't say so better.
    pub name: Option<String>,
    /// The host that they came from, where they came from one.
    pub host: Option<String>,
}

/// A tokenizer that the user brought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Own {
    /// Its id, which has its name.
    pub id: String,
    /// How many bytes its files have.
    pub bytes: f64,
    /// One past its largest id.
    pub entries: u32,
    /// The host that it came from, where it came from one.
    pub host: Option<String>,
    /// Whether the browser keeps it.
    pub kept: bool,
}

impl Own {
    /// Its name.
    pub fn name(&self) -> &str {
        own_name(&self.id).unwrap_or(&self.id)
    }
}

/// What files turned out to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Brought {
    /// A tokenizer, and what there is to know about it.
    Tokenizer(Own, Bilingual),
    /// A chat template, and what there is to know about it.
    Template(String, Bilingual),
}
