//! `torchtune`: rows of torchtune's SFT datasets, package torchtune 0.6.1, `models/qwen2_5/_tokenizer.py` and
//! `models/llama3/_tokenizer.py`, `tokenize_messages`, on messages of `OpenAIToMessages`. `masking_strategy` is what
//! `train_on_input` became on the main branch (bd2a0fc), `data/_messages.py`, `mask_messages`.
//!
//! Quirks kept: a message is trained with its header and its end; tool calls are not read; a message whose content is
//! null says again what the one before it said. Qwen2.5: the last reply has no end of its own, but the eos. Llama 3:
//! content is stripped, special tokens in it are text, and the `<|end_of_text|>` after the last message is masked.

use super::pieces::{Block, Builder, Encoder, Why};
use super::stretch::{NOBODY, Stretch, is_python_space, of};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::dialogue::{Message, Value};
use crate::template::Part;
use crate::tokenizer::{Added, Own};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "torchtune",
    title: Bilingual::fixed("torchtune", "torchtune"),
    summary: Bilingual::fixed(
        "Its own tokenizers write each message; a trained message is trained with its header and its end.",
        "由自带的分词器逐条写出消息；参与训练的消息连同其头部与结尾一起训练。",
    ),
    source: Some(Source {
        package: "torchtune",
        version: "0.6.1",
        file: "models/qwen2_5/_tokenizer.py, models/llama3/_tokenizer.py: tokenize_messages",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 2] = [
    OptionSpec {
        name: "model",
        kind: OptionKind::Choice(&["qwen2_5", "llama3"]),
        default: "qwen2_5",
        title: Bilingual::fixed("Whose tokenizer writes the messages", "使用哪个模型的分词器写消息"),
    },
    OptionSpec {
        name: "masking_strategy",
        kind: OptionKind::Choice(&["train_on_assistant", "train_on_all", "train_on_last"]),
        default: "train_on_assistant",
        title: Bilingual::fixed(
            "Which messages are trained; the system message never is",
            "哪些消息参与训练；system 消息始终不参与",
        ),
    },
];

const TRAINED: Why = Why::trained(
    "part of a message that `masking_strategy` trains, header and end included: trained",
    "属于 `masking_strategy` 所选的消息（含头部与结尾）：参与训练",
);
const MASKED: Why = Why::masked(
    "part of a message that `masking_strategy` masks: masked",
    "属于 `masking_strategy` 忽略的消息：被忽略",
);
const EOS: Why =
    Why::trained("the eos, which goes with the last message: trained", "eos，与最后一条消息一致：参与训练");
const EOS_MASKED: Why =
    Why::masked("the eos, which goes with the last message: masked", "eos，与最后一条消息一致：被忽略");
const EDGE: Why = Why::masked(
    "the beginning or the end of the text, which torchtune always masks",
    "文本的开头或结尾，torchtune 始终忽略",
);

/// The lines of a configuration for these options.
pub(super) fn config(options: &Options) -> String {
    let model = options.text("model");
    let class = if model == "llama3" { "llama3_tokenizer" } else { "qwen2_5_tokenizer" };
    let input = match options.text("masking_strategy") {
        "train_on_assistant" => "  train_on_input: False",
        "train_on_all" => {
            "  masking_strategy: train_on_all  # train_on_input: True in 0.6.1, which trains the system message too"
        }
        _ => "  masking_strategy: train_on_last  # on the main branch, not in 0.6.1",
    };
    [
        "tokenizer:\n  _component_: torchtune.models.",
        model,
        ".",
        class,
        "\ndataset:\n  _component_: torchtune.datasets.chat_dataset\n  source: json\n  data_files: my_data.json\n  \
         conversation_column: messages\n  conversation_style: openai\n",
        input,
        "\n",
    ]
    .concat()
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let messages = &context.conversation.messages;
    let contents = contents(messages)?;
    validate(messages)?;
    let trained = trained(messages, context.options.text("masking_strategy"));
    let builder = if context.options.text("model") == "llama3" {
        llama3(context, messages, &contents, &trained)?
    } else {
        qwen2_5(context, messages, &contents, &trained)?
    };
    builder.finish(context)
}

/// What each message says: its texts, which are encoded apart.
fn contents(messages: &[Message]) -> Result<Vec<Vec<Stretch>>, NoSample> {
    let mut contents: Vec<Vec<Stretch>> = Vec::with_capacity(messages.len());
    for (index, message) in messages.iter().enumerate() {
        let owner = of(index, Part::Content);
        let value = message.get("content");
        let says = match (value.and_then(Value::as_text), value.and_then(Value::as_list)) {
            (Some(text), _) => Some(vec![Stretch::words(text, owner)]),
            (_, Some(parts)) => {
                let text = |part: &Value| match part.get("type").and_then(Value::as_str) {
                    Some("text") => Some(part.get("text").and_then(Value::as_text).cloned()),
                    None | Some("image_url") => Some(None),
                    Some(_) => None,
                };
                let texts: Option<Vec<_>> = parts.iter().filter_map(text).collect();
                texts.map(|texts| texts.iter().map(|text| Stretch::words(text, owner)).collect())
            }
            // A variable that keeps its value from the message before.
            _ => value.and(contents.last().cloned()),
        };
        contents.push(says.ok_or_else(|| unreadable(index).at(message.span))?);
    }
    Ok(contents)
}

fn unreadable(index: usize) -> NoSample {
    whole::stops(
        "content-not-text",
        Bilingual::new(
            format!("torchtune can't make text of the content of message {}", index + 1),
            format!("torchtune 无法从第 {} 条消息的内容得到文本", index + 1),
        ),
        Bilingual::fixed(
            r#"write a string, or parts {"type": "text", "text": …}; images are not shown here"#,
            r#"请写成字符串，或 {"type": "text", "text": …} 的列表；此处不支持图像"#,
        ),
    )
}

/// `validate_messages`.
fn validate(messages: &[Message]) -> Result<(), NoSample> {
    let wrong = |en: &str, zh: &str| {
        let message = Bilingual::new(
            format!("torchtune refuses this conversation: {en}"),
            format!("torchtune 不接受这段对话：{zh}"),
        );
        let hint = Bilingual::fixed(
            "after a system message, write user, assistant, user, assistant, and so on",
            "在 system 消息之后，请按 user、assistant、user、assistant 的顺序书写",
        );
        Err(whole::stops("roles-do-not-alternate", message, hint))
    };
    if messages.len() < 2 {
        return wrong("it has fewer than two messages", "消息少于两条");
    }
    let mut last = "assistant";
    for (index, message) in messages.iter().enumerate() {
        match message.role() {
            "assistant" if last != "user" => {
                return wrong("a reply does not follow a user message", "回复没有紧跟用户消息");
            }
            "user" if last == "user" => {
                return wrong("two user messages follow one another", "两条用户消息相连");
            }
            "system" if index > 0 => {
                return wrong("a system message is not the first", "system 消息不在开头");
            }
            role => last = role,
        }
    }
    Ok(())
}

/// `mask_messages`.
fn trained(messages: &[Message], strategy: &str) -> Vec<bool> {
    let last = messages.iter().rposition(|message| message.role() == "assistant");
    let is_trained = |(index, message): (usize, &Message)| match (strategy, message.role()) {
        (_, "system") => false,
        ("train_on_last", _) => Some(index) == last,
        ("train_on_all", _) => true,
        (_, role) => role == "assistant",
    };
    messages.iter().enumerate().map(is_trained).collect()
}

fn qwen2_5(
    context: &Context<'_>,
    messages: &[Message],
    contents: &[Vec<Stretch>],
    trained: &[bool],
) -> Result<Builder, NoSample> {
    let tokenizer = context.tokenizer;
    let mut more = Vec::new();
    let mut next = tokenizer.vocab_size() as u32;
    // The tokenizer has to be told of these two, and then finds them in text.
    for token in ["<tool_call>", "</tool_call>"] {
        let known = tokenizer.token_to_id(token);
        if known.is_none_or(|id| !tokenizer.is_added(id)) {
            more.push((token.to_owned(), known.unwrap_or(next)));
            next += u32::from(known.is_none());
        }
    }
    let encoder = Encoder { context, added: Added { own: Own::All, more } };
    let (start, end) = (encoder.id("<|im_start|>")?, encoder.id("<|im_end|>")?);
    encoder.id("<|endoftext|>")?;
    let mut builder = Builder::default();
    for (index, message) in messages.iter().enumerate() {
        let (owner, closes) = (of(index, Part::Header), of(index, Part::End));
        let mut block = encoder.token(start, owner);
        block.append(&encoder.text(&Stretch::new([message.role(), "\n"].concat(), owner))?);
        for text in &contents[index] {
            block.append(&encoder.text(text)?);
        }
        if message.role() != "assistant" || index + 1 != messages.len() {
            block.append(&encoder.token(end, closes));
            block.append(&encoder.text(&Stretch::new("\n", closes))?);
        }
        builder.push(&block, if trained[index] { TRAINED } else { MASKED });
    }
    let is_trained = trained.last().is_some_and(|trained| *trained);
    let owner = messages.len().checked_sub(1).map_or(NOBODY, |last| of(last, Part::End));
    builder.push(&encoder.token(end, owner), if is_trained { EOS } else { EOS_MASKED });
    Ok(builder)
}

fn llama3(
    context: &Context<'_>,
    messages: &[Message],
    contents: &[Vec<Stretch>],
    trained: &[bool],
) -> Result<Builder, NoSample> {
    let encoder = Encoder { context, added: Added { own: Own::None, more: Vec::new() } };
    let id = |token| encoder.id(token);
    let (bos, eos, eot) = (id("<|begin_of_text|>")?, id("<|end_of_text|>")?, id("<|eot_id|>")?);
    let header = [id("<|start_header_id|>")?, id("<|end_header_id|>")?];
    let mut builder = Builder::default();
    builder.push(&encoder.token(bos, NOBODY), EDGE);
    for (index, message) in messages.iter().enumerate() {
        let owner = of(index, Part::Header);
        let mut block: Block = encoder.token(header[0], owner);
        block.append(&encoder.text(&Stretch::new(message.role().trim_matches(is_python_space), owner))?);
        block.append(&encoder.token(header[1], owner));
        block.append(&encoder.text(&Stretch::new("\n\n", owner))?);
        for text in &contents[index] {
            block.append(&encoder.text(&text.trim(is_python_space))?);
        }
        block.append(&encoder.token(eot, of(index, Part::End)));
        builder.push(&block, if trained[index] { TRAINED } else { MASKED });
    }
    builder.push(&encoder.token(eos, NOBODY), EDGE);
    Ok(builder)
}
