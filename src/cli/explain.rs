//! `lossmask explain`: the samples of a dialogue.

use std::io::Write;

use serde_json::json;

use super::flags::Flags;
use super::input::{self, File};
use super::json::{self as lines, SampleLine};
use super::show::Show;
use super::{Clean, Stop, diagnostics};
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::engine::{ConversationReport, Engine, MessageSummary, Report};
use crate::recipe::Outcome;
use crate::span::Span;

/// The flags it takes.
pub(super) const FLAGS: [&str; 9] =
    ["recipe", "set", "now", "var", "template", "tokenizer", "transformers", "ignore-index", "json"];

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    let mut engine = Engine::new();
    let file = File::named_by(flags)?;
    let (request, name) = input::request(flags, file.text.clone(), &mut engine)?;
    let tokenizer = engine.tokenizer(&request.tokenizer);
    let show = tokenizer.as_deref().filter(|_| !flags.json).map(Show::new);
    let mut clean = true;
    let mut template = File { name, text: String::new() };
    let report = engine.analyze_each(&request, |report, conversation| {
        if template.text.is_empty() {
            template.text = report.template_source.clone().unwrap_or_default();
        }
        clean &= one(out, conversation, &file, &template, show.as_ref())?;
        Ok::<(), Stop>(())
    })?;
    template.text = report.template_source.clone().unwrap_or_default();
    Ok(general(&report, &file, &template)? && clean)
}

/// Prints the samples of one conversation, or its errors; whether there are none and nothing is left out.
fn one(
    out: &mut dyn Write,
    conversation: &ConversationReport,
    file: &File,
    template: &File,
    show: Option<&Show<'_>>,
) -> Clean {
    let whole = diagnostics::print(&conversation.diagnostics, file);
    if !errors(conversation, file, template) {
        return Ok(false);
    }
    let mut number = 0;
    for outcome in &conversation.outcomes {
        match (outcome, show) {
            (Outcome::Sample(sample), None) => {
                lines::line(out, &SampleLine::new(conversation, number, sample, &file.text))?;
            }
            (Outcome::Sample(sample), Some(show)) => show.sample(out, conversation, number, sample)?,
            (Outcome::Dropped { why, diagnostics }, None) => {
                let found: Vec<_> =
                    diagnostics.iter().map(|found| lines::diagnostic(found, &file.text)).collect();
                let line =
                    json!({"conversation": conversation.index, "dropped": why.en, "diagnostics": found});
                lines::line(out, &line)?;
            }
            (Outcome::Dropped { why, diagnostics }, Some(show)) => {
                show.dropped(out, conversation, why, diagnostics)?;
            }
        }
        number += usize::from(matches!(outcome, Outcome::Sample(_)));
    }
    Ok(whole)
}

/// Prints what concerns the call as a whole; whether it holds no error.
pub(super) fn general(report: &Report, file: &File, template: &File) -> Clean {
    if let Some(wrong) = report.diagnostics.iter().find(|found| diagnostics::is_wrong_call(found)) {
        return Err(diagnostics::wrong_call(wrong));
    }
    let mut clean = true;
    for found in &report.diagnostics {
        let of_template = matches!(found.place, Some((Source::Template, _)));
        clean &= diagnostics::print([found], if of_template { template } else { file });
    }
    Ok(clean)
}

/// Prints the errors for which a conversation has no samples; `true` where there are none.
fn errors(conversation: &ConversationReport, file: &File, template: &File) -> bool {
    let mut clean = conversation.diagnostics.iter().all(|found| found.severity != Severity::Error);
    for outcome in &conversation.outcomes {
        let Outcome::Dropped { diagnostics, .. } = outcome else { continue };
        for error in diagnostics.iter().filter(|found| found.severity == Severity::Error) {
            clean = false;
            failed(error, conversation.index, &conversation.messages, file, template);
        }
    }
    clean
}

/// Prints why a conversation can't be rendered or encoded, and which conversation it is.
pub(super) fn failed(
    error: &Diagnostic,
    index: usize,
    messages: &[MessageSummary],
    file: &File,
    template: &File,
) {
    let start = messages.first().map_or(0, |message| message.span.start);
    if matches!(error.place, Some((Source::Template, _))) {
        diagnostics::print([error], template);
        let at = crate::span::line_column(&file.text, start);
        eprintln!("note: this is conversation {} at {}:{}:{}", index + 1, file.name, at.line, at.column);
    } else {
        let error = error.clone().at(Source::Dialogue, Span::at(start));
        diagnostics::print([&error], file);
    }
}
