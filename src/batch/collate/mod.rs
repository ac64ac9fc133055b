//! From rows of segments to batches: ids, labels, masks and positions of one length.

use super::{Batch, IGNORED, MOST_POSITIONS, Row, Segment, Settings, Side, Tokens, Way, too_large};
use crate::diagnostic::Diagnostic;

mod flattening;
mod language_modeling;
mod llama_factory;
mod multipack;
mod seq2seq;
mod trl;

/// How a row is laid out: its width, and where padding stands.
#[derive(Clone, Copy)]
struct Layout {
    width: usize,
    side: Side,
    pad: u32,
}

pub(super) fn collate(
    samples: &[Tokens<'_>],
    packs: &[Vec<Segment>],
    settings: &Settings,
) -> Result<Vec<Batch>, Diagnostic> {
    // axolotl's batch is one packed row.
    let multipack = matches!(settings.way, Way::Multipack | Way::MultipackSequential);
    let size = if multipack { 1 } else { settings.batch_size as usize };
    let mut left = MOST_POSITIONS;
    let mut batches = Vec::new();
    for group in packs.chunks(size) {
        let joined = settings.way.flattens().then(|| vec![group.concat()]);
        let group = joined.as_deref().unwrap_or(group);
        let width = width(group, settings);
        left = width.checked_mul(group.len()).and_then(|all| left.checked_sub(all)).ok_or_else(too_large)?;
        let layout = Layout { width, side: settings.side(), pad: settings.pad_id().unwrap_or_default() };
        let rows = group.iter().map(|segments| {
            let row = lay_out(samples, segments, layout);
            match settings.way {
                Way::LanguageModeling => Ok(language_modeling::finish(row, layout)),
                Way::Seq2seq => Ok(seq2seq::finish(row)),
                Way::Flattening => flattening::finish(row),
                Way::TrlPaddingFree | Way::TrlBfd | Way::TrlBfdSplit => trl::without_padding(row),
                Way::Trl | Way::TrlWrapped => Ok(trl::padded(row)),
                Way::Multipack | Way::MultipackSequential => Ok(multipack::finish(row)),
                Way::LlamaFactory | Way::Neat => Ok(llama_factory::finish(row, settings)),
            }
        });
        batches.push(Batch { rows: rows.collect::<Result<_, _>>()? });
    }
    Ok(batches)
}

/// How wide the rows of a batch are.
fn width(group: &[Vec<Segment>], settings: &Settings) -> usize {
    let tokens = |row: &Vec<Segment>| row.iter().map(Segment::len).sum::<usize>();
    let longest = group.iter().map(tokens).max().unwrap_or_default();
    let length = settings.max_length.unwrap_or_default() as usize;
    match settings.way {
        Way::Flattening => longest,
        Way::Multipack | Way::MultipackSequential => {
            longest.next_multiple_of(length.max(1).next_multiple_of(64))
        }
        Way::LlamaFactory | Way::Neat => length.next_multiple_of(8),
        _ => longest.next_multiple_of(settings.multiple_of.unwrap_or(1).max(1) as usize),
    }
}

/// Ids and labels in their places.
fn lay_out(samples: &[Tokens<'_>], segments: &[Segment], layout: Layout) -> Row {
    let tokens: usize = segments.iter().map(Segment::len).sum();
    let mut at = if layout.side == Side::Left { layout.width.saturating_sub(tokens) } else { 0 };
    let mut row = Row {
        input_ids: vec![layout.pad; layout.width],
        labels: vec![IGNORED; layout.width],
        ..Row::default()
    };
    for segment in segments {
        let (from, to, end) = (segment.from as usize, segment.to as usize, at + segment.len());
        let sample = samples.get(segment.sample as usize);
        let ids = sample.and_then(|sample| sample.input_ids.get(from..to));
        let labels = sample.and_then(|sample| sample.labels.get(from..to));
        if let (Some(ids), Some(place)) = (ids, row.input_ids.get_mut(at..end)) {
            place.copy_from_slice(ids);
        }
        if let (Some(labels), Some(place)) = (labels, row.labels.get_mut(at..end)) {
            place.copy_from_slice(labels);
        }
        row.segments.push(Segment { at: at as u32, ..*segment });
        at = end;
    }
    row
}

impl Row {
    /// A value for each column: `of` gives that of a segment's column, from its number and the place inside it;
    /// `padding` that of a padding column, from its place in the run of padding.
    fn columns(&self, of: impl Fn(usize, usize) -> u32, padding: impl Fn(usize) -> u32) -> Vec<u32> {
        let mut values = Vec::with_capacity(self.input_ids.len());
        for (number, segment) in self.segments.iter().enumerate() {
            let before = (segment.at as usize).saturating_sub(values.len());
            values.extend((0..before).map(&padding));
            values.extend((0..segment.len()).map(|inside| of(number, inside)));
        }
        let after = self.input_ids.len().saturating_sub(values.len());
        values.extend((0..after).map(padding));
        values
    }

    /// 1 for tokens and 0 for padding.
    fn mask(&self) -> Vec<u32> {
        self.columns(|_, _| 1, |_| 0)
    }

    /// Positions that start again with each segment; `padding` as in [`Row::columns`].
    fn positions(&self, padding: impl Fn(usize) -> u32) -> Vec<u32> {
        self.columns(|_, inside| inside as u32, padding)
    }
}
