//! What a face asks the engine for.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::template::Preparation;

/// Everything a report depends on, apart from the tokenizers that were added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What the user pasted.
    pub dialogue: String,
    /// The id of the format that it is read in; the one that fits best where absent.
    pub format: Option<String>,
    /// Which chat template renders it.
    pub template: TemplateChoice,
    /// The id of the tokenizer: [`EMBEDDED`], or one given to [`Engine::add_tokenizer`](super::Engine::add_tokenizer).
    pub tokenizer: String,
    /// The id of the recipe, such as `per-turn`.
    pub recipe: String,
    /// Options of the recipe that differ from its defaults: name and value.
    pub options: Vec<(String, String)>,
    /// The label of a masked position.
    pub ignore_index: i64,
    /// The clock that `strftime_now` sees.
    #[serde(with = "time")]
    pub now: NaiveDateTime,
    /// Further variables of the template: name and value, written as JSON.
    pub variables: Vec<(String, String)>,
    /// How messages are prepared before the template sees them.
    #[serde(default)]
    pub preparation: Preparation,
    /// Only this conversation, counted from 0; all of them where absent.
    pub conversation: Option<usize>,
}

/// Which chat template renders the dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateChoice {
    /// The one that comes with the tokenizer, else `plain`.
    TokenizersOwn,
    /// The one of this name that comes with the tokenizer, where that has several.
    Named(String),
    /// One of the catalog, by id.
    Catalog(String),
    /// This text.
    Source(String),
}

impl Default for Request {
    /// An empty dialogue with every default of the native command, at the start of 1970.
    fn default() -> Self {
        Self {
            dialogue: String::new(),
            format: None,
            template: TemplateChoice::TokenizersOwn,
            tokenizer: EMBEDDED.to_owned(),
            recipe: "per-turn".to_owned(),
            options: Vec::new(),
            ignore_index: -100,
            now: NaiveDateTime::default(),
            variables: Vec::new(),
            preparation: Preparation::default(),
            conversation: None,
        }
    }
}

/// The moment that a text such as `2026-01-31T09:05:07` names.
pub fn moment(text: &str) -> Option<NaiveDateTime> {
    time::read(text)
}

/// The id of the tokenizer that is part of the program.
pub const EMBEDDED: &str = "lossmask";

/// A moment as text: `2026-01-31T09:05:07`.
///
/// Written by hand: `chrono`'s own formats would be a tenth of what the page may weigh.
mod time {
    use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(time: &NaiveDateTime, to: S) -> Result<S::Ok, S::Error> {
        let (year, month, day) = (time.year(), time.month(), time.day());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        to.collect_str(&format_args!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDateTime, D::Error> {
        let text = String::deserialize(from)?;
        read(&text).ok_or_else(|| D::Error::custom("a moment is written like 2026-01-31T09:05:07"))
    }

    pub(super) fn read(text: &str) -> Option<NaiveDateTime> {
        let (date, time) = text.split_once('T')?;
        let mut date = date.splitn(3, '-');
        let mut time = time.splitn(3, ':');
        let year: u16 = date.next()?.parse().ok()?;
        let number = |parts: &mut std::str::SplitN<'_, char>| parts.next()?.parse::<u32>().ok();
        let day = NaiveDate::from_ymd_opt(i32::from(year), number(&mut date)?, number(&mut date)?)?;
        day.and_hms_opt(number(&mut time)?, number(&mut time)?, number(&mut time)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_comes_back_as_it_was_written() {
        let request = Request { now: time::read("2026-01-31T09:05:07").unwrap(), ..Request::default() };
        let text = serde_json::to_string(&request).unwrap();
        assert!(text.contains(r#""now":"2026-01-31T09:05:07""#), "{text}");
        assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in
            ["", "2026-01-31", "2026-02-30T00:00:00", "2026-01-31T24:00:00", "2026-1-1T", "x-1-1T1:1:1"]
        {
            assert_eq!(time::read(text), None, "{text}");
        }
    }
}
