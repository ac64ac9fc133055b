//! Tools in the format Hermes: package ms-swift 4.6.0, `agent_template/hermes.py`, `HermesAgentTemplate`, with what it
//! takes from `agent_template/base.py` and `utils/schema_utils.py`.

use super::messages::{Role, Say, Turn, not_a_call};
use crate::bilingual::Bilingual;
use crate::dialogue::{Kind, Text, Value};
use crate::recipe::hermes::TOOLS;
use crate::recipe::stretch::{NOBODY, Stretch, of};
use crate::recipe::whole::{self, NoSample};
use crate::template::{Part, json_dumps};

/// A template that has no format for tools.
pub(super) fn none() -> NoSample {
    whole::stops(
        "no-agent-template",
        Bilingual::fixed(
            "ms-swift has no format of tools for the template `chatml`, and fails",
            "ms-swift 的 `chatml` 模板没有对应的工具格式，会报错",
        ),
        Bilingual::fixed("choose one of the qwen templates", "请选用 qwen 系列的模板"),
    )
}

/// The system message with the tools.
pub(super) fn with_tools(system: Option<Stretch>, tools: &[Value]) -> Option<Stretch> {
    let mut text = system.unwrap_or_default();
    text.push("\n\n", NOBODY);
    text.push(TOOLS[0], NOBODY);
    for tool in tools {
        let parsed = match tool.as_str() {
            Some(json) => Value::from_json(&serde_json::from_str(json).ok()?),
            None => tool.clone(),
        };
        parsed.as_map()?;
        text.push("\n", NOBODY);
        text.push(&json_dumps(&wrapped(unpadded(&parsed)), false, None)?, NOBODY);
    }
    text.push(TOOLS[1], NOBODY);
    Some(text)
}

fn wrapped(tool: Value) -> Value {
    if tool.get("type").is_some() || tool.get("function").is_some() {
        return tool;
    }
    let span = tool.span;
    let entries = vec![(Text::new("type"), Value::string("function")), (Text::new("function"), tool)];
    Value { kind: Kind::Map(entries), span }
}

/// A schema without the nulls that Arrow fills in.
fn unpadded(schema: &Value) -> Value {
    let kind = match &schema.kind {
        Kind::List(items) => Kind::List(items.iter().map(unpadded).collect()),
        Kind::Map(entries) => Kind::Map(
            entries.iter().filter_map(|(key, value)| Some((key.clone(), kept(&key.text, value)?))).collect(),
        ),
        other => other.clone(),
    };
    Value { kind, span: schema.span }
}

/// What is kept of the value of a key.
fn kept(key: &str, value: &Value) -> Option<Value> {
    const MAPS: [&str; 6] =
        ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];
    if matches!(key, "default" | "const") || key.starts_with("x-") {
        return Some(value.clone());
    }
    match &value.kind {
        Kind::Null => None,
        _ if matches!(key, "enum" | "examples") => Some(value.clone()),
        Kind::Map(entries) if MAPS.contains(&key) => {
            let kept = entries.iter().filter(|(_, item)| !item.is_null());
            let kind = Kind::Map(kept.map(|(name, item)| (name.clone(), unpadded(item))).collect());
            Some(Value { kind, span: value.span })
        }
        _ => Some(unpadded(value)),
    }
}

/// A call of `OpenAI`'s as the JSON that a `tool_call` message has.
pub(super) fn openai_call(call: &Value) -> Option<String> {
    let function = call.get("function").unwrap_or(call);
    let decoded = match function.get("arguments") {
        None => Value { kind: Kind::Map(Vec::new()), span: call.span },
        Some(value) => decoded(value).unwrap_or_else(|| value.clone()),
    };
    let entries = vec![(Text::new("name"), function.get("name")?.clone()), (Text::new("arguments"), decoded)];
    json_dumps(&Value { kind: Kind::Map(entries), span: call.span }, false, None)
}

