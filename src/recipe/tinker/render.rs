//! How each renderer writes a message: package tinker-cookbook 0.6.1, `renderers/{qwen3,deepseek_v3,llama3,role_colon}.py`,
//! `render_message`.
//!
//! Quirks kept: Qwen3 encodes content with special tokens as text, and a line break is the beginning of the next header,
//! not the end of a message; only the last message gets the empty thought; `DeepSeek` ends a message only where it says
//! something; `RoleColon` encodes `Assistant:` and ` text` apart, and adds `User:` after the last reply.

use super::message::{Bit, Content, Message, unreadable};
use crate::dialogue::Value;
use crate::recipe::Context;
use crate::recipe::pieces::{Block, Encoder, no_such_token};
use crate::recipe::stretch::{NOBODY, Stretch, of};
use crate::recipe::whole::NoSample;
use crate::template::{Owner, Part, json_dumps};
use crate::tokenizer::{Added, Own};

/// A renderer, by the name that `get_renderer` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Qwen3,
    Qwen3Instruct,
    Qwen3DisableThinking,
    DeepSeekV3,
    Llama3,
    RoleColon,
}

/// Where a message stands.
pub(super) struct Place<'a> {
    pub(super) is_first: bool,
    pub(super) is_last: bool,
    pub(super) before: Option<&'a str>,
    /// Whether there is a user message at all.
    pub(super) has_user: bool,
}

/// A rendered message.
#[derive(Default)]
pub(super) struct Rendered {
    pub(super) header: Block,
    pub(super) output: Block,
    /// What completes the stop sequence, after the last message only.
    pub(super) overlap: Block,
}

/// A renderer with its tokenizer.
pub(super) struct Renderer<'c> {
    pub(super) kind: Kind,
    all: Encoder<'c>,
    /// Special tokens are text.
    literal: Encoder<'c>,
}

impl<'c> Renderer<'c> {
    pub(super) fn new(kind: Kind, context: &'c Context<'c>) -> Self {
        let all = Encoder { context, added: Added::default() };
        let literal = Encoder { context, added: Added { own: Own::NotSpecial, more: Vec::new() } };
        Self { kind, all, literal }
    }

    /// Whether a turn is written the same way as history and as the turn to produce.
    pub(super) fn has_extension_property(&self) -> bool {
        !matches!(self.kind, Kind::Qwen3 | Kind::Qwen3DisableThinking)
    }

    /// What comes before the first message.
    pub(super) fn bos(&self) -> Result<Block, NoSample> {
        match self.kind {
            Kind::Qwen3 | Kind::Qwen3Instruct | Kind::Qwen3DisableThinking => Ok(Block::default()),
            Kind::DeepSeekV3 => self.special("<｜begin▁of▁sentence｜>", NOBODY),
            Kind::Llama3 => Ok(self.all.text(&Stretch::new("<|begin_of_text|>", NOBODY))?),
            Kind::RoleColon => {
                let bos = self.all.context.special_tokens.get("bos_token").cloned().unwrap_or_default();
                Ok(self.all.text(&Stretch::new(bos, NOBODY))?)
            }
        }
    }

    /// A text that must be one token.
    fn special(&self, token: &str, owner: Owner) -> Result<Block, NoSample> {
        let block = self.all.text(&Stretch::new(token, owner))?;
        if block.len() == 1 { Ok(block) } else { Err(no_such_token(token)) }
    }

    /// Renders a message.
    pub(super) fn message(&self, message: &Message<'_>, place: &Place<'_>) -> Result<Rendered, NoSample> {
        match self.kind {
            Kind::Qwen3 | Kind::Qwen3Instruct | Kind::Qwen3DisableThinking => self.qwen3(message, place),
            Kind::DeepSeekV3 => self.deepseek(message, place),
            Kind::Llama3 => self.llama3(message),
            Kind::RoleColon => self.role_colon(message),
        }
    }

    /// What a prompt ends with, so that the assistant goes on; `before` is the role of the last message.
    pub(super) fn generation_suffix(&self, is_first: bool, before: Option<&str>) -> Result<Block, NoSample> {
        let header = match self.kind {
            Kind::Qwen3 | Kind::Qwen3Instruct | Kind::Qwen3DisableThinking => {
                let mut header = qwen3_header(is_first, "assistant");
                if self.kind == Kind::Qwen3DisableThinking {
                    header.push_str(&frame(""));
                }
                header
            }
            Kind::DeepSeekV3 if before == Some("tool") => return Ok(Block::default()),
            Kind::DeepSeekV3 => return self.deepseek_assistant(NOBODY),
            Kind::Llama3 => llama3_header("assistant"),
            Kind::RoleColon => role_colon_header("assistant"),
        };
        Ok(self.all.text(&Stretch::new(header, NOBODY))?)
    }

