//! `arguments-encoded-twice`: the arguments of a call are a JSON string, which the template encodes once more.

use super::{replies, tokens_where};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::span::Span;

/// How many calls are looked at: a template treats them all alike.
const MOST: usize = 32;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let messages = context.conversation.messages.iter().take(replies::count(context, sample));
    let calls = messages.filter_map(|message| message.get("tool_calls")?.as_list()).flatten().take(MOST);
    let place = calls
        .filter_map(|call| call.get("function").unwrap_or(call).get("arguments")?.as_str())
        .find_map(|arguments| {
            // Only what JSON has to escape shows that it was encoded.
            let encoded = serde_json::to_string(arguments).ok().filter(|_| arguments.contains('"'))?;
            let encoded = encoded.trim_matches('"');
            let at = sample.text.find(encoded)?;
            Some(Span::new(at, at + encoded.len()))
        })?;
    let tokens = tokens_where(sample, |token| {
        sample.held[token].start < place.end && place.start < sample.held[token].end
    });
    let message = Bilingual::fixed(
        "the arguments of a tool call are a JSON string that is encoded once more: the model learns to write backslashes",
        "工具调用的参数是 JSON 字符串，又被编码了一次：模型会学着输出反斜杠",
    );
    let hint = Bilingual::fixed(
        "give the arguments as an object: `json.loads` them before training",
        "请以对象形式提供参数：训练前先 `json.loads`",
    );
    Some(
        Diagnostic::new(Severity::Warning, "arguments-encoded-twice", message)
            .hint(hint)
            .at(Source::Rendered, place)
            .tokens(tokens),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, code};
    use super::*;

    fn found(arguments: &str, template: &str) -> Option<String> {
        let talk = format!(
            r#"[{{"role": "user", "content": "Weather?"}}, {{"role": "assistant", "content": "",
            "tool_calls": [{{"type": "function", "function": {{"name": "weather", "arguments": {arguments}}}}}]}}]"#
        );
        let fixture = Fixture::talk(&talk, template);
        let sample = fixture.samples("per-turn", &[]).remove(0);
        fixture.with_context(|context| code(check(context, &sample)))
    }

    const DUMPS: &str = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{% for c in m.tool_calls %}\
        {{ c.function.arguments | tojson }}{% endfor %}{{ eos_token }}\n{% endfor %}\
        {% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    const TEXT: &str = r#""{\"city\": \"Oslo\"}""#;

    #[test]
    fn a_string_of_json_that_is_dumped_again_is_a_warning() {
        assert_eq!(found(TEXT, DUMPS).as_deref(), Some("arguments-encoded-twice"));
    }

    #[test]
    fn an_object_and_a_string_that_is_printed_as_it_is_are_fine() {
        assert_eq!(found(r#"{"city": "Oslo"}"#, DUMPS), None);
        assert_eq!(found(TEXT, &DUMPS.replace(" | tojson", "")), None);
        assert_eq!(found(r#""Oslo""#, DUMPS), None);
    }
}
