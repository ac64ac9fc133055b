//! The step that cuts text into words.

use tokenizers::pipeline::{PipelineNormalizer, PipelinePreTokenizer};
use tokenizers::pre_tokenizers::sequence::PipelineSequence;
use tokenizers::pre_tokenizers::split::{Search, Split};
use tokenizers::tokenizer::SplitDelimiterBehavior;
use tokenizers::utils::Grammar;

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
            let complete =
                |step: &PipelinePreTokenizer| complete(step).map(|made| made.unwrap_or_else(|| step.clone()));
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

/// Whether a line that begins with a letter can be encoded apart from what stands before it.
///
/// With the expression of the cl100k family (Qwen, Llama 3, lossmask) it can: no alternative matches a newline and
/// then a letter, so a word always ends between them; and white space that ends with a newline is one `\s*[\r\n]+`
/// whatever follows. NFC never joins a newline to anything.
pub(super) fn lines_are_apart(step: &PipelinePreTokenizer, normalizers: &[PipelineNormalizer]) -> bool {
    let cl100k = match step {
        PipelinePreTokenizer::Split(split) => {
            matches!(split.grammar(), Some(Grammar::Cl100k { .. })) && !lacks(step)
        }
        PipelinePreTokenizer::Sequence(sequence) => match sequence.pre_tokenizers() {
            [only] => lines_are_apart(only, normalizers),
            _ => false,
        },
        _ => false,
    };
    cl100k && normalizers.iter().all(|normalizer| matches!(normalizer, PipelineNormalizer::NFC(_)))
}

/// The stretches of a text that `lines_are_apart` lets be encoded one by one: each but the first begins with a
/// letter at the start of a line.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let breaks = rest.match_indices('\n').map(|(i, _)| i + 1);
        let mut starts = breaks.filter(|i| rest[*i..].starts_with(is_plain_letter));
        let (line, after) = rest.split_at(starts.next().unwrap_or(rest.len()));
        rest = after;
        Some(line)
    })
}

/// Whether the character is a letter in every version of Unicode.
fn is_plain_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{4E00}'..='\u{9FA5}' | 'ぁ'..='ゔ' | 'ァ'..='ヴ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_a_line_begins_with_a_letter() {
        let cut = |text: &'static str| lines(text).collect::<Vec<_>>();
        assert_eq!(cut("a\n\nb\n 1\n中\r\nc"), ["a\n\n", "b\n 1\n", "中\r\n", "c"]);
        assert_eq!(cut("\n\n"), ["\n\n"]);
        assert!(cut("").is_empty());
    }
}
