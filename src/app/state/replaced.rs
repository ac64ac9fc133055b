//! The text in the box makes room for another: for an example, a file, what a link or a lesson brings; and is kept.

use std::rc::Rc;

use super::{Choices, OpenFile, State};
use crate::app::wire::ExampleView;
use crate::engine::TemplateChoice;
use crate::examples::FIRST;

/// What stood in the box before something else took its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Replaced {
    pub(super) dialogue: Rc<str>,
    pub(super) file: Option<OpenFile>,
    /// What else was chosen, where a link changed that too.
    pub(super) choices: Option<Rc<Choices>>,
    /// What was replaced before, and not brought back.
    pub(super) earlier: Option<Box<Replaced>>,
}

impl State {
    /// Another text stands in the box.
    pub(super) fn replace_text(&mut self, text: Rc<str>) {
        self.choices.dialogue = text;
        self.choices.conversation = 0;
        self.selection = None;
        self.forget_tokens();
    }

    /// Whether a text is the user's own: not blank, and no example.
    pub(super) fn is_own(&self, text: &str) -> bool {
        !text.trim().is_empty()
            && *text != *FIRST
            && self.hello.examples.iter().all(|example| *example.dialogue != *text)
    }

    /// Keeps the text that is about to be replaced, where it is the user's own.
    pub(super) fn keep_replaced(&mut self) {
        if self.is_own(&self.choices.dialogue) {
            // A lesson has many steps, and something may have been written at each.
            let earlier = self.replaced.take().filter(|_| self.choices.lesson.is_open()).map(Box::new);
            self.replaced = Some(Replaced {
                dialogue: self.choices.dialogue.clone(),
                file: self.file.take(),
                choices: None,
                earlier,
            });
        }
    }

    pub(super) fn take_example(&mut self, example: &ExampleView) {
        self.keep_replaced();
        self.file = None;
        self.choices.format = None;
        self.replace_text(example.dialogue.clone());
        self.choices.template = match &example.template {
            None => TemplateChoice::TokenizersOwn,
            Some(id) => TemplateChoice::Catalog(id.clone()),
        };
        self.choices.recipe.clone_from(&example.recipe);
        self.choices.ignore_index = example.ignore_index;
        self.choices.options.insert(example.recipe.clone(), example.options.iter().cloned().collect());
        self.dialog = None;
    }
}
