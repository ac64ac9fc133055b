//! `tinker`: supervised examples of tinker-cookbook, package tinker-cookbook 0.6.1, `renderers/base.py`,
//! `Renderer.build_supervised_example`.
//!
//! Quirks kept: headers are trained by `all_tokens` only, and the bos never; where the last reply or turn is trained, what
//! the generation prompt already has is masked, and a prompt that the example does not begin with leaves it as it was.
//! How messages are written is in `render.rs`.

mod message;
mod render;

use self::message::Message;
use self::render::{Kind, Place, Renderer};
use super::pieces::{Block, Builder, Why};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "tinker",
    title: Bilingual::fixed("tinker-cookbook", "tinker-cookbook"),
    summary: Bilingual::fixed(
        "Its renderers write each message as header and output; `train_on_what` says whose output is trained.",
        "由 renderer 把每条消息写成头部与输出；`train_on_what` 决定哪些消息的输出参与训练。",
    ),
    source: Some(Source {
        package: "tinker-cookbook",
        version: "0.6.1",
        file: "renderers/base.py: Renderer.build_supervised_example",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 2] = [
    OptionSpec {
        name: "renderer",
        kind: OptionKind::Choice(&[
            "qwen3",
            "qwen3_instruct",
            "qwen3_disable_thinking",
            "deepseekv3",
            "llama3",
            "role_colon",
        ]),
        default: "qwen3",
        title: Bilingual::fixed("How messages are written", "消息的写法"),
    },
    OptionSpec {
        name: "train_on_what",
        kind: OptionKind::Choice(&[
            "last_assistant_message",
            "last_assistant_turn",
            "all_assistant_messages",
            "all_messages",
            "all_tokens",
            "all_user_and_system_messages",
            "customized",
        ]),
        default: "last_assistant_message",
        title: Bilingual::fixed(
            "Whose output is trained; `customized` asks every message for `trainable`",
            "哪些消息的输出参与训练；`customized` 要求每条消息带有 `trainable`",
        ),
    },
];

const BOS: Why = Why::masked("the beginning of the sequence: masked", "序列的开头：被忽略");
const HEADER: Why = Why::masked(
    "the header of a message: only `all_tokens` trains it, masked",
    "消息的头部：只有 `all_tokens` 才训练，被忽略",
);
const HEADER_TRAINED: Why = Why::trained(
    "the header of a message, which `all_tokens` trains",
    "消息的头部：`all_tokens` 让它参与训练",
);
const OUTPUT: Why = Why::trained(
    "the output of a message that `train_on_what` names: trained",
    "属于 `train_on_what` 所选消息的输出：参与训练",
);
const OTHER: Why = Why::masked(
    "the output of a message that `train_on_what` does not name: masked",
    "属于 `train_on_what` 未选消息的输出：被忽略",
);
const SUPPLIED: Why = Why::masked(
    "the generation prompt already has it, so the model never writes it: masked",
    "生成 prompt 中已有，模型不会写出它：被忽略",
);

/// The lines of Python that make such an example.
pub(super) fn config(options: &Options) -> String {
    [
        "from tinker_cookbook.renderers import TrainOnWhat, get_renderer\n\nrenderer = get_renderer(\"",
        options.text("renderer"),
        "\", tokenizer)\nmodel_input, weights = renderer.build_supervised_example(\n    messages, \
         train_on_what=TrainOnWhat(\"",
        options.text("train_on_what"),
        "\"))\n",
    ]
    .concat()
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let what = context.options.text("train_on_what");
    let messages = message::read(&context.conversation.messages)?;
    let kind = match context.options.text("renderer") {
        "qwen3_instruct" => Kind::Qwen3Instruct,
        "qwen3_disable_thinking" => Kind::Qwen3DisableThinking,
        "deepseekv3" => Kind::DeepSeekV3,
        "llama3" => Kind::Llama3,
        "role_colon" => Kind::RoleColon,
        _ => Kind::Qwen3,
    };
    let renderer = Renderer::new(kind, context);
    let mut builder = Builder::default();
    builder.push(&renderer.bos()?, BOS);
    let customized = what == "customized";
    let last = messages.len().saturating_sub(1);
    let turn_start = last_user(&messages[..last]).map_or(0, |user| user + 1);
    let has_user = last_user(&messages).is_some();
    for (index, message) in messages.iter().enumerate() {
        if message.trainable.is_some() != customized {
            return Err(trainable(customized));
        }
        let rendered = renderer.message(message, &place(&messages, index, has_user))?;
        builder.push(&rendered.header, if what == "all_tokens" { HEADER_TRAINED } else { HEADER });
        let is_assistant = message.role == "assistant";
        let trained = match what {
            "last_assistant_message" => is_assistant && index == last,
            "last_assistant_turn" => is_assistant && index >= turn_start,
            "all_assistant_messages" => is_assistant,
            "all_user_and_system_messages" => matches!(message.role, "user" | "system"),
            "customized" => message.trainable == Some(true),
            _ => true,
        };
        let why = if trained { OUTPUT } else { OTHER };
        builder.push(&rendered.output, why);
        if index == last {
            builder.push(&rendered.overlap, why);
        }
    }
    if let Some(boundary) = boundary(&messages, what) {
        let prompt = prompt(&renderer, &messages[..boundary])?;
        if builder.ids().starts_with(prompt.ids()) {
            builder.mask_first(prompt.len(), SUPPLIED);
        } else if kind == Kind::Qwen3DisableThinking {
            return Err(thinks(messages[boundary].index));
        }
    }
    let mut sample = builder.finish(context)?;
    if what == "all_assistant_messages" && !renderer.has_extension_property() {
        sample.diagnostics.push(history());
    }
    Ok(sample)
}

fn last_user(messages: &[Message<'_>]) -> Option<usize> {
    messages.iter().rposition(|message| message.role == "user")
}

fn place<'a>(messages: &'a [Message<'_>], index: usize, has_user: bool) -> Place<'a> {
    Place {
        is_first: index == 0,
        is_last: index + 1 == messages.len(),
        before: index.checked_sub(1).map(|before| messages[before].role),
        has_user,
    }
}

/// The message before which the generation prompt ends, where the mode has one.
fn boundary(messages: &[Message<'_>], what: &str) -> Option<usize> {
    let boundary = match what {
        "last_assistant_message" => messages.len().checked_sub(1)?,
        "last_assistant_turn" => last_user(messages).map_or(0, |user| user + 1),
        _ => return None,
    };
    (messages.get(boundary)?.role == "assistant").then_some(boundary)
}

/// `build_generation_prompt`.
fn prompt(renderer: &Renderer<'_>, messages: &[Message<'_>]) -> Result<Block, NoSample> {
    let mut prompt = renderer.bos()?;
    let has_user = last_user(messages).is_some();
    for (index, message) in messages.iter().enumerate() {
        let rendered = renderer.message(message, &place(messages, index, has_user))?;
        prompt.append(&rendered.header);
        prompt.append(&rendered.output);
    }
    prompt.append(&renderer.generation_suffix(messages.is_empty(), messages.last().map(|last| last.role))?);
    Ok(prompt)
}

fn trainable(customized: bool) -> NoSample {
    let message = if customized {
        Bilingual::fixed(
            "`train_on_what=customized` needs `trainable` in every message",
            "`train_on_what=customized` 要求每条消息都带有 `trainable`",
        )
    } else {
        Bilingual::fixed(
            "a message has `trainable`, which only `train_on_what=customized` allows",
            "某条消息带有 `trainable`，只有 `train_on_what=customized` 才允许",
        )
    };
    let hint = Bilingual::fixed(
        r#"add "trainable": true or false to every message, or choose another `train_on_what`"#,
        r#"请给每条消息加上 "trainable": true 或 false，或改选其他 `train_on_what`"#,
    );
    whole::stops("trainable-or-not", message, hint)
}

fn thinks(index: usize) -> NoSample {
    message::unreadable(
        index,
        "this renderer has thinking turned off, but the reply contains reasoning",
        "该 renderer 关闭了思考，而这条回复含有推理",
    )
}

fn history() -> Diagnostic {
    let message = Bilingual::fixed(
        "earlier replies are trained after a text that the model never sees: this renderer writes a turn otherwise as history",
        "之前的回复是接在模型不会见到的文本之后训练的：该 renderer 把历史轮次写得与当前轮次不同",
    );
    let hint = Bilingual::fixed(
        "make one example a reply with `train_on_what=last_assistant_message`, as tinker-cookbook advises",
        "请按 tinker-cookbook 的建议，用 `train_on_what=last_assistant_message` 为每条回复各做一个样本",
    );
    Diagnostic::new(Severity::Warning, "history-written-otherwise", message).hint(hint)
}