    fn qwen3(&self, message: &Message<'_>, place: &Place<'_>) -> Result<Rendered, NoSample> {
        let is_assistant = message.role == "assistant";
        if self.kind == Kind::Qwen3DisableThinking
            && is_assistant
            && place.is_last
            && message.has_content()
            && !place.has_user
        {
            return Err(unreadable(
                message.index,
                "with thinking disabled the conversation needs a user message",
                "关闭思考时，对话中必须有用户消息",
            ));
        }
        let frames = self.kind != Kind::Qwen3Instruct && is_assistant && place.is_last && place.has_user;
        let end = of(message.index, Part::End);
        let mut output = qwen3_content(message, place, frames);
        let has_text = !output.is_empty();
        if frames && !message.has_thinking() {
            let mut framed = Stretch::new(frame(""), of(message.index, Part::Header));
            framed.append(&output.trim_start(|c| c == '\n'));
            output = framed;
        }
        if message.role == "tool" {
            let mut wrapped = Stretch::new("<tool_response>\n", of(message.index, Part::Header));
            wrapped.append(&output);
            wrapped.push("\n</tool_response>", end);
            output = wrapped;
        }
        if let Some(calls) = &message.calls {
            let owner = of(message.index, Part::ToolCall);
            for (i, call) in calls.iter().enumerate() {
                let (name, arguments) = (Value::string(&call.name), json_again(&call.arguments));
                let written = arguments.and_then(|json| Some((json_dumps(&name, true, None)?, json)));
                let Some((name, arguments)) = written else {
                    return Err(unreadable(
                        message.index,
                        "the arguments of a tool call are not JSON",
                        "工具调用的参数不是 JSON",
                    ));
                };
                let between = if i > 0 || has_text { "\n" } else { "" };
                let parts = [
                    between,
                    "<tool_call>\n{\"name\": ",
                    &name,
                    ", \"arguments\": ",
                    &arguments,
                    "}\n</tool_call>",
                ];
                output.push(&parts.concat(), owner);
            }
            if calls.is_empty() && has_text {
                output.push("\n", owner);
            }
        }
        let role = if message.role == "tool" { "user" } else { message.role };
        let header = Stretch::new(qwen3_header(place.is_first, role), of(message.index, Part::Header));
        let header = self.all.text(&header)?;
        let mut output = self.literal.text(&output)?;
        output.append(&self.special("<|im_end|>", end)?);
        Ok(Rendered { header, output, overlap: Block::default() })
    }

    fn deepseek(&self, message: &Message<'_>, place: &Place<'_>) -> Result<Rendered, NoSample> {
        let owner = of(message.index, Part::Header);
        let end = of(message.index, Part::End);
        let follows_tool = place.before == Some("tool");
        let (header, mut output) = match message.role {
            "system" if place.is_first => (Block::default(), message.text()?),
            "system" => {
                return Err(unreadable(
                    message.index,
                    "DeepSeek takes a system message at the beginning only",
                    "DeepSeek 只接受位于开头的 system 消息",
                ));
            }
            "user" => (self.special("<｜User｜>", owner)?, message.text()?),
            "assistant" if follows_tool => (Block::default(), deepseek_history(message, place)),
            "assistant" => (self.deepseek_assistant(owner)?, deepseek_content(message)),
            "tool" => {
                let mut output = message.text()?;
                output.push("<｜tool▁output▁end｜>", end);
                (self.all.text(&Stretch::new("<｜tool▁output▁begin｜>", owner))?, output)
            }
            _ => return Err(unreadable(message.index, "DeepSeek has no such role", "DeepSeek 没有这个角色")),
        };
        // Without its thoughts, that is, unless it follows a tool's.
        let says = if follows_tool { message.has_content() } else { !output.is_empty() };
        if let Some(calls) = message.calls.as_ref().filter(|calls| !calls.is_empty()) {
            let owner = of(message.index, Part::ToolCall);
            output.push("<｜tool▁calls▁begin｜>", owner);
            for call in calls {
                let parts = [
                    "<｜tool▁call▁begin｜>",
                    &call.name,
                    "<｜tool▁sep｜>",
                    &call.arguments,
                    "<｜tool▁call▁end｜>",
                ];
                output.push(&parts.concat(), owner);
            }
            output.push("<｜tool▁calls▁end｜>", owner);
        }
        let mut output = self.all.text(&output)?;
        if message.role == "assistant" && says {
            output.append(&self.special("<｜end▁of▁sentence｜>", end)?);
        }
        Ok(Rendered { header, output, overlap: Block::default() })
    }

    /// The header of a reply without thoughts.
    fn deepseek_assistant(&self, owner: Owner) -> Result<Block, NoSample> {
        let mut header = self.special("<｜Assistant｜>", owner)?;
        header.append(&self.all.text(&Stretch::new("</think>", owner))?);
        Ok(header)
    }

    fn llama3(&self, message: &Message<'_>) -> Result<Rendered, NoSample> {
        let header = Stretch::new(llama3_header(message.role), of(message.index, Part::Header));
        let mut output = message.text()?;
        output.push("<|eot_id|>", of(message.index, Part::End));
        Ok(Rendered {
            header: self.all.text(&header)?,
            output: self.all.text(&output)?,
            overlap: Block::default(),
        })
    }

