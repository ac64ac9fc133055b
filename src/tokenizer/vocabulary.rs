//! The tokens of a vocabulary: how each is spelt, and which bytes it stands for.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use tokenizers::pipeline::PipelineTokenizer;

use super::align::{Kind, Lookup, Rules};
use super::bytes::{METASPACE, fallback_byte, push_byte_level};

/// The tokens of the model and the added ones, looked up as they are needed.
pub(super) struct Vocabulary {
    /// The library's tokenizer.
    pipeline: PipelineTokenizer,
    /// Which model it is, and how it spells tokens.
    rules: Rules,
    /// One past the largest id.
    size: usize,
    /// The added tokens by id.
    added: HashMap<u32, String>,
    /// The ids of the added tokens.
    added_ids: HashMap<String, u32>,
    /// The bytes of the model's tokens as they stand in normalised text.
    surfaces: RefCell<Surfaces>,
    /// Token ▶ id for the model's tokens, once one was asked for that is not added.
    ids: OnceCell<HashMap<String, u32>>,
}

/// Many byte strings in one.
struct Surfaces {
    /// Where each id's bytes are, as start and end; `ABSENT` where they have not been asked for yet.
    places: Vec<(u32, u32)>,
    /// The bytes.
    bytes: Vec<u8>,
}

/// The place of a surface that has not been asked for.
const ABSENT: (u32, u32) = (u32::MAX, u32::MAX);

impl Vocabulary {
    /// The vocabulary of a tokenizer.
    pub(super) fn new(
        pipeline: PipelineTokenizer,
        rules: Rules,
        size: usize,
        contents: Vec<(u32, String)>,
    ) -> Self {
        let added = pipeline.get_added_vocabulary().get_vocab();
        let mut added: HashMap<u32, String> = added.into_iter().map(|(token, id)| (id, token)).collect();
        for (id, content) in contents {
            if let Some(token) = added.get_mut(&id) {
                *token = content;
            }
        }
        let added_ids = added.iter().map(|(id, token)| (token.clone(), *id)).collect();
        let surfaces = RefCell::new(Surfaces { places: vec![ABSENT; size], bytes: Vec::new() });
        Self { pipeline, rules, size, added, added_ids, surfaces, ids: OnceCell::new() }
    }

    /// One past the largest id.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The text of an added token.
    pub(super) fn added(&self, id: u32) -> Option<&str> {
        self.added.get(&id).map(String::as_str)
    }

    /// Every added token: its id and its text.
    pub(super) fn all_added(&self) -> impl Iterator<Item = (u32, &str)> {
        self.added.iter().map(|(id, token)| (*id, token.as_str()))
    }

    /// Whether the file of the tokenizer marks this added token as special.
    pub(super) fn is_special(&self, token: &str) -> bool {
        self.pipeline.get_added_vocabulary().is_special_token(token)
    }

    /// The token as the vocabulary spells it.
    pub(super) fn token(&self, id: u32) -> Option<String> {
        self.added.get(&id).cloned().or_else(|| self.pipeline.get_model().id_to_token(id))
    }

    /// The id of a token spelt as in the vocabulary; an added token wins over the model's.
    pub(super) fn id(&self, token: &str) -> Option<u32> {
        // Stop tokens and the like are added ones: a table of the whole vocabulary is seldom needed.
        self.added_ids.get(token).or_else(|| self.ids().get(token)).copied()
    }

    /// Token ▶ id for the tokens of the model.
    fn ids(&self) -> &HashMap<String, u32> {
        self.ids.get_or_init(|| {
            let model = self.pipeline.get_model();
            let mut ids = HashMap::with_capacity(self.size);
            ids.extend((0..self.size as u32).filter_map(|id| Some((model.id_to_token(id)?, id))));
            ids
        })
    }

    /// The bytes that the token stands for, with `▁` as a space, `<0xNN>` as a byte and `##` left out.
    pub(super) fn bytes(&self, id: u32) -> Vec<u8> {
        if let Some(token) = self.added(id) {
            return token.as_bytes().to_vec();
        }
        let bytes = self.with_surface(id, <[u8]>::to_vec).unwrap_or_default();
        if self.rules.kind == Kind::ByteLevel {
            return bytes;
        }
        let token = String::from_utf8(bytes).unwrap_or_default();
        if self.rules.byte_fallback
            && let Some(byte) = fallback_byte(&token)
        {
            return vec![byte];
        }
        let prefix = Some(&self.rules.prefix).filter(|prefix| !prefix.is_empty());
        let plain = prefix.and_then(|prefix| token.strip_prefix(prefix.as_str())).unwrap_or(&token);
        plain.replace(METASPACE, " ").into_bytes()
    }
}

impl Lookup for Vocabulary {
    fn with_surface<R>(&self, id: u32, look: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let mut surfaces = self.surfaces.borrow_mut();
        let place = *surfaces.places.get(id as usize)?;
        let (start, end) = if place == ABSENT {
            let token = self.pipeline.get_model().id_to_token(id)?;
            let start = surfaces.bytes.len();
            if self.rules.kind != Kind::ByteLevel || !push_byte_level(&token, &mut surfaces.bytes) {
                surfaces.bytes.extend_from_slice(token.as_bytes());
            }
            let place = (start as u32, surfaces.bytes.len() as u32);
            surfaces.places[id as usize] = place;
            place
        } else {
            place
        };
        Some(look(&surfaces.bytes[start as usize..end as usize]))
    }

    fn has(&self, token: &str) -> bool {
        self.id(token).is_some()
    }
}
