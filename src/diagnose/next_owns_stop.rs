//! `stop-token-of-next-message`: what ends a reply is the first token of the message after it, and masked with that.

use super::is_truncated;
use super::replies::{self, After, after};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    if is_truncated(sample) {
        return None;
    }
    let next = |(last, message): (usize, u32)| match after(context, sample, last, message) {
        After::Next(token) => Some(token as u32),
        _ => None,
    };
    let tokens: Vec<u32> = replies::trained(context, sample).into_iter().filter_map(next).collect();
    let first = *tokens.first()? as usize;
    let token = context.tokenizer.id_to_token(sample.input_ids[first]).unwrap_or_default();
    let message = Bilingual::new(
        format!(
            "a reply ends with `{token}`, which belongs to the next message and is masked: the model does not learn to stop"
        ),
        format!("回复以属于下一条消息的 `{token}` 结束，而它被忽略：模型学不会停下来"),
    );
    let hint = Bilingual::fixed(
        "use a training form of the template, in which the token that ends a reply stands inside the assistant's message",
        "请使用训练用的模板，把结束回复的 token 写在助手的消息之内",
    );
    Some(
        Diagnostic::new(Severity::Warning, "stop-token-of-next-message", message)
            .hint(hint)
            .at(Source::Rendered, sample.offsets[first])
            .tokens(tokens),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS, TWICE, code};
    use super::*;

    fn found(template: &str) -> Option<Diagnostic> {
        let fixture = Fixture::talk(TWICE, template);
        let sample = fixture.samples("transformers", &[]).remove(0);
        fixture.with_context(|context| check(context, &sample))
    }

    const OPEN: &str = "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}{% generation %}\
        {{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}";

    #[test]
    fn a_reply_that_only_the_next_message_ends_is_a_warning() {
        let found = found(OPEN).unwrap();
        assert_eq!(found.tokens.len(), 1, "{found:?}");
        assert!(found.message.en.contains("`<|im_start|>`"));
    }

    #[test]
    fn a_reply_with_a_stop_token_of_its_own_is_fine() {
        let own = OPEN.replace(
            "{{ m.content }}{% endgeneration %}",
            "{{ m.content }}{{ eos_token }}{% endgeneration %}",
        );
        assert_eq!(found(&own), None);
    }

    #[test]
    fn where_everything_is_trained_the_next_message_is_too() {
        let fixture = Fixture::talk(TWICE, &TURNS.replace("{{ eos_token }}", ""));
        let sample = fixture.samples("all-tokens", &[]).remove(0);
        assert_eq!(fixture.with_context(|context| code(check(context, &sample))), None);
    }
}
