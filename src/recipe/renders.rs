//! Renders of the beginnings of one conversation, kept because samples and recipes share them.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::diagnostic::Diagnostic;
use crate::template::{Piece, Rendered};
use crate::tokenizer::Encoding;

/// How many messages were rendered, and whether the header of the assistant's next turn follows them.
pub(super) type Key = (usize, bool);

/// A render, with its owners and tokens once somebody asked for them.
pub struct Render {
    /// The text and where it comes from.
    pub rendered: Rendered,
    pub(super) key: Key,
    pub(super) pieces: OnceCell<Vec<Piece>>,
    pub(super) encoding: OnceCell<Result<Encoding, Diagnostic>>,
}

/// The renders of one conversation.
#[derive(Default)]
pub struct Renders {
    made: RefCell<HashMap<Key, Result<Rc<Render>, Diagnostic>>>,
}

impl Renders {
    /// Forgets the renders of more than `messages` messages.
    pub fn keep(&mut self, messages: usize) {
        self.made.get_mut().retain(|key, _| key.0 <= messages);
    }

    /// How many bytes of text are kept.
    pub fn bytes(&self) -> usize {
        self.made.borrow().values().flatten().map(|render| render.rendered.text.len()).sum()
    }

    pub(super) fn get_or_make(
        &self,
        key: Key,
        make: impl FnOnce() -> Result<Rendered, Diagnostic>,
    ) -> Result<Rc<Render>, Diagnostic> {
        if let Some(made) = self.made.borrow().get(&key) {
            return made.clone();
        }
        let render = make().map(|rendered| {
            Rc::new(Render { rendered, key, pieces: OnceCell::new(), encoding: OnceCell::new() })
        });
        self.made.borrow_mut().insert(key, render.clone());
        render
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Rendered {
        Rendered { text: text.to_owned(), ..Rendered::default() }
    }

    #[test]
    fn a_render_is_made_once_and_forgotten_when_its_messages_changed() {
        let mut renders = Renders::default();
        for (key, is) in [((1, false), "a"), ((2, true), "ab"), ((3, false), "abc")] {
            assert_eq!(renders.get_or_make(key, || Ok(text(is))).unwrap().rendered.text, is);
        }
        assert_eq!(renders.bytes(), 6);
        assert_eq!(renders.get_or_make((2, true), || Ok(text("new"))).unwrap().rendered.text, "ab");
        renders.keep(1);
        assert_eq!(renders.bytes(), 1);
        assert_eq!(renders.get_or_make((2, true), || Ok(text("new"))).unwrap().rendered.text, "new");
    }
}
