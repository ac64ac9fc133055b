//! What the listing really makes of a conversation: ids, labels, and what is left of the labels after the collator.
//!
//! `tests/oracle/listing.py` runs the same with `transformers` and `PyTorch`; `tests/listing.rs` compares.

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{Engine, Report, Request};
use crate::loss::ln;
use crate::recipe::{Outcome, Sample};
use crate::span::Span;

/// The label of a masked position in the listing.
pub const IGNORED: i64 = -100;

/// What the listing makes of one reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The text before the reply, as the template writes it.
    pub prompt: String,
    /// The reply, without what the template writes after it.
    pub reply: String,
    /// The tokens of the whole text.
    pub input_ids: Vec<u32>,
    /// Their places in the whole text.
    pub offsets: Vec<Span>,
    /// How many tokens the prompt alone has.
    pub prompt_count: usize,
    /// The labels as the listing makes them: not always as many as ids.
    pub labels: Vec<i64>,
    /// How many tokens the tokenizer puts around every text it is given.
    pub around: usize,
    /// The labels that the collator puts in their place; none without a `pad_token`, which it asks for.
    pub collated: Option<Vec<i64>>,
    /// The labels that it makes of [`Facts::right`] where `pad_token` is `eos_token`.
    pub pad_is_eos: Vec<i64>,
    /// The same reply with every fault mended: what the recipe `per-turn` makes of it.
    pub right: Sample,
    /// How many entries the vocabulary has.
    pub vocabulary: usize,
    /// The tokenizer's stop token.
    pub eos: Option<String>,
    /// The text of the token whose id is 0.
    pub zero: String,
}

/// What labels cost a model to which every token of the vocabulary is equally likely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// How many labels count: the first one never does, because nothing predicts it.
    pub count: usize,
    /// The sum over them.
    pub sum: f64,
    /// `PyTorch`'s mean; none where nothing counts (0/0).
    pub mean: Option<f64>,
}

impl Facts {
    /// What some labels cost.
    pub fn cost(&self, labels: &[i64]) -> Cost {
        let count = labels.iter().skip(1).filter(|label| **label != IGNORED).count();
        let each = f64::from(ln(self.vocabulary as f32));
        Cost { count, sum: each * count as f64, mean: (count > 0).then_some(each) }
    }

    /// What the listing makes of one reply of the conversation that a request asks for: the one of this number.
    pub fn of(engine: &mut Engine, request: &Request, number: usize) -> Result<Self, Diagnostic> {
        let conversation = Some(request.conversation.unwrap_or_default());
        let ask = |end: &str| Request {
            recipe: "per-turn".to_owned(),
            options: vec![("end".to_owned(), end.to_owned())],
            ignore_index: IGNORED,
            conversation,
            ..request.clone()
        };
        let bare = one(engine.analyze(&ask("none")), number)?;
        let right = one(engine.analyze(&ask("stop")), number)?;
        let start = bare.prompt_end.unwrap_or_default();
        let trained = bare.offsets.iter().zip(&bare.weights).filter(|(_, weight)| **weight > 0.0);
        let end = trained.map(|(offset, _)| offset.end).max().unwrap_or(start).max(start);
        let text = |from: usize, to: usize| bare.text.get(from..to).unwrap_or_default().to_owned();
        let (prompt, reply) = (text(0, start), text(start, end));

        let tokenizer = engine.tokenizer(&request.tokenizer).ok_or_else(nothing)?;
        let encode = |text: &str| tokenizer.encode_with_special_tokens(text);
        let whole = encode(&text(0, end))?;
        let prompt_count = encode(&prompt)?.ids.len();
        let mut labels = vec![IGNORED; prompt_count];
        labels.extend(encode(&reply)?.ids.into_iter().map(i64::from));
        let special = |name: &str| tokenizer.special_tokens().get(name).filter(|token| !token.is_empty());
        let id = |name: &str| tokenizer.token_to_id(special(name)?);
        Ok(Self {
            prompt_count,
            labels,
            around: encode("")?.ids.len(),
            collated: id("pad_token").map(|pad| collate(&whole.ids, Some(pad))),
            pad_is_eos: collate(&right.input_ids, id("eos_token")),
            input_ids: whole.ids,
            offsets: whole.offsets,
            vocabulary: tokenizer.vocab_size(),
            eos: special("eos_token").cloned(),
            zero: tokenizer.id_to_token(0).unwrap_or_default(),
            prompt,
            reply,
            right,
        })
    }
}

/// `DataCollatorForLanguageModeling(mlm=False)`: a copy of the ids, but for the `pad_token`.
fn collate(ids: &[u32], pad: Option<u32>) -> Vec<i64> {
    ids.iter().map(|id| if Some(*id) == pad { IGNORED } else { i64::from(*id) }).collect()
}

/// The sample of this number, or of the last reply before it, or why there is none.
fn one(report: Report, number: usize) -> Result<Sample, Diagnostic> {
    let mut errors = report.diagnostics;
    let mut samples = Vec::new();
    for conversation in report.conversations {
        errors.extend(conversation.diagnostics);
        for outcome in conversation.outcomes {
            match outcome {
                Outcome::Sample(sample) => samples.push(sample),
                Outcome::Dropped { diagnostics, .. } => errors.extend(diagnostics),
            }
        }
    }
    samples.truncate(number.saturating_add(1));
    samples.pop().ok_or_else(|| {
        errors.into_iter().find(|found| found.severity == Severity::Error).unwrap_or_else(nothing)
    })
}

fn nothing() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "no-reply",
        Bilingual::fixed(
            "the listing needs a reply of the assistant, and there is none",
            "示例代码需要一条助手的回复，而这里没有",
        ),
    )
    .hint(Bilingual::fixed("paste a dialogue in which the assistant answers", "请粘贴一段有助手回复的对话"))
}
