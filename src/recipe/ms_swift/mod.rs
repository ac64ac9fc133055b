//! `ms-swift`: training rows of ms-swift with its own templates, package ms-swift 4.6.0, `template/base.py`,
//! `Template.encode` in the mode `train`, and `loss_scale/base.py`, `LossScale`.
//!
//! Quirks kept: text of one weight is joined and encoded at once, so the mask is at the joints; a suffix that directly
//! follows a trained reply is trained, though the separator between turns is not; the first label is always ignored; a
//! hybrid template puts an empty thought before every reply and gives it no weight (`ignore_empty_think`); placeholders
//! such as `{{ROUND0}}` are replaced in what the user says too.

mod agent;
mod messages;
mod row;

use self::messages::{Role, Say, Turn};
use self::row::{Row, dynamic_eos};
use super::pieces::{Block, Encoder, Why};
use super::stretch::{NOBODY, Stretch, is_python_space, of};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::dialogue::{Kind, Value};
use crate::template::Part;
use crate::tokenizer::Added;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "ms-swift",
    title: Bilingual::fixed("ms-swift", "ms-swift"),
    summary: Bilingual::fixed(
        "Its own templates (the swift backend): replies and what closes them are trained, by `loss_scale`.",
        "使用自带的模板（swift 后端）：按 `loss_scale`，回复及其结束标记参与训练。",
    ),
    source: Some(Source {
        package: "ms-swift",
        version: "4.6.0",
        file: "template/base.py: Template.encode",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 2] = [
    OptionSpec {
        name: "template",
        kind: OptionKind::Choice(&[
            "qwen",
            "qwen2_5",
            "qwen3",
            "qwen3_nothinking",
            "qwen3_thinking",
            "chatml",
        ]),
        default: "qwen",
        title: Bilingual::fixed("ms-swift's own template", "ms-swift 自带的模板"),
    },
    OptionSpec {
        name: "loss_scale",
        kind: OptionKind::Choice(&["default", "last_round", "all"]),
        default: "default",
        title: Bilingual::fixed(
            "What is trained: every reply, those of the last round, or everything",
            "哪些内容参与训练：每条回复、最后一轮的回复，或全部",
        ),
    },
];

const EMPTY_THOUGHT: &str = "<think>\n\n</think>\n\n";

/// A template; the slots are those of `ChatML` in all of them.
struct Template {
    default_system: Option<&'static str>,
    thinking: Thinking,
    /// Whether it has a format of tools. The one without puts around a row what the tokenizer does.
    has_agent: bool,
}

/// Whether the models of a template think.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thinking {
    Never,
    Always,
    /// They may or may not: replies that do not begin with an empty thought.
    Hybrid,
}

/// What is trained, and why it is not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strategy {
    Default,
    LastRound,
    All,
}

const TRAINED: Why = Why::trained(
    "`loss_scale` gives it a weight above 0: trained",
    "`loss_scale` 给它大于 0 的权重：参与训练",
);
const MASKED: Why =
    Why::masked("`loss_scale` gives it no weight: masked", "`loss_scale` 没有给它权重：被忽略");
const SUFFIX: Why = Why::trained(
    "the template's suffix right after what is trained, which ms-swift trains too",
    "紧跟在参与训练的内容之后的模板后缀，ms-swift 让它也参与训练",
);
const FIRST: Why =
    Why::masked("ms-swift always ignores the first label: masked", "ms-swift 始终忽略第一个标签：被忽略");

