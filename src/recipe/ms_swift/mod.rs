//! `ms-swift`: training rows of ms-swift with its own templates, package ms-swift 4.6.0, `template/base.py`,
//! `Template.encode` in the mode `train`, and `loss_scale/base.py`, `LossScale`.
//!
//! Quirks kept: text of one weight is joined and encoded at once, so the mask is at the joints; a suffix that directly
//! follows a trained reply is trained, though the separator between turns is not; the first label is always ignored; a
//! hybrid template puts an empty thought before every reply and gives it no weight (`ignore_empty_think`); placeholders
//! such as `{{ROUND0}}` are replaced in what the user says too.

mod agent;
mod messages;

use self::messages::{Role, Say, Turn};
use super::pieces::{Block, Builder, Encoder, Why};
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

/// A piece of the row, before pieces of one weight are joined.
enum Piece {
    Text(Stretch),
    Ids(Block),
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

/// A row in the making: pieces and whether they have weight.
struct Row<'a, 'c> {
    template: &'a Template,
    strategy: Strategy,
    encoder: &'a Encoder<'c>,
    pieces: Vec<(Piece, bool)>,
}

impl Row<'_, '_> {
    fn write(
        &mut self,
        system: Option<&Stretch>,
        has_system: bool,
        turns: &[Turn],
        [bos, eos]: &[Block; 2],
    ) -> Result<(), NoSample> {
        let everything = self.strategy == Strategy::All;
        if bos.len() > 0 {
            self.pieces.push((Piece::Ids(bos.clone()), everything));
        }
        if let Some(system) = system {
            let owner = if has_system { of(0, Part::Header) } else { NOBODY };
            let mut text = Stretch::new("<|im_start|>system\n", owner);
            text.append(system);
            text.push("<|im_end|>\n", if has_system { of(0, Part::End) } else { NOBODY });
            self.other(text);
        }
        let last_user = last_round(turns).unwrap_or(0);
        for (round, pair) in turns.chunks(2).enumerate() {
            let query = &pair[0];
            if !matches!(query.role, Role::User | Role::Tool) {
                return Err(misplaced());
            }
            self.query(query, round, system);
            let Some(reply) = pair.get(1) else {
                self.prefix();
                break;
            };
            if reply.role != Role::Assistant {
                return Err(misplaced());
            }
            let next = turns.get(2 * round + 2);
            let Some(says) = &reply.says else {
                if next.is_some() {
                    return Err(misplaced());
                }
                self.prefix();
                break;
            };
            let trains = self.strategy != Strategy::LastRound || 2 * round >= last_user;
            self.reply(says, trains);
            let end = Stretch::new("<|im_end|>\n", of(reply.index, Part::End));
            if let Some(next) = next {
                if next.role != Role::Tool {
                    self.other(end);
                }
            } else if eos.len() == 0 && !self.ends(says) {
                self.weigh(end, true);
            }
        }
        if eos.len() > 0 {
            self.pieces.push((Piece::Ids(eos.clone()), true));
        }
        Ok(())
    }

    /// Text that is not a reply's.
    fn other(&mut self, text: Stretch) {
        self.weigh(text, self.strategy == Strategy::All);
    }

    /// What the user or a tool says, and the header of the reply.
    fn query(&mut self, query: &Turn, round: usize, system: Option<&Stretch>) {
        let owner = of(query.index, Part::Header);
        let empty = Stretch::default();
        let fill = |text: Stretch| {
            let [before, after] = [round, round + 1].map(|round| Stretch::new(round.to_string(), owner));
            text.replace("{{ROUND0}}", &before, usize::MAX).replace("{{ROUND1}}", &after, usize::MAX)
        };
        if query.role == Role::Tool {
            for say in query.says.iter().flatten() {
                let text = match system {
                    Some(system) => say.text.replace("{{SYSTEM}}", system, usize::MAX),
                    None => say.text.clone(),
                };
                self.other(fill(text.replace("{{QUERY}}", &empty, usize::MAX)));
            }
            return;
        }
        let mut text = Stretch::new("<|im_start|>user\n", owner);
        match query.text() {
            Some(says) => text.append(says),
            // Nothing to put there: the placeholder stays.
            None => text.push("{{QUERY}}", owner),
        }
        text.push("<|im_end|>\n<|im_start|>assistant\n", of(query.index, Part::End));
        self.other(fill(text));
    }

