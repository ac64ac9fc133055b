//! The state of the page: what the user chose, what the worker answered, and one pure function from a state and an
//! [`Action`] to the next state.

use std::rc::Rc;

use crate::app::table::Table;

use crate::app::cells::Glance;
use crate::app::i18n::Lang;
use crate::app::wire::{BatchView, CompareView, Hello, History, Made, ReportView, Shared, Work};
use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::engine::{EMBEDDED, TemplateChoice};
use crate::span::Span;

pub use action::Action;
pub use aside::{Aside, Asides};
pub use choices::{Choices, CompareChoices, DatasetChoices, Lane, RenderChoices, Sort, Tab, Theme};
pub use file::OpenFile;
pub use lab::{Lab, LabChoices};
pub use lesson::{Lesson, LessonChoices, LessonMove};
pub use own::OwnTokenizers;
pub use past::PastDialogues;
pub use replaced::Replaced;
pub use template::TemplateAnswers;
pub use undo::Undo;

mod action;
mod aside;
mod asked;
mod choices;
mod file;
mod heard;
mod lab;
mod lesson;
mod linked;
mod own;
mod past;
mod replaced;
mod shown;
mod template;
mod undo;

/// A longer template is not put into a box: browsers take seconds, or minutes, to lay it out.
pub const EDITED_BYTES: usize = 300_000;

/// A token of a sample: the sample's place in the list, and the token's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAt {
    /// The sample.
    pub sample: usize,
    /// The token.
    pub token: usize,
}

/// How far a tokenizer is.
#[derive(Clone, Debug, PartialEq)]
pub enum Loading {
    /// It is asked for; bytes that have come, and all of them where known.
    Coming(f64, Option<f64>),
    /// It can be used; the number of its entries.
    Ready(u32),
    /// It can't be had.
    Failed(Rc<Diagnostic>),
}

/// Whether the worker runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worker {
    /// It is being started.
    Starting,
    /// It answers.
    Running,
    /// It died this often without answering in between.
    Failed,
}

/// A dialog over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The gallery of examples.
    Gallery,
    /// The list of keys.
    Keys,
    /// Bringing one's own tokenizer.
    Bring,
    /// The dialogues that were worked on before.
    Past,
    /// What hands the state on.
    Share,
    /// What was asked for is made and shown.
    Work(Work),
}

/// Everything the page draws.
// Each of them is something that is or is not so by itself.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What the user chose.
    pub choices: Choices,
    /// The language.
    pub lang: Lang,
    /// The colours.
    pub theme: Theme,
    /// Whether only the samples are shown, for an iframe.
    pub embed: bool,
    /// The newest report.
    pub report: Option<Rc<ReportView>>,
    /// The newest report that had samples; shown dimmed while the newest has none.
    pub last_good: Option<Rc<ReportView>>,
    /// The newest comparison.
    pub comparison: Option<Rc<CompareView>>,
    /// What the worker said of the template.
    pub template: TemplateAnswers,
    /// The newest batches.
    pub batches: Option<Rc<BatchView>>,
    /// What is asked beside the report and not answered.
    pub asides: Asides,
    /// The loss lab.
    pub lab: Lab,
    /// How long the newest report took in the worker, in milliseconds.
    pub took: f64,
    /// Whether an answer is on its way.
    pub waiting: bool,
    /// The worker.
    pub worker: Worker,
    /// How many workers there have been before this one.
    pub lost_workers: u32,
    /// Tokenizers that were asked for.
    pub tokenizers: Table<String, Loading>,
    /// The token under the pointer or the keyboard.
    pub hover: Option<TokenAt>,
    /// The token that was pinned.
    pub pin: Option<TokenAt>,
    /// The bytes of the text that are selected in the box, or an empty span where its caret stands.
    pub selection: Option<Span>,
    /// What the pointer is on beside the samples.
    pub glance: Option<Glance>,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// What was made last, or why it could not be, and what it was.
    pub made: Option<(Work, Rc<Result<Made, Diagnostic>>)>,
    /// What hands the state on, while its dialog is open.
    pub shared: Option<Rc<Shared>>,
    /// The way back.
    pub undo: Rc<Undo>,
    /// The dialogues that were worked on before.
    pub past: PastDialogues,
    /// The link that is being opened.
    pub link: Option<Rc<str>>,
    /// How many links were opened since the page was.
    pub opened: u32,
    /// A word on what just happened.
    pub notice: Option<Bilingual>,
    /// Whether a newer build of the page waits to be opened.
    pub updated: bool,
    /// What the worker has: formats, examples, words on templates.
    pub hello: Rc<Hello>,
    /// The file that is open.
    pub file: Option<OpenFile>,
    /// What stood in the box before an example or a file took its place.
    pub replaced: Option<Replaced>,
    /// The tokenizers that the user brings.
    pub own: OwnTokenizers,
    /// The lesson.
    pub lesson: Lesson,
}

