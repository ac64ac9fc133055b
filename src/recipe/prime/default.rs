//! `renderer=default`: package renderers 0.1.12, `default.py`, `DefaultRenderer.render`, with the assistant's messages as
//! the ones to train.
//!
//! Quirks kept: whose a token is follows from how many tokens each beginning of the conversation has, so the header is
//! trained too, and a template that writes history otherwise shifts the mask; arguments of tool calls that are JSON
//! strings are decoded before the template sees them.

use super::super::renders::Renders;
use super::super::sample;
use crate::bilingual::Bilingual;
use crate::dialogue::{Conversation, Kind, Value};
use crate::recipe::pieces::Why;
use crate::recipe::whole::{self, NoSample};
use crate::recipe::{Context, Sample};

const ROLE: Why = Why::trained(
    "among the tokens that an assistant message adds to the conversation: trained",
    "属于助手消息给对话新增的 token：参与训练",
);
const OTHER: Why = Why::masked(
    "among the tokens that a message of another role adds: masked",
    "属于其他角色的消息新增的 token：被忽略",
);

/// How many bytes all beginnings of a conversation may have together.
const MOST: usize = 16 << 20;

pub(super) fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    match decoded(context.conversation) {
        None => attribute(context),
        Some(conversation) => {
            let renders = Renders::default();
            attribute(&Context { conversation: &conversation, renders: &renders, ..*context })
        }
    }
}

fn attribute(context: &Context<'_>) -> Result<Sample, NoSample> {
    let messages = &context.conversation.messages;
    let mut whys = Vec::new();
    let (mut before, mut made) = (0, 0);
    for (index, message) in messages.iter().enumerate() {
        let render = context.render(index + 1, false)?;
        made += render.rendered.text.len();
        if made > MOST {
            return Err(too_long());
        }
        let count = context.encode(&render)?.ids.len();
        let why = if message.role() == "assistant" { ROLE } else { OTHER };
        whys.resize(whys.len() + count.saturating_sub(before), why);
        before = count;
    }
    let (_, mut sample) = whole::begin(context, messages.len())?;
    if whys.len() != sample.input_ids.len() {
        return Err(mask_of_another_length(sample.input_ids.len(), whys.len()));
    }
    sample::label(&mut sample, whys, context.ignore_index);
    Ok(sample)
}

/// The conversation with arguments decoded; none where there is nothing to decode.
fn decoded(conversation: &Conversation) -> Option<Conversation> {
    let mut conversation = conversation.clone();
    let mut changed = false;
    for message in conversation.messages.iter_mut().filter(|message| message.role.text == "assistant") {
        for (_, calls) in message.fields.iter_mut().filter(|(key, _)| key.text == "tool_calls") {
            let Kind::List(calls) = &mut calls.kind else { continue };
            for call in calls {
                changed |= decode(call);
            }
        }
    }
    changed.then_some(conversation)
}

/// Decodes the arguments of a call, or of its function.
fn decode(call: &mut Value) -> bool {
    let Kind::Map(entries) = &mut call.kind else { return false };
    if let Some((_, function)) =
        entries.iter_mut().rfind(|(key, value)| key.text == "function" && value.as_map().is_some())
    {
        return decode(function);
    }
    let Some((_, arguments)) = entries.iter_mut().rfind(|(key, _)| key.text == "arguments") else {
        return false;
    };
    let json: Option<serde_json::Value> = arguments.as_str().and_then(|text| serde_json::from_str(text).ok());
    let Some(json) = json else { return false };
    *arguments = Value { span: arguments.span, ..Value::from_json(&json) };
    true
}

fn mask_of_another_length(tokens: usize, mask: usize) -> NoSample {
    whole::stops(
        "mask-of-another-length",
        Bilingual::new(
            format!(
                "the mask has {mask} entries for {tokens} tokens: the template writes a beginning of the conversation longer than what follows from it"
            ),
            format!("掩码有 {mask} 项，而 token 有 {tokens} 个：模板把对话的某个开头写得比后续更长"),
        ),
        Bilingual::fixed(
            "use a template that only appends, or a renderer made for the model",
            "请使用只做追加的模板，或为该模型编写的 renderer",
        ),
    )
}

fn too_long() -> NoSample {
    whole::stops(
        "conversation-too-long",
        Bilingual::fixed(
            "the conversation is too long to render every beginning of it",
            "对话太长，无法逐一渲染它的每个开头",
        ),
        Bilingual::fixed("paste a part of it", "请只粘贴其中一部分"),
    )
}
