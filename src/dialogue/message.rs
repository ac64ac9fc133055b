//! How the rest of the crate reads and makes [`Message`]s and [`Conversation`]s.

use super::value::{fields_to_json, lookup};
use super::{Conversation, Message, Text, Value};
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
