//! The dialogues that were worked on before, and forgetting all that is kept.

use std::rc::Rc;

use super::{Choices, LessonMove, State, Undo};
use crate::app::history::is_another;
use crate::app::i18n::Lang;
use crate::app::wire::{History, Past};
use crate::bilingual::Bilingual;

/// What the page knows of dialogues that were worked on before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastDialogues {
    /// Those that are kept, the newest first; nothing until the worker has said.
    pub list: Option<Rc<[Past]>>,
    /// What is wanted of them, and how often something was.
    pub asked: (usize, Option<History>),
    /// How many other dialogues were in the box before, since the page was opened.
    pub sitting: u32,
    /// The dialogue that made room for another one, and its sitting.
    pub left: Option<(u32, Rc<Choices>)>,
    /// How often all that was kept has been forgotten.
    pub forgotten: u32,
}

impl PastDialogues {
    /// Wants something of them.
    pub(super) fn ask(&mut self, asked: History) {
        self.asked = (self.asked.0 + 1, Some(asked));
    }
}

impl State {
    /// What is to be kept of the dialogue that is worked on: nothing of an example, of one that gives no samples, in a frame.
    pub fn worked_on(&self) -> Option<(u32, Choices)> {
        let has_samples = self.report.as_ref().is_some_and(|report| report.has_outcome());
        (has_samples
            && !self.waiting
            && !self.embed
            && self.link.is_none()
            && self.is_own(&self.choices.dialogue))
        .then(|| (self.past.sitting, self.choices.clone()))
    }

    /// Whether what is chosen is worth keeping over a reload: not when all was forgotten and nothing has changed since.
    pub fn is_kept(&self) -> bool {
        self.past.forgotten == 0 || self.choices != Choices::default()
    }

    /// Notes where one dialogue made room for another.
    pub(super) fn note_sitting(&mut self, before: &Self) {
        let (old, new) = (&before.choices.dialogue, &self.choices.dialogue);
        if Rc::ptr_eq(old, new) || !is_another(old, new) {
            return;
        }
        self.past.sitting += 1;
        if self.is_own(old) && !self.embed {
            self.past.left = Some((before.past.sitting, Rc::new(before.choices.clone())));
        }
    }

    /// Everything that is kept is forgotten; the browser's part is done elsewhere.
    pub(super) fn forget_all(&mut self) {
        let dialogues = self.past.list.as_ref().map_or(0, |list| list.len());
        let tokenizers = self.own.list.len();
        let count = |number: usize, one: &str, many: &str| Lang::En.count(number, one, many, "");
        self.notice = Some(Bilingual::new(
            format!(
                "All that this site kept in this browser is gone: the text in the box, your templates and choices, {} of the history, {} of your own, language and colours, and the copy of the page for use without a network.",
                count(dialogues, "dialogue", "dialogues"),
                count(tokenizers, "tokenizer", "tokenizers"),
            ),
            format!(
                "本站在此浏览器中保存的内容已全部清除：输入框内容、自己的模板与选项、历史中的 {dialogues} 段对话、{tokenizers} 个自己的分词器、语言与配色，以及供离线使用的页面副本。"
            ),
        ));
        self.move_lesson(LessonMove::Leave);
        for own in self.own.list.iter() {
            self.tokenizers.remove(&own.id);
        }
        self.own.list = Rc::default();
        self.choices = Choices::default();
        self.file = None;
        self.replaced = None;
        self.undo = Rc::new(Undo::default());
        self.past.list = None;
        self.past.left = None;
        self.past.forgotten += 1;
        self.past.sitting += 1;
        self.dialog = None;
        self.selection = None;
        self.forget_tokens();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::{Action, Dialog, Theme};
    use crate::app::wire::{FromWorker, examples};

    fn state() -> State {
        State::new(
            Choices { dialogue: "my dialogue".into(), ..Choices::default() },
            Lang::En,
            Theme::Auto,
            false,
        )
    }

    #[test]
    fn a_dialogue_that_makes_room_for_another_is_handed_over_once() {
        let edited = state().after(Action::Type("my dialogue!".into()));
        assert_eq!((edited.past.sitting, &edited.past.left), (0, &None));
        let other = edited.after(Action::Example(examples()[0].clone()));
        let (sitting, left) = other.past.left.clone().unwrap();
        assert_eq!((sitting, &*left.dialogue, other.past.sitting), (0, "my dialogue!", 1));
        let third = other.after(Action::Type("something else altogether".into()));
        assert_eq!(third.past.left, other.past.left, "an example is nobody's work");
    }

    #[test]
    fn opening_the_list_asks_for_it_anew_each_time() {
        let open = Action::Dialog(Some(Dialog::Past));
        let once = state().after(open.clone());
        assert_eq!(once.past.asked, (1, Some(History::List)));
        let listed = once.after(Action::Heard(FromWorker::Past(Vec::new())));
        assert!(listed.past.list.is_some());
        assert_eq!(listed.after(open).past.asked.0, 2);
    }

    #[test]
    fn nothing_that_was_forgotten_is_kept_again() {
        let asked = state().after(Action::Recipe("axolotl".to_owned()));
        let forgotten = asked.after(Action::ForgetAll);
        assert_eq!(forgotten.choices, Choices::default());
        assert_eq!((forgotten.undo.ways(), &forgotten.past.left), ((false, false), &None));
        assert!(forgotten.notice.is_some() && forgotten.replaced.is_none());
        assert!(asked.is_kept() && !forgotten.is_kept());
        assert!(forgotten.after(Action::IgnoreIndex(-1)).is_kept());
    }

    #[test]
    fn in_a_frame_nothing_is_worked_on() {
        let frame = State { embed: true, ..state() };
        assert!(frame.worked_on().is_none());
        assert!(frame.after(Action::Example(examples()[0].clone())).past.left.is_none());
    }
}
