//! What a recipe may look at.

use std::marker::PhantomData;

/// One conversation, and what turns it into tokens.
pub struct Context<'a> {
    _conversation: PhantomData<&'a ()>,
}
