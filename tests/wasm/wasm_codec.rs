//! Messages of page and worker, through real JavaScript values.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs)]

use gloo::worker::Codec;
use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use lossmask::app::codec::Bytes;
use lossmask::app::platform;
use lossmask::app::wire::{
    ConversationView, FromWorker, NONE, OutcomeView, ReportView, SampleView, ToWorker, hello,
};
use lossmask::bilingual::Bilingual;
use lossmask::diagnostic::{Diagnostic, Severity, Source};
use lossmask::engine::{Engine, MessageSummary, Request, TemplateChoice};
use lossmask::examples::EXAMPLES;
use lossmask::recipe::Reason;
use lossmask::span::Span;

wasm_bindgen_test_configure!(run_in_browser);

/// The message, after it has crossed as the browser carries it: a structured clone of a JavaScript value.
fn crossed<T: Serialize + for<'de> Deserialize<'de>>(message: &T) -> T {
    Bytes::decode(clone(&Bytes::encode(message)))
}

fn clone(value: &JsValue) -> JsValue {
    let global = js_sys::global();
    let clone: js_sys::Function = Reflect::get(&global, &"structuredClone".into()).unwrap().unchecked_into();
    clone.call1(&global, value).unwrap()
}

/// Messages have no equality of their own; all that is in them is in their `Debug` text.
fn told(value: &impl Debug) -> String {
    format!("{value:?}")
}

fn sample() -> SampleView {
    SampleView {
        text: "春风 👩‍👩‍👧\u{0}\u{200b}\u{10ffff}".to_owned(),
        ids: vec![0, u32::MAX],
        labels: vec![i64::MIN, i64::MAX],
        weights: vec![0.0, 0.1],
        offsets: vec![0, 3, 3, u32::MAX],
        held: vec![0, 1, 1, 3],
        messages: vec![NONE, 7],
        parts: vec![5, 129],
        sources: vec![NONE, NONE, 1, 2],
        trail: vec![Reason { from: 0, to: 2, why: Bilingual::fixed("a reply", "一条回复") }],
        writers: Vec::new(),
        diagnostics: vec![finding()],
        reply: Some(u32::MAX),
        trained: 1,
    }
}

fn finding() -> Diagnostic {
    Diagnostic::new(Severity::Warning, "a-code", Bilingual::new("said".to_owned(), "说「」".to_owned()))
        .at(Source::Rendered, Span::new(3, 9))
        .hint(Bilingual::fixed("do this", "这样做"))
}

fn report() -> ReportView {
    ReportView {
        candidates: vec!["openai".to_owned()],
        format: Some("openai".to_owned()),
        count: 2,
        conversation: Some(ConversationView {
            index: 1,
            outcomes: vec![
                OutcomeView::Sample(Rc::new(sample())),
                OutcomeView::Dropped(Bilingual::fixed("no reply", "没有回复"), vec![finding()]),
                OutcomeView::Same,
            ],
            diagnostics: vec![finding()],
            ..ConversationView::default()
        }),
        diagnostics: vec![finding()],
        template_source: Some("{{ messages }}".to_owned()),
        template_id: "chatml".to_owned(),
    }
}

#[wasm_bindgen_test]
fn a_sample_crosses_with_the_largest_numbers_and_any_text() {
    let sample = sample();
    assert_eq!(crossed(&sample), sample);
    let empty = SampleView::default();
    assert_eq!(crossed(&empty), empty);
}

#[wasm_bindgen_test]
fn a_message_crosses_as_one_array_of_bytes_not_much_longer_than_what_it_holds() {
    let value = Bytes::encode(SampleView { ids: vec![7; 1000], ..SampleView::default() });
    let bytes: Uint8Array = value.dyn_into().unwrap();
    assert!((4000..4100).contains(&bytes.length()), "{}", bytes.length());
}

