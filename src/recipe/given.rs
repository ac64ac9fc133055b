//! Rows that say their own tokens: shown as they are, whatever the recipe.
//!
//! Axolotl's segments are encoded one by one, without special tokens (`input_output.py`); the tokens of a row that was
//! tokenised are decoded one by one, and their bytes laid side by side.

use super::compare::compare;
use super::sample::{self, Verdict};
use super::{Context, Outcome, Recipe, Sample};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::{Given, Segment, Tokens};
use crate::span::Span;
use crate::template::{Owner, Part, Piece};
use crate::tokenizer::Tokenizer;

/// The sample of a row that says its own tokens. What `recipe` builds of the same text is only compared with it.
pub(super) fn build(
    context: &Context<'_>,
    given: &Given,
    recipe: &Recipe,
    build: fn(&Context<'_>) -> Vec<Outcome>,
) -> Vec<Outcome> {
    let made = match given {
        Given::Segments(segments) => of_segments(context, segments),
        Given::Tokens(tokens) => Ok(of_tokens(context, tokens).map(|mut sample| {
            sample.diagnostics.push(compare(context, &sample, recipe, build));
            sample
        })),
    };
    match made {
        Ok(sample) => sample.map(Outcome::Sample).into_iter().collect(),
        Err(error) => vec![sample::failed(error)],
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Segment(bool),
    Label(bool),
    Unlabelled,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        matches!(self, Self::Segment(true) | Self::Label(true) | Self::Unlabelled)
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Segment(true) => Bilingual::fixed(
                "its segment has `label` true: trained",
                "所在片段的 `label` 为 true：参与训练",
            ),
            Self::Segment(false) => Bilingual::fixed(
                "its segment has `label` false: masked",
                "所在片段的 `label` 为 false：被忽略",
            ),
            Self::Label(true) => {
                Bilingual::fixed("the row has a label here: trained", "该行在此处有标签：参与训练")
            }
            Self::Label(false) => {
                Bilingual::fixed("the row masks this position: masked", "该行忽略了这个位置：被忽略")
            }
            Self::Unlabelled => Bilingual::fixed(
                "the row has no labels: a trainer copies `input_ids`, trained",
                "该行没有标签：训练器会复制 `input_ids`，参与训练",
            ),
            Self::Collides => sample::collides(),
        }
    }
}

/// A sample without tokens.
fn empty() -> Sample {
    Sample {
        text: String::new(),
        input_ids: Vec::new(),
        attention_mask: Vec::new(),
        labels: Vec::new(),
        weights: Vec::new(),
        offsets: Vec::new(),
        held: Vec::new(),
        owners: Vec::new(),
        trail: Vec::new(),
        pieces: Vec::new(),
        writers: Vec::new(),
        reply: None,
        prompt_end: None,
        stop: None,
        diagnostics: Vec::new(),
    }
}

/// Each segment is a message of its conversation, and is encoded alone. `None` where the budget is spent.
fn of_segments(context: &Context<'_>, segments: &[Segment]) -> Result<Option<Sample>, Diagnostic> {
    let mut sample = empty();
    let mut verdicts = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let text = &segment.text;
        let encoding = context.tokenizer.encode(&text.text)?;
        if !context.budget.take(encoding.ids.len()) {
            return Ok(None);
        }
        let base = sample.text.len();
        let shifted = |span: &Span| Span::new(span.start + base, span.end + base);
        let owner = Owner { message: Some(at as u32), part: Part::Content };
        sample.text.push_str(&text.text);
        sample.offsets.extend(encoding.offsets.iter().map(shifted));
        sample.held.extend(encoding.held.iter().map(shifted));
        sample.owners.resize(sample.owners.len() + encoding.ids.len(), owner);
        verdicts.resize(verdicts.len() + encoding.ids.len(), Why::Segment(segment.trained));
        sample.input_ids.extend(encoding.ids);
        if !text.text.is_empty() {
            let source = text.is_pasted().then(|| text.source_span(0..text.text.len()));
            sample.pieces.push(Piece { output: Span::new(base, sample.text.len()), owner, source });
        }
    }
    sample.attention_mask = vec![1; sample.input_ids.len()];
    sample::label(&mut sample, verdicts, context.ignore_index);
    Ok(Some(sample))
}

