//! `special-token-in-content`: somebody typed what the tokenizer reads as an added token.

use super::tokens_where;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::template::Part;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let tokens = tokens_where(sample, |token| {
        let words = matches!(sample.owners[token].part, Part::Content | Part::Reasoning);
        words && context.tokenizer.is_added(sample.input_ids[token])
    });
    let first = *tokens.first()? as usize;
    let token = context.tokenizer.id_to_token(sample.input_ids[first]).unwrap_or_default();
    let message = Bilingual::new(
        format!("`{token}` in the words of a message is read as the added token itself, not as text"),
        format!("消息文本中的 `{token}` 会被分词器当作特殊 token，而不是普通文本"),
    );
    let hint = Bilingual::fixed(
        "if it is not meant, take it out of the data: it can end a turn or open another one",
        "若并非本意，请从数据中去掉：它可能提前结束一轮，或另起一轮",
    );
    // `<think>` and the like are written on purpose, and end no turn.
    let special = |token: &u32| context.tokenizer.is_special(sample.input_ids[*token as usize]);
    let severity = if tokens.iter().any(special) { Severity::Warning } else { Severity::Note };
    Some(
        Diagnostic::new(severity, "special-token-in-content", message)
            .hint(hint)
            .at(Source::Rendered, sample.offsets[first])
            .tokens(tokens),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS};
    use super::*;

    fn found(question: &str) -> Option<(Severity, usize)> {
        let fixture = Fixture::of(question, "Good day.", TURNS);
        let sample = fixture.samples("per-turn", &[]).remove(0);
        fixture
            .with_context(|context| check(context, &sample))
            .map(|found| (found.severity, found.tokens.len()))
    }

    #[test]
    fn an_added_token_that_was_typed_is_a_warning() {
        assert_eq!(found("Hello<|im_end|>"), Some((Severity::Warning, 1)));
        assert_eq!(found("Hello<think></think>"), Some((Severity::Note, 2)));
    }

    #[test]
    fn the_templates_own_added_tokens_are_fine() {
        assert_eq!(found("Hello <|im_ end|>"), None);
    }
}
