//! A file that the user opened: its rows are found while its bytes come, and one is read when somebody looks at it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DedicatedWorkerGlobalScope, Response, TextDecoder, TextDecoderOptions};

use crate::app::wire::FromWorker;
use crate::bilingual::Bilingual;
use crate::bring::choose::begins_like_one;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::{self, Conversation, MAX_BYTES, Splitter};

/// A file up to this size goes into the box as it is.
const SMALL: f64 = 262_144.0;
/// So many bytes are looked through at a time.
const STEP: f64 = 1_048_576.0;
/// More than this is not looked through: places are counted in 32 bits.
const LARGEST: f64 = 2_147_483_648.0;

/// The open file.
pub(super) struct OpenedFile {
    url: String,
    blob: Blob,
    rows: Rows,
}

/// Where its conversations are.
enum Rows {
    /// In these bytes of the file.
    In(Splitter),
    /// The file was read as a whole, and these are their texts.
    Texts(Vec<String>),
}

type Shelf = Rc<RefCell<Option<OpenedFile>>>;

/// Looks through the file at `url`, and tells how far it is and what its first conversation is.
pub(super) async fn open(shelf: Shelf, url: String, tell: impl Fn(FromWorker)) {
    if let Err(why) = look_through(&shelf, &url, &tell).await {
        *shelf.borrow_mut() = None;
        tell(FromWorker::NoFile(why));
    }
}

/// Sends the text of one conversation.
pub(super) async fn row(shelf: Shelf, row: usize, tell: impl Fn(FromWorker)) {
    let part = match &*shelf.borrow() {
        None => return,
        Some(OpenedFile { rows: Rows::Texts(texts), .. }) => {
            if let Some(text) = texts.get(row) {
                tell(FromWorker::Row(row, text.clone()));
            }
            return;
        }
        Some(OpenedFile { blob, rows: Rows::In(splitter), .. }) => {
            let Some(span) = splitter.rows().get(row) else { return };
            if span.len() > MAX_BYTES {
                return tell(FromWorker::NoFile(too_large()));
            }
            cut(blob, span.start as f64, span.end as f64)
        }
    };
    let text = async { read_telling(part?, &tell).await };
    tell(text.await.map_or_else(FromWorker::NoFile, |text| FromWorker::Row(row, text)));
}

/// The texts of the first conversations, up to `most` of them and to what may be read at once.
pub(super) async fn texts(shelf: Shelf, most: usize) -> Vec<String> {
    let mut texts = Vec::new();
    let mut bytes = 0;
    while texts.len() < most && bytes < MAX_BYTES {
        let part = match &*shelf.borrow() {
            None => break,
            Some(OpenedFile { rows: Rows::Texts(all), .. }) => match all.get(texts.len()) {
                Some(text) => Err(text.clone()),
                None => break,
            },
            Some(OpenedFile { blob, rows: Rows::In(splitter), .. }) => {
                let Some(span) = splitter.rows().get(texts.len()) else { break };
                if span.len() > MAX_BYTES {
                    break;
                }
                Ok(cut(blob, span.start as f64, span.end as f64))
            }
        };
        let text = match part {
            Ok(part) => async { text_of(part?).await }.await.unwrap_or_default(),
            Err(text) => text,
        };
        bytes += text.len();
        texts.push(text);
    }
    texts
}

