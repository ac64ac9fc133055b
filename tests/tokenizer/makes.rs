//! Small tokenizers of each make-up, trained in an instant by the judge.

use serde_json::{Value, json};
use tokenizers_023::models::bpe::{BPE, BpeTrainer};
use tokenizers_023::pre_tokenizers::byte_level::ByteLevel;
use tokenizers_023::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _, Trainer as _};

/// A few lines of many scripts: enough for merges of each kind.
const LINES: &str = "帮我写一首诗。春风拂面花开放，碧水潺潺鸟语香。帮我写一首关于夏天的诗。\n\
    The quick brown fox jumps over the lazy dog. the fox the dog the end  of   it\n\
    日本語のトークンです。日本語の文。 مرحبا بالعالم مرحبا 👨‍👩‍👧‍👦 é à ü ê naïve café\n\
    fn main() { println!(\"{}\", 12345); } return x_y <|im_start|>user\n";

/// A byte pair model over `words`.
fn bpe(words: &[String], size: usize, byte_level: bool) -> Value {
    let mut trainer = BpeTrainer::builder().show_progress(false).vocab_size(size);
    if byte_level {
        trainer = trainer.initial_alphabet(ByteLevel::alphabet().into_iter().collect());
    }
    let mut trainer = trainer.build();
    trainer.feed(words.iter(), |word| Ok(vec![word.to_owned()])).expect("it counts words");
    let mut model = BPE::default();
    trainer.train(&mut model).expect("it trains");
    serde_json::to_value(&model).expect("a model is JSON")
}

/// The words of the lines in the byte-level alphabet.
fn byte_level_words() -> Vec<String> {
    let mut text = PreTokenizedString::from(LINES.repeat(2));
    ByteLevel::new(false, false, true).pre_tokenize(&mut text).expect("it splits");
    let splits = text.get_splits(OffsetReferential::Original, OffsetType::Byte);
    splits.into_iter().map(|(word, _, _)| word.to_owned()).collect()
}

/// The words of the lines with `▁` for a space.
fn metaspace_words() -> Vec<String> {
    LINES.repeat(2).split(' ').map(|word| format!("▁{word}")).collect()
}

/// Added tokens with every kind of flag; ids follow `first`.
fn added(first: usize, normalized: bool) -> Value {
    let token = |i: usize, content: &str, flags: &str| {
        json!({
            "id": first + i, "content": content,
            "single_word": flags.contains('w'), "lstrip": flags.contains('l'), "rstrip": flags.contains('r'),
            "normalized": flags.contains('n') && normalized, "special": flags.contains('s'),
        })
    };
    json!([
        token(0, "<|im_start|>", "s"),
        token(1, "<|im_end|>", "s"),
        token(2, "<left>", "sl"),
        token(3, "<right>", "sr"),
        token(4, "<both>", "slr"),
        token(5, "<norm>", "n"),
        token(6, "<MÁRK>", "nlr"),
        token(7, "word", "w"),
    ])
}

/// A whole file.
fn file(model: &Value, normalizer: &Value, cut: &Value, finish: &Value, flags: bool) -> String {
    let vocabulary = &model["vocab"];
    let size = vocabulary
        .as_array()
        .map_or_else(|| vocabulary.as_object().map_or(0, serde_json::Map::len), Vec::len);
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added(size, flags),
        "normalizer": normalizer, "pre_tokenizer": cut, "post_processor": finish,
        "decoder": null, "model": model,
    })
    .to_string()
}

/// Byte-level as Qwen has it: NFC and a regular expression.
pub(crate) fn byte_level_nfc() -> String {
    file(
        &bpe(&byte_level_words(), 600, true),
        &json!({"type": "NFC"}),
        &json!({"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"}, "behavior": "Isolated", "invert": false},
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
        ]}),
        &json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}),
        true,
    )
}

/// Byte-level as `RoBERTa` has it: a space in front, and offsets without white space.
pub(crate) fn byte_level_trimmed(prefix: bool) -> String {
    let step =
        json!({"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": true, "use_regex": true});
    file(&bpe(&byte_level_words(), 600, true), &Value::Null, &step, &step, true)
}

/// Byte-level as BLOOM has it.
pub(crate) fn bloom() -> String {
    file(
        &bpe(&byte_level_words(), 600, true),
        &Value::Null,
        &json!({"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": r" ?[^(\s|[.,!?…。，、।۔،])]+"}, "behavior": "Isolated", "invert": false},
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
        ]}),
        &json!({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": false}),
        true,
    )
}

