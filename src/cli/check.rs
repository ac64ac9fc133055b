//! `lossmask check`: what a chat template does that a training run will notice.

use std::io::Write;

use serde_json::json;

use super::flags::Flags;
use super::input::{self, File};
use super::{Clean, Stop, diagnostics, json as lines};
use crate::diagnostic::Severity;
use crate::engine::Engine;

/// The flags it takes.
pub(super) const FLAGS: [&str; 4] = ["template", "tokenizer", "now", "json"];

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    if let Some(file) = &flags.file {
        return Err(Stop::Usage(format!("`check` takes a template with `--template {file}`")));
    }
    let mut engine = Engine::new();
    let (request, name) = input::request(flags, String::new(), &mut engine)?;
    let report = engine
        .inspect(&request)
        .map_err(|error| Stop::Input(diagnostics::render(&error, &File { name, text: String::new() })))?;
    for finding in &report.findings {
        if flags.json {
            lines::line(out, &json!(finding))?;
            continue;
        }
        writeln!(out, "{}: {:?}: {}", finding.code, finding.severity, finding.message.en)?;
        if let Some(excerpt) = &finding.excerpt {
            writeln!(out, "    {}", printable(&excerpt.replace("\n≠\n", "≠")).replace('≠', "\n  ≠ "))?;
        }
        writeln!(out, "    hint: {}", finding.hint.en)?;
    }
    if flags.json {
        let (twin, reason) = match &report.twin {
            Ok(twin) => (Some(&twin.source), None),
            Err(error) => (None, Some(&error.message)),
        };
        lines::line(out, &json!({"switches": report.switches, "twin": twin, "no_twin": reason}))?;
    } else {
        match &report.twin {
            Ok(twin) => writeln!(
                out,
                "training twin, proved on {} conversations:\n{}",
                twin.proved.len(),
                twin.source
            )?,
            Err(error) => writeln!(out, "no training twin: {}", error.message.en)?,
        }
    }
    Ok(report.findings.iter().all(|finding| finding.severity != Severity::Error))
}

/// A text on one line, without what could drive a terminal.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            out.extend(c.escape_debug());
        } else {
            out.push(c);
        }
    }
    out
}
