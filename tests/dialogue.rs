//! Pasted text ▶ conversations: a table of cases in `tests/dialogue/`, and properties that hold for every text.
#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Write as _;
use std::path::Path;

use lossmask::diagnostic::Severity;
use lossmask::dialogue::{Conversation, Given, read};
use lossmask::span::{Span, line_column};

const SEPARATOR: &str = "\n=== expected ===\n";

/// What is said of a conversation beside its messages.
fn beside(conversation: &Conversation) -> String {
    let mut out = String::new();
    if let Some(branch) = conversation.branch {
        let _ = write!(out, " branch {branch:?}");
    }
    for at in 0..conversation.messages.len() {
        let Some(training) = conversation.training(at) else { continue };
        let flags = training.flags.iter().map(|flag| format!(" {} {}", flag.key, flag.weight));
        let detail = training.detail.iter().map(|detail| {
            format!(" {}..{} {}", detail.span.start, detail.span.end, u8::from(detail.trained))
        });
        let _ = write!(out, " training {at}:{}", flags.chain(detail).collect::<String>());
    }
    match &conversation.given {
        Some(Given::Segments(segments)) => {
            for segment in segments {
                let _ = write!(out, " segment {} {:?}", segment.trained, segment.text.text);
            }
        }
        Some(Given::Tokens(tokens)) => {
            let _ = write!(out, " ids {:?}", tokens.input_ids);
            let labels = tokens.labels.as_ref().map(|labels| format!(" labels {labels:?}"));
            let mask = tokens.attention_mask.as_ref().map(|mask| format!(" attention_mask {mask:?}"));
            out.extend(labels.into_iter().chain(mask));
        }
        None => {}
    }
    out
}

/// What a case's file says should come out: the format and the others that claim the text, a line a conversation, then
/// a line a diagnostic with its place.
fn outcome(text: &str) -> String {
    let read = read(text);
    let others = read.candidates.iter().map(|(id, _)| *id).filter(|id| Some(*id) != read.format);
    let ids: Vec<&str> = std::iter::once(read.format.unwrap_or("none")).chain(others).collect();
    let mut out = format!("format {}\n", ids.join(" or "));
    for conversation in &read.conversations {
        let _ = write!(out, "{}", conversation.messages_to_json());
        if let Some(tools) = &conversation.tools {
            let _ = write!(out, " tools {}", tools.to_json());
        }
        for (key, value) in &conversation.extra {
            let _ = write!(out, " {} {}", key.text, value.to_json());
        }
        out.push_str(&beside(conversation));
        out.push('\n');
    }
    for diagnostic in &read.diagnostics {
        let (_, span) = diagnostic.place.unwrap();
        let at = line_column(text, span.start);
        let severity = match diagnostic.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let _ = writeln!(
            out,
            "{severity} {} {}:{} `{}`: {} ({})",
            diagnostic.code,
            at.line,
            at.column,
            Span::of(span, text).escape_debug(),
            diagnostic.message.en,
            diagnostic.hint.as_ref().unwrap().en
        );
    }
    out
}