    fn role_colon(&self, message: &Message<'_>) -> Result<Rendered, NoSample> {
        let header = Stretch::new(role_colon_header(message.role), of(message.index, Part::Header));
        let end = of(message.index, Part::End);
        let mut output = Stretch::new(" ", of(message.index, Part::Header));
        output.append(&message.text()?);
        output.push("\n\n", end);
        let overlap = Stretch::new(if message.role == "assistant" { "User:" } else { "<UNUSED>" }, end);
        Ok(Rendered {
            header: self.all.text(&header)?,
            output: self.all.text(&output)?,
            overlap: self.all.text(&overlap)?,
        })
    }
}

fn qwen3_header(is_first: bool, role: &str) -> String {
    [if is_first { "" } else { "\n" }, "<|im_start|>", role, "\n"].concat()
}

fn llama3_header(role: &str) -> String {
    ["<|start_header_id|>", role, "<|end_header_id|>\n\n"].concat()
}

/// `role.capitalize() + ":"`.
fn role_colon_header(role: &str) -> String {
    let mut rest = role.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest.as_str().to_lowercase().chars()).chain([':']).collect()
}

/// Reasoning in the frame that Qwen3's template puts around the turn to produce.
fn frame(reasoning: &str) -> String {
    ["<think>\n", reasoning, "\n</think>\n\n"].concat()
}

fn framed(reasoning: &Stretch, index: usize) -> Stretch {
    let mut made = Stretch::new("<think>\n", of(index, Part::Header));
    made.append(&reasoning.trim(|c| c == '\n'));
    made.push("\n</think>\n\n", of(index, Part::Header));
    made
}

fn in_tags(thinking: &Stretch, index: usize) -> Stretch {
    let mut made = Stretch::new("<think>", of(index, Part::Header));
    made.append(thinking);
    made.push("</think>", of(index, Part::Header));
    made
}

/// What a message of Qwen3 says, before the empty thought and the tool calls.
fn qwen3_content(message: &Message<'_>, place: &Place<'_>, frames: bool) -> Stretch {
    let text = match &message.content {
        Content::Text(text) => text,
        Content::Parts(parts) => {
            let drop = message.role == "assistant" && !place.is_last;
            let mut output = Stretch::default();
            let mut after_block = false;
            for part in parts {
                match part {
                    Bit::Thinking(_) if drop => {}
                    Bit::Thinking(thinking) => {
                        let shown = if frames {
                            framed(thinking, message.index)
                        } else {
                            in_tags(thinking, message.index)
                        };
                        output.append(&shown);
                        after_block = frames;
                    }
                    Bit::Text(text) if after_block => {
                        output.append(&text.trim_start(|c| c == '\n'));
                        after_block = false;
                    }
                    Bit::Text(text) => output.append(text),
                    Bit::Other => {}
                }
            }
            return output;
        }
    };
    let Some(at) = text.text().find("</think>").filter(|_| frames) else { return text.clone() };
    let start = text.text()[..at].rfind("<think>").map_or(0, |open| open + "<think>".len());
    let mut output = framed(&text.slice(start..at), message.index);
    output.append(&text.slice(at + "</think>".len()..text.text().len()).trim_start(|c| c == '\n'));
    output
}

/// A reply of `DeepSeek` without its thoughts.
fn deepseek_content(message: &Message<'_>) -> Stretch {
    let mut output = Stretch::default();
    match &message.content {
        Content::Parts(parts) => {
            for part in parts {
                if let Bit::Text(text) = part {
                    output.append(text);
                }
            }
        }
        Content::Text(text) => {
            let written = text.text();
            let mut at = 0;
            while let Some(open) = written[at..].find("<think>").map(|open| at + open) {
                let Some(close) = written[open..].find("</think>").map(|close| open + close) else { break };
                output.append(&text.slice(at..open));
                at = close + "</think>".len();
            }
            output.append(&text.slice(at..written.len()));
        }
    }
    output
}

/// A reply of `DeepSeek` after a tool's: as it is, but for the thoughts of history in structured content.
fn deepseek_history(message: &Message<'_>, place: &Place<'_>) -> Stretch {
    let strip = message.calls.as_ref().is_none_or(Vec::is_empty) && !place.is_last;
    match &message.content {
        Content::Text(text) => text.clone(),
        Content::Parts(parts) => {
            let mut output = Stretch::default();
            for part in parts {
                match part {
                    Bit::Text(text) => output.append(text),
                    Bit::Thinking(thinking) if !strip => output.append(&in_tags(thinking, message.index)),
                    Bit::Thinking(_) | Bit::Other => {}
                }
            }
            output
        }
    }
}

/// `json.dumps(json.loads(text))`.
fn json_again(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    json_dumps(&Value::from_json(&value), true, None)
}
