//! `arguments-not-json` and `tool-call-without-function`: calls of the data that no program could read, in trainers that
//! pass them on as they are.

use super::replies;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::dialogue::Value;
use crate::recipe::{Context, Sample};

/// How many calls are looked at: a data set writes them all alike.
const MOST: usize = 32;

/// The calls that a sample holds: each one's message and, where it has one, its function.
pub(super) fn all<'a>(
    context: &'a Context<'_>,
    sample: &Sample,
) -> impl Iterator<Item = (usize, &'a Value)> + use<'a> {
    let messages = context.conversation.messages.iter().take(replies::count(context, sample)).enumerate();
    let of = |(at, calls): (usize, &'a [Value])| {
        calls.iter().map(move |call| (at, call.get("function").unwrap_or(call)))
    };
    messages
        .filter_map(|(at, message)| Some((at, message.get("tool_calls")?.as_list()?)))
        .flat_map(of)
        .take(MOST)
}

/// Why a text is no JSON, if it is none.
pub(super) fn not_json(text: &str) -> Option<serde_json::Error> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).err()
}

/// Arguments that are a text, but not of JSON.
pub(super) fn arguments(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let (number, value, error) = all(context, sample).find_map(|(at, function)| {
        // A template that knows no calls writes none of it, which has a finding of its own.
        let value = function.get("arguments").filter(|_| is_written(sample, function))?;
        Some((at + 1, value, not_json(value.as_str()?)?))
    })?;
    let message = Bilingual::new(
        format!("the arguments of a tool call in message {number} are a string that is not JSON: {error}"),
        format!("第 {number} 条消息中工具调用的参数是字符串，但不是合法的 JSON：{error}"),
    );
    let hint = Bilingual::fixed(
        "write them as an object, or as a string of JSON: the model learns to write calls that no program can read",
        "请写成对象或合法的 JSON 字符串：否则模型学到的是程序无法解析的调用",
    );
    Some(
        Diagnostic::new(Severity::Warning, "arguments-not-json", message)
            .hint(hint)
            .at(Source::Dialogue, value.span),
    )
}

/// Whether the text holds the name of a function.
fn is_written(sample: &Sample, function: &Value) -> bool {
    function.get("name").and_then(Value::as_str).is_some_and(|name| sample.text.contains(name))
}

/// A call that does not say which function.
pub(super) fn name(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let is_named =
        |function: &Value| function.get("name").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
    let (at, function) = all(context, sample).find(|(_, function)| !is_named(function))?;
    let number = at + 1;
    let message = Bilingual::new(
        format!("a tool call in message {number} has no `name`: the model learns to call no function"),
        format!("第 {number} 条消息中的工具调用没有 `name`：模型会学着不指明函数"),
    );
    let hint = Bilingual::fixed(
        r#"write {"type": "function", "function": {"name": …, "arguments": …}}"#,
        r#"请写成 {"type": "function", "function": {"name": …, "arguments": …}}"#,
    );
    Some(
        Diagnostic::new(Severity::Warning, "tool-call-without-function", message)
            .hint(hint)
            .at(Source::Dialogue, function.span),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::*;
    use crate::template::catalog;

    type Check = fn(&Context<'_>, &Sample) -> Option<Diagnostic>;

    fn found(call: &str, check: Check) -> Option<(String, String)> {
        found_in("qwen3", call, check)
    }

    fn found_in(template: &str, call: &str, check: Check) -> Option<(String, String)> {
        let talk = format!(
            r#"[{{"role": "user", "content": "Weather?"}}, {{"role": "assistant", "content": "",
            "tool_calls": [{{"type": "function", "function": {call}}}]}}]"#
        );
        let fixture = Fixture::talk(&talk, catalog::find(template).unwrap().source());
        let sample = fixture.samples("per-turn", &[]).remove(0);
        let found = fixture.with_context(|context| check(context, &sample))?;
        let (source, place) = found.place.unwrap();
        assert_eq!(source, Source::Dialogue);
        Some((found.message.en.into_owned(), place.of(&talk).to_owned()))
    }

    #[test]
    fn arguments_that_are_a_string_of_no_json_are_a_warning() {
        let (message, place) = found(r#"{"name": "weather", "arguments": "{\"a\": 1"}"#, arguments).unwrap();
        assert!(
            message
                .starts_with("the arguments of a tool call in message 2 are a string that is not JSON: EOF")
        );
        assert_eq!(place, r#""{\"a\": 1""#);
        assert!(found(r#"{"name": "weather", "arguments": "{'a': 1}"}"#, arguments).is_some());
        assert!(found(r#"{"name": "weather", "arguments": ""}"#, arguments).is_some());
    }

    #[test]
    fn arguments_that_the_template_leaves_out_are_another_matter() {
        assert_eq!(found_in("phi-4", r#"{"name": "forecast", "arguments": "{"}"#, arguments), None);
    }

    #[test]
    fn an_object_and_a_string_of_json_are_fine() {
        for fine in [r#"{"a": 1}"#, r#""{\"a\": 1}""#, r#""{}""#, "null"] {
            assert_eq!(found(&format!(r#"{{"name": "weather", "arguments": {fine}}}"#), arguments), None);
        }
    }

    #[test]
    fn a_call_without_a_name_is_a_warning() {
        for nameless in
            [r#"{"arguments": {}}"#, r#"{"name": "", "arguments": {}}"#, r#"{"name": null, "arguments": {}}"#]
        {
            let (message, place) = found(nameless, name).unwrap();
            assert_eq!(
                message,
                "a tool call in message 2 has no `name`: the model learns to call no function"
            );
            assert_eq!(place, nameless);
        }
        assert_eq!(found(r#"{"name": "weather", "arguments": {}}"#, name), None);
    }
}
