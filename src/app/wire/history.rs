//! What page and worker say of dialogues that were worked on before.

use serde::{Deserialize, Serialize};

use crate::app::state::Choices;

/// What is to be done with what is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum History {
    /// The list is sent.
    List,
    /// This is kept under this id. Nothing is answered.
    Keep(String, Box<Choices>),
    /// What is kept under this id is sent, as if a link to it had been opened.
    Open(String),
    /// What is kept under this id goes, and the list is sent.
    Erase(String),
}

/// A dialogue that is kept, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Its id.
    pub id: String,
    /// What it begins with.
    pub title: String,
    /// When it was worked on last, in the user's time, in English and Chinese.
    pub when: [String; 2],
}
