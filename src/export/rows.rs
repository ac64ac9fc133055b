//! Samples as rows of numbers: JSONL and TSV.

use serde_json::json;

use super::Place;

/// One sample a line. Offsets are UTF-8 bytes of `text`.
pub(super) fn jsonl(places: &[Place<'_>]) -> String {
    let mut text = String::new();
    for Place { conversation, number, sample } in places {
        let line = json!({
            "conversation": conversation,
            "sample": number,
            "text": sample.text,
            "input_ids": sample.input_ids,
            "attention_mask": sample.attention_mask,
            "labels": sample.labels,
            "weights": sample.weights,
            "offsets": sample.offsets,
        });
        text.push_str(&line.to_string());
        text.push('\n');
    }
    text
}

/// One token a line, under a line with the names. Tabs, line breaks and backslashes of a text are escaped with a
/// backslash, so that every line has the same number of fields.
pub(super) fn tsv(places: &[Place<'_>]) -> String {
    let mut text = String::from(
        "conversation\tsample\ttoken\tinput_id\tlabel\tattention_mask\tweight\tstart_byte\tend_byte\ttext\n",
    );
    for Place { conversation, number, sample } in places {
        for (token, id) in sample.input_ids.iter().enumerate() {
            let span = sample.offsets.get(token).copied().unwrap_or_default();
            let numbers = [
                conversation.to_string(),
                number.to_string(),
                token.to_string(),
                id.to_string(),
                sample.labels.get(token).map(i64::to_string).unwrap_or_default(),
                sample.attention_mask.get(token).map(u8::to_string).unwrap_or_default(),
                sample.weights.get(token).map(f32::to_string).unwrap_or_default(),
                span.start.to_string(),
                span.end.to_string(),
            ];
            text.push_str(&numbers.join("\t"));
            text.push('\t');
            escape(sample.text.get(span.start..span.end).unwrap_or_default(), &mut text);
            text.push('\n');
        }
    }
    text
}

fn escape(from: &str, to: &mut String) {
    for c in from.chars() {
        match c {
            '\\' => to.push_str("\\\\"),
            '\t' => to.push_str("\\t"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            c => to.push(c),
        }
    }
}
