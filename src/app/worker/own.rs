//! Tokenizers that the user brings: the files are found, unpacked and read, tried, and kept.

use gloo::worker::{HandlerId, WorkerScope};
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use super::file::{bytes_of, cut, fetch, not_readable, text_of};
use super::store::{self, Parts};
use super::streams::{read_stream, unpacker};
use super::{Analyst, Fetching};
use crate::app::wire::{Brought, FromWorker, Given, Own};
use crate::bilingual::Bilingual;
use crate::bring::choose::{self, choose};
use crate::bring::zip::{self, Entry, Fault};
use crate::bring::{self, CONFIG, LARGEST, OWN, TEMPLATE};
use crate::diagnostic::{Diagnostic, Severity};
use crate::tokenizer::Tokenizer;

/// What the user's files are.
pub struct Gathered {
    name: String,
    host: Option<String>,
    parts: Parts,
}

/// Finds a tokenizer's files among those that were given, and reads them.
pub(super) async fn gather(given: Given) -> Result<Gathered, Diagnostic> {
    let (name, parts) = read(&given).await?;
    let name = match given.name.or(name) {
        Some(name) => name.chars().filter(|c| !c.is_control()).take(120).collect(),
        None => free_name().await,
    };
    Ok(Gathered { name, host: given.host, parts })
}

/// A name for a tokenizer whose files give none.
async fn free_name() -> String {
    let taken = store::list().await;
    let name = |number: usize| match number {
        1 => "tokenizer".to_owned(),
        number => ["tokenizer ", &number.to_string()].concat(),
    };
    let is_free = |name: &String| taken.iter().all(|own| own.name() != name);
    (1..=taken.len() + 1).map(name).find(is_free).unwrap_or_else(|| name(1))
}

async fn read(given: &Given) -> Result<(Option<String>, Parts), Diagnostic> {
    let zipped = |path: &str| path.len() > 4 && path.to_ascii_lowercase().ends_with(".zip");
    let paths: Vec<&str> = given.files.iter().map(|(path, _)| path.as_str()).collect();
    let plain = paths.iter().any(|path| choose::base(path) == bring::TOKENIZER);
    if let Some((path, url)) = given.files.iter().find(|(path, _)| zipped(path) && !plain) {
        let name = choose::base(path);
        let (inside, parts) = archive(&opened(url).await?).await?;
        return Ok((inside.or_else(|| name.get(..name.len() - 4).map(str::to_owned)), parts));
    }
    if let [(path, url)] = &given.files[..]
        && !choose::is_ones(path)
    {
        let text = text_of(small(opened(url).await?)?).await?;
        return Ok((None, vec![(choose::name_of(&text).to_owned(), text)]));
    }
    let found = choose(&paths)?;
    let mut parts = Parts::new();
    let mut left = LARGEST as f64;
    for (name, place) in found.parts {
        let Some((_, url)) = given.files.get(place) else { continue };
        let blob = small(opened(url).await?)?;
        left -= blob.size();
        if left < 0.0 {
            return Err(too_large());
        }
        parts.push((name, text_of(blob).await?));
    }
    Ok((found.name, parts))
}

async fn opened(url: &str) -> Result<Blob, Diagnostic> {
    fetch(url).await.map_err(|error| not_readable(&error))
}

fn small(blob: Blob) -> Result<Blob, Diagnostic> {
    if blob.size() <= LARGEST as f64 { Ok(blob) } else { Err(too_large()) }
}

/// Reads a tokenizer's files out of an archive; nothing else of it is unpacked.
async fn archive(blob: &Blob) -> Result<(Option<String>, Parts), Diagnostic> {
    let size = blob.size();
    let tail = bytes_of(blob, (size - zip::TAIL as f64).max(0.0), size).await?;
    let directory = zip::directory(&tail, size as u64).map_err(Fault::explain)?;
    let start = directory.start as f64;
    let bytes = bytes_of(blob, start, start + directory.len as f64).await?;
    let entries = zip::entries(&bytes, directory).map_err(Fault::explain)?;
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let found = choose(&paths)?;
    let mut parts = Parts::new();
    let mut left = LARGEST as u64;
    for (name, place) in found.parts {
        let Some(entry) = entries.get(place) else { continue };
        left = left.checked_sub(entry.size).ok_or_else(|| Fault::Bomb.explain())?;
        let unpacked = unpack(blob, entry).await?;
        parts.push((name, text_of(unpacked).await?));
    }
    Ok((found.name, parts))
}

async fn unpack(blob: &Blob, entry: &Entry) -> Result<Blob, Diagnostic> {
    let deflated = entry.deflated.map_err(Fault::explain)?;
    let header = bytes_of(blob, entry.header as f64, (entry.header + zip::HEADER) as f64).await?;
    let data = entry.data(&header, blob.size() as u64).map_err(Fault::explain)?;
    let packed = cut(blob, data.start as f64, data.end as f64)?;
    let unpacked = if deflated {
        let stream = unpacker("deflate-raw").map(|unpacker| packed.stream().pipe_through(&unpacker));
        let stream = stream.map_err(|error| not_readable(&error))?;
        // An archive may say what it likes: no more is unpacked than it said.
        let read = read_stream(&stream, entry.size as f64, |_| ()).await;
        read.map_err(|_| Fault::Damaged.explain())?.ok_or_else(|| Fault::Bomb.explain())?
    } else {
        packed
    };
    if entry.is_whole(&bytes_of(&unpacked, 0.0, unpacked.size()).await?) {
        Ok(unpacked)
    } else {
        Err(Fault::Damaged.explain())
    }
}

