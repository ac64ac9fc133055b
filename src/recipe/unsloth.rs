//! `unsloth`: `train_on_responses_only`, package unsloth-zoo 2026.10.9, `unsloth_zoo/dataset_utils.py`, with
//! `force_match=True`.
//!
//! It looks for the token ids of two markers. A reply begins after `response_part` and ends at the first stop token,
//! which is trained, or before the next message. Kept: a stop token or marker that was typed ends or begins a reply as
//! well; what follows the stop token, such as a line break, is not trained; where the last token of the sample is
//! reached, it is trained too; without markers in the options they are read off the template (`unsloth_parts.rs`);
//! a sample without a trained token is dropped.

use super::marker;
use super::sample::{self, Verdict};
use super::unsloth_parts;
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "unsloth",
    title: Bilingual::fixed("Unsloth: responses only", "Unsloth：仅回复"),
    summary: Bilingual::fixed(
        "`train_on_responses_only`: from the token ids of the response marker up to the stop token is trained.",
        "`train_on_responses_only`：从回复标记的 token id 之后到停止符为止参与训练。",
    ),
    source: Some(Source {
        package: "unsloth-zoo",
        version: "2026.10.9",
        file: "unsloth_zoo/dataset_utils.py: train_on_responses_only",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 3] = [
    OptionSpec {
        name: "instruction_part",
        kind: OptionKind::Text,
        default: "",
        title: Bilingual::fixed(
            "What a question begins with, such as `<|im_start|>user` and a line break; empty: read off the template",
            "提问的开头标记，例如 `<|im_start|>user` 加换行；留空则从模板推断",
        ),
    },
    OptionSpec {
        name: "response_part",
        kind: OptionKind::Text,
        default: "",
        title: Bilingual::fixed(
            "What a reply begins with, such as `<|im_start|>assistant` and a line break; empty: read off the template",
            "回复的开头标记，例如 `<|im_start|>assistant` 加换行；留空则从模板推断",
        ),
    },
    OptionSpec {
        name: "last_response_only",
        kind: OptionKind::Bool,
        default: "false",
        title: Bilingual::fixed("Train the last reply only", "只训练最后一条回复"),
    },
];

/// What a run needs to be like this one.
pub(super) fn config(options: &Options) -> String {
    let given = |name: &str| match options.text(name) {
        "" => String::new(),
        part => format!(", {name}={part:?}"),
    };
    let (instruction, response) = (given("instruction_part"), given("response_part"));
    let last = options.python("last_response_only");
    format!("trainer = train_on_responses_only(trainer{instruction}{response}, last_response_only={last})\n")
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let (_, mut sample) = whole::begin(context, context.conversation.messages.len())?;
    let markers = Markers::find(context)?;
    let mut spans = spans(&sample.input_ids, &markers);
    let mut verdicts = vec![Why::Outside; sample.input_ids.len()];
    let trained = if context.options.is_set("last_response_only") {
        spans.split_off(spans.len().max(1) - 1)
    } else {
        std::mem::take(&mut spans)
    };
    for (why, spans) in [(Why::Earlier, spans), (Why::Reply, trained)] {
        for (start, end) in spans {
            verdicts[start..end].fill(why);
        }
    }
    if !verdicts.iter().any(|verdict| verdict.is_trained()) {
        return Err(nothing(&markers, &sample.text));
    }
    let count =
        sample.input_ids.windows(markers.response.len()).filter(|ids| *ids == markers.response).count();
    let option = ("response_part", markers.texts[1].as_str());
    sample.diagnostics.extend(marker::missed(option, &sample.text, count));
    sample::label(&mut sample, verdicts, context.ignore_index);
    Ok(sample)
}

/// What the search looks for, as token ids.
struct Markers {
    /// The two texts, for messages.
    texts: [String; 2],
    instruction: Vec<u32>,
    response: Vec<u32>,
    /// What every message begins with, where that is made of special tokens.
    message: Vec<u32>,
    bos: Option<u32>,
    eos: Option<u32>,
}

impl Markers {
    fn find(context: &Context<'_>) -> Result<Self, NoSample> {
        let given = ["instruction_part", "response_part"].map(|name| context.options.text(name).to_owned());
        let texts = match &given {
            [instruction, response] if instruction.is_empty() && response.is_empty() => {
                unsloth_parts::detect(context)?
            }
            [instruction, response] if instruction.is_empty() || response.is_empty() => return Err(half()),
            _ => given,
        };
        let instruction = context.tokenizer.encode(&texts[0])?.ids;
        let response = context.tokenizer.encode(&texts[1])?.ids;
        if instruction.is_empty() || response.is_empty() {
            return Err(half());
        }
        let mut message: Vec<u32> =
            instruction.iter().zip(&response).take_while(|(a, b)| a == b).map(|(id, _)| *id).collect();
        let blank = |id: &u32| context.tokenizer.id_to_token(*id).is_none_or(|token| token.trim().is_empty());
        if !message.iter().all(|id| context.tokenizer.is_special(*id)) || message.iter().all(blank) {
            message.clear();
        }
        let bos =
            context.special_tokens.get("bos_token").and_then(|token| context.tokenizer.token_to_id(token));
        Ok(Self { texts, instruction, response, message, bos, eos: context.eos_id() })
    }
}

/// The trained stretches, as Unsloth's scan finds them.
fn spans(ids: &[u32], markers: &Markers) -> Vec<(usize, usize)> {
    let at = |place: usize, marker: &[u32]| !marker.is_empty() && ids[place..].starts_with(marker);
    let last = ids.len().saturating_sub(1);
    let mut spans = Vec::new();
    let mut place = 0;
    while place < ids.len() {
        if !at(place, &markers.response) {
            place += 1;
            continue;
        }
        let start = place + markers.response.len();
        place = start;
        while place < ids.len() {
            if Some(ids[place]) == markers.eos {
                spans.push((start, place + 1));
                place += 1;
                break;
            }
            if Some(ids[place]) == markers.bos || at(place, &markers.message) || at(place, &markers.response)
            {
                spans.push((start, place));
                break;
            }
            if place == last {
                spans.push((start, ids.len()));
                place += 1;
                break;
            }
            if at(place, &markers.instruction) {
                spans.push((start, place));
                place += markers.instruction.len();
                break;
            }
            place += 1;
        }
    }
    spans
}

fn half() -> NoSample {
    whole::stops(
        "marker-empty",
        Bilingual::fixed(
            "Unsloth needs both `instruction_part` and `response_part`, or neither, and none that has no tokens",
            "Unsloth 需要同时给出 `instruction_part` 与 `response_part`，或都不给；且不能没有 token",
        ),
        Bilingual::fixed("give both, or leave both empty", "请两个都填，或都留空"),
    )
}

fn nothing(markers: &Markers, text: &str) -> NoSample {
    let response = &markers.texts[1];
    whole::dropped(
        "nothing-left-to-train",
        Bilingual::new(
            format!(
                "the token ids of `response_part` ({response:?}) begin no reply here: Unsloth drops the sample"
            ),
            format!("此处没有以 `response_part`（{response:?}）的 token id 开头的回复：Unsloth 丢弃该样本"),
        ),
        marker::cure(response, text),
    )
}

/// Why a token is trained or masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Outside,
    Earlier,
    Reply,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        self == Self::Reply
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Outside => Bilingual::fixed(
                "not between a response marker and the stop token or message that follows it: masked",
                "不在回复标记与其后的停止符（或下一条消息）之间：被忽略",
            ),
            Self::Earlier => Bilingual::fixed(
                "a reply that is not the last one, and `last_response_only` keeps only that: masked",
                "不是最后一条回复，而 `last_response_only` 只保留最后一条：被忽略",
            ),
            Self::Reply => Bilingual::fixed(
                "after a response marker, up to and with the stop token: trained",
                "在回复标记之后，到停止符为止（含停止符）：参与训练",
            ),
            Self::Collides => sample::collides(),
        }
    }
}
