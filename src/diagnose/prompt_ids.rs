//! `prompt-ids-not-prefix`: the sample's tokens do not go on where those of the prompt end.

use super::replies::{Asked, asked};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::span::Span;

/// What recipes say of the same themselves.
const SAID: [&str; 4] =
    ["prompt-not-prefix", "prompt-tokens-differ", "boundary-differs", "input-ids-mismatch"];

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    if sample.diagnostics.iter().any(|found| SAID.contains(&found.code.as_ref())) {
        return None;
    }
    let (reply, token) = asked(context, sample)
        .into_iter()
        .find_map(|reply| parts_at(context, sample, &reply).map(|at| (reply, at)))?;
    let hint = Bilingual::fixed(
        "what the model is asked is not what it is trained on: use a template that keeps a prompt as it is once it is \
         answered, and cut the mask by offsets or marks, not by the number of the prompt's tokens",
        "推理时的提问与训练时不一致：请使用回答之后 prompt 保持不变的模板，并按偏移或标记切分掩码，而不是按 prompt 的 token 数",
    );
    Some(
        Diagnostic::new(Severity::Warning, "prompt-ids-not-prefix", differ(&reply, sample))
            .hint(hint)
            .at(Source::Rendered, Span::at(sample.offsets[token].start))
            .tokens([token as u32]),
    )
}

/// The first token that is not the prompt's; none where it is one across the boundary, which `boundary-straddles` tells.
fn parts_at(context: &Context<'_>, sample: &Sample, reply: &Asked) -> Option<usize> {
    let end = reply.shared;
    let past = sample.offsets.partition_point(|offset| offset.end <= end);
    if !reply.is_prefix() {
        // A cut sample may end within the prompt.
        return (past < sample.offsets.len()).then_some(past);
    }
    if sample.offsets.get(past).is_some_and(|offset| offset.start < end) {
        return None;
    }
    // Added tokens part the text: what is before the last one is encoded alike.
    let last =
        (0..past).rev().find(|token| context.tokenizer.is_added(sample.input_ids[*token])).unwrap_or(0);
    let start = sample.held.get(last)?.start;
    let ids = context.tokenizer.encode(sample.text.get(start..end)?).ok()?.ids;
    let same = ids.iter().zip(&sample.input_ids[last..past]).take_while(|(a, b)| a == b).count();
    (same < ids.len() && last + same < past).then_some(last + same)
}

fn differ(reply: &Asked, sample: &Sample) -> Bilingual {
    let number = reply.message + 1;
    if reply.is_prefix() {
        return Bilingual::new(
            format!(
                "the prompt of message {number} alone has other tokens than the sample has for the same text"
            ),
            format!("第 {number} 条消息的 prompt 单独编码时，与样本中同一段文字的 token 不同"),
        );
    }
    let start = |of: &str| of[reply.shared..].chars().take(16).collect::<String>();
    let (prompt, text) = (start(&reply.prompt.rendered.text), start(&sample.text));
    Bilingual::new(
        format!("the prompt of message {number} goes on with {prompt:?}, where the sample has {text:?}"),
        format!("第 {number} 条消息的 prompt 接下来是 {prompt:?}，而样本在此处是 {text:?}"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS, TWICE};
    use super::*;

    fn found(template: &str) -> Option<Diagnostic> {
        let fixture = Fixture::talk(TWICE, template);
        let sample = fixture.samples("axolotl", &[]).remove(0);
        fixture.with_context(|context| check(context, &sample))
    }

    #[test]
    fn a_prompt_that_opens_a_thought_which_the_answer_lacks_is_a_warning() {
        let found =
            found(&TURNS.replace("assistant\n{% endif %}", "assistant\n<think>\n{% endif %}")).unwrap();
        assert!(found.message.en.contains("goes on with \"<think>\\n\""), "{found:?}");
    }

    #[test]
    fn a_prompt_that_the_sample_goes_on_from_is_fine() {
        assert_eq!(found(TURNS), None);
    }
}
