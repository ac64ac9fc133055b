//! What recipes share that make one sample of a whole conversation: render, encode, judge, cut.

use std::rc::Rc;

use super::renders::Render;
use super::sample::{self, Verdict};
use super::{Context, Outcome, Sample};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::span::Span;
use crate::tokenizer::Encoding;

/// Why there is no sample.
pub(super) enum NoSample {
    /// Something is wrong, here or in the trainer: it would stop with this.
    Failed(Diagnostic),
    /// The trainer leaves the conversation out, for this reason.
    Dropped(Diagnostic),
    /// The report holds enough tokens.
    OverBudget,
}

impl NoSample {
    /// The same, with the pasted bytes that it speaks of.
    pub(super) fn at(self, span: Span) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(error.at(Source::Dialogue, span)),
            Self::Dropped(reason) => Self::Dropped(reason.at(Source::Dialogue, span)),
            Self::OverBudget => Self::OverBudget,
        }
    }
}

impl From<Diagnostic> for NoSample {
    fn from(error: Diagnostic) -> Self {
        Self::Failed(error)
    }
}

/// The outcomes of a recipe that makes at most one sample.
pub(super) fn outcomes(made: Result<Sample, NoSample>) -> Vec<Outcome> {
    match made {
        Ok(sample) => vec![Outcome::Sample(sample)],
        Err(NoSample::Failed(error)) => vec![sample::failed(error)],
        Err(NoSample::Dropped(reason)) => {
            vec![Outcome::Dropped { why: reason.message.clone(), diagnostics: vec![reason] }]
        }
        Err(NoSample::OverBudget) => Vec::new(),
    }
}

/// An error that the trainer itself would stop with.
pub(super) fn stops(code: &'static str, message: Bilingual, hint: Bilingual) -> NoSample {
    NoSample::Failed(Diagnostic::new(Severity::Error, code, message).hint(hint))
}

/// A conversation that the trainer leaves out.
pub(super) fn dropped(code: &'static str, message: Bilingual, hint: Bilingual) -> NoSample {
    NoSample::Dropped(Diagnostic::new(Severity::Warning, code, message).hint(hint))
}

/// The first `messages` messages, rendered and encoded once, with labels still to be set.
pub(super) fn begin(context: &Context<'_>, messages: usize) -> Result<(Rc<Render>, Sample), NoSample> {
    if messages == 0 {
        return Err(empty());
    }
    let render = context.render(messages, false)?;
    let encoding = context.encode(&render)?;
    if !context.budget.take(encoding.ids.len()) {
        return Err(NoSample::OverBudget);
    }
    let sample = sample::unlabelled(context, &render, encoding);
    Ok((render, sample))
}

/// The most text that is rendered to find the replies of one conversation, in bytes.
const MOST_TEXT: usize = 128 << 20;

/// Whether `renders` renders of a text are not too much.
pub(super) fn affordable(text: &str, renders: usize) -> Result<(), NoSample> {
    if text.len().saturating_mul(renders) <= MOST_TEXT {
        return Ok(());
    }
    Err(stops(
        "too-many-turns",
        Bilingual::fixed(
            "to find each turn the conversation is rendered again, and this one is too long for that",
            "查找每一轮都要重新渲染对话，而这段对话过长",
        ),
        Bilingual::fixed("look at fewer turns at once", "请减少一次查看的轮数"),
    ))
}

/// `apply_chat_template` takes no empty list of messages.
pub(super) fn empty() -> NoSample {
    stops(
        "empty-conversation",
        Bilingual::fixed(
            "there is nothing to render: transformers refuses an empty list of messages",
            "没有可渲染的内容：transformers 不接受空的消息列表",
        ),
        Bilingual::fixed("put a message before the reply", "请在回复之前加一条消息"),
    )
}

/// A trainer of replies makes no sample of a conversation without one.
pub(super) fn no_reply() -> NoSample {
    dropped(
        "no-reply",
        Bilingual::fixed("the conversation has no assistant message", "对话中没有助手的消息"),
        Bilingual::fixed("add a message whose role is `assistant`", "请添加 role 为 `assistant` 的消息"),
    )
}

/// The ids of a render of the conversation's beginning.
pub(super) fn ids(
    context: &Context<'_>,
    messages: usize,
    add_generation_prompt: bool,
) -> Result<Vec<u32>, NoSample> {
    if messages == 0 {
        return Err(empty());
    }
    let render = context.render(messages, add_generation_prompt)?;
    Ok(context.encode(&render)?.ids.clone())
}

/// Keeps the first `most` tokens of a sample whose labels are still to be set, and says what that cost.
pub(super) fn cut<V: Verdict>(sample: &mut Sample, verdicts: &mut Vec<V>, option: &str, most: usize) {
    let count = sample.input_ids.len();
    if count <= most {
        return;
    }
    let lost = verdicts[most..].iter().filter(|verdict| verdict.is_trained()).count();
    // A reply that goes on where the cut is.
    let open = most > 0 && verdicts[most - 1].is_trained() && verdicts[most].is_trained();
    sample.input_ids.truncate(most);
    sample.attention_mask.truncate(most);
    sample.offsets.truncate(most);
    sample.held.truncate(most);
    sample.owners.truncate(most);
    verdicts.truncate(most);
    let message = Bilingual::new(
        format!("`{option}={most}` cuts {count} tokens to {most}: {lost} of the lost ones were trained"),
        format!(
            "`{option}={most}` 把 {count} 个 token 截断为 {most} 个：丢掉的 token 中有 {lost} 个本应参与训练"
        ),
    );
    let hint = Bilingual::fixed(
        "raise the limit or shorten the conversation: a reply that is cut off has no stop token to learn",
        "请提高上限或缩短对话：被截断的回复没有停止符可学",
    );
    let found = Diagnostic::new(Severity::Warning, "sample-truncated", message).hint(hint);
    sample.diagnostics.push(found.tokens(open.then_some((most.max(1) - 1) as u32)));
}

/// The first token that covers a character, as `char_to_token` of transformers finds it; `at` is the character's first
/// byte. The offsets are whole characters and ascend.
pub(super) fn char_to_token(encoding: &Encoding, at: usize) -> Option<usize> {
    let first = encoding.offsets.partition_point(|offset| offset.end <= at);
    encoding.offsets.get(first).is_some_and(|offset| offset.start <= at).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_tokens_that_share_a_character_covers_it_and_none_a_gap() {
        let offsets = [(0, 2), (2, 6), (2, 6), (7, 8)].map(|(start, end)| Span::new(start, end)).to_vec();
        let encoding = Encoding { ids: vec![0; 4], held: offsets.clone(), offsets };
        let found = [0, 1, 2, 3, 6, 7, 8].map(|at| char_to_token(&encoding, at));
        assert_eq!(found, [Some(0), Some(0), Some(1), Some(1), None, Some(3), None]);
    }
}
