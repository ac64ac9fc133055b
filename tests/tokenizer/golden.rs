//! Exact ids of real tokenizers, for whoever has the files: `LOSSMASK_TOKENIZERS` names a folder with a folder for
//! each, such as `qwen2_5/tokenizer.json`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use proptest::prelude::*;

use lossmask::tokenizer::{Files, Tokenizer, catalog, pack};

use crate::oracle::Pair;
use crate::texts;

/// The folder of a tokenizer, if it is there; otherwise the test says that it was skipped.
fn folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("LOSSMASK_TOKENIZERS").map(|root| Path::new(&root).join(name));
    let found = folder.filter(|folder| folder.join("tokenizer.json").exists());
    if found.is_none() {
        eprintln!("skipped: {name} is not in the folder that LOSSMASK_TOKENIZERS names");
    }
    found
}

/// A file of a folder.
fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect(name)
}

#[test]
fn qwen_2_5_gives_its_known_ids_packed_or_not() {
    let Some(folder) = folder("qwen2_5") else { return };
    let (json, config) = (read(&folder, "tokenizer.json"), read(&folder, "tokenizer_config.json"));
    let packed = pack(&json).expect("it packs");
    let entry = catalog::find("qwen2_5").expect("it is listed");
    assert!(matches!(entry.source, catalog::Source::Fetched { bytes, .. } if bytes as usize == packed.len()));
    for text in [&json, &packed] {
        let start = Instant::now();
        let files = Files { tokenizer: text, config: Some(&config), ..Files::default() };
        let tokenizer = Tokenizer::from_files(&files).expect("it loads");
        eprintln!("loaded {} bytes in {:?}", text.len(), start.elapsed());
        let encoding = tokenizer.encode("帮我写一首诗。").expect("it encodes");
        assert_eq!(encoding.ids, [108_965, 61443, 108_462, 100_045, 1773]);
        assert_eq!(tokenizer.encode("<|im_end|>").expect("it encodes").ids, [151_645]);
        assert_eq!(tokenizer.vocab_size(), 151_665);
        assert_eq!(tokenizer.special_tokens()["eos_token"], "<|im_end|>");
        assert!(tokenizer.chat_templates()["default"].contains("<|im_start|>"));
    }
}

#[test]
fn every_served_tokenizer_gives_the_ids_that_tokenizers_gives() {
    let golden: serde_json::Value = serde_json::from_str(include_str!("served.json")).expect("it is JSON");
    let texts = golden["texts"].as_array().expect("texts");
    for entry in catalog::ENTRIES {
        let catalog::Source::Fetched { bytes, .. } = entry.source else { continue };
        let expected = &golden[entry.id];
        assert_eq!(expected["vocab_size"], entry.vocab_size, "{} has a golden", entry.id);
        let Some(folder) = folder(entry.id) else { continue };
        let (json, config) = (read(&folder, "tokenizer.json"), read(&folder, "tokenizer_config.json"));
        let packed = pack(&json).expect("it packs");
        assert_eq!(packed.len(), bytes as usize, "{}", entry.id);
        for json in [&json, &packed] {
            let files = Files { tokenizer: json, config: Some(&config), ..Files::default() };
            let tokenizer = Tokenizer::from_files(&files).expect("it loads");
            assert_eq!(tokenizer.vocab_size(), entry.vocab_size as usize);
            for (text, ids) in texts.iter().zip(expected["ids"].as_array().expect("ids")) {
                let text = text.as_str().expect("a text");
                let ours = tokenizer.encode(text).expect("it encodes").ids;
                assert_eq!(serde_json::json!(ours), *ids, "{} on {text:?}", entry.id);
            }
        }
    }
}

#[test]
fn a_tokenizer_of_the_make_up_of_bloom_gives_the_ids_and_offsets_that_tokenizers_gives() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("bloom_like.json")).expect("it is JSON");
    let json = golden["tokenizer"].to_string();
    let pair = Pair::new(&json);
    for (at, text) in golden["texts"].as_array().expect("texts").iter().enumerate() {
        let text = text.as_str().expect("a text");
        let ours = pair.ours.encode(text).expect("it encodes");
        assert_eq!(serde_json::json!(ours.ids), golden["ids"][at], "{text:?}");
        // The golden counts characters.
        let place = |byte: usize| text[..byte].chars().count();
        let offsets: Vec<_> = ours.offsets.iter().map(|span| [place(span.start), place(span.end)]).collect();
        assert_eq!(serde_json::json!(offsets), golden["offsets"][at], "{text:?}");
        assert!(pair.check(text), "{text:?} is proved");
    }
}

#[test]
fn every_real_tokenizer_agrees() {
    let Some(root) = std::env::var_os("LOSSMASK_TOKENIZERS") else {
        eprintln!("skipped: LOSSMASK_TOKENIZERS names no folder");
        return;
    };
    for entry in std::fs::read_dir(root).expect("a folder").flatten() {
        if !entry.path().join("tokenizer.json").exists() {
            continue;
        }
        let pair = Pair::new(&read(&entry.path(), "tokenizer.json"));
        let proved = texts::FIXED.iter().filter(|text| pair.check(text)).count();
        eprintln!("{}: {proved} of {} texts proved", entry.path().display(), texts::FIXED.len());
        assert!(proved * 10 >= texts::FIXED.len() * 9, "{}: {proved}", entry.path().display());
        proptest!(|(text in texts::any(true))| {
            pair.check(&text);
        });
    }
}

#[test]
#[ignore = "prints figures, in a release build"]
fn how_fast_it_is() {
    let Some(folder) = folder("qwen2_5") else { return };
    let packed = pack(&read(&folder, "tokenizer.json")).expect("it packs");
    let start = Instant::now();
    let tokenizer =
        Tokenizer::from_files(&Files { tokenizer: &packed, ..Files::default() }).expect("it loads");
    eprintln!("load {:?}", start.elapsed());
    let common = ('一'..='龥').cycle().enumerate();
    let lines = common
        .take(20_000)
        .map(|(i, c)| format!("Line {i} of text 春风拂面花开放 {c} the quick brown fox。"));
    let mixed = lines.collect::<String>();
    for name in ["cold", "warm"] {
        let start = Instant::now();
        let tokens = tokenizer.encode(&mixed).expect("it encodes").ids.len();
        let speed = mixed.len() as f64 / start.elapsed().as_secs_f64() / 1e6;
        eprintln!("{name}: {tokens} tokens, {speed:.1} MB/s");
    }
    for thousands in [4, 16, 64] {
        let run: String = ('一'..='龥').cycle().step_by(7).take(thousands << 10).collect();
        let start = Instant::now();
        let tokens = tokenizer.encode(&run).expect("it encodes").ids.len();
        eprintln!("unbroken run of {thousands}k characters: {tokens} tokens in {:?}", start.elapsed());
    }
    let start = Instant::now();
    let embedded = Tokenizer::embedded();
    eprintln!("embedded: load {:?}", start.elapsed());
    let start = Instant::now();
    let tokens = embedded.encode(&mixed).expect("it encodes").ids.len();
    eprintln!("embedded cold: {tokens} tokens in {:?} of {} bytes", start.elapsed(), mixed.len());
}
