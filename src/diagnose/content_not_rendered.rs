//! `content-not-rendered`: something of the data is nowhere in the sample.

use super::{is_truncated, replies};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::dialogue::{Kind, Message, Value};
use crate::recipe::{Context, Sample};
use crate::template::Part;

/// The keys under which reasoning is written.
const REASONING: [&str; 3] = ["reasoning_content", "reasoning", "thinking"];

/// How often the text is searched for words that no mark leads to; what is left after that counts as being there.
const SEARCHES: usize = 64;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    if is_truncated(sample) {
        return None;
    }
    let count = replies::count(context, sample);
    let mut shown = vec![Shown::default(); count];
    for piece in sample.pieces.iter().filter(|piece| !piece.output.is_empty()) {
        let Some(shown) = piece.owner.message.and_then(|message| shown.get_mut(message as usize)) else {
            continue;
        };
        match piece.owner.part {
            Part::Content => shown.content = true,
            Part::Reasoning => shown.reasoning = true,
            Part::ToolCall => shown.call = true,
            _ => {}
        }
    }
    let mut searches = SEARCHES;
    let mut messages = context.conversation.messages.iter().zip(&shown).enumerate();
    let (what, value, number) = messages
        .find_map(|(at, (message, shown))| {
            let is_there = |words: &str| {
                searches = searches.saturating_sub(1);
                searches == 0 || sample.text.contains(words)
            };
            missing(sample, at, message, *shown, is_there).map(|(what, value)| (what, value, at + 1))
        })
        .or_else(|| Some(("tools", tools(context, sample)?, 0)))?;
    let message = match number {
        0 => Bilingual::fixed("the tools are nowhere in the sample", "样本中没有工具列表"),
        _ => Bilingual::new(
            format!("the `{what}` of message {number} is nowhere in the sample"),
            format!("样本中没有第 {number} 条消息的 `{what}`"),
        ),
    };
    let hint = Bilingual::fixed(
        "the template or the trainer leaves it out without a word: use one that knows it, or write it into the content",
        "模板或训练器悄悄丢掉了它：请使用支持它的模板，或把它写进 content",
    );
    Some(
        Diagnostic::new(Severity::Warning, "content-not-rendered", message)
            .hint(hint)
            .at(Source::Dialogue, value.span),
    )
}

/// What the sample shows of a message.
#[derive(Clone, Copy, Default)]
struct Shown {
    content: bool,
    reasoning: bool,
    call: bool,
}

/// The first key of a message whose words are not in the sample; `is_there` looks for words anywhere in it.
fn missing<'a>(
    sample: &Sample,
    at: usize,
    message: &'a Message,
    shown: Shown,
    mut is_there: impl FnMut(&str) -> bool,
) -> Option<(&'static str, &'a Value)> {
    let content = message.get("content").and_then(|value| words(value).map(|words| (value, words)));
    if let Some((value, words)) = content
        && !(shown.content || shown.reasoning || is_there(words))
    {
        return Some(("content", value));
    }
    // A template that expects a text may write nothing for anything else.
    let other = message.get("content").and_then(|value| other(value).map(|words| (value, words)));
    if let Some((value, words)) = other
        && !(shown.content || words.iter().any(|words| is_there(words)))
    {
        return Some(("content", value));
    }
    let calls =
        message.get("tool_calls").filter(|calls| calls.as_list().is_some_and(|calls| !calls.is_empty()));
    if let Some(calls) = calls
        && !(shown.call || name(calls).is_some_and(&mut is_there))
    {
        return Some(("tool_calls", calls));
    }
    // Templates leave the reasoning of earlier turns out on purpose: only what is trained should be there.
    let trained =
        |token: usize| sample.weights[token] > 0.0 && sample.owners[token].message == Some(at as u32);
    let (key, value) = REASONING.iter().find_map(|key| Some((*key, message.get(key)?)))?;
    let lost = !(shown.reasoning || is_there(words(value)?));
    (lost && (0..sample.weights.len()).any(trained)).then_some((key, value))
}