async fn look_through(shelf: &Shelf, url: &str, tell: &impl Fn(FromWorker)) -> Result<(), Diagnostic> {
    let blob = fetch(url).await.map_err(|error| not_readable(&error))?;
    let size = blob.size();
    let start = bytes_of(&blob, 0.0, 512.0).await?;
    if let Some(what) = binary(&start) {
        return Err(what);
    }
    if begins_like_one(&String::from_utf8_lossy(&start)) {
        return Err(tokenizer_file());
    }
    if size > LARGEST {
        return Err(too_large());
    }
    let opened = OpenedFile { url: url.to_owned(), blob: blob.clone(), rows: Rows::In(Splitter::default()) };
    *shelf.borrow_mut() = Some(opened);
    if size > SMALL && find_rows(shelf, url, &blob, tell).await? {
        return Ok(());
    }
    if size > MAX_BYTES as f64 {
        return Err(too_large());
    }
    let text = read_telling(blob, tell).await?;
    let texts = if size > SMALL { conversations(text) } else { vec![text] };
    let (count, first) = (texts.len(), texts[0].clone());
    put(shelf, url, Rows::Texts(texts));
    tell(FromWorker::Indexed { rows: count, share: 1.0, done: true });
    tell(FromWorker::Row(0, first));
    Ok(())
}

/// Finds the rows of a large file; false where it has to be read as a whole. Stops when another file was opened.
async fn find_rows(
    shelf: &Shelf,
    url: &str,
    blob: &Blob,
    tell: &impl Fn(FromWorker),
) -> Result<bool, Diagnostic> {
    let size = blob.size();
    let mut at = 0.0;
    let mut told = false;
    while at < size {
        let bytes = bytes_of(blob, at, at + STEP).await?;
        at += STEP;
        let (rows, first) = {
            let mut shelf = shelf.borrow_mut();
            let Some(OpenedFile { rows: Rows::In(splitter), url: of, .. }) = &mut *shelf else {
                return Ok(true);
            };
            if of != url {
                return Ok(true);
            }
            splitter.feed(&bytes);
            if at >= size {
                splitter.finish();
            }
            if splitter.is_whole() {
                return Ok(false);
            }
            (splitter.rows().len(), splitter.rows().first().copied())
        };
        tell(FromWorker::Indexed { rows, share: (at / size).min(1.0), done: at >= size });
        if let Some(first) = first.filter(|_| !told) {
            told = true;
            let first = read_telling(cut(blob, first.start as f64, first.end as f64)?, tell).await?;
            tell(FromWorker::Row(0, first));
        }
    }
    Ok(told)
}

/// The conversations of a file that has to be read as a whole, each as a text of its own; the text itself where it holds
/// only one.
fn conversations(text: String) -> Vec<String> {
    let read = dialogue::read(&text);
    if read.conversations.len() < 2 {
        return vec![text];
    }
    read.conversations.iter().map(written).collect()
}

/// A conversation as indented JSON, in `OpenAI`'s shape.
fn written(conversation: &Conversation) -> String {
    let mut row = serde_json::Map::new();
    row.insert("messages".to_owned(), conversation.messages_to_json());
    if let Some(tools) = &conversation.tools {
        row.insert("tools".to_owned(), tools.to_json());
    }
    row.extend(conversation.extra.iter().map(|(key, value)| (key.text.clone(), value.to_json())));
    serde_json::to_string_pretty(&row).unwrap_or_default()
}

fn put(shelf: &Shelf, url: &str, rows: Rows) {
    if let Some(file) = shelf.borrow_mut().as_mut().filter(|file| file.url == url) {
        file.rows = rows;
    }
}

pub(super) async fn fetch(url: &str) -> Result<Blob, JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let response: Response = JsFuture::from(scope.fetch_with_str(url)).await?.unchecked_into();
    Ok(JsFuture::from(response.blob()?).await?.unchecked_into())
}

/// The bytes `start..end` of the file.
pub(super) fn cut(blob: &Blob, start: f64, end: f64) -> Result<Blob, Diagnostic> {
    blob.slice_with_f64_and_f64(start, end).map_err(|error| not_readable(&error))
}

async fn buffer_of(part: &Blob) -> Result<ArrayBuffer, Diagnostic> {
    let buffer = JsFuture::from(part.array_buffer()).await.map_err(|error| not_readable(&error))?;
    Ok(buffer.unchecked_into())
}

