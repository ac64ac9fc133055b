//! What is asked beside the report: one question at a time, and of each kind only the newest waits.

use crate::app::wire::FromWorker;

/// A kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// Every recipe over the conversation.
    Comparison,
    /// The rendered conversation.
    Sheet,
    /// What is found of the template.
    Inspection,
    /// Many conversations in batches.
    Batches,
    /// The samples that the loss lab trains on.
    Lab,
    /// What a dialog shows.
    Work,
}

impl Aside {
    /// Every kind, in the order in which they are asked.
    pub const ALL: [Self; 6] =
        [Self::Work, Self::Comparison, Self::Sheet, Self::Lab, Self::Batches, Self::Inspection];

    /// The kind of question that a message answers.
    pub const fn answered_by(message: &FromWorker) -> Option<Self> {
        match message {
            FromWorker::Compared(..) => Some(Self::Comparison),
            FromWorker::Sheet(..) => Some(Self::Sheet),
            FromWorker::Inspected(..) => Some(Self::Inspection),
            FromWorker::Batched(..) => Some(Self::Batches),
            FromWorker::Lab(..) => Some(Self::Lab),
            FromWorker::Made(..) | FromWorker::Shared(..) => Some(Self::Work),
            _ => None,
        }
    }
}

/// The kinds of which a question is asked and not answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asides([bool; Aside::ALL.len()]);

impl Asides {
    /// Whether a question of this kind is not answered.
    pub const fn has(self, aside: Aside) -> bool {
        self.0[aside as usize]
    }

    /// Whether any question is not answered.
    pub fn any(self) -> bool {
        self.0.contains(&true)
    }

    /// Notes that a question of this kind is asked, or answered.
    pub(super) const fn set(&mut self, aside: Aside, asked: bool) {
        self.0[aside as usize] = asked;
    }
}