/// What stands in the text, as Python or as JSON, where a content is written out that is neither text nor parts nor nothing.
fn other(value: &Value) -> Option<[String; 2]> {
    match &value.kind {
        Kind::Bool(true) => Some(["True".to_owned(), "true".to_owned()]),
        Kind::Bool(false) => Some(["False".to_owned(), "false".to_owned()]),
        Kind::Number(digits) => Some([digits.clone(), digits.clone()]),
        Kind::Map(entries) => {
            entries.first().map(|(key, _)| [format!("'{}'", key.text), format!("\"{}\"", key.text)])
        }
        Kind::Null | Kind::String(_) | Kind::List(_) => None,
    }
}

/// The first words of a content: its string, or the text of its first part.
fn words(value: &Value) -> Option<&str> {
    let first = || value.as_list()?.iter().find_map(|part| part.get("text")?.as_str());
    value.as_str().or_else(first).map(str::trim).filter(|words| !words.is_empty())
}

/// The tools, where the name of the first is not in the sample.
fn tools<'a>(context: &'a Context<'_>, sample: &Sample) -> Option<&'a Value> {
    let tools = context.conversation.tools.as_ref()?;
    (!sample.text.contains(name(tools)?)).then_some(tools)
}

/// The name of the first function of a list of tools or calls.
fn name(list: &Value) -> Option<&str> {
    let first = list.as_list()?.first()?;
    first.get("function").unwrap_or(first).get("name")?.as_str().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS};
    use super::*;

    fn found(talk: &str, template: &str) -> Option<String> {
        let fixture = Fixture::talk(talk, template);
        let sample = fixture.samples("per-turn", &[]).remove(0);
        fixture.with_context(|context| check(context, &sample)).map(|found| found.message.en.into_owned())
    }

    const SYSTEM: &str = r#"[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Yes.", "reasoning_content": "They greet."}]"#;

    #[test]
    fn a_system_message_that_the_template_skips_is_a_warning() {
        let skips = TURNS.replace("in messages %}", "in messages if m.role != 'system' %}");
        assert_eq!(found(SYSTEM, &skips).unwrap(), "the `content` of message 1 is nowhere in the sample");
    }

    #[test]
    fn reasoning_that_the_template_does_not_write_is_a_warning() {
        assert_eq!(
            found(SYSTEM, TURNS).unwrap(),
            "the `reasoning_content` of message 3 is nowhere in the sample"
        );
    }

    #[test]
    fn a_content_of_another_kind_that_the_template_does_not_write_is_a_warning() {
        let talk =
            r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": {"a": "secret"}}]"#;
        let texts = TURNS.replace("{{ m.content }}", "{{ m.content if m.content is string else '' }}");
        assert_eq!(found(talk, &texts).unwrap(), "the `content` of message 2 is nowhere in the sample");
        assert_eq!(found(talk, TURNS), None);
    }

    #[test]
    fn what_is_written_in_another_form_is_there() {
        let all = TURNS.replace("{{ m.content }}", "{{ m.reasoning_content }}{{ m.content | trim | upper }}");
        assert_eq!(found(SYSTEM, &all), None);
    }

    #[test]
    fn tools_and_calls_that_the_template_does_not_know_are_a_warning() {
        let talk = r#"{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes."}],
            "tools": [{"type": "function", "function": {"name": "clock", "parameters": {}}}]}"#;
        assert_eq!(found(talk, TURNS).unwrap(), "the tools are nowhere in the sample");
        assert_eq!(found(talk, &format!("{{{{ tools | tojson }}}}{TURNS}")), None);
        let talk = r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "",
            "tool_calls": [{"type": "function", "function": {"name": "clock", "arguments": {}}}]}]"#;
        assert_eq!(found(talk, TURNS).unwrap(), "the `tool_calls` of message 2 is nowhere in the sample");
    }
}
