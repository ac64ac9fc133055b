//! What the worker said of the template, and the template that is the user's own.

use std::rc::Rc;

use super::State;
use crate::app::wire::SheetView;
use crate::diagnostic::Diagnostic;
use crate::engine::{TemplateChoice, TemplateReport};

/// The answers that the view Template shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateAnswers {
    /// The newest rendered conversation.
    pub sheet: Option<Rc<SheetView>>,
    /// The newest one that has a text; shown dimmed while the newest has none.
    pub last: Option<Rc<SheetView>>,
    /// What was found of the template, or why nothing could be.
    pub inspection: Option<Rc<Result<TemplateReport, Diagnostic>>>,
}

impl TemplateAnswers {
    /// Takes a rendered conversation. One that is equal to the one before changes nothing.
    pub(super) fn take(&mut self, sheet: SheetView) {
        if self.sheet.as_deref() == Some(&sheet) {
            return;
        }
        let sheet = Rc::new(sheet);
        if !sheet.is_empty() {
            self.last = Some(sheet.clone());
        }
        self.sheet = Some(sheet);
    }
}

impl State {
    /// The user's own template is this text now.
    pub(super) fn take_template(&mut self, text: Rc<str>) {
        self.choices.template = TemplateChoice::Source(text.to_string());
        self.choices.own_template = text;
        self.forget_tokens();
    }

    /// Keeps the user's own template, where this text would replace it.
    pub(super) fn keep_own_template(&mut self, text: &str) {
        let own = &self.choices.own_template;
        if !own.trim().is_empty() && **own != *text {
            self.choices.earlier_template = own.clone();
        }
    }
}
