//! `boundary=separate`: the common listing that takes `input_ids` from the whole text, but `labels` from prompt and
//! reply encoded apart.
//!
//! ```text
//! input_ids = ids(prompt + reply)
//! labels    = [ignore_index] * len(ids(prompt)) + ids(reply)
//! ```
//!
//! Tokens that span the boundary make the two lists disagree; this file makes the lists and says where they do.

use super::reply::Reply;
use super::sample::{self, Verdict};
use super::{Context, Sample};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::span::Span;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Prompt(usize),
    Reply,
    Past,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        self == Self::Reply
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Prompt(count) => Bilingual::new(
                format!("among the first {count} positions, as many as the prompt alone has tokens: masked"),
                format!("在前 {count} 个位置之内（prompt 单独编码的 token 数）：被忽略"),
            ),
            Self::Reply => Bilingual::fixed(
                "its label is the next token of the reply encoded apart: trained",
                "标签取自单独编码的回复：参与训练",
            ),
            Self::Past => Bilingual::fixed(
                "past the last token of the reply encoded apart: padded with `ignore_index`, masked",
                "在单独编码的回复之后：以 `ignore_index` 补齐，被忽略",
            ),
            Self::Collides => sample::collides(),
        }
    }
}

/// Labels a sample from its two parts, and says where that is not what the whole text has.
pub(super) fn label(context: &Context<'_>, sample: &mut Sample, reply: &Reply) -> Result<(), Diagnostic> {
    let end = reply.trained_end(&sample.text, &sample.offsets);
    let prompt = match &reply.prompt {
        Some(prompt) => context.encode(prompt)?.ids.len(),
        None => context.tokenizer.encode(&sample.text[..reply.prompt_end])?.ids.len(),
    };
    let part = sample.text.get(reply.prompt_end..end).unwrap_or_default();
    let ids = context.tokenizer.encode(part)?.ids;

    let count = sample.input_ids.len();
    let made = prompt + ids.len();
    let wanted = sample.offsets.iter().take_while(|offset| offset.start < end).count();
    let mut labels = vec![context.ignore_index; prompt.min(count)];
    labels.extend(ids.iter().map(|id| i64::from(*id)).take(count - labels.len()));
    labels.resize(count, context.ignore_index);
    let verdict = |at| match at {
        at if at < prompt => Why::Prompt(prompt),
        at if at < made => Why::Reply,
        _ => Why::Past,
    };
    let verdicts = (0..count).map(verdict).collect();
    sample::label_with(sample, labels, verdicts, context.ignore_index);

    let cut = sample.offsets.iter().take_while(|offset| offset.start < reply.prompt_end).count();
    let found = [
        boundary_differs(prompt, cut, count, reply.prompt_end),
        labels_length(made, wanted),
        label_differs(sample, context.ignore_index),
    ];
    sample.diagnostics.extend(found.into_iter().flatten());
    Ok(())
}

fn cure() -> Bilingual {
    Bilingual::fixed(
        "encode the whole text once and cut by offset: `boundary=offsets`",
        "请对整段文本只编码一次并按偏移切分：`boundary=offsets`",
    )
}

fn boundary_differs(prompt: usize, cut: usize, count: usize, at: usize) -> Option<Diagnostic> {
    let message = Bilingual::new(
        format!("the prompt alone has {prompt} tokens, but {cut} tokens of the whole text start in it"),
        format!("prompt 单独编码有 {prompt} 个 token，而整段文本中起点在 prompt 内的 token 有 {cut} 个"),
    );
    (prompt != cut).then(|| {
        Diagnostic::new(Severity::Warning, "boundary-differs", message)
            .hint(cure())
            .at(Source::Rendered, Span::at(at))
            .tokens((prompt.min(cut)..prompt.max(cut).min(count)).map(|token| token as u32))
    })
}

fn labels_length(made: usize, wanted: usize) -> Option<Diagnostic> {
    let message = Bilingual::new(
        format!("the two parts give {made} labels for {wanted} tokens of the whole text"),
        format!("两部分分开编码得到 {made} 个标签，而整段文本对应 {wanted} 个 token"),
    );
    (made != wanted).then(|| Diagnostic::new(Severity::Error, "labels-length", message).hint(cure()))
}

fn label_differs(sample: &Sample, ignore_index: i64) -> Option<Diagnostic> {
    let pairs = sample.labels.iter().zip(&sample.input_ids).enumerate();
    let wrong: Vec<u32> = pairs
        .filter(|(_, (label, id))| **label != ignore_index && **label != i64::from(**id))
        .map(|(token, _)| token as u32)
        .collect();
    let count = wrong.len();
    let message = Bilingual::new(
        format!(
            "{count} labels are not the id of their own token: the model is trained to say something else"
        ),
        format!("有 {count} 个标签与所在位置的 token id 不同：模型学到的是别的内容"),
    );
    (count > 0).then(|| Diagnostic::new(Severity::Error, "label-differs", message).hint(cure()).tokens(wrong))
}
