//! `boundary-straddles`: a token that holds the end of the prompt and the start of the reply.

use super::replies::asked;
use super::{is_all_trained, tokens_where};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::span::Span;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let boundaries = match sample.prompt_end {
        _ if is_all_trained(sample) => return None,
        Some(end) => vec![end],
        None => asked(context, sample).iter().filter(|it| it.is_prefix()).map(|it| it.shared).collect(),
    };
    let inside = |token: usize| {
        let offset = sample.offsets[token];
        boundaries.iter().copied().find(|end| offset.start < *end && *end < offset.end)
    };
    let tokens = tokens_where(sample, |token| inside(token).is_some());
    let first = *tokens.first()? as usize;
    let boundary = inside(first)?;
    let token = context.tokenizer.id_to_token(sample.input_ids[first]).unwrap_or_default();
    let text = sample.offsets[first].of(&sample.text);
    let message = if sample.weights[first] > 0.0 {
        Bilingual::new(
            format!(
                "the prompt ends inside the token `{token}` ({text:?}): the prompt's last characters are trained with it"
            ),
            format!("prompt 的末尾落在 token `{token}`（{text:?}）内部：prompt 末尾的字符随它一起参与训练"),
        )
    } else {
        Bilingual::new(
            format!(
                "the prompt ends inside the token `{token}` ({text:?}): the reply's first characters are masked with it"
            ),
            format!("prompt 的末尾落在 token `{token}`（{text:?}）内部：回复开头的字符随它一起被忽略"),
        )
    };
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

    fn found(prompt_end: usize) -> Option<Vec<u32>> {
        let fixture = Fixture::new();
        let offsets = vec![Span::new(0, 2), Span::new(2, 4)];
        let (input_ids, weights) = (vec![0, 1], vec![0.0, 0.0]);
        let sample = Sample { prompt_end: Some(prompt_end), offsets, input_ids, weights, ..fixture.sample() };
        fixture.with_context(|context| check(context, &sample)).map(|found| found.tokens)
    }

    #[test]
    fn a_prompt_that_ends_inside_a_token_is_a_warning() {
        assert_eq!(found(3), Some(vec![1]));
    }

    #[test]
    fn a_mask_without_a_prompt_is_measured_against_the_prompt_the_model_will_see() {
        let template = "{% for m in messages %}{{ m.role }}:{% if m.role == 'assistant' %}{% generation %}{{ m.content }}\
            {{ eos_token }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}\
            {% if add_generation_prompt %}assistant:{% endif %}";
        let found = |template: &str, answer: &str| {
            let fixture = Fixture::of("Hello", answer, template);
            let sample = fixture.samples("transformers", &[]).remove(0);
            let found = fixture.with_context(|context| check(context, &sample))?;
            Some((
                sample.offsets[found.tokens[0] as usize].of(&sample.text).to_owned(),
                found.message.en.into_owned(),
            ))
        };
        let (text, message) = found(template, "//x").unwrap();
        assert!(text.starts_with(":/"), "{text}");
        assert!(message.contains("last characters are trained"));
        assert_eq!(found(template, " Good day."), None);
    }

    #[test]
    fn a_prompt_that_ends_with_a_token_is_fine() {
        assert_eq!(found(2), None);
    }
}
