//! The replies that a sample trains, the prompt of each, and what stands after its words.

use std::rc::Rc;

use crate::dialogue::Message;
use crate::recipe::{Context, Render, Sample, common_prefix};
use crate::template::Part;

/// The most text that is rendered again for the prompts of one sample, in bytes.
const MOST_TEXT: usize = 1 << 20;

/// The replies that are trained: the last token of their own words, and their message.
pub(super) fn trained(context: &Context<'_>, sample: &Sample) -> Vec<(usize, u32)> {
    let mut replies: Vec<(usize, u32)> = Vec::new();
    for (token, owner) in sample.owners.iter().enumerate() {
        let Some(message) = owner.message else { continue };
        let words = matches!(owner.part, Part::Content | Part::Reasoning | Part::ToolCall);
        let asked = sample.reply.is_none_or(|reply| reply == message);
        if !words || sample.weights[token] <= 0.0 || role(context, message) != Some("assistant") || !asked {
            continue;
        }
        match replies.last_mut() {
            Some(last) if last.1 == message => last.0 = token,
            _ => replies.push((token, message)),
        }
    }
    replies
}

/// The role of a message.
pub(super) fn role<'a>(context: &'a Context<'_>, message: u32) -> Option<&'a str> {
    context.conversation.messages.get(message as usize).map(Message::role)
}

/// How many messages the sample holds.
pub(super) fn count(context: &Context<'_>, sample: &Sample) -> usize {
    sample.reply.map_or(context.conversation.messages.len(), |reply| reply as usize + 1)
}

/// The template's render of the sample's messages, where that is the sample's text: some trainers write their own.
pub(super) fn own_render(context: &Context<'_>, sample: &Sample) -> Option<Rc<Render>> {
    let count = count(context, sample).min(context.conversation.messages.len());
    let render = context.render(count, false).ok()?;
    (render.rendered.text == sample.text).then_some(render)
}

/// A trained reply and the prompt that the model sees when it is asked for it.
pub(super) struct Asked {
    pub(super) message: u32,
    /// The first byte of the message in the sample.
    pub(super) start: usize,
    /// The prompt's render.
    pub(super) prompt: Rc<Render>,
    /// How much of the prompt the sample begins with, in bytes.
    pub(super) shared: usize,
}

impl Asked {
    /// Whether the sample begins with the whole prompt.
    pub(super) fn is_prefix(&self) -> bool {
        self.shared == self.prompt.rendered.text.len()
    }
}

/// The trained replies with their prompts; none where the sample's text is not the template's render.
pub(super) fn asked(context: &Context<'_>, sample: &Sample) -> Vec<Asked> {
    let replies = trained(context, sample);
    if replies.len().saturating_mul(sample.text.len()) > MOST_TEXT || own_render(context, sample).is_none() {
        return Vec::new();
    }
    let one = |(_, message): (usize, u32)| {
        let start = sample.pieces.iter().find(|piece| piece.owner.message == Some(message))?.output.start;
        // A prompt of no messages is refused by every trainer.
        let prompt = context.render(Some(message as usize).filter(|count| *count > 0)?, true).ok()?;
        let shared = common_prefix(&prompt.rendered.text, &sample.text);
        Some(Asked { message, start, prompt, shared })
    };
    replies.into_iter().filter_map(one).collect()
}

/// What stands after a reply.
pub(super) enum After {
    /// The stop token, trained.
    Trained,
    /// The stop token, masked.
    Masked(usize),
    /// Nothing of the reply's own, but an added token of the next message, masked.
    Next(usize),
    /// No stop token; the added token that stands there instead.
    Missing(Option<usize>),
}

/// The id of the stop token, as the trainer or the tokenizer has it.
pub(super) fn stop_id(context: &Context<'_>, sample: &Sample) -> Option<u32> {
    sample.stop.as_ref().map(|(id, _)| *id).or_else(|| context.eos_id())
}

/// Looks behind a reply, up to the next message.
pub(super) fn after(context: &Context<'_>, sample: &Sample, last: usize, message: u32) -> After {
    let eos = stop_id(context, sample);
    let rest = last + 1..sample.input_ids.len();
    // A trainer may leave the stop token out and make it the label of what stands there instead.
    let is_label =
        |token: usize| sample.weights[token] > 0.0 && eos.map(i64::from) == Some(sample.labels[token]);
    let mut own = rest.clone().take_while(|token| {
        let owner = sample.owners[*token];
        owner.message == Some(message) || owner.message.is_none()
    });
    let mut instead = None;
    let stop = own.find(|token| {
        let id = sample.input_ids[*token];
        if instead.is_none() && context.tokenizer.is_added(id) {
            instead = Some(*token);
        }
        Some(id) == eos
    });
    let next = rest.clone().find(|token| sample.owners[*token].message != Some(message));
    match (stop, next) {
        (Some(token), _) if sample.weights[token] > 0.0 => After::Trained,
        (Some(token), _) => After::Masked(token),
        (None, Some(next)) if is_label(next) => After::Trained,
        (None, Some(next)) if instead.is_none() && context.tokenizer.is_added(sample.input_ids[next]) => {
            if sample.weights[next] > 0.0 {
                After::Trained
            } else {
                After::Next(next)
            }
        }
        _ => After::Missing(instead),
    }
}