    /// A reply, part by part.
    fn reply(&mut self, says: &[Say], trains: bool) {
        for say in says {
            let trained = match (say.loss, say.scale) {
                (Some(false), _) => false,
                (None, _) if !trains => false,
                (_, Some(scale)) => {
                    self.pieces.push((Piece::Text(say.text.clone()), scale > 0.0));
                    continue;
                }
                _ => true,
            };
            self.weigh(say.text.clone(), trained);
        }
    }

    /// Appends text; the empty thought of a hybrid template has no weight.
    fn weigh(&mut self, text: Stretch, trained: bool) {
        let whole = text.text();
        let Some(end) =
            empty_thought(whole).filter(|_| trained && self.template.thinking == Thinking::Hybrid)
        else {
            self.pieces.push((Piece::Text(text), trained));
            return;
        };
        let rest = text.slice(end..whole.len());
        // What is left is looked at again, and loses its weight as a whole.
        let weight = empty_thought(rest.text()).is_none();
        self.pieces.push((Piece::Text(text.slice(0..end)), false));
        self.pieces.push((Piece::Text(rest), weight));
    }

    /// What a reply that is still to come begins with.
    fn prefix(&mut self) {
        let prefix = match self.template.thinking {
            Thinking::Never => return,
            Thinking::Always => "<think>\n",
            Thinking::Hybrid => EMPTY_THOUGHT,
        };
        self.other(Stretch::new(prefix, NOBODY));
    }

    /// Whether a reply ends with a stop word of its own.
    fn ends(&self, says: &[Say]) -> bool {
        let text = says.last().map_or("", |say| say.text.text());
        let eos = self.encoder.context.eos_token();
        text.ends_with("<|im_end|>")
            || (self.template.has_agent && text.ends_with("<|endoftext|>"))
            || eos.is_some_and(|eos| text.ends_with(eos))
    }

    /// Joins text of one weight, and encodes it.
    fn encode(self) -> Result<Builder, NoSample> {
        let mut builder = Builder::default();
        let mut joined = (Stretch::default(), false);
        let flush = |builder: &mut Builder, (text, weight): &(Stretch, bool)| -> Result<(), NoSample> {
            if !text.is_empty() {
                builder.push(&self.encoder.text(text)?, if *weight { TRAINED } else { MASKED });
            }
            Ok(())
        };
        for (piece, weight) in &self.pieces {
            match piece {
                Piece::Text(text) if joined.1 == *weight => joined.0.append(text),
                Piece::Text(text) => {
                    flush(&mut builder, &joined)?;
                    joined = (text.clone(), *weight);
                }
                Piece::Ids(block) => {
                    flush(&mut builder, &joined)?;
                    joined = (Stretch::default(), *weight);
                    builder.push(block, if *weight { TRAINED } else { MASKED });
                }
            }
        }
        flush(&mut builder, &joined)?;
        Ok(builder)
    }
}

/// Where an empty thought, or the close of one, at the beginning of a text ends; the patterns of `ignore_empty_think`.
fn empty_thought(text: &str) -> Option<usize> {
    const SEED: &str = "<seed:think><seed:cot_budget_reflect>The current thinking budget is 0, so I will directly start \
        answering the question.</seed:cot_budget_reflect>\n</seed:think>";
    const CHANNEL: &str = "<|channel>thought\n<channel|>";
    let spaced = |rest: &str| rest.trim_start_matches(is_python_space).len();
    let opened = text.strip_prefix("<think>").map(|rest| rest.trim_start_matches(is_python_space));
    let closed = opened.and_then(|rest| rest.strip_prefix("</think>"));
    let closed =
        closed.or_else(|| ["</think>", SEED, "</mm:think>"].iter().find_map(|tag| text.strip_prefix(*tag)));
    closed
        .map(|rest| text.len() - spaced(rest))
        .or_else(|| text.strip_prefix(CHANNEL).map(|rest| text.len() - rest.len()))
}

/// Trains the suffix where it stands right after what is trained: `_add_dynamic_eos`.
fn dynamic_eos(builder: &mut Builder, suffix: &[u32]) {
    let count = builder.len();
    let is_trained =
        |builder: &Builder, at: usize| builder.whys().get(at).is_some_and(|why| why.is_training());
    let mut start = 0;
    for at in 1..=count {
        if is_trained(builder, at - 1) && at < count && !is_trained(builder, at) {
            start = at;
        } else if start > 0
            && !is_trained(builder, at - 1)
            && (at == count || is_trained(builder, at))
            && at - start >= suffix.len()
            && builder.ids().get(start..start + suffix.len()) == Some(suffix)
        {
            for place in start..start + suffix.len() {
                let id = builder.ids()[place];
                builder.relabel(place, i64::from(id), SUFFIX);
            }
        }
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
