//! Diagnostics as they are found, with a limit a kind so that a long bad file does not drown its reader.

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::span::Span;

/// How many diagnostics of one code are kept.
const MAX_PER_CODE: usize = 50;

/// The diagnostics of one reading.
#[derive(Debug, Default)]
pub(super) struct Notes {
    list: Vec<Diagnostic>,
    counts: Vec<(String, usize)>,
    has_error: bool,
}

impl Notes {
    /// Keeps one finding, unless there are too many of its kind already.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.has_error |= diagnostic.severity == Severity::Error;
        let known = self.counts.iter().position(|(code, _)| *code == diagnostic.code);
        let index = known.unwrap_or_else(|| {
            self.counts.push((diagnostic.code.to_string(), 0));
            self.counts.len() - 1
        });
        self.counts[index].1 += 1;
        if self.counts[index].1 <= MAX_PER_CODE {
            self.list.push(diagnostic);
        }
    }

    /// Whether a finding of this code would be kept: ask before making its words for every line of a long file.
    pub(super) fn wants(&self, code: &str) -> bool {
        self.counts.iter().all(|(known, count)| known != code || *count < MAX_PER_CODE)
    }

    /// Whether nothing of this code was found yet: for what need only be said once.
    pub(super) fn is_new(&self, code: &str) -> bool {
        self.counts.iter().all(|(known, _)| known != code)
    }

    /// Keeps one finding about `span` of the pasted text.
    pub(super) fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        span: Span,
        message: Bilingual,
        hint: Bilingual,
    ) {
        self.push(Diagnostic::new(severity, code, message).hint(hint).at(Source::Dialogue, span));
    }

    /// Whether one of them is an error.
    pub(super) const fn has_error(&self) -> bool {
        self.has_error
    }

    /// Whether one of them is an error inside `span`.
    pub(super) fn has_error_in(&self, span: Span) -> bool {
        let inside = |place: Span| span.start <= place.start && place.start <= span.end;
        self.list.iter().any(|found| {
            found.severity == Severity::Error && found.place.is_some_and(|(_, place)| inside(place))
        })
    }

    /// All of them, in the order of the text.
    pub(super) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| diagnostic.place.map_or(0, |(_, span)| span.start));
        self.list
    }
}
