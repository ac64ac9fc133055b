//! Training flags of single messages: keys by which a dataset says what of it is trained.
//!
//! They stay among the message's fields, as the template of a trainer would see them. Which trainer reads which key is in
//! [`KEYS`]; whether one is followed is the recipe's matter.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::notes::Notes;
use super::{Conversation, Kind, Message, Value, formats};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Note;
use crate::span::Span;

/// What a message says of its own training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Its flags, in the order of [`KEYS`]; Megatron's `mask` of the whole row stands last.
    pub flags: Vec<Flag>,
    /// Stretches of its content, in bytes of the decoded text (of parts, one after the other), where it names some.
    pub detail: Vec<Detail>,
}

/// One flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    /// The key, as it stands in the data.
    pub key: Cow<'static, str>,
    /// How much the message counts: 0 is masked, 1 is trained.
    pub weight: f32,
}

/// A stretch of a message's content that is trained or not (axolotl's `train_detail`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Its bytes.
    pub span: Span,
    /// Whether it is trained.
    pub trained: bool,
}

/// The keys, with the trainers that read them; `masked` says the opposite of the others.
const KEYS: [(&str, &str); 8] = [
    ("weight", "OpenAI"),
    ("train", "axolotl"),
    ("training", "axolotl"),
    ("loss", "ms-swift"),
    ("loss_scale", "ms-swift"),
    ("trainable", "tinker"),
    ("masked", "torchtune"),
    ("loss_mask", "LoongForge"),
];

/// The keys of stretches of the content.
const DETAIL_KEYS: [&str; 2] = ["train_detail", "training_detail"];

impl Training {
    /// How much the message counts by its first flag; `None` where it has none.
    pub fn weight(&self) -> Option<f32> {
        self.flags.first().map(|flag| flag.weight)
    }
}

impl Message {
    /// What the message says of its own training, where it says anything.
    pub fn training(&self) -> Option<Training> {
        let flag = |(key, _): &(&'static str, &str)| {
            let weight = weight(self.get(key)?)?;
            let weight = if *key == "masked" { 1.0 - weight } else { weight };
            Some(Flag { key: Cow::Borrowed(*key), weight })
        };
        let training = Training { flags: KEYS.iter().filter_map(flag).collect(), detail: detail(self) };
        (!training.flags.is_empty() || !training.detail.is_empty()).then_some(training)
    }
}

impl Conversation {
    /// What is said of the training of a message: by itself, or by the `mask` of its row.
    pub fn training(&self, message: usize) -> Option<Training> {
        let message = self.messages.get(message)?;
        let mut training = message.training().unwrap_or_default();
        if self
            .mask
            .as_ref()
            .and_then(|mask| formats::meant(&mask.text))
            .is_some_and(|role| role == message.role())
        {
            training.flags.push(Flag { key: Cow::Borrowed("mask"), weight: 0.0 });
        }
        (training != Training::default()).then_some(training)
    }
}

/// A number, or a truth value as 0 or 1.
fn weight(value: &Value) -> Option<f32> {
    match &value.kind {
        Kind::Bool(is) => Some(f32::from(u8::from(*is))),
        Kind::Number(written) => written.parse().ok().filter(|weight: &f32| weight.is_finite()),
        _ => None,
    }
}

/// The stretches that a message names, or that its parts of content are.
fn detail(message: &Message) -> Vec<Detail> {
    if let Some(list) = DETAIL_KEYS.iter().find_map(|key| message.get(key).and_then(Value::as_list)) {
        let text = message.content().map(|content| content.text.as_str()).unwrap_or_default();
        let mut places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        places.push(text.len());
        return list.iter().filter_map(|item| stretch(item, &places)).collect();
    }
    let mut at = 0;
    let parts = message.get("content").and_then(Value::as_list).unwrap_or_default();
    let part = |part: &Value| {
        let text =
            ["text", "content", "value"].iter().find_map(|key| part.get(key).and_then(Value::as_str))?;
        let span = Span::new(at, at + text.len());
        at = span.end;
        let trained = ["train", "weight"].iter().find_map(|key| part.get(key).and_then(weight))? > 0.0;
        Some(Detail { span, trained })
    };
    parts.iter().filter_map(part).collect()
}

/// `{begin_offset, end_offset, train}`, in characters with the last one included.
fn stretch(item: &Value, places: &[usize]) -> Option<Detail> {
    let offset = |key: &str| match &item.get(key)?.kind {
        Kind::Number(written) => written.parse::<usize>().ok(),
        _ => None,
    };
    let last = places.len() - 1;
    let start = offset("begin_offset")?.min(last);
    let end = offset("end_offset")?.saturating_add(1).clamp(start, last);
    let span = Span::new(places[start], places[end]);
    Some(Detail { span, trained: item.get("train").and_then(weight)? > 0.0 })
}

