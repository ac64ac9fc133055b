//! The files of a tokenizer ▶ a tokenizer.

use serde_json::{Map, Value, json};
use tokenizers::pipeline::{Model as _, PipelineModel, PipelineTokenizer};

use super::align::{Kind, Rules};
use super::bytes::push_byte_level;
use super::raw::{Lowered, Raw, RawModel};
use super::{normalize, problem};
use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// A tokenizer that was read.
pub(super) struct Loaded {
    /// The library's tokenizer.
    pub(super) pipeline: PipelineTokenizer,
    /// What its model does to text.
    pub(super) rules: Rules,
    /// What its canonical form no longer says.
    pub(super) lowered: Lowered,
    /// One past the largest id.
    pub(super) size: usize,
    /// The added tokens as they are written, which the library forgets where it normalises them.
    pub(super) contents: Vec<(u32, String)>,
}

/// The largest vocabulary that is read; the library keeps tables of this size, however few ids are used.
const LARGEST: usize = 1 << 22;

/// Reads `tokenizer.json`; `further` are added tokens that only `tokenizer_config.json` has.
pub(super) fn load(text: &str, further: &[Value]) -> Result<Loaded, Diagnostic> {
    let raw: Raw = serde_json::from_str(text).map_err(|error| explain(text, &error))?;
    if raw.model.vocab.0 > LARGEST {
        return Err(problem::unsupported(&format!("ids beyond {LARGEST}")));
    }
    let missing: Vec<&Value> = further
        .iter()
        .filter(|token| !raw.added_tokens.iter().any(|added| token["content"] == added.content.as_str()))
        .collect();
    let canonical = raw.version.as_ref().is_some_and(|version| version == "2.0");
    let lowered = match raw.lossmask {
        Some(lowered) => lowered,
        None => Lowered::of(&raw.pre_tokenizer, &raw.post_processor).map_err(problem::unsupported)?,
    };
    let pipeline = if canonical && missing.is_empty() {
        tokenizers::from_json(text).map_err(|error| problem::unsupported(&error.to_string()))?
    } else {
        let mut value: Value = serde_json::from_str(text).map_err(|error| explain(text, &error))?;
        add_tokens(&mut value, &missing);
        canonicalize(&mut value)?;
        tokenizers::from_json(&value.to_string()).map_err(|error| problem::unsupported(&error.to_string()))?
    };
    if let Some(name) = normalize::unsupported(pipeline.get_normalizers()) {
        return Err(problem::unsupported(&format!("normalizer {name}")));
    }
    if raw.model.end_of_word_suffix.as_ref().is_some_and(|suffix| !suffix.is_empty()) {
        return Err(problem::unsupported("model with end_of_word_suffix"));
    }
    let rules = rules(&raw.model, &pipeline);
    let own = raw.added_tokens.iter().map(|token| (token.id, token.content.clone()));
    let others = missing.iter().filter_map(|token| {
        Some((u32::try_from(token["id"].as_u64()?).ok()?, token["content"].as_str()?.to_owned()))
    });
    let contents = own.chain(others).collect();
    let added = pipeline.get_added_vocabulary().get_vocab().values().max().map_or(0, |id| *id as usize + 1);
    let listed = raw.added_tokens.iter().map(|added| added.id as usize + 1).max().unwrap_or(0);
    let size = raw.model.vocab.0.max(added).max(listed.min(raw.model.vocab.0 + raw.added_tokens.len()));
    Ok(Loaded { pipeline, rules, lowered, size, contents })
}

/// The same file in the form that loads quickly, for `cargo xtask build`; loading it gives the same tokenizer.
pub fn pack(text: &str) -> Result<String, Diagnostic> {
    let raw: Raw = serde_json::from_str(text).map_err(|error| explain(text, &error))?;
    let lowered = match raw.lossmask {
        Some(lowered) => lowered,
        None => Lowered::of(&raw.pre_tokenizer, &raw.post_processor).map_err(problem::unsupported)?,
    };
    let mut value: Value = serde_json::from_str(text).map_err(|error| explain(text, &error))?;
    canonicalize(&mut value)?;
    value["lossmask"] = json!(lowered);
    let pipeline = tokenizers::from_json(&value.to_string())
        .map_err(|error| problem::unsupported(&error.to_string()))?;
    if merges_make_every_token(pipeline.get_model()) {
        // Then it changes no id, and the library need not prove it again at each load.
        value["model"]["ignore_merges"] = json!(true);
    }
    Ok(value.to_string())
}

