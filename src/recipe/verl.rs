//! `verl`: `MultiTurnSFTDataset`, package verl 0.9.1, `verl/utils/dataset/multiturn_sft_dataset.py`, with its defaults but
//! for `max_length` (a longer sample is an error there).
//!
//! Every message is rendered and encoded alone, and the pieces are put together. Kept: the tools go to the first message
//! only; the tokens of the default system message, as a probe finds them, are taken off every later message; as many
//! tokens as the generation prompt has are masked in an assistant's message; a message that the template refuses alone is
//! rendered after an empty question; where the whole, rendered at once, has other tokens, the run stops.

use super::sample::{self, Verdict};
use super::whole::{self, NoSample};
use super::{Context, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::dialogue::{Message, Value};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "verl",
    title: Bilingual::fixed("verl: MultiTurnSFTDataset", "verl：MultiTurnSFTDataset"),
    summary: Bilingual::fixed(
        "`MultiTurnSFTDataset`: every message is rendered alone; what follows the header of an assistant's is trained.",
        "`MultiTurnSFTDataset`：每条消息单独渲染；助手消息的开头标记之后参与训练。",
    ),
    source: Some(Source {
        package: "verl",
        version: "0.9.1",
        file: "verl/utils/dataset/multiturn_sft_dataset.py: MultiTurnSFTDataset",
        verified: Verified::Run,
    }),
    options: &NONE,
};

static NONE: [OptionSpec; 0] = [];

/// What a run needs to be like this one.
pub(super) fn config(_: &Options) -> String {
    "data:\n  messages_key: messages\n  tools_key: tools\n  ignore_input_ids_mismatch: false\n".to_owned()
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let messages = &context.conversation.messages;
    let (system, header) = probe(context).map_err(|error| refused(error, &two_questions()))?;
    let mut ids = Vec::new();
    let mut verdicts = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let tools = context.conversation.tools.as_ref().filter(|_| index == 0);
        let mut own =
            alone(context, message, tools).map_err(|error| refused(error, &message_alone(index + 1)))?;
        if index > 0 && message.role() != "system" {
            own.drain(..system.min(own.len()));
        }
        let why = if message.role() == "assistant" { Why::Reply } else { Why::Other };
        let start = verdicts.len();
        verdicts.resize(start + own.len(), why);
        if why == Why::Reply {
            verdicts.iter_mut().skip(start).take(header).for_each(|why| *why = Why::Header);
        }
        ids.append(&mut own);
    }
    let (_, mut sample) = whole::begin(context, messages.len())?;
    if sample.input_ids != ids {
        let at = ids.iter().zip(&sample.input_ids).take_while(|(a, b)| a == b).count();
        return Err(mismatch(at, ids.len(), sample.input_ids.len()));
    }
    sample::label(&mut sample, verdicts, context.ignore_index);
    Ok(sample)
}

/// How many tokens the default system message and the generation prompt have.
fn probe(context: &Context<'_>) -> Result<(usize, usize), NoSample> {
    let question = || Message::new("user", "");
    let ids = |messages: &[Message], prompt| -> Result<usize, NoSample> {
        let rendered = context.render_other(messages, None, prompt)?;
        Ok(context.tokenizer.encode(&rendered.text)?.ids.len())
    };
    let one = ids(&[question()], false)?;
    let two = ids(&[question(), question()], false)?;
    let asked = ids(&[question()], true)?;
    // Python's `one[:-(two - one)]`: nothing where the second question has no tokens.
    let system = match two.checked_sub(one) {
        Some(0) => 0,
        Some(question) => one.saturating_sub(question),
        None => one.min(one - two),
    };
    Ok((system, asked.saturating_sub(one)))
}

/// The tokens of one message.
fn alone(context: &Context<'_>, message: &Message, tools: Option<&Value>) -> Result<Vec<u32>, NoSample> {
    let ids = |messages: &[Message]| -> Result<Vec<u32>, NoSample> {
        let rendered = context.render_other(messages, tools, false)?;
        Ok(context.tokenizer.encode(&rendered.text)?.ids)
    };
    if let Ok(ids) = ids(std::slice::from_ref(message)) {
        return Ok(ids);
    }
    let content = serde_json::json!({"role": "user", "content": [{"type": "text", "text": ""}]});
    let question: Vec<_> = Message::from_json(&content).into_iter().collect();
    let prefix = ids(&question)?.len();
    let mut both = ids(&[question, vec![message.clone()]].concat())?;
    both.drain(..prefix.min(both.len()));
    Ok(both)
}

/// What verl renders that is not the conversation, where the template refuses that.
fn message_alone(number: usize) -> Bilingual {
    Bilingual::new(
        format!("verl renders every message alone, and the template refuses message {number} alone"),
        format!("verl 单独渲染每条消息，而聊天模板拒绝单独的第 {number} 条消息"),
    )
}

/// The same of what it begins with.
fn two_questions() -> Bilingual {
    Bilingual::fixed(
        "verl renders message by message and first tries the template with two empty user messages in a row, which it \
         refuses",
        "verl 逐条渲染消息，并先用连续两条空的 user 消息试探聊天模板，而它拒绝这样的消息",
    )
}

/// The template's refusal in words that do not blame the conversation: no other messages would help.
fn refused(error: NoSample, what: &Bilingual) -> NoSample {
    let NoSample::Failed(mut error) = error else { return error };
    if error.code == "template-raised" {
        let en = error.message.en.split_once(": ").map_or("", |(_, said)| said);
        let zh = error.message.zh.split_once('：').map_or("", |(_, said)| said);
        error.message = Bilingual::new(format!("{}: {en}", what.en), format!("{}：{zh}", what.zh));
        error = error.hint(Bilingual::fixed(
            "the conversation may be fine: choose another template, or a recipe that renders it as a whole",
            "对话本身未必有问题：请换一个聊天模板，或使用整体渲染对话的规则",
        ));
    }
    NoSample::Failed(error)
}

fn mismatch(at: usize, apart: usize, whole: usize) -> NoSample {
    whole::stops(
        "input-ids-mismatch",
        Bilingual::new(
            format!(
                "message by message there are {apart} tokens, at once {whole}, and they differ from token {at} on: verl \
                 stops with an AssertionError"
            ),
            format!(
                "逐条渲染得到 {apart} 个 token，整体渲染得到 {whole} 个，从第 {at} 个开始不同：verl 以 AssertionError 停止"
            ),
        ),
        Bilingual::fixed(
            "the template writes a turn otherwise among others, or tokens merge across messages; with \
             `ignore_input_ids_mismatch=True` verl would train the tokens made message by message",
            "模板会因上下文而改变某一轮的写法，或 token 跨消息合并；设 `ignore_input_ids_mismatch=True` 时 verl 会训练逐条得到的 \
             token",
        ),
    )
}

/// Why a token is trained or masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Other,
    Header,
    Reply,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        self == Self::Reply
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Other => {
                Bilingual::fixed("a message that is not the assistant's: masked", "不是助手的消息：被忽略")
            }
            Self::Header => Bilingual::fixed(
                "the first tokens of an assistant's message, as many as the generation prompt has: masked",
                "助手消息最前面、与 generation prompt 一样多的 token：被忽略",
            ),
            Self::Reply => Bilingual::fixed(
                "an assistant's message after its header: trained",
                "助手消息中开头标记之后的部分：参与训练",
            ),
            Self::Collides => sample::collides(),
        }
    }
}
