//! What is made when it is asked for, and not with every report.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::engine::{Engine, Request};
use crate::export::{Export, Form, export};
use crate::listing::{Listing, listing};

/// What the page wants to have made of its conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// A file; of one sample, by its place, or of all.
    Export(Form, Option<usize>),
    /// The listing that does not work.
    Listing,
}

/// What was made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Made {
    /// A file.
    Export(Export),
    /// The listing.
    Listing(Box<Listing>),
}

impl Work {
    /// Does the work: the worker's part.
    pub fn made(self, engine: &mut Engine, request: &Request) -> Result<Made, Diagnostic> {
        match self {
            Self::Export(form, sample) => export(engine, request, form, sample).map(Made::Export),
            Self::Listing => listing(engine, request, 0).map(|listing| Made::Listing(Box::new(listing))),
        }
    }
}
