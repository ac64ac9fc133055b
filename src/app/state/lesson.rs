//! The lesson in the state: each step sets the page, and leaving brings back what was there before.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{Choices, CompareChoices, Loading, OpenFile, Replaced, State, Undo};
use crate::app::lesson::SETTINGS;
use crate::engine::{EMBEDDED, TemplateChoice};
use crate::examples::FIRST;
use crate::lesson::Step;

/// What is kept of the lesson over a reload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LessonChoices {
    /// The step that is open or was left, from 0.
    pub step: usize,
    /// What the user had chosen before; it is there as long as the lesson is open.
    pub before: Option<Box<Choices>>,
    /// Whether the reader knows that there is a lesson, and need not be told.
    pub known: bool,
}

impl LessonChoices {
    /// Whether the lesson is open.
    pub const fn is_open(&self) -> bool {
        self.before.is_some()
    }
}

impl Choices {
    /// With an open lesson, what was chosen before with the lesson's page inside, and the other way round.
    #[must_use]
    pub fn turned(mut self) -> Self {
        let Some(mut inner) = self.lesson.before.take() else { return self };
        let LessonChoices { step, known, .. } = std::mem::take(&mut self.lesson);
        inner.lesson = LessonChoices { step, before: Some(Box::new(self)), known };
        *inner
    }
}

/// What is known of the lesson until the page is closed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    /// What is said at each step, when the worker has sent it.
    pub words: Option<Rc<[Step]>>,
    /// How often a step was gone to: the keyboard follows.
    pub moves: u32,
    /// The file that was open before, and the steps that could be undone.
    before: (Option<OpenFile>, Rc<Undo>),
}

/// What the reader does with the lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LessonMove {
    /// It is opened where it was left.
    Open,
    /// Another step is gone to.
    Step(usize),
    /// It is left: everything is as it was before.
    Leave,
    /// It was read to its end and is left; the next time it begins anew.
    Finish,
    /// It is left, and what is on the page stays there.
    Keep,
    /// The reader does not want to be told of it.
    Dismiss,
}

impl State {
    pub(super) fn move_lesson(&mut self, action: LessonMove) {
        match action {
            LessonMove::Open => {
                if !self.choices.lesson.is_open() {
                    let step = std::mem::take(&mut self.choices.lesson).step;
                    let before = Some(Box::new(self.choices.clone()));
                    self.lesson.before = (self.file.take(), self.undo.clone());
                    self.choices.lesson = LessonChoices { step, before, known: true };
                    // What was in the box is kept with the choices.
                    self.choices.dialogue = "".into();
                }
                self.take_step(self.choices.lesson.step);
            }
            LessonMove::Step(step) => {
                if self.choices.lesson.is_open() {
                    self.take_step(step);
                }
            }
            LessonMove::Leave => self.leave_lesson(self.choices.lesson.step),
            LessonMove::Finish => self.leave_lesson(0),
            LessonMove::Keep => self.keep_lesson(),
            LessonMove::Dismiss => self.choices.lesson.known = true,
        }
    }

    /// Sets the page for a step; only what the user wrote stays.
    fn take_step(&mut self, step: usize) {
        let step = step.min(SETTINGS.len() - 1);
        let setting = &SETTINGS[step];
        // Before the worker has sent the others there is only the first.
        let example = self.hello.examples.iter().find(|example| example.id == setting.example);
        let dialogue = example.map_or_else(|| FIRST.into(), |example| example.dialogue.clone());
        // What the reader typed meanwhile is the reader's.
        self.keep_replaced();
        self.file = None;
        let old = std::mem::take(&mut self.choices);
        self.choices = Choices {
            dialogue,
            recipe: setting.recipe.to_owned(),
            lane: setting.lane,
            tab: setting.tab,
            compare: CompareChoices {
                hidden: setting.hides.iter().map(ToString::to_string).collect(),
                ..CompareChoices::default()
            },
            own_template: old.own_template,
            earlier_template: old.earlier_template,
            lesson: LessonChoices { step, ..old.lesson },
            ..Choices::default()
        };
        if matches!(self.tokenizer(), Some(Loading::Failed(_))) {
            EMBEDDED.clone_into(&mut self.choices.tokenizer);
            self.choices.template = TemplateChoice::Catalog("chatml".to_owned());
        }
        self.undo = Rc::default();
        self.lesson.moves += 1;
        self.made = None;
        self.forget_looks();
    }

    fn leave_lesson(&mut self, step: usize) {
        if self.choices.lesson.is_open() {
            self.keep_replaced();
        }
        let Some(before) = self.choices.lesson.before.take() else { return };
        let written = std::mem::replace(&mut self.choices, *before).own_template;
        // A template that was written meanwhile is kept where there is a place for it.
        if self.choices.earlier_template.is_empty() && written != self.choices.own_template {
            self.choices.earlier_template = written;
        }
        self.choices.lesson = LessonChoices { step, before: None, known: true };
        (self.file, self.undo) = std::mem::take(&mut self.lesson.before);
        self.forget_looks();
    }

    fn keep_lesson(&mut self) {
        let Some(before) = self.choices.lesson.before.take() else { return };
        let (file, undo) = std::mem::take(&mut self.lesson.before);
        self.undo = undo;
        if self.is_own(&before.dialogue) {
            self.replaced = Some(Replaced {
                dialogue: before.dialogue,
                file,
                choices: None,
                earlier: self.replaced.take().map(Box::new),
            });
        }
        // Options of other recipes are not on the page.
        for (recipe, options) in before.options.iter() {
            if self.choices.options.get(recipe).is_none() {
                self.choices.options.insert(recipe.clone(), options.clone());
            }
        }
        self.choices.lesson.step = 0;
    }

    /// What is looked at belongs to the text before.
    fn forget_looks(&mut self) {
        self.dialog = None;
        self.selection = None;
        self.forget_tokens();
    }
}
