//! The lesson on the page: what a step sets, what it points at, and how it is seen that the reader has tried it.
//!
//! What is said is in [`crate::lesson`], which the worker sends.

use crate::app::cells::signed;
use crate::app::compare;
use crate::app::state::{Lane, State, Tab, TokenAt};
use crate::app::wire::{Made, SampleView, Work};
use crate::listing::Row;
use crate::template::Part;

/// What a step sets; everything else is as at the very first visit.
#[derive(Debug)]
pub struct Setting {
    /// The step's name.
    pub id: &'static str,
    /// The view that is open.
    pub tab: Tab,
    /// What stands under a token.
    pub lane: Lane,
    /// The example in the box.
    pub example: &'static str,
    /// The recipe.
    pub recipe: &'static str,
    /// The recipes that are left out of the comparison.
    pub hides: &'static [&'static str],
    /// What comes into sight, as a selector; the style sheet rings what the step speaks of.
    pub points_at: &'static str,
    /// What has changed when the reader has tried it, as a selector: on a phone it may be out of sight.
    pub changes: Option<&'static str>,
    /// A dialog that the step's button opens.
    pub opens: Option<Work>,
    /// What the reader tries.
    pub goal: Goal,
}

/// What the reader tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A trained token is pinned.
    PinTrained,
    /// A token is pinned that is masked here and trained in another sample.
    PinContext,
    /// Labels stand under the tokens.
    ShowLabels,
    /// A masked token is pinned.
    PinMasked,
    /// The `ignore_index` is the id of a token that should be trained.
    Collide,
    /// The listing that does not work was opened.
    Listing,
    /// Only positions are shown in which trainers differ.
    Differences,
    /// Both models of the loss lab were trained.
    Train,
    /// A trainer's recipe was chosen.
    Recipe,
}

/// The recipe at nearly every step.
const PER_TURN: &str = "per-turn";

const FIRST: Setting = Setting {
    id: "input-and-label",
    tab: Tab::Samples,
    lane: Lane::Labels,
    example: "two-poems",
    recipe: PER_TURN,
    hides: &[],
    points_at: ".sample:first-child .turn:has([data-trained]) .body",
    changes: None,
    opens: None,
    goal: Goal::PinTrained,
};

/// What every step sets, in the order of [`crate::lesson::STEPS`].
pub static SETTINGS: &[Setting] = &[
    FIRST,
    Setting { id: "samples", points_at: ".sample:nth-child(2)", goal: Goal::PinContext, ..FIRST },
    Setting { id: "side-by-side", lane: Lane::Ids, points_at: ".lane .seg", goal: Goal::ShowLabels, ..FIRST },
    Setting {
        id: "why-100",
        points_at: ".sample:first-child .turn:nth-child(2)",
        goal: Goal::PinMasked,
        ..FIRST
    },
    Setting {
        id: "instead",
        example: "ignore-index",
        points_at: ".setup",
        changes: Some(".sample:first-child"),
        goal: Goal::Collide,
        ..FIRST
    },
    Setting {
        id: "goes-wrong",
        recipe: "all-tokens",
        points_at: ".sample:first-child",
        opens: Some(Work::Listing),
        goal: Goal::Listing,
        ..FIRST
    },
    Setting {
        id: "trainers",
        tab: Tab::Compare,
        // It trains what the user says, and differs from the others nearly everywhere.
        hides: &["all-tokens"],
        points_at: ".cmp-check",
        changes: Some(".cmp-grid"),
        goal: Goal::Differences,
        ..FIRST
    },
    Setting {
        id: "learning",
        tab: Tab::Lab,
        points_at: ".knobs .go",
        changes: Some(".lab-curves"),
        goal: Goal::Train,
        ..FIRST
    },
    Setting {
        id: "your-data",
        points_at: ".setup",
        changes: Some(".sample:first-child"),
        goal: Goal::Recipe,
        ..FIRST
    },
];

