//! One JSON object a line.

use std::io::Write;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Stop;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::engine::ConversationReport;
use crate::recipe::Sample;
use crate::span::{Span, line_column};
use crate::template::Owner;

/// A sample; the order of the fields is the contract's.
#[derive(Serialize)]
pub(super) struct SampleLine<'a> {
    conversation: usize,
    sample: usize,
    text: &'a str,
    input_ids: &'a [u32],
    attention_mask: &'a [u8],
    labels: &'a [i64],
    weights: &'a [f32],
    offsets: &'a [Span],
    owners: &'a [Owner],
    diagnostics: Vec<Value>,
}

impl<'a> SampleLine<'a> {
    /// The line of a sample of a conversation of this pasted text. Its findings are those of the conversation, too.
    pub(super) fn new(of: &ConversationReport, number: usize, sample: &'a Sample, dialogue: &str) -> Self {
        let found = of.diagnostics.iter().chain(&sample.diagnostics);
        Self {
            conversation: of.index,
            sample: number,
            text: &sample.text,
            input_ids: &sample.input_ids,
            attention_mask: &sample.attention_mask,
            labels: &sample.labels,
            weights: &sample.weights,
            offsets: &sample.offsets,
            owners: &sample.owners,
            diagnostics: found.map(|found| diagnostic(found, dialogue)).collect(),
        }
    }
}

/// A finding; `dialogue` is the text whose lines and columns a place in it gets.
pub(super) fn diagnostic(finding: &Diagnostic, dialogue: &str) -> Value {
    let severity = match finding.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut line = Map::new();
    line.insert("code".to_owned(), json!(finding.code));
    line.insert("severity".to_owned(), json!(severity));
    line.insert("message".to_owned(), json!(finding.message.en));
    line.insert("tokens".to_owned(), json!(finding.tokens));
    if let Some(hint) = &finding.hint {
        line.insert("hint".to_owned(), json!(hint.en));
    }
    if let Some((Source::Dialogue, place)) = finding.place {
        let at = line_column(dialogue, place.start);
        line.insert("line".to_owned(), json!(at.line));
        line.insert("column".to_owned(), json!(at.column));
    }
    line.insert("docs".to_owned(), json!(finding.docs("md")));
    Value::Object(line)
}

/// Writes one value and ends the line.
pub(super) fn line(out: &mut dyn Write, value: &impl Serialize) -> Result<(), Stop> {
    serde_json::to_writer(&mut *out, value).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}
