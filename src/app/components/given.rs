//! Files that the user gives as a tokenizer's: chosen, dropped as files or folders, or pasted.

use js_sys::{Array, JsString, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry, Url,
};

use crate::app::components::shared::Dispatch;
use crate::app::state::Action;
use crate::app::wire::Given;
use crate::bring::choose::is_ones;

/// A folder with more files than this is looked through no further: a tokenizer's files lie high.
const MOST_FILES: usize = 2_000;
/// So many folders deep.
const DEEPEST: usize = 6;

/// Hands files over. An address is made only for those that will be read; it lives until they have been.
pub(crate) fn bring(files: &[(String, File)], dispatch: &Dispatch) {
    let given = files.iter().map(|(path, file)| {
        let read = files.len() == 1 || is_ones(path);
        let url = read.then(|| Url::create_object_url_with_blob(file).ok()).flatten();
        (path.clone(), url.unwrap_or_default())
    });
    dispatch.dispatch(Action::Bring(Given { files: given.collect(), ..Given::default() }));
}

/// Hands over a text, a JavaScript string.
pub(crate) fn bring_text(text: &JsValue, dispatch: &Dispatch) {
    let url = Blob::new_with_str_sequence(&Array::of1(text))
        .and_then(|blob| Url::create_object_url_with_blob(&blob))
        .unwrap_or_default();
    dispatch.dispatch(Action::Bring(Given { files: vec![(String::new(), url)], ..Given::default() }));
}

/// What was chosen in the browser's own dialog, of files or of a folder.
pub(crate) fn chosen(files: &FileList) -> Vec<(String, File)> {
    let path = |file: &File| {
        let relative =
            Reflect::get(file, &"webkitRelativePath".into()).ok().and_then(|path| path.as_string());
        relative.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
    };
    (0..files.length()).filter_map(|at| files.get(at)).map(|file| (path(&file), file)).collect()
}

/// Takes what was dropped where it can be a tokenizer: a folder, or files with the names of one's. False where it is
/// something else.
pub(crate) fn dropped(data: &DataTransfer, dispatch: &Dispatch) -> bool {
    let items = data.items();
    // The entries can be asked for only now; reading them takes longer.
    let entries: Vec<FileSystemEntry> =
        (0..items.length()).filter_map(|at| items.get(at)?.webkit_get_as_entry().ok().flatten()).collect();
    if entries.iter().any(FileSystemEntry::is_directory) {
        let dispatch = dispatch.clone();
        spawn_local(async move { bring(&walk(entries).await, &dispatch) });
        return true;
    }
    let files = data.files().map(|files| chosen(&files)).unwrap_or_default();
    let ones = files.iter().any(|(path, _)| is_ones(path));
    if ones {
        bring(&files, dispatch);
    }
    ones
}

/// The files in folders, with their paths.
async fn walk(entries: Vec<FileSystemEntry>) -> Vec<(String, File)> {
    let mut found = Vec::new();
    let mut left: Vec<(FileSystemEntry, usize)> = entries.into_iter().map(|entry| (entry, 0)).collect();
    while let Some((entry, depth)) = left.pop() {
        if found.len() + left.len() > MOST_FILES {
            break;
        }
        // Browsers have given these classes other names, so they are not asked for by name.
        if entry.is_directory() {
            let reader = entry.unchecked_ref::<FileSystemDirectoryEntry>().create_reader();
            // It answers with a hundred at a time, and with none at the end.
            loop {
                let read = settled(|resolve, reject| {
                    let _ = reader.read_entries_with_callback_and_callback(resolve, reject);
                });
                let Ok(inside) = read.await else { break };
                let inside: Array = inside.unchecked_into();
                if inside.length() == 0 || depth >= DEEPEST || left.len() > MOST_FILES {
                    break;
                }
                left.extend(inside.iter().map(|entry| (entry.unchecked_into(), depth + 1)));
            }
        } else {
            let file = entry.unchecked_ref::<FileSystemFileEntry>();
            let read = settled(|resolve, reject| file.file_with_callback_and_callback(resolve, reject));
            if let Ok(file) = read.await {
                found.push((entry.full_path(), file.unchecked_into()));
            }
        }
    }
    found
}

async fn settled(mut ask: impl FnMut(&js_sys::Function, &js_sys::Function)) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::new(&mut |resolve, reject| ask(&resolve, &reject))).await
}

/// The text on a clipboard, still a JavaScript string, where it is longer than `most`: a box would choke on it.
pub(crate) fn long_paste(event: &JsValue, most: u32) -> Option<JsValue> {
    let data = Reflect::get(event, &"clipboardData".into()).ok()?;
    let get: js_sys::Function = Reflect::get(&data, &"getData".into()).ok()?.dyn_into().ok()?;
    let text = get.call1(&data, &"text/plain".into()).ok()?;
    (text.dyn_ref::<JsString>()?.length() > most).then_some(text)
}
