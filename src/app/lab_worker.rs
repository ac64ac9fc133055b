//! The worker of the loss lab: it hears, works for a moment, and answers. Everything else is in [`crate::app::lab`].

use std::cell::RefCell;

use gloo::worker::Codec;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::app::codec::Bytes;
use crate::app::lab::Bench;
use crate::app::wire::FromLab;

/// Answers messages for as long as the worker lives, and tells the page that it is ready with an answer that says nothing.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let say = |scope: &DedicatedWorkerGlobalScope, message: FromLab| {
        // What can't be cloned can't be in it.
        let _ = scope.post_message(&Bytes::encode(message));
    };
    {
        let scope = scope.clone();
        std::panic::set_hook(Box::new(move |panic| {
            web_sys::console::error_1(&panic.to_string().into());
            say(&scope, FromLab { died: true, ..FromLab::default() });
        }));
    }
    let bench = RefCell::new(Bench::default());
    let clock = scope.performance();
    let hear = {
        let scope = scope.clone();
        Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let now = || clock.as_ref().map_or(0.0, web_sys::Performance::now);
            let data = event.data();
            // A text is a message as JSON, and is answered by one: for measuring.
            if let Some(text) = data.as_string() {
                if let Ok(message) = serde_json::from_str(&text) {
                    let answer = bench.borrow_mut().hear(message, now);
                    let _ = scope.post_message(&serde_json::to_string(&answer).unwrap_or_default().into());
                }
            } else if let Some(message) = Bytes::read(&data) {
                say(&scope, bench.borrow_mut().hear(message, now));
            }
        })
    };
    scope.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    say(&scope, FromLab::default());
}