/// To accept what comes out now, run with `LOSSMASK_ACCEPT=1` and read the difference.
#[test]
fn every_case_in_the_folder_reads_as_its_file_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogue");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = String::new();
    for file in &files {
        let case = std::fs::read_to_string(file).unwrap();
        let (text, expected) = case.split_once(SEPARATOR).unwrap_or((case.trim_end_matches('\n'), ""));
        let found = outcome(text);
        if found == expected {
            continue;
        }
        if std::env::var_os("LOSSMASK_ACCEPT").is_some() {
            std::fs::write(file, format!("{text}{SEPARATOR}{found}")).unwrap();
        } else {
            let _ = writeln!(wrong, "{}\nexpected:\n{expected}\nfound:\n{found}", file.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The pasted characters that `words`, a part of the content of a message of the last conversation, were written with.
fn written<'a>(pasted: &'a str, message: usize, words: &str) -> &'a str {
    let read = read(pasted);
    let content = read.conversations.last().unwrap().messages[message].content().unwrap();
    let start = content.text.find(words).unwrap();
    content.source_span(start..start + words.len()).of(pasted)
}

#[test]
fn the_words_of_every_format_point_at_the_characters_they_were_written_with() {
    for (pasted, message, words, expected) in [
        (r#"[{"role": "user", "content": "a\tb"}]"#, 0, "\t", r"\t"),
        (r#"[{"role": "user", "value": "a\tb"}]"#, 0, "b", "b"),
        (r#"{"system": "s\u4e00", "messages": [{"role": "user", "content": "q"}]}"#, 0, "一", r"\u4e00"),
        (r#"[{"from": "human", "value": "a\tb"}]"#, 0, "\tb", r"\tb"),
        (
            r#"[{"role": "user", "content": [{"type": "tool_result", "content": "r\n"}, {"type": "text", "text": "a\t"}, {"type": "text", "text": "b"}]}]"#,
            0,
            "\n",
            r"\n",
        ),
        (
            r#"[{"role": "user", "content": [{"type": "tool_result", "content": "r\n"}, {"type": "text", "text": "a\t"}, {"type": "text", "text": "b"}]}]"#,
            1,
            "\t",
            r"\t",
        ),
        (
            r#"[{"role": "user", "content": [{"type": "tool_result", "content": "r\n"}, {"type": "text", "text": "a\t"}, {"type": "text", "text": "b"}]}]"#,
            1,
            "b",
            "b",
        ),
        (r#"{"conversation": [{"human": "q\t", "assistant": "a"}]}"#, 0, "\t", r"\t"),
        (r#"[["q", "a"], ["r\\s", "b"]]"#, 2, "\\", r"\\"),
        (
            r#"{"instruction": "i", "input": "x\n", "output": "o", "history": "[['h\\t', 'a']]"}"#,
            0,
            "\t",
            r"\\t",
        ),
        (r#"{"instruction": "i", "input": "x\n", "output": "o"}"#, 0, "x\n", r"x\n"),
        (r#"{"context": "c\t", "question": "q", "answer": 4.50}"#, 0, "\t", r"\t"),
        (r#"{"context": "c\t", "question": "q", "answer": 4.50}"#, 1, "4.50", "4.50"),
        (r#"{"prompt": "p", "completion": "c\t"}"#, 1, "\t", r"\t"),
        (
            r#"{"chosen": "\n\nHuman: h\ti\n\nAssistant: yes", "rejected": "\n\nHuman: h\ti\n\nAssistant: no\""}"#,
            1,
            "\"",
            r#"\""#,
        ),
        (r#"{"message_id": "1", "text": "q\n", "role": "prompter"}"#, 0, "\n", r"\n"),
        (r#"{"segments": [{"label": true, "text": "a\tb"}]}"#, 0, "\t", r"\t"),
        (r#"{"text": "User: q\nAssistant: \u4e00"}"#, 1, "一", r"\u4e00"),
    ] {
        assert_eq!(written(pasted, message, words), expected, "{pasted}");
    }
}

#[test]
fn a_role_points_at_the_word_it_was_written_with() {
    for (pasted, expected) in [
        (r#"[{"from": "human", "value": "a"}]"#, "human"),
        (r#"{"message_id": "1", "text": "q", "role": "prompter"}"#, "prompter"),
    ] {
        let read = read(pasted);
        let role = &read.conversations[0].messages[0].role;
        assert_eq!((role.text.as_str(), role.source_span(0..4).of(pasted)), ("user", expected));
    }
}

#[test]
fn the_arguments_of_a_call_in_a_string_keep_their_places() {
    let pasted = r#"[{"from": "function_call", "value": "{\"name\": \"f\", \"arguments\": {\"city\": \"Os\\nlo\"}}"}]"#;
    let read = read(pasted);
    let calls = read.conversations[0].messages[0].get("tool_calls").unwrap();
    let city = calls.as_list().unwrap()[0].get("function").unwrap().get("arguments").unwrap().get("city");
    let city = city.unwrap().as_text().unwrap();
    assert_eq!(city.text, "Os\nlo");
    assert_eq!(city.source_span(2..3).of(pasted), r"\\n");
    assert_eq!(city.source_span(3..5).of(pasted), "lo");
}

#[test]
fn a_tree_with_many_paths_is_cut_and_says_so() {
    let mut rows = vec![r#"{"message_id": "0", "text": "q", "role": "prompter"}"#.to_owned()];
    rows.extend((1..1000).map(|at| {
        format!(r#"{{"message_id": "{at}", "parent_id": "{}", "text": "x", "role": "assistant"}}"#, at - 1)
    }));
    rows.extend((1000..1500).map(|at| {
        format!(r#"{{"message_id": "{at}", "parent_id": "999", "text": "y", "role": "prompter"}}"#)
    }));
    let read = read(&rows.join("\n"));
    let messages: usize = read.conversations.iter().map(|conversation| conversation.messages.len()).sum();
    assert!((150_000..=200_000).contains(&messages), "{messages}");
    assert!(read.diagnostics.iter().any(|found| found.code == "too-many-paths"));
}

#[test]
fn of_two_formats_the_surer_one_reads_and_the_other_is_offered() {
    for (pasted, expected) in [
        (r#"{"prompt": "q", "response": "a"}"#, "query-response prompt-completion"),
        (r#"{"prompt": "q", "completion": "a"}"#, "prompt-completion query-response"),
        (r#"{"query": "q", "response": "a"}"#, "query-response"),
        (r#"{"instruction": "q", "output": "a"}"#, "alpaca query-response"),
        (r#"{"conversations": [{"role": "user", "content": "q"}]}"#, "openai"),
        (r#"{"conversations": [{"from": "user", "value": "q"}]}"#, "sharegpt"),
        (
            r#"{"prompt": "q", "messages": [{"role": "user", "content": "q"}]}"#,
            "openai prompt-completion query-response",
        ),
        (
            r#"{"messages": [{"role": "user", "content": "q"}], "chosen": "a", "rejected": "b"}"#,
            "preference openai",
        ),
        (r#"{"text": "a", "label": 1}"#, "text-rows"),
        (r#"{"question": "q", "text": "a"}"#, "query-response text-rows"),
        (
            r#"{"input_ids": [1], "text": "a", "messages": [{"role": "user", "content": "q"}]}"#,
            "tokens openai text-rows",
        ),
    ] {
        let ids: Vec<&str> = read(pasted).candidates.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids.join(" "), expected, "{pasted}");
    }
}
