//! A conversation as LLaMA-Factory's datasets hold it: package llamafactory 0.9.5, `data/converter.py`,
//! `SharegptDatasetConverter` and `OpenAIDatasetConverter`.
//!
//! Quirks kept: `sharegpt` looks at the roles only by their place, and does not read `tool_calls`; `openai` adds a system
//! message `detailed thinking off`, loses tool messages that nothing follows, and joins those that follow one another
//! with the tags of Qwen.

use crate::bilingual::Bilingual;
use crate::dialogue::{Kind, Message, Value};
use crate::recipe::Context;
use crate::recipe::stretch::{NOBODY, Stretch, of};
use crate::recipe::whole::{self, NoSample};
use crate::template::{Part, json_dumps};

/// What a turn is to the trainer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    User,
    Observation,
    Assistant,
    Function,
}

/// A turn, with what it says.
pub(super) struct Turn {
    pub(super) role: Role,
    pub(super) message: usize,
    pub(super) content: Stretch,
}

/// A row of the dataset.
pub(super) struct Row {
    pub(super) system: Stretch,
    /// None where there are none.
    pub(super) tools: Option<Vec<Value>>,
    pub(super) turns: Vec<Turn>,
}

/// The row that the trainer's converter makes.
pub(super) fn convert(context: &Context<'_>) -> Result<Row, NoSample> {
    let messages = &context.conversation.messages;
    let (system, first) = match messages.first() {
        Some(message) if message.role() == "system" => {
            // Nothing at all is as good as no system message.
            let null = message.get("content").is_some_and(Value::is_null);
            (if null { Stretch::default() } else { content(message, 0)? }, 1)
        }
        _ => (Stretch::default(), 0),
    };
    let tools = match &context.conversation.tools {
        None => None,
        Some(Value { kind: Kind::List(tools), .. }) => Some(tools.clone()).filter(|tools| !tools.is_empty()),
        Some(_) => {
            return Err(whole::stops(
                "tools-not-a-list",
                Bilingual::fixed(
                    "the tools are not a list: LLaMA-Factory fails",
                    "`tools` 不是列表：LLaMA-Factory 会报错",
                ),
                Bilingual::fixed("write the tools as a list", "请把 `tools` 写成列表"),
            ));
        }
    };
    let openai = context.options.text("formatting") == "openai";
    let turns = if openai { openai_turns(messages, first)? } else { sharegpt_turns(messages, first)? };
    let system = if openai { thinking_off(system, tools.is_some()) } else { system };
    Ok(Row { system, tools, turns })
}

/// A role by the tags of the dataset's description.
fn role(message: &Message) -> Option<Role> {
    Some(match message.role() {
        "user" => Role::User,
        "tool" => Role::Observation,
        "assistant" => Role::Assistant,
        "function_call" => Role::Function,
        _ => return None,
    })
}

/// Whether a turn of this role may stand at this place: the user's side first, then in turn.
fn fits(role: Role, place: usize) -> bool {
    matches!(role, Role::User | Role::Observation) == place.is_multiple_of(2)
}

fn sharegpt_turns(messages: &[Message], first: usize) -> Result<Vec<Turn>, NoSample> {
    let mut turns = Vec::new();
    for (message, one) in messages.iter().enumerate().skip(first) {
        let role = role(one).filter(|role| fits(*role, turns.len())).ok_or_else(misplaced)?;
        if one.get("content").is_none() {
            return Err(not_a_string(one, message));
        }
        turns.push(Turn { role, message, content: Stretch::default() });
    }
    check_count(&turns)?;
    for turn in &mut turns {
        turn.content = content(&messages[turn.message], turn.message)?;
    }
    Ok(turns)
}

fn openai_turns(messages: &[Message], first: usize) -> Result<Vec<Turn>, NoSample> {
    let mut turns: Vec<Turn> = Vec::new();
    // What is not a string matters only where the conversation is not skipped.
    let mut wrong = None;
    let mut responses: Option<Turn> = None;
    for (message, one) in messages.iter().enumerate().skip(first) {
        if one.get("content").is_none() {
            return Err(not_a_string(one, message));
        }
        let mut role = role(one);
        let calls = one.get("tool_calls").and_then(Value::as_list).filter(|calls| !calls.is_empty());
        let calls = calls.filter(|_| matches!(role, Some(Role::Assistant | Role::Function)));
        let says = if let Some(calls) = calls {
            role = Some(Role::Function);
            Stretch::new(functions(calls)?, of(message, Part::ToolCall))
        } else {
            content(one, message).unwrap_or_else(|error| {
                wrong.get_or_insert(error);
                Stretch::default()
            })
        };
        if role == Some(Role::Observation) {
            if let Some(before) = &mut responses {
                before.content.push("\n</tool_response>\n<tool_response>\n", of(message, Part::Header));
                before.content.append(&says);
            } else {
                responses = Some(Turn { role: Role::Observation, message, content: says });
            }
            continue;
        }
        turns.extend(responses.take());
        let role = match role {
            Some(role) => role,
            None if one.role() == "system" => return Err(misplaced()),
            None => return Err(unknown_role(one.role())),
        };
        turns.push(Turn { role, message, content: says });
    }
    if turns.iter().enumerate().any(|(place, turn)| !fits(turn.role, place)) {
        return Err(misplaced());
    }
    check_count(&turns)?;
    wrong.map_or(Ok(turns), Err)
}

