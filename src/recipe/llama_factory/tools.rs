//! How LLaMA-Factory writes tools and tool calls: package llamafactory 0.9.5, `data/tool_utils.py`.

use crate::dialogue::{Kind, Text, Value};
use crate::recipe::hermes::TOOLS;
use crate::template::{json_dumps, python_str};

/// A way to write them; the names are those of `tool_format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ToolFormat {
    Default,
    Glm4,
    Glm4Moe,
    Llama3,
    Mistral,
    Qwen,
}

/// A call: the function's name and its arguments.
pub(super) struct Call {
    pub(super) name: Value,
    pub(super) arguments: Value,
}

const GLM4_MOE: &str = "\n</tools>\n\nFor each function call, output the function name and arguments within the \
     following XML format:\n<tool_call>{function-name}\n<arg_key>{arg-key-1}</arg_key>\n<arg_value>{arg-value-1}\
     </arg_value>\n<arg_key>{arg-key-2}</arg_key>\n<arg_value>{arg-value-2}</arg_value>\n...\n</tool_call>\n";

const GLM4: [&str; 2] = [
    "你是一个名为 ChatGLM 的人工智能助手。你是基于智谱 AI 公司训练的语言模型 GLM-4 模型开发的，你的任务是针对用户的问题和要求提供适当的答复和支持。\n\n# 可用工具",
    "\n在调用上述函数时，请使用 Json 格式表示调用的参数。",
];

const LLAMA3: &str = "You have access to the following functions. To call a function, please respond with JSON for a \
     function call. Respond in the format {\"name\": function name, \"parameters\": dictionary of argument name and its \
     value}. Do not use variables.\n\n";

const DEFAULT: [&str; 3] = [
    "You have access to the following tools:\n",
    "Use the following format if using a tool:\n```\nAction: tool name (one of [",
    "])\nAction Input: the input to the tool, in a JSON format representing the kwargs (e.g. ```{\"input\": \"hello \
     world\", \"num_beams\": 5}```)\n```\n",
];

impl ToolFormat {
    /// What the system message says of the tools; none where they are not as the trainer expects them.
    pub(super) fn tools(self, tools: &[Value], now: chrono::NaiveDateTime) -> Option<String> {
        let mut text = String::new();
        match self {
            Self::Qwen | Self::Glm4Moe => {
                text.push_str("\n\n");
                text.push_str(TOOLS[0]);
                for tool in tools {
                    text.push('\n');
                    text.push_str(&json(&wrapped(tool))?);
                }
                text.push_str(if self == Self::Qwen { TOOLS[1] } else { GLM4_MOE });
            }
            Self::Mistral => {
                let list = Value {
                    kind: Kind::List(tools.iter().map(wrapped).collect()),
                    span: Value::string("").span,
                };
                text.push_str("[AVAILABLE_TOOLS] ");
                text.push_str(&json(&list)?);
                text.push_str("[/AVAILABLE_TOOLS]");
            }
            Self::Llama3 => {
                text.push_str("Cutting Knowledge Date: December 2023\nToday Date: ");
                text.push_str(&now.format("%d %b %Y").to_string());
                text.push_str("\n\n");
                text.push_str(LLAMA3);
                for tool in tools {
                    text.push_str(&json_dumps(&wrapped(tool), false, Some(4))?);
                    text.push_str("\n\n");
                }
            }
            Self::Glm4 => {
                text.push_str(GLM4[0]);
                for tool in tools {
                    let tool = function(tool)?;
                    text.push_str("\n\n## ");
                    text.push_str(&python_str(tool.get("name")?)?);
                    text.push_str("\n\n");
                    text.push_str(&json_dumps(tool, false, Some(4))?);
                    text.push_str(GLM4[1]);
                }
            }
            Self::Default => {
                text.push_str(DEFAULT[0]);
                let mut names = Vec::new();
                for tool in tools {
                    let tool = function(tool)?;
                    names.push(tool.get("name")?.as_str()?);
                    describe(&mut text, tool)?;
                }
                text.push_str(DEFAULT[1]);
                text.push_str(&names.join(", "));
                text.push_str(DEFAULT[2]);
            }
        }
        Some(text)
    }

