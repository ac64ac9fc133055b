//! `arguments-encoded-twice`: the arguments of a call are a JSON string, which the template encodes once more.

use super::{calls, tokens_where};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::span::Span;
use crate::template::Owner;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let (place, has_escapes) = calls::all(context, sample).find_map(|(at, function)| {
        let arguments = function.get("arguments")?.as_str().filter(|text| calls::not_json(text).is_none())?;
        let has_escapes = arguments.contains('"');
        let encoded = serde_json::to_string(arguments).ok()?;
        // What JSON has to escape shows that it was encoded; without that, only the quotes around it do.
        if has_escapes {
            let encoded = encoded.trim_matches('"');
            let at = sample.text.find(encoded)?;
            return Some((Span::new(at, at + encoded.len()), true));
        }
        let is_list_or_object = arguments.trim_start().starts_with(['{', '[']);
        let own = of_message(sample, at).filter(|_| is_list_or_object)?;
        let at = own.start + own.of(&sample.text).find(&encoded)?;
        Some((Span::new(at, at + encoded.len()), false))
    })?;
    let tokens = tokens_where(sample, |token| {
        sample.held[token].start < place.end && place.start < sample.held[token].end
    });
    let (en, zh) = if has_escapes {
        (
            "the arguments of a tool call are a JSON string that is encoded once more: the model learns to write backslashes",
            "工具调用的参数是 JSON 字符串，又被编码了一次：模型会学着输出反斜杠",
        )
    } else {
        (
            "the arguments of a tool call are a JSON string that is encoded once more: the model learns to write a string, \
             not an object",
            "工具调用的参数是 JSON 字符串，又被编码了一次：模型会学着输出字符串，而不是对象",
        )
    };
    let message = Bilingual::fixed(en, zh);
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

/// The stretch of the text that a message owns.
fn of_message(sample: &Sample, message: usize) -> Option<Span> {
    let is_own = |owner: Owner| owner.message.is_some_and(|owner| owner as usize == message);
    let mut own = sample.pieces.iter().filter(|piece| is_own(piece.owner)).map(|piece| piece.output);
    let first = own.next()?;
    Some(Span::new(first.start, own.next_back().map_or(first.end, |last| last.end)))
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
    fn an_empty_object_that_becomes_a_string_is_a_warning() {
        assert_eq!(found(r#""{}""#, DUMPS).as_deref(), Some("arguments-encoded-twice"));
        assert_eq!(found(r#""[1, 2]""#, DUMPS).as_deref(), Some("arguments-encoded-twice"));
        assert_eq!(found(r#""{}""#, &DUMPS.replace(" | tojson", "")), None);
        assert_eq!(found("{}", DUMPS), None);
    }

    #[test]
    fn a_string_that_is_not_json_has_a_finding_of_its_own() {
        assert_eq!(found(r#""{\"a\": 1""#, DUMPS), None);
    }

    #[test]
    fn an_object_and_a_string_that_is_printed_as_it_is_are_fine() {
        assert_eq!(found(r#"{"city": "Oslo"}"#, DUMPS), None);
        assert_eq!(found(TEXT, &DUMPS.replace(" | tojson", "")), None);
        assert_eq!(found(r#""Oslo""#, DUMPS), None);
    }
}
