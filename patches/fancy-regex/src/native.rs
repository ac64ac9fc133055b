//! Outside of a browser: the crate itself.

use crate::{Error, Match, Matches};

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Regex(real::Regex);

impl Regex {
    /// Compiles a pattern.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        real::Regex::new(pattern).map(Self).map_err(|error| Error(error.to_string()))
    }

    /// Every match in the text.
    pub fn find_iter<'r, 't>(&'r self, text: &'t str) -> Matches<'r, 't, str> {
        let found = self.0.find_iter(text).map(|found| {
            let found = found.map_err(|error| Error(error.to_string()))?;
            Ok(Match { start: found.start(), end: found.end() })
        });
        Matches::new(found.collect())
    }
}
