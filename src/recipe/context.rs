//! What a recipe may look at: one conversation, and what turns it into tokens.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::NaiveDateTime;

use super::options::Options;
use super::renders::{Render, Renders};
use crate::diagnostic::Diagnostic;
use crate::dialogue::{Conversation, Message, Value};
use crate::span::Span;
use crate::template::{Input, Piece, Rendered, Template};
use crate::tokenizer::{Encoding, Tokenizer};

/// One conversation, and what turns it into tokens.
pub struct Context<'a> {
    /// The conversation.
    pub conversation: &'a Conversation,
    /// The chat template that renders it.
    pub template: &'a Template,
    /// The tokenizer that encodes the rendered text.
    pub tokenizer: &'a Tokenizer,
    /// `bos_token`, `eos_token` and the like, by name, as the template sees them.
    pub special_tokens: &'a BTreeMap<String, String>,
    /// The clock that `strftime_now` sees.
    pub now: NaiveDateTime,
    /// Further variables of the template.
    pub variables: &'a [(String, Value)],
    /// The label of a masked position.
    pub ignore_index: i64,
    /// The recipe's options.
    pub options: &'a Options,
    /// Renders that were made before, for another sample or another recipe.
    pub renders: &'a Renders,
    /// How many tokens may still be made.
    pub budget: &'a Budget,
}

/// How many tokens the samples of one report may still hold.
#[derive(Debug)]
pub struct Budget {
    left: Cell<usize>,
    spent: Cell<bool>,
}

impl Budget {
    /// A budget of this many tokens.
    pub const fn new(tokens: usize) -> Self {
        Self { left: Cell::new(tokens), spent: Cell::new(false) }
    }

    /// Takes `tokens` from the budget; `false`, from then on for ever, where it does not hold so many.
    pub fn take(&self, tokens: usize) -> bool {
        match self.left.get().checked_sub(tokens) {
            Some(left) if !self.spent.get() => self.left.set(left),
            _ => self.spent.set(true),
        }
        !self.spent.get()
    }

    /// Whether something was asked for that the budget did not hold.
    pub fn is_spent(&self) -> bool {
        self.spent.get()
    }
}

impl Context<'_> {
    /// The render of the first `messages` messages, with or without the header of the assistant's next turn.
    pub fn render(&self, messages: usize, add_generation_prompt: bool) -> Result<Rc<Render>, Diagnostic> {
        self.renders.get_or_make((messages, add_generation_prompt), || {
            self.template.render(&self.input(messages, add_generation_prompt))
        })
    }

    /// The render of other messages than the conversation's beginning, which nobody keeps.
    pub fn render_other(
        &self,
        messages: &[Message],
        tools: Option<&Value>,
        add_generation_prompt: bool,
    ) -> Result<Rendered, Diagnostic> {
        self.template.render(&Input { messages, tools, ..self.input(0, add_generation_prompt) })
    }

    /// The owners of the bytes of a [`Context::render_other`] of the same.
    pub fn pieces_other(
        &self,
        messages: &[Message],
        tools: Option<&Value>,
        add_generation_prompt: bool,
        rendered: &Rendered,
    ) -> Vec<Piece> {
        self.template.owners(&Input { messages, tools, ..self.input(0, add_generation_prompt) }, rendered)
    }

    /// The owners of a render's bytes.
    pub fn pieces<'r>(&self, render: &'r Render) -> &'r [Piece] {
        let (messages, add_generation_prompt) = render.key;
        render.pieces.get_or_init(|| {
            self.template.owners(&self.input(messages, add_generation_prompt), &render.rendered)
        })
    }

    /// The passes of a render through `{% generation %}` blocks, those that wrote nothing included.
    pub fn passes(&self, render: &Render) -> Vec<Span> {
        let (messages, add_generation_prompt) = render.key;
        self.template.passes(&self.input(messages, add_generation_prompt), &render.rendered)
    }

    /// The tokens of a render.
    pub fn encode<'r>(&self, render: &'r Render) -> Result<&'r Encoding, Diagnostic> {
        let encoding = render.encoding.get_or_init(|| self.tokenizer.encode(&render.rendered.text));
        encoding.as_ref().map_err(Clone::clone)
    }

    /// The text of the tokenizer's `eos_token`, where it names one.
    pub fn eos_token(&self) -> Option<&str> {
        self.special_tokens.get("eos_token").map(String::as_str).filter(|token| !token.is_empty())
    }

    /// The id of the tokenizer's `eos_token`, where it names one that it knows.
    pub fn eos_id(&self) -> Option<u32> {
        self.tokenizer.token_to_id(self.eos_token()?)
    }

    fn input(&self, messages: usize, add_generation_prompt: bool) -> Input<'_> {
        Input {
            messages: &self.conversation.messages[..messages],
            tools: self.conversation.tools.as_ref(),
            variables: self.variables,
            add_generation_prompt,
            special_tokens: self.special_tokens,
            now: self.now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_that_was_overdrawn_gives_nothing_more() {
        let budget = Budget::new(10);
        assert!(budget.take(10));
        assert!(!budget.is_spent());
        assert!(!budget.take(1));
        assert!(budget.is_spent());
        assert!(!budget.take(0));
    }
}
