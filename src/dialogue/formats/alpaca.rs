//! Alpaca: rows of `instruction`, `input` and `output`, with `system` and `history` where present.

use super::super::notes::Notes;
use super::super::{Conversation, Run, Text, Value};
use super::{Format, Input, Reads, Row, items, made};
use crate::bilingual::Bilingual;
use crate::span::Span;

/// The format.
pub(super) const FORMAT: Format =
    Format { id: "alpaca", title: Bilingual::fixed("Alpaca", "Alpaca"), reads: Reads::Rows { claims, read } };

/// The keys of the reply.
const OUTPUT_KEYS: [&str; 3] = ["output", "response", "completion"];
/// The keys of the system prompt.
const SYSTEM_KEYS: [&str; 2] = ["system", "system_prompt"];

fn claims(input: &Input) -> u8 {
    input.share(80, |row| row.get("instruction").is_some_and(|value| value.as_text().is_some()))
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| conversation(&row, notes)).collect()
}

fn conversation(row: &Row, notes: &mut Notes) -> Option<Conversation> {
    let text = |key: &&str| row.get(key).and_then(Value::as_text);
    let Some(instruction) = text(&"instruction") else {
        super::other_row(row, notes);
        return None;
    };
    let mut messages = Vec::new();
    if let Some(system) = SYSTEM_KEYS.iter().find_map(text).filter(|text| !text.text.is_empty()) {
        messages.push(made("system", system.clone()));
    }
    for turn in row.get("history").and_then(Value::as_list).unwrap_or_default() {
        if let Some([question, answer]) = turn.as_list()
            && let Some((question, answer)) = question.as_text().zip(answer.as_text())
        {
            messages.push(made("user", question.clone()));
            messages.push(made("assistant", answer.clone()));
        }
    }
    messages.push(made("user", join(instruction, text(&"input"))));
    if let Some(output) = OUTPUT_KEYS.iter().find_map(text) {
        messages.push(made("assistant", output.clone()));
    }
    Some(Conversation {
        messages,
        tools: items::tools(row),
        extra: items::extra(row),
        given: None,
        span: row.span(),
    })
}

/// The instruction and its input as one text with a line break between, each still pointing at its own bytes.
pub(super) fn join(instruction: &Text, input: Option<&Text>) -> Text {
    let mut joined = instruction.clone();
    let Some(input) = input.filter(|input| !input.text.is_empty()) else { return joined };
    if instruction.text.is_empty() || input.span.start < instruction.span.end {
        // The map must ascend, so a text that is written the other way round points at the whole of it.
        let text = [instruction.text.as_str(), &input.text].join("\n");
        let whole =
            Span::new(instruction.span.start.min(input.span.start), instruction.span.end.max(input.span.end));
        return if instruction.text.is_empty() {
            input.clone()
        } else {
            Text {
                map: vec![
                    Run { from: 0, to: whole.start, verbatim: false },
                    Run { from: text.len(), to: whole.end, verbatim: true },
                ],
                text,
                span: whole,
            }
        };
    }
    let gap = instruction.source_span(instruction.text.len()..instruction.text.len()).start;
    joined.run(gap, false);
    joined.text.push('\n');
    let base = joined.text.len();
    joined.text.push_str(&input.text);
    joined.map.extend(input.map.iter().map(|run| Run { from: run.from + base, ..*run }));
    joined.span.end = input.span.end;
    joined
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
