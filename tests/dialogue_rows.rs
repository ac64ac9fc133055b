//! Rows of every format become messages: as ms-swift makes them, and whatever their texts are.
#![cfg(not(target_arch = "wasm32"))]

use lossmask::dialogue::read;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Our messages with the roles that ms-swift has for calls of tools and for what they return.
fn as_ms_swift(messages: &Value) -> Value {
    let mut all = Vec::new();
    for message in messages.as_array().unwrap() {
        let (role, content) = (&message["role"], &message["content"]);
        let calls = message["tool_calls"].as_array();
        if calls.is_none() || content != "" {
            let role = if role == "tool" { &json!("tool_response") } else { role };
            all.push(json!({"role": role, "content": content}));
        }
        for call in calls.into_iter().flatten() {
            all.push(json!({"role": "tool_call", "content": call["function"]}));
        }
    }
    Value::Array(all)
}

/// `tests/oracle/rows.py` ran ms-swift on these rows.
#[test]
fn rows_become_the_messages_that_ms_swift_makes_of_them() {
    let lines: Vec<&str> = include_str!("dialogue_rows.jsonl").lines().collect();
    assert!(lines.len() > 30);
    for line in lines {
        let case: Value = serde_json::from_str(line).unwrap();
        let found = read(&case["row"].to_string());
        assert_eq!(found.conversations.len(), 1, "{line}");
        let messages = found.conversations[0].messages_to_json();
        assert_eq!(as_ms_swift(&messages), case["messages"], "{line}");
    }
}

/// A row of every format that says `ask` and then `answer`, with the format that it is.
fn rows(ask: &str, answer: &str) -> Vec<(&'static str, Value)> {
    let user = json!({"role": "user", "content": ask});
    let assistant = json!({"role": "assistant", "content": answer});
    let node = |id: &str, parent: Value, role: &str, text: &str| json!({"message_id": id, "parent_id": parent, "role": role, "text": text, "rank": null});
    let blocks =
        json!([{"type": "text", "text": answer}, {"type": "tool_use", "id": "1", "name": "f", "input": {}}]);
    vec![
        ("openai", json!([user, assistant])),
        ("openai", json!({"dialogue": [user, assistant]})),
        ("sharegpt", json!([{"from": "human", "value": ask}, {"from": "gpt", "value": answer}])),
        ("anthropic", json!({"messages": [user, {"role": "assistant", "content": blocks}]})),
        ("pairs", json!([[ask, answer], [ask, answer]])),
        ("pairs", json!({"conversation": [{"human": ask, "assistant": answer}]})),
        ("alpaca", json!({"instruction": ask, "input": "", "output": answer})),
        ("query-response", json!({"question": ask, "answer": answer})),
        ("prompt-completion", json!({"prompt": ask, "completion": answer})),
        ("prompt-completion", json!({"prompt": [user], "completion": [assistant]})),
        ("preference", json!({"prompt": ask, "chosen": answer, "rejected": "no"})),
        ("preference", json!({"chosen": [user, assistant], "rejected": [user]})),
        (
            "oasst",
            json!([node("1", Value::Null, "prompter", ask), node("2", json!("1"), "assistant", answer)]),
        ),
        ("segments", json!({"segments": [{"label": false, "text": ask}, {"label": true, "text": answer}]})),
    ]
}

proptest! {
    #[test]
    fn a_row_of_any_texts_says_them_and_points_at_what_they_were_written_with(
        ask in "x.{0,12}[\\n\"\\\\\t😀一]{0,3}", answer in "y.{0,12}[\\n\"\\\\\t😀一]{0,3}",
    ) {
        for (format, row) in rows(&ask, &answer) {
            for pasted in [row.to_string(), serde_json::to_string_pretty(&row).unwrap()] {
                let found = read(&pasted);
                prop_assert_eq!(found.format, Some(format), "{}", pasted);
                let messages = &found.conversations[0].messages;
                for (message, (role, said)) in messages.iter().zip([("user", &ask), ("assistant", &answer)]) {
                    let content = message.content().unwrap();
                    prop_assert_eq!((message.role(), &content.text), (role, said));
                    let written = content.source_span(0..said.len()).of(&pasted);
                    let again: String = serde_json::from_str(&format!("\"{written}\"")).unwrap();
                    prop_assert_eq!(&again, said, "{}", pasted);
                }
            }
        }
    }
}
