//! What was changed can be undone, and done again: the text, the template, the tokenizer, the recipe and its options. Which
//! view is open and what it shows is no change, and stays as it is.
//!
//! A box has an undo of its own, for what is typed into it; here typing is one step until it has gone on for a while, so that
//! one step leads back to before it.

use std::rc::Rc;

use super::{Action, Choices, Loading, OpenFile, State};
use crate::app::wire::FromWorker;
use crate::engine::TemplateChoice;

/// So many steps are kept, and so many bytes of text in them.
const MOST_STEPS: usize = 100;
/// See [`MOST_STEPS`].
const MOST_BYTES: usize = 16 << 20;
/// So many keys are one step.
const KEYS: usize = 60;
/// A text that grows or shrinks by more at once was pasted or cut, which is a step of its own.
const PASTED: usize = 16;

/// What was chosen, and the file and the conversation of it that was in the box.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    choices: Choices,
    place: Option<(Rc<str>, Option<usize>)>,
}

/// The box that is typed into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Dialogue,
    Template,
}

/// The steps back and forth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Undo {
    back: Vec<Rc<Step>>,
    forth: Vec<Rc<Step>>,
    /// The box that is being typed into, and how many keys are in the step.
    typing: Option<(Typed, usize)>,
}

/// What an action may change.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// Nothing that can be undone.
    Nothing,
    /// Something that was chosen.
    Choice,
    /// What stands in a box, a key at a time.
    Typing(Typed),
}

impl Change {
    /// What an action may do.
    pub(super) fn of(action: &Action) -> Self {
        match action {
            Action::Type(_) => Self::Typing(Typed::Dialogue),
            Action::TypeTemplate(_) => Self::Typing(Typed::Template),
            Action::Example(_)
            | Action::Restore
            | Action::Format(_)
            | Action::Template(_)
            | Action::UseTemplate(_)
            | Action::EarlierTemplate
            | Action::Try(_)
            | Action::Tokenizer(_)
            | Action::Recipe(_)
            | Action::Option(..)
            | Action::IgnoreIndex(_)
            | Action::Render(_)
            | Action::Heard(FromWorker::Unpacked(_) | FromWorker::Brought(_)) => Self::Choice,
            _ => Self::Nothing,
        }
    }
}

/// Whether two states differ in what can be undone.
fn differs(a: &Choices, b: &Choices) -> bool {
    let texts = |it: &Choices| [it.dialogue.clone(), it.own_template.clone(), it.earlier_template.clone()];
    let small = |it: &Choices| (it.format.clone(), it.tokenizer.clone(), it.recipe.clone(), it.ignore_index);
    texts(a) != texts(b)
        || small(a) != small(b)
        || a.template != b.template
        || a.options != b.options
        || a.render != b.render
}

fn length(choices: &Choices) -> usize {
    let source = match &choices.template {
        TemplateChoice::Source(source) => source.len(),
        _ => 0,
    };
    choices.dialogue.len() + choices.own_template.len() + choices.earlier_template.len() + source
}

fn place(file: Option<&OpenFile>) -> Option<(Rc<str>, Option<usize>)> {
    file.map(|file| (file.url.clone(), file.shown))
}

impl Undo {
    /// Whether a step leads back, and whether one leads forth.
    pub const fn ways(&self) -> (bool, bool) {
        (!self.back.is_empty(), !self.forth.is_empty())
    }

    /// Keeps a step, and lets go of the oldest where there are too many.
    fn push(&mut self, step: Step) {
        self.back.push(Rc::new(step));
        let mut bytes = 0;
        let fits = self.back.iter().rev().take_while(|step| {
            bytes += length(&step.choices);
            bytes <= MOST_BYTES
        });
        // The newest is kept, however large.
        let keep = fits.count().clamp(1, MOST_STEPS);
        self.back.drain(..self.back.len().saturating_sub(keep));
    }
}

impl State {
    /// Notes what an action has made of the state before, so that it can be undone.
    pub(super) fn note_step(&mut self, before: &Self, change: Change) {
        let typed = match change {
            Change::Nothing => return,
            Change::Choice => None,
            Change::Typing(typed) => Some(typed),
        };
        if !differs(&before.choices, &self.choices) {
            return;
        }
        let undo = Rc::make_mut(&mut self.undo);
        undo.forth.clear();
        let grown = length(&before.choices).abs_diff(length(&self.choices));
        let typed = typed.filter(|_| grown <= PASTED);
        if let (Some(typed), Some((typing, keys))) = (typed, &mut undo.typing)
            && *typing == typed
            && *keys < KEYS
        {
            *keys += 1;
            return;
        }
        undo.typing = typed.map(|typed| (typed, 1));
        undo.push(Step { choices: before.choices.clone(), place: place(before.file.as_ref()) });
    }

