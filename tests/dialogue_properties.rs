//! What holds for every pasted text: no panic, places inside the text, JSON as `serde_json` reads it.
#![cfg(not(target_arch = "wasm32"))]

use lossmask::dialogue::{Conversation, FORMATS, Given, Kind, Read, Text, Value, read, read_as};
use lossmask::span::Span;
use proptest::prelude::*;

const SEEDS: [&str; 17] = [
    r#"x = [{"role": "user", "content": "帮我\u4e00\n"}, {"role": "assistant", "content": "好😀\ud83d\ude00"}]"#,
    "({'role': 'user', 'content': ('a' \"b\" r'\\d')}, {'role': 'assistant', 'content': '''x\r\ny\\\nz'''},)",
    "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n{\"messages\": [{\"role\": \"user\" \"content\"}]}\n{\"messages\": []}",
    r#"{"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "ho"}], "tools": "[]", "system": "s"}"#,
    r#"[{"instruction": "a\t", "input": "b", "output": "c", "history": [["d", "e"]]}] # end"#,
    "```json\n[/* c */ {role: `x`, content: array(['a'], dtype=object), w: -1.5e-3, v: NaN,}]\n```",
    r#"[{"role": "assistant", "content": [{"type": "text", "text": "\u4e00b", "train": false}], "train_detail": [{"begin_offset": 0, "end_offset": 9, "train": true}], "weight": 0.5}, {"role": "tool_call", "value": "x"}]"#,
    r#"{"system": [{"type": "text", "text": "a\n"}, {"type": "text", "text": "b"}], "messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": [{"type": "text", "text": "r"}]}]}, {"role": "assistant", "content": [{"type": "thinking", "thinking": "t", "signature": "s"}, {"type": "text", "text": "\tc"}, {"type": "tool_use", "id": "1", "name": "f", "input": {}}, {"type": "image", "source": {"url": "u"}}]}], "tools": [{"name": "f", "input_schema": {}}]}"#,
    r#"{"conversations": [{"from": "function_call", "value": "[{\"name\": \"f\\n\", \"arguments\": {\"\\u4e00\": 1}}]"}, {"from": "observation", "value": "r"}], "mask": "User", "tools": "[{\"name\": \"\\u4e00\"}]"}"#,
    r#"{"conversation": [{"human": "a\t", "assistant": "b"}, {"input": 1, "output": null, "system": "s"}, ["c", "d"]]}"#,
    r#"[["a\u4e00", "b"], [null, "c"]]"#,
    r#"{"context": "c\n", "question": "q\t", "answers": [4.50, "b"], "history": "[['h\\n', 'i']]"}"#,
    r#"{"prompt": [{"role": "user", "content": "q"}], "completion": "a\n", "label": true} {"prompt": "p", "completion": {"from": "gpt", "value": "v"}}"#,
    r#"{"chosen": "\n\nHuman: hi\n\nAssistant: h\to", "rejected": {"role": "assistant", "content": "b"}} {"instruction": "i", "input": "x", "chosen": "c"}"#,
    r#"[{"message_id": "1", "parent_id": null, "text": "q\n", "role": "prompter"}, {"message_id": "2", "parent_id": "1", "text": "a", "role": "assistant", "rank": 0, "replies": [{"text": "b", "deleted": true}]}]"#,
    r#"{"segments": [{"label": true, "text": "a\t"}, {"label": 0, "text": ""}]} {"text": "User: a\nBot: b\u4e00"} {"text": "raw\t"}"#,
    r#"{"input_ids": [[1, 2, 0x3]], "labels": [-100, 2, 9], "attention_mask": [1, true, 0], "completion_mask": [0]}"#,
];

/// Every text of a value, and every place.
fn walk(value: &Value, texts: &mut Vec<Text>, spans: &mut Vec<Span>) {
    spans.push(value.span);
    match &value.kind {
        Kind::String(text) => texts.push(text.clone()),
        Kind::List(items) => items.iter().for_each(|item| walk(item, texts, spans)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                texts.push(key.clone());
                walk(value, texts, spans);
            }
        }
        _ => {}
    }
}

fn everything(conversations: &[Conversation]) -> (Vec<Text>, Vec<Span>) {
    let (mut texts, mut spans) = (Vec::new(), Vec::new());
    for conversation in conversations {
        spans.push(conversation.span);
        for value in conversation.tools.iter().chain(conversation.extra.iter().map(|(_, value)| value)) {
            walk(value, &mut texts, &mut spans);
        }
        if let Some(Given::Segments(segments)) = &conversation.given {
            texts.extend(segments.iter().map(|segment| segment.text.clone()));
        }
        texts.extend(conversation.mask.clone());
        for message in &conversation.messages {
            spans.push(message.span);
            texts.push(message.role.clone());
            for (key, value) in &message.fields {
                texts.push(key.clone());
                walk(value, &mut texts, &mut spans);
            }
        }
    }
    spans.extend(texts.iter().map(|text| text.span));
    (texts, spans)
}

/// Checks everything that must hold whatever `pasted` is, in whatever format it is read.
fn holds(pasted: &str) -> Result<(), TestCaseError> {
    for format in FORMATS {
        holds_of(pasted, &read_as(pasted, Some(format.id)))?;
    }
    let read = read(pasted);
    let scores: Vec<u8> = read.candidates.iter().map(|(_, score)| *score).collect();
    prop_assert!(scores.is_sorted_by(|a, b| a >= b) && scores.iter().all(|score| (1..=100).contains(score)));
    prop_assert_eq!(read.format, read.candidates.first().map(|(id, _)| *id));
    holds_of(pasted, &read)
}

