//! What the state becomes when a link was opened.

use std::rc::Rc;

use super::{Choices, LessonMove, State};
use crate::app::wire::Unpacked;
use crate::bilingual::Bilingual;
use crate::engine::TemplateChoice;

impl State {
    /// The worker has unpacked a link, or says why it could not. What a link replaces is kept; drafts that no link has stay.
    pub(super) fn hear_unpacked(&mut self, unpacked: Result<Unpacked, Bilingual>) {
        self.link = None;
        let Unpacked { choices, note } = match unpacked {
            Ok(unpacked) => unpacked,
            Err(why) => {
                self.notice = Some(why);
                return;
            }
        };
        self.move_lesson(LessonMove::Leave);
        let before = Rc::new(self.choices.clone());
        self.keep_replaced();
        if let Some(replaced) = &mut self.replaced
            && replaced.dialogue == before.dialogue
        {
            replaced.choices = Some(before);
        }
        self.file = None;
        if let TemplateChoice::Source(source) = &choices.template {
            self.keep_own_template(source);
        }
        let (own, earlier) = (self.choices.own_template.clone(), self.choices.earlier_template.clone());
        self.choices = Choices {
            own_template: match &choices.template {
                TemplateChoice::Source(source) => source.as_str().into(),
                _ => own,
            },
            earlier_template: earlier,
            lesson: self.choices.lesson.clone(),
            ..choices
        };
        self.opened += 1;
        self.notice = note;
        self.dialog = None;
        self.selection = None;
        self.forget_tokens();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::i18n::Lang;
    use crate::app::state::{Action, Tab, Theme};
    use crate::app::wire::FromWorker;

    fn state() -> State {
        let choices = Choices {
            dialogue: "mine".into(),
            recipe: "axolotl".to_owned(),
            own_template: "{{ mine }}".into(),
            ..Choices::default()
        };
        State::new(choices, Lang::En, Theme::Auto, false).after(Action::Link("v1=x".into()))
    }

    fn opened(choices: Choices) -> Action {
        Action::Heard(FromWorker::Unpacked(Box::new(Ok(Unpacked { choices, note: None }))))
    }

    #[test]
    fn while_a_link_is_being_opened_the_page_is_loading() {
        assert_eq!(state().progress(), "loading");
        assert!(state().after(opened(Choices::default())).link.is_none());
    }

    #[test]
    fn a_link_replaces_everything_that_is_chosen_and_brings_it_back() {
        let theirs =
            Choices { dialogue: "theirs".into(), tab: Tab::Compare, conversation: 2, ..Choices::default() };
        let after = state().after(opened(theirs.clone()));
        let expected = Choices { own_template: "{{ mine }}".into(), ..theirs };
        assert_eq!((&after.choices, after.opened), (&expected, 1));
        let back = after.after(Action::Restore);
        assert_eq!(back.choices, state().choices);
        assert!(back.replaced.is_none());
    }

    #[test]
    fn a_template_in_a_link_becomes_the_own_one_and_the_users_is_kept() {
        let theirs =
            Choices { template: TemplateChoice::Source("{{ theirs }}".to_owned()), ..Choices::default() };
        let after = state().after(opened(theirs)).choices;
        assert_eq!((&*after.own_template, &*after.earlier_template), ("{{ theirs }}", "{{ mine }}"));
    }

    #[test]
    fn an_example_in_the_box_is_not_kept_when_a_link_replaces_it() {
        let fresh = State::new(Choices::default(), Lang::En, Theme::Auto, false);
        let after = fresh.after(opened(Choices { dialogue: "theirs".into(), ..Choices::default() }));
        assert!(after.replaced.is_none());
    }

    #[test]
    fn a_link_that_can_not_be_read_changes_nothing_and_is_told() {
        let why = Bilingual::fixed("damaged", "损坏");
        let after = state().after(Action::Heard(FromWorker::Unpacked(Box::new(Err(why.clone())))));
        assert_eq!((after.choices, after.opened), (state().choices, 0));
        assert_eq!((after.notice, after.link), (Some(why), None));
    }
}
