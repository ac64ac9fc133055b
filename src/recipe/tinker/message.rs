//! Messages as tinker-cookbook's renderers take them: package tinker-cookbook 0.6.1, `renderers/base.py`.

use crate::bilingual::Bilingual;
use crate::dialogue::{self, Value};
use crate::recipe::stretch::{Stretch, of};
use crate::recipe::whole::{self, NoSample};
use crate::template::{Part, json_dumps};

/// A message: its role, what it says, the tools it calls.
pub(super) struct Message<'a> {
    pub(super) index: usize,
    pub(super) role: &'a str,
    pub(super) content: Content,
    /// None where the message has no such key; an empty list is not the same.
    pub(super) calls: Option<Vec<Call>>,
    pub(super) trainable: Option<bool>,
}

/// What a message says.
pub(super) enum Content {
    Text(Stretch),
    Parts(Vec<Bit>),
}

/// A part of structured content.
pub(super) enum Bit {
    Text(Stretch),
    Thinking(Stretch),
    Other,
}

/// A tool call.
pub(super) struct Call {
    pub(super) name: String,
    /// The JSON string that the library keeps.
    pub(super) arguments: String,
}

/// Reads a conversation.
pub(super) fn read(messages: &[dialogue::Message]) -> Result<Vec<Message<'_>>, NoSample> {
    messages.iter().enumerate().map(|(index, message)| one(index, message)).collect()
}

fn one(index: usize, message: &dialogue::Message) -> Result<Message<'_>, NoSample> {
    let fail = |en, zh| Err(unreadable(index, en, zh).at(message.span));
    let content = message.get("content");
    let content = match (content.and_then(Value::as_text), content.and_then(Value::as_list)) {
        (Some(text), _) => Content::Text(Stretch::words(text, of(index, Part::Content))),
        (_, Some(parts)) => match parts.iter().map(|part| bit(index, part)).collect() {
            Some(parts) => Content::Parts(parts),
            None => {
                return fail(
                    "a part of its content has no `type`, or not the text that it names",
                    "内容的某一部分没有 `type`，或缺少对应的文本",
                );
            }
        },
        _ => {
            return fail(
                "its content is neither a string nor a list of parts",
                "内容既不是字符串，也不是由各部分组成的列表",
            );
        }
    };
    let calls = match message.get("tool_calls") {
        None => None,
        Some(calls) => match calls.as_list().and_then(|calls| calls.iter().map(call).collect()) {
            Some(calls) => Some(calls),
            None => {
                return fail(
                    "a tool call of it has no `function` with a name and arguments",
                    "它的某个工具调用缺少带名称和参数的 `function`",
                );
            }
        },
    };
    let trainable = match message.get("trainable") {
        None => None,
        Some(value) => match value.as_bool() {
            Some(is) => Some(is),
            None => {
                return fail("`trainable` is neither true nor false", "`trainable` 既不是 true 也不是 false");
            }
        },
    };
    Ok(Message { index, role: message.role(), content, calls, trainable })
}

fn bit(index: usize, part: &Value) -> Option<Bit> {
    let words = |key, part_of| {
        let text = part.get(key).and_then(Value::as_text)?;
        Some(Stretch::words(text, of(index, part_of)))
    };
    match part.get("type")?.as_str()? {
        "text" => words("text", Part::Content).map(Bit::Text),
        "thinking" => words("thinking", Part::Reasoning).map(Bit::Thinking),
        _ => Some(Bit::Other),
    }
}

fn call(call: &Value) -> Option<Call> {
    let function = call.get("function")?;
    let arguments = function.get("arguments")?;
    let arguments = match arguments.as_str() {
        Some(written) => written.to_owned(),
        None => json_dumps(arguments, true, None)?,
    };
    Some(Call { name: function.get("name")?.as_str()?.to_owned(), arguments })
}

impl Message<'_> {
    /// `ensure_text`: the text of a message that has nothing else.
    pub(super) fn text(&self) -> Result<Stretch, NoSample> {
        match &self.content {
            Content::Text(text) => Ok(text.clone()),
            Content::Parts(parts) => match parts.as_slice() {
                [Bit::Text(text)] => Ok(text.clone()),
                _ => Err(unreadable(
                    self.index,
                    "this renderer takes a string, or a single part of text",
                    "该 renderer 只接受字符串或单个文本部分",
                )),
            },
        }
    }

    /// Whether there is content at all, as Python judges it.
    pub(super) fn has_content(&self) -> bool {
        match &self.content {
            Content::Text(text) => !text.is_empty(),
            Content::Parts(parts) => !parts.is_empty(),
        }
    }

    /// `has_thinking`.
    pub(super) fn has_thinking(&self) -> bool {
        match &self.content {
            Content::Text(text) => text.text().contains("<think>"),
            Content::Parts(parts) => parts.iter().any(|part| matches!(part, Bit::Thinking(_))),
        }
    }
}

/// What stops the library at a message.
pub(super) fn unreadable(index: usize, en: &str, zh: &str) -> NoSample {
    whole::stops(
        "message-not-as-expected",
        Bilingual::new(
            format!("tinker-cookbook fails at message {}: {en}", index + 1),
            format!("tinker-cookbook 在第 {} 条消息处报错：{zh}", index + 1),
        ),
        Bilingual::fixed(
            r#"write `content` as a string, or as parts {"type": "text", "text": …} and {"type": "thinking", "thinking": …}"#,
            r#"请把 `content` 写成字符串，或写成 {"type": "text", "text": …} 与 {"type": "thinking", "thinking": …} 的列表"#,
        ),
    )
}
