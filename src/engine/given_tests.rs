//! Rows that say their own tokens, through the engine.

use super::*;
use crate::dialogue::{Branch, Training};
use crate::recipe::Sample;
use crate::span::Span;

fn analyzed(dialogue: &str, recipe: &str) -> Report {
    let request = Request {
        dialogue: dialogue.to_owned(),
        recipe: recipe.to_owned(),
        template: TemplateChoice::Catalog("chatml".to_owned()),
        ..Request::default()
    };
    Engine::new().analyze(&request)
}

fn only(dialogue: &str, recipe: &str) -> Sample {
    let mut report = analyzed(dialogue, recipe);
    let mut outcomes = report.conversations.remove(0).outcomes;
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    let Outcome::Sample(sample) = outcomes.remove(0) else { panic!("{outcomes:?}") };
    sample
}

fn ids(text: &str) -> Vec<u32> {
    Tokenizer::embedded().encode(text).unwrap().ids
}

fn codes(sample: &Sample) -> Vec<&str> {
    sample.diagnostics.iter().map(|found| found.code.as_ref()).collect()
}

#[test]
fn segments_are_encoded_one_by_one_without_special_tokens_whatever_the_recipe() {
    let pasted =
        r#"{"segments": [{"label": false, "text": "Q: 春\n"}, {"label": true, "text": "A:\tho<|im_end|>"}]}"#;
    let sample = only(pasted, "per-turn");
    let (first, second) = (ids("Q: 春\n"), ids("A:\tho<|im_end|>"));
    assert_eq!(sample.text, "Q: 春\nA:\tho<|im_end|>");
    assert_eq!(sample.input_ids, [first.clone(), second.clone()].concat());
    let masked = vec![-100; first.len()];
    assert_eq!(sample.labels[..first.len()], masked);
    let trained: Vec<i64> = second.iter().map(|id| i64::from(*id)).collect();
    assert_eq!(sample.labels[first.len()..], trained);
    assert_eq!(sample.attention_mask.len(), sample.input_ids.len());
    assert_eq!(sample.owners[0].message, Some(0));
    assert_eq!(sample.owners.last().unwrap().message, Some(1));
    assert_eq!(sample.pieces[1].source.unwrap().of(pasted), r"A:\tho<|im_end|>");
    assert_eq!(sample, only(pasted, "all-tokens"));
    assert_eq!(sample.trail.len(), 2);
}

#[test]
fn a_tokenised_row_is_shown_as_it_is_with_its_bytes_side_by_side() {
    let text = "<|im_start|>user\n春风😀<|im_end|>\n";
    let encoding = Tokenizer::embedded().encode(text).unwrap();
    let labels: Vec<i64> =
        encoding.ids.iter().enumerate().map(|(at, id)| if at < 2 { -100 } else { i64::from(*id) }).collect();
    let row = serde_json::json!({"input_ids": encoding.ids, "labels": labels}).to_string();
    let sample = only(&row, "per-turn");
    assert_eq!(sample.text, text);
    assert_eq!(sample.input_ids, encoding.ids);
    assert_eq!(sample.labels, labels);
    assert_eq!(sample.held, encoding.held);
    assert_eq!(sample.offsets, encoding.offsets);
    let weights: Vec<f32> = labels.iter().map(|label| if *label == -100 { 0.0 } else { 1.0 }).collect();
    assert_eq!(sample.weights, weights);
}

