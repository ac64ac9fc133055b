//! Which bytes of a word each of its tokens holds, proved by walking the word from its first byte to its last.

use std::ops::Range;

use super::bytes::fallback_byte;
use super::normalize::Unproved;

/// What the model does to the text of a word before it looks tokens up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rules {
    /// Which model it is.
    pub(super) kind: Kind,
    /// The id of the token for what the vocabulary lacks.
    pub(super) unk: Option<u32>,
    /// Whether one unknown token stands for a run of unknown characters.
    pub(super) fuse_unk: bool,
    /// Whether unknown characters become `<0xNN>` tokens.
    pub(super) byte_fallback: bool,
    /// What tokens inside a word begin with, such as `##`.
    pub(super) prefix: String,
}

/// The models that a `tokenizer.json` can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Byte pair encoding over the bytes of the text.
    #[default]
    ByteLevel,
    /// Byte pair encoding over the characters of the text.
    Bpe,
    /// Longest match first.
    WordPiece,
    /// Whole words.
    WordLevel,
    /// The likeliest cut.
    Unigram,
}

/// What the walk asks the vocabulary.
pub(super) trait Lookup {
    /// The bytes of the token as they stand in normalised text; `None` for an id that there is not.
    fn with_surface<R>(&self, id: u32, look: impl FnOnce(&[u8]) -> R) -> Option<R>;
    /// Whether the vocabulary has a token that is spelt like this.
    fn has(&self, token: &str) -> bool;
}

/// Appends, for each token of `word`, the bytes of `word` that it holds, each shifted by `shift`.
pub(super) fn walk(
    word: &str,
    ids: &[u32],
    rules: &Rules,
    vocabulary: &impl Lookup,
    shift: usize,
    out: &mut Vec<Range<usize>>,
) -> Result<(), Unproved> {
    let whole = shift..shift + word.len();
    match rules.kind {
        Kind::WordLevel if ids.len() == 1 => {
            out.push(whole);
            return Ok(());
        }
        Kind::WordPiece if ids.len() == 1 && Some(ids[0]) == rules.unk => {
            out.push(whole);
            return Ok(());
        }
        _ => {}
    }
    let mut place = 0;
    for &id in ids {
        let length = length(word, place, id, rules, vocabulary)?;
        out.push(shift + place..shift + place + length);
        place += length;
    }
    if place == word.len() { Ok(()) } else { Err("the tokens do not reach the end of the word") }
}

/// How many bytes of `word` the token `id` holds at `place`.
fn length(
    word: &str,
    place: usize,
    id: u32,
    rules: &Rules,
    vocabulary: &impl Lookup,
) -> Result<usize, Unproved> {
    let rest = &word.as_bytes()[place..];
    if rules.kind == Kind::ByteLevel {
        let same = vocabulary.with_surface(id, |token| rest.starts_with(token).then_some(token.len()));
        return same.flatten().ok_or("a token is not the text at its place");
    }
    if Some(id) == rules.unk {
        return unknown_length(word, place, rules, vocabulary);
    }
    vocabulary
        .with_surface(id, |token| known_length(rest, place > 0, token, rules))
        .ok_or("there is no such token")?
}

/// How many bytes of `rest` a token that is in the vocabulary holds.
fn known_length(rest: &[u8], inside: bool, token: &[u8], rules: &Rules) -> Result<usize, Unproved> {
    let byte = if rules.byte_fallback && rules.kind == Kind::Bpe {
        std::str::from_utf8(token).ok().and_then(fallback_byte)
    } else {
        None
    };
    if let Some(byte) = byte
        && rest.first() == Some(&byte)
    {
        // the text may also spell the token out
        return if rest.starts_with(token) { Err("a `<0x3C>` can be two things") } else { Ok(1) };
    }
    let mut plain = token;
    if inside && !rules.prefix.is_empty() {
        plain = token.strip_prefix(rules.prefix.as_bytes()).unwrap_or(token);
    }
    if rest.starts_with(plain) { Ok(plain.len()) } else { Err("a token is not the text at its place") }
}

/// How many bytes at `place` an unknown token holds.
fn unknown_length(
    word: &str,
    place: usize,
    rules: &Rules,
    vocabulary: &impl Lookup,
) -> Result<usize, Unproved> {
    if rules.kind != Kind::Bpe || !rules.prefix.is_empty() {
        return Err("an unknown token can have any length");
    }
    let rest = word.get(place..).ok_or("an unknown token starts inside a character")?;
    let mut buffer = [0; 4];
    let mut unknown = rest.chars().take_while(|c| !vocabulary.has(c.encode_utf8(&mut buffer)));
    let length = if rules.fuse_unk {
        unknown.map(char::len_utf8).sum()
    } else {
        unknown.next().map_or(0, char::len_utf8)
    };
    if length > 0 { Ok(length) } else { Err("an unknown token stands where the text is known") }
}
