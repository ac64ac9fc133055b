//! Where each message begins and ends in the rendered text, found by rendering the conversation's beginnings.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::Value;

use super::value::{Plain, messages};
use super::{Input, Template};
use crate::dialogue::{self, Kind, Message};

/// How much text the cache may hold.
const KEPT: usize = 8 << 20;

/// Texts of beginnings, by a hash of all that went into them; `None` where the template raised an error.
#[derive(Default)]
pub(super) struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    texts: HashMap<u64, Option<Arc<str>>>,
    bytes: usize,
}

/// The beginnings of one conversation.
pub(super) struct Beginnings<'a> {
    template: &'a Template,
    variables: &'a [(String, Value)],
    messages: Vec<Value>,
    /// The key of the first `i` messages.
    keys: Vec<u64>,
}

impl<'a> Beginnings<'a> {
    /// Prepares the beginnings of `input`, as rendered without a generation prompt.
    pub(super) fn new(template: &'a Template, variables: &'a [(String, Value)], input: &Input<'_>) -> Self {
        let mut state = DefaultHasher::new();
        for (name, text) in input.special_tokens {
            (name, text).hash(&mut state);
        }
        for (name, item) in input.variables {
            name.hash(&mut state);
            hash(item, &mut state);
        }
        if let Some(tools) = input.tools {
            hash(tools, &mut state);
        }
        input.now.hash(&mut state);
        let mut keys = vec![state.finish()];
        for message in input.messages {
            hash_message(message, &mut state);
            keys.push(state.finish());
        }
        Self { template, variables, messages: messages(input.messages, &mut Plain), keys }
    }

    /// What the first `count` messages render to on their own.
    pub(super) fn text(&self, count: usize) -> Option<Arc<str>> {
        let key = *self.keys.get(count)?;
        let cache = &self.template.cache.0;
        if let Some(text) = cache.lock().unwrap_or_else(PoisonError::into_inner).texts.get(&key) {
            return text.clone();
        }
        let text = self
            .template
            .run(self.variables, self.messages[..count].to_vec())
            .ok()
            .map(|(text, _)| Arc::<str>::from(text));
        let mut kept = cache.lock().unwrap_or_else(PoisonError::into_inner);
        let length = text.as_ref().map_or(0, |text| text.len()) + 64;
        if kept.bytes + length > KEPT {
            *kept = Kept::default();
        }
        kept.bytes += length;
        kept.texts.insert(key, text.clone());
        text
    }
}

fn hash_message(message: &Message, state: &mut DefaultHasher) {
    message.fields.len().hash(state);
    for (key, item) in &message.fields {
        key.text.hash(state);
        hash(item, state);
    }
}

fn hash(value: &dialogue::Value, state: &mut DefaultHasher) {
    std::mem::discriminant(&value.kind).hash(state);
    match &value.kind {
        Kind::Null => {}
        Kind::Bool(flag) => flag.hash(state),
        Kind::Number(text) => text.hash(state),
        Kind::String(text) => text.text.hash(state),
        Kind::List(items) => {
            items.len().hash(state);
            items.iter().for_each(|item| hash(item, state));
        }
        Kind::Map(entries) => {
            entries.len().hash(state);
            for (key, item) in entries {
                key.text.hash(state);
                hash(item, state);
            }
        }
    }
}
