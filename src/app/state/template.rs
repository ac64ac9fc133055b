//! What the worker said of the template.

use std::rc::Rc;

use crate::app::wire::SheetView;
use crate::diagnostic::Diagnostic;
use crate::engine::TemplateReport;

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
