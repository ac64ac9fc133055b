//! Slots filled with what the messages say, and encoded element by element: package llamafactory 0.9.5,
//! `data/formatter.py` and `Template._encode` of `data/template.py`.
//!
//! Quirks kept: every element of a slot is encoded alone; `{{content}}` and, for the user, `{{idx}}` are replaced as
//! text, the latter also where the message itself says it; special tokens in a message are special.

use super::convert::{Role, Row, Turn};
use super::templates::{Kind, Slot, Template};
use super::tools::Call;
use crate::bilingual::Bilingual;
use crate::dialogue::Value;
use crate::recipe::pieces::{Block, Encoder};
use crate::recipe::stretch::{NOBODY, Stretch, of};
use crate::recipe::whole::{self, NoSample};
use crate::template::{Owner, Part};

/// The special tokens of the tokenizer, as the template left them.
pub(super) struct Special {
    pub(super) bos: Option<u32>,
    pub(super) eos: Option<u32>,
}

/// Encodes each turn; the first with what comes before it.
pub(super) fn encode(
    encoder: &Encoder<'_>,
    template: &Template,
    special: &Special,
    row: &Row,
) -> Result<Vec<Block>, NoSample> {
    let mut blocks = Vec::with_capacity(row.turns.len());
    for (place, turn) in row.turns.iter().enumerate() {
        let mut block = Block::default();
        let mut slots = Slots { encoder, special, block: &mut block };
        let mut before = Stretch::default();
        if place == 0 {
            slots.fill(template.prefix, &Stretch::default(), NOBODY, None)?;
            if let Some(system) = system(encoder, template, row)? {
                if template.kind == Kind::Llama2 {
                    before = first_of(template.system, &system);
                } else {
                    slots.fill(template.system, &system, system_owner(row), None)?;
                }
            }
        }
        let owner = of(turn.message, Part::Header);
        match turn.role {
            Role::User => {
                before.append(&turn.content);
                let idx = (template.kind != Kind::Llama2).then(|| (place / 2).to_string());
                slots.fill(template.user, &before, owner, idx.as_deref())?;
            }
            Role::Observation => slots.fill(template.observation, &turn.content, owner, None)?,
            Role::Assistant => slots.fill(template.assistant, &turn.content, owner, None)?,
            Role::Function => slots.fill(template.function, &calls(template, turn)?, owner, None)?,
        }
        blocks.push(block);
    }
    Ok(blocks)
}

/// What the system message says, tools included; none where there is neither.
fn system(encoder: &Encoder<'_>, template: &Template, row: &Row) -> Result<Option<Stretch>, NoSample> {
    let mut system = row.system.clone();
    if system.is_empty() {
        system.push(template.default_system, NOBODY);
    }
    if let Some(tools) = &row.tools {
        let text = template.tools.tools(tools, encoder.context.now).ok_or_else(|| {
            whole::stops(
                "tool-not-as-expected",
                Bilingual::fixed(
                    "a tool has no name, or its parameters are not what this tool format of LLaMA-Factory expects",
                    "某个工具没有 name，或其参数不是 LLaMA-Factory 的这种工具格式所期望的",
                ),
                Bilingual::fixed(
                    "describe tools as OpenAI does: name, description, and parameters with properties",
                    "请按 OpenAI 的方式描述工具：name、description 和带 properties 的 parameters",
                ),
            )
        })?;
        system.push(&text, NOBODY);
    }
    Ok(Some(system).filter(|system| !system.is_empty() || row.tools.is_some()))
}

/// Who owns what stands around the system message.
fn system_owner(row: &Row) -> Owner {
    let own = row.system.pieces().iter().find_map(|piece| piece.owner.message);
    own.map_or(NOBODY, |message| of(message as usize, Part::Header))
}

/// The first element of a filled slot.
fn first_of(slots: &[Slot], content: &Stretch) -> Stretch {
    match slots.first() {
        Some(Slot::Text(text)) => Stretch::new(*text, NOBODY).replace("{{content}}", content, 1),
        _ => Stretch::default(),
    }
}

