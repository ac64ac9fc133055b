//! Axolotl's `input_output`: rows of `segments`, pieces of text that say themselves whether they are trained.

use super::super::notes::Notes;
use super::super::{Conversation, Given, Kind, Segment, Value};
use super::{Format, Input, Reads, Row, made, other_row};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Warning;

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "segments",
    title: Bilingual::fixed("axolotl segments", "axolotl 片段"),
    reads: Reads::Rows { claims, read },
};

fn claims(input: &Input) -> u8 {
    input.share(97, |row| row.get("segments").and_then(Value::as_list).is_some())
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| conversation(&row, notes)).collect()
}

fn conversation(row: &Row, notes: &mut Notes) -> Option<Conversation> {
    let Some(items) = row.get("segments").and_then(Value::as_list) else {
        other_row(row, notes);
        return None;
    };
    let segments: Vec<Segment> = items.iter().filter_map(|item| segment(item, notes)).collect();
    // No template writes these; they are there so that a list of messages has something to show.
    let shown =
        |segment: &Segment| made(if segment.trained { "assistant" } else { "user" }, segment.text.clone());
    let messages = segments.iter().map(shown).collect();
    let given = (!segments.is_empty()).then_some(Given::Segments(segments));
    Some(Conversation { messages, given, span: row.span(), ..Conversation::default() })
}

fn segment(item: &Value, notes: &mut Notes) -> Option<Segment> {
    let Some(text) = item.get("text").and_then(Value::as_text) else {
        notes.add(
            Warning,
            "segment-without-text",
            item.span,
            Bilingual::fixed("a segment has no `text`: left out", "一个片段没有 `text`：已略去"),
            example(),
        );
        return None;
    };
    let trained = match item.get("label").map(|label| &label.kind) {
        Some(Kind::Bool(is)) => *is,
        Some(Kind::Number(number)) => number.parse::<f64>().is_ok_and(|number| number != 0.0),
        _ => {
            notes.add(
                Warning,
                "segment-without-label",
                item.get("label").map_or(item.span, |label| label.span),
                Bilingual::fixed(
                    "a segment does not say with `label` whether it is trained: masked",
                    "一个片段没有用 `label` 说明是否参与训练：按被忽略处理",
                ),
                example(),
            );
            false
        }
    };
    Some(Segment { text: text.clone(), trained })
}

const fn example() -> Bilingual {
    Bilingual::fixed(r#"write it as {"label": true, "text": "…"}"#, r#"请写成 {"label": true, "text": "…"}"#)
}
