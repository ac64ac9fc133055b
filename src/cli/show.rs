//! A sample for a terminal: three rows, as on the page, of token, id and label.

use std::io::{self, IsTerminal, Write};

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, display_width, visible};
use crate::engine::ConversationReport;
use crate::recipe::Sample;
use crate::tokenizer::Tokenizer;

/// How a sample is printed.
pub(super) struct Show<'a> {
    tokenizer: &'a Tokenizer,
    colour: bool,
    width: usize,
}

const TRAINED: &str = "\u{1b}[1;32m";
const MASKED: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

/// How wide a page is where the terminal does not say.
const WIDTH: usize = 100;

impl<'a> Show<'a> {
    /// Colour where the output is a terminal, unless `NO_COLOR` is set.
    pub(super) fn new(tokenizer: &'a Tokenizer) -> Self {
        let colour =
            io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
        let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        Self { tokenizer, colour, width: width.unwrap_or(WIDTH).max(40) }
    }

    /// Prints a sample.
    pub(super) fn sample(
        &self,
        out: &mut dyn Write,
        conversation: &ConversationReport,
        number: usize,
        sample: &Sample,
    ) -> io::Result<()> {
        let tokens = sample.input_ids.len();
        let trained = sample.weights.iter().filter(|weight| **weight > 0.0).count();
        writeln!(
            out,
            "conversation {}, sample {}: {tokens} tokens, {trained} trained, {} masked",
            conversation.index + 1,
            number + 1,
            tokens - trained,
        )?;
        let cells: Vec<_> = (0..tokens).map(|token| self.cell(sample, token)).collect();
        let mut from = 0;
        while from < tokens {
            let mut to = from;
            let mut columns = "input_ids ".len();
            while to < tokens && (to == from || columns + cells[to].width < self.width) {
                columns += cells[to].width + 1;
                to += 1;
            }
            self.row(out, "text", &cells[from..to], |cell| &cell.text)?;
            self.row(out, "input_ids", &cells[from..to], |cell| &cell.id)?;
            self.row(out, "labels", &cells[from..to], |cell| &cell.label)?;
            writeln!(out)?;
            from = to;
        }
        self.findings(out, &sample.diagnostics)?;
        writeln!(out)
    }

    /// Prints that there is no sample.
    pub(super) fn dropped(
        &self,
        out: &mut dyn Write,
        conversation: &ConversationReport,
        why: &Bilingual,
        diagnostics: &[Diagnostic],
    ) -> io::Result<()> {
        writeln!(out, "conversation {}: dropped, {}", conversation.index + 1, why.en)?;
        self.findings(out, diagnostics)?;
        writeln!(out)
    }

    fn findings(&self, out: &mut dyn Write, findings: &[Diagnostic]) -> io::Result<()> {
        for found in findings {
            let (word, colour) = match found.severity {
                Severity::Error => ("error", "\u{1b}[1;31m"),
                Severity::Warning => ("warning", "\u{1b}[1;33m"),
                Severity::Note => ("note", "\u{1b}[1;36m"),
            };
            let word = if self.colour { format!("{colour}{word}{PLAIN}") } else { word.to_owned() };
            writeln!(out, "{word}[{}]: {}", found.code, found.message.en)?;
            if let Some(hint) = &found.hint {
                writeln!(out, "  hint: {}", hint.en)?;
            }
        }
        Ok(())
    }

    fn row(
        &self,
        out: &mut dyn Write,
        name: &str,
        cells: &[Cell],
        of: impl Fn(&Cell) -> &String,
    ) -> io::Result<()> {
        write!(out, "{name:<9}")?;
        for cell in cells {
            let text = of(cell);
            let fill = " ".repeat(cell.width.saturating_sub(display_width(text)));
            if self.colour {
                let colour = if cell.trained { TRAINED } else { MASKED };
                write!(out, " {colour}{text}{PLAIN}{fill}")?;
            } else {
                write!(out, " {text}{fill}")?;
            }
        }
        writeln!(out)
    }

    fn cell(&self, sample: &Sample, token: usize) -> Cell {
        let id = sample.input_ids[token];
        let text = match sample.text.get(sample.held[token].start..sample.held[token].end) {
            Some(text) if !text.is_empty() => visible(text),
            _ => bytes(&self.tokenizer.token_bytes(id)),
        };
        let (id, label) = (id.to_string(), sample.labels[token].to_string());
        let width = [&text, &id, &label].map(|row| display_width(row)).into_iter().max().unwrap_or(0);
        Cell { text, id, label, width, trained: sample.weights[token] > 0.0 }
    }
}

/// A token in three rows.
struct Cell {
    text: String,
    id: String,
    label: String,
    width: usize,
    trained: bool,
}

/// Bytes that are no whole character.
fn bytes(bytes: &[u8]) -> String {
    let written: Vec<_> = bytes.iter().map(|byte| format!("<0x{byte:02X}>")).collect();
    written.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_token_can_drive_the_terminal() {
        assert_eq!(visible(" a\n\t\u{1b}\u{202e}"), "·a↵→\\u{1b}\\u{202e}");
    }
}
