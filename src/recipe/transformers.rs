//! `transformers`: the assistant mask of `apply_chat_template`, package transformers 5.23.0,
//! `tokenization_utils_base.py`, `PreTrainedTokenizerBase.apply_chat_template`. Its quirks are in `generation.rs`.

use super::generation::{self, Mark};
use super::sample::{self, Verdict};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "transformers",
    title: Bilingual::fixed("transformers: assistant mask", "transformers：助手掩码"),
    summary: Bilingual::fixed(
        "`apply_chat_template(return_assistant_tokens_mask=True)`: what the template wraps in `{% generation %}` is trained.",
        "`apply_chat_template(return_assistant_tokens_mask=True)`：模板中 `{% generation %}` 包住的内容参与训练。",
    ),
    source: Some(Source {
        package: "transformers",
        version: "5.23.0",
        file: "tokenization_utils_base.py: PreTrainedTokenizerBase.apply_chat_template",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 1] = [OptionSpec {
    name: "version",
    kind: OptionKind::Choice(&["5.23"]),
    default: "5.23",
    title: Bilingual::fixed("Version of transformers", "transformers 的版本"),
}];

/// What a run needs to be like this one.
pub(super) fn config(_: &super::Options) -> String {
    "tokenizer.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=True)\n"
        .to_owned()
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let (render, mut sample) = whole::begin(context, context.conversation.messages.len())?;
    let blocks = context.passes(&render);
    let marks = generation::marks(context, &render, &blocks)?;
    if !context.template.has_generation() {
        sample.diagnostics.push(generation::unmarked());
    }
    sample.diagnostics.extend(generation::ends(&sample, &marks, &blocks));
    let verdicts = marks.into_iter().map(Why::Marked).collect();
    sample::label(&mut sample, verdicts, context.ignore_index);
    Ok(sample)
}

/// Why a token is trained or masked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Marked(Mark),
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        !matches!(self, Self::Marked(Mark::Outside) | Self::Collides)
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Marked(Mark::Outside) => Bilingual::fixed(
                "outside of every `{% generation %}` block: masked",
                "不在任何 `{% generation %}` 块内：被忽略",
            ),
            Self::Marked(Mark::Inside) => Bilingual::fixed(
                "inside a `{% generation %}` block: trained",
                "在 `{% generation %}` 块内：参与训练",
            ),
            Self::Marked(Mark::Straddles) => Bilingual::fixed(
                "holds the first character of a `{% generation %}` block, though it begins before it: trained whole",
                "含有 `{% generation %}` 块的第一个字符（虽然起点在块之前）：整个 token 参与训练",
            ),
            Self::Marked(Mark::RunsOn) => Bilingual::fixed(
                "past a `{% generation %}` block whose last token transformers does not find: it marks all that follows, trained",
                "在 `{% generation %}` 块之后，但 transformers 找不到该块的最后一个 token，于是标记其后的全部内容：参与训练",
            ),
            Self::Collides => sample::collides(),
        }
    }
}
