//! Lists of pairs: `[[question, answer], …]`, or `{human, assistant}` and the like under `conversation`.

use super::super::notes::Notes;
use super::super::{Conversation, Kind, Message, Value};
use super::words::words;
use super::{Format, Input, Reads, Row, items, made, openai, other_row, sharegpt};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Warning;

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "pairs",
    title: Bilingual::fixed("Question and answer pairs", "问答对"),
    reads: Reads::Rows { claims, read },
};

/// The keys of a pair's two halves.
const ASKS: [&str; 6] = ["human", "user", "input", "question", "query", "prompt"];
const ANSWERS: [&str; 6] = ["assistant", "gpt", "bot", "output", "answer", "response"];

fn claims(input: &Input) -> u8 {
    input.share(85, |row| row.messages().is_some_and(|items| items.iter().any(is_pair)))
}

/// Whether a value is a question with its answer; in a list of two at least one is a string.
pub(super) fn is_pair(value: &Value) -> bool {
    match &value.kind {
        Kind::List(items) => is_two_strings(items),
        Kind::Map(_) => {
            let has = |keys: &[&str]| keys.iter().any(|key| value.get(key).is_some());
            has(&ASKS) && has(&ANSWERS)
        }
        _ => false,
    }
}

/// `["question", "answer"]`, either of which may be null.
pub(super) fn is_two_strings(items: &[Value]) -> bool {
    let [ask, answer] = items else { return false };
    let fits = |value: &Value| matches!(value.kind, Kind::String(_) | Kind::Null);
    fits(ask) && fits(answer) && !(ask.is_null() && answer.is_null())
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| conversation(row, notes)).collect()
}

fn conversation(mut row: Row, notes: &mut Notes) -> Option<Conversation> {
    let Some(items) = row.take_messages() else {
        other_row(&row, notes);
        return None;
    };
    let messages = turns(items, notes);
    Some(items::around(&row, messages, notes))
}

/// The messages of a list of turns, each a pair or a message of another format.
pub(super) fn turns(items: Vec<Value>, notes: &mut Notes) -> Vec<Message> {
    let mut messages = Vec::new();
    for item in items {
        match &item.kind {
            Kind::List(pair) if is_two_strings(pair) => messages.extend(said(pair.first(), pair.get(1))),
            Kind::Map(_) if item.get("role").is_some() => messages.extend(openai::message(item, notes)),
            Kind::Map(_) if item.get("from").is_some() => messages.extend(sharegpt::message(item, notes)),
            Kind::Map(_) => {
                let of = |keys: &[&str]| keys.iter().find_map(|key| item.get(key));
                let system = item.get("system").and_then(words).filter(|text| !text.text.is_empty());
                messages.extend(system.map(|text| made("system", text)));
                let before = messages.len();
                messages.extend(said(of(&ASKS), of(&ANSWERS)));
                if messages.len() == before {
                    not_a_pair(&item, notes);
                }
            }
            _ => not_a_pair(&item, notes),
        }
    }
    messages
}

/// The two messages of a pair; of a half that says nothing there is none.
fn said(ask: Option<&Value>, answer: Option<&Value>) -> impl Iterator<Item = Message> {
    let of = |role, value: Option<&Value>| value.and_then(words).map(|text| made(role, text));
    [of("user", ask), of("assistant", answer)].into_iter().flatten()
}

fn not_a_pair(item: &Value, notes: &mut Notes) {
    if !notes.wants("not-a-pair") {
        return;
    }
    let found = super::super::check::describe(item);
    notes.add(
        Warning,
        "not-a-pair",
        item.span,
        Bilingual::new(
            format!("expected a question with its answer, found {}: left out", found.en),
            format!("此处应为一问一答，实际是{}：已略去", found.zh),
        ),
        Bilingual::fixed(
            r#"write ["question", "answer"], or {"human": "…", "assistant": "…"}"#,
            r#"请写成 ["问题", "回答"]，或 {"human": "…", "assistant": "…"}"#,
        ),
    );
}
