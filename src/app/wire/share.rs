//! What page and worker say of states that are handed on and come back.

use serde::{Deserialize, Serialize};

use crate::app::i18n::Lang;
use crate::app::state::Choices;
use crate::bilingual::Bilingual;
use crate::engine::Request;

/// A state that is to be handed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// What is chosen.
    pub choices: Choices,
    /// The question that it comes to, with the dialogue of the choices.
    pub request: Request,
    /// The name of the file that is open.
    pub file: Option<String>,
    /// The address of the page, without query and fragment.
    pub address: String,
    /// The language in which it is written about.
    pub lang: Lang,
}

/// What there is to hand on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// What there is to know, in the user's language.
    pub notes: Vec<String>,
    /// The texts: a link and the code of a frame, where the state is not too large for them, and Markdown.
    pub texts: Vec<SharedText>,
}

/// A text to hand on; all words are in the user's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedText {
    /// What the button says that copies it.
    pub action: String,
    /// What is said when it is copied.
    pub done: String,
    /// The text.
    pub text: String,
}

/// A state that was packed and is back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unpacked {
    /// What is chosen.
    pub choices: Choices,
    /// What could not be taken as it stands.
    pub note: Option<Bilingual>,
}
