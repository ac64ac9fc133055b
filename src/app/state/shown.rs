//! What of the state is on the page.

use std::rc::Rc;

use super::{Loading, State, Tab, TokenAt, Worker};
use crate::app::wire::ReportView;

impl State {
    /// The report whose samples are on the page, and whether they are those of the text as it stands.
    pub fn shown(&self) -> Option<(&Rc<ReportView>, bool)> {
        match &self.report {
            Some(report) if report.has_outcome() => Some((report, true)),
            _ => self.last_good.as_ref().map(|report| (report, false)),
        }
    }

    /// The token that the inspector speaks of.
    pub fn inspected(&self) -> Option<TokenAt> {
        self.pin.or(self.hover)
    }

    /// The view that is open; in a frame there are only the samples.
    pub fn tab(&self) -> Tab {
        if self.embed { Tab::Samples } else { self.choices.tab }
    }

    /// How far the chosen tokenizer is.
    pub fn tokenizer(&self) -> Option<&Loading> {
        self.tokenizers.get(&self.choices.tokenizer)
    }

    /// The value of `data-state` on the root element.
    pub fn progress(&self) -> &'static str {
        if self.worker == Worker::Failed {
            "failed"
        } else if self.link.is_some()
            || self.report.is_none()
            || !matches!(self.tokenizer(), Some(Loading::Ready(_)))
        {
            "loading"
        } else if self.waiting || self.asides.any() {
            "busy"
        } else {
            "ready"
        }
    }
}
