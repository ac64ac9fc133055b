//! `renderer=qwen3`: package renderers 0.1.12, `qwen3.py`, `Qwen3Renderer.render`.
//!
//! Quirks kept: it needs tokens that only Qwen3's tokenizer has, whether the conversation uses them or not; the empty
//! thought is written before the last reply only; a message of another role is left out.

use super::{SAMPLED, SCAFFOLD, Writer, calls, content};
use crate::dialogue::{Message, Value};
use crate::recipe::hermes::TOOLS;
use crate::recipe::stretch::{NOBODY, Stretch, is_python_space, of};
use crate::recipe::whole::NoSample;
use crate::recipe::{Context, Sample};
use crate::template::{Part, json_dumps};

/// The tokens that the renderer asks for.
struct Tokens {
    start: u32,
    end: u32,
    call: [u32; 2],
    response: [u32; 2],
}

struct Qwen3<'c> {
    writer: Writer<'c>,
    tokens: Tokens,
}

pub(super) fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let writer = Writer::new(context);
    let id = |token| writer.encoder.id(token);
    let tokens = Tokens {
        start: id("<|im_start|>")?,
        end: id("<|im_end|>")?,
        call: [id("<tool_call>")?, id("</tool_call>")?],
        response: [id("<tool_response>")?, id("</tool_response>")?],
    };
    id("<|endoftext|>")?;
    id("</think>")?;
    let mut renderer = Qwen3 { writer, tokens };
    let messages = &context.conversation.messages;
    let last_query = messages.iter().enumerate().rposition(|(index, message)| is_query(message, index));
    let last_query = last_query.unwrap_or(messages.len() - 1);
    renderer.beginning(context)?;
    for (index, message) in messages.iter().enumerate() {
        match message.role() {
            "system" if index == 0 => {}
            role @ ("system" | "user") => {
                renderer.plain(index, role, &text(message, index))?;
            }
            "assistant" => renderer.assistant(message, index, last_query, index + 1 == messages.len())?,
            "tool" => renderer.tool(messages, index)?,
            _ => {}
        }
    }
    renderer.writer.builder.finish(context)
}

fn text(message: &Message, index: usize) -> Stretch {
    content(message, index, |part| if part.as_str().is_some() { Some(part) } else { part.get("text") })
}

/// Whether it is a user's question, and not a tool's response in the user's clothes.
fn is_query(message: &Message, index: usize) -> bool {
    let says = text(message, index).trim(is_python_space);
    let is_response = says.text().starts_with("<tool_response>") && says.text().ends_with("</tool_response>");
    message.role() == "user" && !is_response
}

