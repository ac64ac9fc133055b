//! Alpaca: rows of `instruction`, `input` and `output`, with `system` and `history` where present.

use super::super::notes::Notes;
use super::super::{Conversation, Value};
use super::words::{join, words};
use super::{Format, Input, Reads, Row, fields, other_row};
use crate::bilingual::Bilingual;

/// The format.
pub(super) const FORMAT: Format =
    Format { id: "alpaca", title: Bilingual::fixed("Alpaca", "Alpaca"), reads: Reads::Rows { claims, read } };

/// The keys of what is asked, of what it is asked about, and of the reply.
const INSTRUCTION_KEYS: [&str; 2] = ["instruction", "INSTRUCTION"];
const INPUT_KEYS: [&str; 3] = ["input", "INPUT", "context"];
const OUTPUT_KEYS: [&str; 6] = ["output", "response", "completion", "RESPONSE", "OUTPUT", "answer"];

fn claims(input: &Input) -> u8 {
    input.share(80, |row| instruction(row).is_some())
}

fn instruction(row: &Row) -> Option<&Value> {
    INSTRUCTION_KEYS.iter().find_map(|key| row.get(key)).filter(|value| words(value).is_some())
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| conversation(&row, notes)).collect()
}

fn conversation(row: &Row, notes: &mut Notes) -> Option<Conversation> {
    let Some(instruction) = instruction(row).and_then(words) else {
        other_row(row, notes);
        return None;
    };
    let input = fields::said(row, &INPUT_KEYS, notes).unwrap_or_default();
    let output = fields::said(row, &OUTPUT_KEYS, notes);
    Some(fields::conversation(row, Some(join(&[&instruction, &input], "\n")), output, notes))
}

#[cfg(test)]
mod tests {
    use crate::dialogue::read;

    #[test]
    fn the_joined_instruction_points_at_both_of_its_strings() {
        let pasted = r#"{"instruction": "say\t", "input": "x\ny", "output": "z"}"#;
        let read = read(pasted);
        let content = read.conversations[0].messages[0].content().unwrap();
        assert_eq!(content.text, "say\t\nx\ny");
        let written = |from, to| content.source_span(from..to).of(pasted);
        assert_eq!(written(0, 3), "say");
        assert_eq!(written(3, 4), r"\t");
        assert_eq!(written(5, 6), "x");
        assert_eq!(written(6, 7), r"\n");
        assert_eq!(written(7, 8), "y");
    }

    #[test]
    fn an_input_before_its_instruction_is_read_too() {
        let pasted = r#"{"input": "x", "instruction": "say", "output": "z"}"#;
        let read = read(pasted);
        let content = read.conversations[0].messages[0].content().unwrap();
        assert_eq!(content.text, "say\nx");
        assert_eq!(content.source_span(0..1).of(pasted), r#""x", "instruction": "say""#);
    }
}