struct Slots<'a, 'c> {
    encoder: &'a Encoder<'c>,
    special: &'a Special,
    block: &'a mut Block,
}

impl Slots<'_, '_> {
    fn fill(
        &mut self,
        slots: &[Slot],
        content: &Stretch,
        owner: Owner,
        idx: Option<&str>,
    ) -> Result<(), NoSample> {
        // What follows the content closes the message.
        let end = Owner { part: if owner == NOBODY { Part::Template } else { Part::End }, ..owner };
        let mut current = owner;
        for slot in slots {
            match slot {
                Slot::Text(text) => {
                    let mut filled = Stretch::default();
                    match text.split_once("{{content}}") {
                        Some((before, after)) => {
                            filled.push(before, owner);
                            filled.append(content);
                            filled.push(after, end);
                            current = end;
                        }
                        None => filled.push(text, current),
                    }
                    if let Some(idx) = idx {
                        filled = filled.replace("{{idx}}", &Stretch::new(idx, owner), 1);
                    }
                    if !filled.is_empty() {
                        self.block.append(&self.encoder.text(&filled)?);
                    }
                }
                Slot::Bos => self.token(self.special.bos, current),
                Slot::Eos => self.token(self.special.eos, current),
            }
        }
        Ok(())
    }

    fn token(&mut self, id: Option<u32>, owner: Owner) {
        if let Some(id) = id {
            self.block.append(&self.encoder.token(id, owner));
        }
    }
}

/// A turn that calls functions, as the template writes calls; what it thinks stays before them.
fn calls(template: &Template, turn: &Turn) -> Result<Stretch, NoSample> {
    let content = &turn.content;
    let words = if template.kind == Kind::Llama2 { None } else { Some(template.thought_words) };
    let wrapped = words.and_then(|_| between(content.text(), "<tool_call>", "</tool_call>"));
    let owner = of(turn.message, Part::ToolCall);
    let (mut text, json) = match wrapped {
        Some((whole, inner)) => {
            let rest = content.replace(&content.text()[whole], &Stretch::default(), usize::MAX);
            (rest, content.text()[inner].to_owned())
        }
        None => match words.and_then(|(open, close)| between(content.text(), open, close)) {
            Some((whole, _)) => {
                let rest = content.replace(&content.text()[whole.clone()], &Stretch::default(), usize::MAX);
                (content.slice(whole), rest.text().to_owned())
            }
            None => (Stretch::default(), content.text().to_owned()),
        },
    };
    let calls = parse(&json).ok_or_else(|| {
        not_a_call("it is not JSON of `name` and `arguments`", "它不是由 `name` 和 `arguments` 组成的 JSON")
    })?;
    let written = template.tools.calls(&calls).map_err(|why| not_a_call(why, why))?;
    text.push(&written, owner);
    Ok(text)
}

/// The first `open … close` in a text: with its tags, and without.
pub(super) fn between(
    text: &str,
    open: &str,
    close: &str,
) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    let start = text.find(open)?;
    let inner = start + open.len();
    let end = inner + text.get(inner..)?.find(close)?;
    Some((start..end + close.len(), inner..end))
}

fn parse(json: &str) -> Option<Vec<Call>> {
    let value: serde_json::Value = serde_json::from_str(json).ok()?;
    let list = match value {
        serde_json::Value::Array(items) => items,
        one => vec![one],
    };
    let call = |item: &serde_json::Value| {
        Some(Call {
            name: Value::from_json(item.get("name")?),
            arguments: Value::from_json(item.get("arguments")?),
        })
    };
    list.iter().map(call).collect()
}

fn not_a_call(en: &str, zh: &str) -> NoSample {
    whole::stops(
        "not-a-tool-call",
        Bilingual::new(
            format!("LLaMA-Factory fails on a message that calls a function: {en}"),
            format!("LLaMA-Factory 在处理函数调用的消息时报错：{zh}"),
        ),
        Bilingual::fixed(
            r#"such a message is {"name": …, "arguments": …}, or a list of them"#,
            r#"这类消息应为 {"name": …, "arguments": …}，或它们的列表"#,
        ),
    )
}
