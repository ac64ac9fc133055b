//! What a header of Harmony says beside the role: the channel, and who is spoken to.

use std::ops::Range;

use super::super::super::{Kind, Message, Text, Value};
use super::super::turns::{self, Turn};

/// Adds the turn with this header: a chain of thought belongs to the reply after it, and what is written to a function
/// is a call.
pub(super) fn add(messages: &mut Vec<Message>, text: &Text, header: Range<usize>, content: Range<usize>) {
    let written = &text.text[header.clone()];
    let word = written.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(written.len());
    let speaker = header.start..header.start + word;
    let called =
        after(written, "to=functions.").map(|name| header.start + name.start..header.start + name.end);
    let channel = after(written, "<|channel|>").map_or("", |channel| &written[channel]);
    if let Some(function) = written[..word].strip_prefix("functions.") {
        let name = speaker.end - function.len()..speaker.end;
        let mut message = turns::message(text, Turn { speaker, role: Some("tool"), content });
        message.fields.insert(1, (Text::new("name"), Value::from_text(text.slice(name))));
        messages.push(message);
        return;
    }
    if &written[..word] != "assistant" {
        messages.push(turns::message(text, Turn { speaker, role: None, content }));
        return;
    }
    // Muse Glimmer thinks by speaking to itself.
    let thinks = called.is_none() && (channel == "analysis" || written.contains("to=self"));
    let mut message = match messages.pop_if(|last| is_thought(last)) {
        Some(thought) if !thinks => thought,
        other => {
            messages.extend(other);
            let nothing = content.start..content.start;
            turns::message(text, Turn { speaker, role: None, content: nothing })
        }
    };
    let said = text.slice(content);
    message.span.end = message.span.end.max(said.span.end);
    let said = Value::from_text(said);
    if thinks {
        message.fields.insert(1, (Text::new("thinking"), said));
    } else if let Some(name) = called {
        message.fields.push((Text::new("tool_calls"), call(text.slice(name), said)));
    } else if let Some((_, content)) = message.fields.iter_mut().find(|(key, _)| key.text == "content") {
        *content = said;
    }
    messages.push(message);
}

/// The word after `mark`, as a range of `written`.
fn after(written: &str, mark: &str) -> Option<Range<usize>> {
    let start = written.find(mark)? + mark.len();
    let length = written[start..].find(|c: char| c.is_whitespace() || c == '<');
    Some(start..length.map_or(written.len(), |length| start + length))
}

/// Whether it is a chain of thought whose reply has not come yet.
fn is_thought(message: &Message) -> bool {
    message.role() == "assistant"
        && message.get("thinking").is_some()
        && message.get("tool_calls").is_none()
        && message.content().is_some_and(|content| content.text.is_empty())
}

/// The list of one call.
fn call(name: Text, arguments: Value) -> Value {
    let key = |key: &str| Text::new(key);
    let span = arguments.span;
    let map = |entries| Value { kind: Kind::Map(entries), span };
    let function = map(vec![(key("name"), Value::from_text(name)), (key("arguments"), arguments)]);
    let call = map(vec![(key("type"), Value::string("function")), (key("function"), function)]);
    Value { kind: Kind::List(vec![call]), span }
}
