//! How messages cross between page and worker: as JavaScript objects, arrays as bytes.
//!
//! The codec of `gloo` panics on data it does not know, and a panic ends the page. This one reads such a message as one
//! that means nothing, and says so on the console.

use gloo::worker::Codec;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

/// Messages as JavaScript objects.
#[derive(Debug)]
pub struct Objects;

impl Codec for Objects {
    fn encode<I: Serialize>(input: I) -> JsValue {
        let serializer = serde_wasm_bindgen::Serializer::new().serialize_large_number_types_as_bigints(false);
        match input.serialize(&serializer) {
            Ok(value) => value,
            Err(error) => {
                web_sys::console::error_1(&format!("a message could not be written: {error}").into());
                JsValue::NULL
            }
        }
    }

    fn decode<O: for<'de> Deserialize<'de>>(input: JsValue) -> O {
        let error = match serde_wasm_bindgen::from_value(input) {
            Ok(message) => return message,
            Err(error) => error,
        };
        web_sys::console::error_1(&format!("a message could not be read: {error}").into());
        // `gloo` wraps every message in an enum of its own, one a direction. Each has a variant that changes nothing
        // when it comes again: the worker has loaded, the page has connected.
        let nothing = [JsValue::from_str("WorkerLoaded"), connected()];
        nothing
            .into_iter()
            .find_map(|message| serde_wasm_bindgen::from_value(message).ok())
            .unwrap_or_else(|| wasm_bindgen::throw_str("this is not a message of page and worker"))
    }
}

fn connected() -> JsValue {
    let message = js_sys::Object::new();
    // Setting a key of a new object can't fail.
    let _ = js_sys::Reflect::set(&message, &"Connected".into(), &0.into());
    message.into()
}
