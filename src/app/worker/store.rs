//! Where the browser keeps tokenizers that the user brought: a store of `IndexedDB`, a record a tokenizer. A record is
//! what the page lists of it ([`Own`]) with its files as blobs, which are read only when they are wanted.

use js_sys::{Array, JSON, Object, Promise, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest,
    IdbTransaction, IdbTransactionMode,
};

use crate::app::wire::Own;
use crate::bilingual::Bilingual;

const DATABASE: &str = "lossmask";
/// Raise it when the records change, and change them in [`open`].
const VERSION: u32 = 2;
const TOKENIZERS: &str = "tokenizers";
/// The store of the dialogues that were worked on.
pub(super) const HISTORY: &str = "history";
const FILES: &str = "files";

/// So many tokenizers are kept, and so many bytes of them: what a user may have in hand, and far less than a browser
/// gives.
const MOST: usize = 32;
const MOST_BYTES: f64 = 512e6;

/// The texts of a tokenizer's files, each with its name.
pub(super) type Parts = Vec<(String, String)>;

/// Waits for a request, and returns its result.
pub(super) async fn answer(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let settled = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(settled).await {
        Ok(_) => request.result(),
        Err(event) => Err(request.error()?.map_or(event, JsValue::from)),
    }
}

/// Waits until all that was asked of a transaction is on the disk.
pub(super) async fn committed(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let settled = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onerror(Some(&reject));
        transaction.set_onabort(Some(&reject));
    });
    match JsFuture::from(settled).await {
        Ok(_) => Ok(()),
        Err(event) => Err(transaction.error().map_or(event, JsValue::from)),
    }
}

async fn open() -> Result<IdbDatabase, JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let factory = scope.indexed_db()?.ok_or("the browser has no IndexedDB")?;
    let request: IdbOpenDbRequest = factory.open_with_u32(DATABASE, VERSION)?;
    let create = {
        let request = request.clone();
        Closure::once_into_js(move || {
            if let Ok(database) = request.result() {
                let database = database.unchecked_into::<IdbDatabase>();
                // One that an older page made is refused here, and stays as it is.
                for name in [TOKENIZERS, HISTORY] {
                    let _ = database.create_object_store(name);
                }
            }
        })
    };
    request.set_onupgradeneeded(Some(create.unchecked_ref()));
    Ok(answer(&request).await?.unchecked_into())
}

/// A store within a transaction of its own, which ends by itself.
pub(super) async fn store(
    name: &str,
    mode: IdbTransactionMode,
) -> Result<(IdbTransaction, IdbObjectStore), JsValue> {
    let database = open().await?;
    let transaction = database.transaction_with_str_and_mode(name, mode)?;
    let store = transaction.object_store(name)?;
    // It closes when the transaction has ended, and then stands in no newer page's way.
    database.close();
    Ok((transaction, store))
}

/// The tokenizers that are kept; none where the browser keeps nothing.
pub(super) async fn list() -> Vec<Own> {
    let records = async {
        let (_, store) = store(TOKENIZERS, IdbTransactionMode::Readonly).await?;
        let request = store.get_all()?;
        answer(&request).await
    };
    let records: Array = records.await.map_or_else(|_| Array::new(), JsCast::unchecked_into);
    records.iter().filter_map(|record| read(&record)).collect()
}

/// What a record lists, by way of JSON, whose reader the worker has; its blobs are passed over.
pub(super) fn read<T: DeserializeOwned>(record: &JsValue) -> Option<T> {
    let text: String = JSON::stringify(record).ok()?.into();
    serde_json::from_str(&text).ok()
}

/// A record that lists this.
pub(super) fn record(listed: &impl Serialize) -> Result<Object, JsValue> {
    let text = serde_json::to_string(listed).map_err(|error| JsValue::from(error.to_string()))?;
    Ok(JSON::parse(&text)?.unchecked_into())
}

/// The files of a tokenizer; nothing where it is not kept.
pub(super) async fn load(id: &str) -> Option<Parts> {
    let record = async {
        let (_, store) = store(TOKENIZERS, IdbTransactionMode::Readonly).await?;
        let request = store.get(&id.into())?;
        answer(&request).await
    };
    let files = Reflect::get(&record.await.ok()?, &FILES.into()).ok()?;
    let mut parts = Parts::new();
    for pair in files.dyn_into::<Array>().ok()?.iter() {
        let pair: Array = pair.unchecked_into();
        let text = JsFuture::from(pair.get(1).dyn_into::<Blob>().ok()?.text()).await.ok()?;
        parts.push((pair.get(0).as_string()?, text.as_string()?));
    }
    Some(parts)
}

/// Keeps a tokenizer, in the place of one with the same id. The error says why the browser does not.
pub(super) async fn put(own: &Own, parts: &Parts) -> Result<(), Bilingual> {
    let others: Vec<Own> = list().await.into_iter().filter(|other| other.id != own.id).collect();
    if others.len() >= MOST || others.iter().map(|other| other.bytes).sum::<f64>() + own.bytes > MOST_BYTES {
        return Err(Bilingual::fixed(
            "32 tokenizers or 512 MB are kept already; remove one first",
            "已保存 32 个分词器或 512 MB，请先移除一些",
        ));
    }
    let write = async {
        let files = Array::new();
        for (name, text) in parts {
            let blob = Blob::new_with_str_sequence(&Array::of1(&text.into()))?;
            files.push(&Array::of2(&name.into(), &blob));
        }
        let record = record(own)?;
        Reflect::set(&record, &FILES.into(), &files)?;
        let (transaction, store) = store(TOKENIZERS, IdbTransactionMode::Readwrite).await?;
        store.put_with_key(&record, &own.id.as_str().into())?;
        committed(&transaction).await
    };
    write.await.map_err(|error: JsValue| {
        let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
        if name.as_deref() == Some("QuotaExceededError") {
            Bilingual::fixed("the disk, or the browser’s share of it, is full", "磁盘或浏览器的存储配额已满")
        } else {
            Bilingual::fixed(
                "the browser keeps nothing, as in a private window",
                "浏览器不允许保存数据（如无痕窗口）",
            )
        }
    })
}

/// Forgets a tokenizer.
pub(super) async fn forget(id: &str) {
    let write = async {
        let (transaction, store) = store(TOKENIZERS, IdbTransactionMode::Readwrite).await?;
        store.delete(&id.into())?;
        committed(&transaction).await
    };
    // Where nothing can be written, nothing was kept.
    let _: Result<(), JsValue> = write.await;
}
