//! Transcripts: who speaks stands in front of what is said, as in `User: …`, `### Instruction:` or `用户：…`.

mod styles;

use std::ops::Range;

use super::super::notes::Notes;
use super::super::{Conversation, MAX_MESSAGES, Message, Text};
use super::turns::{self, Turn, is_literal, trimmed};
use super::{Format, Reads, words};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Error, Warning};
use styles::{INPUT, Place, STYLES, Style};

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "transcript",
    title: Bilingual::fixed("Transcript", "对话文本"),
    reads: Reads::Text { claims, read },
};

/// Stop tokens that stand at the end of a turn.
const STOPS: [&str; 5] = ["</s>", "<|endoftext|>", "<|im_end|>", "<eos>", "<|eot_id|>"];

/// The word for a speaker in a text.
struct Label {
    /// The word itself.
    word: Range<usize>,
    /// Everything that announces the turn, from `###` or `**` to the colon.
    whole: Range<usize>,
    role: &'static str,
}

fn claims(text: &str) -> u8 {
    if is_literal(text) { 0 } else { best(turns::head(text)).map_or(0, |(score, _)| score) }
}

/// The style that fits best, with its score.
fn best(text: &str) -> Option<(u8, &'static Style)> {
    let scores = STYLES.iter().map(|style| (style.score(text, &style.labels(text)), style));
    // Of equals the first.
    scores.filter(|(score, _)| *score > 0).reduce(|best, next| if next.0 > best.0 { next } else { best })
}

impl Style {
    /// How sure it is that a text with these labels is a dialogue, from 0 to 100.
    fn score(&self, text: &str, labels: &[Label]) -> u8 {
        let Some(first) = labels.first() else { return 0 };
        let says = |role: &str| labels.iter().any(|label| label.role == role);
        let begins = text[..first.whole.start].chars().all(|c| c.is_whitespace() || c == '\u{feff}');
        match (says("user"), says("assistant")) {
            (true, true) if begins || self.place == Place::Heading => self.sure,
            (true, true) => self.sure - 15,
            // One turn alone: only where nothing else can be meant.
            (true, false) | (false, true) if begins && self.sure >= 70 => 25,
            _ => 0,
        }
    }

    /// Where this style names a speaker in `text`.
    fn labels(&self, text: &str) -> Vec<Label> {
        match self.place {
            Place::Capitals => self.capitals(text),
            _ => lines(text).filter_map(|line| self.label(text, line)).take(MAX_MESSAGES + 1).collect(),
        }
    }

    /// The label at the start of a line.
    fn label(&self, text: &str, line: Range<usize>) -> Option<Label> {
        let written = text.get(line.clone())?;
        // A label is short, so a long line is not looked at in full.
        let mut rest = written.trim_start_matches([' ', '\u{feff}']);
        if self.place == Place::Heading {
            let marks = rest.bytes().take_while(|byte| *byte == b'#').count();
            if !(1..=6).contains(&marks) {
                return None;
            }
            rest = rest[marks..].trim_start_matches(' ');
        } else if written.starts_with("  ") {
            // An indented line is a listing rather than a speaker.
            return None;
        }
        let bold = rest.trim_start_matches('*');
        let (word, role) = self.words.iter().find_map(|(word, role)| {
            let head = bold.get(..word.len()).filter(|head| head.to_lowercase() == *word)?;
            let next = bold[word.len()..].chars().next();
            next.is_none_or(|c| matches!(c, ':' | '：' | '*' | ' ' | '\r')).then_some((head, *role))
        })?;
        let start = line.end - bold.len();
        let after = bold[word.len()..].trim_start_matches(['*', ' ']);
        let after = match after.strip_prefix([':', '：']) {
            Some(after) => after.strip_prefix("**").unwrap_or(after),
            None if self.place == Place::Heading && after.trim().is_empty() => after,
            None => return None,
        };
        let whole = line.start..line.end - after.len();
        Some(Label { word: start..start + word.len(), whole, role })
    }

