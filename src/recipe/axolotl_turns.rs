//! What axolotl makes of a conversation before it renders it: `get_conversation_thread`, `transform_message` and
//! `_get_tools` of `axolotl/prompt_strategies/chat_template.py`, axolotl 0.19.0.
//!
//! A message keeps its role, content and reasoning and whatever else the template asks for; roles of `ShareGPT` are
//! renamed; nulls are left out at any depth; arguments of tool calls and parameters of tools that are JSON in a string
//! are read.

use super::Context;
use super::whole::{self, NoSample};
use crate::bilingual::Bilingual;
use crate::dialogue::{Kind, Message, Text, Value};

/// The keys that every message keeps.
const KEPT: [&str; 3] = ["role", "content", "reasoning_content"];

/// The messages as axolotl gives them to the template.
pub(super) fn turns(context: &Context<'_>) -> Result<Vec<Message>, NoSample> {
    context.conversation.messages.iter().map(|message| turn(context, message)).collect()
}

/// The tools as axolotl gives them to the template.
pub(super) fn tools(context: &Context<'_>) -> Result<Option<Value>, NoSample> {
    let Some(tools) = context.conversation.tools.as_ref().map(without_nulls) else { return Ok(None) };
    let mut tools = parsed(&tools)?.unwrap_or(tools);
    let Kind::List(items) = &mut tools.kind else { return Err(not_a_list()) };
    for tool in items.iter_mut() {
        if let Some(parameters) = entry(tool, "function").and_then(|function| entry(function, "parameters"))
            && let Some(read) = parsed(parameters)?
        {
            *parameters = read;
        }
    }
    Ok(if items.is_empty() { None } else { Some(tools) })
}

/// The role as axolotl names it.
pub(super) fn role(role: &str) -> &str {
    match role {
        "human" => "user",
        "gpt" => "assistant",
        other => other,
    }
}

fn turn(context: &Context<'_>, message: &Message) -> Result<Message, NoSample> {
    let mut fields: Vec<(Text, Value)> = Vec::with_capacity(message.fields.len());
    for (key, value) in &message.fields {
        // The template names the keys it asks for, as an attribute or as a string.
        let kept = KEPT.contains(&key.text.as_str()) || context.template.source().contains(key.text.as_str());
        if !kept || value.is_null() {
            continue;
        }
        let mut value = without_nulls(value);
        match key.text.as_str() {
            "role" => {
                if let Kind::String(text) = &mut value.kind
                    && role(&text.text) != text.text
                {
                    *text = Text::new(role(&text.text));
                }
            }
            "content" | "reasoning_content" => {
                if let Some(parts) = value.as_list() {
                    value = Value::string(joined(parts)?);
                }
            }
            "tool_calls" => read_arguments(&mut value)?,
            _ => {}
        }
        fields.push((key.clone(), value));
    }
    let renamed = Text { text: role(&message.role.text).to_owned(), ..message.role.clone() };
    Ok(Message { role: renamed, fields, span: message.span })
}

/// The text of content parts, one after the other.
fn joined(parts: &[Value]) -> Result<String, NoSample> {
    let mut text = String::new();
    for part in parts {
        let flagged = |key| part.get(key).is_some_and(|flag| !flag.is_null());
        if flagged("train") || flagged("weight") {
            return Err(flags());
        }
        let of = |key| part.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.push_str(of("text").or_else(|| of("content")).or_else(|| of("value")).unwrap_or_default());
    }
    Ok(text)
}

fn read_arguments(calls: &mut Value) -> Result<(), NoSample> {
    let Kind::List(calls) = &mut calls.kind else { return Ok(()) };
    for call in calls {
        if let Some(arguments) = entry(call, "function").and_then(|function| entry(function, "arguments"))
            && let Some(read) = parsed(arguments)?
        {
            *arguments = read;
        }
    }
    Ok(())
}

/// The last value of a key, to change it.
fn entry<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    let Kind::Map(entries) = &mut value.kind else { return None };
    entries.iter_mut().rev().find(|(name, _)| name.text == key).map(|(_, value)| value)
}

/// The value that a string holds as JSON; none where it is no string.
fn parsed(value: &Value) -> Result<Option<Value>, NoSample> {
    let Some(text) = value.as_str() else { return Ok(None) };
    match serde_json::from_str(text) {
        Ok(json) => Ok(Some(Value::from_json(&json))),
        Err(error) => Err(whole::stops(
            "arguments-not-json",
            Bilingual::new(
                format!("axolotl reads this text as JSON and stops, as it is none: {error}"),
                format!("axolotl 会把这段文字当作 JSON 解析，但它不是合法的 JSON，因而停止：{error}"),
            ),
            Bilingual::fixed(
                "write the arguments of a tool call, and the tools, as JSON",
                "请把工具调用的参数和工具写成 JSON",
            ),
        )),
    }
}

/// Without the entries of objects that are null, at any depth.
fn without_nulls(value: &Value) -> Value {
    let kind = match &value.kind {
        Kind::List(items) => Kind::List(items.iter().map(without_nulls).collect()),
        Kind::Map(entries) => {
            let entries = entries.iter().filter(|(_, value)| !value.is_null());
            Kind::Map(entries.map(|(key, value)| (key.clone(), without_nulls(value))).collect())
        }
        other => other.clone(),
    };
    Value { kind, span: value.span }
}

fn not_a_list() -> NoSample {
    whole::stops(
        "tools-not-a-list",
        Bilingual::fixed("axolotl wants the tools as a list", "axolotl 要求工具是列表"),
        Bilingual::fixed("write `tools` as a list of objects", "请把 `tools` 写成对象的列表"),
    )
}

fn flags() -> NoSample {
    whole::stops(
        "not-supported",
        Bilingual::fixed(
            "a content part has `train` or `weight`: axolotl trains such parts apart, which is not reproduced here",
            "某个 content 部分带有 `train` 或 `weight`：axolotl 会分别训练这些部分，此处尚未复现",
        ),
        Bilingual::fixed("take these keys out", "请去掉这些键"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_are_left_out_of_objects_at_any_depth_and_stay_in_lists() {
        let value = Value::from_json(&serde_json::json!({"a": null, "b": [{"c": null, "d": 1}, null]}));
        assert_eq!(without_nulls(&value).to_json(), serde_json::json!({"b": [{"d": 1}, null]}));
    }
}
