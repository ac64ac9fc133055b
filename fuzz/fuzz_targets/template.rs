//! Any text as a chat template: an error or a text whose every byte has an owner, and no panic.
//!
//! `tests/template/fuzz.rs` does the same on a stable toolchain, with mutations of its own.

#![no_main]

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use libfuzzer_sys::fuzz_target;
use lossmask::template::checks::{Setting, check};
use lossmask::template::probes::PROBES;
use lossmask::template::twin::training_twin;
use lossmask::template::{Input, Template, switches};

fuzz_target!(|source: &str| {
    let special_tokens: BTreeMap<String, String> = [("bos_token".to_owned(), "<s>".to_owned())].into();
    let now = NaiveDateTime::default();
    if let Ok(template) = Template::compile(source) {
        for probe in &PROBES[..3] {
            let conversation = probe.conversation();
            let input = Input {
                messages: &conversation.messages,
                tools: conversation.tools.as_ref(),
                variables: &[],
                add_generation_prompt: true,
                special_tokens: &special_tokens,
                now,
            };
            if let Ok(rendered) = template.render(&input) {
                let pieces = template.owners(&input, &rendered);
                assert_eq!(pieces.last().map_or(0, |piece| piece.output.end), rendered.text.len());
            }
        }
    }
    let _ = switches(source);
    let _ = training_twin(source, &special_tokens, now);
    check(source, Setting { special_tokens: &special_tokens, now, tokenizer_adds_bos: true });
});
