//! Text ▶ ids and offsets: added tokens are cut out first, and each stretch between them is encoded alone.

use std::cell::RefCell;
use std::ops::Range;

use tokenizers::normalizers::metaspace::{MetaspaceNormalizer, PrependBehavior};
use tokenizers::pipeline::{
    Model as _, PipelineModelScratch, PipelineNormalizer, PipelinePatternMatcher as _, PipelinePreTokenizer,
    PipelineToken, PipelineTokenizer, PreTokenizer as _, PreTokenizerScratch, Span as Word,
};

use super::Encoding;
use super::align::{Kind, Lookup as _, Rules, walk};
use super::aligned::Aligned;
use super::bytes::BYTE_LEVEL_SPACE;
use super::normalize::{self, Unproved};
use super::raw::Lowered;
use super::vocabulary::Vocabulary;
use super::words;
use crate::span::Span;

/// Everything that encoding needs.
pub(super) struct Encoder {
    /// The library's tokenizer.
    pipeline: PipelineTokenizer,
    /// The step that cuts text into words, where the library's lacks something.
    words: Option<PipelinePreTokenizer>,
    /// How many of its normalisers come before the `▁` step.
    declared: usize,
    /// Whether lines that begin with a letter can be encoded one by one.
    lines_apart: bool,
    /// What the model does to text.
    rules: Rules,
    /// What the canonical form of the file no longer says.
    lowered: Lowered,
    /// Buffers that the library fills again and again.
    scratch: RefCell<Scratch>,
}

/// The library's buffers, and ours.
struct Scratch {
    /// Of the step that cuts text into words.
    words: PreTokenizerScratch,
    /// Of the model, with its cache of words.
    model: PipelineModelScratch,
    /// The words of a piece.
    spans: Vec<Word>,
    /// The ids of a word.
    ids: Vec<PipelineToken>,
    /// The bytes of each token of a word.
    ranges: Vec<Range<usize>>,
}

/// A stretch of text without added tokens (of the kind that is found in raw text), encoded; offsets count from its
/// first byte.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    /// Ids, offsets and held bytes.
    pub(super) encoding: Encoding,
    /// For each token how many white-space characters its spelling begins and ends with; empty where offsets are not
    /// trimmed.
    pub(super) blanks: Vec<(u32, u32)>,
}

impl Segment {
    /// Adds a token.
    fn push(&mut self, id: u32, offset: Span, held: Span) {
        self.encoding.ids.push(id);
        self.encoding.offsets.push(offset);
        self.encoding.held.push(held);
    }
}

impl Encoder {
    /// An encoder with empty caches.
    pub(super) fn new(pipeline: PipelineTokenizer, rules: Rules, lowered: Lowered) -> Result<Self, String> {
        let words = words::complete(pipeline.get_pre_tokenizer())?;
        let normalizers = pipeline.get_normalizers();
        let has_metaspace = matches!(normalizers.last(), Some(PipelineNormalizer::Metaspace(_)));
        let declared = normalizers.len() - usize::from(has_metaspace);
        let tokens = pipeline.get_added_vocabulary().get_added_tokens_decoder();
        let lines_apart = !lowered.prefix_space
            && tokens.values().all(|token| !token.normalized)
            && words::lines_are_apart(pipeline.get_pre_tokenizer(), normalizers);
        let scratch = Scratch {
            words: PreTokenizerScratch::default(),
            model: pipeline.get_model().init_scratch(),
            spans: Vec::new(),
            ids: Vec::new(),
            ranges: Vec::new(),
        };
        Ok(Self { pipeline, words, declared, lines_apart, rules, lowered, scratch: RefCell::new(scratch) })
    }

    /// The `▁` step, which comes after added tokens were cut out of normalised text.
    fn metaspace(&self) -> Option<&MetaspaceNormalizer> {
        match self.pipeline.get_normalizers().last() {
            Some(PipelineNormalizer::Metaspace(step)) => Some(step),
            _ => None,
        }
    }

    /// Whether a segment at the beginning of the text may be encoded otherwise than the same one elsewhere.
    pub(super) fn place_matters(&self) -> bool {
        self.metaspace().is_some_and(|step| step.prepend() == PrependBehavior::First)
    }

    /// Whether lines that begin with a letter can be encoded one by one.
    pub(super) fn lines_apart(&self) -> bool {
        self.lines_apart
    }

    /// Whether offsets are trimmed, and if so whether a first space is taken to be the one put in front.
    pub(super) fn trim(&self) -> Option<bool> {
        self.lowered.trim
    }

    /// The ids that the tokenizer puts around a whole text, before and after it.
    pub(super) fn around(&self) -> [Vec<u32>; 2] {
        let template = &self.pipeline.get_post_processor().single;
        [&template.prefix, &template.suffix].map(|run| run.iter().map(|(token, _)| token.id()).collect())
    }

