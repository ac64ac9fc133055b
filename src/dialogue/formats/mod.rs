//! The formats that are understood: one file each, one line each in [`FORMATS`].
//!
//! A format says how sure it is that a text is its own (`claims`, 0 to 100) and turns it into conversations (`read`).
//! The surest one reads; between equals the first of the table.

mod alpaca;
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
    pub(super) claims: fn(&Input<'_>) -> u8,
    /// Its conversations.
    pub(super) read: fn(&Input<'_>, &mut Notes) -> Vec<Conversation>,
}

/// What a format sees.
pub(super) struct Input<'a> {
    /// What the text's literals are.
    pub(super) rows: Vec<Row<'a>>,
    /// Whether an error cut the literals off, so that their last row may be a part of one.
    pub(super) cut: bool,
}

/// Every format, the likelier one first.
pub static FORMATS: [Format; 3] = [openai::FORMAT, sharegpt::FORMAT, alpaca::FORMAT];

impl<'a> Input<'a> {
    pub(super) fn new(values: &'a [Value], cut: bool) -> Self {
        Self { rows: rows::split(values), cut }
    }

    /// How many of the first rows are `mine`, from 0 to `sure`.
    fn share(&self, sure: u8, mine: impl Fn(&Row<'_>) -> bool) -> u8 {
        let seen = self.rows.len().min(20);
        let own = self.rows.iter().take(seen).filter(|row| mine(row)).count();
        if own == 0 { 0 } else { (usize::from(sure) * own).div_ceil(seen) as u8 }
    }
}

/// The format that is surest of `input`.
pub(super) fn recognise(input: &Input<'_>) -> Option<&'static Format> {
    let scored =
        FORMATS.iter().map(|format| ((format.claims)(input), format)).filter(|(score, _)| *score > 0);
    scored.rev().max_by_key(|(score, _)| *score).map(|(_, format)| format)
}

/// A message that the data has under other keys: it stands where its content stands.
fn made(role: Text, content: Text) -> Message {
    let span = content.span;
    Message { span, ..Message::new(role, content) }
}
