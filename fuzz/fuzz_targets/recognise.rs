//! A dialogue in one of the formats and containers is recognised; damaged, it is read without panic.
#![no_main]

#[path = "../../tests/support/dialogue_holds.rs"]
mod support;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use lossmask::dialogue::{FORMATS, read, read_as};
use serde_json::{Value, json};

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    turns: Vec<(bool, &'a str)>,
    shape: Shape,
    container: Container,
    damage: Vec<Damage<'a>>,
    asked: u8,
}

#[derive(Arbitrary, Debug)]
enum Shape {
    OpenAi,
    ShareGpt,
    Alpaca,
    Stringified,
    ChatMl,
    Llama3,
    Inst,
    Gemma,
    RoleTags,
    DeepSeek,
    Harmony,
    Transcript,
    Headings,
    Capitals,
}

#[derive(Arbitrary, Debug)]
enum Container {
    Json,
    Lines,
    Python,
    Yaml,
    Csv,
    Fence,
}

#[derive(Arbitrary, Debug)]
enum Damage<'a> {
    Cut(u16),
    Remove(u16, u8),
    Insert(u16, &'a str),
    Repeat(u16, u8),
}

/// The rows of a format that has rows.
fn rows(shape: &Shape, turns: &[(bool, &str)]) -> Option<Vec<Value>> {
    let list = |key: &str, words: [&str; 2], said: &str| {
        Value::from_iter(turns.iter().map(|(user, text)| json!({ key: words[usize::from(*user)], said: text })))
    };
    let openai = || list("role", ["assistant", "user"], "content");
    Some(match shape {
        Shape::OpenAi => vec![json!({ "messages": openai() }), openai()],
        Shape::ShareGpt => vec![json!({ "conversations": list("from", ["gpt", "human"], "value") })],
        Shape::Stringified => vec![json!({ "messages": openai().to_string(), "tools": "[]" })],
        Shape::Alpaca => turns
            .chunks(2)
            .map(|pair| json!({ "instruction": pair[0].1, "output": pair.last().map(|last| last.1) }))
            .collect(),
        _ => return None,
    })
}

fn contained(container: &Container, rows: &[Value]) -> String {
    let lines = || rows.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    match container {
        Container::Json => serde_json::to_string_pretty(rows).unwrap(),
        Container::Lines => format!("\u{feff}{}\r\n", lines()),
        Container::Python => format!("data = ({},)", lines().replace('\n', ",\n").replace("null", "None")),
        Container::Yaml => rows.iter().map(|row| format!("- {row}\n")).collect(),
        Container::Fence => format!("Here:\n```json\n{}\n```\n", lines()),
        Container::Csv => {
            let Some(names) = rows.iter().find_map(Value::as_object) else { return lines() };
            let cell = |value: &Value| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                format!("\"{}\"", text.replace('"', "\"\""))
            };
            let line = |row: &Value| names.keys().map(|key| cell(&row[key])).collect::<Vec<_>>().join(",");
            let head = names.keys().cloned().collect::<Vec<_>>().join(",");
            let body: Vec<String> = rows.iter().filter(|row| row.is_object()).map(line).collect();
            format!("{head}\n{}\n", body.join("\n"))
        }
    }
}

fn rendered(shape: &Shape, turns: &[(bool, &str)]) -> String {
    let role = |user: bool| if user { "user" } else { "assistant" };
    let one = |user: bool, text: &str| match shape {
        Shape::Llama3 => format!("<|start_header_id|>{}<|end_header_id|>\n\n{text}<|eot_id|>", role(user)),
        Shape::Inst if user => format!("<s>[INST] <<SYS>>\n{text}\n<</SYS>>\n\n{text} [/INST]"),
        Shape::Inst => format!(" {text} </s>"),
        Shape::Gemma => {
            format!("<start_of_turn>{}\n{text}<end_of_turn>\n", if user { "user" } else { "model" })
        }
        Shape::RoleTags => format!("<|{}|>\n{text}<|end|>\n", role(user)),
        Shape::DeepSeek if user => format!("<｜User｜>{text}"),
        Shape::DeepSeek => format!("<｜Assistant｜>{text}<｜end▁of▁sentence｜>"),
        Shape::Harmony if user => format!("<|start|>user<|message|>{text}<|end|>"),
        Shape::Harmony => {
            format!("<|start|>assistant<|channel|>analysis<|message|>{text}<|end|><|start|>assistant to=functions.f<|channel|>commentary<|message|>{text}<|call|>")
        }
        Shape::Transcript => format!("{}{text}\n\n", if user { "Human: " } else { "Assistant：" }),
        Shape::Headings => format!("### {}:\n{text}\n\n", if user { "Instruction" } else { "Response" }),
        Shape::Capitals => format!("{}: {text} ", role(user).to_uppercase()),
        _ => format!("<|im_start|>{}\n{text}<|im_end|>\n", role(user)),
    };
    turns.iter().map(|(user, text)| one(*user, text)).collect()
}

fn damaged(text: &str, damage: &[Damage<'_>]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for harm in damage.iter().take(8) {
        let place = |at: u16| usize::from(at) % (chars.len() + 1);
        match harm {
            Damage::Cut(at) => chars.truncate(place(*at)),
            Damage::Remove(at, count) => {
                let at = place(*at);
                chars.drain(at..(at + usize::from(*count)).min(chars.len()));
            }
            Damage::Insert(at, put) => {
                let at = place(*at);
                chars.splice(at..at, put.chars());
            }
            Damage::Repeat(at, count) => {
                let at = place(*at);
                let again = chars[at..(at + usize::from(*count)).min(chars.len())].to_vec();
                chars.splice(at..at, again);
            }
        }
    }
    chars.into_iter().collect()
}

fuzz_target!(|case: Case<'_>| {
    let rows = rows(&case.shape, &case.turns);
    let text = match &rows {
        Some(rows) => contained(&case.container, rows),
        None => rendered(&case.shape, &case.turns),
    };
    let found = read(&text);
    support::holds(&text, &found).unwrap();
    let markers = |text: &str| text.contains(['<', '[', '#', ':', '：', '{', '`', '\\', '\r', '\u{feff}']);
    if rows.is_none() && !case.turns.is_empty() && !case.turns.iter().any(|(_, text)| markers(text)) {
        // One side alone is no transcript of an instruction or the like, and blanks are no turn.
        let both = case.turns.iter().any(|(user, _)| *user) && case.turns.iter().any(|(user, _)| !user);
        assert!(found.format.is_some() || !both, "not recognised: {text:?}");
    }
    let text = damaged(&text, &case.damage);
    let found = read(&text);
    support::holds(&text, &found).unwrap();
    let asked = FORMATS[usize::from(case.asked) % FORMATS.len()].id;
    support::holds(&text, &read_as(&text, Some(asked))).unwrap();
});
