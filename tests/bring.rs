//! Tokenizers that a user brings: archives, names of files, ids of the hub.
#![cfg(not(target_arch = "wasm32"))]

use std::io::{Read as _, Write as _};

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use lossmask::bring::choose::{self, Found, choose};
use lossmask::bring::zip::{self, Entry, Fault};
use lossmask::bring::{self, hub};
use proptest::prelude::*;

/// An archive of files, each stored or deflated, after some bytes that are not its own.
fn archive(before: &[u8], files: &[(&str, &[u8], bool)], comment: &[u8]) -> Vec<u8> {
    let (mut out, mut directory) = (before.to_vec(), Vec::new());
    for (path, content, deflate) in files {
        let header = (out.len() - before.len()) as u32;
        let mut packer = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(content).unwrap();
        let packed = if *deflate { packer.finish().unwrap() } else { content.to_vec() };
        let mut fields = vec![20, 0, 0, 8, u8::from(*deflate) * 8, 0, 0, 0, 0, 0];
        fields.extend(zip::crc32(content).to_le_bytes());
        fields.extend((packed.len() as u32).to_le_bytes());
        fields.extend((content.len() as u32).to_le_bytes());
        fields.extend((path.len() as u16).to_le_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        // Only here is there something between the name and the data.
        out.extend(4u16.to_le_bytes());
        out.extend(path.as_bytes());
        out.extend(b"\x99\x99\0\0");
        out.extend(packed);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&fields);
        directory.extend([0; 12]);
        directory.extend(header.to_le_bytes());
        directory.extend(path.as_bytes());
    }
    let start = (out.len() - before.len()) as u32;
    let count = files.len() as u16;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend((comment.len() as u16).to_le_bytes());
    out.extend(comment);
    out
}

/// What is in an archive, read as the worker reads it: the tail, the directory, then one file at a time.
fn list(file: &[u8]) -> Result<Vec<Entry>, Fault> {
    let tail = &file[file.len().saturating_sub(zip::TAIL as usize)..];
    let directory = zip::directory(tail, file.len() as u64)?;
    let bytes = &file[directory.start as usize..(directory.start + directory.len) as usize];
    zip::entries(bytes, directory)
}

fn unpack(file: &[u8], entry: &Entry) -> Result<Vec<u8>, Fault> {
    let deflated = entry.deflated?;
    let header = file.get(entry.header as usize..).ok_or(Fault::Damaged)?;
    let data = entry.data(&header[..header.len().min(zip::HEADER as usize)], file.len() as u64)?;
    let packed = &file[data.start as usize..data.end as usize];
    let mut bytes = Vec::new();
    if deflated {
        let most = entry.size.min(bring::LARGEST as u64) + 1;
        DeflateDecoder::new(packed).take(most).read_to_end(&mut bytes).map_err(|_| Fault::Damaged)?;
    } else {
        bytes.extend(packed);
    }
    if entry.is_whole(&bytes) { Ok(bytes) } else { Err(Fault::Damaged) }
}

#[test]
fn the_checksum_is_the_one_that_zip_has() {
    assert_eq!(zip::crc32(b"123456789"), 0xcbf4_3926);
    assert_eq!(zip::crc32(b""), 0);
}

#[test]
fn what_was_packed_is_found_again() {
    let long = "春眠不觉晓".repeat(3000);
    let files: &[(&str, &[u8], bool)] = &[
        ("a/", b"", false),
        ("a/tokenizer.json", long.as_bytes(), true),
        ("a\\chat_template.jinja", b"{{ x }}", false),
        ("空.txt", b"", true),
    ];
    for (before, comment) in [(&b""[..], &b""[..]), (b"#!/bin/sh\n", b"PK\x05\x06 is not the end")] {
        let file = archive(before, files, comment);
        let entries = list(&file).unwrap();
        let paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["a/tokenizer.json", "a/chat_template.jinja", "空.txt"]);
        for (entry, (_, content, _)) in entries.iter().zip(&files[1..]) {
            assert_eq!(unpack(&file, entry).unwrap(), *content);
        }
    }
}

