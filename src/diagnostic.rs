//! What lossmask tells a person about their input: a fact, where it is, and what to do.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::span::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The training will probably not do what was meant.
    Warning,
    /// There is no result, or a result nobody can want.
    Error,
}

/// The text that a diagnostic's span points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// What the user pasted.
    Dialogue,
    /// The chat template.
    Template,
    /// A file of the tokenizer.
    Tokenizer,
    /// The rendered text of the sample.
    Rendered,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// A stable name in kebab-case, such as `stop-token-untrained`.
    pub code: std::borrow::Cow<'static, str>,
    /// How bad it is.
    pub severity: Severity,
    /// The fact: lower case, no full stop.
    pub message: Bilingual,
    /// What to do about it.
    pub hint: Option<Bilingual>,
    /// The bytes it speaks of.
    pub place: Option<(Source, Span)>,
    /// The tokens it speaks of, as indices into `input_ids`, in order.
    pub tokens: Vec<u32>,
}

impl Diagnostic {
    /// A finding without a place, a hint or tokens.
    pub const fn new(severity: Severity, code: &'static str, message: Bilingual) -> Self {
        Self {
            code: std::borrow::Cow::Borrowed(code),
            severity,
            message,
            hint: None,
            place: None,
            tokens: Vec::new(),
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: Bilingual) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The same with the bytes it speaks of.
    #[must_use]
    pub const fn at(mut self, source: Source, span: Span) -> Self {
        self.place = Some((source, span));
        self
    }

    /// The same with the tokens it speaks of.
    #[must_use]
    pub fn tokens(mut self, tokens: impl IntoIterator<Item = u32>) -> Self {
        self.tokens = tokens.into_iter().collect();
        self
    }
}
