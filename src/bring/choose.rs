//! Which of some files are a tokenizer's: by their names, and the name of a single file by what it holds.

use super::{CONFIG, NAMES, TEMPLATE, TEMPLATES, TOKENIZER};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// A file that is read: its name in a tokenizer's folder, and its place in the list that was given.
pub type Part = (String, usize);

/// What some files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The files to read, the main one first.
    pub parts: Vec<Part>,
    /// The name of the folder they are in, where it says something.
    pub name: Option<String>,
}

/// The last part of a path.
pub fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whether a name ends so, whatever the letters' case.
fn ends(name: &str, end: &str) -> bool {
    let tail = name.len().checked_sub(end.len()).and_then(|start| name.get(start..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// Whether a file can be part of a tokenizer that is brought, so that it is not taken for a dialogue.
pub fn is_ones(path: &str) -> bool {
    let name = base(path);
    NAMES.contains(&name) || ends(name, ".zip") || ends(name, ".jinja") || foreign(name).is_some()
}

/// A path without its tricks: one kind of separator, nothing above the top, no leftovers of macOS.
fn clean(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>();
    let odd = |part: &&str| *part == ".." || *part == "__MACOSX" || part.starts_with("._");
    (!parts.iter().any(odd)).then(|| parts.join("/"))
}

/// Finds a tokenizer's files among paths: the folder with `tokenizer.json` that lies highest. Without one, a single
/// template or configuration is what there is.
pub fn choose<S: AsRef<str>>(paths: &[S]) -> Result<Found, Diagnostic> {
    let all: Vec<(String, usize)> =
        paths.iter().enumerate().filter_map(|(place, path)| Some((clean(path.as_ref())?, place))).collect();
    let depth = |path: &str| path.matches('/').count();
    let main = all.iter().filter(|(path, _)| base(path) == TOKENIZER);
    let Some((main, _)) = main.min_by_key(|(path, _)| (depth(path), path.clone())) else {
        return without_main(&all);
    };
    let folder = &main[..main.len() - TOKENIZER.len()];
    let mut parts: Vec<Part> = Vec::new();
    for name in NAMES {
        let file = all.iter().find(|(path, _)| path.strip_prefix(folder) == Some(name));
        parts.extend(file.map(|(_, place)| (name.to_owned(), *place)));
    }
    for (path, place) in &all {
        let named = path.strip_prefix(folder).and_then(|path| path.strip_prefix(TEMPLATES));
        if let Some(name) = named.filter(|name| !name.contains('/') && name.strip_suffix(".jinja").is_some())
        {
            parts.push(([TEMPLATES, name].concat(), *place));
        }
    }
    Ok(Found { parts, name: folder_name(folder) })
}

/// The name that a folder gives: of the hub's own cache, the one that tells the model.
fn folder_name(folder: &str) -> Option<String> {
    let commit = |part: &&str| part.len() == 40 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut parts = folder.split('/').rev().filter(|part| !part.is_empty());
    let name = parts.find(|part| *part != "snapshots" && !commit(part))?;
    Some(name.strip_prefix("models--").map_or_else(|| name.to_owned(), |name| name.replacen("--", "/", 1)))
}

fn without_main(all: &[(String, usize)]) -> Result<Found, Diagnostic> {
    let single = |is: &dyn Fn(&str) -> bool, name: &str| {
        let mut files = all.iter().filter(|(path, _)| is(base(path)));
        let (_, place) = files.next()?;
        files.next().is_none().then(|| Found { parts: vec![(name.to_owned(), *place)], name: None })
    };
    let template = single(&|name| name == TEMPLATE, TEMPLATE);
    let template = template.or_else(|| single(&|name| ends(name, ".jinja"), TEMPLATE));
    // Weights lie beside every tokenizer, and say nothing of it.
    let (weights, others): (Vec<_>, Vec<_>) = all.iter().partition(|(path, _)| is_weights(base(path)));
    let other = others.iter().chain(&weights).find_map(|(path, _)| foreign(base(path)));
    // A template beside a tokenizer that can't be read is not what was meant.
    match other {
        Some(what) => Err(missing(&what, true)),
        None => template.or_else(|| single(&|name| name == CONFIG, CONFIG)).ok_or_else(|| {
            let names: Vec<&str> = all.iter().take(5).map(|(path, _)| base(path)).collect();
            let listed = if names.is_empty() { "—".to_owned() } else { names.join(", ") };
            missing(
                &Bilingual::new(["what is there: ", &listed].concat(), ["里面有：", &listed].concat()),
                false,
            )
        }),
    }
}

fn is_weights(name: &str) -> bool {
    ends(name, ".gguf") || ends(name, ".safetensors")
}

/// What a file of another kind of tokenizer is.
fn foreign(name: &str) -> Option<Bilingual> {
    let words = match name {
        "vocab.json" | "merges.txt" => ("`vocab.json` and `merges.txt`", "`vocab.json` 和 `merges.txt`"),
        "vocab.txt" => ("`vocab.txt`", "`vocab.txt`"),
        "tekken.json" => ("Mistral’s `tekken.json`", "Mistral 的 `tekken.json`"),
        "tokenizer.model" | "spiece.model" | "sentencepiece.bpe.model" => {
            ("a SentencePiece model", "SentencePiece 模型")
        }
        _ if ends(name, ".tiktoken") => ("a tiktoken file", "tiktoken 文件"),
        _ if is_weights(name) => ("a model’s weights", "模型权重"),
        _ => return None,
    };
    Some(Bilingual::fixed(words.0, words.1))
}

fn missing(found: &Bilingual, convert: bool) -> Diagnostic {
    let message = Bilingual::new(
        ["there is no `tokenizer.json`; ", if convert { "only " } else { "" }, &found.en].concat(),
        ["没有 `tokenizer.json`；", if convert { "只有" } else { "" }, &found.zh].concat(),
    );
    let hint = if convert {
        Bilingual::fixed(
            "make one in Python: `AutoTokenizer.from_pretrained(\"FOLDER\").save_pretrained(\"OUT\")`, and bring the folder OUT",
            "用 Python 转换：`AutoTokenizer.from_pretrained(\"FOLDER\").save_pretrained(\"OUT\")`，然后拖入 OUT 文件夹",
        )
    } else {
        Bilingual::fixed(
            "choose the folder of the model that has it; an archive of dialogues has to be unpacked",
            "请选择含有该文件的模型文件夹；若是对话数据的压缩包，请先解压",
        )
    };
    Diagnostic::new(Severity::Error, "no-tokenizer-json", message).hint(hint)
}

/// The name that a single file should have, by what it holds.
pub fn name_of(text: &str) -> &'static str {
    let has = |key: &str| text.contains(key);
    if !text.trim_start().starts_with('{')
        || text.trim_start().starts_with("{%")
        || text.trim_start().starts_with("{{")
    {
        return if has("{%") || has("{{") { TEMPLATE } else { TOKENIZER };
    }
    let main = has("\"model\"") && (has("\"added_tokens\"") || has("\"pre_tokenizer\""));
    if !main && (has("\"chat_template\"") || has("\"tokenizer_class\"")) { CONFIG } else { TOKENIZER }
}

/// Whether the beginning of a file is that of a `tokenizer.json`, whatever its name.
pub fn begins_like_one(start: &str) -> bool {
    let start = start.trim_start();
    start.starts_with('{') && start.contains("\"version\"") && start.contains("\"truncation\"")
}
