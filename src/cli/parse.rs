//! `lossmask parse`: the conversations that were read.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::flags::Flags;
use super::input::File;
use super::{Clean, diagnostics, json as lines};
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::{self, Conversation};
use crate::engine;

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    let file = File::named_by(flags)?;
    let read = dialogue::read(&file.text);
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
    let found = found.iter().map(|found| lines::diagnostic(found, text)).collect();
    line.insert("diagnostics".to_owned(), Value::Array(found));
    Value::Object(line)
}

fn show(out: &mut dyn Write, index: usize, conversation: &Conversation) -> std::io::Result<()> {
    writeln!(out, "conversation {}", index + 1)?;
    for message in &conversation.messages {
        let content = message.get("content").map(dialogue::Value::to_json).unwrap_or_default();
        writeln!(out, "  {}: {content}", json!(message.role()))?;
    }
    Ok(())
}