    /// Goes a step back, or forth.
    pub(super) fn travel(&mut self, back: bool) {
        let now = Step { choices: self.choices.clone(), place: place(self.file.as_ref()) };
        let undo = Rc::make_mut(&mut self.undo);
        let step = if back { undo.back.pop() } else { undo.forth.pop() };
        let Some(step) = step else { return };
        undo.typing = None;
        if back {
            undo.forth.push(Rc::new(now));
        } else {
            undo.push(now);
        }
        let mut to = step.choices.clone();
        // What was typed into another conversation of a file, or before it was opened, is not put into this one.
        if self.file.is_some() && step.place != place(self.file.as_ref()) {
            to.dialogue = self.choices.dialogue.clone();
            to.format.clone_from(&self.choices.format);
        }
        if let Some(file) = self.file.as_mut().filter(|_| to.dialogue != self.choices.dialogue) {
            file.typed(&to.dialogue);
        }
        if to.dialogue != self.choices.dialogue {
            self.choices.conversation = 0;
        }
        let Choices { conversation, lane, tab, .. } = self.choices;
        self.choices = Choices {
            conversation,
            lane,
            tab,
            compare: self.choices.compare.clone(),
            dataset: self.choices.dataset.clone(),
            lab: self.choices.lab.clone(),
            lesson: self.choices.lesson.clone(),
            ..to
        };
        // It may be had now, and is asked for again.
        if matches!(self.tokenizer(), Some(Loading::Failed(_))) {
            self.tokenizers.remove(&self.choices.tokenizer);
        }
        self.selection = None;
        self.forget_tokens();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::i18n::Lang;
    use crate::app::state::{Tab, Theme};
    use crate::app::wire::examples;

    fn state() -> State {
        State::new(Choices { dialogue: "mine".into(), ..Choices::default() }, Lang::En, Theme::Auto, false)
    }

    fn all(state: State, actions: impl IntoIterator<Item = Action>) -> State {
        actions.into_iter().fold(state, |state, action| state.after(action))
    }

    #[test]
    fn every_change_is_undone_in_turn_and_done_again() {
        let steps = [
            Action::Recipe("axolotl".to_owned()),
            Action::Option("train_on_eos", "last".to_owned()),
            Action::Template(TemplateChoice::Catalog("chatml".to_owned())),
            Action::TypeTemplate("{{ x }}".into()),
            Action::IgnoreIndex(-1),
            Action::Example(examples()[1].clone()),
        ];
        let mut seen = vec![state()];
        for step in steps {
            seen.push(seen[seen.len() - 1].after(step));
        }
        let mut now = seen[seen.len() - 1].clone();
        for before in seen.iter().rev().skip(1) {
            now = now.after(Action::Undo);
            assert_eq!(now.choices, before.choices);
        }
        assert_eq!(now.undo.ways(), (false, true));
        assert_eq!(now.after(Action::Undo).choices, now.choices);
        for after in &seen[1..] {
            now = now.after(Action::Redo);
            assert_eq!(now.choices, after.choices);
        }
        assert_eq!(now.undo.ways(), (true, false));
    }

    #[test]
    fn typing_is_one_step_until_it_has_gone_on_and_a_paste_is_its_own() {
        let typed = |keys: usize| {
            all(state(), (0..keys).map(|key| Action::Type(["mine", &"x".repeat(key + 1)].concat().into())))
        };
        let undone = typed(5).after(Action::Undo);
        assert_eq!((&*undone.choices.dialogue, undone.undo.ways()), ("mine", (false, true)));
        assert_eq!(typed(KEYS + 1).after(Action::Undo).choices.dialogue.len(), 4 + KEYS);
        let pasted = typed(5).after(Action::Type("y".repeat(400).into()));
        let typed_on = pasted.after(Action::Type("y".repeat(401).into()));
        assert_eq!(typed_on.after(Action::Undo).choices.dialogue, pasted.choices.dialogue);
        let both = typed(5).after(Action::TypeTemplate("{{ x }}".into())).after(Action::Undo);
        assert_eq!(&*both.choices.dialogue, "minexxxxx");
    }

    #[test]
    fn what_is_only_looked_at_is_no_step_and_stays() {
        let looked = all(
            state(),
            [Action::Recipe("axolotl".to_owned()), Action::Tab(Tab::Compare), Action::Hover(None)],
        );
        let undone = looked.after(Action::Undo);
        assert_eq!((undone.choices.recipe.as_str(), undone.choices.tab), ("per-turn", Tab::Compare));
        assert_eq!(undone.undo.ways(), (false, true));
        let same = state().after(Action::Recipe("per-turn".to_owned()));
        assert_eq!(same.undo.ways(), (false, false));
    }

    #[test]
    fn a_change_after_an_undo_begins_another_way() {
        let undone =
            all(state(), [Action::Recipe("axolotl".to_owned()), Action::Undo, Action::IgnoreIndex(-1)]);
        assert_eq!(undone.undo.ways(), (true, false));
    }

    #[test]
    fn steps_and_their_bytes_are_bounded() {
        let many = all(state(), (0..2 * MOST_STEPS as i64).map(Action::IgnoreIndex));
        assert_eq!(many.undo.back.len(), MOST_STEPS);
        let large = |at: u8| Action::Type(String::from(char::from(b'a' + at)).repeat(7 << 20).into());
        let heavy = all(state(), (0..5).map(large));
        assert!(heavy.undo.back.len() <= 2, "{}", heavy.undo.back.len());
        let huge = all(state(), [Action::Type("x".repeat(2 * MOST_BYTES).into()), large(0)]);
        assert_eq!(huge.undo.back.len(), 1, "the newest is kept");
    }

    #[test]
    fn what_was_typed_elsewhere_is_not_put_into_a_file() {
        let typed = state().after(Action::Recipe("axolotl".to_owned())).after(Action::Type("mine!".into()));
        let opened = typed.after(Action::Open("rows.jsonl".into(), "blob:1".into()));
        let indexed = opened
            .after(Action::Heard(FromWorker::Indexed { rows: 2, share: 1.0, done: true }))
            .after(Action::Heard(FromWorker::Row(0, "row".to_owned())));
        let undone = all(indexed, [Action::Undo, Action::Undo]);
        assert_eq!((&*undone.choices.dialogue, undone.choices.recipe.as_str()), ("row", "per-turn"));
        let edited = all(undone, [Action::Type("row!".into()), Action::Undo]);
        assert_eq!(&*edited.choices.dialogue, "row");
        assert_eq!(edited.file.unwrap().edits.get(&0).map(|text| &**text), Some("row"));
    }
}
