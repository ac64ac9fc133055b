//! Where the browser keeps the dialogues that were worked on: a store of `IndexedDB` beside that of the tokenizers. A record is
//! what is listed of it ([`Entry`]) with the state as a blob of JSON, the same that a link holds.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, IdbTransactionMode};

use super::store::{self, HISTORY, answer, committed};
use crate::app::history::{Entry, LONGEST, going, mark, title};
use crate::app::link;
use crate::app::state::Choices;
use crate::app::wire::{FromWorker, History, Past, Unpacked};
use crate::bilingual::Bilingual;

const STATE: &str = "state";

/// Does what was asked; what there is to say to it.
pub(super) async fn done(asked: History) -> Option<FromWorker> {
    match asked {
        History::List => {}
        // Where the browser keeps nothing, there is nothing to say: it was not asked for.
        History::Keep(id, choices) => {
            let _ = keep(id, &choices).await;
            return None;
        }
        History::Open(id) => {
            let opened = open(&id).await.ok_or_else(gone);
            return Some(FromWorker::Unpacked(Box::new(opened)));
        }
        History::Erase(id) => {
            let _ = erase(&[&id]).await;
        }
    }
    Some(FromWorker::Past(list().await.iter().map(past).collect()))
}

fn past(entry: &Entry) -> Past {
    let date = js_sys::Date::new(&entry.when.into());
    let options = Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let in_words = |tag: &str| date.to_locale_string(tag, &options).into();
    Past { id: entry.id.clone(), title: entry.title.clone(), when: [in_words("en"), in_words("zh-Hans")] }
}

/// What is kept, the newest first.
async fn list() -> Vec<Entry> {
    let records = async {
        let (_, store) = store::store(HISTORY, IdbTransactionMode::Readonly).await?;
        answer(&store.get_all()?).await
    };
    let records: Array = records.await.map_or_else(|_: JsValue| Array::new(), JsCast::unchecked_into);
    let mut entries: Vec<Entry> = records.iter().filter_map(|record| store::read(&record)).collect();
    entries.sort_by(|a, b| b.when.total_cmp(&a.when));
    entries
}

async fn keep(id: String, choices: &Choices) -> Result<(), JsValue> {
    let json = link::write(choices);
    if json.len() > LONGEST {
        return Ok(());
    }
    let entry = Entry {
        id,
        title: title(&choices.dialogue, choices.format.as_deref()),
        when: js_sys::Date::now(),
        bytes: json.len() as f64,
        mark: mark(&choices.dialogue),
    };
    let others = list().await;
    erase(&going(&others, &entry)).await?;
    let record = store::record(&entry)?;
    let blob = Blob::new_with_str_sequence(&Array::of1(&json.into()))?;
    Reflect::set(&record, &STATE.into(), &blob)?;
    let (transaction, store) = store::store(HISTORY, IdbTransactionMode::Readwrite).await?;
    store.put_with_key(&record, &entry.id.as_str().into())?;
    committed(&transaction).await
}

async fn erase(ids: &[&str]) -> Result<(), JsValue> {
    if ids.is_empty() {
        return Ok(());
    }
    let (transaction, store) = store::store(HISTORY, IdbTransactionMode::Readwrite).await?;
    for id in ids {
        store.delete(&(*id).into())?;
    }
    committed(&transaction).await
}

async fn open(id: &str) -> Option<Unpacked> {
    let record = async {
        let (_, store) = store::store(HISTORY, IdbTransactionMode::Readonly).await?;
        answer(&store.get(&id.into())?).await
    };
    let record: Result<JsValue, JsValue> = record.await;
    let blob: Blob = Reflect::get(&record.ok()?, &STATE.into()).ok()?.dyn_into().ok()?;
    let json = JsFuture::from(blob.text()).await.ok()?.as_string()?;
    let kept = store::list().await;
    let (choices, note) = link::read(json.as_bytes(), |id| kept.iter().any(|own| own.id == id)).ok()?;
    Some(Unpacked { choices, note })
}

const fn gone() -> Bilingual {
    Bilingual::fixed(
        "This dialogue is no longer kept in this browser; nothing was changed.",
        "此浏览器中已没有这段对话，页面内容未改动。",
    )
}
