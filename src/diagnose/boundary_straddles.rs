//! `boundary-straddles`: a token that holds the end of the prompt and the start of the reply.

use super::tokens_where;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::span::Span;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let boundary = sample.prompt_end?;
    let tokens = tokens_where(sample, |token| {
        let offset = sample.offsets[token];
        offset.start < boundary && boundary < offset.end
    });
    let first = *tokens.first()? as usize;
    let token = context.tokenizer.id_to_token(sample.input_ids[first]).unwrap_or_default();
    let text = sample.offsets[first].of(&sample.text);
    let message = Bilingual::new(
        format!(
            "the prompt ends inside the token `{token}` ({text:?}): the reply's first characters are masked with it"
        ),
        format!("prompt 的末尾落在 token `{token}`（{text:?}）内部：回复开头的字符随它一起被忽略"),
    );
    let hint = Bilingual::fixed(
        "put the space or newline between prompt and reply on one side only, or end the prompt with a special token",
        "请把 prompt 与回复之间的空格或换行只放在一侧，或让 prompt 以特殊 token 结尾",
    );
    Some(
        Diagnostic::new(Severity::Warning, "boundary-straddles", message)
            .hint(hint)
            .at(Source::Rendered, Span::at(boundary))
            .tokens(tokens),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::*;

    fn found(prompt_end: Option<usize>) -> Option<Vec<u32>> {
        let fixture = Fixture::new();
        let offsets = vec![Span::new(0, 2), Span::new(2, 4)];
        let sample = Sample { prompt_end, offsets, input_ids: vec![0, 1], ..fixture.sample() };
        fixture.with_context(|context| check(context, &sample)).map(|found| found.tokens)
    }

    #[test]
    fn a_prompt_that_ends_inside_a_token_is_a_warning() {
        assert_eq!(found(Some(3)), Some(vec![1]));
    }

    #[test]
    fn a_prompt_that_ends_with_a_token_is_fine_and_so_is_no_prompt() {
        assert_eq!(found(Some(2)), None);
        assert_eq!(found(None), None);
    }
}
