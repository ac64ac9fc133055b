//! The one reader of rendered text: it walks from marker to marker.

use std::ops::Range;

use super::super::super::notes::Notes;
use super::super::super::{Conversation, MAX_MESSAGES, Message, Text};
use super::super::turns::{self, Turn, is_literal, trimmed};
use super::super::{made, roles};
use super::harmony;
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Error;
use crate::span::Span;

/// A family of templates that use the same markers.
pub(super) struct Family {
    /// Its markers; of two that fit, the first counts.
    pub(super) signs: &'static [(&'static str, Sign)],
    pub(super) header: Header,
    /// How many line breaks stand between a marker and the content.
    pub(super) breaks: usize,
    /// Whether its templates put white space around a content.
    pub(super) trims: bool,
    pub(super) outside: Outside,
}

/// What a marker says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sign {
    /// A conversation begins.
    Begin,
    /// A turn begins, and its role follows.
    Open,
    /// The header of a turn goes on.
    Header,
    /// The header ends, and the content follows.
    Content,
    /// A turn of this role begins, and its content follows.
    Role(&'static str),
    /// The turn ends.
    Close,
}

/// How a header ends, and what it says.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Header {
    /// A role that ends with its line, or with a marker.
    Line,
    /// A role that ends with a marker.
    Marked,
    /// The same, and says more than the role.
    Harmony,
}

/// What the text before the first turn is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Outside {
    /// Nothing that is read.
    Unread,
    /// The system prompt.
    System,
}

/// The longest header, in bytes.
const MAX_HEADER: usize = 200;

pub(super) fn claims(family: &Family, text: &str) -> u8 {
    if is_literal(text) {
        return 0;
    }
    let text = turns::head(text);
    let begins = |(_, sign): &(Range<usize>, Sign)| matches!(sign, Sign::Open | Sign::Role(_));
    match signs(family, text).find(begins) {
        None => 0,
        Some((first, _)) if blank(&text[..first.start]) => 95,
        Some(_) if family.outside == Outside::System => 85,
        Some(_) => 30,
    }
}

/// The markers of `text`, in order.
fn signs(family: &Family, text: &str) -> impl Iterator<Item = (Range<usize>, Sign)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += text.get(at..)?.find(['<', '['])?;
            let here = &text[at..];
            if let Some((marker, sign)) = family.signs.iter().find(|(marker, _)| here.starts_with(marker)) {
                let start = at;
                at += marker.len();
                return Some((start..at, *sign));
            }
            at += 1;
        }
    })
}

/// Whether there is nothing but white space and special tokens, such as `<s>` or `[gMASK]<sop>`.
fn blank(text: &str) -> bool {
    without_specials(text).is_empty()
}

/// Without the white space around and the special tokens at the start.
fn without_specials(text: &str) -> &str {
    let mut rest = text.trim_start_matches('\u{feff}').trim();
    while let Some(after) = rest.strip_prefix("[gMASK]").or_else(|| {
        let end = rest.strip_prefix('<')?.find('>')?;
        let name = &rest[1..=end];
        (end < 40 && !name.contains(char::is_whitespace) && !name.contains('<')).then(|| &rest[end + 2..])
    }) {
        rest = after.trim_start();
    }
    rest
}

/// A turn whose end is not known yet.
struct Begun {
    speaker: Range<usize>,
    role: Option<&'static str>,
    content: usize,
}

/// What the walk from marker to marker has so far.
struct Walk<'a> {
    family: &'a Family,
    text: &'a Text,
    notes: &'a mut Notes,
    /// The turn at the cursor.
    turn: Option<Begun>,
    /// Where the text began that no turn holds.
    outside: usize,
    count: usize,
    messages: Vec<Message>,
    conversations: Vec<Conversation>,
}

