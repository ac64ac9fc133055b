//! A sample of pieces that a trainer encodes apart and puts one after another: its text is their concatenation.

use std::ops::Range;

use super::sample::{self, Verdict};
use super::stretch::{NOBODY, Stretch, shift};
use super::whole::{self, NoSample};
use super::{Context, Sample};
use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::template::{Owner, Piece};
use crate::tokenizer::Added;

/// Why the tokens of a piece are trained or masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Why {
    trained: bool,
    en: &'static str,
    zh: &'static str,
}

impl Why {
    /// A reason to train.
    pub(super) const fn trained(en: &'static str, zh: &'static str) -> Self {
        Self { trained: true, en, zh }
    }

    /// Whether it is a reason to train.
    pub(super) const fn is_training(self) -> bool {
        self.trained
    }

    /// A reason not to.
    pub(super) const fn masked(en: &'static str, zh: &'static str) -> Self {
        Self { trained: false, en, zh }
    }
}

impl Verdict for Why {
    const COLLIDES: Self = Self::masked("", "");

    fn is_trained(self) -> bool {
        self.trained
    }

    fn why(self) -> Bilingual {
        if self == Self::COLLIDES { sample::collides() } else { Bilingual::fixed(self.en, self.zh) }
    }
}

/// The tokens of a piece, or of several; offsets count from its first byte.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    text: String,
    pieces: Vec<Piece>,
    ids: Vec<u32>,
    offsets: Vec<Span>,
    held: Vec<Span>,
}

impl Block {
    /// Its ids.
    pub(super) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// How many tokens it has.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Keeps the first `most` tokens. The text stays: what was cut off is shown as text without tokens.
    pub(super) fn truncate(&mut self, most: usize) {
        self.ids.truncate(most);
        self.offsets.truncate(most);
        self.held.truncate(most);
    }

    /// Appends another one.
    pub(super) fn append(&mut self, other: &Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.pieces
            .extend(other.pieces.iter().map(|piece| Piece { output: shift(piece.output, start), ..*piece }));
        self.ids.extend_from_slice(&other.ids);
        self.offsets.extend(other.offsets.iter().map(|span| shift(*span, start)));
        self.held.extend(other.held.iter().map(|span| shift(*span, start)));
    }
}

/// Encodes pieces, with the added tokens that the trainer knows.
pub(super) struct Encoder<'c> {
    pub(super) context: &'c Context<'c>,
    pub(super) added: Added,
}

impl Encoder<'_> {
    /// The tokens of a text that is encoded alone.
    pub(super) fn text(&self, stretch: &Stretch) -> Result<Block, Diagnostic> {
        let encoding = self.context.tokenizer.encode_with(stretch.text(), &self.added)?;
        Ok(Block {
            text: stretch.text().to_owned(),
            pieces: stretch.pieces().to_vec(),
            ids: encoding.ids,
            offsets: encoding.offsets,
            held: encoding.held,
        })
    }

    /// The tokens of a text with what the tokenizer puts around it, cut to `most` tokens.
    pub(super) fn with_special_tokens(&self, stretch: &Stretch, most: usize) -> Result<Block, Diagnostic> {
        let tokenizer = self.context.tokenizer;
        let around = tokenizer.encode_with_special_tokens("")?.ids.len();
        let own = tokenizer.encode(stretch.text())?.ids.len();
        let mut encoding = tokenizer.encode_with_special_tokens(stretch.text())?;
        let before = encoding.offsets.iter().take_while(|offset| offset.is_empty()).count().min(around);
        // What comes after the text is kept when the text is cut.
        let kept = before + own.min(most.saturating_sub(around));
        let cut = kept..before + own;
        for spans in [&mut encoding.offsets, &mut encoding.held] {
            spans.drain(cut.clone());
        }
        encoding.ids.drain(cut);
        Ok(Block {
            text: stretch.text().to_owned(),
            pieces: stretch.pieces().to_vec(),
            ids: encoding.ids,
            offsets: encoding.offsets,
            held: encoding.held,
        })
    }

    /// A token that is put there by its id.
    pub(super) fn token(&self, id: u32, owner: Owner) -> Block {
        let text = self.spelling(id);
        let whole = Span::new(0, text.len());
        let stretch = Stretch::new(text, owner);
        Block {
            text: stretch.text().to_owned(),
            pieces: stretch.pieces().to_vec(),
            ids: vec![id],
            offsets: vec![whole],
            held: vec![whole],
        }
    }

    /// The text of a token.
    pub(super) fn spelling(&self, id: u32) -> String {
        let added = self.added.more.iter().find(|(_, other)| *other == id).map(|(token, _)| token.clone());
        let bytes = || String::from_utf8_lossy(&self.context.tokenizer.token_bytes(id)).into_owned();
        added.unwrap_or_else(bytes)
    }

    /// The id of a token that the trainer can't do without.
    pub(super) fn id(&self, token: &str) -> Result<u32, NoSample> {
        let added = self.added.more.iter().find(|(content, _)| content == token).map(|(_, id)| *id);
        added.or_else(|| self.context.tokenizer.token_to_id(token)).ok_or_else(|| no_such_token(token))
    }
}

