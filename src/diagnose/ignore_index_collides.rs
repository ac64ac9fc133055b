//! `ignore-index-collides`: a token whose id is the label that the loss ignores can't be trained.

use super::tokens_where;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::recipe::{Context, Sample};

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let id = u32::try_from(context.ignore_index).ok()?;
    let token = context.tokenizer.id_to_token(id)?;
    let after = sample.prompt_end.unwrap_or(0);
    let lost =
        tokens_where(sample, |token| sample.input_ids[token] == id && sample.offsets[token].start >= after);
    let count = lost.len();
    let message = Bilingual::new(
        format!(
            "`ignore_index` {id} is the id of the token `{token}`, which is never trained; {count} here are lost"
        ),
        format!(
            "`ignore_index` {id} 正是 token `{token}` 的 id，它永远不会参与训练；此样本中丢失 {count} 个"
        ),
    );
    let hint = Bilingual::fixed(
        "choose a number that is no token's id, such as -100",
        "请选用不是任何 token id 的数，例如 -100",
    );
    Some(Diagnostic::new(Severity::Warning, "ignore-index-collides", message).hint(hint).tokens(lost))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::*;
    use crate::span::Span;

    fn found(ignore_index: i64) -> Option<Vec<u32>> {
        let mut fixture = Fixture::new();
        fixture.ignore_index = ignore_index;
        let offsets = (0..3).map(|at| Span::new(at, at + 1)).collect();
        let sample = Sample { input_ids: vec![7, 9, 7], offsets, prompt_end: Some(1), ..fixture.sample() };
        fixture.with_context(|context| check(context, &sample)).map(|found| found.tokens)
    }

    #[test]
    fn an_index_inside_the_vocabulary_names_the_tokens_that_are_lost() {
        assert_eq!(found(7), Some(vec![2]));
    }

    #[test]
    fn an_index_outside_the_vocabulary_is_fine() {
        assert_eq!(found(-100), None);
        assert_eq!(found(1 << 40), None);
    }
}
