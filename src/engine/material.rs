//! Conversations as other programs take them.

use serde_json::{Map, Value};

use super::{Engine, Request, variables};

/// A conversation as another program takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// Its place in the dialogue, from 0.
    pub index: usize,
    /// Its messages, in `OpenAI`'s shape.
    pub messages: Value,
    /// The tools the assistant may call, where it has any.
    pub tools: Option<Value>,
    /// The variables that its template sees beside the messages.
    pub variables: Map<String, Value>,
    /// Whether the row says its own tokens, so that no template renders it.
    pub is_given: bool,
}

impl Engine {
    /// The conversations that a request asks for.
    pub fn material(&mut self, request: &Request) -> Vec<Material> {
        let read = self.kept.read(&request.dialogue, request.format.as_deref());
        // What is wrong with them stands in the report.
        let asked = variables::from_json(&request.variables, &mut Vec::new());
        let wanted = |index: usize| request.conversation.is_none_or(|one| one == index);
        let conversations = read.conversations.iter().enumerate().filter(|(index, _)| wanted(*index));
        let one = |(index, conversation): (usize, &crate::dialogue::Conversation)| Material {
            index,
            messages: conversation.messages_to_json(),
            tools: conversation.tools.as_ref().map(crate::dialogue::Value::to_json),
            variables: variables::merge(&conversation.extra, &asked)
                .into_iter()
                .map(|(name, value)| (name, value.to_json()))
                .collect(),
            is_given: conversation.given.is_some(),
        };
        conversations.map(one).collect()
    }
}
