//! What the user chose; it survives a reload.

use std::rc::Rc;

use crate::app::table::Table;
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::{LabChoices, LessonChoices};
use crate::app::wire::{MOST_CONVERSATIONS, START, Scope};
use crate::batch::Settings;
use crate::engine::{BatchAsked, PadToken, TemplateChoice};
use crate::examples::FIRST;
use crate::template::Preparation;

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
    /// The chat template and what it makes of the conversation.
    Template,
    /// Two small models that are trained, with the mask and without.
    Lab,
    /// Many conversations, and what becomes of them in a batch.
    Dataset,
}

impl Tab {
    /// Every tab, in the order in which the bar shows them.
    pub const ALL: [Self; 5] = [Self::Samples, Self::Compare, Self::Template, Self::Lab, Self::Dataset];

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
    pub hidden: Vec<String>,
    /// The order of the rows.
    pub sort: Sort,
    /// Whether only columns are shown in which a row differs from the reference.
    pub only_differences: bool,
    /// For recipes with several samples the one that is compared, from 0; the last where none is chosen.
    pub samples: Table<String, usize>,
}

impl Default for CompareChoices {
    fn default() -> Self {
        Self {
            reference: "axolotl".to_owned(),
            versus: "llama-factory".to_owned(),
            hidden: Vec::new(),
            sort: Sort::Trained,
            only_differences: false,
            samples: Table::default(),
        }
    }
}

/// What the user chose of how a template is run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RenderChoices {
    /// Further variables of the template, as `chat_template_kwargs` gives them: name and JSON.
    pub variables: Table<String, String>,
    /// The clock that it sees, such as `2026-01-31T09:05:07`; the real one where none is set.
    pub now: Option<String>,
    /// How messages are prepared for it.
    pub preparation: Preparation,
    /// Whether the text in the view Template ends with the header of the assistant's next turn.
    pub add_generation_prompt: bool,
}

impl RenderChoices {
    /// The clock that was set, where it is one.
    pub fn clock(&self) -> Option<NaiveDateTime> {
        let mut numbers = self.now.as_deref()?.split(['-', 'T', ':']).map(str::parse);
        let mut next = || numbers.next()?.ok();
        let day = NaiveDate::from_ymd_opt(i32::try_from(next()?).ok()?, next()?, next()?)?;
        day.and_hms_opt(next()?, next()?, next().unwrap_or(0))
    }
}

/// What the user chose of batches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetChoices {
    /// Which conversations.
    pub scope: Scope,
    /// How they are put into batches.
    pub settings: Settings,
    /// What rows are padded with.
    pub pad: PadToken,
    /// What is looked at: a batch, a row of it, and a column of the row.
    pub look: [usize; 3],
    /// Whether `position_ids` are drawn.
    pub positions: bool,
}

/// TRL's own `max_length` where none is chosen.
const TRL_LENGTH: u32 = 1024;

impl Default for DatasetChoices {
    fn default() -> Self {
        let settings = Settings { max_length: Some(TRL_LENGTH), ..Settings::default() };
        Self { scope: Scope::Dialogue, settings, pad: PadToken::Own, look: START, positions: false }
    }
}

impl DatasetChoices {
    /// What is asked of the worker: a way that packs needs a length, and one that takes none gets none.
    pub fn asked(&self) -> BatchAsked {
        let mut settings = self.settings.clone();
        let info = settings.way.info();
        if info.truncations.is_empty() {
            settings.max_length = None;
        } else if info.packs {
            settings.max_length = settings.max_length.or(Some(TRL_LENGTH));
        }
        settings.batch_size = settings.batch_size.clamp(1, 64);
        BatchAsked { settings, pad: self.pad.clone(), most: MOST_CONVERSATIONS }
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
    // What the user typed comes first: `kept.rs` reads it even where the rest has another form.
    /// The pasted text.
    pub dialogue: Rc<str>,
    /// The user's own template, kept while another one is chosen.
    pub own_template: Rc<str>,
    /// The template that was the user's own before another text took its place.
    pub earlier_template: Rc<str>,
    /// The format that the text is read in; the one that fits best where none is chosen.
    pub format: Option<String>,
    /// The template.
    pub template: TemplateChoice,
    /// How the template is run.
    pub render: RenderChoices,
    /// The tokenizer's id.
    pub tokenizer: String,
    /// The recipe's id.
    pub recipe: String,
    /// Options that differ from their defaults, by recipe.
    pub options: Table<String, Table<String, String>>,
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
    /// What the view Dataset shows.
    pub dataset: DatasetChoices,
    /// What the loss lab is set to.
    pub lab: LabChoices,
    /// How far the lesson is, and what was chosen before it.
    pub lesson: LessonChoices,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            dialogue: FIRST.into(),
            format: None,
            template: TemplateChoice::TokenizersOwn,
            own_template: "".into(),
            earlier_template: "".into(),
            render: RenderChoices::default(),
            tokenizer: "qwen2_5".to_owned(),
            recipe: "per-turn".to_owned(),
            options: Table::default(),
            ignore_index: -100,
            conversation: 0,
            lane: Lane::Labels,
            tab: Tab::Samples,
            compare: CompareChoices::default(),
            dataset: DatasetChoices::default(),
            lab: LabChoices::default(),
            lesson: LessonChoices::default(),
        }
    }
}
