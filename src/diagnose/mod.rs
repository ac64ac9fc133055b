//! What is wrong with a sample: one small function a check.

use crate::diagnostic::Diagnostic;
use crate::recipe::{Context, Sample};

mod boundary_straddles;
mod default_system;
mod ignore_index_collides;
mod special_token_in_content;
mod stop_token_untrained;
mod trained_count;

#[cfg(test)]
mod fixture;

/// A check: at most one finding about a sample.
type Check = fn(&Context<'_>, &Sample) -> Option<Diagnostic>;

/// Every check, the most telling first.
const CHECKS: [Check; 6] = [
    trained_count::check,
    stop_token_untrained::check,
    ignore_index_collides::check,
    boundary_straddles::check,
    special_token_in_content::check,
    default_system::check,
];

/// What the checks find in a sample, after what its recipe found.
pub fn diagnose(context: &Context<'_>, sample: &Sample) -> Vec<Diagnostic> {
    // The others look for what a template and a recipe did wrong, and had no part in a row that says its own tokens.
    let checks = if context.conversation.given.is_some() { &CHECKS[..1] } else { &CHECKS[..] };
    checks.iter().filter_map(|check| check(context, sample)).collect()
}

/// The tokens that a check picks, as a diagnostic lists them.
fn tokens_where(sample: &Sample, mut picks: impl FnMut(usize) -> bool) -> Vec<u32> {
    (0..sample.input_ids.len()).filter(|token| picks(*token)).map(|token| token as u32).collect()
}
