//! Messages as ms-swift prepares them: package ms-swift 4.6.0, `template/template_inputs.py`, `StdTemplateInputs.from_dict`
//! with `normalize_openai_tool_calls`, and `template/base.py`, `Template._swift_prepare_inputs`.
//!
//! Quirks kept: replies that follow one another are one turn whose parts keep their own `loss`; user messages are joined
//! with nothing between; responses of tools are sorted as their calls are, and become one message with the next header.

use super::agent;
use crate::bilingual::Bilingual;
use crate::dialogue::{Message, Value};
use crate::recipe::stretch::{Stretch, of};
use crate::recipe::whole::{self, NoSample};
use crate::template::{Part, json_dumps};

/// What a turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    User,
    Assistant,
    Tool,
    ToolCall,
    Other,
}

/// A part of a turn: what it says, and whether its `loss` and `loss_scale` decide over it.
#[derive(Clone, Debug)]
pub(super) struct Say {
    pub(super) text: Stretch,
    pub(super) loss: Option<bool>,
    pub(super) scale: Option<f64>,
}

/// A turn in the making.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) role: Role,
    pub(super) index: usize,
    /// None where the content is null.
    pub(super) says: Option<Vec<Say>>,
}

impl Turn {
    fn new(role: Role, index: usize, text: Option<Stretch>, message: &Message) -> Self {
        let number = |value: &Value| match &value.kind {
            crate::dialogue::Kind::Number(written) => written.parse().ok(),
            _ => None,
        };
        let loss = message
            .get("loss")
            .and_then(|value| value.as_bool().or_else(|| number(value).map(|number: f64| number != 0.0)));
        let scale = message.get("loss_scale").and_then(number);
        Self { role, index, says: text.map(|text| vec![Say { text, loss, scale }]) }
    }

    /// The text of a turn of one part.
    pub(super) fn text(&self) -> Option<&Stretch> {
        self.says.as_ref()?.last().map(|say| &say.text)
    }
}

/// The system message, where there is one, and the turns.
pub(super) fn read(messages: &[Message]) -> Result<(Option<Stretch>, Vec<Turn>), NoSample> {
    let mut turns = Vec::new();
    let mut index = 0;
    while let Some(message) = messages.get(index) {
        let calls = message.get("tool_calls").and_then(Value::as_list).filter(|calls| !calls.is_empty());
        let Some(calls) = calls.filter(|_| message.role() == "assistant") else {
            turns.push(turn(message, index)?);
            index += 1;
            continue;
        };
        let end =
            (index + 1..messages.len()).find(|at| !is_response(&messages[*at])).unwrap_or(messages.len());
        if let Some(text) = text(message, index)?.filter(|text| !text.is_empty()) {
            turns.push(Turn::new(Role::Assistant, index, Some(text), message));
        }
        for call in calls {
            let text = agent::openai_call(call).ok_or_else(|| not_a_call(index))?;
            turns.push(Turn::new(
                Role::ToolCall,
                index,
                Some(Stretch::new(text, of(index, Part::ToolCall))),
                message,
            ));
        }
        for at in in_order(calls, messages, index + 1..end) {
            turns.push(turn(&messages[at], at)?);
        }
        index = end;
    }
    let is_system = messages.first().is_some_and(|message| message.role() == "system");
    let system = if is_system { turns.remove(0).says.and_then(|mut says| says.pop()) } else { None };
    Ok((system.map(|say| say.text), turns))
}

fn is_response(message: &Message) -> bool {
    matches!(message.role(), "tool" | "tool_response")
}

/// The responses in the order of their calls, where each call has one; as they are where not.
fn in_order(calls: &[Value], messages: &[Message], range: std::ops::Range<usize>) -> Vec<usize> {
    let mut order: Vec<usize> = range.collect();
    let ids: Option<Vec<&str>> = calls.iter().map(|call| call.get("id").and_then(Value::as_str)).collect();
    let Some(ids) = ids.filter(|ids| ids.len() == order.len()) else { return order };
    let place = |at: &usize| {
        let id = messages[*at].get("tool_call_id").and_then(Value::as_str)?;
        ids.iter().position(|call| *call == id)
    };
    let mut places: Vec<_> = order.iter().filter_map(place).collect();
    places.sort_unstable();
    if places.iter().copied().eq(0..ids.len()) {
        order.sort_by_key(place);
    }
    order
}

fn turn(message: &Message, index: usize) -> Result<Turn, NoSample> {
    let role = match message.role() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" | "tool_response" => Role::Tool,
        "tool_call" => Role::ToolCall,
        _ => Role::Other,
    };
    let text = match (role, message.get("content")) {
        (Role::Tool | Role::ToolCall, content) if content.is_none_or(|value| value.as_str().is_none()) => {
            let json = content.map_or(Some("null".to_owned()), |value| json_dumps(value, false, None));
            Some(Stretch::new(json.ok_or_else(|| unreadable(index))?, of(index, Part::Content)))
        }
        _ if message.get("content").is_none() => return Err(unreadable(index).at(message.span)),
        _ => text(message, index)?,
    };
    Ok(Turn::new(role, index, text, message))
}

/// What a message says: a string, or the texts of a list one after another; none where it is null or not there.
fn text(message: &Message, index: usize) -> Result<Option<Stretch>, NoSample> {
    let owner = of(index, Part::Content);
    let Some(content) = message.get("content").filter(|content| !content.is_null()) else { return Ok(None) };
    if let Some(words) = content.as_text() {
        return Ok(Some(Stretch::words(words, owner)));
    }
    let mut text = Stretch::default();
    for part in content.as_list().ok_or_else(|| unreadable(index).at(message.span))? {
        let words = part.get("text").and_then(Value::as_text);
        let words = words.filter(|_| part.get("type").and_then(Value::as_str) == Some("text"));
        text.append(&Stretch::words(words.ok_or_else(|| unreadable(index).at(message.span))?, owner));
    }
    Ok(Some(text))
}

