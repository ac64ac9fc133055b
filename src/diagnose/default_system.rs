//! `default-system`: words in the sample that no message wrote, such as a default system prompt.

use super::tokens_where;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::span::Span;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let tokens = tokens_where(sample, |token| sample.owners[token].message.is_none());
    let words = |token: &u32| {
        let token = *token as usize;
        let text = sample.offsets[token].of(&sample.text);
        !context.tokenizer.is_added(sample.input_ids[token]) && text.chars().any(char::is_alphanumeric)
    };
    tokens.iter().find(|token| words(token))?;
    let (first, last) = (*tokens.first()? as usize, *tokens.last()? as usize);
    let place = Span::new(sample.offsets[first].start, sample.offsets[last].end);
    let count = tokens.len();
    let message = Bilingual::new(
        format!("the template adds {count} tokens that stand in no message"),
        format!("模板添加了 {count} 个不属于任何消息的 token"),
    );
    let hint = Bilingual::fixed(
        "to say it in your own words, begin the dialogue with a `system` message",
        "若想自己写这段话，请让对话以 `system` 消息开头",
    );
    Some(
        Diagnostic::new(Severity::Note, "default-system", message)
            .hint(hint)
            .at(Source::Rendered, place)
            .tokens(tokens),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS};
    use super::*;

    fn found(before: &str) -> Option<Diagnostic> {
        let fixture = Fixture::of("Hello", "Good day.", &format!("{before}{TURNS}"));
        let sample = fixture.samples("per-turn", &[]).remove(0);
        fixture.with_context(|context| check(context, &sample))
    }

    #[test]
    fn a_system_prompt_that_no_message_wrote_is_noted() {
        let found = found("<|im_start|>system\nYou are kind.<|im_end|>\n").unwrap();
        assert_eq!(found.severity, Severity::Note);
        assert_eq!(found.tokens.first(), Some(&0));
        assert!(found.tokens.len() > 4, "{found:?}");
    }

    #[test]
    fn markers_without_words_are_not_worth_a_note() {
        assert_eq!(found(""), None);
        assert_eq!(found("<|im_start|>"), None);
    }
}
