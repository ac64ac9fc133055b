//! What a rendered conversation should have marked: each reply with its stop token, from where the model would write.

use crate::span::Span;
use crate::template::{Input, Part, Piece, Rendered, Template};

/// A reply in a rendered text; all offsets are its bytes.
#[derive(Clone, Copy, Debug)]
pub(in crate::template) struct Reply {
    /// The earliest byte at which the mark may begin: past the header, before the whitespace that ends it.
    pub(super) earliest: usize,
    /// What has to be marked: the words, and the stop token. Empty where the template shows no words.
    pub(in crate::template) required: Span,
    /// Where the message ends; whether what is left of it is marked does not matter.
    pub(super) end: usize,
    /// Whether the last words are those of a tool call.
    calls: bool,
}

/// The replies of a conversation, rendered without a generation prompt, each up to its last word; and what may not be
/// marked: other messages that have words, headers of replies, text that no message owns.
pub(super) fn replies(
    template: &Template,
    input: &Input<'_>,
    rendered: &Rendered,
) -> (Vec<Reply>, Vec<Span>) {
    let pieces = template.owners(input, rendered);
    let is_reply = |message: usize| input.messages[message].role.text == "assistant";
    let has_words = |message| pieces.iter().any(|piece| piece.owner.message == message && is_word(piece));
    let foreign = pieces.iter().filter(|piece| match piece.owner.message {
        Some(message) => !is_reply(message as usize) && has_words(piece.owner.message),
        None => true,
    });
    let mut forbidden: Vec<Span> = foreign.map(|piece| piece.output).collect();
    let mut replies = Vec::new();
    for message in (0..input.messages.len()).filter(|&message| is_reply(message)) {
        if let Some((reply, first)) = reply(template, input, &rendered.text, &pieces, message) {
            forbidden.push(Span::new(first, reply.earliest));
            replies.push(reply);
        }
    }
    // A header may be written by what ends the message before it.
    for reply in &replies {
        for span in &mut forbidden {
            if span.start < reply.earliest && reply.earliest < span.end {
                span.end = reply.earliest;
            }
        }
    }
    (replies, forbidden)
}

/// Whether a piece is words of its message.
fn is_word(piece: &Piece) -> bool {
    matches!(piece.owner.part, Part::Content | Part::Reasoning | Part::ToolCall)
}

/// Adds the stop token to what is required of each reply: that with which every reply of the texts ends. Whether
/// there is one.
pub(super) fn add_stop_token(texts: &mut [(&str, &mut Vec<Reply>)]) -> bool {
    let mut stop: Option<&str> = None;
    for (text, replies) in &*texts {
        for reply in replies.iter().filter(|reply| !reply.required.is_empty() && !reply.calls) {
            let end = &text[reply.required.end..reply.end];
            stop = Some(stop.map_or(end, |stop| &stop[..common(stop, end)]));
        }
    }
    let stop = stop.map_or("", str::trim_end).to_owned();
    for (text, replies) in texts {
        for reply in replies.iter_mut().filter(|reply| !reply.required.is_empty()) {
            let end = &text[reply.required.end..reply.end];
            let found = end.find(&stop).map(|at| at + stop.len());
            // A call may end with a token of its own.
            let found = found.or_else(|| end.find('>').map(|at| at + 1));
            reply.required.end += found.unwrap_or(end.trim_end().len());
        }
    }
    !stop.is_empty()
}

/// One reply, up to its last word, and where its message begins; nothing if it is not in the text at all.
fn reply(
    template: &Template,
    input: &Input<'_>,
    text: &str,
    pieces: &[Piece],
    message: usize,
) -> Option<(Reply, usize)> {
    let render = |count: usize, add_generation_prompt: bool| {
        let input = Input { messages: &input.messages[..count], add_generation_prompt, ..input.clone() };
        template.render(&input).ok().map(|rendered| rendered.text)
    };
    // A tool's name may stand in the header of its answer too; that is none of the reply's words.
    let answered = render(message + 1, false).filter(|answered| text.starts_with(answered));
    let until = answered.map_or(text.len(), |answered| answered.len());
    let own = || {
        let own = pieces.iter().filter(|piece| piece.owner.message == Some(message as u32));
        own.filter(|piece| piece.output.start < until)
    };
    let first = own().next()?.output.start;
    let end = own().next_back()?.output.end.min(until);
    let words = own().find(|piece| is_word(piece)).zip(own().rfind(|piece| is_word(piece)));
    let first_word = words.map_or(end, |(word, _)| word.output.start);
    let (with, without) = (render(message, true)?, render(message, false)?);
    let length = if text.starts_with(&with) && (first..=end).contains(&with.len()) {
        with.len() - first
    } else {
        let prompt = &with[common(&with, &without)..];
        whole_tokens(prompt, common(prompt, &text[first..end]))
    };
    let header = Span::new(first, first + length);
    let blank = words.is_some() && text[first..first_word].trim().is_empty();
    let start = if header.is_empty() && blank { first_word } else { header.end };
    let earliest = first + header.of(text).trim_end().len();
    let required = words.map_or(Span::at(start), |(_, last)| Span::new(start, last.output.end.max(start)));
    let calls = words.is_some_and(|(_, last)| last.owner.part == Part::ToolCall);
    Some((Reply { earliest, required, end, calls }, first))
}

/// The first `length` bytes of a prompt without a token that is cut in two, such as `<th`.
fn whole_tokens(prompt: &str, length: usize) -> usize {
    match prompt[..length].rfind('<') {
        Some(open) if length < prompt.len() && !prompt[open..length].contains('>') => open,
        _ => length,
    }
}

/// How many bytes two texts have in common at their beginning.
pub(super) fn common(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
}
