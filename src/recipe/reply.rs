//! Where a reply stands in the rendered text: the end of its prompt, of its own words, and its stop token.

use std::rc::Rc;

use super::Context;
use super::renders::Render;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::span::Span;
use crate::template::{Part, Piece};
use crate::tokenizer::Encoding;

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
    /// Finds the reply of `message` in a render that ends with it, and says what is odd about its prompt.
    pub(super) fn find(
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
        let content_end = match own(pieces, message).last() {
            Some(piece) if piece.owner.part != Part::Content => {
                closed_at(text, pieces, encoding, piece, context.eos_id())
            }
            Some(piece) => piece.output.end,
            None => prompt_end,
        };
        let content_end = content_end.max(prompt_end);
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
}

/// The pieces of a message's own words.
fn own(pieces: &[Piece], message: usize) -> impl Iterator<Item = &Piece> {
    pieces.iter().filter(move |piece| {
        piece.owner.message == Some(message as u32)
            && matches!(piece.owner.part, Part::Content | Part::Reasoning | Part::ToolCall)
            && !piece.output.is_empty()
    })
}

/// Where a reply ends that does not end with its content: the markers that close its reasoning or its tool call are the
/// model's to write as well, up to the stop token.
fn closed_at(text: &str, pieces: &[Piece], encoding: &Encoding, last: &Piece, eos: Option<u32>) -> usize {
    let start = last.output.end;
    let rest = pieces.iter().filter(|piece| piece.owner.message == last.owner.message);
    let end = rest.map(|piece| piece.output.end).max().unwrap_or(start);
    let within = |offset: &Span| offset.start >= start && offset.end <= end;
    let mut tokens = encoding.offsets.iter().zip(&encoding.ids);
    match tokens.find(|(offset, id)| within(offset) && Some(**id) == eos) {
        Some((stop, _)) => stop.start,
        None => start + text.get(start..end).map_or(0, |rest| rest.trim_end().len()),
    }
}

/// How many bytes of whole characters the two texts begin with in common.
pub(crate) fn common_prefix(a: &str, b: &str) -> usize {
    let mut shared = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    while !a.is_char_boundary(shared) || !b.is_char_boundary(shared) {
        shared -= 1;
    }
    shared
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
