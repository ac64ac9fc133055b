//! What the page and its worker say to each other.
//!
//! Arrays cross as bytes (a `Uint8Array` each) instead of one JavaScript number an element: a sample of 100,000 tokens
//! is ten small objects.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{Asked, ConversationReport, MessageSummary, Report, Request, TemplateReport};
use crate::lesson::Step;
use crate::recipe::Outcome;

pub use batch::{ANY, BatchQuestion, BatchRow, BatchView, Column, MOST_CONVERSATIONS, SAMPLE, START, Scope};
pub use compare::{CompareView, RowView, ShownSample};
pub use hello::{ExampleView, Hello, examples, hello};
pub use history::{History, Past};
pub use lab::{
    AboutView, CHART, ChartView, Fate, FromLab, Kind, LabSample, Material, Piece, RunView, ToLab, TokenView,
    TokensView, WrittenRow, WrittenView,
};
pub use own::{Brought, Given, Own};
pub use sample::{NONE, SampleView};
pub use share::{Share, Shared, SharedText, Unpacked};
pub use sheet::SheetView;
pub use work::{Made, Work};

mod batch;
mod compare;
mod hello;
mod history;
mod lab;
mod own;
mod packed;
mod sample;
mod share;
mod sheet;
mod work;

/// From the page to the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// Make a report; the answer carries the same number.
    Analyze(u32, Box<Request>),
    /// Run these recipes over the conversation; the answer carries the same number.
    Compare(u32, Box<(Request, Vec<Asked>)>),
    /// Render the conversation, with or without the generation prompt; the answer carries the same number.
    Sheet(u32, Box<Request>, bool),
    /// Look at the template for training; the answer carries the same number.
    Inspect(u32, Box<Request>),
    /// Put the samples of many conversations into batches; the answer carries the same number.
    Batch(u32, Box<BatchQuestion>),
    /// Make this of the conversation.
    Make(Work, Box<Request>),
    /// Make what hands this state on.
    Share(Box<Share>),
    /// Do this with the dialogues that were worked on before.
    History(History),
    /// Unpack the state of this fragment of an address.
    Unpack(String),
    /// Fetch a tokenizer: its id and the address of its two files, without their endings.
    Load(String, String),
    /// See what these files of the user's are, use the tokenizer among them and keep it.
    Bring(Given),
    /// Forget the tokenizer of this id, which the user brought.
    Forget(String),
    /// Look through the file at this address and send its first conversation.
    Open(String),
    /// Send the text of this conversation of the open file.
    Row(usize),
    /// Collect what the loss lab trains on: the samples of this request and, where asked for, those of the examples under
    /// the same choices.
    Lab(u32, Box<Request>, bool),
    /// Send what the lesson says.
    Lesson,
}

/// From the worker to the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromWorker {
    /// The worker runs, and has this.
    Hello(Hello),
    /// How far the open file was looked through.
    Indexed {
        /// How many conversations were found so far.
        rows: usize,
        /// How much of the file that is, from 0 to 1.
        share: f64,
        /// Whether that is all of it.
        done: bool,
    },
    /// The text of a conversation of the open file.
    Row(usize, String),
    /// What was last read of the file is no UTF-8, and was read in this encoding.
    Decoded(String),
    /// The file can't be read, and why.
    NoFile(Diagnostic),
    /// The question of this number waits for its tokenizer; a newer question may take its place.
    Parked(u32),
    /// The report to the request of this number, and how long it took in milliseconds.
    Report(u32, Box<ReportView>, f64),
    /// The comparison that was asked for under this number, and how many milliseconds it took.
    Compared(u32, Box<CompareView>, f64),
    /// The conversation that was to be rendered under this number.
    Sheet(u32, Box<SheetView>),
    /// What was found of the template that was asked about under this number, or why nothing could be.
    Inspected(u32, Box<Result<TemplateReport, Diagnostic>>),
    /// The batches that were asked for under this number, and how many milliseconds they took.
    Batched(u32, Box<BatchView>, f64),
    /// What was made, or why it can't be.
    Made(Work, Box<Result<Made, Diagnostic>>),
    /// What hands the state on that was asked about.
    Shared(Box<Shared>),
    /// The dialogues that are kept, the newest first.
    Past(Vec<Past>),
    /// The state that was to be unpacked, or why there is none.
    Unpacked(Box<Result<Unpacked, Bilingual>>),
    /// What the loss lab trains on: a [`Material`] as JSON, which the page only passes on.
    Lab(String),
    /// A tokenizer is on its way: bytes that have come, and all of them where known.
    Loading(String, f64, Option<f64>),
    /// A tokenizer can be used; the number of its entries.
    Loaded(String, u32),
    /// A tokenizer can't be had, and why.
    Failed(String, Diagnostic),
    /// The tokenizers that the user brought before, and that the browser keeps.
    Kept(Vec<Own>),
    /// What the files that the user gave are, or why they are nothing.
    Brought(Result<Brought, Diagnostic>),
    /// What the lesson says, step by step.
    Lesson(Vec<Step>),
    /// The worker has stopped working, and why.
    Died(String),
}

/// A [`Report`], as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportView {
    /// The format that was recognised.
    pub format: Option<String>,
    /// The ids of all formats that claim the text, the surest first.
    pub candidates: Vec<String>,
    /// How many conversations were read.
    pub count: usize,
    /// The conversation that is shown, where there is one.
    pub conversation: Option<ConversationView>,
    /// What concerns the request as a whole.
    pub diagnostics: Vec<Diagnostic>,
    /// The text of the template that was used.
    pub template_source: Option<String>,
    /// Which template was used.
    pub template_id: String,
}