impl Analyst {
    /// Tries what was gathered, answers what it is, and keeps a tokenizer.
    pub(super) fn bring(
        &mut self,
        scope: &WorkerScope<Self>,
        page: HandlerId,
        gathered: Result<Gathered, Diagnostic>,
    ) {
        let tried = gathered.and_then(|gathered| match bring::files(&gathered.parts) {
            Some(files) => {
                let tokenizer = Tokenizer::from_files(&files)?;
                Ok((gathered, Some(tokenizer)))
            }
            None => Ok((gathered, None)),
        });
        let (gathered, tokenizer) = match tried {
            Ok((gathered, Some(tokenizer))) => (gathered, tokenizer),
            Ok((gathered, None)) => {
                return scope.respond(page, FromWorker::Brought(template_only(&gathered.parts)));
            }
            Err(why) => return scope.respond(page, FromWorker::Brought(Err(why))),
        };
        let id = [OWN, &gathered.name].concat();
        let mut own = Own {
            entries: tokenizer.vocab_size() as u32,
            bytes: gathered.parts.iter().map(|(_, text)| text.len() as f64).sum(),
            host: gathered.host,
            kept: true,
            id,
        };
        let has_template = tokenizer.chat_templates().contains_key("default");
        self.engine.add_tokenizer(own.id.as_str(), tokenizer);
        let scope = scope.clone();
        spawn_local(async move {
            let kept = store::put(&own, &gathered.parts).await;
            own.kept = kept.is_ok();
            let note = note(own.name(), has_template, kept);
            scope.respond(page, FromWorker::Brought(Ok(Brought::Tokenizer(own, note))));
        });
    }

    /// Reads a tokenizer that is kept.
    pub(super) fn load_own(scope: &WorkerScope<Self>, page: HandlerId, id: String) {
        let scope = scope.clone();
        spawn_local(async move {
            let parts = store::load(&id).await.ok_or_else(not_kept);
            scope.send_message(Fetching::Done(page, id, parts));
        });
    }

    /// Forgets a tokenizer.
    pub(super) fn forget(&mut self, id: String) {
        self.engine.remove_tokenizer(&id);
        spawn_local(async move { store::forget(&id).await });
    }
}

/// What a tokenizer that was brought has, and whether it is kept.
fn note(name: &str, has_template: bool, kept: Result<(), Bilingual>) -> Bilingual {
    let (template_en, template_zh) = if has_template {
        ("", "")
    } else {
        (
            " It has no chat template: choose one, or bring its `tokenizer_config.json` or `chat_template.jinja` too.",
            "其中没有聊天模板：请另选一个，或连同 `tokenizer_config.json`、`chat_template.jinja` 一起提供。",
        )
    };
    match kept {
        Ok(()) => Bilingual::new(
            format!("{name} is in use, and kept in this browser until you remove it.{template_en}"),
            format!("已启用 {name}，它会保存在此浏览器中，直到你移除。{template_zh}"),
        ),
        Err(why) => Bilingual::new(
            format!("{name} is in use in this tab only: {}.{template_en}", why.en),
            format!("已启用 {name}，但仅限本标签页：{}。{template_zh}", why.zh),
        ),
    }
}

/// A chat template without a tokenizer, from its own file or from a configuration.
fn template_only(parts: &Parts) -> Result<Brought, Diagnostic> {
    let find = |wanted: &str| parts.iter().find(|(name, _)| name == wanted).map(|(_, text)| text);
    if let Some(template) = find(TEMPLATE) {
        return Ok(Brought::Template(
            template.clone(),
            Bilingual::fixed(
                "The chat template is in use as your own; the tokenizer is the one that was chosen.",
                "已将该聊天模板作为自定义模板使用，分词器保持不变。",
            ),
        ));
    }
    let config = find(CONFIG).and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let template = config.as_ref().and_then(|config| {
        let template = &config["chat_template"];
        let named = |name: &str| template.as_array()?.iter().find(|entry| entry["name"] == name);
        template.as_str().or_else(|| named("default")?["template"].as_str())
    });
    template.map_or_else(
        || {
            Err(Diagnostic::new(
                Severity::Error,
                "no-tokenizer-json",
                Bilingual::fixed(
                    "`tokenizer_config.json` alone has no vocabulary, and this one has no chat template",
                    "`tokenizer_config.json` 本身不含词表，而且这一份也没有聊天模板",
                ),
            )
            .hint(Bilingual::fixed(
                "bring it together with `tokenizer.json`",
                "请与 `tokenizer.json` 一起提供",
            )))
        },
        |template| {
            Ok(Brought::Template(
                template.to_owned(),
                Bilingual::fixed(
                    "Of `tokenizer_config.json` only the chat template is in use, as your own: its special tokens belong to a `tokenizer.json`, so bring both together to use them.",
                    "只采用了 `tokenizer_config.json` 中的聊天模板（作为自定义模板）：特殊 token 需与 `tokenizer.json` 一起提供才会生效。",
                ),
            ))
        },
    )
}

fn too_large() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "tokenizer-too-large",
        Bilingual::fixed(
            "the files of the tokenizer are larger than 128 MB together",
            "分词器的文件合计超过 128 MB",
        ),
    )
    .hint(Bilingual::fixed(
        "bring only the tokenizer’s own files; the largest that is known has 33 MB",
        "请只提供分词器自身的文件；已知最大的也只有 33 MB",
    ))
}

fn not_kept() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "tokenizer-not-kept",
        Bilingual::fixed(
            "the tokenizer that you brought is no longer kept in this browser",
            "你提供的分词器已不在此浏览器中",
        ),
    )
    .hint(Bilingual::fixed("bring its files again", "请重新提供它的文件"))
}
