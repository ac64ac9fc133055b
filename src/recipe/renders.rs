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
    /// For each kind of render the first that came to a limit of the template engine.
    limits: RefCell<HashMap<bool, (usize, Diagnostic)>>,
}

/// The errors of a template that runs or writes without end: a longer conversation would only meet them again.
const LIMITS: [&str; 2] = ["template-too-long", "template-too-large"];

impl Renders {
    /// Forgets the renders of more than `messages` messages.
    pub fn keep(&mut self, messages: usize) {
        self.made.get_mut().retain(|key, _| key.0 <= messages);
        self.limits.get_mut().retain(|_, limit| limit.0 <= messages);
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
        if let Some((messages, error)) = self.limits.borrow().get(&key.1)
            && *messages <= key.0
        {
            return Err(error.clone());
        }
        let render = make().map(|rendered| {
            Rc::new(Render { rendered, key, pieces: OnceCell::new(), encoding: OnceCell::new() })
        });
        if let Err(error) = &render
            && LIMITS.contains(&error.code.as_ref())
        {
            self.limits.borrow_mut().insert(key.1, (key.0, error.clone()));
        }
        self.made.borrow_mut().insert(key, render.clone());
        render
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bilingual::Bilingual;
    use crate::diagnostic::Severity;

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

    #[test]
    fn a_template_that_came_to_a_limit_is_not_run_on_longer_conversations() {
        let mut renders = Renders::default();
        let message = Bilingual::fixed("too long", "太久");
        let error = Diagnostic::new(Severity::Error, LIMITS[0], message);
        assert!(renders.get_or_make((3, true), || Err(error.clone())).is_err());
        assert!(renders.get_or_make((4, true), || Ok(text("made"))).is_err());
        assert!(renders.get_or_make((4, false), || Ok(text("made"))).is_ok());
        assert!(renders.get_or_make((2, true), || Ok(text("made"))).is_ok());
        renders.keep(2);
        assert!(renders.get_or_make((4, true), || Ok(text("made"))).is_ok());
    }
}