/// The arguments of a run.
pub(super) fn config(options: &Options) -> String {
    [
        "swift sft --model MODEL --dataset my_data.jsonl --template ",
        options.text("template"),
        " --loss_scale ",
        options.text("loss_scale"),
        "\n",
    ]
    .concat()
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn template(name: &str) -> Template {
    let qwen = Template { default_system: None, thinking: Thinking::Never, has_agent: true };
    match name {
        "qwen2_5" => Template {
            default_system: Some("You are Qwen, created by Alibaba Cloud. You are a helpful assistant."),
            ..qwen
        },
        "qwen3" => Template { thinking: Thinking::Hybrid, ..qwen },
        "qwen3_nothinking" => qwen,
        "qwen3_thinking" => Template { thinking: Thinking::Always, ..qwen },
        "chatml" => Template { has_agent: false, ..qwen },
        _ => Template { default_system: Some("You are a helpful assistant."), ..qwen },
    }
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let template = template(context.options.text("template"));
    let strategy = match context.options.text("loss_scale") {
        "last_round" => Strategy::LastRound,
        "all" => Strategy::All,
        _ => Strategy::Default,
    };
    let encoder = Encoder { context, added: Added::default() };
    let (system, turns) = messages::read(&context.conversation.messages)?;
    let has_system = system.is_some();
    let tools = tools(context)?;
    let mut turns = messages::prepare(turns, template.has_agent)?;
    if template.thinking == Thinking::Hybrid {
        add_empty_thoughts(&mut turns, strategy);
    }
    if template.thinking != Thinking::Never && strategy == Strategy::LastRound {
        remove_history_thoughts(&mut turns);
    }
    let mut system = system.or_else(|| template.default_system.map(|text| Stretch::new(text, NOBODY)));
    if !tools.is_empty() {
        let described =
            if template.has_agent { agent::with_tools(system, &tools) } else { return Err(agent::none()) };
        system = Some(described.ok_or_else(not_a_tool)?);
    }
    if turns.first().is_some_and(|turn| turn.role == Role::Assistant) {
        let say = Say { text: Stretch::default(), loss: None, scale: None };
        turns.insert(0, Turn { role: Role::User, index: turns[0].index, says: Some(vec![say]) });
    }
    if turns.is_empty() {
        return Err(whole::no_reply());
    }
    let edges = if template.has_agent { [Block::default(), Block::default()] } else { edges(&encoder)? };
    let mut row = Row { template: &template, strategy, encoder: &encoder, pieces: Vec::new() };
    row.write(system.as_ref().filter(|system| !system.is_empty()), has_system, &turns, &edges)?;
    let mut builder = row.encode()?;
    dynamic_eos(&mut builder, encoder.text(&Stretch::new("<|im_end|>\n", NOBODY))?.ids());
    builder.mask_first(1, FIRST);
    builder.finish(context)
}

/// The tools of the conversation.
fn tools(context: &Context<'_>) -> Result<Vec<Value>, NoSample> {
    match &context.conversation.tools {
        None => Ok(Vec::new()),
        Some(Value { kind: Kind::List(tools), .. }) => Ok(tools.clone()),
        Some(_) => Err(not_a_tool()),
    }
}

fn not_a_tool() -> NoSample {
    whole::stops(
        "tool-not-as-expected",
        Bilingual::fixed(
            "the tools are not a list of objects: ms-swift fails",
            "`tools` 不是由对象组成的列表：ms-swift 会报错",
        ),
        Bilingual::fixed("describe tools as OpenAI does", "请按 OpenAI 的方式描述工具"),
    )
}

/// What the tokenizer puts before and after a text.
fn edges(encoder: &Encoder<'_>) -> Result<[Block; 2], NoSample> {
    let ids = encoder.context.tokenizer.encode_with_special_tokens("a")?.ids;
    let single = encoder.context.tokenizer.encode("a")?.ids;
    let at = ids.iter().position(|id| single.first() == Some(id)).unwrap_or(ids.len());
    let block = |ids: &[u32]| {
        let mut block = Block::default();
        for id in ids {
            block.append(&encoder.token(*id, NOBODY));
        }
        block
    };
    Ok([block(&ids[..at]), block(ids.get(at + 1..).unwrap_or_default())])
}

/// The last turn of the user, or of a tool.
fn last_round(turns: &[Turn]) -> Option<usize> {
    turns.iter().rposition(|turn| matches!(turn.role, Role::User | Role::Tool))
}

/// `_add_non_thinking_prefix`.
fn add_empty_thoughts(turns: &mut [Turn], strategy: Strategy) {
    let from = if strategy == Strategy::LastRound { last_round(turns).unwrap_or(0) } else { 0 };
    for turn in turns.iter_mut().skip(from).filter(|turn| turn.role == Role::Assistant) {
        let Some(say) = turn.says.as_mut().and_then(|says| says.first_mut()) else { continue };
        if !say.text.text().starts_with("<think>") {
            let mut text = Stretch::new(EMPTY_THOUGHT, of(turn.index, Part::Header));
            text.append(&say.text);
            say.text = text;
        }
    }
}

/// `_remove_history_thinking`.
fn remove_history_thoughts(turns: &mut [Turn]) {
    let until = last_round(turns).unwrap_or(0);
    for turn in turns.iter_mut().take(until).filter(|turn| turn.role == Role::Assistant) {
        let Some(say) = turn.says.as_mut().and_then(|says| says.first_mut()) else { continue };
        let text = say.text.text();
        let from = text.rfind("</think>").map_or(0, |at| at + "</think>".len());
        say.text = say.text.slice(from..text.len()).trim(is_python_space);
    }
}

fn misplaced() -> NoSample {
    whole::stops(
        "roles-do-not-alternate",
        Bilingual::fixed(
            "ms-swift fails at this conversation: queries and replies do not take turns, or an earlier reply is null",
            "ms-swift 在这段对话上报错：提问与回复没有交替出现，或之前的某条回复为空值",
        ),
        Bilingual::fixed(
            "after a system message, write user (or tool) and assistant in turn",
            "在 system 消息之后，请让 user（或 tool）与 assistant 交替",
        ),
    )
}
