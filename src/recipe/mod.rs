//! How a trainer turns a conversation into samples: one file a trainer.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::template::{Owner, Piece, Writer};

pub mod catalog;

mod all_tokens;
mod axolotl;
mod axolotl_turns;
mod compare;
mod context;
mod fastchat;
mod generation;
mod given;
mod hermes;
mod llama_factory;
mod marker;
mod ms_swift;
mod open_instruct;
mod openrlhf;
mod options;
mod per_turn;
mod pieces;
mod prime;
mod renders;
mod reply;
mod sample;
mod separate;
mod stretch;
mod tinker;
mod torchtune;
mod transformers;
mod trl_assistant_only;
mod trl_completion_only;
mod trl_response_template;
mod trl_twins;
mod unsloth;
mod unsloth_parts;
mod verl;
mod whole;

pub use context::{Budget, Context};
pub use options::{OptionKind, OptionSpec, Options};
pub use renders::{Render, Renders};
pub(crate) use reply::common_prefix;

/// What a conversation comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
// Nearly every outcome is a sample: a box would only cost every reader.
#[allow(clippy::large_enum_variant)]
pub enum Outcome {
    /// A row of the training set.
    Sample(Sample),
    /// No row: the trainer leaves this out, or there is an error.
    Dropped {
        /// The reason, in one sentence.
        why: Bilingual,
        /// What led to it.
        diagnostics: Vec<Diagnostic>,
    },
}

/// A trainer's rule.
#[derive(Debug, Serialize)]
pub struct Recipe {
    /// Its stable name, such as `per-turn`.
    pub id: &'static str,
    /// What people call it.
    pub title: Bilingual,
    /// What it trains, in one sentence.
    pub summary: Bilingual,
    /// The code that it reproduces; none for a rule that is nobody's in particular.
    pub source: Option<Source>,
    /// Its options; the first choice is the default.
    pub options: &'static [OptionSpec],
}

/// The code that a recipe reproduces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The package, such as `trl`.
    pub package: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The file in the package, and the function.
    pub file: &'static str,
    /// How it is known that the recipe does the same.
    pub verified: Verified,
}

/// How it is known that a recipe does what the code does that it reproduces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// The code itself was run, and the recipe gives what it gave: the golden files in `tests/recipes/`.
    Run,
    /// The code was read, but could not be run.
    ReadFromSource,
}

/// One row of the training set: flat arrays of one length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The text that was encoded; where a recipe encodes pieces apart, their concatenation.
    pub text: String,
    /// Token ids.
    pub input_ids: Vec<u32>,
    /// 1 for every token: a sample is not padded.
    pub attention_mask: Vec<u8>,
    /// What the loss compares position by position, aligned with `input_ids` and not shifted; `ignore_index` where
    /// the position does not count.
    pub labels: Vec<i64>,
    /// How much each position counts: 0 where the label is ignored.
    pub weights: Vec<f32>,
    /// UTF-8 bytes of `text`, as `tokenizers` 0.23 reports them.
    pub offsets: Vec<Span>,
    /// UTF-8 bytes of `text` that a token really holds.
    pub held: Vec<Span>,
    /// Whose text a token is.
    pub owners: Vec<Owner>,
    /// Why each token is trained or masked: runs that cover all tokens in order.
    pub trail: Vec<Reason>,
    /// The owners of `text`, byte by byte.
    pub pieces: Vec<Piece>,
    /// Which template bytes wrote `text`.
    pub writers: Vec<Writer>,
    /// The message whose reply this sample trains, where it is there for one.
    pub reply: Option<u32>,
    /// Where the prompt ends, in bytes of `text`, where the recipe has such a place.
    pub prompt_end: Option<usize>,
    /// The stop token, its id and its text, where the trainer makes another one of it than the tokenizer's `eos_token`.
    pub stop: Option<(u32, String)>,
    /// What the recipe itself found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a run of tokens is trained or masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The first token.
    pub from: u32,
    /// One past the last token.
    pub to: u32,
    /// One sentence.
    pub why: Bilingual,
}