/// What is on the page once the reader has reached the goal, for the step's sentence; nothing before.
pub fn reached(goal: Goal, state: &State) -> Option<Vec<String>> {
    let number = |number: usize| state.lang.number(number);
    match goal {
        Goal::PinTrained => {
            let (at, sample) = pinned(state)?;
            sample.is_trained(at.token).then(|| vec![number(at.token), label(sample, at.token)])
        }
        Goal::PinContext => {
            let (at, sample) = pinned(state)?;
            let trains = |other: &SampleView| {
                other.is_trained(at.token) && other.ids.get(at.token) == sample.ids.get(at.token)
            };
            let (other, _) = state.report.as_ref()?.samples().find(|(_, other)| trains(other))?;
            let masked = !sample.is_trained(at.token);
            masked.then(|| vec![number(at.token), number(at.sample + 1), number(other + 1)])
        }
        Goal::ShowLabels => {
            let (all, trained) = counts(state)?;
            let mark = signed(state.choices.ignore_index);
            (state.choices.lane == Lane::Labels).then(|| vec![number(all - trained), number(trained), mark])
        }
        Goal::PinMasked => {
            let (at, sample) = pinned(state)?;
            (!sample.is_trained(at.token)).then(|| vec![number(at.token), label(sample, at.token)])
        }
        Goal::Collide => {
            let index = state.choices.ignore_index;
            let lost: usize =
                state.report.as_ref()?.samples().map(|(_, sample)| collisions(sample, index)).sum();
            (lost > 0).then(|| vec![number(lost), signed(index)])
        }
        Goal::Listing => {
            let (Work::Listing, made) = state.made.as_ref()? else { return None };
            let Ok(Made::Listing(listing)) = &**made else { return None };
            // The first row is that of the labels which are thrown away.
            let truth = listing.steps.iter().filter_map(|step| step.row.as_ref()).nth(1)?;
            let all = |row: &Row| number(row.tokens.len() + row.hidden);
            let right = listing.right.row.as_ref()?;
            Some(vec![number(truth.trained), all(truth), number(right.trained), all(right)])
        }
        Goal::Differences => {
            let view = state.comparison.as_ref().filter(|_| state.choices.compare.only_differences)?;
            let reference = &view.rows[compare::reference(view, &state.choices.compare)?];
            let left = compare::disputed(view, reference).into_iter().filter(|is| *is).count();
            let trained = || view.rows.iter().filter_map(|row| Some(row.sample()?.trained));
            Some(vec![number(left), number(view.len()), number(trained().min()?), number(trained().max()?)])
        }
        Goal::Train => {
            let run = state.lab.run.as_ref().filter(|run| run.step > 0 && !run.running)?;
            let [_, _, [_, a, b], [_, c, d], ..] = &run.reads[..] else { return None };
            Some([number(run.at), a.clone(), b.clone(), c.clone(), d.clone()].into())
        }
        Goal::Recipe => {
            let (all, trained) = counts(state)?;
            let recipe = &state.choices.recipe;
            (recipe != PER_TURN).then(|| vec![recipe.clone(), number(trained), number(all)])
        }
    }
}

/// The token that is pinned, with its sample.
fn pinned(state: &State) -> Option<(TokenAt, &SampleView)> {
    let at = state.pin?;
    state.report.as_ref()?.sample(at.sample).map(|sample| (at, &**sample))
}

/// How many tokens all samples of the text as it stands have, and how many of them are trained.
fn counts(state: &State) -> Option<(usize, usize)> {
    let report = state.report.as_ref().filter(|_| !state.waiting)?;
    let samples = || report.samples().map(|(_, sample)| sample);
    let all: usize = samples().map(|sample| sample.len()).sum();
    (all > 0).then(|| (all, samples().map(|sample| sample.trained).sum()))
}

/// How many tokens of the reply's text are masked because their id is this `ignore_index`.
fn collisions(sample: &SampleView, index: i64) -> usize {
    let is_reply = |token: usize| {
        sample.message(token).is_some_and(|message| sample.reply == Some(message as u32))
            && sample.part(token) == Part::Content
    };
    let lost = |(token, id): &(usize, &u32)| {
        i64::from(**id) == index && is_reply(*token) && !sample.is_trained(*token)
    };
    sample.ids.iter().enumerate().filter(lost).count()
}

fn label(sample: &SampleView, token: usize) -> String {
    signed(sample.labels.get(token).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests;