    /// The labels in capitals, anywhere.
    fn capitals(&self, text: &str) -> Vec<Label> {
        let mut labels = Vec::new();
        for (colon, _) in text.match_indices(':') {
            let before = &text[..colon];
            let Some((word, role)) = self.words.iter().find(|(word, _)| before.ends_with(word)) else {
                continue;
            };
            let start = colon - word.len();
            let free = before[..start]
                .chars()
                .next_back()
                .is_none_or(|c| c.is_whitespace() || c == '>' || c == '\u{feff}');
            if free && labels.len() <= MAX_MESSAGES {
                labels.push(Label { word: start..colon, whole: start..colon + 1, role });
            }
        }
        labels
    }
}

/// The lines of a text, without their line feeds.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    text.split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        start..start + line.len()
    })
}

fn read(text: &Text, notes: &mut Notes) -> Vec<Conversation> {
    let written = text.text.as_str();
    let Some((_, style)) = best(turns::head(written)).or_else(|| best(written)) else {
        return no_speaker(text, notes);
    };
    let mut labels = style.labels(written);
    let mut all = written.len();
    if labels.len() > MAX_MESSAGES
        && let Some(next) = labels.pop()
    {
        all = next.whole.start;
        turns::too_many(text, next.whole, notes);
    }
    let mut messages: Vec<Message> = Vec::with_capacity(labels.len() + 1);
    let preamble = labels.first().map(|first| without_mark(written, trimmed(written, 0..first.whole.start)));
    if let Some(range) = preamble.filter(|range| !range.is_empty()) {
        if style.place == Place::Line && is_announcement(&written[range.clone()]) {
            announcement(text, range, notes);
        } else {
            let content = text.slice(range);
            messages.push(super::made("system", content));
        }
    }
    let mut ends = labels.iter().skip(1).map(|label| label.whole.start);
    let mut before = "";
    for label in &labels {
        let asked = std::mem::replace(&mut before, label.role) == "user";
        let end = ends.next().unwrap_or(all);
        let content = without_stops(written, label.whole.end..end);
        if label.role == INPUT
            && asked
            && let Some(last) = messages.last_mut().filter(|last| last.role() == "user")
            && let Some(question) = last.content()
        {
            if !content.is_empty() {
                let joined = words::join(&[question, &text.slice(content)], "\n");
                *last = Message::new(last.role.clone(), joined);
            }
            continue;
        }
        let role = if label.role == INPUT { "user" } else { label.role };
        // What only asks for a reply is no reply.
        if end == written.len() && content.is_empty() && role == "assistant" {
            continue;
        }
        messages.push(turns::message(text, Turn { speaker: label.word.clone(), role: Some(role), content }));
    }
    turns::conversation(messages).into_iter().collect()
}

/// Without a mark of the byte order at its start.
fn without_mark(text: &str, range: Range<usize>) -> Range<usize> {
    if text[range.clone()].starts_with('\u{feff}') {
        trimmed(text, range.start + 3..range.end)
    } else {
        range
    }
}

/// Without the white space around and the stop token at the end.
fn without_stops(text: &str, range: Range<usize>) -> Range<usize> {
    let mut range = trimmed(text, range);
    while let Some(stop) = STOPS.iter().find(|stop| text[range.clone()].ends_with(**stop)) {
        range = trimmed(text, range.start..range.end - stop.len());
    }
    range
}

/// Whether what stands before the first speaker only announces the dialogue.
fn is_announcement(text: &str) -> bool {
    !text.contains('\n') && text.ends_with([':', '：', '`'])
}

fn announcement(text: &Text, range: Range<usize>, notes: &mut Notes) {
    notes.add(
        Warning,
        "leading-text",
        text.source_span(range),
        Bilingual::fixed("what stands before the dialogue is not read", "对话之前的文字不会被读取"),
        Bilingual::fixed("remove it", "请将其删除"),
    );
}

/// It was asked for as a transcript, and nobody speaks.
fn no_speaker(text: &Text, notes: &mut Notes) -> Vec<Conversation> {
    notes.add(
        Error,
        "no-messages",
        text.source_span(0..text.text.len()),
        Bilingual::fixed("no line says who speaks", "没有一行写明由谁发言"),
        Bilingual::fixed(
            "write `User: …` and `Assistant: …`, each on a line of its own",
            "请写成 `User: …` 和 `Assistant: …`，各占一行",
        ),
    );
    Vec::new()
}
