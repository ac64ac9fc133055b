//! `fastchat`: rows of `FastChat`'s Vicuna training, package fschat 0.2.36, `train/train.py`, `preprocess`.
//!
//! Quirks kept: the text is encoded whole, but the mask is cut by counting the tokens of each turn encoded alone, with
//! constants that are right for Llama's tokenizer; where the counts do not add up the whole row is masked. It knows no
//! system message but its own. Rows are padded with `unk_token`, which a sample here is not.

use super::pieces::{Builder, Encoder, Why};
use super::stretch::{NOBODY, Stretch, of};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::Message;
use crate::template::Part;
use crate::tokenizer::Added;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "fastchat",
    title: Bilingual::fixed("FastChat (Vicuna)", "FastChat（Vicuna）"),
    summary: Bilingual::fixed(
        "Vicuna's text: what follows `ASSISTANT: ` is trained, found by counting tokens; a wrong count masks the row.",
        "Vicuna 的文本：`ASSISTANT: ` 之后的内容参与训练，位置靠数 token 得到；数目不符时整行被忽略。",
    ),
    source: Some(Source {
        package: "fschat",
        version: "0.2.36",
        file: "train/train.py: preprocess",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 2] = [
    OptionSpec {
        name: "model_max_length",
        kind: OptionKind::Int,
        default: "512",
        title: Bilingual::fixed("The most tokens of a row", "一行的最大 token 数"),
    },
    OptionSpec {
        name: "legacy",
        kind: OptionKind::Bool,
        default: "true",
        title: Bilingual::fixed("`legacy` of Llama's tokenizer", "Llama 分词器的 `legacy`"),
    },
];

const SYSTEM: &str = "A chat between a curious user and an artificial intelligence assistant. The assistant gives \
    helpful, detailed, and polite answers to the user's questions. ";
const END: &str = "</s>";
const MARKER: &str = " ASSISTANT: ";

const FIRST: Why =
    Why::masked("the first token, taken for the bos: masked", "第一个 token，被当作 bos：被忽略");
const INSTRUCTION: Why = Why::masked(
    "among as many tokens as the instruction has when it is encoded alone, less a constant: masked",
    "在指令单独编码的 token 数（减去一个常数）之内：被忽略",
);
const REPLY: Why = Why::trained("after the instruction of its turn: trained", "在本轮指令之后：参与训练");
const PAST: Why = Why::masked("past the turns that were counted: masked", "在数到的各轮之后：被忽略");
const MISMATCH: Why = Why::masked(
    "the counts of the turns do not add up, so the whole row is masked",
    "各轮的 token 数加起来对不上，因此整行被忽略",
);

/// The arguments of a run.
pub(super) fn config(options: &Options) -> String {
    [
        "python fastchat/train/train.py --model_name_or_path MODEL --data_path my_data.json --model_max_length ",
        options.text("model_max_length"),
        "\n# `legacy` is a setting of the tokenizer: ",
        options.text("legacy"),
        "\n",
    ]
    .concat()
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let text = text(&context.conversation.messages)?;
    let unk = context.special_tokens.get("unk_token").filter(|token| !token.is_empty());
    let unk = unk.and_then(|token| context.tokenizer.token_to_id(token)).ok_or_else(no_unk)?;
    let most = context.options.limit("model_max_length").unwrap_or(1).max(1);
    let encoder = Encoder { context, added: Added::default() };
    let block = encoder.with_special_tokens(&text, most)?;
    let total = block.ids().iter().filter(|id| **id != unk).count();
    let mut builder = Builder::default();
    builder.push(&block, REPLY);
    builder.mask(0..1, FIRST);
    let counted = count(context, text.text(), most, &mut builder)?;
    builder.mask(counted..most, PAST);
    let differs = counted < most && counted != total;
    if differs {
        builder.mask(0..most, MISMATCH);
    }
    let mut sample = builder.finish(context)?;
    if differs {
        sample.diagnostics.push(mismatch(counted, total));
    }
    Ok(sample)
}

/// Masks the instruction of each turn; how many tokens the turns have.
fn count(context: &Context<'_>, text: &str, most: usize, builder: &mut Builder) -> Result<usize, NoSample> {
    let tokens =
        |text: &str| Ok::<_, NoSample>(context.tokenizer.encode_with_special_tokens(text)?.ids.len() as i64);
    let legacy = context.options.is_set("legacy");
    let mut counted: i64 = 1;
    for (turn, part) in text.split(END).enumerate() {
        if part.is_empty() {
            break;
        }
        let mut sides = part.split(MARKER);
        let (Some(instruction), Some(_), None) = (sides.next(), sides.next(), sides.next()) else { break };
        let less = i64::from(turn != 0 && !legacy);
        // The constant makes up for the bos and for the space that the reply's first token takes, in Llama.
        let length = tokens(&[instruction, MARKER].concat())? - 2 - less;
        // As Python slices: an end below zero counts from the end of the padded row.
        let end = counted + length;
        let end = if end < 0 { end + most as i64 } else { end };
        builder.mask(counted.max(0) as usize..end.max(0) as usize, INSTRUCTION);
        counted += tokens(part)? - less;
    }
    Ok(counted.max(0) as usize)
}

/// The text of the conversation, as `vicuna_v1.1` writes it.
fn text(messages: &[Message]) -> Result<Stretch, NoSample> {
    let speaker = |message: &Message| match message.role() {
        "user" | "human" => Ok("USER"),
        "assistant" | "gpt" => Ok("ASSISTANT"),
        _ => Err(wrong_role().at(message.span)),
    };
    let first = messages.first().ok_or_else(whole::no_reply)?;
    let skipped = usize::from(speaker(first)? != "USER");
    let mut text = Stretch::new(SYSTEM, NOBODY);
    for (place, (index, message)) in messages.iter().enumerate().skip(skipped).enumerate() {
        let role = speaker(message)?;
        if (role == "USER") != place.is_multiple_of(2) {
            return Err(misplaced().at(message.span));
        }
        text.push(role, of(index, Part::Header));
        let content = message.get("content").filter(|content| !content.is_null());
        let words = content.map(|content| content.as_text().ok_or_else(|| not_a_string().at(message.span)));
        let Some(words) = words.transpose()?.filter(|words| !words.text.is_empty()) else {
            text.push(":", of(index, Part::Header));
            continue;
        };
        text.push(": ", of(index, Part::Header));
        text.append(&Stretch::words(words, of(index, Part::Content)));
        text.push(if role == "USER" { " " } else { END }, of(index, Part::End));
    }
    Ok(text)
}

fn wrong_role() -> NoSample {
    whole::stops(
        "role-unknown-to-trainer",
        Bilingual::fixed(
            "FastChat knows the roles `human` (user) and `gpt` (assistant) only, and fails at others",
            "FastChat 只认识 `human`（user）与 `gpt`（assistant）两种角色，遇到其他角色会报错",
        ),
        Bilingual::fixed(
            "leave the message out: the system message is FastChat's own",
            "请去掉这条消息：system 消息由 FastChat 自带",
        ),
    )
}

fn misplaced() -> NoSample {
    whole::stops(
        "roles-do-not-alternate",
        Bilingual::fixed(
            "FastChat fails at this conversation: user and assistant do not take turns",
            "FastChat 在这段对话上报错：user 与 assistant 没有交替出现",
        ),
        Bilingual::fixed(
            "write user, assistant, user, assistant, and so on",
            "请按 user、assistant、user、assistant 的顺序书写",
        ),
    )
}

fn not_a_string() -> NoSample {
    whole::stops(
        "content-not-a-string",
        Bilingual::fixed(
            "a message has no string as `content`: FastChat fails",
            "某条消息的 `content` 不是字符串：FastChat 会报错",
        ),
        Bilingual::fixed("write its words as one string", "请把内容写成一个字符串"),
    )
}

fn no_unk() -> NoSample {
    whole::stops(
        "no-unk-token",
        Bilingual::fixed(
            "this tokenizer has no `unk_token`, with which FastChat pads: it fails",
            "该分词器没有 `unk_token`，而 FastChat 用它来填充：会报错",
        ),
        Bilingual::fixed("choose a tokenizer of the Llama family", "请选用 Llama 系列的分词器"),
    )
}

fn mismatch(counted: usize, total: usize) -> Diagnostic {
    let message = Bilingual::new(
        format!(
            "tokenization mismatch: the turns have {counted} tokens, the row {total}; FastChat ignores the row"
        ),
        format!("分词不一致：各轮共 {counted} 个 token，而整行有 {total} 个；FastChat 会忽略这一行"),
    );
    let hint = Bilingual::fixed(
        "its constants fit Llama's tokenizer: `<s>` comes first, `</s>` is one token, a space joins the next word",
        "它的常数只适合 Llama 的分词器：`<s>` 在最前，`</s>` 是一个 token，空格并入下一个词",
    );
    Diagnostic::new(Severity::Warning, "tokenization-mismatch", message).hint(hint)
}
