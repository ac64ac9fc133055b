//! `default-system`: words in the sample that no message wrote, such as a default system prompt.

use super::tokens_where;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::span::Span;
use crate::template::{Owner, Part};

/// The fewest words in no message that are more than a header.
const ALONE: usize = 2;

/// The fewest words before those of the first message that are more than its header.
const BEFORE: usize = 5;

/// The words of which headers are made.
const ROLES: [&str; 8] =
    ["system", "developer", "user", "human", "assistant", "model", "tool", "instruction"];

pub(super) fn check(_: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    in_no_message(sample).or_else(|| before_the_first(sample))
}

/// Words that the template wrote on its own.
fn in_no_message(sample: &Sample) -> Option<Diagnostic> {
    let (place, tokens) = found(sample, ALONE, |owner| owner.message.is_none())?;
    let count = tokens.len();
    let message = Bilingual::new(
        format!("the template adds {count} tokens that stand in no message"),
        format!("模板添加了 {count} 个不属于任何消息的 token"),
    );
    let hint = Bilingual::fixed(
        "to say it in your own words, begin the dialogue with a `system` message",
        "若想自己写这段话，请让对话以 `system` 消息开头",
    );
    Some(note(message, hint, place, tokens))
}

/// Words that the template wrote in spite of a system message, before that message's own.
fn before_the_first(sample: &Sample) -> Option<Diagnostic> {
    let is_header = |owner: Owner| owner.message == Some(0) && owner.part == Part::Header;
    let (place, tokens) = found(sample, BEFORE, is_header)?;
    let count = tokens.len();
    let message = Bilingual::new(
        format!("the template writes {count} tokens of its own before the words of message 1"),
        format!("模板在第 1 条消息的内容之前写入了 {count} 个自带的 token"),
    );
    let hint = Bilingual::fixed(
        "ask the model with the same words in sight; some templates take them from a variable, such as `model_identity`",
        "推理时也应带上这段话；有些模板可用变量（如 `model_identity`）更改它",
    );
    Some(note(message, hint, place, tokens))
}

fn note(message: Bilingual, hint: Bilingual, place: Span, tokens: Vec<u32>) -> Diagnostic {
    Diagnostic::new(Severity::Note, "default-system", message)
        .hint(hint)
        .at(Source::Rendered, place)
        .tokens(tokens)
}

/// The tokens of these owners, if their text holds so many words.
fn found(sample: &Sample, least: usize, is_meant: impl Fn(Owner) -> bool) -> Option<(Span, Vec<u32>)> {
    let pieces = sample.pieces.iter().filter(|piece| is_meant(piece.owner));
    let written: String = pieces.map(|piece| piece.output.of(&sample.text)).collect();
    if words(&written) < least {
        return None;
    }
    let tokens = tokens_where(sample, |token| is_meant(sample.owners[token]));
    let (first, last) = (*tokens.first()? as usize, *tokens.last()? as usize);
    Some((Span::new(sample.offsets[first].start, sample.offsets[last].end), tokens))
}

/// How many words a text has that are neither markers nor roles. A tokenizer of another model cuts markers into many tokens.
fn words(text: &str) -> usize {
    let text = without_markers(text);
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_role = |word: &str| ROLES.iter().any(|role| role.eq_ignore_ascii_case(word));
    // Chinese writes no spaces: there, two characters count as a word.
    let count = |word: &str| if word.is_ascii() { 1 } else { word.chars().count().div_ceil(2) };
    words.filter(|word| !is_role(word)).map(count).sum()
}

/// The text without what stands in pointed or square brackets, if there are no spaces in it.
fn without_markers(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some(open) = rest.find(['<', '[']) {
        kept.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let end = inner.find(|c: char| c.is_whitespace() || matches!(c, '>' | ']' | '<' | '['));
        let closed = end.filter(|end| inner[*end..].starts_with(['>', ']']));
        // What is not closed is text.
        kept.push(' ');
        rest = closed.map_or(inner, |end| &inner[end + 1..]);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS};
    use super::*;
    use crate::template::catalog;

    fn found(before: &str) -> Option<Diagnostic> {
        of(&Fixture::of("Hello", "Good day.", &format!("{before}{TURNS}")))
    }

    fn of(fixture: &Fixture) -> Option<Diagnostic> {
        let sample = fixture.samples("per-turn", &[]).remove(0);
        fixture.with_context(|context| check(context, &sample))
    }

    /// With a template of the catalog, and a system message before the question where it is asked for.
    fn in_catalog(template: &str, system: bool) -> Option<String> {
        let mut talk = vec![
            serde_json::json!({"role": "user", "content": "Hi"}),
            serde_json::json!({"role": "assistant", "content": "Good day."}),
        ];
        if system {
            talk.insert(0, serde_json::json!({"role": "system", "content": "Be kind."}));
        }
        let talk = serde_json::Value::from(talk).to_string();
        let found = of(&Fixture::talk(&talk, catalog::find(template).unwrap().source()));
        found.map(|found| found.message.en.into_owned())
    }

    #[test]
    fn a_system_prompt_that_no_message_wrote_is_noted() {
        let found = found("<|im_start|>system\nYou are kind.<|im_end|>\n").unwrap();
        assert_eq!(found.severity, Severity::Note);
        assert_eq!(found.tokens.first(), Some(&0));
        assert!(found.tokens.len() > 4, "{found:?}");
    }

    #[test]
    fn one_in_chinese_is_noted_too() {
        assert!(found("你是一个有用的助手。").is_some());
    }

    #[test]
    fn markers_without_words_are_not_worth_a_note() {
        assert_eq!(found(""), None);
        assert_eq!(found("<|im_start|>"), None);
    }

    #[test]
    fn a_header_and_markers_of_another_model_are_not_worth_a_note() {
        assert_eq!(in_catalog("gemma-3", true), None);
        assert_eq!(in_catalog("gemma-3", false), None);
        assert_eq!(in_catalog("glm-4", false), None);
        assert_eq!(in_catalog("glm-4", true), None);
    }

    #[test]
    fn what_a_template_says_in_spite_of_a_system_message_is_noted() {
        let with = in_catalog("gpt-oss", true).unwrap();
        assert!(with.ends_with("tokens of its own before the words of message 1"), "{with}");
        let without = in_catalog("gpt-oss", false).unwrap();
        assert!(without.ends_with("tokens that stand in no message"), "{without}");
        assert_eq!(in_catalog("qwen2.5", true), None);
        assert!(in_catalog("qwen2.5", false).is_some());
    }

    #[test]
    fn words_are_what_is_no_marker_and_no_role() {
        assert_eq!(words("<|im_start|>system\n"), 0);
        assert_eq!(words("[gMASK]<sop><bos><start_of_turn>user\n"), 0);
        assert_eq!(words("### Instruction:\n"), 0);
        assert_eq!(words("if a < b and [c d]"), 6);
        assert_eq!(words("你是一个助手。"), 3);
    }
}