#[wasm_bindgen_test]
fn every_message_of_the_worker_comes_out_as_it_went_in() {
    let mut engine = Engine::new();
    let asked = Request {
        dialogue: EXAMPLES[0].dialogue.to_owned(),
        template: TemplateChoice::Catalog("gpt-oss".to_owned()),
        conversation: Some(0),
        ..Request::default()
    };
    let unknown = Request { template: TemplateChoice::Named("x".to_owned()), ..Request::default() };
    let messages = [
        FromWorker::Sheet(1, Box::new(engine.sheet(&asked, true).into())),
        FromWorker::Inspected(2, Box::new(engine.inspect(&asked))),
        FromWorker::Inspected(3, Box::new(engine.inspect(&unknown))),
        FromWorker::Hello(hello("a build")),
        FromWorker::Report(u32::MAX, Box::new(report()), 12.5),
        FromWorker::Report(0, Box::default(), 0.0),
        FromWorker::Loading("qwen2_5".to_owned(), 5e9, Some(1e10)),
        FromWorker::Loading("qwen2_5".to_owned(), 0.0, None),
        FromWorker::Loaded("分词器".to_owned(), 151_665),
        FromWorker::Failed("x".to_owned(), finding()),
        FromWorker::Died("why\nso".to_owned()),
    ];
    for message in messages {
        assert_eq!(told(&crossed(&message)), told(&message));
    }
}

#[wasm_bindgen_test]
fn every_message_of_the_page_comes_out_as_it_went_in() {
    let request = Request {
        dialogue: EXAMPLES[0].dialogue.to_owned(),
        template: TemplateChoice::Source("{{ '\u{1f469}' }}".to_owned()),
        options: vec![("end".to_owned(), "all".to_owned())],
        ignore_index: i64::from(i32::MIN),
        now: platform::local_time(),
        variables: vec![("tools".to_owned(), r#"[{"a": [1, -2, 0.5, null, "文"]}, true]"#.to_owned())],
        conversation: Some(3),
        ..Request::default()
    };
    let catalog = Request { template: TemplateChoice::Catalog("plain".to_owned()), ..Request::default() };
    let messages = [
        ToWorker::Analyze(u32::MAX, Box::new(request)),
        ToWorker::Analyze(1, Box::new(catalog)),
        ToWorker::Analyze(2, Box::default()),
        ToWorker::Sheet(3, Box::default(), true),
        ToWorker::Inspect(4, Box::default()),
        ToWorker::Load("qwen2_5".to_owned(), "tokenizers/qwen2_5".to_owned()),
    ];
    for message in messages {
        assert_eq!(told(&crossed(&message)), told(&message));
    }
}

#[wasm_bindgen_test]
fn a_report_of_the_engine_crosses_whole() {
    let request = Request { dialogue: EXAMPLES[0].dialogue.to_owned(), ..Request::default() };
    let report = ReportView::new(Engine::new().analyze(&request), &[], &mut Vec::new());
    assert_eq!(report.samples().count(), 2);
    assert!(report.conversation.as_ref().is_some_and(|conversation| conversation.messages.len() == 4));
    assert_eq!(crossed(&report), report);
    let messages: &[MessageSummary] = &report.conversation.as_ref().unwrap().messages;
    assert_eq!(told(&crossed(&messages.to_vec())), told(&messages));
}

/// What `gloo` wraps the worker's messages in; its own enum is private to it.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "what is in it is there to be read")]
enum ToPage {
    WorkerLoaded,
    ProcessOutput(u32, FromWorker),
}

/// What `gloo` wraps the page's messages in.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "what is in it is there to be read")]
enum ToTheWorker {
    Connected(u32),
    ProcessInput(u32, ToWorker),
    Disconnected(u32),
    Destroy,
}

/// Values that no version of the page or the worker sends.
fn nonsense() -> Vec<JsValue> {
    let junk = Uint8Array::from(&[255; 40][..]);
    let cut = Uint8Array::from(&[1, 0, 3][..]);
    vec![
        JsValue::NULL,
        JsValue::UNDEFINED,
        JsValue::from_f64(7.0),
        JsValue::from_str("hello"),
        Array::new().into(),
        Object::new().into(),
        Uint8Array::new_with_length(0).into(),
        junk.into(),
        cut.into(),
    ]
}

#[wasm_bindgen_test]
fn an_unknown_message_means_nothing_to_either_side() {
    for value in nonsense() {
        assert!(matches!(Bytes::decode::<ToPage>(value.clone()), ToPage::WorkerLoaded), "{value:?}");
        assert!(
            matches!(Bytes::decode::<ToTheWorker>(value.clone()), ToTheWorker::Connected(0)),
            "{value:?}"
        );
    }
}
