//! `per-turn`: one sample for each reply of the assistant; what stands before the reply is context.

use super::reply::{End, Reply};
use super::sample::{self, Verdict};
use super::separate;
use super::{Context, OptionKind, OptionSpec, Outcome, Recipe, Sample};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::span::Span;

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

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
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
        let verdicts = verdicts.map(|(token, offset)| judge(&reply, token, *offset)).collect();
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

fn judge(reply: &Reply, token: usize, offset: Span) -> Why {
    if offset.start < reply.prompt_end {
        Why::Context(reply.prompt_end)
    } else if offset.start < reply.content_end {
        Why::Reply
    } else if reply.end == End::All {
        Why::Rest
    } else if reply.end == End::None {
        Why::PastReply
    } else {
        match reply.stop {
            None => Why::NoStop,
            Some(stop) if stop == token => Why::Stop,
            Some(_) => Why::PastStop,
        }
    }
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
