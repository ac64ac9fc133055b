//! `tokenizer.json` ▶ ids and exact byte offsets.
//!
//! The ids come from `tokenizers` 1.0, which gives no offsets. They are rebuilt here, stage by stage as the library
//! goes: added tokens (`encode`), normalisers (`normalize`, `aligned`), words, and the tokens of each word
//! (`align`); then white space is trimmed where the tokenizer says so (`trim`). Every stage is checked: where the
//! tokens are not exactly the text, there is an error and no guess.

mod added;
mod align;
mod aligned;
mod bytes;
mod cache;
pub mod catalog;
mod config;
mod embedded;
mod encode;
mod forms;
mod load;
mod normalize;
mod problem;
mod raw;
mod trim;
mod vocabulary;
mod words;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

pub use added::{Added, Own};
pub use embedded::embedded_json;
pub use load::pack;

use self::cache::Cache;
use self::encode::{Encoder, Segment, blanks};
use self::vocabulary::Vocabulary;
use self::words::lines;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// The longest text that is encoded, in bytes.
pub const LONGEST_TEXT: usize = 32 << 20;

/// A tokenizer that is ready to encode. Cheap to clone is not promised; share it behind an `Rc`.
pub struct Tokenizer {
    /// How text is encoded.
    encoder: Encoder,
    /// What the ids are.
    vocabulary: Vocabulary,
    /// What stands in the files beside `tokenizer.json`.
    config: config::Config,
    /// Segments encoded lately.
    cache: RefCell<Cache>,
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
    /// The files of `additional_chat_templates/`, each by its name without `.jinja`.
    pub further_templates: Vec<(&'a str, &'a str)>,
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
    pub fn from_files(files: &Files<'_>) -> Result<Self, Diagnostic> {
        let config = config::read(files)?;
        let loaded = load::load(files.tokenizer, &config.added_tokens)?;
        let vocabulary =
            Vocabulary::new(loaded.pipeline.clone(), loaded.rules.clone(), loaded.size, loaded.contents);
        let encoder = Encoder::new(loaded.pipeline, loaded.rules, loaded.lowered)
            .map_err(|why| problem::unsupported(&why))?;
        Ok(Self { encoder, vocabulary, config, cache: RefCell::default() })
    }

    /// The small tokenizer that is part of the program.
    pub fn embedded() -> Self {
        let json = embedded::canonical().to_string();
        let files = Files { tokenizer: &json, config: Some(embedded::CONFIG), ..Files::default() };
        match Self::from_files(&files) {
            Ok(tokenizer) => tokenizer,
            // the file is part of the program, and a test reads it
            Err(problem) => unreachable!("{}", problem.message.en),
        }
    }

    /// Encodes text; added tokens are recognised and no special tokens are added. Fails where the offsets can't be
    /// proved.
    pub fn encode(&self, text: &str) -> Result<Encoding, Diagnostic> {
        self.encode_with(text, &Added::default())
    }

    /// Encodes text; of the added tokens those are recognised that `added` says.
    pub fn encode_with(&self, text: &str, added: &Added) -> Result<Encoding, Diagnostic> {
        if text.len() > LONGEST_TEXT {
            return Err(problem::too_long(text.len(), LONGEST_TEXT));
        }
        let mut encoding = Encoding::default();
        let mut place = 0;
        let mut walk = added.walk();
        while place < text.len() {
            let next = walk.next(&self.encoder, text, place);
            let until = next.map_or(text.len(), |(span, _)| span.start);
            while place < until {
                let rest = &text[place..until];
                let part = if self.encoder.lines_apart() { lines(rest).next().unwrap_or(rest) } else { rest };
                self.stretch(text, place, part, &mut encoding)?;
                place += part.len();
            }
            let Some((span, id)) = next else { break };
            let index = encoding.ids.len();
            let trimmed = |ours| trim::trim(text, index, span, blanks(span.of(text)), ours);
            encoding.offsets.push(self.encoder.trim().map_or(span, trimmed));
            encoding.ids.push(id);
            encoding.held.push(span);
            place = span.end;
        }
        Ok(encoding)
    }

