//! What can happen on the page.

use std::rc::Rc;

use super::{
    Aside, CompareChoices, DatasetChoices, Dialog, LabChoices, Lane, LessonMove, RenderChoices, Tab, Theme,
    TokenAt,
};
use crate::app::cells::Glance;
use crate::app::i18n::Lang;
use crate::app::wire::{ExampleView, FromLab, FromWorker, Given, History};
use crate::engine::TemplateChoice;
use crate::span::Span;

/// What can happen.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub enum Action {
    /// The text was edited.
    Type(Rc<str>),
    /// An example was chosen.
    Example(Rc<ExampleView>),
    /// A file was opened or dropped: its name, and the address under which the worker finds it.
    Open(Rc<str>, Rc<str>),
    /// Another conversation of the open file was asked for.
    Row(usize),
    /// What an example or a file replaced comes back.
    Restore,
    /// The user has seen that the text was replaced.
    KeepNew,
    /// The format was chosen, or left to the reader.
    Format(Option<String>),
    /// A template was chosen.
    Template(TemplateChoice),
    /// The own template was edited.
    TypeTemplate(Rc<str>),
    /// A tokenizer was chosen.
    Tokenizer(String),
    /// The user gave files of a tokenizer.
    Bring(Given),
    /// One of the user's own tokenizers is removed.
    Forget(String),
    /// A recipe was chosen.
    Recipe(String),
    /// An option of the recipe was set.
    Option(&'static str, String),
    /// The label of masked positions was set.
    IgnoreIndex(i64),
    /// Another conversation was chosen.
    Conversation(usize),
    /// What stands under a token was chosen.
    Lane(Lane),
    /// Another view was opened.
    Tab(Tab),
    /// What the view Compare shows was changed.
    Compare(CompareChoices),
    /// How the template is given its variables, its clock and its messages was changed.
    Render(RenderChoices),
    /// A template takes the place of the user's own, which is kept.
    UseTemplate(Rc<str>),
    /// The template that was kept comes back.
    EarlierTemplate,
    /// A dialogue takes the place of the one in the box, which is kept.
    Try(Rc<str>),
    /// Something was asked beside the report.
    AsideAsked(Aside),
    /// It is answered, and nothing newer of its kind is asked.
    AsideAnswered(Aside),
    /// What the view Dataset shows was changed.
    Dataset(DatasetChoices),
    /// What the user chose of the loss lab.
    Lab(LabChoices),
    /// The lab said something.
    LabHeard(Box<FromLab>),
    /// The lab's worker died; it was started again.
    LabLost,
    /// The other language.
    Lang(Lang),
    /// Other colours.
    Theme(Theme),
    /// The pointer or the keyboard is on a token, or on none.
    Hover(Option<TokenAt>),
    /// A token was pinned, or released if it was.
    Pin(TokenAt),
    /// Nothing is pinned any more.
    Release,
    /// These bytes of the text were selected in the box, or the box was left.
    Select(Option<Span>),
    /// The pointer went over something beside the samples, or left it.
    Glance(Option<Glance>),
    /// A dialog opens, or the open one closes.
    Dialog(Option<Dialog>),
    /// A request went out.
    Asked,
    /// The worker said something.
    Heard(FromWorker),
    /// The worker did not answer, or died; it was started again unless it does so always.
    WorkerLost {
        /// Whether it was started again.
        restarted: bool,
    },
    /// The last change is undone.
    Undo,
    /// What was undone is done again.
    Redo,
    /// Something is wanted of the dialogues that were worked on before.
    Past(History),
    /// Everything that this site keeps in the browser is forgotten.
    ForgetAll,
    /// The address has a link, which is to be opened: the fragment without its `#`.
    Link(Rc<str>),
    /// The lesson was opened, moved in or left.
    Lesson(LessonMove),
    /// A newer build of the page is there.
    Updated,
    /// The words of the last notice have been read.
    Noticed,
}
