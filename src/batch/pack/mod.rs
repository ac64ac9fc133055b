//! Which segments stand in one row.

use super::{Cut, Segment, Settings, Way};

mod bfd;
mod bfd_split;
mod multipack;
mod neat;
mod wrapped;

/// The segments of each row, in order; their columns are the collator's to set.
pub(super) fn pack(cuts: &[Cut], settings: &Settings) -> Vec<Vec<Segment>> {
    let kept = kept(cuts);
    let length = settings.max_length.unwrap_or(u32::MAX) as usize;
    match settings.way {
        Way::TrlBfd => bfd::pack(kept, length),
        Way::TrlBfdSplit => bfd_split::pack(&kept, length),
        Way::TrlWrapped => wrapped::pack(&kept, length),
        Way::Multipack => multipack::pack(kept, length * settings.batch_size as usize),
        Way::MultipackSequential => multipack::in_order(kept, length * settings.batch_size as usize),
        Way::LlamaFactory | Way::Neat => neat::pack(kept, length.saturating_sub(1)),
        Way::LanguageModeling | Way::Seq2seq | Way::Flattening | Way::Trl | Way::TrlPaddingFree => {
            kept.into_iter().map(|segment| vec![segment]).collect()
        }
    }
}

/// What is kept of every sample that is not left out.
fn kept(cuts: &[Cut]) -> Vec<Segment> {
    let listed = cuts.iter().enumerate().filter(|(_, cut)| cut.gone.is_none());
    listed.map(|(sample, cut)| Segment { sample: sample as u32, from: cut.from, to: cut.to, at: 0 }).collect()
}