/// A string of JSON, decoded.
fn decoded(value: &Value) -> Option<Value> {
    let json: serde_json::Value = serde_json::from_str(value.as_str()?).ok()?;
    Some(Value::from_json(&json))
}

/// A `tool_call` message as the assistant writes it.
pub(super) fn call(turn: &Turn) -> Result<Say, NoSample> {
    let written = turn.says.as_ref().and_then(|says| {
        let say = says.last()?;
        let object = decoded(&Value::string(say.text.text()))?;
        let arguments = object.get("arguments").filter(|value| !value.is_null());
        let arguments = arguments.or_else(|| object.get("parameters")).filter(|value| !value.is_null())?;
        let arguments = if arguments.as_str().is_some() { decoded(arguments)? } else { arguments.clone() };
        let entries =
            vec![(Text::new("name"), object.get("name")?.clone()), (Text::new("arguments"), arguments)];
        let json = json_dumps(&Value { kind: Kind::Map(entries), span: object.span }, false, None)?;
        let text = ["<tool_call>\n", &json, "\n</tool_call>"].concat();
        Some(Say { text: Stretch::new(text, of(turn.index, Part::ToolCall)), ..say.clone() })
    });
    written.ok_or_else(|| not_a_call(turn.index))
}

/// The responses of tools, wrapped and joined.
fn wrapped_responses(tools: &[Turn]) -> Stretch {
    let mut text = Stretch::default();
    for (place, tool) in tools.iter().enumerate() {
        let owner = of(tool.index, Part::Header);
        text.push(if place > 0 { "\n<tool_response>\n" } else { "<tool_response>\n" }, owner);
        tool.text().into_iter().for_each(|says| text.append(says));
        text.push("\n</tool_response>", of(tool.index, Part::End));
    }
    text
}

/// The turn that the responses after a reply become: what ends the reply, the responses as the user's, the next header.
/// A reply in the words of `ReAct` gets them behind its own.
pub(super) fn responses(reply: &mut Turn, tools: &[Turn]) -> Result<Turn, NoSample> {
    let index = tools.first().map_or(reply.index, |tool| tool.index);
    let (owner, end) = (of(index, Part::Header), of(index, Part::End));
    let mut contexts = Vec::new();
    let says = reply.says.as_mut().ok_or_else(|| not_a_call(reply.index))?;
    let reacts = |text: &str| text.contains("Action:") && text.contains("Action Input:");
    if let [say] = says.as_mut_slice()
        && reacts(say.text.text())
    {
        let of_reply = of(reply.index, Part::End);
        if !say.text.text().ends_with("Observation:") {
            if !say.text.text().ends_with('\n') {
                say.text.push("\n", of_reply);
            }
            say.text.push("Observation:", of_reply);
        }
        for (place, tool) in tools.iter().enumerate() {
            if place > 0 {
                contexts.push(Stretch::new("Observation:", of(tool.index, Part::Header)));
            }
            let says = tool.text().cloned().unwrap_or_default();
            let ends = says.text().ends_with('\n');
            contexts.push(says);
            if !ends {
                contexts.push(Stretch::new("\n", of(tool.index, Part::End)));
            }
        }
    } else {
        contexts.push(Stretch::new("<|im_end|>\n", of(reply.index, Part::End)));
        let mut text = Stretch::new("<|im_start|>user\n", owner);
        text.append(&wrapped_responses(tools));
        text.push("<|im_end|>\n<|im_start|>assistant\n", end);
        contexts.push(text);
    }
    let says = contexts.into_iter().map(|text| Say { text, loss: None, scale: None }).collect();
    Ok(Turn { role: Role::Tool, index, says: Some(says) })
}

/// Responses without a reply before them, as they are put behind the question `query`.
pub(super) fn standalone(tools: &[Turn], query: usize) -> Stretch {
    let mut text = Stretch::new("<|im_end|>\n", of(query, Part::End));
    text.push("<|im_start|>user\n", tools.first().map_or(NOBODY, |tool| of(tool.index, Part::Header)));
    text.append(&wrapped_responses(tools));
    text
}
