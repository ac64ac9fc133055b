//! The recipes, by id.

use super::{Context, Outcome, Recipe, all_tokens, given, per_turn};

/// Every recipe, in the order in which a list shows them.
pub static RECIPES: &[&Recipe] = &[&per_turn::RECIPE, &all_tokens::RECIPE];

/// The recipe of this id.
pub fn find(id: &str) -> Option<&'static Recipe> {
    RECIPES.iter().copied().find(|recipe| recipe.id == id)
}

/// Makes the samples of one conversation: by the recipe, or the row itself where it says its own tokens.
///
/// Not a field of [`Recipe`]: the page lists the recipes, and functions in that list would bring every trainer, the
/// templates and the tokenizers into the wasm of the main thread.
pub fn build(recipe: &Recipe, context: &Context<'_>) -> Vec<Outcome> {
    let Some((_, build)) = BUILDERS.iter().find(|(id, _)| *id == recipe.id) else { return Vec::new() };
    match &context.conversation.given {
        Some(row) => given::build(context, row, recipe, *build),
        None => build(context),
    }
}

type Build = fn(&Context<'_>) -> Vec<Outcome>;

const BUILDERS: [(&str, Build); 2] = [("per-turn", per_turn::build), ("all-tokens", all_tokens::build)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_the_first_choice_and_every_id_is_its_own() {
        for (place, recipe) in RECIPES.iter().enumerate() {
            assert_eq!(RECIPES.iter().position(|other| other.id == recipe.id), Some(place));
            for option in recipe.options {
                if let super::super::OptionKind::Choice(choices) = option.kind {
                    assert_eq!(choices.first(), Some(&option.default), "{} {}", recipe.id, option.name);
                }
            }
        }
        assert!(find("nobody's").is_none());
    }

    #[test]
    fn every_recipe_can_be_built() {
        let built: Vec<_> = BUILDERS.iter().map(|(id, _)| *id).collect();
        let listed: Vec<_> = RECIPES.iter().map(|recipe| recipe.id).collect();
        assert_eq!(built, listed);
    }
}
