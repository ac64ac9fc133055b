//! `stop-token-untrained`: a reply that is trained without the token that ends it teaches the model not to stop.

use super::replies::{self, After, after};
use super::{cures, is_truncated};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::span::Span;
use crate::template::catalog;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    // What was cut off is no fault of the template.
    let is_whole = !is_truncated(sample);
    let mut masked = Vec::new();
    let mut missing = Vec::new();
    let mut instead = None;
    for (last, message) in replies::trained(context, sample) {
        match after(context, sample, last, message) {
            After::Masked(token) => masked.push(token as u32),
            After::Missing(other) if is_whole => {
                missing.push(last as u32);
                instead = instead.or(other);
            }
            After::Trained | After::Next(_) | After::Missing(_) => {}
        }
    }
    let found = if missing.is_empty() {
        masked.first()?;
        is_masked(context, name(context, sample).unwrap_or_default(), masked)
    } else {
        is_missing(context, sample, missing, instead)
    };
    let first = *found.tokens.first()? as usize;
    let place = Span::at(sample.offsets[first].end);
    Some(found.at(Source::Rendered, place))
}

/// The text of the stop token.
fn name<'a>(context: &'a Context<'_>, sample: &'a Sample) -> Option<&'a str> {
    sample.stop.as_ref().map(|(_, text)| text.as_str()).or_else(|| context.eos_token())
}

fn is_masked(context: &Context<'_>, eos: &str, tokens: Vec<u32>) -> Diagnostic {
    let message = Bilingual::new(
        format!(
            "the stop token `{eos}` stands after the reply but is masked: the model does not learn to stop"
        ),
        format!("回复后有停止符 `{eos}`，但它被忽略：模型学不会停下来"),
    );
    let hint = cures::stop_token(context.options.recipe());
    Diagnostic::new(Severity::Warning, "stop-token-untrained", message).hint(hint).tokens(tokens)
}

fn is_missing(
    context: &Context<'_>,
    sample: &Sample,
    tokens: Vec<u32>,
    instead: Option<usize>,
) -> Diagnostic {
    let (message, hint) = match (name(context, sample), instead) {
        (None, _) => (
            Bilingual::fixed(
                "the tokenizer names no `eos_token`: nothing tells the model where a reply ends",
                "分词器没有指定 `eos_token`：模型无从得知回复在哪里结束",
            ),
            Bilingual::fixed(
                "set `eos_token` in `tokenizer_config.json` to the token that ends a turn",
                "请在 `tokenizer_config.json` 中把 `eos_token` 设为结束一轮的 token",
            ),
        ),
        (Some(eos), Some(other)) => {
            let other = context.tokenizer.id_to_token(sample.input_ids[other]).unwrap_or_default();
            (
                Bilingual::new(
                    format!("the reply ends with `{other}`, but the stop token is `{eos}`"),
                    format!("回复以 `{other}` 结尾，而停止符是 `{eos}`"),
                ),
                Bilingual::new(
                    format!(
                        "set `eos_token` to `{other}`, or make the template write `{eos}` after the reply"
                    ),
                    format!("请把 `eos_token` 设为 `{other}`，或让模板在回复后写出 `{eos}`"),
                ),
            )
        }
        (Some(eos), None) => (
            Bilingual::new(
                format!(
                    "the template writes no stop token `{eos}` after the reply: the model does not learn to stop"
                ),
                format!("模板没有在回复后写停止符 `{eos}`：模型学不会停下来"),
            ),
            Bilingual::fixed(
                "add `{{ eos_token }}` after an assistant's content in the template",
                "请在模板中助手的 content 之后加上 `{{ eos_token }}`",
            ),
        ),
    };
    // `plain` has none on purpose: it is there to be read, not to train with.
    let plain = catalog::find("plain").map(|entry| entry.source());
    let is_plain = plain == Some(context.template.source()) && name(context, sample).is_some();
    let severity = if is_plain { Severity::Note } else { Severity::Warning };
    Diagnostic::new(severity, "stop-token-untrained", message).hint(hint).tokens(tokens)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS};
    use super::*;

    fn found(template: &str, options: &[(&str, &str)]) -> Option<Diagnostic> {
        let fixture = Fixture::of("Hello", "Good day.", template);
        let sample = fixture.samples("per-turn", options).remove(0);
        fixture.with_context(|context| check(context, &sample))
    }

    #[test]
    fn a_stop_token_that_is_trained_is_fine() {
        assert_eq!(found(TURNS, &[]), None);
        assert_eq!(found(TURNS, &[("end", "all")]), None);
    }

    #[test]
    fn a_stop_token_that_is_masked_is_named_as_a_token() {
        let found = found(TURNS, &[("end", "none")]).unwrap();
        assert!(found.message.en.contains("is masked"), "{found:?}");
        assert_eq!(found.tokens.len(), 1);
    }

    #[test]
    fn a_template_without_stop_token_is_told_where_it_belongs() {
        let found = found(&TURNS.replace("{{ eos_token }}", ""), &[]).unwrap();
        assert!(found.hint.unwrap().en.contains("{{ eos_token }}"));
    }

    #[test]
    fn another_token_in_the_place_of_the_stop_token_is_named() {
        let mut fixture = Fixture::of("Hello", "Good day.", &TURNS.replace("{{ eos_token }}", "<|im_end|>"));
        fixture.special_tokens.insert("eos_token".to_owned(), "<|im_start|>".to_owned());
        let sample = fixture.samples("per-turn", &[]).remove(0);
        let found = fixture.with_context(|context| check(context, &sample)).unwrap();
        assert!(found.message.en.contains("`<|im_end|>`, but the stop token is `<|im_start|>`"), "{found:?}");
    }

    #[test]
    fn a_trainer_with_a_stop_token_of_its_own_is_taken_at_its_word() {
        // What LLaMA-Factory writes is the stop token of the slot template, or the label of the next turn's first token.
        let fixture = Fixture::of("Hello", "Good day.", TURNS);
        for template in ["llama3", "glm4", "gpt_oss", "vicuna"] {
            let sample = fixture.samples("llama-factory", &[("template", template)]).remove(0);
            assert_eq!(fixture.with_context(|context| check(context, &sample)), None, "{template}");
        }
        let sample = fixture.samples("llama-factory", &[("template", "empty")]).remove(0);
        assert!(fixture.with_context(|context| check(context, &sample)).is_some());
    }

    #[test]
    fn a_tokenizer_without_stop_token_is_told_so() {
        let mut fixture = Fixture::of("Hello", "Good day.", TURNS);
        fixture.special_tokens.remove("eos_token");
        let sample = fixture.samples("per-turn", &[]).remove(0);
        let found = fixture.with_context(|context| check(context, &sample)).unwrap();
        assert!(found.message.en.contains("names no `eos_token`"));
    }
}