/// The row as it is. `None` where the budget is spent.
fn of_tokens(context: &Context<'_>, tokens: &Tokens) -> Option<Sample> {
    let count = tokens.input_ids.len();
    if !context.budget.take(count) {
        return None;
    }
    let mut sample = decoded(context.tokenizer, &tokens.input_ids);
    let owner = Owner { message: None, part: Part::Template };
    sample.owners = vec![owner; count];
    if !sample.text.is_empty() {
        let output = Span::new(0, sample.text.len());
        sample.pieces.push(Piece { output, owner, source: None });
    }
    sample.attention_mask = tokens.attention_mask.clone().unwrap_or_else(|| vec![1; count]);
    match &tokens.labels {
        None => sample::label(&mut sample, vec![Why::Unlabelled; count], context.ignore_index),
        Some(labels) => {
            let trained = |label: &i64| *label >= 0 && *label != context.ignore_index;
            let verdicts: Vec<Why> = labels.iter().map(|label| Why::Label(trained(label))).collect();
            sample.weights = labels.iter().map(|label| f32::from(u8::from(trained(label)))).collect();
            sample.labels.clone_from(labels);
            sample.trail = sample::trail(&verdicts);
        }
    }
    let found = [unknown_ids(context, &sample), foreign_ignore_index(context, &sample)];
    sample.diagnostics.extend(found.into_iter().flatten());
    Some(sample)
}

/// The text of ids, and where in it each token is. Bytes that are no UTF-8 are `U+FFFD` there.
fn decoded(tokenizer: &Tokenizer, input_ids: &[u32]) -> Sample {
    let mut bytes = Vec::new();
    let mut ends = Vec::with_capacity(input_ids.len());
    for id in input_ids {
        bytes.extend(tokenizer.token_bytes(*id));
        ends.push(bytes.len());
    }
    let mut text = String::new();
    // Where each byte is in the text.
    let mut places = Vec::with_capacity(bytes.len() + 1);
    for chunk in bytes.utf8_chunks() {
        places.extend(text.len()..text.len() + chunk.valid().len());
        text.push_str(chunk.valid());
        places.resize(places.len() + chunk.invalid().len(), text.len());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    places.push(text.len());
    let mut start = 0;
    let held = ends.iter().map(|end| Span::new(places[std::mem::replace(&mut start, *end)], places[*end]));
    let held: Vec<Span> = held.collect();
    let whole =
        |held: &Span| Span::new(text.floor_char_boundary(held.start), text.ceil_char_boundary(held.end));
    Sample { input_ids: input_ids.to_vec(), offsets: held.iter().map(whole).collect(), held, text, ..empty() }
}

/// Ids that the tokenizer does not have: the row was made with another one.
fn unknown_ids(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let unknown = |(at, id): (usize, &u32)| context.tokenizer.id_to_token(*id).is_none().then_some(at as u32);
    let tokens: Vec<u32> = sample.input_ids.iter().enumerate().filter_map(unknown).collect();
    let count = tokens.len();
    let message = Bilingual::new(
        format!("{count} of the row's ids are not in this tokenizer"),
        format!("该行有 {count} 个 id 不在这个分词器中"),
    );
    let hint =
        Bilingual::fixed("choose the tokenizer that the row was made with", "请选择生成该行所用的分词器");
    (count > 0)
        .then(|| Diagnostic::new(Severity::Error, "given-id-unknown", message).hint(hint).tokens(tokens))
}

/// Negative labels that are not the `ignore_index`.
fn foreign_ignore_index(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let foreign =
        |(at, label): (usize, &i64)| (*label < 0 && *label != context.ignore_index).then_some(at as u32);
    let tokens: Vec<u32> = sample.labels.iter().enumerate().filter_map(foreign).collect();
    let first = *sample.labels.get(*tokens.first()? as usize)?;
    let message = Bilingual::new(
        format!("the row masks with {first}, and the `ignore_index` is {}", context.ignore_index),
        format!("该行以 {first} 表示忽略，而 `ignore_index` 是 {}", context.ignore_index),
    );
    let hint = Bilingual::fixed(
        "a loss with another `ignore_index` would take these labels for ids: set the two alike",
        "若两者不同，损失函数会把这些标签当作 id：请设为一致",
    );
    Some(Diagnostic::new(Severity::Warning, "given-ignore-index", message).hint(hint).tokens(tokens))
}
