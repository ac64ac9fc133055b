//! The segments that were encoded lately, so that a keystroke encodes only what it changed.

use std::collections::HashMap;
use std::rc::Rc;

use super::encode::Segment;

/// Segments longer than this, in bytes, are encoded anew each time.
const LONGEST: usize = 16 << 10;

/// How many bytes of text one half of the cache holds; with ids and offsets it takes about ten times as much.
const HALF: usize = 1 << 20;

/// A cache of two halves: what is used moves into the young half, and when that is full the old half is dropped.
#[derive(Default)]
pub(super) struct Cache {
    /// Segments used lately. The flag tells a segment that opens the text from one elsewhere.
    young: HashMap<(bool, Box<str>), Rc<Segment>>,
    /// Segments used before that.
    old: HashMap<(bool, Box<str>), Rc<Segment>>,
    /// The bytes of text in the young half.
    bytes: usize,
}

impl Cache {
    /// Whether a segment of this text is kept at all.
    pub(super) fn takes(text: &str) -> bool {
        text.len() <= LONGEST
    }

    /// The segment, if it was encoded lately.
    pub(super) fn get(&mut self, opens: bool, text: &str) -> Option<Rc<Segment>> {
        let key = (opens, Box::from(text));
        if let Some(segment) = self.young.get(&key) {
            return Some(Rc::clone(segment));
        }
        let (key, segment) = self.old.remove_entry(&key)?;
        self.put(key, Rc::clone(&segment));
        Some(segment)
    }

    /// Keeps a segment.
    pub(super) fn insert(&mut self, opens: bool, text: &str, segment: Rc<Segment>) {
        self.put((opens, Box::from(text)), segment);
    }

    /// Puts a segment into the young half.
    fn put(&mut self, key: (bool, Box<str>), segment: Rc<Segment>) {
        if self.bytes + key.1.len() > HALF {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += key.1.len().max(64);
        self.young.insert(key, segment);
    }
}
