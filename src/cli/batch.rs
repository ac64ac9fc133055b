//! `lossmask batch`: the samples of all conversations as a trainer cuts, pads or packs them.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::flags::Flags;
use super::input::{self, File};
use super::{Clean, diagnostics, explain, json as lines};
use crate::batch::{IGNORED, MOST_SAMPLES, Made, Row};
use crate::diagnostic::Diagnostic;
use crate::engine::{BatchAsked, Engine, Gathered, Report};

/// The flags it takes.
pub(super) const FLAGS: [&str; 15] = [
    "recipe",
    "set",
    "now",
    "var",
    "template",
    "tokenizer",
    "transformers",
    "json",
    "way",
    "max-length",
    "truncation",
    "padding-side",
    "pad",
    "pad-to-multiple-of",
    "batch-size",
];

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    let mut engine = Engine::new();
    let file = File::named_by(flags)?;
    let (request, name) = input::request(flags, file.text.clone(), &mut engine)?;
    let asked = BatchAsked { settings: flags.batch.clone(), pad: flags.pad.clone(), most: MOST_SAMPLES };
    let report = engine.batch(&request, std::slice::from_ref(&file.text), &asked);
    let gathered = &report.gathered;
    let general = Report { diagnostics: gathered.diagnostics.clone(), ..Report::default() };
    let template = input::template(&mut engine, &request, name);
    let clean = explain::general(&general, &file, &template)?;
    let made = match report.made {
        Ok(made) => made,
        Err(error) if diagnostics::is_wrong_call(&error) => return Err(diagnostics::wrong_call(&error)),
        Err(error) => return Ok(diagnostics::print([&error], &file)),
    };
    if flags.json {
        all_lines(out, gathered, &made, &file)?;
    } else {
        diagnostics::print(&made.diagnostics, &file);
        table(out, gathered, &made)?;
    }
    Ok(clean)
}

/// A line for each sample, one for each row, and one for what was found.
fn all_lines(out: &mut dyn Write, gathered: &Gathered, made: &Made, file: &File) -> Result<(), super::Stop> {
    for (number, (gain, cut)) in gathered.samples.iter().zip(&made.cuts).enumerate() {
        let (from, to, tokens) = (cut.from as usize, cut.to as usize, gain.input_ids.len());
        let line = json!({"sample": number, "conversation": gain.conversation, "tokens": tokens,
            "trained": gain.trained(0..tokens), "kept": [from, to], "kept_trained": gain.trained(from..to),
            "dropped": cut.gone});
        lines::line(out, &line)?;
    }
    for (batch, rows) in made.batches.iter().enumerate() {
        for (number, row) in rows.rows.iter().enumerate() {
            lines::line(out, &line(batch, number, row))?;
        }
    }
    let found = |found: &Diagnostic| lines::diagnostic(found, &file.text);
    let found: Vec<Value> = made.diagnostics.iter().map(found).collect();
    lines::line(
        out,
        &json!({"conversations": gathered.count, "taken": gathered.taken, "without_sample": gathered.without,
            "samples": gathered.samples.len(), "batches": made.batches.len(), "diagnostics": found}),
    )
}

/// A row as one object. An origin is `[sample, token]`, null for padding; a target is a label after the shift.
fn line(batch: usize, number: usize, row: &Row) -> Value {
    let origins: Vec<_> = (0..row.input_ids.len()).map(|column| row.origin(column)).collect();
    json!({"batch": batch, "row": number, "input_ids": row.input_ids, "labels": row.labels,
        "attention_mask": row.attention_mask, "position_ids": row.position_ids, "segments": row.segments,
        "origins": origins, "targets": row.targets()})
}

/// What each row holds, one line a row.
fn table(out: &mut dyn Write, gathered: &Gathered, made: &Made) -> io::Result<()> {
    let dropped = made.cuts.iter().filter(|cut| cut.gone.is_some()).count();
    writeln!(
        out,
        "{} of {} conversations, {} samples, {dropped} of them dropped\n{:>6}{:>5}{:>9}{:>9}{:>9}  samples",
        gathered.taken,
        gathered.count,
        gathered.samples.len(),
        "batch",
        "row",
        "columns",
        "padding",
        "targets",
    )?;
    for (batch, rows) in made.batches.iter().enumerate() {
        for (number, row) in rows.rows.iter().enumerate() {
            let tokens: usize = row.segments.iter().map(crate::batch::Segment::len).sum();
            let targets = row.targets().iter().filter(|target| **target != IGNORED).count();
            let samples: Vec<_> = row
                .segments
                .iter()
                .map(|segment| format!("{}[{}..{}]", segment.sample, segment.from, segment.to))
                .collect();
            let (columns, padding) = (row.input_ids.len(), row.input_ids.len() - tokens);
            writeln!(
                out,
                "{batch:>6}{number:>5}{columns:>9}{padding:>9}{targets:>9}  {}",
                samples.join(" ")
            )?;
        }
    }
    Ok(())
}
