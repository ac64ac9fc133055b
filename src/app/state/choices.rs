//! What the user chose; it survives a reload.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::LabChoices;
use crate::app::wire::{MOST_CONVERSATIONS, START, Scope};
use crate::batch::Settings;
use crate::engine::{BatchAsked, PadToken, TemplateChoice};
use crate::examples::EXAMPLES;
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

/// What the user chose of how a template is run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RenderChoices {
    /// Further variables of the template, as `chat_template_kwargs` gives them: name and JSON.
    pub variables: BTreeMap<String, String>,
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
    /// The pasted text.
    pub dialogue: Rc<str>,
    /// The format that the text is read in; the one that fits best where none is chosen.
    pub format: Option<String>,
    /// The template.
    pub template: TemplateChoice,
    /// The user's own template, kept while another one is chosen.
    pub own_template: Rc<str>,
    /// The template that was the user's own before another text took its place.
    pub earlier_template: Rc<str>,
    /// How the template is run.
    pub render: RenderChoices,
    /// The tokenizer's id.
    pub tokenizer: String,
    /// The recipe's id.
    pub recipe: String,
    /// Options that differ from their defaults, by recipe.
    pub options: BTreeMap<String, BTreeMap<String, String>>,
    /// The label of a masked position.
    #[serde(with = "whole")]
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
}

/// A whole number, as text where JavaScript's numbers are too coarse for it.
mod whole {
    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    /// From here on not every whole number is a number of JavaScript.
    const LARGEST: u64 = 1 << 53;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub(super) fn serialize<S: Serializer>(number: &i64, to: S) -> Result<S::Ok, S::Error> {
        if number.unsigned_abs() <= LARGEST || !to.is_human_readable() {
            to.serialize_i64(*number)
        } else {
            to.collect_str(number)
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        if from.is_human_readable() { from.deserialize_any(Whole) } else { from.deserialize_i64(Whole) }
    }

    struct Whole;

    impl Visitor<'_> for Whole {
        type Value = i64;

        fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            to.write_str("a whole number")
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
            Ok(number)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
            i64::try_from(number).map_err(E::custom)
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
            // A cast ends at the largest numbers, which a text would have said.
            if number.fract() == 0.0 { Ok(number as i64) } else { Err(E::custom("not a whole number")) }
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
            text.parse().map_err(E::custom)
        }
    }
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            dialogue: EXAMPLES[0].dialogue.into(),
            format: None,
            template: TemplateChoice::TokenizersOwn,
            own_template: "".into(),
            earlier_template: "".into(),
            render: RenderChoices::default(),
            tokenizer: "qwen2_5".to_owned(),
            recipe: "per-turn".to_owned(),
            options: BTreeMap::new(),
            ignore_index: -100,
            conversation: 0,
            lane: Lane::Labels,
            tab: Tab::Samples,
            compare: CompareChoices::default(),
            dataset: DatasetChoices::default(),
            lab: LabChoices::default(),
        }
    }
}
