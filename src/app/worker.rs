//! The worker: it reads, renders, encodes and explains, so that the page only paints.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use gloo::timers::future::sleep;
use gloo::worker::{HandlerId, Worker, WorkerScope};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, ReadableStream, ReadableStreamDefaultReader, ReadableWritablePair,
    RequestCache, RequestInit, Response,
};

use crate::app::BUILD;
use crate::app::wire::{
    BatchQuestion, BatchView, CompareView, FromWorker, MOST_CONVERSATIONS, Material, ReportView, Scope,
    ToWorker, hello,
};
use crate::bilingual::Bilingual;
use crate::bring::{self, CONFIG, TOKENIZER, own_name};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{EMBEDDED, Engine, Request};
use crate::examples::{EXAMPLES, FIRST};
use crate::lesson;
use crate::recipe::Outcome;
use crate::tokenizer::Tokenizer;
use file::OpenedFile;
use own::Gathered;
use store::Parts;

mod file;
mod history;
mod own;
mod share;
mod store;

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

/// At most so many reports are made while a tokenizer is on its way.
const WARM_UPS: usize = 3;
/// What a near network, or the browser's own store, needs for a tokenizer: there is no time to use.
const NEAR: Duration = Duration::from_millis(150);

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
                    None => fetch_tokenizer(scope.clone(), page, id, address),
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

/// While the network is `waiting`, runs the code that will be needed, so that the browser has compiled it well by then:
/// loads a tokenizer, makes a report for nobody, and begins anew. What the network has brought is heard in between.
async fn warm_up(waiting: Rc<Cell<bool>>) {
    let request = Request { dialogue: FIRST.to_owned(), ..Request::default() };
    let mut loaded = None;
    sleep(NEAR).await;
    for _ in 0..WARM_UPS * 2 {
        if !waiting.get() {
            return;
        }
        match loaded.take() {
            None => {
                let engine = loaded.insert(Engine::new());
                engine.tokenizer(EMBEDDED);
            }
            Some(mut engine) => {
                ReportView::new(engine.analyze(&request), &[], &mut Vec::new());
            }
        }
        sleep(Duration::ZERO).await;
    }
}

fn not_fetched(why: &str) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "tokenizer-not-fetched",
        Bilingual::new(format!("the tokenizer could not be loaded: {why}"), format!("分词器加载失败：{why}")),
    )
    .hint(Bilingual::fixed(
        "check the connection and choose it again; the built-in tokenizer needs none",
        "请检查网络后重新选择；内置分词器无需联网",
    ))
}

/// Milliseconds, for telling how long something took.
fn now() -> f64 {
    js_sys::Date::now()
}

fn fetch_tokenizer(scope: WorkerScope<Analyst>, page: HandlerId, id: String, address: String) {
    spawn_local(async move {
        let progress = |loaded: f64, total: Option<f64>| {
            scope.send_message(Fetching::Progress(page, id.clone(), loaded, total));
        };
        let files = async {
            // Both are on their way before the first is waited for.
            let config = ask(&format!("{address}.config.json?{BUILD}"));
            let tokenizer = ask(&format!("{address}.json.gz?{BUILD}"));
            let waiting = Rc::new(Cell::new(true));
            spawn_local(warm_up(waiting.clone()));
            let tokenizer = answer(tokenizer, progress).await;
            waiting.set(false);
            // The config is small and optional: without it there are no special tokens and no template.
            let config = match answer(config, |_, _| ()).await {
                Ok(config) => text(&config).await.ok(),
                Err(_) => None,
            };
            let mut parts = vec![(TOKENIZER.to_owned(), text(&tokenizer?).await?)];
            parts.extend(config.map(|config| (CONFIG.to_owned(), config)));
            Ok(parts)
        };
        let files = files.await.map_err(|error: JsValue| {
            let why = error.dyn_ref::<js_sys::Error>().map_or_else(
                || error.as_string().unwrap_or_else(|| "unknown error".to_owned()),
                |error| String::from(error.message()),
            );
            not_fetched(&why)
        });
        scope.send_message(Fetching::Done(page, id.clone(), files));
    });
}

/// A stream that unpacks `gzip` or `deflate-raw`.
fn unpacker(format: &str) -> Result<ReadableWritablePair, JsValue> {
    transform("DecompressionStream", format)
}

/// A `CompressionStream` or a `DecompressionStream`; `web-sys` has no stable types for them.
fn transform(name: &str, format: &str) -> Result<ReadableWritablePair, JsValue> {
    let constructor: js_sys::Function = js_sys::Reflect::get(&js_sys::global(), &name.into())?.dyn_into()?;
    Ok(js_sys::Reflect::construct(&constructor, &js_sys::Array::of1(&format.into()))?.unchecked_into())
}

/// Reads a stream to its end, and tells how far it is; nothing where there are more bytes than `most`.
async fn read_stream(
    stream: &ReadableStream,
    most: f64,
    progress: impl Fn(f64),
) -> Result<Option<Blob>, JsValue> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let chunks = js_sys::Array::new();
    let mut loaded = 0.0;
    loop {
        let step = JsFuture::from(reader.read()).await?;
        if js_sys::Reflect::get(&step, &"done".into())?.is_truthy() {
            return Blob::new_with_u8_array_sequence(&chunks).map(Some);
        }
        let chunk: Uint8Array = js_sys::Reflect::get(&step, &"value".into())?.unchecked_into();
        loaded += f64::from(chunk.length());
        if loaded > most {
            let _ = reader.cancel();
            return Ok(None);
        }
        chunks.push(&chunk);
        progress(loaded);
    }
}

/// Asks for a file, which is on its way from then on.
fn ask(address: &str) -> JsFuture {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let options = RequestInit::new();
    options.set_cache(RequestCache::ForceCache);
    scope.fetch_with_str_and_init(address, &options).into()
}

/// Waits for a file that was asked for, and tells how far it is: bytes that have come, and all of them where known.
async fn answer(asked: JsFuture, progress: impl Fn(f64, Option<f64>)) -> Result<Blob, JsValue> {
    let response: Response = asked.await?.unchecked_into();
    if !response.ok() {
        return Err(format!("{} {}", response.status(), response.status_text()).into());
    }
    let total = response.headers().get("content-length")?.and_then(|length| length.parse().ok());
    let Some(body) = response.body() else { return Err("the answer is empty".into()) };
    let blob = read_stream(&body, f64::MAX, |loaded| progress(loaded, total)).await?;
    blob.ok_or_else(|| "the answer is too long".into())
}

/// The text of a file, unpacked where it is a gzip file (a host may already have done so).
async fn text(file: &Blob) -> Result<String, JsValue> {
    let start = JsFuture::from(file.slice_with_f64_and_f64(0.0, 2.0)?.array_buffer()).await?;
    let buffer = if Uint8Array::new(&start).to_vec() == [0x1f, 0x8b] {
        let unpacked = file.stream().pipe_through(&unpacker("gzip")?);
        Response::new_with_opt_readable_stream(Some(&unpacked))?.array_buffer()?
    } else {
        file.array_buffer()
    };
    // Not the browser's `text()`: of megabytes it would be a second and a third copy.
    let bytes = Uint8Array::new(&JsFuture::from(buffer).await?).to_vec();
    String::from_utf8(bytes).map_err(|_| "the answer is not text".into())
}
