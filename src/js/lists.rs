//! What a call may name: the recipes with their options, and the templates of the catalog.

use serde::Serialize;

use crate::bilingual::Bilingual;
use crate::recipe::catalog::RECIPES;
use crate::recipe::{OptionKind, OptionSpec, Recipe};
use crate::template::catalog;

/// A recipe that a call may name.
#[derive(Debug, Serialize)]
pub struct RecipeInfo {
    /// The id.
    pub id: &'static str,
    /// Its name.
    pub title: &'static Bilingual,
    /// What it does, in a sentence.
    pub summary: &'static Bilingual,
    /// What may be set.
    pub options: Vec<OptionInfo>,
}

/// An option of a recipe.
#[derive(Debug, Serialize)]
pub struct OptionInfo {
    /// The trainer's own name.
    pub name: &'static str,
    /// What it is where it is not set.
    pub default: &'static str,
    /// What it may be, where that is a few words.
    pub choices: Option<&'static [&'static str]>,
}

/// Every recipe.
pub fn recipes() -> Vec<RecipeInfo> {
    let option = |option: &'static OptionSpec| OptionInfo {
        name: option.name,
        default: option.default,
        choices: match option.kind {
            OptionKind::Choice(choices) => Some(choices),
            _ => None,
        },
    };
    let one = |recipe: &'static &'static Recipe| RecipeInfo {
        id: recipe.id,
        title: &recipe.title,
        summary: &recipe.summary,
        options: recipe.options.iter().map(option).collect(),
    };
    RECIPES.iter().map(one).collect()
}

/// A template of the catalog.
#[derive(Debug, Serialize)]
pub struct TemplateInfo {
    /// The id.
    pub id: &'static str,
    /// What it is for.
    pub about: Bilingual,
    /// Its text.
    pub source: String,
}

/// Every template of the catalog.
pub fn templates() -> Vec<TemplateInfo> {
    let one = |entry: catalog::Entry| TemplateInfo {
        id: entry.id,
        source: entry.source().to_owned(),
        about: entry.about().about,
    };
    catalog::entries().into_iter().map(one).collect()
}