fn unreadable(index: usize) -> NoSample {
    whole::stops(
        "content-not-text",
        Bilingual::new(
            format!(
                "the content of message {} is not text: ms-swift fails, or needs what is not shown here",
                index + 1
            ),
            format!("第 {} 条消息的内容不是文本：ms-swift 会报错，或需要此处不支持的内容", index + 1),
        ),
        Bilingual::fixed(
            r#"write a string, or parts {"type": "text", "text": …}; images, videos and token ids are not shown here"#,
            r#"请写成字符串，或 {"type": "text", "text": …} 的列表；此处不支持图像、视频和 token id"#,
        ),
    )
}

/// Something about tool calls that ms-swift stops at.
pub(super) fn not_a_call(index: usize) -> NoSample {
    whole::stops(
        "not-a-tool-call",
        Bilingual::new(
            format!("message {} is no tool call that ms-swift can read", index + 1),
            format!("第 {} 条消息不是 ms-swift 能读取的工具调用", index + 1),
        ),
        Bilingual::fixed(
            "a call is JSON of `name` and `arguments`, and the arguments are an object or its JSON",
            "工具调用是由 `name` 和 `arguments` 组成的 JSON，其中 arguments 是对象或其 JSON 文本",
        ),
    )
}

/// Merges turns until queries and replies take turns.
pub(super) fn prepare(mut turns: Vec<Turn>, has_agent: bool) -> Result<Vec<Turn>, NoSample> {
    let about_tools = |turn: &Turn| matches!(turn.role, Role::Tool | Role::ToolCall);
    if !has_agent && turns.iter().any(about_tools) {
        return Err(agent::none());
    }
    turns = merge_calls(turns)?;
    turns = standalone_tools(turns)?;
    let mut made: Vec<Turn> = Vec::with_capacity(turns.len());
    let mut rest = turns.into_iter().peekable();
    while let Some(turn) = rest.next() {
        let Some(before) = made.last_mut() else {
            made.push(turn);
            continue;
        };
        match (before.role, turn.role) {
            (Role::Assistant, Role::Tool) => {
                let mut tools = vec![turn];
                while let Some(tool) = rest.next_if(|next| next.role == Role::Tool) {
                    tools.push(tool);
                }
                let tool = agent::responses(before, &tools)?;
                made.push(tool);
            }
            (Role::Assistant, Role::Assistant) => {
                let null = |index| move || unreadable(index);
                let more = turn.says.ok_or_else(null(turn.index))?;
                before.says.as_mut().ok_or_else(null(before.index))?.extend(more);
            }
            (Role::User, Role::User) => {
                let joined = before.says.as_mut().and_then(|says| says.last_mut()).zip(turn.text());
                let (says, more) = joined.ok_or_else(|| unreadable(turn.index))?;
                says.text.append(more);
            }
            _ => made.push(turn),
        }
    }
    Ok(made)
}

/// Tool calls that follow one another become one reply.
fn merge_calls(turns: Vec<Turn>) -> Result<Vec<Turn>, NoSample> {
    let mut made = Vec::with_capacity(turns.len());
    let mut rest = turns.into_iter().peekable();
    while let Some(mut turn) = rest.next() {
        if turn.role == Role::ToolCall {
            let mut says = agent::call(&turn)?;
            let (mut loss, mut scale) = (says.loss, says.scale);
            while let Some(next) = rest.next_if(|next| next.role == Role::ToolCall) {
                let more = agent::call(&next)?;
                says.text.push("\n", of(next.index, Part::ToolCall));
                says.text.append(&more.text);
                loss = loss.or(more.loss);
                scale = scale.or(more.scale);
            }
            turn = Turn {
                role: Role::Assistant,
                index: turn.index,
                says: Some(vec![Say { loss, scale, ..says }]),
            };
        }
        made.push(turn);
    }
    Ok(made)
}

/// Responses of tools that follow no reply are put behind the question.
fn standalone_tools(turns: Vec<Turn>) -> Result<Vec<Turn>, NoSample> {
    let mut made: Vec<Turn> = Vec::with_capacity(turns.len());
    let mut rest = turns.into_iter().peekable();
    while let Some(turn) = rest.next() {
        let before = made.last().map(|before| before.role);
        if turn.role != Role::Tool || matches!(before, Some(Role::Assistant | Role::Tool)) {
            made.push(turn);
            continue;
        }
        let mut tools = vec![turn];
        while let Some(tool) = rest.next_if(|next| next.role == Role::Tool) {
            tools.push(tool);
        }
        let query = made.last_mut().filter(|before| before.role == Role::User).ok_or_else(standalone)?;
        let index = query.index;
        let says =
            query.says.get_or_insert_with(|| vec![Say { text: Stretch::default(), loss: None, scale: None }]);
        if let Some(say) = says.last_mut() {
            say.text.append(&agent::standalone(&tools, index));
        }
    }
    Ok(made)
}

fn standalone() -> NoSample {
    whole::stops(
        "tool-without-call",
        Bilingual::fixed(
            "ms-swift fails at a tool's response that follows neither a reply nor a user message",
            "ms-swift 会报错：工具的响应既没有紧跟回复，也没有紧跟用户消息",
        ),
        Bilingual::fixed("put it behind the reply that calls the tool", "请把它放在调用该工具的回复之后"),
    )
}
