//! `openrlhf`: `SFTDataset` with `multiturn=False` and a chat template, package openrlhf 0.11.2,
//! `openrlhf/datasets/sft_dataset.py`.
//!
//! The last message is the response, whoever wrote it; the prompt is the render of all before it with the generation
//! prompt. Kept: tools are not given to the template; the response is the whole render without as many characters as the
//! prompt has, even where it does not begin with the prompt; line breaks at the end are cut off and the `eos_token` is
//! added after a space where it is missing; as many tokens as the prompt alone has are masked; the last token is made the
//! `eos_token` after the cut to `max_len`. The trainer's `loss_mask` is one position to the left, as it belongs to the
//! prediction.

use super::sample::{self, Verdict};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;
use crate::template::{Owner, Part, Piece, Rendered, Writer};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "openrlhf",
    title: Bilingual::fixed("OpenRLHF: SFTDataset", "OpenRLHF：SFTDataset"),
    summary: Bilingual::fixed(
        "`SFTDataset` with `multiturn=False`: the last message is the response and trained; the last token becomes the stop token.",
        "`SFTDataset`（`multiturn=False`）：最后一条消息是回复，参与训练；最后一个 token 被改成停止符。",
    ),
    source: Some(Source {
        package: "openrlhf",
        version: "0.11.2",
        file: "openrlhf/datasets/sft_dataset.py: SFTDataset",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 1] = [OptionSpec {
    name: "max_len",
    kind: OptionKind::Int,
    default: "2048",
    title: Bilingual::fixed("The most tokens of a sample", "样本的最大 token 数"),
}];

/// What a run needs to be like this one.
pub(super) fn config(options: &Options) -> String {
    let most = options.text("max_len");
    format!("--data.input_key messages --data.apply_chat_template --data.max_len {most}\n")
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let most = context.options.text("max_len").parse::<i64>().unwrap_or(2048);
    let messages = &context.conversation.messages;
    let Some(asked) = messages.len().checked_sub(1).filter(|asked| *asked > 0) else {
        return Err(whole::empty());
    };
    let Some(eos) = context.eos_token().zip(context.eos_id()) else { return Err(no_eos()) };
    let prompt = context.render_other(&messages[..asked], None, true)?;
    let all = context.render_other(messages, None, false)?;
    let cut = all.text.char_indices().nth(prompt.text.chars().count()).map_or(all.text.len(), |(at, _)| at);
    let prompt_tokens = context.tokenizer.encode(&prompt.text)?.ids.len();
    if prompt.text.is_empty() || cut == all.text.len() || prompt_tokens as i64 >= most.saturating_sub(2) {
        return Err(left_out(most, prompt_tokens));
    }
    let most = most as usize;

    let is_prefix = all.text.starts_with(&prompt.text);
    let (text, pieces, writers) = joined(context, &prompt, &all, cut, eos.0);
    let encoding = context.tokenizer.encode(&text)?;
    if !context.budget.take(encoding.ids.len().min(most)) {
        return Err(NoSample::OverBudget);
    }
    let mut sample = sample::of_text(text, pieces, writers, &encoding);
    sample.reply = Some(asked as u32);
    sample.prompt_end = Some(prompt.text.len().min(sample.text.len()));
    if !is_prefix {
        sample.diagnostics.push(not_a_prefix());
    }
    // A prompt without tokens leaves nothing to predict the first token from: the trainer's slice is empty then.
    let boundary = if prompt_tokens == 0 { usize::MAX } else { prompt_tokens };
    let verdict = |token| if token < boundary { Why::Prompt } else { Why::Response };
    let mut verdicts: Vec<_> = (0..encoding.ids.len()).map(verdict).collect();
    whole::cut(&mut sample, &mut verdicts, "max_len", most);
    if let (Some(id), Some(why)) = (sample.input_ids.last_mut(), verdicts.last_mut())
        && *id != eos.1
    {
        *id = eos.1;
        *why = if why.is_trained() { Why::MadeStop } else { *why };
    }
    sample::label(&mut sample, verdicts, context.ignore_index);
    Ok(sample)
}

/// Prompt and response, with whose they are: the prompt's render, and the whole one from `cut` on.
fn joined(
    context: &Context<'_>,
    prompt: &Rendered,
    all: &Rendered,
    cut: usize,
    eos: &str,
) -> (String, Vec<Piece>, Vec<Writer>) {
    let messages = &context.conversation.messages;
    let mut text = format!("{}{}", prompt.text, &all.text[cut..]);
    text.truncate(text.trim_end_matches('\n').len());
    let end = text.len();
    let whole = context.pieces_other(messages, None, false, all);
    let (mut pieces, mut writers) = (Vec::new(), Vec::new());
    if all.text.starts_with(&prompt.text) {
        // The whole render knows best whose each byte is.
        let place = Place { from: 0, to: 0, end };
        place.append((&whole, &all.writers), &mut pieces, &mut writers);
    } else {
        let asked = &messages[..messages.len() - 1];
        let before = context.pieces_other(asked, None, true, prompt);
        let place = Place { from: 0, to: 0, end };
        place.append((&before, &prompt.writers), &mut pieces, &mut writers);
        let place = Place { from: cut, to: prompt.text.len(), end };
        place.append((&whole, &all.writers), &mut pieces, &mut writers);
    }
    if !text.ends_with(eos) {
        text.push(' ');
        text.push_str(eos);
        let output = Span::new(end, text.len());
        pieces.push(Piece { output, owner: Owner { message: None, part: Part::Template }, source: None });
    }
    (text, pieces, writers)
}

/// What stands from `from` on in another text is at `to` in this one, which ends at `end`.
struct Place {
    from: usize,
    to: usize,
    end: usize,
}

impl Place {
    fn append(&self, of: (&[Piece], &[Writer]), pieces: &mut Vec<Piece>, writers: &mut Vec<Writer>) {
        // A piece that is cut is no longer the copy of all of its source.
        pieces.extend(of.0.iter().filter_map(|piece| {
            let output = self.moved(piece.output)?;
            let source = piece.source.filter(|_| output.len() == piece.output.len());
            Some(Piece { output, source, ..*piece })
        }));
        writers.extend(of.1.iter().filter_map(|it| Some(Writer { output: self.moved(it.output)?, ..*it })));
    }

    fn moved(&self, span: Span) -> Option<Span> {
        let place = |at: usize| (at.max(self.from) - self.from + self.to).min(self.end);
        Some(Span::new(place(span.start), place(span.end))).filter(|span| !span.is_empty())
    }
}

fn left_out(most: i64, prompt: usize) -> NoSample {
    whole::dropped(
        "prompt-too-long",
        Bilingual::new(
            format!(
                "the prompt has {prompt} tokens: with `max_len={most}` OpenRLHF leaves out what leaves no room for a \
                 reply, and samples without a prompt or a response"
            ),
            format!(
                "prompt 有 {prompt} 个 token：在 `max_len={most}` 下，OpenRLHF 会去掉没有余地容纳回复的样本，以及没有 prompt \
                 或回复的样本"
            ),
        ),
        Bilingual::fixed(
            "raise `max_len`, or write both a prompt and a reply",
            "请提高 `max_len`，或同时写出 prompt 与回复",
        ),
    )
}

fn no_eos() -> NoSample {
    whole::stops(
        "no-eos-token",
        Bilingual::fixed(
            "the tokenizer has no `eos_token`, which OpenRLHF needs",
            "分词器没有 `eos_token`，而 OpenRLHF 需要它",
        ),
        Bilingual::fixed(
            "name one in `tokenizer_config.json`, or choose another tokenizer",
            "请在 `tokenizer_config.json` 中指定，或换一个分词器",
        ),
    )
}

fn not_a_prefix() -> Diagnostic {
    let message = Bilingual::fixed(
        "the render of the whole does not begin with the prompt: OpenRLHF cuts it at the prompt's length all the same",
        "整段渲染文本并不以 prompt 开头：OpenRLHF 仍按 prompt 的长度切开",
    );
    let hint = Bilingual::fixed(
        "the template renders earlier turns otherwise once the last one is there; words may be missing or doubled",
        "最后一轮出现后，模板对前面的轮次渲染得不同；可能会丢字或重复",
    );
    Diagnostic::new(Severity::Warning, "prompt-not-prefix", message).hint(hint)
}

/// Why a token is trained or masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Prompt,
    Response,
    MadeStop,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        matches!(self, Self::Response | Self::MadeStop)
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Prompt => Bilingual::fixed(
                "among as many tokens as the prompt alone has: masked",
                "在 prompt 单独编码的 token 数之内：被忽略",
            ),
            Self::Response => {
                Bilingual::fixed("after the prompt's tokens: trained", "在 prompt 的 token 之后：参与训练")
            }
            Self::MadeStop => Bilingual::fixed(
                "the last token, which is replaced by the `eos_token`: trained",
                "最后一个 token，被替换成 `eos_token`：参与训练",
            ),
            Self::Collides => sample::collides(),
        }
    }
}
