//! What holds for every recipe and every conversation, however odd: no panic, whole arrays, a reason for every token, and
//! an owner for every byte.
#![cfg(not(target_arch = "wasm32"))]

use std::cell::RefCell;

use lossmask::engine::{EMBEDDED, Engine, Request, TemplateChoice};
use lossmask::recipe::{OptionKind, Outcome, Recipe, Sample, catalog};
use lossmask::tokenizer::{Files, Tokenizer, embedded_json};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Tokens that trainers look for: of Llama 3, of tools, of `DeepSeek`.
const MARKERS: [&str; 24] = [
    "<unk>",
    "<s>",
    "</s>",
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<tool_call>",
    "</tool_call>",
    "<tool_response>",
    "</tool_response>",
    "<｜begin▁of▁sentence｜>",
    "<｜end▁of▁sentence｜>",
    "<｜User｜>",
    "<｜Assistant｜>",
    "<｜tool▁calls▁begin｜>",
    "<｜tool▁calls▁end｜>",
    "<｜tool▁call▁begin｜>",
    "<｜tool▁call▁end｜>",
    "<｜tool▁sep｜>",
    "<｜tool▁outputs▁begin｜>",
    "<｜tool▁outputs▁end｜>",
    "<｜tool▁output▁begin｜>",
];

fn marked() -> Tokenizer {
    let mut file: Value = serde_json::from_str(&embedded_json()).unwrap();
    let first = Tokenizer::embedded().vocab_size();
    let added = file["added_tokens"].as_array_mut().unwrap();
    for (i, content) in MARKERS.iter().chain(["<｜tool▁output▁end｜>"].iter()).enumerate() {
        added.push(json!({"id": first + i, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true}));
    }
    let config =
        json!({"eos_token": "<|im_end|>", "bos_token": "<s>", "unk_token": "<unk>", "pad_token": "<unk>"});
    let (file, config) = (file.to_string(), config.to_string());
    Tokenizer::from_files(&Files { tokenizer: &file, config: Some(&config), ..Files::default() }).unwrap()
}

thread_local! {
    /// One engine for all cases: reading a tokenizer costs more than a case.
    static ENGINE: RefCell<Engine> = RefCell::new({
        let mut engine = Engine::new();
        engine.add_tokenizer("marked", marked());
        engine
    });
}

/// Words, markers and what templates use as placeholders.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z ]{1,8}",
        "[春夏秋冬，。！]{1,5}",
        "[ \\t\\n]{1,3}",
        Just("👩‍👩‍👧 e\u{301}".to_owned()),
        prop::sample::select(&MARKERS[..]).prop_map(str::to_owned),
        prop::sample::select(vec![
            "<think>",
            "</think>",
            "<think>\n\n</think>\n\n",
            "{{content}}",
            "{{idx}}",
            "{{QUERY}}",
            "{{ROUND0}}",
            "</s>",
            "<|im_end|>",
            "<|im_start|>assistant\n",
            " ASSISTANT: ",
            "Action:",
            "Action Input:",
            "[[dummy_message]]",
            r#"{"name": "f", "arguments": {"x": [1, null, 2.5]}}"#,
            "detailed thinking on",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn content() -> impl Strategy<Value = Value> {
    prop_oneof![
        12 => words().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!({"a": 1})),
        1 => proptest::collection::vec(words(), 0..3).prop_map(|texts| {
            texts.iter().map(|text| json!({"type": "text", "text": text})).collect()
        }),
        1 => (words(), words()).prop_map(|(thinking, text)| {
            json!([{"type": "thinking", "thinking": thinking}, {"type": "text", "text": text}, "x", {"type": "image"}])
        }),
    ]
}

fn message() -> impl Strategy<Value = Value> {
    let role = prop_oneof![
        4 => Just("user"), 4 => Just("assistant"), 1 => Just("system"), 1 => Just("tool"), 1 => Just("tool_call"),
        1 => Just("function_call"), 1 => Just("nobody"),
    ];
    let more = prop_oneof![
        8 => Just(json!({})),
        1 => words().prop_map(|text| json!({"reasoning_content": text})),
        1 => Just(json!({"trainable": true})),
        1 => Just(json!({"loss": false})),
        1 => Just(json!({"loss_scale": 0.5})),
        1 => words().prop_map(|text| json!({"tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": text}},
            {"id": "b", "function": {"name": "g", "arguments": {"x": text}}},
        ]})),
        1 => Just(json!({"tool_calls": []})),
        1 => Just(json!({"tool_calls": [{"function": 1}, null]})),
    ];
    (role, content(), more).prop_map(|(role, content, mut more)| {
        more["role"] = role.into();
        more["content"] = content;
        more
    })
}

