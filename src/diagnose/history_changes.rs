//! `history-changes`: a reply is written otherwise once the conversation goes on.

use super::replies::asked;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample, common_prefix};
use crate::span::Span;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    if sample.reply.is_some() {
        return None;
    }
    let replies = asked(context, sample);
    let (_, earlier) = replies.split_last()?;
    let (reply, at, answered) = earlier.iter().find_map(|reply| {
        let answered = context.render(reply.message as usize + 1, false).ok()?;
        let at = common_prefix(&answered.rendered.text, &sample.text);
        // Only what is written of the reply itself: a prompt that changes has a code of its own, and so has a stop token
        // that stands only at the very end.
        let own = sample.pieces.iter().filter(|piece| piece.owner.message == Some(reply.message));
        let end = own.map(|piece| piece.output.end).max()?;
        (at < answered.rendered.text.len() && reply.start <= at && at < end).then_some((reply, at, answered))
    })?;
    let number = reply.message + 1;
    let start = |of: &str| of[at..].chars().take(16).collect::<String>();
    let (was, is) = (start(&answered.rendered.text), start(&sample.text));
    let message = Bilingual::new(
        format!("message {number} is trained as {is:?} here, but was {was:?} when it was the last one"),
        format!("第 {number} 条消息在此处按 {is:?} 训练，而它作为最后一条时是 {was:?}"),
    );
    let hint = Bilingual::fixed(
        "make one sample of each reply, or use a form of the template that keeps earlier turns as they were",
        "请每条回复各成一个样本，或使用保留历史轮次原样的模板",
    );
    Some(
        Diagnostic::new(Severity::Warning, "history-changes", message)
            .hint(hint)
            .at(Source::Rendered, Span::at(at)),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS, TWICE, code};
    use super::*;

    fn found(template: &str, recipe: &str) -> Option<String> {
        let fixture = Fixture::talk(TWICE, template);
        let sample = fixture.samples(recipe, &[]).remove(0);
        fixture.with_context(|context| code(check(context, &sample)))
    }

    #[test]
    fn a_reply_that_loses_a_thought_once_it_is_history_is_a_warning() {
        let loses = TURNS.replace(
            "{{ m.content }}",
            "{% if loop.last and m.role == 'assistant' %}<think>\n\n</think>\n\n{% endif %}{{ m.content }}",
        );
        assert_eq!(found(&loses, "axolotl").as_deref(), Some("history-changes"));
        assert_eq!(found(&loses, "per-turn"), None);
    }

    #[test]
    fn a_reply_that_stays_is_fine() {
        assert_eq!(found(TURNS, "axolotl"), None);
    }
}
