//! What a worker says first.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::batch::{WAYS, Way};
use crate::bilingual::Bilingual;
use crate::dialogue::FORMATS;
use crate::examples::{EXAMPLES, Example};
use crate::template::catalog::{self, About};

/// What the worker has, and the page need not carry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The build that made the worker.
    pub build: String,
    /// The formats that it reads: id and title.
    pub formats: Vec<(String, Bilingual)>,
    /// What there is to read of the catalog's templates: id and words.
    pub templates: Vec<(String, About)>,
    /// What the ways from samples to batches do.
    pub ways: Vec<(Way, Bilingual)>,
    /// The dialogues to start from.
    pub examples: Vec<Rc<ExampleView>>,
}

/// An [`Example`], as the page chooses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleView {
    /// A stable name in kebab-case.
    pub id: String,
    /// What it is called in the list of examples.
    pub title: Bilingual,
    /// The one thing it is there to show.
    pub shows: Bilingual,
    /// The text, as a user would paste it.
    pub dialogue: Rc<str>,
    /// The id of a template in the catalog; the tokenizer's own where absent.
    pub template: Option<String>,
    /// The id of a recipe.
    pub recipe: String,
    /// Options of the recipe that differ from its defaults: name and value.
    pub options: Vec<(String, String)>,
    /// The label of a masked position.
    pub ignore_index: i64,
}

impl From<&Example> for ExampleView {
    fn from(example: &Example) -> Self {
        Self {
            id: example.id.to_owned(),
            title: example.title.clone(),
            shows: example.shows.clone(),
            dialogue: example.dialogue.into(),
            template: example.template.map(str::to_owned),
            recipe: example.recipe.unwrap_or("per-turn").to_owned(),
            options: example
                .options
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ignore_index: example.ignore_index.unwrap_or(-100),
        }
    }
}

/// All that this build has.
pub fn hello(build: &str) -> Hello {
    let template = |entry: catalog::Entry| (entry.id.to_owned(), entry.about());
    Hello {
        build: build.to_owned(),
        formats: FORMATS.iter().map(|format| (format.id.to_owned(), format.title.clone())).collect(),
        templates: catalog::entries().into_iter().map(template).collect(),
        ways: WAYS.iter().map(|info| (info.way, info.way.summary())).collect(),
        examples: examples(),
    }
}

/// Every example, in the order in which the page shows them.
pub fn examples() -> Vec<Rc<ExampleView>> {
    EXAMPLES.iter().map(|example| Rc::new(example.into())).collect()
}
