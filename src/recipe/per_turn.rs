//! `per-turn`: one sample for each reply of the assistant; what stands before the reply is context.

use std::rc::Rc;

use super::renders::Render;
use super::sample::{self, Verdict};
use super::separate;
use super::{Context, OptionKind, OptionSpec, Outcome, Recipe, Sample};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::span::Span;
use crate::template::{Part, Piece};
use crate::tokenizer::Encoding;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "per-turn",
    title: Bilingual::fixed("One sample a reply", "每条回复一个样本"),
    summary: Bilingual::fixed(
        "One sample for each assistant reply: everything before the reply is context and masked, the reply is trained.",
        "每条助手回复得到一个样本：回复之前的全部内容是上下文，被忽略；回复参与训练。",
    ),
    source: None,
    options: &OPTIONS,
    build,
};

static OPTIONS: [OptionSpec; 2] = [
    OptionSpec {
        name: "boundary",
        kind: OptionKind::Choice(&["offsets", "separate"]),
        default: "offsets",
        title: Bilingual::fixed(
            "Encode the text once and cut by offset, or encode prompt and reply apart",
            "整段编码后按偏移切分，或把 prompt 与回复分开编码",
        ),
    },
    OptionSpec {
        name: "end",
        kind: OptionKind::Choice(&["stop", "none", "all"]),
        default: "stop",
        title: Bilingual::fixed(
            "Where the trained part ends: after the stop token, with the reply, or with the text",
            "参与训练的部分到哪里为止：停止符之后、回复末尾或全文末尾",
        ),
    },
];

/// The role whose messages are replies.
const ASSISTANT: &str = "assistant";

fn build(context: &Context<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut last_error = None;
    let messages = &context.conversation.messages;
    for (message, _) in messages.iter().enumerate().filter(|(_, message)| message.role.text == ASSISTANT) {
        match build_one(context, message) {
            Ok(Some(sample)) => outcomes.push(Outcome::Sample(sample)),
            Ok(None) => return outcomes,
            // A template that fails the same way twice fails for every longer conversation, at some cost each time.
            Err(error) if last_error.as_ref() == Some(&error) => return outcomes,
            Err(error) => {
                last_error = Some(error.clone());
                outcomes.push(sample::failed(error));
            }
        }
    }
    if outcomes.is_empty() {
        outcomes.push(no_reply(context));
    }
    outcomes
}

/// The sample of one reply; none where the budget does not allow it.
fn build_one(context: &Context<'_>, message: usize) -> Result<Option<Sample>, Diagnostic> {
    let render = context.render(message + 1, false)?;
    let encoding = context.encode(&render)?;
    if !context.budget.take(encoding.ids.len()) {
        return Ok(None);
    }
    let mut sample = sample::unlabelled(context, &render, encoding);
    let reply = Reply::find(context, message, &render, encoding, &mut sample.diagnostics);
    sample.reply = Some(message as u32);
    sample.prompt_end = Some(reply.prompt_end);
    if context.options.text("boundary") == "separate" {
        separate::label(context, &mut sample, &reply)?;
    } else {
        let verdicts = sample.offsets.iter().enumerate();
        let verdicts = verdicts.map(|(token, offset)| reply.judge(token, *offset)).collect();
        sample::label(&mut sample, verdicts, context.ignore_index);
    }
    Ok(Some(sample))
}

fn no_reply(context: &Context<'_>) -> Outcome {
    let why = Bilingual::fixed("the conversation has no assistant message", "对话中没有助手的消息");
    let hint = Bilingual::fixed(
        "add a message whose role is `assistant`: each one gives a sample",
        "请添加 role 为 `assistant` 的消息，每条得到一个样本",
    );
    let finding = Diagnostic::new(Severity::Warning, "no-reply", why.clone())
        .hint(hint)
        .at(Source::Dialogue, context.conversation.span);
    Outcome::Dropped { why, diagnostics: vec![finding] }
}

/// Where the trained part ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With the reply's own text.
    None,
    /// After the stop token that directly follows it.
    Stop,
    /// With the rendered text.
    All,
}

/// Where the reply stands in the rendered text.
pub(super) struct Reply {
    /// The render that ends with the prompt, where there is one.
    pub(super) prompt: Option<Rc<Render>>,
    /// Where the prompt ends, in bytes of the text.
    pub(super) prompt_end: usize,
    /// Where the reply's own text ends.
    pub(super) content_end: usize,
    /// The `eos_token` that directly follows the reply, as a token.
    pub(super) stop: Option<usize>,
    /// What ends the trained part.
    pub(super) end: End,
}

impl Reply {
    fn find(
        context: &Context<'_>,
        message: usize,
        render: &Render,
        encoding: &Encoding,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let text = &render.rendered.text;
        let pieces = context.pieces(render);
        let (prompt, prompt_end) = match context.render(message, true) {
            Ok(prompt) => {
                let shared = common_prefix(&prompt.rendered.text, text);
                if shared < prompt.rendered.text.len() {
                    diagnostics.push(prompt_not_prefix(&prompt.rendered.text, text, shared));
                }
                (Some(prompt), shared)
            }
            Err(error) => {
                let start = own(pieces, message).map(|piece| piece.output.start).next().unwrap_or(text.len());
                diagnostics.push(prompt_not_rendered(&error, start));
                (None, start)
            }
        };
        let content_end = own(pieces, message).map(|piece| piece.output.end).last();
        let content_end = content_end.unwrap_or(prompt_end).max(prompt_end);
        let next =
            encoding.offsets.iter().position(|offset| offset.start >= content_end && !offset.is_empty());
        let stop = next.filter(|token| {
            encoding.offsets[*token].start == content_end && Some(encoding.ids[*token]) == context.eos_id()
        });
        let end = match context.options.text("end") {
            "none" => End::None,
            "all" => End::All,
            _ => End::Stop,
        };
        Self { prompt, prompt_end, content_end, stop, end }
    }

