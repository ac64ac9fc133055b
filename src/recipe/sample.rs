//! What recipes share: from a render and its tokens to a [`Sample`].

use super::renders::Render;
use super::{Context, Outcome, Reason, Sample};
use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::template::{Owner, Part, Piece, Writer};
use crate::tokenizer::Encoding;

/// A recipe's judgement of one token.
pub(super) trait Verdict: Copy + PartialEq {
    /// The judgement of a token that the recipe trains, but whose id is the `ignore_index`.
    const COLLIDES: Self;

    /// Whether the token counts.
    fn is_trained(self) -> bool;

    /// Why, in one sentence.
    fn why(self) -> Bilingual;
}

/// The reason of [`Verdict::COLLIDES`].
pub(super) fn collides() -> Bilingual {
    Bilingual::fixed(
        "part of what is trained, but its id is the `ignore_index`: masked",
        "本应参与训练，但它的 id 等于 `ignore_index`：被忽略",
    )
}

/// A sample of a whole render whose labels are still to be set.
pub(super) fn unlabelled(context: &Context<'_>, render: &Render, encoding: &Encoding) -> Sample {
    let writers = render.rendered.writers.clone();
    of_text(render.rendered.text.clone(), context.pieces(render).to_vec(), writers, encoding)
}

/// A sample of a text whose labels are still to be set; `pieces` say whose each byte is.
pub(super) fn of_text(text: String, pieces: Vec<Piece>, writers: Vec<Writer>, encoding: &Encoding) -> Sample {
    Sample {
        text,
        input_ids: encoding.ids.clone(),
        attention_mask: vec![1; encoding.ids.len()],
        labels: Vec::new(),
        weights: Vec::new(),
        offsets: encoding.offsets.clone(),
        held: encoding.held.clone(),
        owners: encoding.held.iter().map(|held| owner(&pieces, *held)).collect(),
        trail: Vec::new(),
        pieces,
        writers,
        reply: None,
        prompt_end: None,
        stop: None,
        diagnostics: Vec::new(),
    }
}

/// Sets labels, weights and reasons: the label of a trained token is its id.
pub(super) fn label<V: Verdict>(sample: &mut Sample, verdicts: Vec<V>, ignore_index: i64) {
    let ids = sample.input_ids.iter().map(|id| i64::from(*id)).collect();
    label_with(sample, ids, verdicts, ignore_index);
}

/// Sets labels, weights and reasons, with the labels that trained tokens get.
pub(super) fn label_with<V: Verdict>(
    sample: &mut Sample,
    mut labels: Vec<i64>,
    mut verdicts: Vec<V>,
    ignore_index: i64,
) {
    for (label, verdict) in labels.iter_mut().zip(&mut verdicts) {
        if !verdict.is_trained() {
            *label = ignore_index;
        } else if *label == ignore_index {
            *verdict = V::COLLIDES;
        }
    }
    sample.weights = labels.iter().map(|label| f32::from(u8::from(*label != ignore_index))).collect();
    sample.labels = labels;
    sample.trail = trail(&verdicts);
}

/// A conversation or reply of which no sample can be made.
pub(super) fn failed(error: Diagnostic) -> Outcome {
    Outcome::Dropped {
        why: Bilingual::fixed("there is no sample because of an error", "出现错误，无法得到样本"),
        diagnostics: vec![error],
    }
}

/// Runs of equal judgements.
pub(super) fn trail<V: Verdict>(verdicts: &[V]) -> Vec<Reason> {
    let mut from = 0;
    let runs = verdicts.chunk_by(|a, b| a == b);
    runs.map(|run| {
        let start = from;
        from += run.len() as u32;
        Reason { from: start, to: from, why: run[0].why() }
    })
    .collect()
}

/// The owner of the piece that shares the most bytes with a token; of equals the first.
pub(super) fn owner(pieces: &[Piece], held: Span) -> Owner {
    let first = pieces.partition_point(|piece| piece.output.end <= held.start);
    let mut most = 0;
    let mut owner = pieces.get(first).map(|piece| piece.owner);
    for piece in pieces[first..].iter().take_while(|piece| piece.output.start < held.end) {
        let shared = piece.output.end.min(held.end) - piece.output.start.max(held.start);
        if shared > most {
            most = shared;
            owner = Some(piece.owner);
        }
    }
    owner.unwrap_or(Owner { message: None, part: Part::Template })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces() -> Vec<Piece> {
        let owner = |message, part| Owner { message: Some(message), part };
        [(0, 3, owner(0, Part::Header)), (3, 6, owner(0, Part::Content)), (6, 7, owner(0, Part::End))]
            .map(|(start, end, owner)| Piece { output: Span::new(start, end), owner, source: None })
            .to_vec()
    }

    #[test]
    fn a_token_belongs_to_the_piece_it_shares_most_with_and_of_equals_to_the_first() {
        let pieces = pieces();
        let part = |start, end| owner(&pieces, Span::new(start, end)).part;
        assert_eq!(part(0, 3), Part::Header);
        assert_eq!(part(2, 5), Part::Content);
        assert_eq!(part(2, 4), Part::Header);
        assert_eq!(part(5, 7), Part::Content);
        assert_eq!(part(6, 7), Part::End);
    }

    #[test]
    fn a_token_without_bytes_belongs_where_it_stands_and_to_nobody_past_the_end() {
        let pieces = pieces();
        assert_eq!(owner(&pieces, Span::at(3)).part, Part::Content);
        assert_eq!(owner(&pieces, Span::at(7)), Owner { message: None, part: Part::Template });
    }
}
