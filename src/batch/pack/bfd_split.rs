//! TRL's `bfd_split`: samples are cut into pieces of `length`, which are then packed like samples.

use crate::batch::Segment;

pub(super) fn pack(segments: Vec<Segment>, length: usize) -> Vec<Vec<Segment>> {
    let pieces = segments.into_iter().flat_map(|whole| {
        let starts = (whole.from..whole.to).step_by(length.max(1));
        starts.map(move |from| Segment {
            from,
            to: whole.to.min(from.saturating_add(length as u32)),
            ..whole
        })
    });
    super::bfd::pack(pieces.collect(), length)
}
