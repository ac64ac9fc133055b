//! Rows of one `text`: a dialogue that was rendered or written down, or raw text that is trained whole.

use super::super::notes::Notes;
use super::super::{Conversation, Given, Segment, Value};
use super::{Format, Input, Reads, Row, items, made, other_row, turns};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Note;

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "text-rows",
    title: Bilingual::fixed("Rows of text", "文本行"),
    reads: Reads::Rows { claims, read },
};

fn claims(input: &Input) -> u8 {
    input.share(40, |row| row.get("text").and_then(Value::as_text).is_some())
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| conversation(&row, notes)).collect()
}

fn conversation(row: &Row, notes: &mut Notes) -> Option<Conversation> {
    let Some(text) = row.get("text").and_then(Value::as_text) else {
        other_row(row, notes);
        return None;
    };
    if let Some(messages) = turns::messages_of(text) {
        if notes.is_new("text-read-back") {
            read_back(row, notes);
        }
        return Some(items::around(row, messages, notes));
    }
    if notes.is_new("raw-text") {
        raw_text(row, notes);
    }
    let messages = vec![made("assistant", text.clone())];
    let given = Given::Segments(vec![Segment { text: text.clone(), trained: true }]);
    Some(Conversation { messages, given: Some(given), span: row.span(), ..Conversation::default() })
}

fn read_back(row: &Row, notes: &mut Notes) {
    notes.add(
        Note,
        "text-read-back",
        row.span(),
        Bilingual::fixed(
            "the dialogue in `text` is read back into messages, which the chosen template renders anew",
            "`text` 中的对话已还原为消息，再由所选模板重新渲染",
        ),
        Bilingual::fixed(
            "TRL trains such a text as it is, every token of it, unless it is told otherwise",
            "TRL 默认按原样训练这样的文本，全部 token 都参与训练",
        ),
    );
}

fn raw_text(row: &Row, notes: &mut Notes) {
    notes.add(
        Note,
        "raw-text",
        row.span(),
        Bilingual::fixed(
            "this row of `text` is no conversation: no template is applied and every token is trained, whatever the recipe",
            "这一行 `text` 不是对话：不套用模板，全部 token 参与训练，与所选规则无关",
        ),
        Bilingual::fixed(
            "TRL also appends the tokenizer's `eos_token` where the text does not end with it",
            "若文本不以 `eos_token` 结尾，TRL 还会在末尾补上它",
        ),
    );
}
