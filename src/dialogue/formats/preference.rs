//! Preference rows: one prompt and two answers, `chosen` and `rejected`. Each answer gives a conversation of its own, the
//! chosen one first; [`Conversation::branch`] says which it is.

use super::super::notes::Notes;
use super::super::{Branch, Conversation, Kind, Message, Text, Value};
use super::prompt_completion::side;
use super::words::join;
use super::{Format, Input, Reads, Row, fields, items, made, other_row, query_response, turns};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Note, Warning};
use crate::span::Span;

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "preference",
    title: Bilingual::fixed("Preference pairs", "偏好对"),
    reads: Reads::Rows { claims, read },
};

/// The keys of the better and the worse answer.
const ANSWER_KEYS: [(&str, &str); 5] = [
    ("chosen", "rejected"),
    ("chosen_response", "rejected_response"),
    ("preferred_output", "non_preferred_output"),
    ("response", "rejected_response"),
    ("messages", "rejected_messages"),
];

fn claims(input: &Input) -> u8 {
    input
        .share(96, |row| {
            answers(row).is_some_and(|(better, worse)| {
                worse.is_some() && (better.is_some() || row.messages().is_some())
            })
        })
        .max(input.share(60, |row| answers(row).is_some()))
}

/// The two answers, where the row has the key of at least the worse one or of `chosen`.
fn answers(row: &Row) -> Option<(Option<&Value>, Option<&Value>)> {
    let values = || ANSWER_KEYS.iter().map(|(better, worse)| (row.get(better), row.get(worse)));
    let whole = values().find(|(better, worse)| better.is_some() && worse.is_some());
    whole.or_else(|| values().find(|(_, worse)| worse.is_some())).or_else(|| {
        let chosen = row.get("chosen")?;
        Some((Some(chosen), None))
    })
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    let mut conversations = Vec::new();
    for row in input.rows {
        match answers(&row) {
            Some((better, worse)) => both(&row, better, worse, &mut conversations, notes),
            None => other_row(&row, notes),
        }
    }
    conversations
}

fn both(
    row: &Row,
    better: Option<&Value>,
    worse: Option<&Value>,
    conversations: &mut Vec<Conversation>,
    notes: &mut Notes,
) {
    let mut context = context(row, better, notes);
    // ms-swift's rows: the conversation ends with the better answer, and the worse one stands beside it.
    let own = context.pop_if(|last| better.is_none() && last.role() == "assistant");
    let said = |value: Option<&Value>| value.is_some_and(|value| !value.is_null());
    if (said(better) || own.is_some()) && said(worse) && notes.is_new("preference-row") {
        two_conversations(row, notes);
    }
    for (branch, value) in [(Branch::Chosen, better), (Branch::Rejected, worse)] {
        let (answer, start) = match (value.filter(|value| !value.is_null()), &own) {
            (Some(value), _) => {
                let whole = value.as_text().and_then(transcript);
                (whole.unwrap_or_else(|| side(value, "assistant", notes)), value.span.start)
            }
            (None, Some(own)) if branch == Branch::Chosen => (vec![own.clone()], row.span().start),
            _ => {
                one_answer(row, branch, notes);
                continue;
            }
        };
        let is_answer = |first: &Message| matches!(super::meant(first.role()), Some("assistant" | "tool"));
        let mut messages = if answer.first().is_none_or(is_answer) { context.clone() } else { Vec::new() };
        messages.extend(answer);
        let mut conversation = items::around(row, messages, notes);
        conversation.branch = Some(branch);
        // So that a finding inside the second answer is the second conversation's.
        if branch == Branch::Rejected {
            conversation.span = Span::new(start, row.span().end);
        }
        conversations.push(conversation);
    }
}

/// What both answers answer: a list of messages, or a prompt with what may stand beside it.
fn context(row: &Row, better: Option<&Value>, notes: &mut Notes) -> Vec<Message> {
    let list =
        row.get("input").filter(|input| input.as_map().is_some()).and_then(|input| input.get("messages"));
    let list = list.or_else(|| super::MESSAGE_KEYS.iter().find_map(|key| row.get(key)));
    if let Some(list) = list.filter(|list| better.is_none_or(|better| better.span != list.span)) {
        return side(list, "user", notes);
    }
    if let Some(prompt) =
        row.get("prompt").filter(|prompt| !matches!(prompt.kind, Kind::String(_) | Kind::Null))
    {
        return side(prompt, "user", notes);
    }
    if let Some(prompt) = row.get("prompt").and_then(Value::as_text).and_then(transcript) {
        return prompt;
    }
    let mut messages = fields::history(row, notes);
    let asked = query_response::question(row);
    let input = row.get("input").filter(|_| row.get("instruction").is_some()).and_then(Value::as_text);
    let asked = asked.map(|asked| input.map_or_else(|| asked.clone(), |input| join(&[&asked, input], "\n")));
    messages.extend(asked.map(|text| made("user", text)));
    messages
}

/// The messages of a string that holds a whole dialogue, as HH-RLHF has them, without the empty reply that a prompt may
/// end with.
fn transcript(text: &Text) -> Option<Vec<Message>> {
    let mut messages = turns::messages_of(text)?;
    let ends_empty = |last: &mut Message| {
        last.role() == "assistant" && last.content().is_none_or(|content| content.text.is_empty())
    };
    messages.pop_if(ends_empty);
    Some(messages).filter(|messages| messages.first().is_some_and(|first| first.role() != "assistant"))
}

fn two_conversations(row: &Row, notes: &mut Notes) {
    notes.add(
        Note,
        "preference-row",
        row.span(),
        Bilingual::fixed(
            "each row has two answers and gives two conversations: first the chosen one, then the rejected one",
            "每行有两个回答，得到两段对话：先是选中的，后是被拒绝的",
        ),
        Bilingual::fixed(
            "a preference trainer compares the two; one that only imitates trains the chosen one",
            "偏好训练会比较二者；仅做模仿的训练只用选中的回答",
        ),
    );
}

fn one_answer(row: &Row, missing: Branch, notes: &mut Notes) {
    let (en, zh) = match missing {
        Branch::Rejected => ("this row has no rejected answer", "该行没有被拒绝的回答"),
        _ => ("this row has no chosen answer", "该行没有选中的回答"),
    };
    notes.add(
        Warning,
        "answer-missing",
        row.span(),
        Bilingual::fixed(en, zh),
        Bilingual::fixed(
            "a preference row needs both `chosen` and `rejected`",
            "偏好数据的每行需要 `chosen` 和 `rejected`",
        ),
    );
}