    /// How the assistant writes calls; the error says why it can't.
    pub(super) fn calls(self, calls: &[Call]) -> Result<String, &'static str> {
        const UNWRITABLE: &str = "a tool call whose name or arguments are not what the trainer expects";
        let one = |name: &str, call: &Call| {
            let entries =
                vec![(Text::new("name"), call.name.clone()), (Text::new(name), call.arguments.clone())];
            Value { kind: Kind::Map(entries), span: call.name.span }
        };
        let each = |write: &dyn Fn(&Call) -> Option<String>| -> Option<Vec<String>> {
            calls.iter().map(write).collect()
        };
        let text = match self {
            Self::Glm4 if calls.len() > 1 => return Err("GLM-4 does not support parallel functions"),
            Self::Glm4 if calls.is_empty() => return Err("GLM-4 needs one function"),
            Self::Qwen => each(&|call| {
                Some(["<tool_call>\n", &json(&one("arguments", call))?, "\n</tool_call>"].concat())
            })
            .map(|calls| calls.join("\n")),
            Self::Glm4 => {
                each(&|call| Some([&python_str(&call.name)?, "\n", &json(&call.arguments)?].concat()))
                    .map(|calls| calls.concat())
            }
            Self::Default => {
                let write = |call: &Call| {
                    Some(
                        ["Action: ", &python_str(&call.name)?, "\nAction Input: ", &json(&call.arguments)?]
                            .concat(),
                    )
                };
                each(&write).map(|calls| calls.join("\n"))
            }
            Self::Glm4Moe => each(&glm4_moe).map(|calls| calls.join("\n")),
            Self::Llama3 | Self::Mistral => {
                let name = if self == Self::Llama3 { "parameters" } else { "arguments" };
                let mut list: Vec<_> = calls.iter().map(|call| one(name, call)).collect();
                match list.len() {
                    1 if self == Self::Llama3 => list.pop().and_then(|call| json(&call)),
                    _ => json(&Value { kind: Kind::List(list), span: Value::string("").span }),
                }
            }
        };
        text.ok_or(UNWRITABLE)
    }
}

/// `json.dumps(value, ensure_ascii=False)`.
fn json(value: &Value) -> Option<String> {
    json_dumps(value, false, None)
}

/// A call as GLM-4.5 writes it; the trainer leaves the closing tag out.
fn glm4_moe(call: &Call) -> Option<String> {
    let mut text = "\n<tool_call>".to_owned();
    text.push_str(call.name.as_str()?);
    let mut seen: Vec<&str> = Vec::new();
    for (key, _) in call.arguments.as_map()? {
        if seen.contains(&key.text.as_str()) {
            continue;
        }
        seen.push(&key.text);
        let value = call.arguments.get(&key.text)?;
        let shown = match value.as_str() {
            Some(shown) => shown.to_owned(),
            None => json(value)?,
        };
        for part in ["\n<arg_key>", &key.text, "</arg_key>\n<arg_value>", &shown, "</arg_value>"] {
            text.push_str(part);
        }
    }
    Some(text)
}

/// A tool as `{"type": "function", "function": …}`.
fn wrapped(tool: &Value) -> Value {
    if tool.get("type").and_then(Value::as_str) == Some("function") {
        return tool.clone();
    }
    let entries = vec![(Text::new("type"), Value::string("function")), (Text::new("function"), tool.clone())];
    Value { kind: Kind::Map(entries), span: tool.span }
}

/// A tool without `{"type": "function"}` around it.
fn function(tool: &Value) -> Option<&Value> {
    if tool.get("type").and_then(Value::as_str) == Some("function") {
        tool.get("function")
    } else {
        Some(tool)
    }
}

/// A tool in words, as the format `default` has it.
fn describe(text: &mut String, tool: &Value) -> Option<()> {
    let name = tool.get("name")?.as_str()?;
    let said = |of: &Value, key: &str| of.get(key).map_or(Some(String::new()), python_str);
    for part in ["> Tool Name: ", name, "\nTool Description: ", &said(tool, "description")?, "\nTool Args:\n"]
    {
        text.push_str(part);
    }
    let parameters = tool.get("parameters")?;
    let required = parameters.get("required").and_then(Value::as_list).unwrap_or_default();
    for (key, parameter) in parameters.get("properties")?.as_map()? {
        let is_required = required.iter().any(|name| name.as_str() == Some(&key.text));
        let shown = [
            "  - ",
            &key.text,
            " (",
            &said(parameter, "type")?,
            if is_required { ", required" } else { "" },
            "): ",
            &said(parameter, "description")?,
        ];
        text.push_str(&shown.concat());
        if let Some(choices) =
            parameter.get("enum").and_then(Value::as_list).filter(|choices| !choices.is_empty())
        {
            let choices: Option<Vec<_>> = choices.iter().map(Value::as_str).collect();
            for part in [", should be one of [", &choices?.join(", "), "]"] {
                text.push_str(part);
            }
        }
        if let Some(items) =
            parameter.get("items").filter(|items| items.as_map().is_some_and(|map| !map.is_empty()))
        {
            text.push_str(", where each item should be ");
            text.push_str(&said(items, "type")?);
        }
        text.push('\n');
    }
    text.push('\n');
    Some(())
}
