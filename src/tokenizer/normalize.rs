//! The tokenizer's normalisers once more, this time with the original range of each byte.
//!
//! The library that gives the ids normalises without such ranges. So each normaliser is replayed here, and the result
//! is compared with the library's: where the two differ, no offset is reported.

use tokenizers::normalizers::bert::BertNormalizer;
use tokenizers::normalizers::metaspace::{MetaspaceNormalizer, PrependBehavior};
use tokenizers::normalizers::replace::{Replace, ReplacePattern};
use tokenizers::pipeline::{Normalizer, PipelineNormalizer, normalize_all};
use tokenizers::utils::SysRegex;
use unicode_normalization::char::is_combining_mark;

use super::aligned::Aligned;
use super::bytes::ALPHABET;
use super::forms;

/// What could not be replayed.
pub(super) type Unproved = &'static str;

/// The name of the first normaliser that can't be replayed, if there is one.
pub(super) fn unsupported(chain: &[PipelineNormalizer]) -> Option<&'static str> {
    chain.iter().find_map(|normalizer| match normalizer {
        PipelineNormalizer::Nmt(_) => Some("Nmt"),
        PipelineNormalizer::Precompiled(_) => Some("Precompiled"),
        PipelineNormalizer::Metaspace(metaspace) if metaspace.drop_whitespace() => {
            Some("WhitespaceSplit with Metaspace")
        }
        _ => None,
    })
}

/// Runs the chain over `chunk`.
pub(super) fn run<'a>(chain: &[PipelineNormalizer], chunk: &'a str) -> Result<Aligned<'a>, Unproved> {
    let mut aligned = Aligned::new(chunk);
    if chain.is_empty() {
        return Ok(aligned);
    }
    for normalizer in chain {
        apply(normalizer, &mut aligned)?;
    }
    let theirs = normalize_all(chain, chunk, 1).map_err(|_| "the normaliser failed")?;
    if theirs == aligned.text() { Ok(aligned) } else { Err("the normalised text differs") }
}

/// Runs the `▁` step over a piece between added tokens.
pub(super) fn metaspace(
    step: &MetaspaceNormalizer,
    piece: &mut Aligned<'_>,
    opens_the_text: bool,
) -> Result<(), Unproved> {
    let theirs = step
        .normalize(piece.text(), usize::from(!opens_the_text))
        .map_err(|_| "the normaliser failed")?
        .into_owned();
    let delimiter = step.delimiter().to_string();
    let spaces: Vec<_> = piece.text().match_indices(' ').map(|(i, _)| (i, i + 1)).collect();
    piece.replace(&spaces, &delimiter);
    let wanted = match step.prepend() {
        PrependBehavior::Always => true,
        PrependBehavior::First => opens_the_text,
        PrependBehavior::Never => false,
    };
    if wanted && !piece.text().starts_with(step.delimiter()) {
        piece.prepend(&delimiter);
    }
    if theirs == piece.text() { Ok(()) } else { Err("the normalised text differs") }
}

/// Runs one normaliser.
fn apply(normalizer: &PipelineNormalizer, aligned: &mut Aligned<'_>) -> Result<(), Unproved> {
    let fits = match normalizer {
        PipelineNormalizer::NFC(_) => normal(aligned, |text| forms::composed(text, false)),
        PipelineNormalizer::NFD(_) => normal(aligned, |text| forms::decomposed(text, false)),
        PipelineNormalizer::NFKC(_) => normal(aligned, |text| forms::composed(text, true)),
        PipelineNormalizer::NFKD(_) => normal(aligned, |text| forms::decomposed(text, true)),
        PipelineNormalizer::Lowercase(_) => lowercase(aligned),
        PipelineNormalizer::StripAccents(_) => aligned.filter(|c| !is_combining_mark(c)),
        PipelineNormalizer::Strip(strip) => aligned.strip(strip.strip_left, strip.strip_right),
        PipelineNormalizer::Bert(bert) => self::bert(*bert, aligned),
        PipelineNormalizer::ByteLevel(_) => byte_level(aligned),
        PipelineNormalizer::Prepend(prepend) => {
            aligned.prepend(&prepend.prepend);
            true
        }
        PipelineNormalizer::Replace(replace) => {
            let matches = matches(replace, aligned.text())?;
            aligned.replace(&matches, &replace.content);
            true
        }
        PipelineNormalizer::Metaspace(_) => return Err("`Metaspace` is not the last normaliser"),
        PipelineNormalizer::Nmt(_) => return Err("the normaliser `Nmt` has no offsets"),
        PipelineNormalizer::Precompiled(_) => return Err("the normaliser `Precompiled` has no offsets"),
    };
    if fits { Ok(()) } else { Err("the normaliser's changes do not fit the text") }
}

