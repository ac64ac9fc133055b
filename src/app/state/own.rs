//! The tokenizers that the user brings: what is kept, what is being read, what was wrong.

use std::rc::Rc;

use super::{Action, Dialog, Loading, State};
use crate::app::table::Table;
use crate::app::wire::{Brought, Given, Own};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::EMBEDDED;

/// What the page knows of the user's own tokenizers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnTokenizers {
    /// Those that can be chosen, by name.
    pub list: Rc<[Own]>,
    /// The files that the worker is reading.
    pub coming: Option<Rc<Given>>,
    /// What was wrong with the last ones.
    pub told: Option<Rc<Diagnostic>>,
    /// The ids that the worker was asked to forget.
    pub forgotten: Vec<String>,
    /// How many were brought since the page was opened, so that another one of the same name is asked anew.
    pub brought: usize,
}

impl State {
    /// The user gave files. While others are being read, and the dialog says so, they are not taken.
    pub(super) fn bring(&mut self, given: Given) {
        self.own.coming.get_or_insert_with(|| Rc::new(given));
        self.own.told = None;
        self.dialog = Some(Dialog::Bring);
    }

    /// The user removes one of the own tokenizers.
    pub(super) fn forget_own(&mut self, id: String) {
        self.own.list = self.own.list.iter().filter(|own| own.id != id).cloned().collect();
        self.tokenizers.remove(&id);
        if self.choices.tokenizer == id {
            self.act(Action::Tokenizer(EMBEDDED.to_owned()));
        }
        self.own.forgotten.push(id);
    }

    /// The browser keeps these; those that live in this tab only stay.
    pub(super) fn hear_kept(&mut self, kept: &[Own]) {
        let others = self.own.list.iter().filter(|own| kept.iter().all(|kept| kept.id != own.id)).cloned();
        let all = others.chain(kept.iter().cloned()).filter(|own| !self.own.forgotten.contains(&own.id));
        let list: Table<String, Own> = all.map(|own| (own.id.clone(), own)).collect();
        self.own.list = list.into_iter().map(|(_, own)| own).collect();
    }

    /// The worker has read what was given.
    pub(super) fn hear_brought(&mut self, brought: Result<Brought, Diagnostic>) {
        self.own.coming = None;
        let note = match brought {
            Err(why) => {
                self.own.told = Some(Rc::new(why));
                self.dialog = Some(Dialog::Bring);
                return;
            }
            Ok(Brought::Tokenizer(own, note)) => {
                self.own.forgotten.retain(|id| *id != own.id);
                self.own.brought += 1;
                self.tokenizers.insert(own.id.clone(), Loading::Ready(own.entries));
                self.act(Action::Tokenizer(own.id.clone()));
                self.hear_kept(&[own]);
                note
            }
            Ok(Brought::Template(text, note)) => {
                self.act(Action::UseTemplate(text.into()));
                note
            }
        };
        self.own.told = None;
        self.notice = Some(note);
        self.dialog = None;
    }

    /// The worker died over what was given: it is not given to the next one.
    pub(super) fn lose_coming(&mut self) {
        if self.own.coming.take().is_some() {
            let why = Bilingual::fixed(
                "the background worker stopped while it read these files",
                "后台线程在读取这些文件时意外停止",
            );
            self.own.told = Some(Rc::new(Diagnostic::new(Severity::Error, "tokenizer-not-read", why)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::i18n::Lang;
    use crate::app::state::{Choices, Theme};
    use crate::app::wire::FromWorker;
    use crate::engine::TemplateChoice;

    fn state() -> State {
        State::new(Choices::default(), Lang::En, Theme::Auto, false)
    }

    fn own(name: &str) -> Own {
        Own { id: format!("own:{name}"), entries: 9, kept: true, ..Own::default() }
    }

    fn brought(name: &str) -> Action {
        let note = Bilingual::fixed("in use", "已启用");
        Action::Heard(FromWorker::Brought(Ok(Brought::Tokenizer(own(name), note))))
    }

    fn names(state: &State) -> Vec<&str> {
        state.own.list.iter().map(Own::name).collect()
    }

    #[test]
    fn a_tokenizer_that_was_brought_is_chosen_listed_and_ready() {
        let given = state().after(Action::Bring(Given::default()));
        assert!(given.own.coming.is_some());
        assert_eq!(given.dialog, Some(Dialog::Bring));
        let after = given.after(brought("mine"));
        assert_eq!(after.choices.tokenizer, "own:mine");
        assert_eq!(after.tokenizer(), Some(&Loading::Ready(9)));
        assert_eq!((after.dialog, after.own.coming.is_some()), (None, false));
        assert!(after.notice.is_some());
        let both = after.after(Action::Heard(FromWorker::Kept(vec![own("mine"), own("a")])));
        assert_eq!(names(&both), ["a", "mine"]);
        assert!(both.after(brought("mine")).own.brought > both.own.brought, "it is asked anew");
    }

    #[test]
    fn while_files_are_being_read_no_others_are_taken() {
        let one = |name: &str| Given { name: Some(name.to_owned()), ..Given::default() };
        let both = state().after(Action::Bring(one("a"))).after(Action::Bring(one("b")));
        assert_eq!(both.own.coming.as_deref(), Some(&one("a")));
    }

    #[test]
    fn one_that_is_removed_is_gone_and_the_built_in_one_takes_its_place() {
        let removed = state().after(brought("mine")).after(Action::Forget("own:mine".to_owned()));
        assert!(names(&removed).is_empty());
        assert_eq!(removed.choices.tokenizer, EMBEDDED);
        let late = removed.after(Action::Heard(FromWorker::Kept(vec![own("mine")])));
        assert!(names(&late).is_empty(), "a list that was on its way does not bring it back");
        let again = removed.after(brought("mine"));
        assert_eq!(names(&again), ["mine"]);
        assert!(again.own.forgotten.is_empty(), "a worker is not told to forget it again");
    }

    #[test]
    fn what_is_no_tokenizer_says_so_in_the_dialog_and_changes_nothing() {
        let why = Diagnostic::new(Severity::Error, "not-a-tokenizer", Bilingual::fixed("no", "不是"));
        let before = state().after(Action::Bring(Given::default())).after(Action::Dialog(None));
        let after = before.after(Action::Heard(FromWorker::Brought(Err(why))));
        assert_eq!(after.dialog, Some(Dialog::Bring));
        assert!(after.own.told.is_some());
        assert_eq!(after.choices, before.choices);
        assert!(after.after(Action::Bring(Given::default())).own.told.is_none());
    }

    #[test]
    fn files_that_a_worker_died_over_are_not_given_to_the_next_one() {
        let given = state().after(Action::Bring(Given::default()));
        let after = given.after(Action::WorkerLost { restarted: true });
        assert!(after.own.coming.is_none() && after.own.told.is_some());
    }

    #[test]
    fn a_template_alone_becomes_the_users_own() {
        let template = Brought::Template("{{ x }}".to_owned(), Bilingual::fixed("in use", "已启用"));
        let after = state().after(Action::Heard(FromWorker::Brought(Ok(template))));
        assert_eq!(after.choices.template, TemplateChoice::Source("{{ x }}".to_owned()));
        assert_eq!(&*after.choices.own_template, "{{ x }}");
        assert_eq!(after.choices.tokenizer, state().choices.tokenizer);
    }
}
