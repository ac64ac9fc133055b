//! The formats that are understood: one file each, one line each in [`FORMATS`].
//!
//! A format says how sure it is that a text is its own (`claims`, 0 to 100) and turns it into conversations (`read`).
//! The surest one reads; between equals the first of the table.

mod alpaca;
mod items;
mod openai;
mod roles;
mod rows;
mod sharegpt;

use super::notes::Notes;
use super::{Conversation, Message, Text, Value};
use crate::bilingual::Bilingual;

pub(super) use rows::Row;

/// One way in which datasets write conversations.
pub struct Format {
    /// Its name in `--json` and in the page's state.
    pub id: &'static str,
    /// Its name for people.
    pub title: Bilingual,
    /// How sure it is that the input is its own, from 0 to 100.
    pub(super) claims: fn(&Input) -> u8,
    /// Its conversations.
    pub(super) read: fn(Input, &mut Notes) -> Vec<Conversation>,
}

/// What a format sees.
pub(super) struct Input {
    /// What the text's literals are.
    pub(super) rows: Vec<Row>,
}

/// Every format, the likelier one first.
pub static FORMATS: [Format; 3] = [openai::FORMAT, sharegpt::FORMAT, alpaca::FORMAT];

impl Input {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self { rows: rows::split(values) }
    }

    /// How many of the first rows are `mine`, from 0 to `sure`.
    fn share(&self, sure: u8, mine: impl Fn(&Row) -> bool) -> u8 {
        let seen = self.rows.len().min(20);
        let own = self.rows.iter().take(seen).filter(|row| mine(row)).count();
        if own == 0 { 0 } else { (usize::from(sure) * own).div_ceil(seen) as u8 }
    }
}

/// The format that is surest of `input`.
pub(super) fn recognise(input: &Input) -> Option<&'static Format> {
    let scored =
        FORMATS.iter().map(|format| ((format.claims)(input), format)).filter(|(score, _)| *score > 0);
    scored.rev().max_by_key(|(score, _)| *score).map(|(_, format)| format)
}

/// A row that is not as the others.
fn other_row(row: &Row, notes: &mut Notes) {
    if notes.wants("unrecognised") {
        super::unrecognised(row.span(), &row.describe(), notes);
    }
}

/// A message that the data has under other keys: it stands where its content stands.
fn made(role: &'static str, content: Text) -> Message {
    let span = content.span;
    Message { span, ..Message::new(role, content) }
}
