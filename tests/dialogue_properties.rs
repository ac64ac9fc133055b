//! What holds for every pasted text: no panic, places inside the text, JSON as `serde_json` reads it.
#![cfg(not(target_arch = "wasm32"))]

#[path = "support/dialogue_holds.rs"]
mod support;

use lossmask::dialogue::{FORMATS, Value, read, read_as};
use proptest::prelude::*;

const SEEDS: [&str; 35] = [
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
    "Be kind.\n\nHuman: hi\nthere\n\nAssistant: 好😀\n\nHuman: bye",
    "**用户：** 你好\n**助手：** 好\r\n系统: x",
    "Below is an instruction.\n\n### Instruction:\na\n\n### Input:\nb\n\n### Response:\nc",
    "A chat. USER: Hello! ASSISTANT: Hi!</s>USER: How? ASSISTANT: 好.</s>",
    "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user<|im_sep|>春\n<|im_end|>\n<|im_start|>assistant\nHi",
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n😀<|eot_id|>",
    "<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] 春? [/INST] Bye. </s>",
    "<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n好<end_of_turn>\n",
    "[gMASK]<sop><|system|>\nBe kind.<|user|>\nHi<|assistant|>\n<think></think>\n春<|end|>",
    "<｜begin▁of▁sentence｜>Be kind.<｜User｜>Hi<｜Assistant｜>春<｜end▁of▁sentence｜>",
    "<|start|>user<|message|>Hi<|end|><|start|>assistant<|channel|>analysis<|message|>think<|end|><|start|>assistant to=functions.w<|channel|>commentary json<|message|>{\"c\": 1}<|call|><|start|>functions.w to=assistant<|channel|>commentary<|message|>春<|end|>",
    "messages:\n- role: user\n  content: \"a\\t春\"\n- {role: assistant, content: 'it''s'}\n- role: user\n  content: |\n    two\n    lines\n",
    "- &a {from: human, value: hi}\n- from: gpt\n  value: >-\n    fo\n    ld\n- *a\n",
    "\u{feff}instruction,input,output\r\n\"say \"\"hi\"\"\",,\"春\n\"\r\na,b\r\n",
    "id\tmessages\n1\t\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"a\\n春\"\"}]\"\n",
    "{\"messages\": \"[{'role': 'user', 'content': 'a\\\\n春'}]\", \"tools\": \"[{\\\"type\\\": \\\"f\\\"}]\"}",
    "[\n  {\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]},\n  {\"messages\": [}]},\n  {\"messages\": []}\n]",
    "Q: 春?\nA: [{\"role\": \"user\", \"content\": \"x\"}]\nQ: y\n[]\nA: z",
];

/// What rendered text, transcripts and tables are made of.
const PIECES: [&str; 48] = [
    "<|im_start|>",
    "<|im_end|>",
    "<|im_sep|>",
    "<|im_user|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<|begin_of_text|>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<|user|>",
    "<|assistant|>",
    "<|end|>",
    "</s>",
    "<s>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
    "[TOOL_RESULTS]",
    "<｜User｜>",
    "<｜Assistant｜>",
    "<｜tool▁outputs▁end｜>",
    "<|start|>",
    "<|channel|>",
    "analysis",
    "<|message|>",
    " to=functions.w",
    "functions.w",
    "assistant",
    "user",
    "model",
    "\n",
    "\r\n",
    "User: ",
    "Assistant：",
    "\n### Input:\n",
    "\n### Response:\n",
    " USER: ",
    "ASSISTANT: ",
    "春",
    "😀",
    ", ",
    "\"",
    "- ",
    "role: ",
    "prompt,answer\n",
    "{\"a\": 1}",
];

