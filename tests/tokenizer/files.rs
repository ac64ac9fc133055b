//! Files that are no tokenizer, and the files beside one.

use proptest::prelude::*;

use lossmask::diagnostic::{Diagnostic, Source};
use lossmask::tokenizer::{Files, LONGEST_TEXT, Tokenizer, embedded_json, pack};
use serde_json::{Value, json};

use crate::makes;

/// The problem with a file.
fn problem(json: &str) -> Diagnostic {
    match Tokenizer::from_files(&Files { tokenizer: json, ..Files::default() }) {
        Ok(_) => panic!("it was read: {json}"),
        Err(problem) => problem,
    }
}

#[test]
fn a_file_that_is_no_tokenizer_is_named_for_what_it_is() {
    let cases = [
        ("", "empty"),
        ("hello", "not JSON"),
        ("[1, 2]", "a JSON list"),
        ("42", "a single JSON value"),
        (r#"{"tokenizer_class": "Qwen2Tokenizer"}"#, "tokenizer_config.json"),
        (r#"{"architectures": ["Qwen2ForCausalLM"]}"#, "config.json"),
        (r#"{"a": 1, "b": 2}"#, "its first keys are: a, b"),
        (r#"{"version": "1.0", "model": {"type": "BPE", "vocab": {"a": "one"}}}"#, "wrong part"),
    ];
    for (json, found) in cases {
        let problem = problem(json);
        assert_eq!(problem.code, "not-a-tokenizer", "{json}");
        assert!(problem.message.en.contains(found), "{json}: {}", problem.message.en);
        assert!(problem.hint.is_some());
    }
}

#[test]
fn broken_json_is_shown_at_its_place() {
    let place = problem("{\n  \"model\": ,\n}").place;
    let (source, span) = place.expect("a place");
    assert_eq!((source, span.start), (Source::Tokenizer, 13));
}

#[test]
fn half_a_tokenizer_is_an_error_and_no_panic() {
    let whole = makes::byte_level_nfc();
    for cut in (0..whole.len()).step_by(97) {
        if let Some(part) = whole.get(..cut) {
            assert_eq!(problem(part).code, "not-a-tokenizer");
        }
    }
    for json in
        [r#"{"model": {}}"#, r#"{"model": {"type": "BPE"}}"#, r#"{"model": {"vocab": {}, "merges": ["a"]}}"#]
    {
        problem(json);
    }
}

#[test]
fn a_suffix_at_the_end_of_words_is_refused() {
    // the library gives a word of one letter the id without the suffix
    let problem = problem(&makes::clip());
    assert_eq!(problem.code, "tokenizer-unsupported");
    assert!(problem.message.en.contains("end_of_word_suffix"));
}

#[test]
fn a_normaliser_that_has_no_offsets_is_named() {
    let json = makes::chain(&serde_json::json!([{"type": "Nmt"}]));
    let problem = problem(&json);
    assert_eq!(problem.code, "tokenizer-unsupported");
    assert!(problem.message.en.contains("Nmt"));
}

#[test]
fn the_files_beside_it_give_special_tokens_and_templates() {
    let json = makes::byte_level_nfc();
    let config = r#"{
        "eos_token": {"content": "<|im_end|>", "lstrip": false}, "pad_token": null, "bos_token": "<s>",
        "chat_template": [{"name": "default", "template": "A"}, {"name": "tool_use", "template": "B"}],
        "added_tokens_decoder": {"9000": {"content": "<late>", "special": true}}
    }"#;
    let files = Files {
        tokenizer: &json,
        config: Some(config),
        special_tokens_map: Some(r#"{"unk_token": "?", "bos_token": "older"}"#),
        ..Files::default()
    };
    let tokenizer = Tokenizer::from_files(&files).expect("it loads");
    let special = tokenizer.special_tokens();
    assert_eq!(special.get("eos_token").map(String::as_str), Some("<|im_end|>"));
    assert_eq!(special.get("bos_token").map(String::as_str), Some("<s>"));
    assert_eq!(special.get("unk_token").map(String::as_str), Some("?"));
    assert_eq!(special.get("pad_token"), None);
    assert_eq!(tokenizer.chat_templates()["tool_use"], "B");
    let late = tokenizer.encode("a<late>").expect("it encodes").ids;
    assert!(late.last().is_some_and(|id| tokenizer.is_added(*id)));

    let own = Files { chat_template: Some("C"), further_templates: vec![("rag", "D")], ..files };
    let tokenizer = Tokenizer::from_files(&own).expect("it loads");
    assert_eq!(tokenizer.chat_templates()["default"], "C");
    assert_eq!(tokenizer.chat_templates()["rag"], "D");
    assert_eq!(
        tokenizer.chat_templates().get("tool_use"),
        None,
        "transformers forgets those of the configuration"
    );
    let broken = Files { config: Some("{"), ..own };
    assert_eq!(Tokenizer::from_files(&broken).err().expect("an error").code, "tokenizer-config");
}

#[test]
fn a_packed_file_gives_the_same_tokenizer() {
    for json in
        [makes::byte_level_trimmed(true), makes::metaspace("first", true), makes::bert(true), makes::bloom()]
    {
        let packed = pack(&json).expect("it packs");
        assert_eq!(pack(&packed).as_ref(), Ok(&packed));
        let read = |json: &str| {
            Tokenizer::from_files(&Files { tokenizer: json, ..Files::default() }).expect("it loads")
        };
        let (first, second) = (read(&json), read(&packed));
        for text in crate::texts::FIXED {
            assert_eq!(first.encode(text), second.encode(text));
        }
        assert_eq!(first.vocab_size(), second.vocab_size());
    }
}

#[test]
fn a_packed_file_says_that_words_need_no_merging_only_where_that_changes_no_id() {
    let read =
        |json: &str| Tokenizer::from_files(&Files { tokenizer: json, ..Files::default() }).expect("it loads");
    let ignores =
        |json: &str| serde_json::from_str::<Value>(json).expect("JSON")["model"]["ignore_merges"] == true;
    let mut file: Value = serde_json::from_str(&embedded_json()).expect("JSON");
    assert!(ignores(&pack(&file.to_string()).expect("it packs")));

    // A token that no merge makes: the library cuts its text into others.
    let size = read(&file.to_string()).vocab_size();
    file["model"]["vocab"]["qzxqzx"] = json!(size);
    let packed = pack(&file.to_string()).expect("it packs");
    assert!(!ignores(&packed));
    for json in [&file.to_string(), &packed] {
        assert!(read(json).encode("qzxqzx").expect("it encodes").ids.len() > 1);
    }
    file["model"]["ignore_merges"] = json!(true);
    let packed = pack(&file.to_string()).expect("it packs");
    assert_eq!(read(&packed).encode("qzxqzx").expect("it encodes").ids, [u32::try_from(size).unwrap()]);
}

#[test]
fn every_id_below_the_size_has_a_token_that_leads_back() {
    for json in [makes::byte_level_nfc(), makes::llama(true, true), makes::bert(false)] {
        let tokenizer =
            Tokenizer::from_files(&Files { tokenizer: &json, ..Files::default() }).expect("it loads");
        let size = tokenizer.vocab_size() as u32;
        for id in 0..size {
            let token = tokenizer.id_to_token(id).expect("a token");
            assert_eq!(tokenizer.token_to_id(&token), Some(id), "{token}");
        }
        assert_eq!(tokenizer.id_to_token(size), None);
        assert_eq!(tokenizer.id_to_token(u32::MAX), None);
        assert!(tokenizer.token_bytes(u32::MAX).is_empty());
    }
}

#[test]
fn the_bytes_of_a_token_are_what_it_stands_for() {
    let json = makes::llama(true, true);
    let tokenizer = Tokenizer::from_files(&Files { tokenizer: &json, ..Files::default() }).expect("it loads");
    let bytes = |token: &str| tokenizer.token_bytes(tokenizer.token_to_id(token).expect(token));
    assert_eq!(bytes("<0xE5>"), [0xE5]);
    assert_eq!(bytes("▁the"), b" the");
    assert_eq!(bytes("<|im_end|>"), b"<|im_end|>");
}

#[test]
fn held_bytes_cut_a_character_where_the_token_does() {
    let tokenizer = Tokenizer::embedded();
    let encoding = tokenizer.encode("a龘😀").expect("it encodes");
    let held: Vec<_> = encoding.held.iter().flat_map(|span| span.start..span.end).collect();
    assert_eq!(held, (0..8).collect::<Vec<_>>());
    assert!(
        encoding.offsets.iter().all(|offset| [(0, 1), (1, 4), (4, 8)].contains(&(offset.start, offset.end)))
    );
}

#[test]
fn a_text_beyond_the_limit_is_refused() {
    let text = "a".repeat(LONGEST_TEXT + 1);
    assert_eq!(Tokenizer::embedded().encode(&text).expect_err("an error").code, "text-too-long");
}

#[test]
fn a_long_run_without_spaces_takes_time_in_proportion() {
    let tokenizer = Tokenizer::embedded();
    let run = |length: usize| -> String { ('一'..='龥').cycle().step_by(7).take(length).collect() };
    let once = |text: &str| {
        let start = std::time::Instant::now();
        let encoding = tokenizer.encode(text).expect("it encodes");
        assert_eq!(encoding.held.last().map(|span| span.end), Some(text.len()));
        start.elapsed().as_secs_f64()
    };
    // the best of a few, because other programs run beside the test
    let time = |text: &str| (0..5).map(|_| once(text)).fold(f64::MAX, f64::min);
    let (short, long) = (time(&run(8 << 10)), time(&run(256 << 10)));
    // 32 times the text: quadratic work would take a thousand times as long
    assert!(long < short * 400.0, "{short} s and {long} s");
}

#[test]
fn tokens_around_a_text_have_the_judges_ids_and_no_bytes() {
    let mut json: serde_json::Value = serde_json::from_str(&makes::bert(true)).expect("JSON");
    json["post_processor"] =
        serde_json::json!({"type": "BertProcessing", "sep": ["]", 12], "cls": ["[", 11]});
    let pair = crate::oracle::Pair::new(&json.to_string());
    let ours = pair.ours.encode_with_special_tokens("the fox").expect("it encodes");
    let theirs = pair.theirs.encode("the fox", true).expect("it encodes");
    assert_eq!(ours.ids, theirs.get_ids());
    let offsets: Vec<_> = ours.offsets.iter().map(|span| (span.start, span.end)).collect();
    assert_eq!(offsets, theirs.get_offsets());
    assert_eq!(ours.held.len(), ours.ids.len());
}

#[test]
fn an_id_beyond_reason_is_refused() {
    let json = r#"{"version": "1.0", "model": {"type": "BPE", "vocab": {"a": 4294967295}, "merges": []}}"#;
    assert_eq!(problem(json).code, "tokenizer-unsupported");
}

proptest! {
    #[test]
    fn a_damaged_file_is_an_error_or_another_tokenizer(
        make in 0..4_usize, place in 0.0..1.0, with in "[0-9a-z\"{}\\[\\],:]", text in crate::texts::any(true),
    ) {
        let whole = [makes::byte_level_trimmed(true), makes::llama(true, true), makes::bert(true), makes::unigram()];
        let mut chars: Vec<char> = whole[make].chars().collect();
        // the vocabulary is long and the rest is short: half of the damage goes to each end
        let end = if place < 0.5 { 4000.0 * place } else { chars.len() as f64 - 4000.0 * (1.0 - place) };
        let index = (end as usize).min(chars.len() - 1);
        chars[index] = with.chars().next().expect("a character");
        let damaged: String = chars.into_iter().collect();
        if let Ok(tokenizer) = Tokenizer::from_files(&Files { tokenizer: &damaged, ..Files::default() })
            && let Ok(encoding) = tokenizer.encode(&text)
        {
            prop_assert_eq!(encoding.ids.len(), encoding.offsets.len());
        }
    }
}
