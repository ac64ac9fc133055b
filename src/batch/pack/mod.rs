//! Which segments stand in one row.

use super::{Cut, Segment, Settings, Way};

mod bfd;
mod bfd_split;
mod multipack;
mod neat;
mod wrapped;

/// TRL and LLaMA-Factory pack so many samples at a time: what `Dataset.map` gives them at once,
/// LLaMA-Factory's `preprocessing_batch_size` too.
const AT_ONCE: usize = 1000;

/// The segments of each row, in order; their columns are the collator's to set.
pub(super) fn pack(cuts: &[Cut], settings: &Settings) -> Vec<Vec<Segment>> {
    let length = settings.max_length.unwrap_or(u32::MAX) as usize;
    let pack: fn(Vec<Segment>, usize) -> Vec<Vec<Segment>> = match settings.way {
        Way::TrlBfd => bfd::pack,
        Way::TrlBfdSplit => bfd_split::pack,
        Way::TrlWrapped => wrapped::pack,
        Way::LlamaFactory | Way::Neat => neat::pack,
        Way::Multipack => return multipack::pack(kept(cuts, 0), length * settings.batch_size as usize),
        Way::MultipackSequential => {
            return multipack::in_order(kept(cuts, 0), length * settings.batch_size as usize);
        }
        Way::LanguageModeling | Way::Seq2seq | Way::Flattening | Way::Trl | Way::TrlPaddingFree => {
            return kept(cuts, 0).into_iter().map(|segment| vec![segment]).collect();
        }
    };
    let chunks = cuts.chunks(AT_ONCE).enumerate();
    chunks.flat_map(|(number, chunk)| pack(kept(chunk, number * AT_ONCE), length)).collect()
}

/// What is kept of every sample that is not left out; the first one has the number `first`.
fn kept(cuts: &[Cut], first: usize) -> Vec<Segment> {
    let listed = cuts.iter().zip(first..).filter(|(cut, _)| cut.gone.is_none());
    listed.map(|(cut, sample)| Segment { sample: sample as u32, from: cut.from, to: cut.to, at: 0 }).collect()
}
