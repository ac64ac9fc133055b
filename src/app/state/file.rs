//! A file that was opened: the page shows one of its rows at a time, and keeps what is typed into each.

use std::rc::Rc;

use crate::app::table::Table;

/// An open file.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenFile {
    /// Its name, for people.
    pub name: Rc<str>,
    /// The address under which the worker finds it.
    pub url: Rc<str>,
    /// How many conversations were found so far.
    pub rows: usize,
    /// How much of it was looked through, from 0 to 1.
    pub share: f64,
    /// Whether all of it was looked through.
    pub done: bool,
    /// The conversation that the user wants to see.
    pub wanted: usize,
    /// The conversation that is in the box.
    pub shown: Option<usize>,
    /// What was typed into conversations of the file.
    pub edits: Table<usize, Rc<str>>,
}

impl OpenFile {
    /// A file of which nothing is known yet.
    pub fn new(name: Rc<str>, url: Rc<str>) -> Self {
        Self { name, url, rows: 0, share: 0.0, done: false, wanted: 0, shown: None, edits: Table::default() }
    }

    /// Asks for a conversation, the last one where there are not so many.
    pub(super) fn want(&mut self, row: usize) {
        self.wanted = row.min(self.rows.saturating_sub(1));
    }

    /// The worker has the text of a conversation: the text for the box, unless something else was asked for since.
    pub(super) fn take(&mut self, row: usize, text: &str) -> Option<Rc<str>> {
        if row != self.wanted || self.shown == Some(row) {
            return None;
        }
        self.shown = Some(row);
        Some(self.edits.get(&row).cloned().unwrap_or_else(|| text.into()))
    }

    /// Keeps what was typed into the conversation that is shown.
    pub(super) fn typed(&mut self, text: &Rc<str>) {
        if let Some(row) = self.shown {
            self.edits.insert(row, text.clone());
        }
    }

    /// Whether the box shows another conversation than the one that is wanted.
    pub fn is_waiting(&self) -> bool {
        self.shown != Some(self.wanted)
    }
}
