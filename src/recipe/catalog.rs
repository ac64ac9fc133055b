//! The recipes, by id.

use super::{Context, Options, Outcome, Recipe, all_tokens, given, per_turn};
use super::{
    axolotl, fastchat, llama_factory, ms_swift, open_instruct, openrlhf, prime, tinker, torchtune,
    transformers, trl_assistant_only, trl_completion_only, trl_response_template, unsloth, verl,
};

/// Every recipe, in the order in which a list shows them.
pub static RECIPES: &[&Recipe] = &[
    &per_turn::RECIPE,
    &all_tokens::RECIPE,
    &transformers::RECIPE,
    &trl_assistant_only::RECIPE,
    &trl_completion_only::RECIPE,
    &trl_response_template::RECIPE,
    &axolotl::RECIPE,
    &unsloth::RECIPE,
    &open_instruct::RECIPE,
    &verl::RECIPE,
    &openrlhf::RECIPE,
    &llama_factory::RECIPE,
    &tinker::RECIPE,
    &prime::RECIPE,
    &torchtune::RECIPE,
    &ms_swift::RECIPE,
    &fastchat::RECIPE,
];

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

const BUILDERS: &[(&str, Build)] = &[
    ("per-turn", per_turn::build),
    ("all-tokens", all_tokens::build),
    ("transformers", transformers::build),
    ("trl-assistant-only", trl_assistant_only::build),
    ("trl-completion-only", trl_completion_only::build),
    ("trl-response-template", trl_response_template::build),
    ("axolotl", axolotl::build),
    ("unsloth", unsloth::build),
    ("open-instruct", open_instruct::build),
    ("verl", verl::build),
    ("openrlhf", openrlhf::build),
    ("llama-factory", llama_factory::build),
    ("tinker", tinker::build),
    ("renderers", prime::build),
    ("torchtune", torchtune::build),
    ("ms-swift", ms_swift::build),
    ("fastchat", fastchat::build),
];

/// The lines of a trainer's own configuration that these options stand for, ready to copy; none for a rule that is
/// nobody's in particular.
pub fn config(recipe: &Recipe, options: &Options) -> Option<String> {
    CONFIGS.iter().find(|(id, _)| *id == recipe.id).map(|(_, config)| config(options))
}

type Config = fn(&Options) -> String;

const CONFIGS: &[(&str, Config)] = &[
    ("transformers", transformers::config),
    ("trl-assistant-only", trl_assistant_only::config),
    ("trl-completion-only", trl_completion_only::config),
    ("trl-response-template", trl_response_template::config),
    ("axolotl", axolotl::config),
    ("unsloth", unsloth::config),
    ("open-instruct", open_instruct::config),
    ("verl", verl::config),
    ("openrlhf", openrlhf::config),
    ("llama-factory", llama_factory::config),
    ("tinker", tinker::config),
    ("renderers", prime::config),
    ("torchtune", torchtune::config),
    ("ms-swift", ms_swift::config),
    ("fastchat", fastchat::config),
];

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
    fn every_trainer_shows_its_own_configuration() {
        for recipe in RECIPES {
            let options = Options::parse(recipe.id, recipe.options, &[]).unwrap();
            let config = config(recipe, &options);
            assert_eq!(config.is_some(), recipe.source.is_some(), "{}", recipe.id);
            assert!(config.is_none_or(|config| config.ends_with('\n') && !config.trim().is_empty()));
        }
    }

    #[test]
    fn every_recipe_can_be_built() {
        let built: Vec<_> = BUILDERS.iter().map(|(id, _)| *id).collect();
        let listed: Vec<_> = RECIPES.iter().map(|recipe| recipe.id).collect();
        assert_eq!(built, listed);
    }
}
