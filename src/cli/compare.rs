//! `lossmask compare`: what every recipe, with its defaults, makes of the conversations of a dialogue.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::flags::Flags;
use super::input::{self, File};
use super::{Clean, explain, json as lines};
use crate::diagnostic::{Severity, visible};
use crate::engine::{Asked, Comparison, Count, Engine, MessageSummary, Report, Row};
use crate::recipe::catalog::{RECIPES, find};

/// The flags it takes.
pub(super) const FLAGS: [&str; 7] =
    ["now", "var", "template", "tokenizer", "transformers", "ignore-index", "json"];

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    let mut engine = Engine::new();
    let file = File::named_by(flags)?;
    let (mut request, name) = input::request(flags, file.text.clone(), &mut engine)?;
    let asked: Vec<_> =
        RECIPES.iter().map(|recipe| Asked { recipe: recipe.id.to_owned(), ..Asked::default() }).collect();
    let mut clean = true;
    let mut index = 0;
    loop {
        request.conversation = Some(index);
        let comparison = engine.compare(&request, &asked);
        if index == 0 || !comparison.rows.is_empty() {
            clean &= findings(index, &comparison, &file, &name)?;
        }
        for row in &comparison.rows {
            if flags.json {
                lines::line(out, &line(index, row, &file))?;
            }
        }
        if !flags.json && !comparison.rows.is_empty() {
            table(out, index, &comparison)?;
        }
        index += 1;
        if index >= comparison.count {
            return Ok(clean);
        }
    }
}

/// Prints what concerns all rows; whether it holds no error.
fn findings(index: usize, comparison: &Comparison, file: &File, name: &str) -> Clean {
    let text = comparison.template_source.clone().unwrap_or_default();
    let template = File { name: name.to_owned(), text };
    let report = Report { diagnostics: comparison.diagnostics.clone(), ..Report::default() };
    Ok(explain::general(&report, file, &template)? && rendered(index, comparison, file, &template))
}

/// Prints the error for which the conversation can't be rendered; `true` where it can. `all-tokens` asks nothing of a template
/// but that: an error there is no trainer's choice.
fn rendered(index: usize, comparison: &Comparison, file: &File, template: &File) -> bool {
    let plainest = comparison.rows.iter().filter(|row| row.recipe == "all-tokens");
    let mut found = plainest.flat_map(|row| &row.diagnostics);
    let Some(error) = found.find(|found| found.severity == Severity::Error) else { return true };
    explain::failed(error, index, &comparison.messages, file, template);
    false
}

/// One row as one object.
fn line(conversation: usize, row: &Row, file: &File) -> Value {
    let found: Vec<_> = row.diagnostics.iter().map(|found| lines::diagnostic(found, &file.text)).collect();
    let head = json!({"conversation": conversation, "recipe": row.recipe, "samples": row.samples});
    let rest = match &row.outcome {
        Err(why) => json!({"dropped": why.en, "diagnostics": found}),
        Ok((place, sample)) => {
            let (tokens, trained) = row.totals();
            let count = |count: &Count| {
                let Count { owner, tokens, trained } = count;
                json!({"message": owner.message, "part": owner.part, "tokens": tokens, "trained": trained})
            };
            let counts: Vec<_> = row.counts.iter().map(count).collect();
            json!({"sample": place, "tokens": tokens, "trained": trained, "counts": counts,
                "input_ids": sample.input_ids, "labels": sample.labels, "diagnostics": found})
        }
    };
    let (Value::Object(mut head), Value::Object(rest)) = (head, rest) else { return Value::Null };
    head.extend(rest);
    Value::Object(head)
}

/// The counts of all rows, one line a row; of a recipe with several samples those of the last one.
fn table(out: &mut dyn Write, conversation: usize, comparison: &Comparison) -> io::Result<()> {
    writeln!(
        out,
        "conversation {}: {} messages\n{:<24}{:<12}{:>8}{:>8}{:>9}  trained in each message",
        conversation + 1,
        comparison.messages.len(),
        "recipe",
        "version",
        "sample",
        "tokens",
        "trained",
    )?;
    for row in &comparison.rows {
        let version = find(&row.recipe).and_then(|recipe| recipe.source).map_or("", |source| source.version);
        write!(out, "{:<24}{version:<12.11}", row.recipe)?;
        match &row.outcome {
            Err(why) => writeln!(out, "  dropped: {}", why.en)?,
            Ok((place, _)) => {
                let (tokens, trained) = row.totals();
                let sample = format!("{}/{}", place + 1, row.samples);
                writeln!(out, "{sample:>8}{tokens:>8}{trained:>9}  {}", by_message(comparison, row))?;
            }
        }
    }
    writeln!(out)
}

/// How much each message trains: `system 0, user 0, assistant 20`.
fn by_message(comparison: &Comparison, row: &Row) -> String {
    let trained = |index: usize| -> usize {
        let own = row.counts.iter().filter(|count| count.owner.message == Some(index as u32));
        own.map(|count| count.trained).sum()
    };
    let one =
        |(index, message): (usize, &MessageSummary)| format!("{} {}", visible(&message.role), trained(index));
    let all: Vec<_> = comparison.messages.iter().enumerate().map(one).collect();
    all.join(", ")
}