fn conversation() -> impl Strategy<Value = Value> {
    let tools = prop_oneof![
        6 => Just(Value::Null),
        1 => Just(json!([{"type": "function", "function": {"name": "f", "description": null, "parameters": {
            "type": "object", "required": ["x"], "properties": {"x": {"type": ["string", "null"], "enum": ["春"], "items": {}}}}}}])),
        1 => Just(json!([{"name": 1}, null, "{}"])),
        1 => Just(json!({"name": "f"})),
    ];
    (proptest::collection::vec(message(), 1..7), tools)
        .prop_map(|(messages, tools)| json!([{"messages": messages, "tools": tools}]))
}

/// The defaults of a recipe, and every choice of every option alone.
fn option_sets(recipe: &Recipe) -> Vec<Vec<(String, String)>> {
    let mut sets = vec![Vec::new()];
    for option in recipe.options {
        let values = match option.kind {
            OptionKind::Choice(choices) => choices,
            OptionKind::Bool => &["true", "false"],
            OptionKind::Int => &["0", "7", "-1"],
            OptionKind::IntOrNone => &["none", "0", "7"],
            OptionKind::Text => &["", "assistant", "\n"],
            OptionKind::List => &["", "user,assistant", "<|im_end|>,<think>"],
        };
        sets.extend(values.iter().map(|value| vec![(option.name.to_owned(), (*value).to_owned())]));
    }
    sets
}

/// What is wrong with a sample, if anything.
fn wrong(sample: &Sample, messages: usize) -> Option<String> {
    let count = sample.input_ids.len();
    let lengths = [
        sample.attention_mask.len(),
        sample.labels.len(),
        sample.weights.len(),
        sample.offsets.len(),
        sample.held.len(),
        sample.owners.len(),
    ];
    if lengths != [count; 6] {
        return Some(format!("{count} tokens, but {lengths:?}"));
    }
    if (0..count).any(|at| (sample.labels[at] == -100) != (sample.weights[at] == 0.0)) {
        return Some("a weight and its label disagree".to_owned());
    }
    let mut next = 0;
    for reason in &sample.trail {
        if reason.from != next || reason.to <= next || reason.why.en.is_empty() || reason.why.zh.is_empty() {
            return Some(format!("reasons: {reason:?} after {next}"));
        }
        next = reason.to;
    }
    if next as usize != count {
        return Some(format!("reasons end at {next} of {count}"));
    }
    let mut at = 0;
    for piece in &sample.pieces {
        if piece.output.start != at || !sample.text.is_char_boundary(piece.output.end) {
            return Some(format!("pieces: {piece:?} after {at}"));
        }
        at = piece.output.end;
    }
    if at != sample.text.len() {
        return Some(format!("pieces end at {at} of {}", sample.text.len()));
    }
    let outside = sample.offsets.iter().find(|span| sample.text.get(span.start..span.end).is_none());
    let nobody =
        sample.owners.iter().find(|owner| owner.message.is_some_and(|message| message as usize >= messages));
    outside.map(|span| format!("offset {span:?}")).or_else(|| nobody.map(|owner| format!("{owner:?}")))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn every_recipe_takes_every_conversation(conversation in conversation()) {
        let messages = conversation[0]["messages"].as_array().map_or(0, Vec::len);
        let dialogue = conversation.to_string();
        for recipe in catalog::RECIPES {
            for options in option_sets(recipe) {
                for tokenizer in [EMBEDDED, "marked"] {
                    let request = Request {
                        dialogue: dialogue.clone(),
                        template: TemplateChoice::Catalog("chatml".to_owned()),
                        tokenizer: tokenizer.to_owned(),
                        recipe: recipe.id.to_owned(),
                        options: options.clone(),
                        ..Request::default()
                    };
                    let report = ENGINE.with_borrow_mut(|engine| engine.analyze(&request));
                    for outcome in report.conversations.iter().flat_map(|conversation| &conversation.outcomes) {
                        match outcome {
                            Outcome::Sample(sample) => {
                                let wrong = wrong(sample, messages);
                                prop_assert!(wrong.is_none(), "{} {:?}: {:?}", recipe.id, options, wrong);
                            }
                            Outcome::Dropped { why, .. } => prop_assert!(!why.en.is_empty()),
                        }
                    }
                }
            }
        }
    }
}
