//! `renderer=deepseek_v3`: package renderers 0.1.12, `deepseek_v3.py`, `DeepSeekV3Renderer.render`.
//!
//! Quirks kept: a later system message is written as the user's; reasoning and tools are not read; a reply after a tool's
//! response has no header.

use super::{SAMPLED, SCAFFOLD, Writer, calls, content};
use crate::dialogue::{Message, Value};
use crate::recipe::stretch::{NOBODY, Stretch, of};
use crate::recipe::whole::NoSample;
use crate::recipe::{Context, Sample};
use crate::template::Part;

/// The tokens that the renderer asks for, without `<｜` and `｜>`, in the order of `Token`.
const NAMES: [&str; 13] = [
    "begin▁of▁sentence",
    "end▁of▁sentence",
    "User",
    "Assistant",
    "tool▁calls▁begin",
    "tool▁calls▁end",
    "tool▁call▁begin",
    "tool▁call▁end",
    "tool▁sep",
    "tool▁outputs▁begin",
    "tool▁outputs▁end",
    "tool▁output▁begin",
    "tool▁output▁end",
];

pub(super) fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let mut writer = Writer::new(context);
    let mut ids = [0; NAMES.len()];
    for (id, name) in ids.iter_mut().zip(NAMES) {
        *id = writer.encoder.id(&["<｜", name, "｜>"].concat())?;
    }
    let [
        bos,
        eos,
        user,
        assistant,
        calls_begin,
        calls_end,
        call_begin,
        call_end,
        sep,
        outs_begin,
        outs_end,
        out_begin,
        out_end,
    ] = ids;
    let messages = &context.conversation.messages;
    writer.special(bos, NOBODY, SCAFFOLD);
    let systems = messages.iter().take_while(|message| message.role() == "system").count();
    let mut system = Stretch::default();
    for (index, message) in messages.iter().enumerate().take(systems) {
        if index > 0 {
            system.push("\n\n", NOBODY);
        }
        system.append(&text(message, index));
    }
    writer.text(&system, SCAFFOLD)?;
    let is_tool =
        |at: Option<usize>| at.and_then(|at| messages.get(at)).is_some_and(|it| it.role() == "tool");
    for (index, message) in messages.iter().enumerate().skip(systems) {
        let (owner, end) = (of(index, Part::Header), of(index, Part::End));
        match message.role() {
            "system" | "user" => {
                writer.special(user, owner, SCAFFOLD);
                writer.text(&text(message, index), SCAFFOLD)?;
            }
            "assistant" => {
                if !is_tool(index.checked_sub(1)) {
                    writer.special(assistant, owner, SCAFFOLD);
                }
                let says = content(message, index, |part| {
                    part.get("text").filter(|_| part.get("type").and_then(Value::as_str) == Some("text"))
                });
                writer.text(&says, SAMPLED)?;
                let calls = calls(message, index)?;
                let owner = of(index, Part::ToolCall);
                if !calls.is_empty() {
                    writer.special(calls_begin, owner, SAMPLED);
                    for (name, arguments) in &calls {
                        writer.special(call_begin, owner, SAMPLED);
                        writer.text(&Stretch::new("function", owner), SAMPLED)?;
                        writer.special(sep, owner, SAMPLED);
                        let call = [name, "\n```json\n", arguments, "\n```"].concat();
                        writer.text(&Stretch::new(call, owner), SAMPLED)?;
                        writer.special(call_end, owner, SAMPLED);
                    }
                    writer.special(calls_end, owner, SAMPLED);
                }
                writer.special(eos, end, SAMPLED);
            }
            "tool" => {
                if !is_tool(index.checked_sub(1)) {
                    writer.special(outs_begin, owner, SCAFFOLD);
                }
                writer.special(out_begin, owner, SCAFFOLD);
                writer.text(&text(message, index), SCAFFOLD)?;
                writer.special(out_end, end, SCAFFOLD);
                if !is_tool(Some(index + 1)) {
                    writer.special(outs_end, end, SCAFFOLD);
                }
            }
            _ => {}
        }
    }
    writer.builder.finish(context)
}

fn text(message: &Message, index: usize) -> Stretch {
    content(message, index, |part| part.get("text"))
}