/// Says once a conversation that its messages have such flags, and who reads them.
pub(super) fn note(conversation: &Conversation, notes: &mut Notes) {
    if !notes.wants("training-flag") {
        return;
    }
    let flagged: Vec<(&Message, Training)> =
        conversation.messages.iter().filter_map(|message| Some((message, message.training()?))).collect();
    let (count, all) = (flagged.len(), conversation.messages.len());
    let (key, who, span) = match (flagged.first(), &conversation.mask) {
        (Some((message, training)), _) => {
            let key = training.flags.first().map_or("train", |flag| flag.key.as_ref());
            let who = KEYS.iter().find(|(known, _)| *known == key).map_or("axolotl", |(_, who)| *who);
            let detail = DETAIL_KEYS.into_iter().find(|key| message.get(key).is_some());
            let key = if message.get(key).is_some() { key } else { detail.unwrap_or(key) };
            (key, who, message.get(key).map_or(message.span, |value| value.span))
        }
        (None, Some(mask)) => ("mask", "Megatron", mask.span),
        (None, None) => return,
    };
    let count = if count == 0 { all } else { count };
    notes.add(
        Note,
        "training-flag",
        span,
        Bilingual::new(
            format!("{count} of {all} messages say themselves whether they are trained: `{key}`, which {who} reads"),
            format!("{all} 条消息中有 {count} 条自行说明是否参与训练：`{key}`，由 {who} 读取"),
        ),
        Bilingual::fixed(
            "a trainer that does not read this key trains as if it were not there",
            "不读取这个键的训练器会当它不存在",
        ),
    );
}

#[cfg(test)]
mod tests {
    use crate::dialogue::{Conversation, read};

    fn conversation(messages: &str) -> Conversation {
        read(messages).conversations.remove(0)
    }

    fn weight(fields: &str) -> Option<f32> {
        conversation(&format!(r#"[{{"role": "assistant", "content": "a", {fields}}}]"#)).messages[0]
            .training()
            .and_then(|training| training.weight())
    }

    #[test]
    fn each_trainers_flag_is_known() {
        for (fields, expected) in [
            (r#""weight": 0"#, 0.0),
            (r#""weight": 1"#, 1.0),
            (r#""train": false"#, 0.0),
            (r#""training": true"#, 1.0),
            (r#""loss": true"#, 1.0),
            (r#""loss_scale": 0.25"#, 0.25),
            (r#""trainable": false"#, 0.0),
            (r#""masked": true"#, 0.0),
            (r#""masked": false"#, 1.0),
            (r#""loss_mask": 1"#, 1.0),
        ] {
            assert_eq!(weight(fields), Some(expected), "{fields}");
        }
        for fields in [r#""weight": null"#, r#""weight": "0""#, r#""weight": NaN"#, r#""name": 0"#] {
            assert_eq!(weight(fields), None, "{fields}");
        }
    }

    #[test]
    fn stretches_count_characters_and_include_their_last_one() {
        let of = conversation(
            r#"[{"role": "assistant", "content": "春风a花", "train_detail": [
                {"begin_offset": 0, "end_offset": 1, "train": true},
                {"begin_offset": 3, "end_offset": 99, "train": false},
                {"begin_offset": -1, "end_offset": 1, "train": true}]}]"#,
        );
        let detail = of.messages[0].training().unwrap().detail;
        let found: Vec<_> = detail.iter().map(|detail| (detail.span.of("春风a花"), detail.trained)).collect();
        assert_eq!(found, [("春风", true), ("花", false)]);
    }

    #[test]
    fn parts_of_content_say_it_for_themselves() {
        let of = conversation(
            r#"[{"role": "assistant", "content": [{"type": "text", "text": "ab", "train": false},
                {"type": "text", "text": "c"}, {"type": "text", "text": "def", "weight": 1}]}]"#,
        );
        let detail = of.messages[0].training().unwrap().detail;
        let found: Vec<_> = detail.iter().map(|detail| (detail.span.of("abcdef"), detail.trained)).collect();
        assert_eq!(found, [("ab", false), ("def", true)]);
    }

    #[test]
    fn the_mask_of_a_row_is_for_the_messages_of_that_role() {
        let of = conversation(
            r#"{"mask": "User", "conversations": [{"from": "User", "value": "a"}, {"from": "Assistant", "value": "b"}]}"#,
        );
        assert_eq!(of.training(0).and_then(|training| training.weight()), Some(0.0));
        assert_eq!(of.training(1), None);
        assert_eq!(of.training(2), None);
    }
}
