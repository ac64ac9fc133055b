//! A sample, as it is shown: flat arrays that cross as bytes.

use serde::{Deserialize, Serialize};

use super::packed;
use crate::diagnostic::Diagnostic;
use crate::recipe::{Reason, Sample};
use crate::span::Span;
use crate::template::Part;

/// A [`Sample`], as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SampleView {
    /// The text that was encoded.
    pub text: String,
    /// Token ids.
    #[serde(with = "packed")]
    pub ids: Vec<u32>,
    /// Labels.
    #[serde(with = "packed")]
    pub labels: Vec<i64>,
    /// Weights.
    #[serde(with = "packed")]
    pub weights: Vec<f32>,
    /// Offsets: start, end, start, end …
    #[serde(with = "packed")]
    pub offsets: Vec<u32>,
    /// The bytes that tokens really hold: start, end, start, end …
    #[serde(with = "packed")]
    pub held: Vec<u32>,
    /// For each token the message that owns it, `u32::MAX` for none.
    #[serde(with = "packed")]
    pub messages: Vec<u32>,
    /// For each token its [`Part`], in declaration order, and 128 more where it is an added token.
    #[serde(with = "packed")]
    pub parts: Vec<u8>,
    /// For each token the bytes of the pasted text it came from, `u32::MAX` twice where unknown.
    #[serde(with = "packed")]
    pub sources: Vec<u32>,
    /// Why tokens are trained or masked.
    pub trail: Vec<Reason>,
    /// Which template bytes wrote the text: output start and end, template start and end, and so on.
    #[serde(with = "packed")]
    pub writers: Vec<u32>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// The message that this sample is there for.
    pub reply: Option<u32>,
    /// How many tokens are trained.
    pub trained: usize,
}

/// No message, or no place.
pub const NONE: u32 = u32::MAX;
const ADDED: u8 = 128;
const PARTS: [Part; 6] =
    [Part::Header, Part::Content, Part::Reasoning, Part::ToolCall, Part::End, Part::Template];

/// A part as a number, in declaration order.
pub(super) fn part_number(part: Part) -> u8 {
    PARTS.iter().position(|p| *p == part).unwrap_or(5) as u8
}

/// The part of this number.
pub(super) fn part_of_number(number: u8) -> Part {
    PARTS.get(usize::from(number)).copied().unwrap_or(Part::Template)
}

