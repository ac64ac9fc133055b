//! `per-turn` on any conversation: the reply and its stop token are trained, and nothing else.

#![cfg(not(target_arch = "wasm32"))]

use std::cell::RefCell;

use lossmask::engine::{EMBEDDED, Engine, Request, TemplateChoice};
use lossmask::recipe::{Outcome, Sample};
use lossmask::tokenizer::Tokenizer;
use proptest::prelude::*;
use unicode_normalization_alignments::UnicodeNormalization;

/// Words of several scripts, marks that combine, emoji that join, spaces, newlines and code.
fn content() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z ]{1,12}",
        "[春夏秋冬花鸟虫鱼，。！？]{1,8}",
        "[ \\t\\n]{1,3}",
        Just("👩‍👩‍👧 e\u{301}".to_owned()),
        Just("fn main() {}".to_owned()),
        Just("مرحبا".to_owned()),
        "[\\x20-\\x7e]{0,10}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn conversation() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let role = prop_oneof![Just("user"), Just("assistant"), Just("system"), Just("tool")];
    proptest::collection::vec((role, content()), 1..7)
}

thread_local! {
    /// One engine for all cases: reading the tokenizer costs more than a case.
    static ENGINE: RefCell<Engine> = RefCell::new(Engine::new());
}

fn samples(messages: &[(&str, String)], options: &[(&str, &str)]) -> Vec<Sample> {
    let messages: Vec<_> = messages
        .iter()
        .map(|(role, content)| serde_json::json!({"role": role, "content": content}))
        .collect();
    let request = Request {
        dialogue: serde_json::to_string(&messages).unwrap(),
        template: TemplateChoice::Catalog("chatml".to_owned()),
        options: options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..Request::default()
    };
    let mut report = ENGINE.with_borrow_mut(|engine| engine.analyze(&request));
    assert_eq!(report.conversations.len(), 1, "{report:?}");
    let outcomes = report.conversations.remove(0).outcomes;
    outcomes
        .into_iter()
        .filter_map(|outcome| match outcome {
            Outcome::Sample(sample) => Some(sample),
            Outcome::Dropped { .. } => None,
        })
        .collect()
}

/// What the trained tokens say.
fn trained(sample: &Sample, tokenizer: &Tokenizer) -> String {
    let trained = sample.input_ids.iter().zip(&sample.weights).filter(|(_, weight)| **weight > 0.0);
    let bytes: Vec<u8> = trained.flat_map(|(id, _)| tokenizer.token_bytes(*id)).collect();
    String::from_utf8(bytes).unwrap()
}

/// The text as the embedded tokenizer normalises it.
fn normalised(text: &str) -> String {
    text.nfc().map(|(c, _)| c).collect()
}

fn check_arrays(sample: &Sample) {
    let count = sample.input_ids.len();
    assert_eq!(sample.attention_mask, vec![1; count]);
    let lengths = [
        sample.labels.len(),
        sample.weights.len(),
        sample.offsets.len(),
        sample.held.len(),
        sample.owners.len(),
    ];
    assert_eq!(lengths, [count; 5]);
    for token in 0..count {
        let masked = sample.labels[token] == -100;
        assert!(masked || sample.labels[token] == i64::from(sample.input_ids[token]));
        assert_eq!(masked, sample.weights[token] == 0.0);
    }
    assert_eq!(sample.trail.last().map_or(0, |reason| reason.to) as usize, count);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn the_reply_and_its_stop_token_are_trained_and_nothing_else(messages in conversation()) {
        let tokenizer = ENGINE.with_borrow_mut(|engine| engine.tokenizer(EMBEDDED)).unwrap();
        let replies: Vec<_> = messages.iter().enumerate().filter(|(_, (role, _))| *role == "assistant").collect();
        for (end, tail) in [("stop", "<|im_end|>"), ("none", ""), ("all", "<|im_end|>\n")] {
            let samples = samples(&messages, &[("end", end)]);
            prop_assert_eq!(samples.len(), replies.len());
            for (sample, (index, (_, reply))) in samples.iter().zip(&replies) {
                check_arrays(sample);
                prop_assert_eq!(sample.reply, Some(*index as u32));
                prop_assert_eq!(trained(sample, &tokenizer), normalised(&format!("{reply}{tail}")));
                let prompt_end = sample.prompt_end.unwrap();
                for (offset, weight) in sample.offsets.iter().zip(&sample.weights) {
                    prop_assert!(*weight == 0.0 || offset.start >= prompt_end);
                }
            }
        }
    }

    #[test]
    fn parts_that_are_encoded_apart_agree_at_a_special_token_or_say_where_not(messages in conversation()) {
        let whole = samples(&messages, &[]);
        let apart = samples(&messages, &[("boundary", "separate")]);
        for (whole, apart) in whole.iter().zip(&apart) {
            prop_assert_eq!(apart.labels.len(), apart.input_ids.len());
            let told = apart.diagnostics.iter().any(|found| {
                ["boundary-differs", "labels-length", "label-differs"].contains(&found.code.as_ref())
            });
            prop_assert!(told || whole.labels == apart.labels, "{:?}", apart);
        }
    }
}
