//! `null-printed`: a `null` of the data stands in the sample as the word.

use super::replies::{count, own_render};
use super::tokens_where;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::dialogue::{Kind, Message, Value};
use crate::recipe::{Context, Sample, common_prefix};
use crate::span::Span;

/// How templates print it.
const WORDS: [&str; 2] = ["None", "null"];

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let messages = context.conversation.messages.get(..count(context, sample))?;
    let tools = context.conversation.tools.as_ref();
    let has_null = messages.iter().any(|message| message.fields.iter().any(|(_, value)| value.is_null()));
    if !(has_null || tools.is_some_and(holds_null)) {
        return None;
    }
    own_render(context, sample)?;
    let without: Vec<Message> = messages.iter().map(without_nulls).collect();
    let tools = tools.map(|tools| stripped(tools.clone()));
    let other = context.render_other(&without, tools.as_ref(), false).ok()?.text;
    let times = |text: &str| WORDS.iter().map(|word| text.matches(word).count()).sum::<usize>();
    if times(&sample.text) <= times(&other) {
        return None;
    }
    let from = common_prefix(&sample.text, &other);
    let (at, word) =
        WORDS.iter().filter_map(|word| near(&sample.text, from, word).map(|at| (at, word))).min()?;
    let place = Span::new(at, at + word.len());
    let tokens = tokens_where(sample, |token| {
        sample.held[token].start < place.end && place.start < sample.held[token].end
    });
    let message = Bilingual::new(
        format!("a null of the data stands in the sample as the text `{word}`"),
        format!("数据中的空值以文本 `{word}` 的形式出现在样本中"),
    );
    let hint = Bilingual::fixed(
        "drop keys that are null before training (Arrow fills the columns of a dataset with them), or write \"\" for an empty \
         content",
        "请在训练前去掉值为 null 的键（Arrow 会用它补齐数据集的列），空的 content 请写成 \"\"",
    );
    Some(
        Diagnostic::new(Severity::Warning, "null-printed", message)
            .hint(hint)
            .at(Source::Rendered, place)
            .tokens(tokens),
    )
}

/// Where the word first stands that `from` lies in or before.
fn near(text: &str, from: usize, word: &str) -> Option<usize> {
    let mut start = from.saturating_sub(word.len() - 1);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    Some(start + text.get(start..)?.find(word)?)
}

fn holds_null(value: &Value) -> bool {
    match &value.kind {
        Kind::Null => true,
        Kind::List(items) => items.iter().any(holds_null),
        Kind::Map(entries) => entries.iter().any(|(_, value)| holds_null(value)),
        _ => false,
    }
}

/// The message with an empty content for none, and without other keys that are null.
fn without_nulls(message: &Message) -> Message {
    let mut message = message.clone();
    message.fields.retain_mut(|(key, value)| {
        if value.is_null() && key.text == "content" {
            *value = Value::string("");
        }
        !value.is_null()
    });
    message
}

/// The value without the keys that are null, at any depth.
fn stripped(mut value: Value) -> Value {
    value.kind = match value.kind {
        Kind::List(items) => Kind::List(items.into_iter().map(stripped).collect()),
        Kind::Map(entries) => Kind::Map(
            entries
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, stripped(value)))
                .collect(),
        ),
        other => other,
    };
    value
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS};
    use super::*;
    use crate::template::{Preparation, Template};

    fn found(talk: &str, template: &str, preparation: Preparation) -> Option<String> {
        let mut fixture = Fixture::talk(talk, template);
        fixture.template = Template::compile(template).unwrap().prepared_as(preparation);
        let sample = fixture.samples("per-turn", &[]).remove(0);
        let found = fixture.with_context(|context| check(context, &sample))?;
        let tokens = found.tokens.iter().map(|token| sample.held[*token as usize].of(&sample.text));
        Some(tokens.collect())
    }

    const CALL: &str =
        r#"[{"role": "user", "content": "None of that."}, {"role": "assistant", "content": null}]"#;

    #[test]
    fn a_content_that_is_null_was_printed_before_version_5_of_transformers() {
        assert_eq!(found(CALL, TURNS, Preparation::V4).as_deref(), Some("None"));
        assert_eq!(found(CALL, TURNS, Preparation::default()), None);
    }

    #[test]
    fn a_null_in_the_schema_of_a_tool_is_printed_as_json() {
        let template = format!("{{{{ tools | tojson }}}}{TURNS}");
        let talk = |schema: &str| {
            format!(
                r#"{{"messages": [{{"role": "user", "content": "Hi"}}, {{"role": "assistant", "content": "Yes."}}],
                "tools": [{{"type": "function", "function": {{"name": "clock", "parameters": {schema}}}}}]}}"#
            )
        };
        let found = |schema: &str| found(&talk(schema), &template, Preparation::default());
        assert!(found(r#"{"city": {"enum": null}}"#).is_some_and(|text| text.contains("null")));
        assert_eq!(found(r#"{"city": {"type": "null"}}"#), None);
    }

    #[test]
    fn a_null_that_nothing_prints_is_fine() {
        let talk = CALL.replace(r#""content": null"#, r#""content": "Yes.", "name": null"#);
        assert_eq!(found(&talk, TURNS, Preparation::V4), None);
    }
}
