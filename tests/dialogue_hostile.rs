//! Texts made to take long: reading is linear, whatever is repeated.
#![cfg(not(target_arch = "wasm32"))]

use std::time::{Duration, Instant};

use lossmask::dialogue::read;

/// How long each text is; `LOSSMASK_HOSTILE_MIB` makes them longer, to look at the figures of a release build.
fn bytes() -> usize {
    let asked = std::env::var("LOSSMASK_HOSTILE_MIB").ok().and_then(|mib| mib.parse::<usize>().ok());
    asked.map_or(64 << 10, |mib| mib << 20)
}

/// What is repeated, after what and before what.
const TEXTS: [(&str, &str, &str); 40] = [
    ("", "User:\n", ""),
    ("", "User: a\nAssistant: b\n", ""),
    ("### Instruction:\na\n", "### Input:\nb\n", ""),
    ("", "USER: ", "ASSISTANT:"),
    ("", "#", ""),
    ("", "******", ":"),
    ("User: a\nAssistant: ", "</s>", ""),
    ("User: a\nAssistant: ", " ", "b"),
    ("", "<|im_start|>", ""),
    ("", "<|im_start|>user\n", ""),
    ("", "<|im_start|>user\na<|im_end|>\n", ""),
    ("<|im_start|>", "a", ""),
    ("", "<|start|>assistant<|channel|>analysis<|message|>", ""),
    ("<|start|>assistant", "<|channel|>", ""),
    ("", "[INST]", ""),
    ("[INST] <<SYS>>", "<</SYS>><<SYS>>", ""),
    ("", "<|user|><|assistant|>", ""),
    ("<|user|>", "\n", ""),
    ("", "<", ""),
    ("", "<s>", ""),
    ("", "<｜User｜>", ""),
    ("", "[", ""),
    ("", "{\"a\":", ""),
    ("", "[{\"messages\": [", ""),
    ("[\n", "{\"messages\": [}]},\n", "]"),
    ("[\n {\"messages\": []},\n", " {\"messages\": [}]},\n", "]"),
    ("{\"messages\": []}\n", "{\"messages\": [}\n", ""),
    ("", "\"\"", ""),
    ("", "'a' ", ""),
    ("", "- ", "role: user"),
    ("messages:\n", "- role: user\n  content: a\n", ""),
    ("messages: ", "[", ""),
    ("messages: ", "{a: ", ""),
    ("messages:\n- content: |\n", "    a\n", ""),
    ("messages:\n- content: \"", "a\\n", "\""),
    ("messages:\n- content: ", "a b ", ""),
    ("messages:\n- &a x\n", "- *a\n", ""),
    ("prompt,answer\n", "\"\"\"\",", ""),
    ("prompt,answer\n", "a,b\n", ""),
    ("{\"messages\": \"", "[", "\"}"),
];

#[test]
fn no_repeated_piece_makes_reading_slow() {
    let mut slow = Vec::new();
    for (before, piece, after) in TEXTS {
        let text = format!("{before}{}{after}", piece.repeat(bytes() / piece.len()));
        let start = Instant::now();
        let found = read(&text);
        let time = start.elapsed();
        println!("{time:>10.1?} {:?} {before:?} {piece:?}", found.format);
        if time > Duration::from_secs(30) {
            slow.push((before, piece, time));
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
}

#[test]
fn yaml_that_nests_by_its_indent_has_a_limit() {
    let mut text = String::from("messages:\n");
    for depth in 1..1000 {
        text.push_str(&" ".repeat(depth));
        text.push_str("a:\n");
    }
    let codes: Vec<_> = read(&text).diagnostics.iter().map(|found| found.code.to_string()).collect();
    assert_eq!(codes, ["too-deep"]);
}
