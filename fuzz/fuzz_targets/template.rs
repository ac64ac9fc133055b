//! Any text as a chat template: an error or a text whose every byte has an owner, and no panic.
//!
//! `tests/template/fuzz.rs` does the same on a stable toolchain, with mutations of its own.

#![no_main]

#[path = "../../tests/support/template_holds.rs"]
mod support;

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use libfuzzer_sys::fuzz_target;
use lossmask::template::probes::PROBES;
use lossmask::template::{Input, Template};

fuzz_target!(|source: &str| {
    let special_tokens: BTreeMap<String, String> = [("bos_token".to_owned(), "<s>".to_owned())].into();
    let now = NaiveDateTime::default();
    if let Ok(template) = Template::compile(source) {
        for probe in &PROBES {
            let conversation = probe.conversation();
            for add_generation_prompt in [true, false] {
                let input = Input {
                    messages: &conversation.messages,
                    tools: conversation.tools.as_ref(),
                    variables: &[],
                    add_generation_prompt,
                    special_tokens: &special_tokens,
                    now,
                };
                support::renders(&template, &input);
            }
        }
    }
    support::is_looked_at(source, &special_tokens, now);
});
