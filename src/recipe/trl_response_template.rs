//! `trl-response-template`: `DataCollatorForCompletionOnlyLM`, package trl 0.18.1, `trl/trainer/utils.py`, gone since 0.20.
//!
//! It looks for the token ids of its two templates among the labels. Kept: without `instruction_template` only what
//! follows the *last* response template is trained; a template that is not found masks everything; what a reply's end
//! mark is followed by is trained up to the next instruction; padding tokens that were typed are masked first, so a
//! template that holds one is never found.

use super::marker;
use super::sample::{self, Verdict};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "trl-response-template",
    title: Bilingual::fixed("TRL: response template", "TRL：response template"),
    summary: Bilingual::fixed(
        "The removed `DataCollatorForCompletionOnlyLM`: what follows the token ids of the response template is trained.",
        "已移除的 `DataCollatorForCompletionOnlyLM`：response template 的 token id 之后的内容参与训练。",
    ),
    source: Some(Source {
        package: "trl",
        version: "0.18.1",
        file: "trl/trainer/utils.py: DataCollatorForCompletionOnlyLM.torch_call",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 3] = [
    OptionSpec {
        name: "response_template",
        kind: OptionKind::Text,
        default: "<|im_start|>assistant\n",
        title: Bilingual::fixed(
            "What a reply begins with; TRL has no default",
            "回复的开头标记；TRL 没有默认值",
        ),
    },
    OptionSpec {
        name: "instruction_template",
        kind: OptionKind::Text,
        default: "",
        title: Bilingual::fixed(
            "What a question begins with; empty: none, and only the last reply is trained",
            "提问的开头标记；留空表示没有，此时只训练最后一条回复",
        ),
    },
    OptionSpec {
        name: "version",
        kind: OptionKind::Choice(&["0.18"]),
        default: "0.18",
        title: Bilingual::fixed("Version of TRL", "TRL 的版本"),
    },
];

/// What a run needs to be like this one.
pub(super) fn config(options: &Options) -> String {
    let quoted = |name| match options.text(name) {
        "" => "None".to_owned(),
        text => format!("{text:?}"),
    };
    let (response, instruction) = (quoted("response_template"), quoted("instruction_template"));
    format!(
        "DataCollatorForCompletionOnlyLM({response}, instruction_template={instruction}, tokenizer=tokenizer)\n"
    )
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let (_, mut sample) = whole::begin(context, context.conversation.messages.len())?;
    let response = context.tokenizer.encode(context.options.text("response_template"))?.ids;
    let instruction = context.options.text("instruction_template");
    let instruction = context.tokenizer.encode(instruction)?.ids;
    if response.is_empty() {
        return Err(whole::stops(
            "marker-empty",
            Bilingual::fixed("`response_template` has no tokens", "`response_template` 没有任何 token"),
            Bilingual::fixed(
                "give the text that a reply begins with, such as `<|im_start|>assistant` and a line break",
                "请填写回复开头的文字，例如 `<|im_start|>assistant` 加换行",
            ),
        ));
    }
    let pad = pad_id(context);
    let mut verdicts: Vec<_> =
        sample.input_ids.iter().map(|id| if Some(*id) == pad { Why::Padding } else { Why::Reply }).collect();
    let found = find(&sample.input_ids, &verdicts, &response);
    if found.is_empty() {
        let found =
            marker::not_found(("response_template", context.options.text("response_template")), &sample.text);
        sample.diagnostics.push(found);
        verdicts.fill(Why::NoResponse);
    } else if instruction.is_empty() {
        let last = found.last().map_or(0, |last| last + response.len());
        mask(&mut verdicts, 0, last, Why::BeforeLast);
    } else {
        let humans = find(&sample.input_ids, &verdicts, &instruction);
        if humans.is_empty() {
            let found = marker::not_found(
                ("instruction_template", context.options.text("instruction_template")),
                &sample.text,
            );
            sample.diagnostics.push(found);
            verdicts.fill(Why::NoInstruction);
        } else {
            let ends: Vec<_> = found.iter().map(|start| start + response.len()).collect();
            pair(&mut verdicts, humans, &ends);
        }
    }
    let option = ("response_template", context.options.text("response_template"));
    sample.diagnostics.extend(marker::missed(option, &sample.text, found.len()));
    sample::label(&mut sample, verdicts, context.ignore_index);
    Ok(sample)
}

/// Masks from each instruction up to the end of the response template of the same rank.
fn pair(verdicts: &mut [Why], mut humans: Vec<usize>, ends: &[usize]) {
    if humans.first() > ends.first() {
        humans.insert(0, 0);
    }
    for (rank, (start, end)) in humans.iter().zip(ends).enumerate() {
        mask(verdicts, if rank == 0 { 0 } else { *start }, *end, Why::Instruction);
    }
    if let (true, Some(last)) = (ends.len() < humans.len(), humans.last()) {
        mask(verdicts, *last, verdicts.len(), Why::Unanswered);
    }
}

fn mask(verdicts: &mut [Why], start: usize, end: usize, why: Why) {
    // A slice of Python: past the end is the end, and a start after the end is nothing.
    let end = end.min(verdicts.len());
    for verdict in verdicts.iter_mut().take(end).skip(start) {
        *verdict = why;
    }
}

/// Where the marker's ids begin among the labels: a masked padding token equals none of them.
fn find(ids: &[u32], verdicts: &[Why], marker: &[u32]) -> Vec<usize> {
    let matches = |(at, window): (usize, &[u32])| {
        let labelled = verdicts.iter().skip(at).take(marker.len()).all(|verdict| *verdict == Why::Reply);
        (window == marker && labelled).then_some(at)
    };
    ids.windows(marker.len()).enumerate().filter_map(matches).collect()
}

/// The padding token; where the tokenizer has none, people gave it the stop token, as the collator asks for one.
fn pad_id(context: &Context<'_>) -> Option<u32> {
    let pad = context.special_tokens.get("pad_token").filter(|token| !token.is_empty());
    pad.map_or_else(|| context.eos_id(), |pad| context.tokenizer.token_to_id(pad))
}

/// Why a token is trained or masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Padding,
    Reply,
    BeforeLast,
    Instruction,
    Unanswered,
    NoResponse,
    NoInstruction,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        self == Self::Reply
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Padding => Bilingual::fixed(
                "the padding token, which the collator masks wherever it stands: masked",
                "填充 token，无论出现在哪里都会被 collator 忽略：被忽略",
            ),
            Self::Reply => Bilingual::fixed(
                "after a response template and before the next instruction: trained",
                "在 response template 之后、下一个 instruction 之前：参与训练",
            ),
            Self::BeforeLast => Bilingual::fixed(
                "up to the end of the last response template: masked",
                "在最后一个 response template 末尾之前：被忽略",
            ),
            Self::Instruction => Bilingual::fixed(
                "from an instruction template to the end of the response template that answers it: masked",
                "从 instruction template 到与之对应的 response template 末尾：被忽略",
            ),
            Self::Unanswered => Bilingual::fixed(
                "from the last instruction template on, which no response template follows: masked",
                "在最后一个 instruction template 之后，且其后没有 response template：被忽略",
            ),
            Self::NoResponse => Bilingual::fixed(
                "the response template was not found, so the whole sample is masked",
                "找不到 response template，整个样本被忽略",
            ),
            Self::NoInstruction => Bilingual::fixed(
                "the instruction template was not found, so the whole sample is masked",
                "找不到 instruction template，整个样本被忽略",
            ),
            Self::Collides => sample::collides(),
        }
    }
}
