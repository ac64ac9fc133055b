//! The step that cuts text into words.

use tokenizers::pipeline::PipelinePreTokenizer;
use tokenizers::pre_tokenizers::sequence::PipelineSequence;
use tokenizers::pre_tokenizers::split::{Search, Split};
use tokenizers::tokenizer::SplitDelimiterBehavior;

/// The same step with every regular expression compiled, or `None` where nothing is missing.
///
/// The library's reader leaves out all expressions that it doesn't run as a machine of its own, such as BLOOM's.
pub(super) fn complete(step: &PipelinePreTokenizer) -> Result<Option<PipelinePreTokenizer>, String> {
    if !lacks(step) {
        return Ok(None);
    }
    Ok(Some(match step {
        PipelinePreTokenizer::Split(split) => {
            let split = Split::new(split.pattern.clone(), split.behavior, split.invert);
            PipelinePreTokenizer::Split(split.map_err(|error| error.to_string())?)
        }
        PipelinePreTokenizer::Sequence(sequence) => {
            let complete = |step: &PipelinePreTokenizer| {
                complete(step).map(|made| made.unwrap_or_else(|| step.clone()))
            };
            let steps = sequence.pre_tokenizers().iter().map(complete).collect::<Result<_, _>>()?;
            PipelinePreTokenizer::Sequence(PipelineSequence::new(steps))
        }
        other => other.clone(),
    }))
}

/// Whether an expression is missing.
fn lacks(step: &PipelinePreTokenizer) -> bool {
    match step {
        PipelinePreTokenizer::Split(split) => {
            let own = split.grammar().is_some()
                && !split.invert
                && split.behavior == SplitDelimiterBehavior::Isolated;
            matches!(split.search, Search::Unavailable) && !own
        }
        PipelinePreTokenizer::Sequence(sequence) => {
            !sequence.is_deepseek() && sequence.pre_tokenizers().iter().any(lacks)
        }
        _ => false,
    }
}