    /// Where the trained part ends, in bytes of a text of which these are the tokens.
    pub(super) fn trained_end(&self, text: &str, offsets: &[Span]) -> usize {
        match (self.end, self.stop) {
            (End::All, _) => text.len(),
            (End::Stop, Some(stop)) => offsets[stop].end,
            _ => self.content_end,
        }
    }

    fn judge(&self, token: usize, offset: Span) -> Why {
        if offset.start < self.prompt_end {
            Why::Context(self.prompt_end)
        } else if offset.start < self.content_end {
            Why::Reply
        } else if self.end == End::All {
            Why::Rest
        } else if self.end == End::None {
            Why::PastReply
        } else {
            match self.stop {
                None => Why::NoStop,
                Some(stop) if stop == token => Why::Stop,
                Some(_) => Why::PastStop,
            }
        }
    }
}

/// The pieces of a message's own words.
fn own(pieces: &[Piece], message: usize) -> impl Iterator<Item = &Piece> {
    pieces.iter().filter(move |piece| {
        piece.owner.message == Some(message as u32)
            && matches!(piece.owner.part, Part::Content | Part::Reasoning | Part::ToolCall)
            && !piece.output.is_empty()
    })
}

/// How many bytes of whole characters the two texts begin with in common.
fn common_prefix(a: &str, b: &str) -> usize {
    let mut shared = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    while !a.is_char_boundary(shared) || !b.is_char_boundary(shared) {
        shared -= 1;
    }
    shared
}

/// Why a token is trained or masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Context(usize),
    Reply,
    Stop,
    Rest,
    PastReply,
    PastStop,
    NoStop,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        matches!(self, Self::Reply | Self::Stop | Self::Rest)
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Context(end) => Bilingual::new(
                format!("starts before the prompt ends at byte {end}: context, masked"),
                format!("起点在 prompt 的末尾（第 {end} 字节）之前：属于上下文，被忽略"),
            ),
            Self::Reply => Bilingual::fixed("part of the reply: trained", "属于回复：参与训练"),
            Self::Stop => Bilingual::fixed(
                "the stop token right after the reply: trained",
                "紧跟回复的停止符：参与训练",
            ),
            Self::Rest => Bilingual::fixed(
                "after the prompt, and `end=all` keeps everything there: trained",
                "在 prompt 之后，`end=all` 保留其后的全部内容：参与训练",
            ),
            Self::PastReply => Bilingual::fixed(
                "after the reply's own text, where `end=none` stops: masked",
                "在回复自身的文本之后，`end=none` 到此为止：被忽略",
            ),
            Self::PastStop => Bilingual::fixed("after the stop token: masked", "在停止符之后：被忽略"),
            Self::NoStop => Bilingual::fixed(
                "after the reply, which no stop token follows directly: masked",
                "在回复之后，而回复后面没有紧跟停止符：被忽略",
            ),
            Self::Collides => sample::collides(),
        }
    }
}

fn prompt_not_prefix(prompt: &str, text: &str, shared: usize) -> Diagnostic {
    let start = |of: &str| of[shared..].chars().take(16).collect::<String>();
    let (prompt, text) = (start(prompt), start(text));
    let message = Bilingual::new(
        format!("the prompt goes on with {prompt:?}, where the sample has {text:?}"),
        format!("prompt 接下来是 {prompt:?}，而样本在此处是 {text:?}"),
    );
    let hint = Bilingual::fixed(
        "the template renders a turn otherwise once it is answered; what the model sees when it is asked is not what it \
         is trained on. The mask is cut where the two part",
        "模板对已回答的轮次渲染得不同：推理时模型看到的与训练时不一致。掩码从两者分开处切分",
    );
    Diagnostic::new(Severity::Warning, "prompt-not-prefix", message)
        .hint(hint)
        .at(Source::Rendered, Span::at(shared))
}

fn prompt_not_rendered(error: &Diagnostic, start: usize) -> Diagnostic {
    let message = Bilingual::new(
        format!("the template can't render the prompt alone: {}", error.message.en),
        format!("模板无法单独渲染 prompt：{}", error.message.zh),
    );
    let hint =
        Bilingual::fixed("the mask is cut where the reply's own text starts", "掩码从回复自身文本的起点切分");
    Diagnostic::new(Severity::Warning, "prompt-not-rendered", message)
        .hint(hint)
        .at(Source::Rendered, Span::at(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_prefix_never_cuts_a_character() {
        assert_eq!(common_prefix("a一", "a三"), 1);
        assert_eq!(common_prefix("a一", "a一二"), 4);
        assert_eq!(common_prefix("", "x"), 0);
    }
}
