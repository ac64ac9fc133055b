//! The parts of a `tokenizer.json` that offsets depend on, read without building the vocabulary.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What is read of a `tokenizer.json`; everything else is skipped.
#[derive(Debug, Deserialize)]
pub(super) struct Raw {
    /// `2.0` is the form that the library reads as it is.
    #[serde(default)]
    pub(super) version: Option<Value>,
    /// The step that cuts text into words.
    #[serde(default)]
    pub(super) pre_tokenizer: Value,
    /// The step that trims offsets.
    #[serde(default)]
    pub(super) post_processor: Value,
    /// The model's settings.
    pub(super) model: RawModel,
    /// Tokens that are found before anything else happens.
    #[serde(default)]
    pub(super) added_tokens: Vec<RawAdded>,
    /// What our packer wrote down before it rewrote the file.
    #[serde(default)]
    pub(super) lossmask: Option<Lowered>,
}

/// The settings of the model.
#[derive(Debug, Deserialize)]
pub(super) struct RawModel {
    /// The token for what the vocabulary lacks.
    #[serde(default)]
    pub(super) unk_token: Option<String>,
    /// Unigram's way to name it.
    #[serde(default)]
    pub(super) unk_id: Option<u32>,
    /// One unknown token for a run.
    #[serde(default)]
    pub(super) fuse_unk: Option<bool>,
    /// `<0xNN>` for unknown characters.
    #[serde(default)]
    pub(super) byte_fallback: Option<bool>,
    /// `##`.
    #[serde(default)]
    pub(super) continuing_subword_prefix: Option<String>,
    /// `</w>`.
    #[serde(default)]
    pub(super) end_of_word_suffix: Option<String>,
    /// One past the largest id.
    #[serde(default)]
    pub(super) vocab: IdSpace,
}

/// An added token; only what the loader needs.
#[derive(Debug, Deserialize)]
pub(super) struct RawAdded {
    /// Its id.
    pub(super) id: u32,
    /// Its text.
    pub(super) content: String,
}

/// What the canonical form of a `tokenizer.json` no longer says, although offsets depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lowered {
    /// Whether the text between added tokens gets a space in front, where it has none.
    pub(super) prefix_space: bool,
    /// Whether offsets leave out white space, and if so whether a first space is taken to be the one put in front.
    pub(super) trim: Option<bool>,
}

impl Lowered {
    /// Reads it off the two steps as an original file has them; the error is what can't be done.
    pub(super) fn of(pre_tokenizer: &Value, post_processor: &Value) -> Result<Self, &'static str> {
        let is_byte_level = |step: &Value| step["type"] == "ByteLevel";
        let adds_space = |step: &Value| step["add_prefix_space"].as_bool() != Some(false);
        let mut lowered = Self::default();
        if is_byte_level(pre_tokenizer) {
            lowered.prefix_space = adds_space(pre_tokenizer);
        } else if let Some(members) = pre_tokenizer["pretokenizers"].as_array() {
            let at = members.iter().position(|step| is_byte_level(step) && adds_space(step));
            match at {
                Some(0) => lowered.prefix_space = true,
                Some(_) => return Err("a space before every word"),
                None => {}
            }
        }
        let alone = std::slice::from_ref(post_processor);
        let members = post_processor["processors"].as_array().map_or(alone, Vec::as_slice);
        let trims = members.iter().filter(|step| {
            (is_byte_level(step) || step["type"] == "RobertaProcessing")
                && step["trim_offsets"].as_bool() != Some(false)
        });
        let mut trims = trims.map(adds_space);
        lowered.trim = trims.next();
        if trims.next().is_some() { Err("offsets that are trimmed twice") } else { Ok(lowered) }
    }
}

/// One past the largest id of a vocabulary, whose tokens are not kept.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct IdSpace(pub(super) usize);

impl<'de> Deserialize<'de> for IdSpace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Vocabulary)
    }
}

/// Reads `{token: id}` and `[[token, score]]`.
struct Vocabulary;

impl<'de> Visitor<'de> for Vocabulary {
    type Value = IdSpace;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a vocabulary")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<IdSpace, A::Error> {
        let mut space = 0;
        while let Some((_, id)) = map.next_entry::<IgnoredAny, u32>()? {
            space = space.max(id as usize + 1);
        }
        Ok(IdSpace(space))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<IdSpace, A::Error> {
        let mut space = 0;
        while sequence.next_element::<IgnoredAny>()?.is_some() {
            space += 1;
        }
        Ok(IdSpace(space))
    }
}
