//! Anthropic's messages: content in blocks, tools called by `tool_use` and answered by `tool_result`, the system prompt
//! beside the list. They become `OpenAI`'s: `tool_calls`, messages of the role `tool`, `reasoning_content`.

use super::super::notes::Notes;
use super::super::{Conversation, Kind, Message, Text, Value};
use super::words::{join, whole};
use super::{Format, Input, Reads, Row, items, made, openai, other_row};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Warning;
use crate::span::Span;

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "anthropic",
    title: Bilingual::fixed("Anthropic messages", "Anthropic 消息"),
    reads: Reads::Rows { claims, read },
};

/// Blocks that only Anthropic has.
const BLOCKS: [&str; 4] = ["tool_use", "tool_result", "redacted_thinking", "server_tool_use"];

fn claims(input: &Input) -> u8 {
    let blocks = |row: &Row| {
        let items = row.messages().unwrap_or_default();
        items.iter().filter_map(|item| item.get("content")?.as_list()).flatten().any(is_block)
            || row.get("system").is_some_and(|system| system.as_list().is_some())
    };
    // One row with such blocks tells the format of all of them: the others may be plain.
    if !input.rows.iter().take(20).any(blocks) {
        return 0;
    }
    input.share(98, |row| {
        row.messages().is_some_and(|items| items.iter().any(|item| item.get("content").is_some()))
    })
}

fn is_block(block: &Value) -> bool {
    let kind = block.get("type").and_then(Value::as_str).unwrap_or_default();
    BLOCKS.contains(&kind)
        || (kind == "image" && block.get("source").is_some_and(|source| source.as_map().is_some()))
        || (kind == "thinking" && block.get("signature").is_some())
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| conversation(row, notes)).collect()
}

fn conversation(mut row: Row, notes: &mut Notes) -> Option<Conversation> {
    let Some(items) = row.take_messages() else {
        other_row(&row, notes);
        return None;
    };
    let mut messages = Vec::new();
    if let Some(blocks) = row.get("system").and_then(Value::as_list) {
        let texts: Vec<&Text> = blocks.iter().filter_map(|block| block.get("text")?.as_text()).collect();
        if !texts.is_empty() {
            messages.push(made("system", join(&texts, "\n")));
        }
    }
    for item in items {
        if item.get("content").is_some_and(|content| content.as_list().is_some()) {
            unfolded(item, &mut messages, notes);
        } else {
            messages.extend(openai::message(item, notes));
        }
    }
    let mut conversation = items::around(&row, messages, notes);
    conversation.tools = conversation.tools.map(tools);
    Some(conversation)
}

/// The messages that one message with blocks comes to: results of tools first, then the rest.
fn unfolded(item: Value, messages: &mut Vec<Message>, notes: &mut Notes) {
    let (mut texts, mut parts, mut thoughts, mut calls) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut results = Vec::new();
    let content = item.get("content");
    for block in content.and_then(Value::as_list).unwrap_or_default() {
        match block.get("type").and_then(Value::as_str).unwrap_or_default() {
            "text" => {
                texts.extend(block.get("text").and_then(Value::as_text));
                parts.push(block.clone());
            }
            "image" => parts.push(image(block)),
            "thinking" => thoughts.extend(block.get("thinking").and_then(Value::as_text)),
            "tool_use" => calls.push(call(block)),
            "tool_result" => results.push(result(block)),
            _ if block.as_text().is_some() => texts.extend(block.as_text()),
            _ => unknown_block(block, notes),
        }
    }
    let place = content.map_or(item.span, |content| content.span);
    let nothing = texts.is_empty() && parts.is_empty() && calls.is_empty() && thoughts.is_empty();
    let only_results = nothing && !results.is_empty();
    messages.append(&mut results);
    if only_results {
        return;
    }
    let said = if parts.len() > texts.len() {
        Value { kind: Kind::List(parts), span: place }
    } else if texts.is_empty() {
        Value::from_text(whole("", Span::at(place.start)))
    } else {
        Value::from_text(join(&texts, ""))
    };
    let reasoning = (!thoughts.is_empty()).then(|| join(&thoughts, "\n"));
    let calls = Value { kind: Kind::List(calls), span: place };
    let span = item.span;
    let Some(mut message) = openai::message(item, notes) else { return };
    for (_, value) in message.fields.iter_mut().filter(|(key, _)| key.text == "content") {
        value.clone_from(&said);
    }
    message.fields.extend(reasoning.map(|text| (Text::new("reasoning_content"), Value::from_text(text))));
    if calls.as_list().is_some_and(|calls| !calls.is_empty()) {
        message.fields.push((Text::new("tool_calls"), calls));
    }
    message.span = span;
    messages.push(message);
}

