//! What the user chose; it survives a reload.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::LabChoices;
use crate::engine::TemplateChoice;
use crate::examples::EXAMPLES;

/// What stands under a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// Nothing.
    Text,
    /// Its id.
    Ids,
    /// Its label.
    Labels,
}

/// A view of the dialogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tab {
    /// The samples that the chosen recipe makes.
    #[default]
    Samples,
    /// Every recipe side by side.
    Compare,
    /// Two small models that are trained, with the mask and without.
    Lab,
}

impl Tab {
    /// Every tab, in the order in which the bar shows them.
    pub const ALL: [Self; 3] = [Self::Samples, Self::Compare, Self::Lab];

    /// The tab `steps` further on, around the ends.
    #[must_use]
    pub fn step(self, steps: isize) -> Self {
        let at = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0) as isize;
        Self::ALL[(at + steps).rem_euclid(Self::ALL.len() as isize) as usize]
    }
}

/// In which order the rows of a comparison stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// The one that trains least comes first.
    #[default]
    Trained,
    /// By name.
    Name,
    /// The one that is most like the reference comes first.
    Difference,
}

/// What the user chose of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompareChoices {
    /// The recipe that the others are held against.
    pub reference: String,
    /// The recipe that is set beside the reference, run by run.
    pub versus: String,
    /// Recipes that are left out.
    pub hidden: BTreeSet<String>,
    /// The order of the rows.
    pub sort: Sort,
    /// Whether only columns are shown in which a row differs from the reference.
    pub only_differences: bool,
    /// For recipes with several samples the one that is compared, from 0; the last where none is chosen.
    pub samples: BTreeMap<String, usize>,
}

impl Default for CompareChoices {
    fn default() -> Self {
        Self {
            reference: "axolotl".to_owned(),
            versus: "llama-factory".to_owned(),
            hidden: BTreeSet::new(),
            sort: Sort::Trained,
            only_differences: false,
            samples: BTreeMap::new(),
        }
    }
}

/// The colours of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// What the system says.
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What the user chose; it survives a reload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The pasted text.
    pub dialogue: Rc<str>,
    /// The format that the text is read in; the one that fits best where none is chosen.
    pub format: Option<String>,
    /// The template.
    pub template: TemplateChoice,
    /// The user's own template, kept while another one is chosen.
    pub own_template: Rc<str>,
    /// The tokenizer's id.
    pub tokenizer: String,
    /// The recipe's id.
    pub recipe: String,
    /// Options that differ from their defaults, by recipe.
    pub options: BTreeMap<String, BTreeMap<String, String>>,
    /// The label of a masked position.
    pub ignore_index: i64,
    /// Which conversation of the dialogue is shown.
    pub conversation: usize,
    /// What stands under a token.
    pub lane: Lane,
    /// The view that is open.
    pub tab: Tab,
    /// What the view Compare shows.
    pub compare: CompareChoices,
    /// What the loss lab is set to.
    pub lab: LabChoices,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            dialogue: EXAMPLES[0].dialogue.into(),
            format: None,
            template: TemplateChoice::TokenizersOwn,
            own_template: "".into(),
            tokenizer: "qwen2_5".to_owned(),
            recipe: "per-turn".to_owned(),
            options: BTreeMap::new(),
            ignore_index: -100,
            conversation: 0,
            lane: Lane::Labels,
            tab: Tab::Samples,
            compare: CompareChoices::default(),
            lab: LabChoices::default(),
        }
    }
}