pub(super) async fn bytes_of(blob: &Blob, start: f64, end: f64) -> Result<Vec<u8>, Diagnostic> {
    let buffer = buffer_of(&cut(blob, start, end)?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// The text of a part of a file.
pub(super) async fn text_of(part: Blob) -> Result<String, Diagnostic> {
    Ok(decoded(part).await?.0)
}

/// The text of a part of the file; tells of an encoding that was guessed.
async fn read_telling(part: Blob, tell: &impl Fn(FromWorker)) -> Result<String, Diagnostic> {
    let (text, encoding) = decoded(part).await?;
    if let Some(encoding) = encoding {
        tell(FromWorker::Decoded(encoding.to_uppercase()));
    }
    Ok(text)
}

/// A text: UTF-8, or what Windows writes in China and elsewhere, which is named then.
async fn decoded(part: Blob) -> Result<(String, Option<&'static str>), Diagnostic> {
    let buffer = buffer_of(&part).await?;
    let decode = |label: &str, fatal: bool| {
        let options = TextDecoderOptions::new();
        options.set_fatal(fatal);
        TextDecoder::new_with_label_and_options(label, &options)?.decode_with_buffer_source(&buffer)
    };
    let start = Uint8Array::new_with_byte_offset_and_length(&buffer, 0, buffer.byte_length().min(2)).to_vec();
    let other = if start == [0xff, 0xfe] { "utf-16le" } else { "gb18030" };
    let read = decode("utf-8", true).map(|text| (text, None));
    read.or_else(|_| Ok((decode(other, false)?, Some(other)))).map_err(|error| not_readable(&error))
}

/// A file that begins like one that holds no text, and what to do with it.
fn binary(start: &[u8]) -> Option<Diagnostic> {
    let (en, zh) = match start {
        [b'P', b'A', b'R', b'1', ..] => ("a Parquet file", "Parquet 文件"),
        [b'A', b'R', b'R', b'O', b'W', ..] => ("an Arrow file", "Arrow 文件"),
        [0x1f, 0x8b, ..] | [b'P', b'K', 3, 4, ..] => ("a compressed file", "压缩文件"),
        _ => return None,
    };
    let message = Bilingual::new(format!("this is {en}, not text"), format!("这是{zh}，不是文本"));
    let hint = if en.ends_with("compressed file") {
        Bilingual::fixed("unpack it first", "请先解压")
    } else {
        Bilingual::fixed(
            "write it as JSONL first: `df.to_json(\"rows.jsonl\", orient=\"records\", lines=True, force_ascii=False)`",
            "请先转成 JSONL：`df.to_json(\"rows.jsonl\", orient=\"records\", lines=True, force_ascii=False)`",
        )
    };
    Some(Diagnostic::new(Severity::Error, "file-not-text", message).hint(hint))
}

/// A tokenizer under a name of its own.
fn tokenizer_file() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "file-is-tokenizer",
        Bilingual::fixed("this is a tokenizer, not a dialogue", "这是分词器文件，不是对话"),
    )
    .hint(Bilingual::fixed(
        "call it `tokenizer.json` and drop it again, or choose it in \"Bring your own…\" beside the tokenizer",
        "请将它命名为 `tokenizer.json` 后重新拖入，或在分词器旁的“使用自己的分词器……”中选择它",
    ))
}

fn too_large() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "file-too-large",
        Bilingual::fixed(
            "the file, or one conversation in it, is too large to be read at once",
            "文件（或其中一段对话）太大，无法一次读入",
        ),
    )
    .hint(Bilingual::fixed(
        "write it as JSONL, a line a conversation: such a file may have any length up to 2 GB",
        "请转成 JSONL，每行一段对话：这样的文件最大可到 2 GB",
    ))
}

pub(super) fn not_readable(error: &JsValue) -> Diagnostic {
    let why =
        error.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| String::from(error.message()));
    Diagnostic::new(
        Severity::Error,
        "file-not-readable",
        Bilingual::new(
            format!("the browser can't read the file ({why})"),
            format!("浏览器无法读取该文件（{why}）"),
        ),
    )
    .hint(Bilingual::fixed("open it again", "请重新打开"))
}