/// `{type: tool_use, id, name, input}` ▶ `{id, type: function, function: {name, arguments}}`.
fn call(block: &Value) -> Value {
    let entries = block.as_map().unwrap_or_default();
    let mut function = Vec::new();
    let mut fields = vec![(Text::new("type"), Value::string("function"))];
    for (key, value) in entries {
        match key.text.as_str() {
            "id" => fields.insert(0, (key.clone(), value.clone())),
            "name" => function.push((key.clone(), value.clone())),
            "input" => function.push((key.replaced("arguments"), value.clone())),
            _ => {}
        }
    }
    fields.push((Text::new("function"), Value { kind: Kind::Map(function), span: block.span }));
    Value { kind: Kind::Map(fields), span: block.span }
}

/// `{type: tool_result, tool_use_id, content}` ▶ a message of the role `tool`.
fn result(block: &Value) -> Message {
    let content = match block.get("content") {
        Some(Value { kind: Kind::List(parts), span }) => {
            let texts: Vec<&Text> = parts.iter().filter_map(|part| part.get("text")?.as_text()).collect();
            if texts.len() == parts.len() && !texts.is_empty() {
                Value::from_text(join(&texts, ""))
            } else {
                Value { kind: Kind::List(parts.iter().map(image).collect()), span: *span }
            }
        }
        Some(value) if !value.is_null() => value.clone(),
        _ => Value::from_text(whole("", Span::at(block.span.start))),
    };
    let mut message = made("tool", Text::default());
    message.span = block.span;
    message.fields = vec![(Text::new("role"), Value::string("tool")), (Text::new("content"), content)];
    let id = block.as_map().unwrap_or_default().iter().find(|(key, _)| key.text == "tool_use_id");
    message.fields.extend(id.map(|(key, value)| (key.replaced("tool_call_id"), value.clone())));
    message
}

/// An image with a `source` as `OpenAI` writes it; any other block as it is.
fn image(block: &Value) -> Value {
    let Some(source) = block.get("source") else { return block.clone() };
    let text = |key: &str| source.get(key).and_then(Value::as_str);
    let url = match (text("url"), text("media_type"), text("data")) {
        (Some(url), ..) => url.to_owned(),
        (None, Some(media), Some(data)) => format!("data:{media};base64,{data}"),
        _ => return block.clone(),
    };
    let map =
        |key: &'static str, value| Value { kind: Kind::Map(vec![(Text::new(key), value)]), span: block.span };
    let mut part = map("image_url", map("url", Value::from_text(whole(&url, source.span))));
    if let Kind::Map(fields) = &mut part.kind {
        fields.insert(0, (Text::new("type"), Value::string("image_url")));
    }
    part
}

/// `{name, description, input_schema}` ▶ `{type: function, function: {name, description, parameters}}`.
fn tools(tools: Value) -> Value {
    let Kind::List(items) = tools.kind else { return tools };
    let tool = |tool: Value| {
        if tool.get("input_schema").is_none() {
            return tool;
        }
        let span = tool.span;
        let Kind::Map(entries) = tool.kind else { return tool };
        let kept = entries.into_iter().filter(|(key, _)| key.text != "type");
        let renamed = kept.map(|(key, value)| {
            let is_schema = key.text == "input_schema";
            (if is_schema { key.replaced("parameters") } else { key }, value)
        });
        let function = Value { kind: Kind::Map(renamed.collect()), span };
        let fields = vec![(Text::new("type"), Value::string("function")), (Text::new("function"), function)];
        Value { kind: Kind::Map(fields), span }
    };
    Value { kind: Kind::List(items.into_iter().map(tool).collect()), span: tools.span }
}

fn unknown_block(block: &Value, notes: &mut Notes) {
    let kind: String =
        block.get("type").and_then(Value::as_str).unwrap_or("without a type").chars().take(40).collect();
    notes.add(
        Warning,
        "unknown-block",
        block.span,
        Bilingual::new(
            format!("a block of content is left out: {kind}"),
            format!("一个内容块已略去：{kind}"),
        ),
        Bilingual::fixed(
            "the blocks that are read are text, thinking, tool_use, tool_result and image",
            "可读取的内容块有 text、thinking、tool_use、tool_result 和 image",
        ),
    );
}