/// The functions of tool calls, as a JSON string.
fn functions(calls: &[Value]) -> Result<String, NoSample> {
    let functions: Option<Vec<Value>> = calls.iter().map(|call| call.get("function").cloned()).collect();
    let list = functions.map(|functions| Value { kind: Kind::List(functions), span: calls[0].span });
    list.and_then(|list| json_dumps(&list, false, None)).ok_or_else(|| {
        whole::stops(
            "tool-call-without-function",
            Bilingual::fixed(
                "a tool call has no `function`: LLaMA-Factory fails",
                "一个工具调用没有 `function`：LLaMA-Factory 会报错",
            ),
            Bilingual::fixed(
                r#"write {"type": "function", "function": {"name": …, "arguments": …}}"#,
                r#"请写成 {"type": "function", "function": {"name": …, "arguments": …}}"#,
            ),
        )
    })
}

/// The system message that the converter `openai` makes of the data's.
fn thinking_off(system: Stretch, has_tools: bool) -> Stretch {
    let text = system.text();
    if text.is_empty() {
        let off = if has_tools { "" } else { "detailed thinking off" };
        return Stretch::new(off, NOBODY);
    }
    let told = text.contains("detailed thinking on") || text.contains("detailed thinking off");
    let added = if has_tools {
        "\n"
    } else if told {
        ""
    } else {
        "\ndetailed thinking off"
    };
    let mut system = system;
    system.push(added, NOBODY);
    system
}

/// What a message says; LLaMA-Factory fails where that is not a string.
fn content(message: &Message, index: usize) -> Result<Stretch, NoSample> {
    let text = message.content().ok_or_else(|| not_a_string(message, index))?;
    Ok(Stretch::words(text, of(index, Part::Content)))
}

fn not_a_string(message: &Message, index: usize) -> NoSample {
    whole::stops(
        "content-not-a-string",
        Bilingual::new(
            format!("message {} has no string as `content`: LLaMA-Factory fails", index + 1),
            format!("第 {} 条消息的 `content` 不是字符串：LLaMA-Factory 会报错", index + 1),
        ),
        Bilingual::fixed(
            "write its words as one string; tool calls are read with `formatting=openai`, beside a `content`",
            "请把内容写成一个字符串；工具调用需 `formatting=openai`，并且要有 `content`",
        ),
    )
    .at(message.span)
}

fn misplaced() -> NoSample {
    whole::dropped(
        "roles-do-not-alternate",
        Bilingual::fixed(
            "LLaMA-Factory skips this conversation: the user (or a tool) and the assistant do not take turns",
            "LLaMA-Factory 会跳过这段对话：用户（或工具）与助手的消息没有交替出现",
        ),
        Bilingual::fixed(
            "after a system message, write user, assistant, user, assistant, and so on",
            "在 system 消息之后，请按 user、assistant、user、assistant 的顺序书写",
        ),
    )
}

fn check_count(turns: &[Turn]) -> Result<(), NoSample> {
    if !turns.is_empty() && turns.len().is_multiple_of(2) {
        return Ok(());
    }
    Err(whole::dropped(
        "last-message-not-a-reply",
        Bilingual::fixed(
            "LLaMA-Factory skips this conversation: it does not end with a reply of the assistant",
            "LLaMA-Factory 会跳过这段对话：它不是以助手的回复结尾",
        ),
        Bilingual::fixed("end it with an assistant message", "请以 assistant 消息结尾"),
    ))
}

fn unknown_role(role: &str) -> NoSample {
    let shown: String = role.chars().take(40).collect();
    whole::stops(
        "role-unknown-to-trainer",
        Bilingual::new(
            format!("LLaMA-Factory has no tag for the role `{shown}` and fails"),
            format!("LLaMA-Factory 没有与角色 `{shown}` 对应的标签，会报错"),
        ),
        Bilingual::fixed(
            "the roles are system, user, assistant and tool",
            "可用的角色有 system、user、assistant 和 tool",
        ),
    )
}
