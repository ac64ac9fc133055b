//! What is asked of the worker, as far as the state says it.

use super::{Choices, State};
use crate::app::table::Table;
use crate::app::wire::{BatchQuestion, Scope};
use crate::engine::{Asked, Request};
use crate::recipe::Recipe;
use crate::recipe::catalog::RECIPES;

impl State {
    /// The recipes that a comparison runs, each with the options that were set for it.
    pub fn asked(&self) -> Vec<Asked> {
        let one = |recipe: &&Recipe| Asked {
            recipe: recipe.id.to_owned(),
            options: self.choices.options_of(recipe.id),
            sample: self.choices.compare.samples.get(recipe.id).copied(),
        };
        RECIPES
            .iter()
            .filter(|recipe| !self.choices.compare.hidden.iter().any(|hidden| hidden == recipe.id))
            .map(one)
            .collect()
    }

    /// The question for batches; `request` is the one for a report. What does not concern the chosen conversations is
    /// left out, so that it does not make another question.
    pub fn batch_question(&self, mut request: Request) -> BatchQuestion {
        let choices = &self.choices.dataset;
        let scope = choices.scope.of(self.file.is_some());
        if scope != Scope::Dialogue {
            request.dialogue.clear();
        }
        if scope == Scope::Examples {
            request.format = None;
        }
        request.conversation = None;
        BatchQuestion { request, asked: choices.asked(), scope, look: choices.look }
    }
}

impl Choices {
    /// The question that they come to, without a clock where none was set.
    pub fn request(&self) -> Request {
        Request {
            dialogue: self.dialogue.to_string(),
            format: self.format.clone(),
            template: self.template.clone(),
            tokenizer: self.tokenizer.clone(),
            recipe: self.recipe.clone(),
            options: self.options_of(&self.recipe),
            ignore_index: self.ignore_index,
            conversation: Some(self.conversation),
            variables: self.render.variables.clone().into_iter().collect(),
            preparation: self.render.preparation,
            now: self.render.clock().unwrap_or_default(),
        }
    }

    /// The options of a recipe that differ from their defaults.
    pub fn options_of(&self, recipe: &str) -> Vec<(String, String)> {
        let set = self.options.get(recipe).into_iter().flat_map(Table::iter);
        set.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}
