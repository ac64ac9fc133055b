//! The tokenizers that are served beside the page: fetched, unpacked, and what the worker does meanwhile.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use gloo::timers::future::sleep;
use gloo::worker::{HandlerId, WorkerScope};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, RequestCache, RequestInit, Response};

use super::streams::{read_stream, unpacker};
use super::{Analyst, Fetching};
use crate::app::BUILD;
use crate::app::wire::ReportView;
use crate::bilingual::Bilingual;
use crate::bring::{CONFIG, TOKENIZER};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{EMBEDDED, Engine, Request};
use crate::examples::FIRST;

/// At most so many reports are made while a tokenizer is on its way.
const WARM_UPS: usize = 3;
/// What a near network, or the browser's own store, needs for a tokenizer: there is no time to use.
const NEAR: Duration = Duration::from_millis(150);

/// Fetches a tokenizer that is served beside the page, and tells the worker of it.
pub(super) fn fetch(scope: WorkerScope<Analyst>, page: HandlerId, id: String, address: String) {
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
            let tokenizer = tokenizer?;
            // The config is small and optional: without it there are no special tokens and no template.
            let config = match answer(config, |_, _| ()).await {
                Ok(config) => text(&config).await.ok(),
                Err(_) => None,
            };
            let mut parts = vec![(TOKENIZER.to_owned(), text(&tokenizer).await?)];
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