/// Whether the model is a BPE by whose merges every token's own text becomes that token, so that a word which is a token
/// may be taken for it without merging. A token that is no text by itself, half a character, can't be a word.
fn merges_make_every_token(model: &PipelineModel) -> bool {
    let PipelineModel::BPE(bpe) = model else { return false };
    let Ok(config) = bpe.to_config() else { return false };
    let mut scratch = model.init_scratch();
    config.vocab.iter().all(|(token, id)| {
        let mut bytes = Vec::new();
        if !config.byte_level || !push_byte_level(token, &mut bytes) {
            bytes = token.clone().into_bytes();
        }
        let Ok(word) = String::from_utf8(bytes) else { return true };
        let mut found = Vec::new();
        model.tokenize_pipeline(&word, &mut scratch, &mut found).is_ok()
            && matches!(&found[..], [one] if one.id() == *id)
    })
}

/// Rewrites a file of an older version, with what the rewriting refuses or changes taken out first.
fn canonicalize(value: &mut Value) -> Result<(), Diagnostic> {
    let pre_tokenizer = &mut value["pre_tokenizer"];
    let clear = |step: &mut Value| {
        if step["type"] == "ByteLevel" {
            step["add_prefix_space"] = json!(false);
        }
    };
    if let Some(members) = pre_tokenizer.get_mut("pretokenizers").and_then(Value::as_array_mut) {
        members.iter_mut().for_each(clear);
    } else if pre_tokenizer.is_object() {
        clear(pre_tokenizer);
    }
    value["truncation"] = Value::Null;
    value["padding"] = Value::Null;
    tokenizers::canonicalize_value(value).map_err(|error| problem::unsupported(&error.to_string()))
}

/// Adds tokens, as `{id, content, …}`, to the list of the file.
fn add_tokens(value: &mut Value, tokens: &[&Value]) {
    if tokens.is_empty() {
        return;
    }
    if !value["added_tokens"].is_array() {
        value["added_tokens"] = json!([]);
    }
    if let Some(list) = value["added_tokens"].as_array_mut() {
        list.extend(tokens.iter().map(|token| (*token).clone()));
    }
}

/// What the model does to text.
fn rules(raw: &RawModel, pipeline: &PipelineTokenizer) -> Rules {
    let kind = match pipeline.get_model() {
        PipelineModel::BPE(bpe) if bpe.is_byte_level() => Kind::ByteLevel,
        PipelineModel::BPE(_) => Kind::Bpe,
        PipelineModel::Unigram(_) => Kind::Unigram,
        PipelineModel::WordLevel(_) => Kind::WordLevel,
        PipelineModel::WordPiece(_) => Kind::WordPiece,
    };
    let prefix = raw.continuing_subword_prefix.clone().unwrap_or_default();
    let model = pipeline.get_model();
    let unk = raw.unk_token.as_deref().and_then(|unk| {
        (0..raw.vocab.0 as u32).find(|id| model.id_to_token(*id).is_some_and(|token| token == unk))
    });
    Rules {
        kind,
        unk: unk.or(raw.unk_id),
        fuse_unk: raw.fuse_unk.unwrap_or(false),
        byte_fallback: raw.byte_fallback.unwrap_or(false),
        prefix,
    }
}

/// Says what the text is instead of a `tokenizer.json`.
fn explain(text: &str, error: &serde_json::Error) -> Diagnostic {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        let place = offset(text, error.line(), error.column());
        if text.trim().is_empty() {
            return problem::not_a_tokenizer(&Bilingual::fixed("the file is empty", "文件是空的"), None);
        }
        let found = Bilingual::new(format!("not JSON: {error}"), format!("不是 JSON：{error}"));
        return problem::not_a_tokenizer(&found, Some(Span::at(place)));
    };
    let found = match &value {
        Value::Object(object) => what_object(object, error),
        Value::Array(_) => Bilingual::fixed("a JSON list", "一个 JSON 列表"),
        _ => Bilingual::fixed("a single JSON value", "单个 JSON 值"),
    };
    problem::not_a_tokenizer(&found, None)
}

/// Recognises the files that people mistake for `tokenizer.json`.
fn what_object(object: &Map<String, Value>, error: &serde_json::Error) -> Bilingual {
    let has = |key: &str| object.contains_key(key);
    if has("model") {
        return Bilingual::new(format!("it has a wrong part: {error}"), format!("其中有错误的部分：{error}"));
    }
    if has("tokenizer_class") || has("added_tokens_decoder") {
        return Bilingual::fixed("it looks like `tokenizer_config.json`", "看起来是 `tokenizer_config.json`");
    }
    if has("architectures") || has("model_type") {
        return Bilingual::fixed("it looks like a model's `config.json`", "看起来是模型的 `config.json`");
    }
    if object.len() > 100 && object.values().all(Value::is_number) {
        return Bilingual::fixed("it looks like `vocab.json`", "看起来是 `vocab.json`");
    }
    let keys: Vec<_> = object.keys().take(5).map(|key| key.chars().take(40).collect::<String>()).collect();
    let keys = keys.join(", ");
    Bilingual::new(
        format!("a JSON object without `model`; its first keys are: {keys}"),
        format!("一个没有 `model` 的 JSON 对象；前几个键是：{keys}"),
    )
}

/// The byte of a line and column that `serde_json` counts, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut place = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}