/// A Unicode normal form, with nothing to do for text that consists of characters no form changes.
fn normal(aligned: &mut Aligned<'_>, form: impl Fn(&str) -> Vec<(char, isize)>) -> bool {
    if aligned.text().chars().all(is_stable) {
        return true;
    }
    let changes = form(aligned.text());
    aligned.transform(changes, 0)
}

/// Whether no Unicode normal form changes the character or joins it to a neighbour.
fn is_stable(c: char) -> bool {
    matches!(c, '\0'..='\u{9F}' | '\u{3001}'..='\u{3029}' | '\u{4E00}'..='\u{9FA5}')
}

/// Lower case, which may be several characters.
fn lowercase(aligned: &mut Aligned<'_>) -> bool {
    let changes: Vec<_> = aligned
        .text()
        .chars()
        .flat_map(|c| c.to_lowercase().enumerate().map(|(i, lower)| (lower, isize::from(i > 0))))
        .collect();
    aligned.transform(changes, 0)
}

/// Each byte as its character of the byte-level alphabet.
fn byte_level(aligned: &mut Aligned<'_>) -> bool {
    let mut changes = Vec::with_capacity(aligned.text().len());
    for c in aligned.text().chars() {
        let mut buffer = [0; 4];
        let bytes = c.encode_utf8(&mut buffer).bytes();
        changes.extend(bytes.enumerate().map(|(i, byte)| (ALPHABET[byte as usize], isize::from(i > 0))));
    }
    aligned.transform(changes, 0)
}

/// Where a `Replace` matches.
fn matches(replace: &Replace, text: &str) -> Result<Vec<(usize, usize)>, Unproved> {
    match replace.pattern() {
        ReplacePattern::String(pattern) if pattern.is_empty() => Ok(Vec::new()),
        ReplacePattern::String(pattern) => {
            Ok(text.match_indices(pattern.as_str()).map(|(i, found)| (i, i + found.len())).collect())
        }
        ReplacePattern::Regex(pattern) => {
            let regex = SysRegex::new(pattern).map_err(|_| "the pattern of `Replace` does not compile")?;
            let found: Vec<_> = regex.find_iter(text).collect();
            let empty = found.iter().any(|(start, end)| start == end);
            if empty { Err("the pattern of `Replace` matches nothing at all") } else { Ok(found) }
        }
    }
}

/// BERT's cleaning, spaces around Chinese characters, accents and case. What a category of characters is, the library
/// is asked one character at a time.
fn bert(settings: BertNormalizer, aligned: &mut Aligned<'_>) -> bool {
    let ask = |normalizer: &BertNormalizer, c: char| {
        let mut buffer = [0; 4];
        normalizer
            .normalize(c.encode_utf8(&mut buffer), 1)
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default()
    };
    let mut fits = true;
    if settings.clean_text {
        let cleaner = BertNormalizer::new(true, false, Some(false), false);
        let clean = |c: char| if matches!(c, ' '..='~') { c.to_string() } else { ask(&cleaner, c) };
        fits &= aligned.filter(|c| !clean(c).is_empty());
        let changes: Vec<_> =
            aligned.text().chars().map(|c| (clean(c).chars().next().unwrap_or(c), 0)).collect();
        fits &= aligned.transform(changes, 0);
    }
    if settings.handle_chinese_chars {
        let spacer = BertNormalizer::new(false, true, Some(false), false);
        let mut changes = Vec::with_capacity(aligned.text().len());
        for c in aligned.text().chars() {
            if !c.is_ascii() && ask(&spacer, c).len() > c.len_utf8() {
                changes.extend([(' ', 0), (c, 1), (' ', 1)]);
            } else {
                changes.push((c, 0));
            }
        }
        fits &= aligned.transform(changes, 0);
    }
    if settings.strip_accents.unwrap_or(settings.lowercase) {
        fits &= normal(aligned, |text| forms::decomposed(text, false));
        let stripper = BertNormalizer::new(false, false, Some(true), false);
        fits &= aligned.filter(|c| c.is_ascii() || !ask(&stripper, c).is_empty());
    }
    if settings.lowercase {
        fits &= lowercase(aligned);
    }
    fits
}
