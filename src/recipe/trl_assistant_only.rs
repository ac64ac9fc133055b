//! `trl-assistant-only`: `SFTTrainer` with `assistant_only_loss=True`, package trl 1.16.0, `trl/trainer/sft_trainer.py`,
//! `SFTTrainer._prepare_dataset`.
//!
//! The mask is the one of transformers (`generation.rs`). Kept: labels are made before the cut to `max_length`, so a cut
//! reply loses its end; a sample that is left without a label is dropped; a conversation without a marked token stops the
//! run. A template without `{% generation %}` is replaced by TRL where it knows the text, and refused elsewhere
//! (`trl_twins.rs`).

use super::generation;
use super::sample;
use super::sample::Verdict;
use super::transformers::Why;
use super::trl_twins;
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "trl-assistant-only",
    title: Bilingual::fixed("TRL: assistant only", "TRL：仅助手"),
    summary: Bilingual::fixed(
        "`SFTTrainer` with `assistant_only_loss=True`: what the template wraps in `{% generation %}` is trained.",
        "`SFTTrainer` 设 `assistant_only_loss=True`：模板中 `{% generation %}` 包住的内容参与训练。",
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
        kind: OptionKind::Choice(&["1.16"]),
        default: "1.16",
        title: Bilingual::fixed("Version of TRL", "TRL 的版本"),
    },
];

/// The limit that both recipes of `SFTTrainer` have.
pub(super) const MAX_LENGTH: OptionSpec = OptionSpec {
    name: "max_length",
    kind: OptionKind::IntOrNone,
    default: "none",
    title: Bilingual::fixed(
        "The most tokens of a sample, cut at the end; `SFTConfig` itself says 1024",
        "样本的最大 token 数，从末尾截断；`SFTConfig` 自身的默认值为 1024",
    ),
};

/// What a run needs to be like this one.
pub(super) fn config(options: &super::Options) -> String {
    format!("SFTConfig(assistant_only_loss=True, max_length={})\n", options.python("max_length"))
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let (render, mut sample) = whole::begin(context, context.conversation.messages.len())?;
    let blocks = if context.template.has_generation() {
        context.passes(&render)
    } else {
        let blocks = trl_twins::spans(context, &render.rendered.text)?.ok_or_else(not_for_training)?;
        sample.diagnostics.push(replaced());
        blocks
    };
    let marks = generation::marks(context, &render, &blocks)?;
    sample.diagnostics.extend(generation::ends(&sample, &marks, &blocks));
    let verdicts: Vec<_> = marks.into_iter().map(Why::Marked).collect();
    if !verdicts.iter().any(|verdict| verdict.is_trained()) {
        return Err(generation::nothing_marked());
    }
    finish(context, &mut sample, verdicts)?;
    Ok(sample)
}

/// Cuts to `max_length` and sets the labels; a sample without any is dropped.
pub(super) fn finish<V: Verdict>(
    context: &Context<'_>,
    sample: &mut Sample,
    mut verdicts: Vec<V>,
) -> Result<(), NoSample> {
    if let Some(most) = context.options.limit("max_length") {
        whole::cut(sample, &mut verdicts, "max_length", most);
        if !verdicts.iter().any(|verdict| verdict.is_trained()) {
            return Err(whole::dropped(
                "nothing-left-to-train",
                Bilingual::new(
                    format!("within `max_length={most}` no token is trained: TRL drops the sample"),
                    format!("`max_length={most}` 之内没有 token 参与训练：TRL 丢弃该样本"),
                ),
                Bilingual::fixed(
                    "raise `max_length`, or shorten the prompt",
                    "请提高 `max_length`，或缩短 prompt",
                ),
            ));
        }
    }
    sample::label(sample, verdicts, context.ignore_index);
    Ok(())
}

fn replaced() -> Diagnostic {
    let message = Bilingual::fixed(
        "the chat template has no `{% generation %}` block; TRL knows it and takes its own training template instead",
        "聊天模板里没有 `{% generation %}` 块；TRL 认得它，并改用自带的训练模板",
    );
    let hint = Bilingual::fixed(
        "the text stays the same; other trainers get no mask from this template",
        "文本不变；其他训练器无法从该模板得到掩码",
    );
    Diagnostic::new(Severity::Note, "template-replaced", message).hint(hint)
}

fn not_for_training() -> NoSample {
    whole::stops(
        "template-not-for-training",
        Bilingual::fixed(
            "the chat template has no `{% generation %}` block: TRL refuses it, unless it is, byte for byte, one of those \
             for which TRL brings a training template of its own",
            "聊天模板里没有 `{% generation %}` 块：TRL 会拒绝它，除非它与 TRL 自带训练模板的某个原始模板逐字节相同",
        ),
        Bilingual::fixed(
            "wrap what the assistant writes in `{% generation %}…{% endgeneration %}`, or load TRL's own training template \
             (`trl/chat_templates/*_training.jinja`) as a file",
            "请用 `{% generation %}…{% endgeneration %}` 包住助手所写的内容，或将 TRL 自带的训练模板\
             （`trl/chat_templates/*_training.jinja`）作为文件载入",
        ),
    )
}
