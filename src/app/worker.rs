//! The worker: it reads, renders, encodes and explains, so that the page only paints.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::worker::{HandlerId, Worker, WorkerScope};
use wasm_bindgen_futures::spawn_local;

use crate::app::BUILD;
use crate::app::wire::{
    BatchQuestion, BatchView, CompareView, FromWorker, MOST_CONVERSATIONS, Material, ReportView, Scope,
    ToWorker, hello,
};
use crate::bring::{self, own_name};
use crate::diagnostic::Diagnostic;
use crate::engine::{Engine, Request};
use crate::examples::EXAMPLES;
use crate::lesson;
use crate::recipe::Outcome;
use crate::tokenizer::Tokenizer;
use file::OpenedFile;
use own::Gathered;
use store::Parts;

mod file;
mod history;
mod own;
mod served;
mod share;
mod store;
mod streams;

/// The state of the worker.
pub struct Analyst {
    engine: Engine,
    /// The outcomes that the page has.
    before: Vec<Outcome>,
    /// The file that is open.
    file: Rc<RefCell<Option<OpenedFile>>>,
    /// The tokenizers that are on their way.
    coming: Vec<String>,
    /// The question that waits for one of them.
    waiting: Option<(u32, Box<Request>)>,
}

/// So many tokens of a report are kept, to see what changed in the next one.
const KEPT_TOKENS: usize = 400_000;

/// What the worker tells itself while it fetches.
pub enum Fetching {
    /// So many bytes have come, of so many where known.
    Progress(HandlerId, String, f64, Option<f64>),
    /// The files of a tokenizer, or why there are none.
    Done(HandlerId, String, Result<Parts, Diagnostic>),
    /// The texts of conversations of the open file, which a question is about.
    Texts(HandlerId, u32, Box<BatchQuestion>, Vec<String>),
    /// The files that the user brought, or why they are no tokenizer.
    Gathered(HandlerId, Result<Gathered, Diagnostic>),
}

thread_local! {
    /// Where the last words of a dying worker go.
    static LAST_WORDS: RefCell<Option<(WorkerScope<Analyst>, HandlerId)>> = const { RefCell::new(None) };
}

impl Worker for Analyst {
    type Message = Fetching;
    type Input = ToWorker;
    type Output = FromWorker;

    fn create(_scope: &WorkerScope<Self>) -> Self {
        std::panic::set_hook(Box::new(|panic| {
            web_sys::console::error_1(&panic.to_string().into());
            LAST_WORDS.with_borrow(|words| {
                if let Some((scope, page)) = words {
                    scope.respond(*page, FromWorker::Died(panic.to_string()));
                }
            });
        }));
        Self {
            engine: Engine::new(),
            before: Vec::new(),
            file: Rc::default(),
            coming: Vec::new(),
            waiting: None,
        }
    }

    fn connected(&mut self, scope: &WorkerScope<Self>, page: HandlerId) {
        LAST_WORDS.set(Some((scope.clone(), page)));
        scope.respond(page, FromWorker::Hello(hello(BUILD)));
        let scope = scope.clone();
        spawn_local(async move { scope.respond(page, FromWorker::Kept(store::list().await)) });
    }

    fn received(&mut self, scope: &WorkerScope<Self>, message: ToWorker, page: HandlerId) {
        match message {
            // It is answered as soon as its tokenizer is there, unless another one comes before.
            ToWorker::Analyze(number, request) if self.coming.contains(&request.tokenizer) => {
                scope.respond(page, FromWorker::Parked(number));
                self.waiting = Some((number, request));
            }
            ToWorker::Analyze(number, request) => {
                self.waiting = None;
                self.answer(scope, page, number, &request);
            }
            ToWorker::Compare(number, question) => {
                let start = now();
                let (request, asked) = *question;
                let added = self.added_tokens(&request.tokenizer);
                let view = CompareView::new(self.engine.compare(&request, &asked), &added);
                scope.respond(page, FromWorker::Compared(number, Box::new(view), now() - start));
            }
            ToWorker::Sheet(number, request, prompt) => {
                let sheet = self.engine.sheet(&request, prompt).into();
                scope.respond(page, FromWorker::Sheet(number, Box::new(sheet)));
            }
            ToWorker::Inspect(number, request) => {
                let found = self.engine.inspect(&request);
                scope.respond(page, FromWorker::Inspected(number, Box::new(found)));
            }
            ToWorker::Batch(number, question) => match question.scope {
                Scope::Dialogue => {
                    let texts = [question.request.dialogue.clone()];
                    self.batch(scope, page, number, &question, &texts);
                }
                Scope::Examples => {
                    let texts: Vec<_> = EXAMPLES.iter().map(|example| example.dialogue.to_owned()).collect();
                    self.batch(scope, page, number, &question, &texts);
                }
                Scope::File => {
                    let (scope, file) = (scope.clone(), self.file.clone());
                    spawn_local(async move {
                        let texts = file::texts(file, MOST_CONVERSATIONS).await;
                        scope.send_message(Fetching::Texts(page, number, question, texts));
                    });
                }
            },
            ToWorker::Make(work, request) => {
                let made = work.made(&mut self.engine, &request);
                scope.respond(page, FromWorker::Made(work, Box::new(made)));
            }
            ToWorker::Share(share) => {
                let (scope, markdown) = (scope.clone(), share::markdown_of(&mut self.engine, &share));
                spawn_local(async move {
                    let shared = share::shared(*share, markdown).await;
                    scope.respond(page, FromWorker::Shared(Box::new(shared)));
                });
            }
            ToWorker::History(asked) => {
                let scope = scope.clone();
                spawn_local(async move {
                    if let Some(answer) = history::done(asked).await {
                        scope.respond(page, answer);
                    }
                });
            }
            ToWorker::Unpack(fragment) => {
                let scope = scope.clone();
                spawn_local(async move {
                    let unpacked = share::unpack(&fragment).await;
                    scope.respond(page, FromWorker::Unpacked(Box::new(unpacked)));
                });
            }
            ToWorker::Bring(given) => {
                let scope = scope.clone();
                spawn_local(async move {
                    scope.send_message(Fetching::Gathered(page, own::gather(given).await));
                });
            }
            ToWorker::Forget(id) => self.forget(id),
            ToWorker::Load(id, address) => {
                self.coming.push(id.clone());
                match own_name(&id) {
                    Some(_) => Self::load_own(scope, page, id),
                    None => served::fetch(scope.clone(), page, id, address),
                }
            }
            ToWorker::Lab(_, request, together) => {
                scope.respond(page, FromWorker::Lab(self.material(&request, together)));
            }
            ToWorker::Lesson => scope.respond(page, FromWorker::Lesson(lesson::STEPS.to_vec())),
            ToWorker::Open(url) => {
                let scope = scope.clone();
                spawn_local(file::open(self.file.clone(), url, move |message| scope.respond(page, message)));
            }
            ToWorker::Row(row) => {
                let scope = scope.clone();
                spawn_local(file::row(self.file.clone(), row, move |message| scope.respond(page, message)));
            }
        }
    }

