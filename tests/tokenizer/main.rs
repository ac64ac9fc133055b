//! Ids and offsets against `tokenizers` 0.23, for tokenizers of every make-up and for text of every kind.
#![cfg(not(target_arch = "wasm32"))]

mod files;
mod golden;
mod makes;
mod oracle;
mod texts;

use oracle::Pair;
use proptest::prelude::*;
use serde_json::json;

/// Checks every fixed text and then random ones.
fn agrees(json: &str) {
    agrees_on(json, true);
}

/// The same for a tokenizer in which unknown characters are often refused.
fn agrees_or_says_so(json: &str) {
    let pair = Pair::new(json);
    let proved = texts::FIXED.iter().filter(|text| pair.check(text)).count();
    assert!(proved * 4 >= texts::FIXED.len(), "{proved} of {} texts were proved", texts::FIXED.len());
    proptest!(|(text in texts::any(false))| {
        pair.check(&text);
    });
}

/// The same, with or without characters that are newer than one of the libraries.
fn agrees_on(json: &str, wide: bool) {
    let pair = Pair::new(json);
    let proved = texts::FIXED.iter().filter(|text| pair.check(text)).count();
    assert!(proved * 10 >= texts::FIXED.len() * 9, "{proved} of {} texts were proved", texts::FIXED.len());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let (proved, all) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let result = runner.run(&texts::any(wide), |text| {
        let ok = pair.check(&text);
        // a second time, from the cache
        pair.check(&text);
        proved.set(proved.get() + u32::from(ok));
        all.set(all.get() + 1);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let (proved, all) = (proved.get(), all.get());
    assert!(proved * 10 >= all * 8, "{proved} of {all} random texts were proved");
}

#[test]
fn byte_level_with_nfc_agrees() {
    agrees(&makes::byte_level_nfc());
}

#[test]
fn byte_level_with_a_space_in_front_and_trimmed_offsets_agrees() {
    agrees(&makes::byte_level_trimmed(true));
}

#[test]
fn byte_level_with_trimmed_offsets_agrees() {
    agrees(&makes::byte_level_trimmed(false));
}

#[test]
fn byte_level_as_bloom_has_it_agrees() {
    agrees(&makes::bloom());
}

#[test]
fn byte_fallback_as_llama_2_has_it_agrees() {
    agrees(&makes::llama(true, true));
}

#[test]
fn unknown_characters_one_by_one_and_in_runs_agree() {
    agrees(&makes::llama(false, false));
    agrees(&makes::llama(false, true));
}

#[test]
fn byte_fallback_with_a_metaspace_pre_tokenizer_agrees() {
    for scheme in ["always", "first", "never"] {
        for split in [true, false] {
            agrees(&makes::metaspace(scheme, split));
        }
    }
}

#[test]
fn word_piece_as_bert_has_it_agrees() {
    agrees_on(&makes::bert(true), false);
    agrees_on(&makes::bert(false), false);
}

#[test]
fn other_normalisers_agree() {
    for form in ["NFD", "NFKC", "NFKD"] {
        agrees(&makes::chain(&json!([{"type": form}, {"type": "Lowercase"}])));
    }
    agrees(&makes::chain(&json!([
        {"type": "NFD"}, {"type": "StripAccents"}, {"type": "Strip", "strip_left": true, "strip_right": true},
        {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "},
        {"type": "Replace", "pattern": {"String": "the"}, "content": "THE"},
    ])));
}

#[test]
fn the_embedded_tokenizer_agrees() {
    let json = lossmask::tokenizer::embedded_json();
    agrees(&json);
    let read = Pair::new(&json).ours;
    for text in texts::FIXED {
        assert_eq!(read.encode(text), lossmask::tokenizer::Tokenizer::embedded().encode(text));
    }
}

#[test]
fn whole_words_agree() {
    agrees_on(&makes::word_level(), false);
}

#[test]
fn the_likeliest_cut_agrees() {
    agrees_or_says_so(&makes::unigram());
}