/// The tokenizer lacks a token that the trainer's template is made of.
pub(super) fn no_such_token(token: &str) -> NoSample {
    whole::stops(
        "no-such-token",
        Bilingual::new(
            format!("this tokenizer has no token `{token}`, and the trainer can't do without it"),
            format!("该分词器没有 token `{token}`，而训练器离不开它"),
        ),
        Bilingual::fixed(
            "choose the tokenizer of the model that this template belongs to",
            "请选用该模板所属模型的分词器",
        ),
    )
}

/// A sample in the making.
#[derive(Default)]
pub(super) struct Builder {
    block: Block,
    labels: Vec<i64>,
    whys: Vec<Why>,
}

impl Builder {
    /// Appends tokens that all have one reason; the label of a trained one is its id.
    pub(super) fn push(&mut self, block: &Block, why: Why) {
        self.whys.resize(self.whys.len() + block.len(), why);
        self.labels.extend(block.ids.iter().map(|id| i64::from(*id)));
        self.block.append(block);
    }

    /// Gives token `at` a label of its own, and a reason.
    pub(super) fn relabel(&mut self, at: usize, label: i64, why: Why) {
        if let (Some(of_it), Some(reason)) = (self.labels.get_mut(at), self.whys.get_mut(at)) {
            (*of_it, *reason) = (label, why);
        }
    }

    /// Masks what is trained of the first `count` tokens.
    pub(super) fn mask_first(&mut self, count: usize, why: Why) {
        for reason in self.whys.iter_mut().take(count).filter(|reason| reason.trained) {
            *reason = why;
        }
    }

    /// Masks these tokens, as far as there are any.
    pub(super) fn mask(&mut self, tokens: Range<usize>, why: Why) {
        let end = tokens.end.min(self.whys.len());
        if let Some(reasons) = self.whys.get_mut(tokens.start..end) {
            reasons.fill(why);
        }
    }

    /// How many tokens there are so far.
    pub(super) fn len(&self) -> usize {
        self.block.len()
    }

    /// The ids so far.
    pub(super) fn ids(&self) -> &[u32] {
        self.block.ids()
    }

    /// The reasons so far.
    pub(super) fn whys(&self) -> &[Why] {
        &self.whys
    }

    /// The sample.
    pub(super) fn finish(self, context: &Context<'_>) -> Result<Sample, NoSample> {
        let Self { block, labels, whys } = self;
        if !context.budget.take(block.len()) {
            return Err(NoSample::OverBudget);
        }
        let owner =
            |held: &Span| if block.pieces.is_empty() { NOBODY } else { sample::owner(&block.pieces, *held) };
        let mut sample = Sample {
            attention_mask: vec![1; block.len()],
            labels: Vec::new(),
            weights: Vec::new(),
            owners: block.held.iter().map(owner).collect(),
            trail: Vec::new(),
            writers: Vec::new(),
            reply: None,
            prompt_end: None,
            stop: None,
            diagnostics: Vec::new(),
            text: block.text,
            input_ids: block.ids,
            offsets: block.offsets,
            held: block.held,
            pieces: block.pieces,
        };
        sample::label_with(&mut sample, labels, whys, context.ignore_index);
        Ok(sample)
    }
}
