//! What is kept of each sample.

use serde::{Deserialize, Serialize};

use super::{IGNORED, Settings, Tokens, Truncation, Way};

/// What is kept of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The first token that is kept.
    pub from: u32,
    /// One past the last token that is kept.
    pub to: u32,
    /// Why nothing is, although there are tokens.
    pub gone: Option<Gone>,
}

/// Why a sample is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// It has no token.
    Empty,
    /// It is longer than `max_length`.
    TooLong,
    /// It has only one token: axolotl drops such samples.
    TooShort,
    /// No token of what is left of it is trained.
    NothingTrained,
}

pub(super) fn truncate(samples: &[Tokens<'_>], settings: &Settings) -> Vec<Cut> {
    samples.iter().map(|sample| cut(sample, settings)).collect()
}

fn cut(sample: &Tokens<'_>, settings: &Settings) -> Cut {
    let length = sample.input_ids.len().min(sample.labels.len());
    let most = longest(settings).unwrap_or(usize::MAX);
    let kept = match settings.truncation() {
        // What is too long goes on in another row.
        _ if matches!(settings.way, Way::TrlBfdSplit | Way::TrlWrapped) => 0..length,
        Truncation::KeepEnd => length.saturating_sub(most)..length,
        Truncation::KeepStart => 0..length.min(most),
        Truncation::Drop => 0..length,
    };
    let labels = sample.labels.get(kept.clone()).unwrap_or_default();
    let gone = gone(settings, length, most, labels.iter().all(|label| *label == IGNORED));
    Cut { from: kept.start as u32, to: kept.end as u32, gone }
}

/// The tokens that a sample may have.
fn longest(settings: &Settings) -> Option<usize> {
    let most = settings.max_length? as usize;
    // LLaMA-Factory keeps one place of a packed row for padding.
    Some(if matches!(settings.way, Way::LlamaFactory | Way::Neat) { most.saturating_sub(1) } else { most })
}

/// Why a sample of `length` tokens is left out, of which nothing that is left is trained where `masked`.
fn gone(settings: &Settings, length: usize, most: usize, masked: bool) -> Option<Gone> {
    let too_long = settings.truncation() == Truncation::Drop && length > most;
    match settings.way {
        _ if too_long => Some(Gone::TooLong),
        Way::Multipack | Way::MultipackSequential if length < 2 => Some(Gone::TooShort),
        Way::Multipack | Way::MultipackSequential if masked => Some(Gone::NothingTrained),
        Way::Trl if masked && settings.max_length.is_some() => Some(Gone::NothingTrained),
        Way::TrlBfd | Way::TrlBfdSplit if length == 0 => Some(Gone::Empty),
        _ => None,
    }
}
