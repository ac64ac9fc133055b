//! The browser's streams: what packs and unpacks, and a stream read to its end.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStream, ReadableStreamDefaultReader, ReadableWritablePair};

/// A stream that unpacks `gzip` or `deflate-raw`.
pub(super) fn unpacker(format: &str) -> Result<ReadableWritablePair, JsValue> {
    transform("DecompressionStream", format)
}

/// A `CompressionStream` or a `DecompressionStream`; `web-sys` has no stable types for them.
pub(super) fn transform(name: &str, format: &str) -> Result<ReadableWritablePair, JsValue> {
    let constructor: js_sys::Function = js_sys::Reflect::get(&js_sys::global(), &name.into())?.dyn_into()?;
    Ok(js_sys::Reflect::construct(&constructor, &js_sys::Array::of1(&format.into()))?.unchecked_into())
}

/// Reads a stream to its end, and tells how far it is; nothing where there are more bytes than `most`.
pub(super) async fn read_stream(
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