impl Qwen3<'_> {
    /// The system message and the tools.
    fn beginning(&mut self, context: &Context<'_>) -> Result<(), NoSample> {
        let first = context.conversation.messages.first().filter(|message| message.role() == "system");
        let tools = context.conversation.tools.as_ref().and_then(Value::as_list).unwrap_or_default();
        let mut says = first.map(|message| text(message, 0)).unwrap_or_default();
        if tools.is_empty() {
            return if first.is_some() { self.plain(0, "system", &says) } else { Ok(()) };
        }
        if first.is_some() {
            says.push("\n\n", NOBODY);
        }
        says.push(TOOLS[0], NOBODY);
        for tool in tools {
            says.push("\n", NOBODY);
            says.push(&json_dumps(tool, false, None).unwrap_or_default(), NOBODY);
        }
        says.push(TOOLS[1], NOBODY);
        let owner = if first.is_some() { of(0, Part::Header) } else { NOBODY };
        self.turn("system", &says, owner, if first.is_some() { of(0, Part::End) } else { NOBODY })
    }

    fn plain(&mut self, index: usize, role: &str, says: &Stretch) -> Result<(), NoSample> {
        self.turn(role, says, of(index, Part::Header), of(index, Part::End))
    }

    /// A turn of which nothing is trained.
    fn turn(
        &mut self,
        role: &str,
        says: &Stretch,
        owner: crate::template::Owner,
        end: crate::template::Owner,
    ) -> Result<(), NoSample> {
        self.writer.special(self.tokens.start, owner, SCAFFOLD);
        let mut text = Stretch::new([role, "\n"].concat(), owner);
        text.append(says);
        self.writer.text(&text, SCAFFOLD)?;
        self.writer.special(self.tokens.end, end, SCAFFOLD);
        self.writer.text(&Stretch::new("\n", end), SCAFFOLD)
    }

    fn assistant(
        &mut self,
        message: &Message,
        index: usize,
        last_query: usize,
        is_last: bool,
    ) -> Result<(), NoSample> {
        let (owner, end) = (of(index, Part::Header), of(index, Part::End));
        let (reasoning, content) = reasoning(message, index);
        self.writer.special(self.tokens.start, owner, SCAFFOLD);
        self.writer.text(&Stretch::new("assistant\n", owner), SCAFFOLD)?;
        let mut body = Stretch::default();
        if index > last_query && (is_last || !reasoning.is_empty()) {
            body.push("<think>\n", owner);
            body.append(&reasoning.trim(|c| c == '\n'));
            body.push("\n</think>\n\n", owner);
            body.append(&content.trim_start(|c| c == '\n'));
        } else {
            body = content.clone();
        }
        let of_calls = of(index, Part::ToolCall);
        let calls = calls(message, index)?;
        for (at, (name, arguments)) in calls.iter().enumerate() {
            if at > 0 || !content.is_empty() {
                body.push("\n", of_calls);
            }
            self.writer.text(&std::mem::take(&mut body), SAMPLED)?;
            self.writer.special(self.tokens.call[0], of_calls, SAMPLED);
            let call = ["\n{\"name\": \"", name, "\", \"arguments\": ", arguments, "}\n"].concat();
            self.writer.text(&Stretch::new(call, of_calls), SAMPLED)?;
            self.writer.special(self.tokens.call[1], of_calls, SAMPLED);
        }
        self.writer.text(&body, SAMPLED)?;
        self.writer.special(self.tokens.end, end, SAMPLED);
        self.writer.text(&Stretch::new("\n", end), SCAFFOLD)
    }

    fn tool(&mut self, messages: &[Message], index: usize) -> Result<(), NoSample> {
        let (owner, end) = (of(index, Part::Header), of(index, Part::End));
        let is_tool =
            |at: Option<usize>| at.and_then(|at| messages.get(at)).is_some_and(|it| it.role() == "tool");
        if !is_tool(index.checked_sub(1)) {
            self.writer.special(self.tokens.start, owner, SCAFFOLD);
            self.writer.text(&Stretch::new("user", owner), SCAFFOLD)?;
        }
        self.writer.text(&Stretch::new("\n", owner), SCAFFOLD)?;
        self.writer.special(self.tokens.response[0], owner, SCAFFOLD);
        let mut says = Stretch::new("\n", owner);
        says.append(&text(&messages[index], index));
        says.push("\n", end);
        self.writer.text(&says, SCAFFOLD)?;
        self.writer.special(self.tokens.response[1], end, SCAFFOLD);
        if !is_tool(Some(index + 1)) {
            self.writer.special(self.tokens.end, end, SCAFFOLD);
            self.writer.text(&Stretch::new("\n", end), SCAFFOLD)?;
        }
        Ok(())
    }
}

/// What a reply thinks, and what it says.
fn reasoning(message: &Message, index: usize) -> (Stretch, Stretch) {
    let content = text(message, index);
    if let Some(words) = message.get("reasoning_content").and_then(Value::as_text) {
        return (Stretch::words(words, of(index, Part::Reasoning)), content);
    }
    let Some(close) = content.text().find("</think>") else { return (Stretch::default(), content) };
    let open = content.text()[..close].rfind("<think>").map_or(0, |open| open + "<think>".len());
    let thought = content.slice(open..close).trim(|c| c == '\n');
    let after = content.slice(close + "</think>".len()..content.text().len());
    (thought, after.trim_start(|c| c == '\n'))
}