#[test]
fn a_row_without_labels_is_trained_whole() {
    let sample = only(r#"{"input_ids": [5, 6, 7]}"#, "per-turn");
    assert_eq!(sample.labels, [5, 6, 7]);
    assert_eq!(sample.trail.len(), 1);
}

#[test]
fn ids_of_another_tokenizer_are_named() {
    let sample = only(r#"{"input_ids": [5, 4000000000, 6], "labels": [-1, -1, 6]}"#, "per-turn");
    assert_eq!(codes(&sample), ["given-id-unknown", "given-ignore-index", "given-row-not-compared"]);
    assert_eq!(sample.diagnostics[0].tokens, [1]);
    assert_eq!(sample.diagnostics[1].tokens, [0, 1]);
    assert_eq!(sample.weights, [0.0, 0.0, 1.0]);
    assert!(sample.held[1].is_empty());
}

#[test]
fn bytes_that_are_no_text_are_one_sign_and_the_offsets_stay_inside() {
    let parts = Tokenizer::embedded().encode("😀").unwrap();
    assert!(parts.ids.len() > 1, "the emoji splits");
    let row = serde_json::json!({"input_ids": [parts.ids[0], ids("a")[0]]}).to_string();
    let sample = only(&row, "per-turn");
    assert_eq!(sample.text, "\u{fffd}a");
    assert_eq!(sample.held[1].of(&sample.text), "a");
    assert!(sample.offsets.iter().all(|offset: &Span| sample.text.get(offset.start..offset.end).is_some()));
}

#[test]
fn the_report_says_which_answer_a_conversation_ends_with_and_what_its_messages_say_of_their_training() {
    let report = analyzed(r#"{"prompt": "q", "chosen": "good", "rejected": "bad"}"#, "per-turn");
    let branches: Vec<_> = report.conversations.iter().map(|conversation| conversation.branch).collect();
    assert_eq!(branches, [Some(Branch::Chosen), Some(Branch::Rejected)]);
    let report = analyzed(
        r#"[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "weight": 0}]"#,
        "per-turn",
    );
    let of = |message: &MessageSummary| message.training.as_ref().and_then(Training::weight);
    let weights: Vec<_> = report.conversations[0].messages.iter().map(of).collect();
    assert_eq!(weights, [None, Some(0.0)]);
}

/// The row that a recipe makes of a dialogue, as a trainer would print it.
fn row(recipe: &str) -> (Vec<u32>, Vec<i64>) {
    let dialogue = r#"[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Good day."}]"#;
    let sample = only(dialogue, recipe);
    (sample.input_ids, sample.labels)
}

fn compared(ids: &[u32], labels: &[i64], mask: &[u8], recipe: &str) -> Diagnostic {
    let row = serde_json::json!({"input_ids": ids, "labels": labels, "attention_mask": mask}).to_string();
    only(&row, recipe).diagnostics.iter().find(|found| found.code.starts_with("given-row")).unwrap().clone()
}

#[test]
fn a_row_is_compared_with_what_the_recipe_makes_of_its_text() {
    let (ids, labels) = row("per-turn");
    let mask = vec![1; ids.len()];
    assert_eq!(compared(&ids, &labels, &mask, "per-turn").code, "given-row-equal");

    let found = compared(&ids, &labels, &mask, "all-tokens");
    assert_eq!(found.code, "given-row-differs");
    let masked: Vec<u32> = (0..ids.len()).filter(|at| labels[*at] == -100).map(|at| at as u32).collect();
    assert_eq!(found.tokens, masked);

    let padded = [ids.clone(), vec![0, 0]].concat();
    let mask = [mask, vec![0, 0]].concat();
    let padded_labels = [labels.clone(), vec![-100, -100]].concat();
    assert_eq!(compared(&padded, &padded_labels, &mask, "per-turn").code, "given-row-equal");

    let mut other = labels;
    let last = other.iter().rposition(|label| *label != -100).unwrap();
    other[last] = -100;
    let found = compared(&ids, &other, &vec![1; ids.len()], "per-turn");
    assert_eq!((found.code.as_ref(), found.tokens), ("given-row-differs", vec![last as u32]));
}

#[test]
fn an_id_too_much_in_a_row_is_found_where_it_stands() {
    let (mut ids, mut labels) = row("per-turn");
    ids.insert(1, ids[0]);
    labels.insert(1, -100);
    let found = compared(&ids, &labels, &vec![1; ids.len()], "per-turn");
    assert_eq!(found.code, "given-row-differs", "{found:?}");
    assert!(!found.tokens.is_empty());
}

#[test]
fn no_template_renders_a_row_that_says_its_own_tokens() {
    let dialogue = r#"{"segments": [{"label": true, "text": "a"}]}"#.to_owned();
    let (_, rendered) = Engine::new().render(&Request { dialogue, ..Request::default() }, false);
    assert_eq!(rendered[0].as_ref().unwrap_err().code, "given-not-rendered");
}

#[test]
fn any_ids_at_all_give_arrays_of_one_length_and_offsets_inside_the_text() {
    let vocabulary = u64::try_from(Tokenizer::embedded().vocab_size()).unwrap();
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut rows = String::new();
    for _ in 0..200 {
        let count = next() % 40 + 1;
        let ids: Vec<u64> = (0..count).map(|_| next() % (vocabulary + 3)).collect();
        let label = |id: &u64| if next() % 3 == 0 { -100 } else { i64::try_from(*id).unwrap() };
        let labels: Vec<i64> = ids.iter().map(label).collect();
        rows.push_str(&serde_json::json!({"input_ids": ids, "labels": labels}).to_string());
        rows.push('\n');
    }
    let report = analyzed(&rows, "per-turn");
    let outcomes = report.conversations.iter().flat_map(|conversation| &conversation.outcomes);
    let samples: Vec<&Sample> = outcomes
        .filter_map(|outcome| if let Outcome::Sample(sample) = outcome { Some(sample) } else { None })
        .collect();
    assert_eq!(samples.len(), 200);
    for sample in samples {
        let lengths = [
            sample.attention_mask.len(),
            sample.labels.len(),
            sample.weights.len(),
            sample.offsets.len(),
            sample.held.len(),
            sample.owners.len(),
            sample.trail.last().unwrap().to as usize,
        ];
        assert_eq!(lengths, [sample.input_ids.len(); 7]);
        assert_eq!(sample.held.last().unwrap().end, sample.text.len());
        for (offset, held) in sample.offsets.iter().zip(&sample.held) {
            assert!(sample.text.get(offset.start..offset.end).is_some(), "{offset:?} of {:?}", sample.text);
            assert!(offset.start <= held.start && held.end <= offset.end);
        }
    }
}
