//! The small bilingual tokenizer that is part of the program: 8,192 entries, byte-level, made from text that the
//! project may use (`xtask/tools/train_tokenizer.rs` names it).

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::bytes::ALPHABET;

/// The merges, best first, in the byte-level alphabet.
const MERGES: &str = include_str!("lossmask.txt");

/// How text is cut into words; Qwen's expression.
const WORDS: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// The added tokens, and whether each is special.
const ADDED: [(&str, bool); 9] = [
    ("<|endoftext|>", true),
    ("<|im_start|>", true),
    ("<|im_end|>", true),
    ("<user>", true),
    ("<assistant>", true),
    ("<system>", true),
    ("<tool>", true),
    ("<think>", false),
    ("</think>", false),
];

/// What would stand in its `tokenizer_config.json`.
pub(super) const CONFIG: &str = r#"{"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}"#;

/// The step that cuts text into words.
fn split() -> Value {
    json!({"type": "Split", "pattern": {"Regex": WORDS}, "behavior": "Isolated", "invert": false})
}

/// The embedded tokenizer's `tokenizer.json`, as other programs read it.
pub fn embedded_json() -> String {
    let mut file = canonical();
    let byte_level =
        json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false});
    file["version"] = json!("1.0");
    file["pre_tokenizer"] = json!({"type": "Sequence", "pretokenizers": [split(), byte_level]});
    file["decoder"] = byte_level;
    file["model"]["ignore_merges"] = json!(false);
    file.to_string()
}

/// Its `tokenizer.json`, in the form that the library reads as it is.
pub(super) fn canonical() -> Value {
    let mut alphabet = ALPHABET;
    alphabet.sort_unstable();
    let mut ids: HashMap<String, usize> = HashMap::with_capacity(8192);
    let mut vocabulary = Map::with_capacity(8192);
    let mut add = |token: String| {
        let next = ids.len();
        if let std::collections::hash_map::Entry::Vacant(entry) = ids.entry(token) {
            vocabulary.insert(entry.key().clone(), json!(next));
            entry.insert(next);
        }
    };
    for c in alphabet {
        add(c.to_string());
    }
    let pairs = MERGES.lines().filter(|line| !line.starts_with("# "));
    let pairs: Vec<_> = pairs.filter_map(|line| line.split_once(' ')).collect();
    for (left, right) in &pairs {
        add(format!("{left}{right}"));
    }
    let size = vocabulary.len();
    let added = ADDED.iter().enumerate().map(|(i, (content, special))| {
        json!({
            "id": size + i, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": special,
        })
    });
    json!({
        "version": "2.0",
        "added_tokens": added.collect::<Vec<_>>(),
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": split(),
        "post_processor": null,
        "decoder": {"type": "ByteLevel"},
        "model": {
            "type": "BPE",
            "byte_level": true,
            // The merges make every token (a test looks), so that nothing changes and the library need not prove it.
            "ignore_merges": true,
            "vocab": Value::Object(vocabulary),
            "merges": pairs,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::Tokenizer;
    use super::*;

    #[test]
    fn the_embedded_tokenizer_keeps_its_size() {
        let tokenizer = Tokenizer::embedded();
        assert_eq!(tokenizer.vocab_size(), 8192);
        assert!(MERGES.len() <= 200 << 10, "{} bytes", MERGES.len());
        for (token, _) in ADDED {
            let id = tokenizer.token_to_id(token).expect(token);
            assert!(tokenizer.is_added(id));
            assert_eq!(tokenizer.encode(token).expect("it encodes").ids, [id]);
        }
        assert_eq!(tokenizer.special_tokens()["eos_token"], "<|im_end|>");
        assert!(tokenizer.chat_templates().is_empty());
    }

    #[test]
    fn the_example_is_read_mostly_in_whole_characters() {
        let tokenizer = Tokenizer::embedded();
        let text = "帮我写一首诗。春风拂面花开放，碧水潺潺鸟语香。愿君此间常驻足，心随美景共徜徉。再写一首关于夏天的。\
            夏日炎炎荷满塘，蝉鸣树梢午梦长。轻摇蒲扇寻凉意，一片冰心在玉壶。";
        let encoding = tokenizer.encode(text).expect("it encodes");
        let whole =
            encoding.offsets.iter().zip(&encoding.held).filter(|(offset, held)| offset == held).count();
        assert!(whole * 100 >= encoding.ids.len() * 85, "{whole} of {}", encoding.ids.len());
        assert!(encoding.ids.len() <= text.chars().count() + 10);
        let english = tokenizer.encode("You are a helpful assistant. The capital of France is Paris.");
        assert!(english.expect("it encodes").ids.len() <= 16);
    }
}
