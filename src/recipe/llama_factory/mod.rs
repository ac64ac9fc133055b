//! `llama-factory`: supervised examples of LLaMA-Factory, package llamafactory 0.9.5, `data/processor/supervised.py`,
//! `SupervisedDatasetProcessor.preprocess_dataset`.
//!
//! It never looks at a chat template: `templates.rs` has its own slots, `convert.rs` reads the data, `slots.rs` fills and
//! encodes, `pairs.rs` cuts and labels. The quirks are named there; here is `ReasoningTemplate`, whose empty thought is
//! put before every reply that has none, whether the model would write it there or not.

mod convert;
mod pairs;
mod slots;
mod templates;
mod tools;

use self::convert::Row;
use self::slots::Special;
use self::templates::{Kind, NAMES, TEMPLATES, Template};
use super::pieces::{Block, Encoder};
use super::stretch::{NOBODY, Stretch, of};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::template::Part;
use crate::tokenizer::Added;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "llama-factory",
    title: Bilingual::fixed("LLaMA-Factory", "LLaMA-Factory"),
    summary: Bilingual::fixed(
        "Its own templates: every reply is trained with what closes it, prompts are masked. Pieces are encoded apart.",
        "使用自带的模板：每条回复连同其结束标记参与训练，prompt 被忽略。各片段分开编码。",
    ),
    source: Some(Source {
        package: "llamafactory",
        version: "0.9.5",
        file: "data/processor/supervised.py: SupervisedDatasetProcessor.preprocess_dataset",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 6] = [
    OptionSpec {
        name: "template",
        kind: OptionKind::Choice(NAMES),
        default: "qwen",
        title: Bilingual::fixed("LLaMA-Factory's own template", "LLaMA-Factory 自带的模板"),
    },
    OptionSpec {
        name: "train_on_prompt",
        kind: OptionKind::Bool,
        default: "false",
        title: Bilingual::fixed("Train the prompts too", "prompt 也参与训练"),
    },
    OptionSpec {
        name: "mask_history",
        kind: OptionKind::Bool,
        default: "false",
        title: Bilingual::fixed("Train the last reply only", "只训练最后一条回复"),
    },
    OptionSpec {
        name: "enable_thinking",
        kind: OptionKind::Choice(&["true", "false", "none"]),
        default: "true",
        title: Bilingual::fixed(
            "Reasoning templates: the empty thought is trained (true), masked (none), or masked with every thought removed (false)",
            "推理模板：空的思考块参与训练（true）、被忽略（none），或被忽略且删去所有思考（false）",
        ),
    },
    OptionSpec {
        name: "cutoff_len",
        kind: OptionKind::Int,
        default: "2048",
        title: Bilingual::fixed("The most tokens of a sample", "样本的最大 token 数"),
    },
    OptionSpec {
        name: "formatting",
        kind: OptionKind::Choice(&["sharegpt", "openai"]),
        default: "sharegpt",
        title: Bilingual::fixed(
            "How dataset_info.json says the data is written; `openai` reads tool calls",
            "dataset_info.json 中的数据格式；`openai` 会读取工具调用",
        ),
    },
];

/// The options, understood.
struct Settings {
    template: &'static Template,
    train_on_prompt: bool,
    mask_history: bool,
    enable_thinking: Option<bool>,
    cutoff_len: usize,
}

/// The lines of a training configuration and of `dataset_info.json` for these options.
pub(super) fn config(options: &Options) -> String {
    let null = |value: &str| if value == "none" { "null".to_owned() } else { value.to_owned() };
    let mut lines = String::from("# train.yaml\n");
    for name in ["template", "train_on_prompt", "mask_history", "enable_thinking", "cutoff_len"] {
        lines.push_str(name);
        lines.push_str(": ");
        lines.push_str(&null(options.text(name)));
        lines.push('\n');
    }
    lines.push_str(
        "# data/dataset_info.json\n# \"my_data\": {\"file_name\": \"my_data.json\", \"formatting\": \"",
    );
    lines.push_str(options.text("formatting"));
    lines.push_str(
        "\",\n#   \"columns\": {\"messages\": \"messages\", \"tools\": \"tools\"},\n#   \"tags\": {\"role_tag\": \"role\", \
         \"content_tag\": \"content\", \"user_tag\": \"user\", \"assistant_tag\": \"assistant\",\n#     \"system_tag\": \
         \"system\", \"observation_tag\": \"tool\", \"function_tag\": \"function_call\"}}\ndataset: my_data\n",
    );
    lines
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let settings = settings(context.options)?;
    let mut row = convert::convert(context)?;
    let (added, special) = special_tokens(context, settings.template);
    let encoder = Encoder { context, added };
    let pairs = pairs(&encoder, &settings, &special, &mut row)?;
    let whole: usize = pairs.iter().map(|(source, target)| source.len() + target.len()).sum();
    let whole = whole + usize::from(settings.template.efficient_eos);
    let last = row.turns.last().map_or(NOBODY, |turn| of(turn.message, Part::End));
    let builder = pairs::assemble(&encoder, &settings, special.eos.map(|eos| (eos, last)), pairs);
    let kept = builder.len();
    let mut sample = builder.finish(context)?;
    sample.stop =
        special.eos.filter(|eos| Some(*eos) != context.eos_id()).map(|eos| (eos, encoder.spelling(eos)));
    if kept < whole {
        sample.diagnostics.push(truncated(settings.cutoff_len, whole, kept));
    }
    Ok(sample)
}

fn settings(options: &Options) -> Result<Settings, NoSample> {
    let name = options.text("template");
    let template = TEMPLATES.iter().find(|template| template.name == name).unwrap_or(&TEMPLATES[0]);
    let settings = Settings {
        template,
        train_on_prompt: options.is_set("train_on_prompt"),
        mask_history: options.is_set("mask_history"),
        enable_thinking: options.text("enable_thinking").parse().ok(),
        cutoff_len: options.limit("cutoff_len").unwrap_or(0),
    };
    let refused = if settings.mask_history && settings.train_on_prompt {
        Bilingual::fixed(
            "LLaMA-Factory refuses `mask_history` together with `train_on_prompt`",
            "LLaMA-Factory 不允许同时使用 `mask_history` 和 `train_on_prompt`",
        )
    } else if settings.train_on_prompt && template.efficient_eos {
        Bilingual::new(
            format!(
                "LLaMA-Factory refuses `train_on_prompt` with the template `{name}`, whose turns have no eos"
            ),
            format!("模板 `{name}` 的各轮没有 eos，LLaMA-Factory 不允许对它使用 `train_on_prompt`"),
        )
    } else {
        return Ok(settings);
    };
    let hint = Bilingual::fixed("set one of them to false", "请把其中一个设为 false");
    Err(whole::stops("options-refused", refused, hint))
}

/// What `fix_special_tokens` makes of the tokenizer: the tokens it adds, the bos and the eos.
fn special_tokens(context: &Context<'_>, template: &Template) -> (Added, Special) {
    let tokenizer = context.tokenizer;
    let mut added = Added::default();
    let mut next = tokenizer.vocab_size() as u32;
    let mut add = |token: &str| {
        let known = added.more.iter().find(|(content, _)| content == token).map(|(_, id)| *id);
        if let Some(id) = known.or_else(|| tokenizer.token_to_id(token).filter(|id| tokenizer.is_added(*id)))
        {
            return id;
        }
        let id = tokenizer.token_to_id(token).unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        added.more.push((token.to_owned(), id));
        id
    };
    let mut words = template.stop_words;
    let mut eos = context.eos_id();
    if template.replace_eos
        && let Some((first, rest)) = words.split_first()
    {
        eos = Some(add(first));
        words = rest;
    }
    let eos = Some(eos.unwrap_or_else(|| add("<|endoftext|>")));
    for word in words {
        add(word);
    }
    let bos = context.special_tokens.get("bos_token").and_then(|token| tokenizer.token_to_id(token));
    (added, Special { bos, eos })
}

/// The pairs of prompt and reply, with the thoughts that a reasoning template removes and adds.
fn pairs(
    encoder: &Encoder<'_>,
    settings: &Settings,
    special: &Special,
    row: &mut Row,
) -> Result<Vec<(Block, Block)>, NoSample> {
    let template = settings.template;
    let reasoning = template.kind == Kind::Reasoning;
    let last = row.turns.len().saturating_sub(1);
    if reasoning {
        for (place, turn) in row.turns.iter_mut().enumerate().skip(1).step_by(2) {
            if settings.enable_thinking == Some(false) {
                turn.content = remove_thought(&turn.content, template.thought_words);
            }
            if settings.mask_history && place < last {
                turn.content = remove_thought(&turn.content, template.thought_words);
            }
        }
    }
    let mut blocks = slots::encode(encoder, template, special, row)?.into_iter();
    let mut pairs = Vec::with_capacity(row.turns.len() / 2);
    while let (Some(source), Some(target)) = (blocks.next(), blocks.next()) {
        pairs.push((source, target));
    }
    if reasoning {
        let count = pairs.len();
        let (open, close) = template.thought_words;
        for (turn, (source, target)) in pairs.iter_mut().enumerate() {
            let Some(reply) = row.turns.get(turn * 2 + 1) else { break };
            let thinks = [open, close].iter().any(|word| reply.content.text().contains(word.trim()));
            if thinks || (settings.mask_history && turn + 1 < count) {
                continue;
            }
            let thought = Stretch::new([open, close].concat(), of(reply.message, Part::Header));
            let mut thought = encoder.text(&thought)?;
            if settings.enable_thinking == Some(true) {
                thought.append(target);
                *target = thought;
            } else {
                source.append(&thought);
            }
        }
    }
    Ok(pairs)
}

/// A reply without its thoughts, and without the line breaks that are first then.
fn remove_thought(content: &Stretch, (open, close): (&str, &str)) -> Stretch {
    let text = content.text();
    let mut left = Stretch::default();
    let mut at = 0;
    while let Some((whole, _)) = slots::between(&text[at..], open, close) {
        left.append(&content.slice(at..at + whole.start));
        at += whole.end;
    }
    left.append(&content.slice(at..text.len()));
    left.trim_start(|c| c == '\n')
}

fn truncated(most: usize, whole: usize, kept: usize) -> crate::diagnostic::Diagnostic {
    let message = Bilingual::new(
        format!("`cutoff_len={most}` cuts {whole} tokens to {kept}, at the end of prompts and replies"),
        format!("`cutoff_len={most}` 把 {whole} 个 token 截断为 {kept} 个，截去的是 prompt 与回复的末尾"),
    );
    let hint = Bilingual::fixed(
        "raise the limit or shorten the conversation: a reply that is cut off has no stop token to learn",
        "请提高上限或缩短对话：被截断的回复没有停止符可学",
    );
    crate::diagnostic::Diagnostic::new(crate::diagnostic::Severity::Warning, "sample-truncated", message)
        .hint(hint)
}
