//! `tokenizer.json` ▶ ids and exact byte offsets.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// A tokenizer that is ready to encode. Cheap to clone is not promised; share it behind an `Rc`.
pub struct Tokenizer {
    // filled in by the module's author
}

/// The files of a tokenizer, as text.
#[derive(Clone, Debug, Default)]
pub struct Files<'a> {
    /// `tokenizer.json`.
    pub tokenizer: &'a str,
    /// `tokenizer_config.json`.
    pub config: Option<&'a str>,
    /// `special_tokens_map.json`.
    pub special_tokens_map: Option<&'a str>,
    /// `chat_template.jinja`, which wins over the template in the config.
    pub chat_template: Option<&'a str>,
}

/// Encoded text: flat arrays of one length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoding {
    /// Token ids.
    pub ids: Vec<u32>,
    /// For each token the UTF-8 bytes of the text that `HuggingFace` `tokenizers` 0.23 reports: whole characters.
    pub offsets: Vec<Span>,
    /// For each token the bytes of the text that it really holds, which may cut a character; equal to the offset
    /// where the token holds whole characters or where a normaliser changed the text.
    pub held: Vec<Span>,
}

impl Tokenizer {
    /// Reads a tokenizer. The error says which file is wrong and why.
    pub fn from_files(_files: &Files<'_>) -> Result<Self, Diagnostic> {
        todo!("tokenizer")
    }

    /// The small tokenizer that is part of the program.
    pub fn embedded() -> Self {
        todo!("tokenizer")
    }

    /// Encodes text; added tokens are recognised and no special tokens are added. Fails where the offsets can't be
    /// proved.
    pub fn encode(&self, _text: &str) -> Result<Encoding, Diagnostic> {
        todo!("tokenizer")
    }

    /// One past the largest id, added tokens included.
    pub fn vocab_size(&self) -> usize {
        todo!("tokenizer")
    }

    /// The token as the vocabulary spells it (byte-level alphabet, `▁`, `<0xNN>`).
    pub fn id_to_token(&self, _id: u32) -> Option<String> {
        todo!("tokenizer")
    }

    /// The id of a token spelt as in the vocabulary.
    pub fn token_to_id(&self, _token: &str) -> Option<u32> {
        todo!("tokenizer")
    }

    /// The bytes that the token stands for.
    pub fn token_bytes(&self, _id: u32) -> Vec<u8> {
        todo!("tokenizer")
    }

    /// Whether the id is an added token, such as `<|im_end|>`.
    pub fn is_added(&self, _id: u32) -> bool {
        todo!("tokenizer")
    }

    /// `bos_token`, `eos_token`, `pad_token` and the like, by name.
    pub fn special_tokens(&self) -> &BTreeMap<String, String> {
        todo!("tokenizer")
    }

    /// The chat template that comes with the tokenizer: name ▶ source; the usual one is `default`.
    pub fn chat_templates(&self) -> &BTreeMap<String, String> {
        todo!("tokenizer")
    }
}
