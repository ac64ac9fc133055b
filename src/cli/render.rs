//! `lossmask render`: the text that the chat template makes.

use std::io::Write;

use serde_json::json;

use super::flags::Flags;
use super::input::{self, File};
use super::{Clean, explain, json as lines};
use crate::engine::Engine;

/// The flags it takes.
pub(super) const FLAGS: [&str; 7] =
    ["template", "tokenizer", "add-generation-prompt", "var", "now", "transformers", "json"];

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    let mut engine = Engine::new();
    let file = File::named_by(flags)?;
    let (request, template) = input::request(flags, file.text.clone(), &mut engine)?;
    let (mut report, rendered) = engine.render(&request, flags.add_generation_prompt);
    let template = File { name: template, text: report.template_source.take().unwrap_or_default() };
    let mut clean = explain::general(&report, &file, &template)?;
    for (conversation, rendered) in report.conversations.iter().zip(&rendered) {
        clean &= super::diagnostics::print(&conversation.diagnostics, &file);
        match rendered {
            Ok(rendered) if flags.json => {
                lines::line(out, &json!({"text": rendered.text, "generation_spans": rendered.generation}))?;
            }
            Ok(rendered) => writeln!(out, "{}", rendered.text)?,
            Err(error) => {
                clean = false;
                explain::failed(error, conversation.index, &conversation.messages, &file, &template);
            }
        }
    }
    Ok(clean)
}