    /// The next added token in raw text, from `place` on: its bytes, with the white space it takes, and its id. With
    /// `encode_special_tokens` a special token is ordinary text.
    pub(super) fn next_added(
        &self,
        text: &str,
        place: usize,
        encode_special_tokens: bool,
    ) -> Option<(Span, u32)> {
        let added = self.pipeline.get_added_vocabulary();
        let ((start, end), id) = added.extract_next(text.as_bytes(), place, false, encode_special_tokens)?;
        fits(text, place, start, end).then_some((Span::new(start, end), id))
    }

    /// Encodes a stretch between added tokens.
    pub(super) fn segment(
        &self,
        text: &str,
        opens_the_text: bool,
        vocabulary: &Vocabulary,
    ) -> Result<Segment, Unproved> {
        let normalizers = &self.pipeline.get_normalizers()[..self.declared];
        let normalized = normalize::run(normalizers, text)?;
        let whole = normalized.text();
        let added = self.pipeline.get_added_vocabulary();
        let mut segment = Segment::default();
        let mut place = 0;
        while place < whole.len() {
            let next = added.extract_next(whole.as_bytes(), place, true, false);
            let next = next.filter(|((start, end), _)| fits(whole, place, *start, *end));
            let until = next.map_or(whole.len(), |((start, _), _)| start);
            if until > place {
                let piece = normalized.slice(place, until);
                let opens = opens_the_text && normalized.original(place, until).start == 0;
                self.piece(piece, opens, vocabulary, &mut segment)?;
            }
            let Some(((start, end), id)) = next else { break };
            let range = normalized.original(start, end);
            segment.push(id, range, range);
            if self.lowered.trim.is_some() {
                segment.blanks.push(blanks(&whole[start..end]));
            }
            place = end;
        }
        Ok(segment)
    }

    /// Encodes a stretch of normalised text in which there is no added token at all.
    fn piece(
        &self,
        mut piece: Aligned<'_>,
        opens_the_text: bool,
        vocabulary: &Vocabulary,
        segment: &mut Segment,
    ) -> Result<(), Unproved> {
        if let Some(step) = self.metaspace() {
            normalize::metaspace(step, &mut piece, opens_the_text)?;
        }
        if self.lowered.prefix_space && !piece.text().starts_with(' ') {
            piece.prepend(" ");
        }
        let text = piece.text();
        let scratch = &mut *self.scratch.borrow_mut();
        scratch.spans.clear();
        self.words
            .as_ref()
            .unwrap_or_else(|| self.pipeline.get_pre_tokenizer())
            .pre_tokenize(text, &mut scratch.words, &mut scratch.spans)
            .map_err(|_| "the text can't be cut into words")?;
        let model = self.pipeline.get_model();
        for word in &scratch.spans {
            let word = word.range();
            let start = word.start;
            let word = text.get(word).ok_or("a word is not part of the text")?;
            scratch.ids.clear();
            scratch.ranges.clear();
            if word.is_empty() {
                continue;
            }
            model
                .tokenize_pipeline(word, &mut scratch.model, &mut scratch.ids)
                .map_err(|_| "the model failed")?;
            let ids = PipelineToken::cast_slice(&scratch.ids);
            walk(word, ids, &self.rules, vocabulary, start, &mut scratch.ranges)?;
            for (&id, range) in ids.iter().zip(&scratch.ranges) {
                let offset = piece.original(range.start, range.end);
                segment.push(id, offset, piece.held(range.start, range.end));
                if self.lowered.trim.is_some() {
                    segment.blanks.push(self.blanks_of(id, vocabulary));
                }
            }
        }
        Ok(())
    }

    /// How many white-space characters the spelling of a token of the model begins and ends with.
    fn blanks_of(&self, id: u32, vocabulary: &Vocabulary) -> (u32, u32) {
        let count = |token: &[u8]| {
            if self.rules.kind == Kind::ByteLevel {
                let leading = token.iter().take_while(|byte| **byte == b' ').count();
                let trailing = token.iter().rev().take_while(|byte| **byte == b' ').count();
                (leading as u32, trailing as u32)
            } else {
                std::str::from_utf8(token).map_or((0, 0), blanks)
            }
        };
        vocabulary.with_surface(id, count).unwrap_or_default()
    }
}

/// Whether a match moves on from `place` and cuts no character.
fn fits(text: &str, place: usize, start: usize, end: usize) -> bool {
    start >= place
        && end > place
        && end >= start
        && text.is_char_boundary(start)
        && text.is_char_boundary(end)
}

/// How many white-space characters a spelling begins and ends with.
pub(super) fn blanks(token: &str) -> (u32, u32) {
    let blank = |c: &char| *c == BYTE_LEVEL_SPACE || c.is_whitespace();
    (token.chars().take_while(blank).count() as u32, token.chars().rev().take_while(blank).count() as u32)
}