/// Checks what must hold of whatever was read.
fn holds_of(pasted: &str, read: &Read) -> Result<(), TestCaseError> {
    for conversation in &read.conversations {
        prop_assert!(!conversation.messages.is_empty() || conversation.given.is_some());
        for (at, message) in conversation.messages.iter().enumerate() {
            let length: usize = match message.get("content").map(|content| &content.kind) {
                Some(Kind::String(text)) => text.text.len(),
                _ => pasted.len(),
            };
            let detail = conversation.training(at).unwrap_or_default().detail;
            prop_assert!(detail.iter().all(|of| of.span.start <= of.span.end && of.span.end <= length));
        }
        if let Some(Given::Tokens(tokens)) = &conversation.given {
            let lengths =
                [tokens.labels.as_ref().map(Vec::len), tokens.attention_mask.as_ref().map(Vec::len)];
            prop_assert!(lengths.into_iter().flatten().all(|length| length == tokens.input_ids.len()));
        }
    }
    let (texts, mut spans) = everything(&read.conversations);
    for diagnostic in &read.diagnostics {
        spans.extend(diagnostic.place.map(|(_, span)| span));
        prop_assert!(diagnostic.render("f", pasted).starts_with("f:"));
        prop_assert!(diagnostic.hint.is_some());
    }
    for span in spans {
        prop_assert!(pasted.get(span.start..span.end).is_some(), "{span:?} of {pasted:?}");
    }
    for text in &texts {
        let mut last = 0;
        for (at, c) in text.text.char_indices() {
            let span = text.source_span(at..at + c.len_utf8());
            prop_assert!(pasted.get(span.start..span.end).is_some(), "{c:?} at {span:?} of {pasted:?}");
            prop_assert!(span.start >= last || !text.is_pasted(), "{text:?}");
            last = span.start;
            let run = text.map.iter().rev().find(|run| run.from <= at);
            if run.is_some_and(|run| run.verbatim) {
                prop_assert_eq!(span.of(pasted).chars().next(), Some(c), "{:?} of {:?}", span, pasted);
            } else if text.is_pasted() {
                prop_assert!(!span.is_empty() || text.text != c.to_string());
            }
        }
    }
    Ok(())
}

/// JSON that `serde_json` makes.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// A message whose `content` is `value`, read back.
fn through(written: &str) -> Option<Value> {
    let pasted = format!("[{{\"role\": \"user\", \"content\": {written}}}]");
    read(&pasted).conversations.first()?.messages.first()?.get("content").cloned()
}

proptest! {
    #[test]
    fn any_text_at_all_is_read_without_panic_and_with_places_inside_it(pasted in any::<String>()) {
        holds(&pasted)?;
    }

    #[test]
    fn text_made_of_the_characters_of_literals_is_read(
        pasted in r#"[\[\]{}(),:;"'`\\/*#=rbuNxU0-9eE+ \nß漢😀-]{0,60}"#,
    ) {
        holds(&pasted)?;
        holds(&format!("[{{\"role\": \"user\", \"content\": {pasted}"))?;
        holds(&format!("[{{\"role\": \"user\", \"content\": '{pasted}"))?;
    }

    #[test]
    fn a_dialogue_with_a_piece_removed_or_put_in_is_read(
        seed in 0..SEEDS.len(), cut in any::<prop::sample::Index>(), length in 0_usize..12, put in r#"[\[\]{}(),:"'\\ \nx漢]{0,3}"#,
    ) {
        let chars: Vec<char> = SEEDS[seed].chars().collect();
        let at = cut.index(chars.len());
        let mut pasted: String = chars[..at].iter().collect();
        holds(&pasted)?;
        pasted.push_str(&put);
        pasted.extend(&chars[(at + length).min(chars.len())..]);
        holds(&pasted)?;
    }

    #[test]
    fn json_reads_back_equal(value in json()) {
        for written in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let found = through(&written).map(|found| found.to_json());
            prop_assert_eq!(found.as_ref(), Some(&value), "{}", written);
        }
        prop_assert_eq!(&Value::from_json(&value).to_json(), &value);
    }

    #[test]
    fn a_string_points_at_its_literal_and_its_parts_at_what_they_were_written_with(text in any::<String>()) {
        let literal = serde_json::to_string(&text).unwrap();
        let pasted = format!("[{{\"role\": \"user\", \"content\": {literal}}}]");
        let read = read(&pasted);
        let content = read.conversations[0].messages[0].content().unwrap();
        prop_assert_eq!(content.span.of(&pasted), &literal);
        for (at, c) in text.char_indices() {
            for (end, _) in text.char_indices().filter(|(end, _)| *end > at).take(8) {
                let source = content.source_span(at..end).of(&pasted);
                let again = through(&format!("\"{source}\"")).unwrap();
                prop_assert_eq!(again.as_str(), Some(&text[at..end]));
            }
            let source = content.source_span(at..at + c.len_utf8()).of(&pasted);
            let again = through(&format!("\"{source}\"")).unwrap();
            prop_assert_eq!(again.as_str(), Some(&text[at..at + c.len_utf8()]));
        }
        prop_assert_eq!(content.source_span(0..text.len()).of(&pasted), &literal[1..literal.len() - 1]);
    }
}

#[test]
fn an_escape_at_the_end_of_a_string_does_not_take_the_quote_along() {
    let pasted = r#"[{"role": "user", "content": "a\n"}]"#;
    let read = lossmask::dialogue::read(pasted);
    let content = read.conversations[0].messages[0].content().unwrap();
    assert_eq!(content.source_span(1..2).of(pasted), r"\n");
}
