//! What can be said of the template that a request names, without a dialogue.

use serde::{Deserialize, Serialize};

use super::{Engine, Request, choose_template, unknown};
use crate::diagnostic::Diagnostic;
use crate::template::checks::{Setting, TemplateFinding, check};
use crate::template::twin::{Twin, training_twin};
use crate::template::{Switch, switches};
use crate::tokenizer::Tokenizer;

/// A template, looked at for training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateReport {
    /// The template.
    pub source: String,
    /// What the checks found.
    pub findings: Vec<TemplateFinding>,
    /// The variables that it reads and that a user may set.
    pub switches: Vec<Switch>,
    /// Its training twin, or why there is none.
    pub twin: Result<Twin, Diagnostic>,
}

impl Engine {
    /// Checks the template that a request names, with the special tokens of the tokenizer that it names.
    pub fn inspect(&mut self, request: &Request) -> Result<TemplateReport, Diagnostic> {
        let tokenizer =
            self.tokenizer(&request.tokenizer).ok_or_else(|| unknown::tokenizer(&request.tokenizer))?;
        let (_, source) = choose_template(&request.template, Some(&tokenizer))?;
        let special_tokens = tokenizer.special_tokens();
        let setting =
            Setting { special_tokens, now: request.now, tokenizer_adds_bos: adds_first_token(&tokenizer) };
        Ok(TemplateReport {
            findings: check(&source, setting),
            switches: switches(&source).unwrap_or_default(),
            twin: training_twin(&source, special_tokens, request.now),
            source,
        })
    }
}

/// Whether the tokenizer puts `bos_token` in front of a text that it is given.
fn adds_first_token(tokenizer: &Tokenizer) -> bool {
    let bos = tokenizer.special_tokens().get("bos_token").and_then(|token| tokenizer.token_to_id(token));
    let first = tokenizer.encode_with_special_tokens("a").ok().and_then(|it| it.ids.first().copied());
    bos.is_some() && first == bos
}