impl State {
    /// The page as it opens.
    pub fn new(choices: Choices, lang: Lang, theme: Theme, embed: bool) -> Self {
        Self {
            choices,
            lang,
            theme,
            embed,
            report: None,
            last_good: None,
            comparison: None,
            template: TemplateAnswers::default(),
            batches: None,
            asides: Asides::default(),
            lab: Lab::default(),
            took: 0.0,
            waiting: false,
            worker: Worker::Starting,
            lost_workers: 0,
            tokenizers: std::iter::once((EMBEDDED.to_owned(), Loading::Ready(0))).collect(),
            hover: None,
            pin: None,
            selection: None,
            glance: None,
            dialog: None,
            made: None,
            shared: None,
            undo: Rc::default(),
            past: PastDialogues::default(),
            link: None,
            opened: 0,
            notice: None,
            updated: false,
            hello: Rc::default(),
            file: None,
            replaced: None,
            own: OwnTokenizers::default(),
            lesson: Lesson::default(),
        }
    }

    /// The state after something happened.
    #[must_use]
    pub fn after(&self, action: Action) -> Self {
        let mut next = self.clone();
        let change = undo::Change::of(&action);
        // What is forgotten is nothing that made room.
        let forgets = matches!(action, Action::ForgetAll);
        next.act(action);
        next.note_step(self, change);
        if !forgets {
            next.note_sitting(self);
        }
        next
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Type(text) => {
                if let Some(file) = &mut self.file {
                    file.typed(&text);
                }
                self.choices.dialogue = text;
                self.choices.conversation = 0;
                self.selection = None;
                self.forget_tokens();
            }
            Action::Example(example) => self.take_example(&example),
            Action::Open(name, url) => {
                self.keep_replaced();
                self.file = Some(OpenFile::new(name, url));
                self.choices.format = None;
            }
            Action::Row(row) => {
                if let Some(file) = &mut self.file {
                    file.want(row);
                }
            }
            Action::Restore => {
                if let Some(old) = self.replaced.take() {
                    self.replaced = old.earlier.map(|earlier| *earlier);
                    self.file = old.file;
                    if let Some(choices) = old.choices {
                        let lesson = std::mem::take(&mut self.choices.lesson);
                        self.choices = Choices { lesson, ..(*choices).clone() };
                    }
                    self.replace_text(old.dialogue);
                }
            }
            Action::KeepNew => self.replaced = None,
            Action::Format(format) => {
                self.choices.format = format;
                self.choices.conversation = 0;
                self.forget_tokens();
            }
            Action::Template(template) => {
                if let TemplateChoice::Source(source) = &template {
                    self.choices.own_template = source.as_str().into();
                }
                self.choices.template = template;
                self.forget_tokens();
            }
            Action::TypeTemplate(text) => {
                // Typing in the user's own changes it; typing in another one begins a new one, and the old one is kept. So
                // it is where a text comes in its place that is too long for the box: there is no undo then.
                let editing = matches!(self.choices.template, TemplateChoice::Source(_));
                if !editing || text.len() > EDITED_BYTES {
                    self.keep_own_template(&text);
                }
                self.take_template(text);
            }
            Action::UseTemplate(text) => {
                self.keep_own_template(&text);
                self.take_template(text);
            }
            Action::EarlierTemplate => {
                let text = std::mem::replace(&mut self.choices.earlier_template, "".into());
                self.keep_own_template(&text);
                self.take_template(text);
            }
            Action::Try(text) => {
                self.keep_replaced();
                self.file = None;
                self.choices.format = None;
                self.replace_text(text);
            }
            Action::Tokenizer(id) => {
                // Choosing it again is how one tries again.
                if matches!(self.tokenizers.get(&id), Some(Loading::Failed(_))) {
                    self.tokenizers.remove(&id);
                }
                self.choices.tokenizer = id;
                // A name belongs to the tokenizer that has it.
                if matches!(self.choices.template, TemplateChoice::Named(_)) {
                    self.choices.template = TemplateChoice::TokenizersOwn;
                }
                self.forget_tokens();
            }
            Action::Bring(given) => self.bring(given),
            Action::Forget(id) => self.forget_own(id),
            Action::Recipe(id) => {
                self.choices.recipe = id;
                self.forget_tokens();
            }
            Action::Option(name, value) => {
                let recipe = self.choices.recipe.clone();
                self.choices.options.get_or_default(recipe).insert(name.to_owned(), value);
            }
            Action::IgnoreIndex(value) => self.choices.ignore_index = value,
            Action::Conversation(index) => {
                self.choices.conversation = index;
                self.forget_tokens();
            }
            Action::Lane(lane) => self.choices.lane = lane,
            Action::Tab(tab) => {
                self.choices.tab = tab;
                self.hover = None;
                self.glance = None;
            }
            Action::Compare(choices) => self.choices.compare = choices,
            Action::Render(choices) => self.choices.render = choices,
            Action::AsideAsked(aside) => self.asides.set(aside, true),
            Action::AsideAnswered(aside) => self.asides.set(aside, false),
            Action::Dataset(choices) => self.choices.dataset = choices,
            Action::Lab(choices) => self.choices.lab = choices,
            Action::LabHeard(message) => self.lab.hear(*message),
            Action::LabLost => self.lab.lose(),
            Action::Lang(lang) => self.lang = lang,
            Action::Theme(theme) => self.theme = theme,
            Action::Hover(token) => self.hover = token,
            Action::Pin(token) => self.pin = if self.pin == Some(token) { None } else { Some(token) },
            Action::Release => self.pin = None,
            Action::Select(selection) => self.selection = selection,
            Action::Glance(glance) => self.glance = glance,
            Action::Dialog(dialog) => {
                // What an earlier dialog showed was made of an earlier text.
                self.made = self.made.take().filter(|_| matches!(self.dialog, Some(Dialog::Work(_))));
                self.shared = None;
                if dialog == Some(Dialog::Past) {
                    self.past.ask(History::List);
                }
                self.dialog = dialog;
            }
            Action::Asked => self.waiting = true,
            Action::Heard(message) => self.hear(message),
            Action::WorkerLost { restarted } => {
                self.waiting = false;
                self.asides = Asides::default();
                self.lost_workers += 1;
                self.lose_coming();
                self.worker = if restarted { Worker::Starting } else { Worker::Failed };
                self.tokenizers.retain(|id, loading| id == EMBEDDED || matches!(loading, Loading::Failed(_)));
                self.notice = restarted.then(|| {
                    Bilingual::fixed(
                        "The background worker stopped and was started again; your text is untouched.",
                        "后台线程意外停止，已重新启动；输入的内容没有丢失。",
                    )
                });
            }
            Action::Undo => self.travel(true),
            Action::Redo => self.travel(false),
            Action::Past(asked) => self.past.ask(asked),
            Action::ForgetAll => self.forget_all(),
            Action::Link(link) => self.link = Some(link),
            Action::Lesson(action) => self.move_lesson(action),
            Action::Updated => self.updated = true,
            Action::Noticed => self.notice = None,
        }
    }

    /// A pin belongs to the samples it was set on.
    fn forget_tokens(&mut self) {
        self.hover = None;
        self.glance = None;
        self.pin = None;
    }

    fn drop_lost_tokens(&mut self) {
        let exists = |at: TokenAt| {
            let report = self.report.as_ref()?;
            report.sample(at.sample).filter(|sample| at.token < sample.len()).map(|_| at)
        };
        let (hover, pin) = (self.hover.and_then(exists), self.pin.and_then(exists));
        self.hover = hover;
        self.pin = pin;
    }
}

#[cfg(test)]
mod tests;
