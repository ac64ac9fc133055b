//! The part of `fancy-regex` that the tokenizer uses.
//!
//! Natively it is that crate. In a browser it is the browser's own `RegExp`, which costs nothing to download, where the
//! crate brings an engine and large tables. `translate` writes a pattern so that `RegExp` means by it what the
//! crate means, and refuses what it can't. Both give the same matches: `tests/` has a table that runs natively and in a
//! browser.

use std::fmt;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(any(test, target_arch = "wasm32"))]
mod translate;

#[cfg(target_arch = "wasm32")]
pub use browser::Regex;
#[cfg(not(target_arch = "wasm32"))]
pub use native::Regex;

/// A pattern that can't be used, or a search that failed.
#[derive(Clone, Debug)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// A stretch of the text that matches, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    start: usize,
    end: usize,
}

impl Match {
    /// Its first byte.
    pub const fn start(&self) -> usize {
        self.start
    }

    /// One past its last byte.
    pub const fn end(&self) -> usize {
        self.end
    }
}

/// The matches of a pattern in a text, one after the other. The parameters are those of the real crate.
#[derive(Debug)]
pub struct Matches<'r, 't, S: ?Sized> {
    found: std::vec::IntoIter<Result<Match, Error>>,
    of: std::marker::PhantomData<(&'r Regex, &'t S)>,
}

impl<S: ?Sized> Matches<'_, '_, S> {
    fn new(found: Vec<Result<Match, Error>>) -> Self {
        Self { found: found.into_iter(), of: std::marker::PhantomData }
    }
}

impl<S: ?Sized> Iterator for Matches<'_, '_, S> {
    type Item = Result<Match, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.found.next()
    }
}