/// Checks everything that must hold whatever `pasted` is, in the format that fits best and in the others.
fn holds(pasted: &str) -> Result<(), TestCaseError> {
    let found = read(pasted);
    support::holds(pasted, &found).map_err(TestCaseError::fail)?;
    for (format, _) in found.candidates.iter().skip(1) {
        support::holds(pasted, &read_as(pasted, Some(format))).map_err(TestCaseError::fail)?;
    }
    let scores: Vec<u8> = found.candidates.iter().map(|(_, score)| *score).collect();
    prop_assert!(scores.is_sorted_by(|a, b| a >= b) && scores.iter().all(|score| (1..=100).contains(score)));
    prop_assert_eq!(found.format, found.candidates.first().map(|(id, _)| *id));
    // A format that does not claim the text may be asked for, too.
    let asked = FORMATS[pasted.len() % FORMATS.len()].id;
    support::holds(pasted, &read_as(pasted, Some(asked))).map_err(TestCaseError::fail)
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
    fn text_made_of_markers_and_words_for_speakers_is_read(
        pieces in prop::collection::vec(0..PIECES.len(), 0..24), format in 0..FORMATS.len(),
    ) {
        let pasted: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        holds(&pasted)?;
        // A format that does not claim the text may be asked for, too.
        let asked = read_as(&pasted, Some(FORMATS[format].id));
        support::holds(&pasted, &asked).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn messages_rendered_as_chatml_read_back_equal(
        turns in prop::collection::vec((0..4_usize, any::<String>()), 1..6),
    ) {
        let turns = turns.iter().map(|(role, said)| (["system", "user", "assistant", "critic"][*role], said.replace("<|", "< |")));
        let turns: Vec<_> = turns.collect();
        let rendered: Vec<String> =
            turns.iter().map(|(role, said)| format!("<|im_start|>{role}\n{said}<|im_end|>\n")).collect();
        let rendered = rendered.concat();
        let found = read(&rendered);
        prop_assert_eq!(found.format, Some("chatml"));
        prop_assert_eq!(found.conversations.len(), 1);
        let conversation = &found.conversations[0];
        prop_assert_eq!(conversation.messages.len(), turns.len());
        for (message, (role, said)) in conversation.messages.iter().zip(&turns) {
            prop_assert_eq!(message.role(), *role);
            let content = message.content().unwrap();
            prop_assert_eq!(&content.text, said);
            prop_assert_eq!(content.span.of(&rendered), said);
        }
    }

    #[test]
    fn a_table_of_any_texts_reads_back_equal(
        rows in prop::collection::vec(("[a-z]\\PC{0,8}", any::<String>()), 1..5), delimiter in 0..3_usize,
    ) {
        let delimiter = [",", "\t", ";"][delimiter];
        let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut pasted = format!("instruction{delimiter}output\n");
        for (instruction, output) in &rows {
            pasted.push_str(&[cell(instruction), cell(output)].join(delimiter));
            pasted.push('\n');
        }
        holds(&pasted)?;
        let found = read(&pasted);
        prop_assert_eq!(found.conversations.len(), rows.len());
        for (conversation, (instruction, output)) in found.conversations.iter().zip(&rows) {
            prop_assert_eq!(&conversation.messages[0].content().unwrap().text, instruction);
            prop_assert_eq!(&conversation.messages[1].content().unwrap().text, output);
        }
    }

    #[test]
    fn a_stringified_list_points_at_what_it_was_written_with(said in any::<String>()) {
        let inner = serde_json::json!([{"role": "user", "content": said}]).to_string();
        let pasted = serde_json::json!({"messages": inner}).to_string();
        holds(&pasted)?;
        let found = read(&pasted);
        let content = found.conversations[0].messages[0].content().unwrap();
        prop_assert_eq!(&content.text, &said);
        let written = content.source_span(0..said.len()).of(&pasted);
        let once: String = serde_json::from_str(&format!("\"{written}\"")).unwrap();
        let twice: String = serde_json::from_str(&format!("\"{once}\"")).unwrap();
        prop_assert_eq!(&twice, &said);
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