    fn update(&mut self, scope: &WorkerScope<Self>, message: Fetching) {
        match message {
            Fetching::Progress(page, id, loaded, total) => {
                scope.respond(page, FromWorker::Loading(id, loaded, total));
            }
            Fetching::Texts(page, number, question, texts) => {
                self.batch(scope, page, number, &question, &texts);
            }
            Fetching::Gathered(page, gathered) => self.bring(scope, page, gathered),
            Fetching::Done(page, id, files) => {
                self.coming.retain(|coming| *coming != id);
                let answer = match self.take(&id, files) {
                    Ok(entries) => FromWorker::Loaded(id, entries),
                    Err(why) => FromWorker::Failed(id, why),
                };
                scope.respond(page, answer);
                if let Some((number, request)) =
                    self.waiting.take_if(|(_, request)| !self.coming.contains(&request.tokenizer))
                {
                    self.answer(scope, page, number, &request);
                }
            }
        }
    }
}

impl Analyst {
    /// For each id of a tokenizer, whether it is an added token; nothing of a tokenizer that is not there.
    fn added_tokens(&mut self, tokenizer: &str) -> Vec<bool> {
        let Some(tokenizer) = self.engine.tokenizer(tokenizer) else { return Vec::new() };
        let mut added = vec![false; tokenizer.vocab_size()];
        for (id, _) in tokenizer.added_tokens() {
            if let Some(is_added) = added.get_mut(id as usize) {
                *is_added = true;
            }
        }
        added
    }

    /// What the loss lab trains on, as JSON: the page need not understand it.
    fn material(&mut self, request: &Request, together: bool) -> String {
        let added = self.added_tokens(&request.tokenizer);
        let material = Material::collect(&mut self.engine, request, together, &added);
        serde_json::to_string(&material).unwrap_or_default()
    }

    /// Makes a report.
    fn answer(&mut self, scope: &WorkerScope<Self>, page: HandlerId, number: u32, request: &Request) {
        let start = now();
        let report = self.engine.analyze(request);
        let added = self.added_tokens(&request.tokenizer);
        let view = ReportView::new(report, &added, &mut self.before);
        // Large reports are not kept: they would be there twice.
        if view.samples().map(|(_, sample)| sample.len()).sum::<usize>() > KEPT_TOKENS {
            self.before.clear();
        }
        scope.respond(page, FromWorker::Report(number, Box::new(view), now() - start));
    }

    /// Puts the samples of the conversations of `texts` into batches.
    fn batch(
        &mut self,
        scope: &WorkerScope<Self>,
        page: HandlerId,
        number: u32,
        question: &BatchQuestion,
        texts: &[String],
    ) {
        let start = now();
        let report = self.engine.batch(&question.request, texts, &question.asked);
        let tokenizer = self.engine.tokenizer(&question.request.tokenizer);
        let word = |id| tokenizer.as_deref().and_then(|it| it.id_to_token(id)).unwrap_or_default();
        let view = BatchView::new(&report, question.look, word);
        scope.respond(page, FromWorker::Batched(number, Box::new(view), now() - start));
    }

    fn take(&mut self, id: &str, parts: Result<Parts, Diagnostic>) -> Result<u32, Diagnostic> {
        let parts = parts?;
        let tokenizer = Tokenizer::from_files(&bring::files(&parts).unwrap_or_default())?;
        let entries = tokenizer.vocab_size() as u32;
        self.engine.add_tokenizer(id, tokenizer);
        Ok(entries)
    }
}

/// Milliseconds, for telling how long something took.
fn now() -> f64 {
    js_sys::Date::now()
}
