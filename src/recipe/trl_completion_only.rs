//! `trl-completion-only`: `SFTTrainer` on a dataset with prompt and completion, package trl 1.16.0 (and 1.10.0),
//! `trl/trainer/sft_trainer.py`, `SFTTrainer._prepare_dataset`.
//!
//! The last assistant message is the completion and all before it the prompt; what follows it is left out. Kept: 1.16
//! trains from where the tokens of the prompt with its generation prompt and those of the whole part; 1.10 trains from
//! the number of the prompt's tokens on, even where they differ. A sample that is left without a label after the cut to
//! `max_length` is dropped.

use super::sample::{self, Verdict};
use super::trl_assistant_only::{MAX_LENGTH, finish};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "trl-completion-only",
    title: Bilingual::fixed("TRL: completion only", "TRL：仅 completion"),
    summary: Bilingual::fixed(
        "`SFTTrainer` on prompt and completion: the last assistant message is the completion and trained.",
        "`SFTTrainer` 的 prompt 与 completion：最后一条助手消息是 completion，参与训练。",
    ),
    source: Some(Source {
        package: "trl",
        version: "1.16.0",
        file: "trl/trainer/sft_trainer.py: SFTTrainer._prepare_dataset",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 2] = [
    MAX_LENGTH,
    OptionSpec {
        name: "version",
        kind: OptionKind::Choice(&["1.16", "1.10"]),
        default: "1.16",
        title: Bilingual::fixed("Version of TRL", "TRL 的版本"),
    },
];

/// What a run needs to be like this one.
pub(super) fn config(options: &super::Options) -> String {
    format!("SFTConfig(completion_only_loss=True, max_length={})\n", options.python("max_length"))
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let messages = &context.conversation.messages;
    let Some(last) = messages.iter().rposition(|message| message.role.text == "assistant") else {
        return Err(whole::no_reply());
    };
    let prompt = whole::ids(context, last, true)?;
    let (_, mut sample) = whole::begin(context, last + 1)?;
    let shared = prompt.iter().zip(&sample.input_ids).take_while(|(a, b)| a == b).count();
    let boundary = if context.options.text("version") == "1.10" { prompt.len() } else { shared };
    if shared < prompt.len() {
        sample.diagnostics.push(not_a_prefix(prompt.len(), shared, sample.input_ids.len()));
    }
    sample.reply = Some(last as u32);
    let verdict = |token| match token {
        token if token < shared.min(boundary) => Why::Prompt,
        token if token < boundary => Why::Counted,
        token if token < prompt.len() => Why::Parted,
        _ => Why::Completion,
    };
    let verdicts = (0..sample.input_ids.len()).map(verdict).collect();
    finish(context, &mut sample, verdicts)?;
    Ok(sample)
}

fn not_a_prefix(prompt: usize, shared: usize, count: usize) -> Diagnostic {
    let message = Bilingual::new(
        format!("the prompt has {prompt} tokens, but the whole begins with only {shared} of them"),
        format!("prompt 有 {prompt} 个 token，而整段文本开头与之相同的只有 {shared} 个"),
    );
    let hint = Bilingual::fixed(
        "the template renders the prompt otherwise once it is answered, or tokens merge across the boundary: the model is \
         trained on another context than it sees when it is asked",
        "模板对已回答的 prompt 渲染得不同，或者 token 跨边界合并：训练时的上下文与推理时不一致",
    );
    Diagnostic::new(Severity::Warning, "prompt-tokens-differ", message)
        .hint(hint)
        .tokens((shared..prompt.min(count)).map(|token| token as u32))
}

/// Why a token is trained or masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Prompt,
    Counted,
    Parted,
    Completion,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        matches!(self, Self::Parted | Self::Completion)
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Prompt => Bilingual::fixed("part of the prompt: masked", "属于 prompt：被忽略"),
            Self::Counted => Bilingual::fixed(
                "not what the prompt has here, but among as many tokens as the prompt has: masked",
                "与 prompt 在此处的 token 不同，但仍在 prompt 的 token 数之内：被忽略",
            ),
            Self::Parted => Bilingual::fixed(
                "the prompt has another token here: the completion begins where the two part, trained",
                "prompt 在此处是别的 token：completion 从两者分开处开始，参与训练",
            ),
            Self::Completion => Bilingual::fixed("after the prompt: trained", "在 prompt 之后：参与训练"),
            Self::Collides => sample::collides(),
        }
    }
}