#[test]
fn an_archive_that_cant_be_read_says_why() {
    let good = archive(b"", &[("tokenizer.json", b"{}", true)], b"");
    assert_eq!(list(b"PK\x03\x04 and no end"), Err(Fault::NotZip));
    assert_eq!(list(b""), Err(Fault::NotZip));
    assert_eq!(list(&good[..good.len() - 1]), Err(Fault::NotZip));
    let end = good.len() - 22;
    let changed = |place: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[place..place + bytes.len()].copy_from_slice(bytes);
        file
    };
    let directory = end - 46 - "tokenizer.json".len();
    let one = |file: &[u8]| list(file).map(|entries| entries[0].clone());
    assert_eq!(one(&changed(end + 16, &[0xff; 4])), Err(Fault::TooLarge), "ZIP64");
    assert_eq!(one(&changed(end + 12, &[0xff, 0xff, 0xff, 0x7f])), Err(Fault::TooLarge));
    assert_eq!(one(&changed(directory, b"XX")), Err(Fault::Damaged));
    assert_eq!(one(&changed(directory + 8, &[1])).unwrap().deflated, Err(Fault::Encrypted));
    assert_eq!(one(&changed(directory + 10, &[12])).unwrap().deflated, Err(Fault::Method));
    assert_eq!(one(&changed(directory + 24, &[0xff; 4])).unwrap().deflated, Err(Fault::TooLarge));
    // A stored file has as many bytes as it is long, and a file ends where the archive does.
    assert_eq!(one(&changed(directory + 10, &[0])).unwrap().deflated, Err(Fault::Damaged));
    let far = changed(directory + 20, &[0, 0, 0, 9]);
    assert_eq!(unpack(&far, &one(&far).unwrap()), Err(Fault::Damaged));
    let lies = changed(directory + 24, &[1]);
    assert_eq!(unpack(&lies, &one(&lies).unwrap()), Err(Fault::Damaged));
    let wrong = changed(directory + 16, &[0]);
    assert_eq!(unpack(&wrong, &one(&wrong).unwrap()), Err(Fault::Damaged));
    for fault in
        [Fault::NotZip, Fault::Damaged, Fault::TooLarge, Fault::Encrypted, Fault::Method, Fault::Bomb]
    {
        assert!(fault.explain().hint.is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(
        mut file in proptest::collection::vec(any::<u8>(), 0..300),
        plant in any::<bool>(),
        cuts in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
    ) {
        if plant {
            file = archive(&file, &[("a/tokenizer.json", b"{\"a\": 1}", true), ("b", b"c", false)], b"");
        }
        for (place, byte) in cuts {
            if !file.is_empty() {
                let place = place.index(file.len());
                file[place] = byte;
            }
        }
        for entry in list(&file).unwrap_or_default() {
            let _ = unpack(&file, &entry);
        }
    }

    #[test]
    fn every_good_archive_is_read_whole(contents in proptest::collection::vec((any::<Vec<u8>>(), any::<bool>()), 0..5)) {
        let names: Vec<_> = (0..contents.len()).map(|at| format!("{at}.json")).collect();
        let files: Vec<_> = contents.iter().zip(&names).map(|((bytes, deflate), name)| (&**name, &**bytes, *deflate)).collect();
        let file = archive(b"", &files, b"");
        let entries = list(&file).unwrap();
        prop_assert_eq!(entries.len(), files.len());
        for (entry, (_, content, _)) in entries.iter().zip(&files) {
            let unpacked = unpack(&file, entry).unwrap();
            prop_assert_eq!(&*unpacked, *content);
        }
    }
}

fn parts(found: &Found) -> Vec<(&str, usize)> {
    found.parts.iter().map(|(name, place)| (name.as_str(), *place)).collect()
}

#[test]
fn the_highest_folder_with_a_tokenizer_is_the_one() {
    let found = choose(&[
        "model/onnx/tokenizer.json",
        "model/tokenizer_config.json",
        "model/tokenizer.json",
        "model/model.safetensors",
        "model/additional_chat_templates/rag.jinja",
        "model/additional_chat_templates/deep/not.jinja",
        "model/onnx/special_tokens_map.json",
        "__MACOSX/tokenizer.json",
        "../tokenizer.json",
        "model/chat_template.jinja",
    ])
    .unwrap();
    assert_eq!(
        parts(&found),
        [
            ("tokenizer.json", 2),
            ("tokenizer_config.json", 1),
            ("chat_template.jinja", 9),
            ("additional_chat_templates/rag.jinja", 4)
        ]
    );
    assert_eq!(found.name.as_deref(), Some("model"));
    assert_eq!(choose(&["C:\\x\\tokenizer.json"]).unwrap().name.as_deref(), Some("x"));
    assert_eq!(choose(&["tokenizer.json"]).unwrap().name, None);
    let commit = "models--Qwen--Qwen3-8B/snapshots/0123456789012345678901234567890123456789/tokenizer.json";
    assert_eq!(choose(&[commit]).unwrap().name.as_deref(), Some("Qwen/Qwen3-8B"));
}

#[test]
fn a_single_template_or_configuration_is_what_there_is() {
    assert_eq!(parts(&choose(&["mine.jinja"]).unwrap()), [("chat_template.jinja", 0)]);
    assert_eq!(parts(&choose(&["x/a.txt", "x/chat_template.jinja"]).unwrap()), [("chat_template.jinja", 1)]);
    assert_eq!(parts(&choose(&["tokenizer_config.json"]).unwrap()), [("tokenizer_config.json", 0)]);
}

#[test]
fn what_has_no_tokenizer_json_is_told_how_to_get_one() {
    for name in
        ["tokenizer.model", "vocab.json", "merges.txt", "vocab.txt", "tekken.json", "qwen.tiktoken", "m.GGUF"]
    {
        let why = choose(&["m/tokenizer_config.json", &["m/", name].concat()]).unwrap_err();
        assert_eq!(why.code, "no-tokenizer-json");
        assert!(why.hint.is_some_and(|hint| hint.en.contains("save_pretrained")), "{name}");
    }
    let both = choose(&["a.safetensors", "tokenizer.model"]).unwrap_err();
    assert!(both.message.en.contains("SentencePiece"), "{}", both.message.en);
    let why = choose(&["data/train.jsonl", "data/b.jinja", "data/c.jinja"]).unwrap_err();
    assert!(why.message.en.contains("train.jsonl"), "{}", why.message.en);
    assert_eq!(choose::<&str>(&[]).unwrap_err().code, "no-tokenizer-json");
}

#[test]
fn a_dialogue_is_not_taken_for_a_tokenizer() {
    for name in ["chat.json", "a/b.jsonl", "tokenizer.jsonl", "x.txt", "训练.json", "é.zi"] {
        assert!(!choose::is_ones(name), "{name}");
    }
    for name in ["m/tokenizer.json", "chat_template.jinja", "x.ZIP", "tokenizer.model", "春.jinja"] {
        assert!(choose::is_ones(name), "{name}");
    }
    assert!(choose::begins_like_one("{\n  \"version\": \"1.0\",\n  \"truncation\": null,"));
    assert!(!choose::begins_like_one(r#"[{"role": "user", "content": "\"version\" \"truncation\""}]"#));
}

#[test]
fn a_pasted_text_is_known_by_what_it_holds() {
    let tokenizer = lossmask::tokenizer::embedded_json();
    assert_eq!(choose::name_of(&tokenizer), bring::TOKENIZER);
    assert_eq!(choose::name_of(r#"{"chat_template": "{% x %}", "tokenizer_class": "A"}"#), bring::CONFIG);
    assert_eq!(choose::name_of("{% for m in messages %}{{ m }}{% endfor %}"), bring::TEMPLATE);
    assert_eq!(choose::name_of("{{ bos_token }}"), bring::TEMPLATE);
    assert_eq!(choose::name_of("[1]"), bring::TOKENIZER);
}

#[test]
fn files_become_a_tokenizer_with_all_its_templates() {
    let own = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let json = lossmask::tokenizer::embedded_json();
    let mut files = vec![
        own("tokenizer_config.json", r#"{"chat_template": "old", "eos_token": "<|im_end|>"}"#),
        own("additional_chat_templates/tool_use.jinja", "tools"),
        own("chat_template.jinja", "new"),
    ];
    assert!(bring::files(&files).is_none(), "the main file is missing");
    files.push(own("tokenizer.json", &json));
    let tokenizer = lossmask::tokenizer::Tokenizer::from_files(&bring::files(&files).unwrap()).unwrap();
    assert_eq!(tokenizer.chat_templates()["default"], "new");
    assert_eq!(tokenizer.chat_templates()["tool_use"], "tools");
    assert_eq!(tokenizer.special_tokens()["eos_token"], "<|im_end|>");
}

#[test]
fn only_ids_of_models_are_asked_for() {
    for good in ["Qwen/Qwen3-8B", "a/b", "meta-llama/Llama-3.1-8B_x", "0/1.5"] {
        assert!(hub::model_problem(good).is_none(), "{good}");
    }
    let long = ["a/", &"b".repeat(97)].concat();
    for bad in [
        "",
        "gpt2",
        "a/b/c",
        "/a",
        "a/",
        "a/../b",
        "a/..",
        "-a/b",
        "a/b.",
        "a/b--c",
        "a/b?x",
        "a/b#",
        "a/b c",
        "a/é",
        "https://huggingface.co/a/b",
        "a\\b/c",
        "a/b%2F",
        "@a/b",
        "a:b/c",
        &long,
    ] {
        assert!(hub::model_problem(bad).is_some(), "{bad}");
    }
    for good in ["main", "v1.0", "refs/pr/1", "0123abc"] {
        assert!(hub::revision_problem(good).is_none(), "{good}");
    }
    for bad in ["", "a b", "../x", "a//b", "/a", "a/", "a?b", "a#b", "%2e", "a/.git"] {
        assert!(hub::revision_problem(bad).is_some(), "{bad}");
    }
    assert_eq!(
        hub::address("https://huggingface.co", "a/b", "refs/pr/1", "tokenizer.json"),
        "https://huggingface.co/a/b/resolve/refs%2Fpr%2F1/tokenizer.json"
    );
}

#[test]
fn every_failure_of_the_hub_offers_the_drop_and_the_page_s_policy_names_its_hosts() {
    use hub::Failure;
    let failures = [401, 403, 404, 429, 500].map(Failure::Status);
    let others = [Failure::Silent, Failure::Offline, Failure::Unreachable, Failure::TooLarge, Failure::Token];
    let words: Vec<_> =
        failures.into_iter().chain(others).map(|failure| hub::explain(failure, "hub", false)).collect();
    assert!(words.iter().all(|words| words.hint.as_ref().is_some_and(|hint| hint.en.contains("drop"))));
    assert!(words[0].message.en.contains("(401)") && words[0].message.en.contains("token"));
    assert_ne!(words[0].message.en, hub::explain(Failure::Status(401), "hub", true).message.en);
    let page = include_str!("../index.html");
    let policy = page.split("connect-src ").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    let allowed: Vec<_> = policy.split(' ').collect();
    assert_eq!(allowed, ["'self'", "blob:", hub::HOSTS[0].0, hub::HOSTS[1].0, "https://*.hf.co"]);
}