/// A conversation, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConversationView {
    /// Its place in the dialogue.
    pub index: usize,
    /// Its messages.
    pub messages: Vec<MessageSummary>,
    /// What a preference dataset says of the answer it ends with.
    pub branch: Option<crate::dialogue::Branch>,
    /// Its samples, or why there is none.
    pub outcomes: Vec<OutcomeView>,
    /// What concerns it as a whole.
    pub diagnostics: Vec<Diagnostic>,
}

/// What became of a sample, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OutcomeView {
    /// It is trained.
    Sample(std::rc::Rc<SampleView>),
    /// The trainer drops it.
    Dropped(Bilingual, Vec<Diagnostic>),
    /// It is what stood in this place of the report before: typing changes few samples, and the others need not cross.
    Same,
}

impl ReportView {
    /// Packs a report; only its first conversation is shown. `before` has the outcomes of the report that the page got
    /// last, and is given those of this one.
    pub fn new(report: Report, added: &[bool], before: &mut Vec<Outcome>) -> Self {
        let last = std::mem::take(before);
        let pack = |conversation: ConversationReport| ConversationView {
            index: conversation.index,
            messages: conversation.messages,
            branch: conversation.branch,
            outcomes: conversation
                .outcomes
                .into_iter()
                .enumerate()
                .map(|(place, outcome)| {
                    if last.get(place) == Some(&outcome) {
                        before.push(outcome);
                        return OutcomeView::Same;
                    }
                    before.push(outcome.clone());
                    match outcome {
                        Outcome::Sample(sample) => {
                            OutcomeView::Sample(std::rc::Rc::new(SampleView::new(sample, added)))
                        }
                        Outcome::Dropped { why, diagnostics } => OutcomeView::Dropped(why, diagnostics),
                    }
                })
                .collect(),
            diagnostics: conversation.diagnostics,
        };
        Self {
            format: report.format,
            candidates: report.candidates,
            count: report.count,
            conversation: report.conversations.into_iter().next().map(pack),
            diagnostics: report.diagnostics,
            template_source: report.template_source,
            template_id: report.template_id,
        }
    }

    /// Puts what stood in the report before where this one says that it is the same.
    pub fn complete(&mut self, before: Option<&Self>) {
        let before = before.and_then(|report| report.conversation.as_ref());
        for (place, outcome) in
            self.conversation.iter_mut().flat_map(|now| now.outcomes.iter_mut()).enumerate()
        {
            if *outcome == OutcomeView::Same
                && let Some(old) = before.and_then(|conversation| conversation.outcomes.get(place))
            {
                *outcome = old.clone();
            }
        }
    }

    /// Whether anything was made of the dialogue: a sample, or the decision that a text without errors gives none.
    pub fn has_outcome(&self) -> bool {
        let decided =
            self.conversation.as_ref().is_some_and(|conversation| !conversation.outcomes.is_empty());
        self.samples().next().is_some() || (decided && self.errors().is_empty())
    }

    /// The errors in the text, the template and the choices, each once.
    pub fn errors(&self) -> Vec<&Diagnostic> {
        let mut errors: Vec<&Diagnostic> = Vec::new();
        let conversation = self.conversation.iter();
        let dropped =
            conversation.clone().flat_map(|conversation| &conversation.outcomes).flat_map(|outcome| {
                match outcome {
                    OutcomeView::Sample(_) | OutcomeView::Same => &[],
                    OutcomeView::Dropped(_, diagnostics) => diagnostics.as_slice(),
                }
            });
        let all = self
            .diagnostics
            .iter()
            .chain(conversation.flat_map(|conversation| &conversation.diagnostics))
            .chain(dropped);
        for error in all.filter(|diagnostic| diagnostic.severity == Severity::Error) {
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        errors
    }

    /// The samples, with their place in the list.
    pub fn samples(&self) -> impl Iterator<Item = (usize, &std::rc::Rc<SampleView>)> {
        self.conversation.iter().flat_map(|conversation| conversation.outcomes.iter()).enumerate().filter_map(
            |(place, outcome)| match outcome {
                OutcomeView::Sample(sample) => Some((place, sample)),
                OutcomeView::Dropped(..) | OutcomeView::Same => None,
            },
        )
    }

    /// The sample at a place of the list.
    pub fn sample(&self, place: usize) -> Option<&std::rc::Rc<SampleView>> {
        match self.conversation.as_ref()?.outcomes.get(place)? {
            OutcomeView::Sample(sample) => Some(sample),
            OutcomeView::Dropped(..) | OutcomeView::Same => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;

    #[test]
    fn what_typing_does_not_change_does_not_cross_again() {
        let ask = |engine: &mut Engine, reply: &str| {
            let turn = |role: &str, text: &str| serde_json::json!({"role": role, "content": text});
            let dialogue =
                [turn("user", "a"), turn("assistant", "b"), turn("user", "c"), turn("assistant", reply)];
            engine
                .analyze(&Request { dialogue: serde_json::json!(dialogue).to_string(), ..Request::default() })
        };
        let mut engine = Engine::new();
        let mut before = Vec::new();
        let first = ReportView::new(ask(&mut engine, "d"), &[], &mut before);
        let mut second = ReportView::new(ask(&mut engine, "de"), &[], &mut before);
        let outcomes = |report: &ReportView| report.conversation.clone().unwrap().outcomes;
        assert_eq!(outcomes(&second)[0], OutcomeView::Same);
        assert!(matches!(outcomes(&second)[1], OutcomeView::Sample(_)));
        second.complete(Some(&first));
        let whole = ReportView::new(ask(&mut Engine::new(), "de"), &[], &mut Vec::new());
        assert_eq!(second, whole);
    }
}
