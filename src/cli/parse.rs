//! `lossmask parse`: the conversations that were read.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::flags::Flags;
use super::input::File;
use super::{Clean, Stop, diagnostics, json as lines};
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::{self, Conversation, FORMATS, Given};
use crate::engine;

/// The flags it takes.
pub(super) const FLAGS: [&str; 2] = ["format", "json"];

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    let file = File::named_by(flags)?;
    let read = dialogue::read_as(&file.text, asked(flags)?);
    let (general, mut of) = engine::findings(&read);
    let mut clean = diagnostics::print(&general, &file);
    for (index, conversation) in read.conversations.iter().enumerate() {
        let found = of.remove(&index).unwrap_or_default();
        let errors = found.iter().filter(|found| found.severity == Severity::Error);
        if !diagnostics::print(errors, &file) {
            clean = false;
        } else if flags.json {
            lines::line(out, &line(read.format, conversation, &found, &file.text))?;
        } else {
            diagnostics::print(&found, &file);
            show(out, index, conversation)?;
        }
    }
    Ok(clean)
}

fn line(format: Option<&str>, conversation: &Conversation, found: &[Diagnostic], text: &str) -> Value {
    let mut line = Map::new();
    line.insert("format".to_owned(), json!(format));
    line.insert("messages".to_owned(), conversation.messages_to_json());
    if let Some(tools) = &conversation.tools {
        line.insert("tools".to_owned(), tools.to_json());
    }
    if let Some(given) = &conversation.given {
        line.insert("given".to_owned(), given_json(given));
    }
    let training = (0..conversation.messages.len()).map(|at| conversation.training(at));
    let training: Vec<_> = training.collect();
    if training.iter().any(Option::is_some) {
        line.insert("training".to_owned(), json!(training));
    }
    if let Some(branch) = conversation.branch {
        line.insert("branch".to_owned(), json!(branch));
    }
    let found = found.iter().map(|found| lines::diagnostic(found, text)).collect();
    line.insert("diagnostics".to_owned(), Value::Array(found));
    Value::Object(line)
}

/// The format that was asked for.
fn asked(flags: &Flags) -> Result<Option<&str>, Stop> {
    let Some(id) = flags.format.as_deref() else { return Ok(None) };
    if FORMATS.iter().all(|format| format.id != id) {
        let known: Vec<_> = FORMATS.iter().map(|format| format.id).collect();
        return Err(Stop::Usage(format!(
            "unknown format `{id}`\nhint: the formats are {}",
            known.join(", ")
        )));
    }
    Ok(Some(id))
}

/// What a row says of its own tokens, as the row has it.
fn given_json(given: &Given) -> Value {
    match given {
        Given::Segments(segments) => {
            let one =
                |segment: &dialogue::Segment| json!({"label": segment.trained, "text": segment.text.text});
            json!({"segments": segments.iter().map(one).collect::<Vec<_>>()})
        }
        Given::Tokens(tokens) => {
            let mut lists = Map::new();
            lists.insert("input_ids".to_owned(), json!(tokens.input_ids));
            let labels = tokens.labels.as_ref().map(|labels| ("labels".to_owned(), json!(labels)));
            let mask = tokens.attention_mask.as_ref().map(|mask| ("attention_mask".to_owned(), json!(mask)));
            lists.extend(labels.into_iter().chain(mask));
            Value::Object(lists)
        }
    }
}

fn show(out: &mut dyn Write, index: usize, conversation: &Conversation) -> std::io::Result<()> {
    writeln!(out, "conversation {}", index + 1)?;
    for message in &conversation.messages {
        let content = message.get("content").map(dialogue::Value::to_json).unwrap_or_default();
        writeln!(out, "  {}: {content}", json!(message.role()))?;
    }
    if let Some(given) = &conversation.given {
        writeln!(out, "  given: {}", given_json(given))?;
    }
    Ok(())
}
