//! How the rest of the crate reads and makes [`Message`]s and [`Conversation`]s.

use super::value::{fields_to_json, lookup};
use super::{Conversation, Kind, Message, Read, Text, Value};
use crate::diagnostic::{Diagnostic, Source};
use crate::span::Span;

impl Message {
    /// A message that was not pasted.
    pub fn new(role: impl Into<Text>, content: impl Into<Text>) -> Self {
        let (role, content) = (role.into(), content.into());
        let span = Span::new(role.span.start.min(content.span.start), role.span.end.max(content.span.end));
        let fields = vec![
            (Text::new("role"), Value::from_text(role.clone())),
            (Text::new("content"), Value::from_text(content)),
        ];
        Self { role, fields, span }
    }

    /// The same message as `json`, without places; none where it is no object with a role.
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        let role = Text::new(json.get("role")?.as_str()?);
        let Kind::Map(fields) = Value::from_json(json).kind else { return None };
        Some(Self { role, fields, span: Span::default() })
    }

    /// The role.
    pub fn role(&self) -> &str {
        &self.role.text
    }

    /// The content, where it is one string.
    pub fn content(&self) -> Option<&Text> {
        self.get("content").and_then(Value::as_text)
    }

    /// The value of a key; of equal keys the last one.
    pub fn get(&self, key: &str) -> Option<&Value> {
        lookup(&self.fields, key)
    }

    /// The message as JSON, in `OpenAI`'s shape.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::Value::Object(fields_to_json(&self.fields))
    }
}

impl Conversation {
    /// A conversation that was not pasted.
    pub fn new(messages: impl IntoIterator<Item = Message>) -> Self {
        Self { messages: messages.into_iter().collect(), ..Self::default() }
    }

    /// One of the other keys that a chat template can use.
    pub fn get(&self, key: &str) -> Option<&Value> {
        lookup(&self.extra, key)
    }

    /// The indices of the assistant's messages, in order.
    pub fn replies(&self) -> impl Iterator<Item = usize> + '_ {
        self.messages.iter().enumerate().filter(|(_, message)| message.role() == "assistant").map(|(i, _)| i)
    }

    /// The messages as a JSON list, in `OpenAI`'s shape.
    pub fn messages_to_json(&self) -> serde_json::Value {
        self.messages.iter().map(Message::to_json).collect()
    }
}

impl Read {
    /// The conversation that a diagnostic speaks of, as an index; `None` where it speaks of text that was not read.
    pub fn conversation_of(&self, diagnostic: &Diagnostic) -> Option<usize> {
        let (_, span) = diagnostic.place.filter(|(source, _)| *source == Source::Dialogue)?;
        let after = self.conversations.partition_point(|conversation| conversation.span.start <= span.start);
        let index = after.checked_sub(1)?;
        (span.start <= self.conversations[index].span.end).then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{read, read_as};

    const GOOD: &str =
        r#"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#;

    #[test]
    fn a_message_that_was_not_pasted_has_its_two_keys() {
        let message = Message::new("user", "hi");
        assert_eq!(message.to_json(), serde_json::json!({"role": "user", "content": "hi"}));
        assert_eq!((message.role(), message.content().unwrap().text.as_str()), ("user", "hi"));
    }

    #[test]
    fn a_diagnostic_knows_its_conversation() {
        let pasted =
            format!("{GOOD}\n{{\"messages\": [{{\"role\": \"human\", \"content\": \"c\"}}]}}\noops\n{GOOD}");
        let read = read(&pasted);
        let of: Vec<_> =
            read.diagnostics.iter().map(|found| (found.code.as_ref(), read.conversation_of(found))).collect();
        assert_eq!(of, [("unknown-role", Some(1)), ("expected-value", None)]);
        let read = super::super::read(pasted.replace("oops\n", "").as_str());
        assert_eq!(read.diagnostics[0].code, "unknown-role");
        assert_eq!(read.conversation_of(&read.diagnostics[0]), Some(1));
    }

    #[test]
    fn an_error_that_cut_a_conversation_off_is_its_own() {
        let pasted = GOOD.trim_end_matches("]}");
        let read = read(pasted);
        assert_eq!(read.conversations.len(), 1);
        assert_eq!(read.conversation_of(&read.diagnostics[0]), Some(0));
    }

    #[test]
    fn another_format_can_be_asked_for() {
        let pasted =
            r#"{"instruction": "a", "output": "b", "conversations": [{"from": "gpt", "value": "c"}]}"#;
        assert_eq!(read(pasted).format, Some("sharegpt"));
        assert_eq!(read_as(pasted, Some("alpaca")).conversations[0].messages.len(), 2);
    }
}
