//! States that are handed on: packed into a link and written as Markdown, and unpacked from a link, no further than a link
//! may hold.

use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::file::bytes_of;
use super::store;
use super::streams::{read_stream, transform};
use crate::app::i18n::Lang;
use crate::app::link;
use crate::app::wire::{Share, Shared, SharedText, Unpacked};
use crate::bilingual::Bilingual;
use crate::engine::Engine;
use crate::export::markdown;

/// The Markdown of a state: what of handing it on needs the engine.
pub(super) fn markdown_of(engine: &mut Engine, share: &Share) -> String {
    markdown(
        engine,
        &share.request,
        match share.lang {
            Lang::En => |text| &text.en,
            Lang::Zh => |text| &text.zh,
        },
    )
}

/// Everything that hands a state on.
pub(super) async fn shared(share: Share, markdown: String) -> Shared {
    let Share { choices, file, address, lang, .. } = share;
    let json = link::write(&choices);
    let fragment = if json.len() > link::MOST_BYTES { None } else { pack(&json).await };
    let links = fragment.map(|fragment| {
        let link = [&address, "#", &fragment].concat();
        let frame = [
            "<iframe src=\"",
            &address,
            "?embed=1&amp;lang=",
            lang.code(),
            "#",
            &fragment,
            "\" title=\"lossmask\" width=\"100%\" height=\"480\" loading=\"lazy\"></iframe>\n<script src=\"",
            address.rsplit_once('/').map_or("", |(folder, _)| folder),
            "/embed.js\" async></script>",
        ];
        (link, frame.concat())
    });
    let notes = link::notes(&choices, file.as_deref(), links.as_ref().map(|(link, _)| link.len()));
    let text = |text: String, action: (&str, &str), done: (&str, &str)| SharedText {
        action: lang.pick(action.0, action.1).to_owned(),
        done: lang.pick(done.0, done.1).to_owned(),
        text,
    };
    let mut texts = Vec::new();
    if let Some((link, frame)) = links {
        texts.push(text(link, ("Copy link", "复制链接"), ("Copied the link", "已复制链接")));
        texts.push(text(
            frame,
            ("Copy embed code", "复制嵌入代码"),
            ("Copied the code of a frame for a page of yours", "已复制可放入自己网页的嵌入代码"),
        ));
    }
    // Beside the link, for it is the second thing that people want.
    texts.insert(
        texts.len().min(1),
        text(
            markdown,
            ("Copy as Markdown", "复制为 Markdown"),
            (
                "Copied the dialogue, the setting, the samples and the findings",
                "已复制对话、设置、样本与诊断",
            ),
        ),
    );
    Shared { notes: notes.iter().map(|note| lang.of(note)).collect(), texts }
}

/// A state as a fragment; nothing where it is too large.
async fn pack(json: &str) -> Option<String> {
    let packed = async {
        let blob = Blob::new_with_str_sequence(&js_sys::Array::of1(&json.into()))?;
        let stream = blob.stream().pipe_through(&transform("CompressionStream", "deflate-raw")?);
        read_stream(&stream, link::MOST_CHARACTERS as f64, |_| ()).await
    };
    let packed: Option<Blob> = packed.await.unwrap_or_else(|_: JsValue| None);
    let packed = packed?;
    link::fragment(&bytes_of(&packed, 0.0, packed.size()).await.ok()?)
}

/// The state of a fragment.
pub(super) async fn unpack(fragment: &str) -> Result<Unpacked, Bilingual> {
    let packed = link::packed(fragment)?;
    let unpacked = async {
        let bytes = js_sys::Uint8Array::from(packed.as_slice());
        let blob = Blob::new_with_u8_array_sequence(&js_sys::Array::of1(&bytes))?;
        let stream = blob.stream().pipe_through(&transform("DecompressionStream", "deflate-raw")?);
        // A link may say what it likes: reading ends where a link's text must have ended.
        read_stream(&stream, link::MOST_BYTES as f64, |_| ()).await
    };
    let unpacked = unpacked.await.map_err(|_: JsValue| link::broken())?.ok_or_else(link::too_long)?;
    let json = bytes_of(&unpacked, 0.0, unpacked.size()).await.map_err(|_| link::broken())?;
    let kept = store::list().await;
    let (choices, note) = link::read(&json, |id| kept.iter().any(|own| own.id == id))?;
    Ok(Unpacked { choices, note })
}
