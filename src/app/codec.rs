//! How messages cross between page and worker: as bytes, in the form of `postcard`.
//!
//! Names are not written and not looked for: both sides are of one build, and the code that reads a message by its names is
//! several times as large. The codec of `gloo` panics on data it does not know, and a panic ends the page. This one reads
//! such a message as one that means nothing, and says so on the console.

use gloo::worker::Codec;
use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

/// Messages as bytes.
#[derive(Debug)]
pub struct Bytes;

/// `gloo` wraps every message in an enum of its own, one a direction. The first variant of each changes nothing when it comes
/// again: the worker has loaded, the page (number 0) has connected.
const NOTHING: [u8; 2] = [0, 0];

impl Codec for Bytes {
    fn encode<I: Serialize>(input: I) -> JsValue {
        match postcard::to_allocvec(&input) {
            Ok(bytes) => Uint8Array::from(bytes.as_slice()).into(),
            Err(error) => {
                web_sys::console::error_1(&format!("a message could not be written: {error}").into());
                JsValue::NULL
            }
        }
    }

    fn decode<O: for<'de> Deserialize<'de>>(input: JsValue) -> O {
        Self::read(&input).unwrap_or_else(|| {
            postcard::from_bytes(&NOTHING)
                .unwrap_or_else(|_| wasm_bindgen::throw_str("this is not a message of page and worker"))
        })
    }
}

impl Bytes {
    /// Reads a message; what is none is told on the console.
    pub fn read<T: for<'de> Deserialize<'de>>(input: &JsValue) -> Option<T> {
        let bytes = input.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default();
        postcard::from_bytes(&bytes)
            .inspect_err(|error| {
                web_sys::console::error_1(&format!("a message could not be read: {error}").into());
            })
            .ok()
    }
}
