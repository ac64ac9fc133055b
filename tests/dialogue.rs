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
    let others: String = others.map(|id| format!(" or {id}")).collect();
    let mut out = format!("format {}{others}\n", read.format.unwrap_or("none"));
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
