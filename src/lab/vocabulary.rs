//! The tokens that occur in the samples, numbered from 0: all that the model knows.

use std::collections::BTreeSet;

/// Token ids, and the small numbers that the model uses for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// In order, each once.
    ids: Vec<u32>,
}

impl Vocabulary {
    /// Of these ids.
    pub fn of(ids: BTreeSet<u32>) -> Self {
        Self { ids: ids.into_iter().collect() }
    }

    /// How many tokens it has.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The model's number of a token id; none for a token that is in no sample.
    pub fn number(&self, id: u32) -> Option<u32> {
        self.ids.binary_search(&id).ok().map(|at| at as u32)
    }

    /// The token id of a number of the model.
    pub fn id(&self, number: u32) -> Option<u32> {
        self.ids.get(number as usize).copied()
    }
}
