//! What is wrong with a sample: one small function a check.

use crate::diagnostic::Diagnostic;
use crate::recipe::{Context, Sample};

mod arguments_twice;
mod boundary_straddles;
mod calls;
mod content_cut;
mod content_not_rendered;
mod context_trained;
mod cures;
mod default_system;
mod ends;
mod history_changes;
mod ignore_index_collides;
mod marker_in_content;
mod next_owns_stop;
mod null_printed;
mod prompt_ids;
mod prompt_trained;
mod replies;
mod special_token_in_content;
mod stop_token_untrained;
mod trained_count;

#[cfg(test)]
mod fixture;

/// A check: at most one finding about a sample.
type Check = fn(&Context<'_>, &Sample) -> Option<Diagnostic>;

/// The checks that need only tokens: also for a row that says its own, in which no template and no recipe had a part.
const OF_TOKENS: [Check; 2] = [trained_count::check, ends::twice];

/// Every other check, the most telling first.
const CHECKS: [Check; 20] = [
    context_trained::check,
    stop_token_untrained::check,
    next_owns_stop::check,
    ends::no_eos,
    ends::no_bos,
    prompt_trained::thought,
    prompt_trained::header,
    ignore_index_collides::check,
    boundary_straddles::check,
    prompt_ids::check,
    history_changes::check,
    content_not_rendered::check,
    content_cut::check,
    null_printed::check,
    calls::name,
    calls::arguments,
    arguments_twice::check,
    special_token_in_content::check,
    marker_in_content::check,
    default_system::check,
];

/// What the checks find in a sample, after what its recipe found.
pub fn diagnose(context: &Context<'_>, sample: &Sample) -> Vec<Diagnostic> {
    let others = if context.conversation.given.is_some() { &[] } else { &CHECKS[..] };
    let checks = OF_TOKENS.iter().chain(others);
    checks.filter_map(|check| check(context, sample)).collect()
}

/// Whether the recipe cut the sample.
fn is_truncated(sample: &Sample) -> bool {
    sample.diagnostics.iter().any(|found| found.code == "sample-truncated")
}

/// Whether nothing is masked, which has a finding of its own.
fn is_all_trained(sample: &Sample) -> bool {
    sample.weights.iter().all(|weight| *weight > 0.0)
}

/// The tokens that a check picks, as a diagnostic lists them.
fn tokens_where(sample: &Sample, mut picks: impl FnMut(usize) -> bool) -> Vec<u32> {
    (0..sample.input_ids.len()).filter(|token| picks(*token)).map(|token| token as u32).collect()
}