/// A byte pair model over characters with the 256 fallback bytes.
fn fallback(byte_fallback: bool, fuse_unk: bool) -> Value {
    let mut model = bpe(&metaspace_words(), 300, false);
    let vocabulary = model["vocab"].as_object_mut().expect("a vocabulary");
    let first = vocabulary.len();
    let bytes = (0..=255).filter(|_| byte_fallback).map(|byte| format!("<0x{byte:02X}>"));
    for (id, token) in (first..).zip(std::iter::once("<unk>".to_owned()).chain(bytes)) {
        vocabulary.insert(token, json!(id));
    }
    model["unk_token"] = json!("<unk>");
    model["fuse_unk"] = json!(fuse_unk);
    model["byte_fallback"] = json!(byte_fallback);
    model
}

/// `▁` with byte fallback as Llama 2 has it: normalisers.
pub(crate) fn llama(byte_fallback: bool, fuse_unk: bool) -> String {
    file(
        &fallback(byte_fallback, fuse_unk),
        &json!({"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        ]}),
        &Value::Null,
        &Value::Null,
        false,
    )
}

/// `▁` with byte fallback as newer files have it: a pre-tokenizer.
pub(crate) fn metaspace(scheme: &str, split: bool) -> String {
    file(
        &fallback(true, true),
        &Value::Null,
        &json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split}),
        &Value::Null,
        true,
    )
}

/// `WordPiece` as BERT has it.
pub(crate) fn bert(lowercase: bool) -> String {
    let mut vocabulary = serde_json::Map::new();
    let words =
        ["[UNK]", "the", "fox", "dog", "##s", "##ing", "quick", "caf", "##e", "hello", "##▁", "[", "]"];
    let chars = LINES.chars().filter(|c| !c.is_whitespace()).map(String::from);
    let inner: Vec<_> = ('a'..='z').flat_map(|c| [c.to_string(), format!("##{c}")]).collect();
    for token in words.into_iter().map(str::to_owned).chain(inner).chain(chars) {
        let next = vocabulary.len();
        vocabulary.entry(token).or_insert(json!(next));
    }
    let model = json!({
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": vocabulary,
    });
    let normalizer = json!({
        "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
        "strip_accents": null, "lowercase": lowercase,
    });
    file(&model, &normalizer, &json!({"type": "BertPreTokenizer"}), &Value::Null, true)
}

/// Byte-level with a chain of other normalisers.
pub(crate) fn chain(normalizers: &Value) -> String {
    let step =
        json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
    let normalizer = json!({"type": "Sequence", "normalizers": normalizers});
    file(&bpe(&byte_level_words(), 600, true), &normalizer, &step, &step, true)
}

/// Whole words between white space and punctuation.
pub(crate) fn word_level() -> String {
    let words =
        ["<unk>", "the", "fox", "dog", "word", ".", "。", "帮我写一首诗", "a", "fn", "main", "(", ")"];
    let vocabulary: Value =
        words.iter().enumerate().map(|(id, word)| ((*word).to_owned(), json!(id))).collect();
    let model = json!({"type": "WordLevel", "unk_token": "<unk>", "vocab": vocabulary});
    file(&model, &json!({"type": "NFC"}), &json!({"type": "Whitespace"}), &Value::Null, true)
}

/// Byte pairs with `</w>` at the end of words, as CLIP has them.
pub(crate) fn clip() -> String {
    let mut vocabulary: Vec<String> = ('a'..='z').chain('0'..='9').map(String::from).collect();
    vocabulary.extend(('a'..='z').chain('0'..='9').map(|c| format!("{c}</w>")));
    vocabulary.extend(["th", "the</w>", "fo", "fox</w>", "<unk>"].map(str::to_owned));
    let vocabulary: Value =
        vocabulary.into_iter().enumerate().map(|(id, token)| (token, json!(id))).collect();
    let model = json!({
        "type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
        "end_of_word_suffix": "</w>", "fuse_unk": false, "byte_fallback": false, "vocab": vocabulary,
        "merges": [["t", "h"], ["th", "e</w>"], ["f", "o"], ["fo", "x</w>"]],
    });
    file(&model, &json!({"type": "Lowercase"}), &json!({"type": "Whitespace"}), &Value::Null, true)
}

/// The likeliest cut, with `▁`.
pub(crate) fn unigram() -> String {
    let mut pieces =
        vec![json!(["<unk>", 0.0]), json!(["▁", -2.0]), json!(["▁the", -3.0]), json!(["fox", -4.0])];
    pieces.extend(
        LINES
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<std::collections::BTreeSet<_>>()
            .iter()
            .map(|c| json!([c.to_string(), -5.5])),
    );
    let model = json!({"type": "Unigram", "unk_id": 0, "vocab": pieces, "byte_fallback": false});
    let cut = json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true});
    file(&model, &Value::Null, &cut, &Value::Null, true)
}