pub(super) fn read(family: &Family, text: &Text, notes: &mut Notes) -> Vec<Conversation> {
    let written = text.text.as_str();
    let mut walk = Walk {
        family,
        text,
        notes,
        turn: None,
        outside: 0,
        count: 0,
        messages: Vec::new(),
        conversations: Vec::new(),
    };
    // Where a header began that has not ended yet.
    let mut header: Option<usize> = None;
    let end = (written.len()..written.len(), Sign::Close);
    for (place, sign) in signs(family, written).chain([end]) {
        if let Some(start) = header {
            let line =
                if family.header == Header::Line { written[start..place.start].find('\n') } else { None };
            if let Some(line) = line {
                header = None;
                walk.begin(start..start + line, None, start + line + 1);
            } else if sign == Sign::Content {
                header = None;
                walk.begin(start..place.start, None, place.end);
                continue;
            } else if sign == Sign::Header {
                continue;
            } else {
                header = None;
                if place.is_empty() {
                    // The text ends before its content begins: it only asks for a reply, or was cut off.
                    break;
                }
            }
        }
        match sign {
            Sign::Header | Sign::Content => continue,
            Sign::Open | Sign::Role(_) if walk.count >= MAX_MESSAGES => {
                walk.too_many(place);
                return walk.finish();
            }
            _ => walk.end(place.start, sign == Sign::Close && !place.is_empty()),
        }
        walk.outside = place.end;
        match sign {
            Sign::Open => header = Some(place.end),
            Sign::Role(role) => walk.begin(place.clone(), Some(role), place.end),
            Sign::Begin => walk.close_conversation(),
            _ => {}
        }
    }
    walk.finish()
}

impl Walk<'_> {
    /// A turn whose header ended, unless that is no header.
    fn begin(&mut self, speaker: Range<usize>, role: Option<&'static str>, content: usize) {
        let speaker = if role.is_some() { speaker } else { trimmed(&self.text.text, speaker) };
        if speaker.len() <= MAX_HEADER {
            self.turn = Some(Begun { speaker, role, content });
        }
    }

    /// The turn that ended before byte `end`, or the text that none holds; `closed` where a marker said so.
    fn end(&mut self, end: usize, closed: bool) {
        let text = self.text.text.as_str();
        let Some(Begun { speaker, role, content: start }) = self.turn.take() else {
            let outside = trimmed(text, self.outside.min(end)..end);
            let rest = without_specials(&text[outside.clone()]).len();
            if rest > 0 {
                self.beside(outside.end - rest..outside.end);
            }
            return;
        };
        let content = self.content(start..end, closed);
        let silent = content.is_empty() && !closed;
        // What only asks for a reply is no turn, and Llama 2's question with a system prompt begins after it.
        if silent && (end == text.len() || text[end..].starts_with("<<SYS>>")) {
            return;
        }
        self.count += 1;
        if self.family.header == Header::Harmony {
            return harmony::add(&mut self.messages, self.text, speaker, content);
        }
        let role = role.or_else(|| roles::meant(&text[speaker.clone()]));
        // A reply that goes on after its tools, and did not.
        if silent && role == Some("assistant") && self.family.trims {
            return;
        }
        let message = turns::message(self.text, Turn { speaker, role, content });
        roles::unknown(&message.role, self.notes);
        self.messages.push(message);
    }

    /// The content of a turn without what its template wrote around it.
    fn content(&self, mut range: Range<usize>, closed: bool) -> Range<usize> {
        let text = self.text.text.as_str();
        if self.family.trims {
            return trimmed(text, range);
        }
        for _ in 0..self.family.breaks {
            let inner = &text[range.clone()];
            range.start += if inner.starts_with("\r\n") { 2 } else { usize::from(inner.starts_with('\n')) };
        }
        if !closed {
            let inner = &text[range.clone()];
            range.end -= if inner.ends_with("\r\n") { 2 } else { usize::from(inner.ends_with('\n')) };
        }
        range
    }

    /// Text beside the turns.
    fn beside(&mut self, range: Range<usize>) {
        if self.family.outside == Outside::System && self.messages.is_empty() {
            self.messages.push(made("system", self.text.slice(range)));
        } else if self.notes.wants("text-outside-turns") {
            turns::unread(self.text, range, self.notes);
        }
    }

    fn close_conversation(&mut self) {
        let messages = std::mem::take(&mut self.messages);
        self.conversations.extend(turns::conversation(messages));
    }

    fn too_many(&mut self, place: Range<usize>) {
        turns::too_many(self.text, place, self.notes);
    }

    fn finish(mut self) -> Vec<Conversation> {
        self.close_conversation();
        if self.conversations.is_empty() && !self.notes.has_error() {
            no_turn(self.text.source_span(0..self.text.text.len()), self.notes);
        }
        self.conversations
    }
}

fn no_turn(span: Span, notes: &mut Notes) {
    notes.add(
        Error,
        "no-messages",
        span,
        Bilingual::fixed("there is a marker, but no whole turn after it", "有标记，但其后没有完整的一轮"),
        Bilingual::fixed(
            "paste the text from the first marker on, with the role and the content after it",
            "请从第一个标记开始粘贴，包括其后的角色和内容",
        ),
    );
}
