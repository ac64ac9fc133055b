//! The recipes, by id.

use super::{Recipe, all_tokens, per_turn};

/// Every recipe, in the order in which a list shows them.
pub static RECIPES: &[&Recipe] = &[&per_turn::RECIPE, &all_tokens::RECIPE];

/// The recipe of this id.
pub fn find(id: &str) -> Option<&'static Recipe> {
    RECIPES.iter().copied().find(|recipe| recipe.id == id)
}

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
}