impl SampleView {
    /// Packs a sample; `added` says of each id whether it is an added token.
    pub fn new(sample: Sample, added: &[bool]) -> Self {
        let sources = sources(&sample);
        Self {
            trained: sample.weights.iter().filter(|weight| **weight != 0.0).count(),
            parts: sample
                .owners
                .iter()
                .zip(&sample.input_ids)
                .map(|(owner, id)| {
                    part_number(owner.part) | if added.get(*id as usize) == Some(&true) { ADDED } else { 0 }
                })
                .collect(),
            messages: sample.owners.iter().map(|owner| owner.message.unwrap_or(NONE)).collect(),
            offsets: flat(&sample.offsets),
            held: flat(&sample.held),
            sources,
            text: sample.text,
            ids: sample.input_ids,
            labels: sample.labels,
            weights: sample.weights,
            trail: sample.trail,
            writers: flat(
                &sample.writers.iter().flat_map(|writer| [writer.output, writer.source]).collect::<Vec<_>>(),
            ),
            diagnostics: sample.diagnostics,
            reply: sample.reply,
        }
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether the position counts in the loss.
    pub fn is_trained(&self, token: usize) -> bool {
        self.weights.get(token).is_some_and(|weight| *weight != 0.0)
    }

    /// Whether the token is an added one, such as `<|im_end|>`.
    pub fn is_added(&self, token: usize) -> bool {
        self.parts.get(token).is_some_and(|part| part & ADDED != 0)
    }

    /// The message that owns the token.
    pub fn message(&self, token: usize) -> Option<usize> {
        self.messages.get(token).filter(|message| **message != NONE).map(|message| *message as usize)
    }

    /// What the token is to its message.
    pub fn part(&self, token: usize) -> Part {
        self.parts.get(token).map_or(Part::Template, |part| part_of_number(part & !ADDED))
    }

    /// The bytes of the text that `tokenizers` reports for the token.
    pub fn offset(&self, token: usize) -> Span {
        pair(&self.offsets, token).unwrap_or_default()
    }

    /// The bytes of the text that the token really holds.
    pub fn held(&self, token: usize) -> Span {
        pair(&self.held, token).unwrap_or_default()
    }

    /// The bytes of the pasted text that the token came from.
    pub fn source(&self, token: usize) -> Option<Span> {
        pair(&self.sources, token).filter(|span| span.start != NONE as usize)
    }

    /// The first and one past the last token that came from these bytes of the pasted text; an empty span is a caret, and
    /// belongs to the token that it stands before.
    pub fn tokens_of(&self, selection: Span) -> Option<std::ops::Range<usize>> {
        let end = selection.end.max(selection.start + 1);
        let selection = Span::new(selection.start, end);
        let came = |token: &usize| self.source(*token).is_some_and(|source| source.overlaps(selection));
        let first = (0..self.len()).find(came)?;
        let last = (first..self.len()).rev().find(came)?;
        Some(first..last + 1)
    }

    /// Why the token is trained or masked.
    pub fn why(&self, token: usize) -> Option<&crate::bilingual::Bilingual> {
        let token = token as u32;
        let place = self.trail.partition_point(|reason| reason.to <= token);
        self.trail.get(place).filter(|reason| reason.from <= token).map(|reason| &reason.why)
    }

    /// The template bytes that wrote the token's first byte.
    pub fn writer(&self, token: usize) -> Option<Span> {
        let start = self.offset(token).start as u32;
        let (writers, _) = self.writers.as_chunks::<4>();
        let place = writers.partition_point(|[_, end, ..]| *end <= start);
        let [from, _, source_start, source_end] = *writers.get(place)?;
        (from <= start).then(|| Span::new(source_start as usize, source_end as usize))
    }
}

/// The `k`th pair of a flat array.
fn pair(flat: &[u32], k: usize) -> Option<Span> {
    Some(Span::new(*flat.get(2 * k)? as usize, *flat.get(2 * k + 1)? as usize))
}

/// Start and end of each span in one flat array.
pub(super) fn flat(spans: &[Span]) -> Vec<u32> {
    spans.iter().flat_map(|span| [span.start as u32, span.end as u32]).collect()
}

/// For each token the pasted bytes of the piece that holds it: the very bytes where the piece was copied one to one,
/// else those of the whole piece.
fn sources(sample: &Sample) -> Vec<u32> {
    let mut sources = Vec::with_capacity(2 * sample.offsets.len());
    for offset in &sample.offsets {
        let place = sample.pieces.partition_point(|piece| piece.output.end <= offset.start);
        let found = sample.pieces[place..]
            .iter()
            .take_while(|piece| piece.output.start < offset.end)
            .find_map(|piece| Some((piece.output, piece.source?)));
        match found {
            Some((output, source)) if output.len() == source.len() => {
                let start = offset.start.max(output.start) - output.start + source.start;
                let end = offset.end.min(output.end).max(output.start) - output.start + source.start;
                sources.extend([start as u32, end as u32]);
            }
            Some((_, source)) => sources.extend([source.start as u32, source.end as u32]),
            None => sources.extend([NONE, NONE]),
        }
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_that_ends_inside_a_number_is_refused() {
        let text = serde_json::to_string(&SampleView { ids: vec![7], ..SampleView::default() }).unwrap();
        let cut = text.replace("\"ids\":[7,0,0,0]", "\"ids\":[7,0,0]");
        assert_ne!(cut, text);
        assert!(serde_json::from_str::<SampleView>(&cut).is_err());
    }

    #[test]
    fn a_sample_comes_out_of_the_wire_as_it_went_in() {
        let sample = SampleView {
            text: "春风".to_owned(),
            ids: vec![1, 4_000_000_000],
            labels: vec![-100, i64::MAX],
            weights: vec![0.0, 0.5],
            offsets: vec![0, 3, 3, 6],
            held: vec![0, 3, 3, 6],
            messages: vec![NONE, 1],
            parts: vec![5, 1 | ADDED],
            sources: vec![NONE, NONE, 7, 10],
            trained: 1,
            ..SampleView::default()
        };
        let text = serde_json::to_string(&sample).unwrap();
        let back: SampleView = serde_json::from_str(&text).unwrap();
        assert_eq!(back, sample);
        assert_eq!(back.message(0), None);
        assert_eq!(back.message(1), Some(1));
        assert_eq!(back.source(0), None);
        assert_eq!(back.source(1), Some(Span::new(7, 10)));
        assert!(back.is_added(1) && !back.is_added(0));
        assert_eq!(back.part(1), Part::Content);
    }
}