    /// Appends the tokens of `part`, which stands at `place` of the text.
    fn stretch(
        &self,
        text: &str,
        place: usize,
        part: &str,
        encoding: &mut Encoding,
    ) -> Result<(), Diagnostic> {
        let segment = self
            .segment(part, place == 0)
            .map_err(|why| problem::unproved(why, Span::new(place, place + part.len())))?;
        let shift = |span: &Span| Span::new(span.start + place, span.end + place);
        let first = encoding.ids.len();
        encoding.ids.extend_from_slice(&segment.encoding.ids);
        encoding.held.extend(segment.encoding.held.iter().map(shift));
        encoding.offsets.extend(segment.encoding.offsets.iter().map(shift));
        if let Some(ours) = self.encoder.trim() {
            for (i, &counts) in segment.blanks.iter().enumerate() {
                let offset = &mut encoding.offsets[first + i];
                *offset = trim::trim(text, first + i, *offset, counts, ours);
            }
        }
        Ok(())
    }

    /// Encodes text with what the tokenizer puts around it, such as `[CLS]`; those tokens have the empty range at the
    /// beginning, as `tokenizers` 0.23 reports them.
    pub fn encode_with_special_tokens(&self, text: &str) -> Result<Encoding, Diagnostic> {
        let mut encoding = self.encode(text)?;
        let [before, after] = self.encoder.around();
        let nowhere = |ids: &[u32]| vec![Span::at(0); ids.len()];
        for spans in [&mut encoding.offsets, &mut encoding.held] {
            spans.splice(0..0, nowhere(&before));
            spans.extend(nowhere(&after));
        }
        encoding.ids.splice(0..0, before);
        encoding.ids.extend(after);
        Ok(encoding)
    }

    /// Encodes a stretch between added tokens, or remembers how it was encoded.
    fn segment(&self, text: &str, opens_the_text: bool) -> Result<Rc<Segment>, &'static str> {
        let opens = opens_the_text && self.encoder.place_matters();
        if !Cache::takes(text) {
            return self.encoder.segment(text, opens, &self.vocabulary).map(Rc::new);
        }
        if let Some(segment) = self.cache.borrow_mut().get(opens, text) {
            return Ok(segment);
        }
        let segment = Rc::new(self.encoder.segment(text, opens, &self.vocabulary)?);
        self.cache.borrow_mut().insert(opens, text, Rc::clone(&segment));
        Ok(segment)
    }

    /// One past the largest id, added tokens included.
    pub fn vocab_size(&self) -> usize {
        self.vocabulary.size()
    }

    /// The token as the vocabulary spells it (byte-level alphabet, `▁`, `<0xNN>`).
    pub fn id_to_token(&self, id: u32) -> Option<String> {
        self.vocabulary.token(id)
    }

    /// The id of a token spelt as in the vocabulary.
    pub fn token_to_id(&self, token: &str) -> Option<u32> {
        self.vocabulary.id(token)
    }

    /// The bytes that the token stands for.
    pub fn token_bytes(&self, id: u32) -> Vec<u8> {
        self.vocabulary.bytes(id)
    }

    /// Whether the id is an added token, such as `<|im_end|>`.
    pub fn is_added(&self, id: u32) -> bool {
        self.vocabulary.added(id).is_some()
    }

    /// Every added token, its id and its text, in no order.
    pub fn added_tokens(&self) -> impl Iterator<Item = (u32, &str)> {
        self.vocabulary.all_added()
    }

    /// Whether the id is an added token that counts as special: marked so in its file, or named as `eos_token` and the
    /// like.
    pub fn is_special(&self, id: u32) -> bool {
        self.vocabulary.added(id).is_some_and(|token| {
            self.vocabulary.is_special(token)
                || self.config.special_tokens.values().any(|named| named == token)
        })
    }

    /// `bos_token`, `eos_token`, `pad_token` and the like, by name.
    pub fn special_tokens(&self) -> &BTreeMap<String, String> {
        &self.config.special_tokens
    }

    /// The chat template that comes with the tokenizer: name ▶ source; the usual one is `default`.
    pub fn chat_templates(&self) -> &BTreeMap<String, String> {
        &self.config.chat_templates
    }
}
