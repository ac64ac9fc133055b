//! Where each message begins and ends in the rendered text, found by rendering the conversation's beginnings.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    /// Whether a beginning goes on where the one before it ends.
    goes_on: HashMap<u64, bool>,
    /// Headers, by a hash of the conversation that was tried.
    headers: HashMap<u64, Option<Arc<str>>>,
    bytes: usize,
}

/// The beginnings of one conversation.
pub(super) struct Beginnings<'a> {
    template: &'a Template,
    variables: &'a [(String, Value)],
    input: &'a Input<'a>,
    messages: OnceCell<Vec<Value>>,
    /// The key of the first `i` messages.
    keys: Vec<u64>,
}

impl<'a> Beginnings<'a> {
    /// Prepares the beginnings of `input`, as rendered without a generation prompt.
    pub(super) fn new(
        template: &'a Template,
        variables: &'a [(String, Value)],
        input: &'a Input<'a>,
    ) -> Self {
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
        Self { template, variables, input, messages: OnceCell::new(), keys }
    }

    /// What the first `count` messages render to on their own.
    pub(super) fn text(&self, count: usize) -> Option<Arc<str>> {
        let key = *self.keys.get(count)?;
        if let Some(text) = self.kept().texts.get(&key) {
            return text.clone();
        }
        let messages = self
            .messages
            .get_or_init(|| messages(self.input.messages, self.template.preparation, &mut Plain));
        let text = self
            .template
            .run(self.variables, messages[..count].to_vec())
            .ok()
            .map(|(text, _)| Arc::<str>::from(text));
        let mut kept = self.kept();
        let length = text.as_ref().map_or(0, |text| text.len()) + 64;
        if kept.bytes + length > KEPT {
            *kept = Kept::default();
        }
        kept.bytes += length;
        kept.texts.insert(key, text.clone());
        text
    }

    /// Whether the first `count` messages render to something that begins with what one message fewer renders to.
    pub(super) fn goes_on(&self, count: usize) -> bool {
        let Some(&key) = self.keys.get(count) else { return false };
        if let Some(&known) = self.kept().goes_on.get(&key) {
            return known;
        }
        let texts = count.checked_sub(1).and_then(|fewer| Some((self.text(fewer)?, self.text(count)?)));
        let goes_on = texts.is_some_and(|(before, text)| text.starts_with(&*before));
        self.kept().goes_on.insert(key, goes_on);
        goes_on
    }

    /// What `find` says of this conversation, asked once.
    pub(super) fn header(&self, find: impl FnOnce() -> Option<String>) -> Option<Arc<str>> {
        let key = *self.keys.last()?;
        if let Some(known) = self.kept().headers.get(&key) {
            return known.clone();
        }
        let found = find().map(Arc::from);
        self.kept().headers.insert(key, found.clone());
        found
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.template.cache.0.lock().unwrap_or_else(PoisonError::into_inner)
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
            for item in items {
                hash(item, state);
            }
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
