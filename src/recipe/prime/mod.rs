//! `renderers`: training samples of Prime Intellect's renderers, package renderers 0.1.12, `base.py`,
//! `build_training_sample`.
//!
//! A typed renderer says of each token whether the model would have written it, and that is what is trained: header and
//! the line break after a turn are not. The default renderer does not know that: it takes the roles to train (here the
//! assistant's), and the header is trained with the rest.

mod deepseek_v3;
mod default;
mod qwen3;

use super::pieces::{Builder, Encoder, Why};
use super::stretch::{Stretch, of};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::dialogue::{Message, Value};
use crate::template::{Owner, Part, json_dumps};
use crate::tokenizer::Added;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "renderers",
    title: Bilingual::fixed("PrimeIntellect renderers", "PrimeIntellect renderers"),
    summary: Bilingual::fixed(
        "What the model would have written is trained, its stop token too; `default` trains whole assistant messages.",
        "模型本会写出的内容（含停止符）参与训练；`default` 训练整条助手消息。",
    ),
    source: Some(Source {
        package: "renderers",
        version: "0.1.12",
        file: "base.py: build_training_sample",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 1] = [OptionSpec {
    name: "renderer",
    kind: OptionKind::Choice(&["qwen3", "deepseek_v3", "default"]),
    default: "qwen3",
    title: Bilingual::fixed(
        "How messages are written; `default` uses the chat template",
        "消息的写法；`default` 使用聊天模板",
    ),
}];

const SAMPLED: Why = Why::trained("the model would have written it: trained", "模型本会写出的内容：参与训练");
const SCAFFOLD: Why =
    Why::masked("the template writes it, or another role does: masked", "由模板或其他角色写出：被忽略");

/// The lines of Python that make such a sample.
pub(super) fn config(options: &Options) -> String {
    let (module, class, roles) = match options.text("renderer") {
        "deepseek_v3" => ("deepseek_v3", "DeepSeekV3Renderer", ""),
        "default" => (
            "default",
            "DefaultRenderer",
            ", role_to_mask=lambda message: message[\"role\"] == \"assistant\"",
        ),
        _ => ("qwen3", "Qwen3Renderer", ""),
    };
    [
        "from renderers.base import build_training_sample\nfrom renderers.",
        module,
        " import ",
        class,
        "\n\nsample = build_training_sample(",
        class,
        "(tokenizer), messages, tools=tools",
        roles,
        ")\n",
    ]
    .concat()
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    if context.conversation.messages.is_empty() {
        return Err(whole::empty());
    }
    match context.options.text("renderer") {
        "default" => default::make(context),
        "deepseek_v3" => deepseek_v3::make(context),
        _ => qwen3::make(context),
    }
}

/// A sample in the making, with the words that these renderers use.
struct Writer<'c> {
    encoder: Encoder<'c>,
    builder: Builder,
}

impl<'c> Writer<'c> {
    fn new(context: &'c Context<'c>) -> Self {
        Self { encoder: Encoder { context, added: Added::default() }, builder: Builder::default() }
    }

    /// A token by its id.
    fn special(&mut self, id: u32, owner: Owner, why: Why) {
        self.builder.push(&self.encoder.token(id, owner), why);
    }

    /// Text that is encoded alone.
    fn text(&mut self, text: &Stretch, why: Why) -> Result<(), NoSample> {
        if !text.is_empty() {
            self.builder.push(&self.encoder.text(text)?, why);
        }
        Ok(())
    }
}

/// The text of content: a string, or the parts of a list that `takes` lets through; nothing else counts.
fn content(message: &Message, index: usize, takes: fn(&Value) -> Option<&Value>) -> Stretch {
    let owner = of(index, Part::Content);
    let mut text = Stretch::default();
    match message.get("content") {
        Some(value) if value.as_text().is_some() => {
            value.as_text().into_iter().for_each(|words| text.append(&Stretch::words(words, owner)));
        }
        Some(value) => {
            let parts = value.as_list().unwrap_or_default().iter().filter_map(takes);
            for words in parts.filter_map(Value::as_text) {
                text.append(&Stretch::words(words, owner));
            }
        }
        None => {}
    }
    text
}

/// The calls of a message: name and arguments, the latter as a JSON string.
fn calls(message: &Message, index: usize) -> Result<Vec<(String, String)>, NoSample> {
    let calls = message.get("tool_calls").and_then(Value::as_list).unwrap_or_default();
    let call = |call: &Value| {
        let function = call.get("function").filter(|function| function.as_map().is_some()).unwrap_or(call);
        let name = function.get("name").map_or(Some(""), Value::as_str)?;
        let arguments = match function.get("arguments") {
            None => "{}".to_owned(),
            Some(value) => match value.as_str() {
                Some(written) => written.to_owned(),
                None => json_dumps(value, false, None)?,
            },
        };
        Some((name.to_owned(), arguments))
    };
    calls.iter().map(call).collect::<Option<_>>().ok_or_else(|| {
        whole::stops(
            "tool-call-not-as-expected",
            Bilingual::new(
                format!("a tool call of message {} has a name that is not a string", index + 1),
                format!("第 {} 条消息的某个工具调用的名称不是字符串", index + 1),
            ),
            Bilingual::fixed(
                r#"write {"type": "function", "function": {"name": …, "arguments": …}}"#,
                r#"请写成 {"type": "function", "function": {"name": …, "arguments": …}}"#,
            ),
        )
    })
}
