//! `open-instruct`: `sft_tulu_tokenize_and_truncate_v1` with `sft_tulu_filter_v1`, open-instruct at e6c3044,
//! `open_instruct/dataset_transformation.py`.
//!
//! A reply is what stands between the render of all before it with the generation prompt and the render up to it; a
//! token that overlaps it is trained. Kept: where one of these renders is not a literal prefix of the whole, *every*
//! reply is cut by token counts instead, and these are checked by decoding them; a check that fails masks the row, and a
//! row without a trained token is filtered out; a reply that opens the conversation is trained with its header.

use super::sample::{self, Verdict};
use super::whole::{self, NoSample};
use super::{Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified};
use crate::bilingual::Bilingual;
use crate::span::Span;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "open-instruct",
    title: Bilingual::fixed("open-instruct: Tülu SFT", "open-instruct：Tülu SFT"),
    summary: Bilingual::fixed(
        "`sft_tulu_tokenize_and_truncate_v1`: every reply, from the end of its generation prompt to the end of its turn.",
        "`sft_tulu_tokenize_and_truncate_v1`：每条回复，从 generation prompt 末尾到该轮末尾参与训练。",
    ),
    source: Some(Source {
        package: "open-instruct",
        version: "e6c3044",
        file: "open_instruct/dataset_transformation.py: sft_tulu_tokenize_and_truncate_v1",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 1] = [OptionSpec {
    name: "max_seq_length",
    kind: OptionKind::IntOrNone,
    default: "none",
    title: Bilingual::fixed("The most tokens of a sample, cut at the end", "样本的最大 token 数，从末尾截断"),
}];

/// What a run needs to be like this one.
pub(super) fn config(options: &Options) -> String {
    let length = match options.limit("max_seq_length") {
        Some(most) => format!(" --max_seq_length {most}"),
        None => String::new(),
    };
    format!("--dataset_transform_fn sft_tulu_tokenize_and_truncate_v1 sft_tulu_filter_v1{length}\n")
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    let messages = &context.conversation.messages;
    let (_, mut sample) = whole::begin(context, messages.len())?;
    let replies: Vec<usize> = context.conversation.replies().collect();
    whole::affordable(&sample.text, 2 * replies.len())?;
    let mut verdicts = match spans(context, &replies, &sample.text)? {
        Some(spans) => sample.offsets.iter().map(|offset| by_overlap(*offset, &spans)).collect(),
        None => by_counts(context, &replies, &sample)?,
    };
    if let Some(most) = context.options.limit("max_seq_length") {
        whole::cut(&mut sample, &mut verdicts, "max_seq_length", most);
    }
    if !verdicts.iter().any(|verdict| verdict.is_trained()) {
        return Err(filtered(&Bilingual::fixed("no token is trained", "没有 token 参与训练")));
    }
    sample::label(&mut sample, verdicts, context.ignore_index);
    Ok(sample)
}

/// The replies as bytes of the text; none where a render is not a prefix of it.
fn spans(context: &Context<'_>, replies: &[usize], text: &str) -> Result<Option<Vec<Span>>, NoSample> {
    let mut spans = Vec::with_capacity(replies.len());
    for &reply in replies {
        let header = match reply {
            0 => None,
            _ => Some(context.render(reply, true).map_err(|_| unrendered(reply))?),
        };
        let header = header.as_ref().map_or("", |header| &header.rendered.text);
        let through = context.render(reply + 1, false).map_err(|_| unrendered(reply))?;
        let through = &through.rendered.text;
        if header.len() > through.len() || !text.starts_with(header) || !text.starts_with(through.as_str()) {
            return Ok(None);
        }
        spans.push(Span::new(header.len(), through.len()));
    }
    Ok(Some(spans))
}

fn by_overlap(offset: Span, spans: &[Span]) -> Why {
    match spans.iter().find(|span| offset.start < span.end && span.start < offset.end && !offset.is_empty()) {
        Some(span) if offset.start < span.start => Why::Straddles,
        Some(_) => Why::Reply,
        None => Why::Outside,
    }
}

/// The replies by how many tokens the renders before and after each have, and a check of what they hold.
fn by_counts(context: &Context<'_>, replies: &[usize], sample: &Sample) -> Result<Vec<Why>, NoSample> {
    let most = context.options.limit("max_seq_length").unwrap_or(usize::MAX);
    let count = sample.input_ids.len().min(most);
    let mut verdicts = vec![Why::Outside; sample.input_ids.len()];
    for &reply in replies {
        let start = if reply == 0 { 0 } else { whole::ids(context, reply, true)?.len().min(most) };
        let end = whole::ids(context, reply + 1, false)?.len().min(most);
        verdicts.iter_mut().take(end.min(count)).skip(start).for_each(|why| *why = Why::Counted);
        verify(context, reply, start, end, count, sample)?;
    }
    Ok(verdicts)
}

/// Decodes the tokens of a reply: they must begin with its words, and hold nobody else's after them.
fn verify(
    context: &Context<'_>,
    reply: usize,
    start: usize,
    end: usize,
    count: usize,
    sample: &Sample,
) -> Result<(), NoSample> {
    let messages = &context.conversation.messages;
    let words = |message: usize| messages[message].content().map_or("", |text| text.text.as_str());
    let content = words(reply);
    let range = start..end.min(count);
    if content.is_empty() || !sample.text.contains(content) || range.is_empty() {
        return Ok(());
    }
    let decoded: Vec<u8> =
        sample.input_ids[range].iter().flat_map(|id| context.tokenizer.token_bytes(*id)).collect();
    let decoded = String::from_utf8_lossy(&decoded);
    let trimmed = decoded.trim_start();
    if end >= count && !trimmed.is_empty() && content.starts_with(trimmed) {
        return Ok(());
    }
    if !trimmed.starts_with(content) {
        return Err(underivable(reply));
    }
    let after = decoded.find(content).map_or("", |at| &decoded[at + content.len()..]);
    let later =
        (reply + 1..messages.len()).map(words).find(|later| !later.is_empty() && after.contains(later));
    if later.is_some() { Err(underivable(reply)) } else { Ok(()) }
}

fn filtered(why: &Bilingual) -> NoSample {
    whole::dropped(
        "nothing-left-to-train",
        Bilingual::new(
            format!("{}: open-instruct filters the sample out", why.en),
            format!("{}：open-instruct 过滤掉该样本", why.zh),
        ),
        Bilingual::fixed(
            "use a template that renders the beginning of a conversation the same whatever follows, or raise the limit",
            "请使用不因后文而改变前文渲染的模板，或提高长度上限",
        ),
    )
}

fn unrendered(reply: usize) -> NoSample {
    filtered(&Bilingual::new(
        format!("the template can't render the conversation up to message {reply}"),
        format!("模板无法渲染到第 {reply} 条消息为止的对话"),
    ))
}

fn underivable(reply: usize) -> NoSample {
    filtered(&Bilingual::new(
        format!(
            "where the reply of message {reply} stands can't be told: the tokens counted for it are not its words"
        ),
        format!("无法确定第 {reply} 条消息的回复位置：按计数得到的 token 并不是它的内容"),
    ))
}

/// Why a token is trained or masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Outside,
    Straddles,
    Reply,
    Counted,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        matches!(self, Self::Straddles | Self::Reply | Self::Counted)
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Outside => {
                Bilingual::fixed("shares no byte with a reply's turn: masked", "与任何回复都没有重叠：被忽略")
            }
            Self::Straddles => Bilingual::fixed(
                "begins in the header of a reply and reaches into it: trained whole",
                "起点在回复的开头标记之内，但延伸到回复中：整个 token 参与训练",
            ),
            Self::Reply => Bilingual::fixed(
                "between the end of a reply's generation prompt and the end of its turn: trained",
                "在回复的 generation prompt 末尾与该轮末尾之间：参与训练",
            ),
            Self::Counted => Bilingual::fixed(
                "the renders of the beginnings are no prefixes of the whole, so it is counted: between as many tokens as \
                 they have, trained",
                "开头部分的渲染不是整段的前缀，因此按 token 数计算：位于两者的 token 数之间，参与训练",
            ),
            Self::Collides => sample::collides(),
        }
    }
}
