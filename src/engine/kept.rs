//! What the engine keeps from one request for the next: the dialogue that was read, and the renders of those
//! beginnings of its conversations that did not change.

use std::collections::HashMap;
use std::rc::Rc;

use chrono::NaiveDateTime;

use crate::dialogue::{self, Conversation, Read};
use crate::recipe::Renders;
use crate::template::Preparation;

/// Renders beyond this many bytes of text are not kept for the next request.
const MOST_BYTES: usize = 8 << 20;

/// All that a render depends on, apart from its conversation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Setting {
    /// The tokenizer's id, and how often a tokenizer was added: special tokens and encodings depend on it.
    pub(super) tokenizer: (String, usize),
    /// The template's text.
    pub(super) template: String,
    /// How messages are prepared for it.
    pub(super) preparation: Preparation,
    /// The clock, where the template looks at it.
    pub(super) now: Option<NaiveDateTime>,
    /// Further variables.
    pub(super) variables: Vec<(String, String)>,
}

/// What is kept.
#[derive(Default)]
pub(super) struct Kept {
    dialogue: String,
    format: Option<String>,
    read: Rc<Read>,
    setting: Option<Setting>,
    renders: HashMap<usize, Renders>,
    bytes: usize,
}

impl Kept {
    /// The dialogue, read again only where it or its format changed.
    pub(super) fn read(&mut self, dialogue: &str, format: Option<&str>) -> Rc<Read> {
        if self.dialogue != dialogue || self.format.as_deref() != format {
            let read = Rc::new(dialogue::read_as(dialogue, format));
            self.format = format.map(str::to_owned);
            let old = std::mem::replace(&mut self.read, Rc::clone(&read));
            dialogue.clone_into(&mut self.dialogue);
            self.renders.retain(|index, renders| {
                match (old.conversations.get(*index), read.conversations.get(*index)) {
                    (Some(old), Some(new)) => keep_unchanged(renders, old, new),
                    _ => false,
                }
            });
        }
        Rc::clone(&self.read)
    }

    /// Forgets the renders of another setting.
    pub(super) fn set(&mut self, setting: Setting) {
        if self.setting.as_ref() != Some(&setting) {
            self.renders.clear();
            self.setting = Some(setting);
        }
        self.bytes = self.renders.values().map(Renders::bytes).sum();
    }

    /// The renders of a conversation.
    pub(super) fn take(&mut self, conversation: usize) -> Renders {
        let renders = self.renders.remove(&conversation).unwrap_or_default();
        self.bytes = self.bytes.saturating_sub(renders.bytes());
        renders
    }

    /// Keeps the renders of a conversation, as long as there is room.
    pub(super) fn put(&mut self, conversation: usize, renders: Renders) {
        let bytes = renders.bytes();
        if self.bytes + bytes <= MOST_BYTES {
            self.bytes += bytes;
            self.renders.insert(conversation, renders);
        }
    }
}

/// Keeps the renders of the messages that both conversations begin with; `false` where there are none.
fn keep_unchanged(renders: &mut Renders, old: &Conversation, new: &Conversation) -> bool {
    if old.tools != new.tools || old.extra != new.extra {
        return false;
    }
    let same = old.messages.iter().zip(&new.messages).take_while(|(old, new)| old == new).count();
    renders.keep(same);
    same > 0
}
