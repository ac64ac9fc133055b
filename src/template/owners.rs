//! Who owns each byte of the rendered text.

use std::collections::HashMap;
use std::sync::Arc;

use minijinja::Value;

use super::marks::{self, Place, Words};
use super::regions::Beginnings;
use super::{Input, Owner, Part, Piece, Template, Writer, environment};
use crate::dialogue::{Message, Text};
use crate::span::Span;

/// Pieces that cover `text` from end to end.
pub(super) fn owners(template: &Template, input: &Input<'_>, text: &str, writers: &[Writer]) -> Vec<Piece> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut variables = environment::variables(input);
    let words = marks::words(template, input);
    let places = marks::places(template, &variables, input, &words, text, writers);
    if let Some(prompt) = variables.iter_mut().find(|(name, _)| name == "add_generation_prompt") {
        prompt.1 = Value::from(false);
    }
    let beginnings = Beginnings::new(template, &variables, input);
    let mut cover = Cover {
        template,
        variables: &variables,
        input,
        text,
        writers,
        words: &words,
        places,
        beginnings,
        headers: HashMap::new(),
    };
    cover.run()
}

struct Cover<'a> {
    template: &'a Template,
    variables: &'a [(String, Value)],
    input: &'a Input<'a>,
    text: &'a str,
    writers: &'a [Writer],
    words: &'a [Words<'a>],
    places: Vec<Place>,
    beginnings: Beginnings<'a>,
    /// What stands before the words of a message of this role that is not the first.
    headers: HashMap<&'a str, String>,
}

impl Cover<'_> {
    fn run(&mut self) -> Vec<Piece> {
        let count = self.input.messages.len();
        let ends = self.ends();
        let mut pieces = Pieces { text: self.text, pieces: Vec::new() };
        // The messages in the order in which their words come, with those of no words between.
        let mut at = 0;
        let mut index = 0;
        let mut current: Option<usize> = None;
        let places = std::mem::take(&mut self.places);
        while let Some(place) = places.get(index) {
            let words = &self.words[place.words];
            let message = words.message;
            match current {
                Some(last) if last == message => {
                    pieces.push(place.output.start, Some(message), Part::Template, None);
                }
                last => {
                    at = self.between(&mut pieces, at, place.output.start, last, message, &ends);
                    debug_assert!(at <= place.output.start);
                }
            }
            let source = place.copied.map(|copied| words.text.source_span(copied.start..copied.end));
            pieces.push(place.output.end, Some(message), words.part, source);
            at = place.output.end;
            current = Some(message);
            index += 1;
        }
        // What comes after the last words: the end of their message, messages without words, the generation prompt.
        let end = self.end_of_messages(at, &ends);
        if let Some(last) = current {
            let stop =
                ends.get(last).copied().flatten().filter(|stop| (at..=end).contains(stop)).unwrap_or(end);
            pieces.push(stop, Some(last), Part::End, None);
        }
        for (message, stop) in ends.iter().enumerate().skip(current.map_or(0, |last| last + 1)) {
            if let Some(stop) = stop.filter(|stop| (pieces.end()..=end).contains(stop)) {
                self.wordless(&mut pieces, stop, message);
            }
        }
        if let Some(last) = count.checked_sub(1) {
            let part = if current.is_some() { Part::End } else { Part::Header };
            pieces.push(end, Some(last), part, None);
        }
        let part = if self.input.add_generation_prompt { Part::Header } else { Part::Template };
        pieces.push(self.text.len(), None, part, None);
        pieces.pieces
    }

    /// The byte where each message ends, where rendering the conversation up to it shows that.
    fn ends(&self) -> Vec<Option<usize>> {
        let count = self.input.messages.len();
        // A beginning of a beginning of the text is one of the text.
        let mut nested = vec![false; count + 1];
        for message in (0..count).rev() {
            nested[message] = (nested[message + 1] && self.beginnings.goes_on(message + 2))
                || self
                    .beginnings
                    .text(message + 1)
                    .is_some_and(|beginning| self.text.starts_with(&*beginning));
        }
        (0..count)
            .map(|message| {
                let beginning = self.beginnings.text(message + 1)?;
                if nested[message] {
                    return Some(beginning.len());
                }
                // The template writes this message otherwise once others follow; but its end may be the same.
                let last = self.places.iter().rfind(|place| self.words[place.words].message == message)?;
                let next = self.places.iter().find(|place| {
                    place.output.start >= last.output.end && self.words[place.words].message != message
                });
                let gap = &self.text[last.output.end..next.map_or(self.text.len(), |next| next.output.start)];
                let overlap = (1..=gap.len())
                    .rev()
                    .filter(|&length| gap.is_char_boundary(length))
                    .find(|&length| beginning.ends_with(&gap[..length]));
                overlap.map(|length| last.output.end + length)
            })
            .collect()
    }

    /// Covers what stands between the words of one message and those of the next.
    fn between(
        &mut self,
        pieces: &mut Pieces<'_>,
        from: usize,
        to: usize,
        last: Option<usize>,
        message: usize,
        ends: &[Option<usize>],
    ) -> usize {
        let known =
            |message: usize| ends.get(message).copied().flatten().filter(|end| (from..=to).contains(end));
        if let Some(last) = last {
            let end = known(last).or_else(|| self.turn(from, to)).unwrap_or(from);
            pieces.push(end, Some(last), Part::End, None);
        }
        // Messages without words of their own, such as an empty reply.
        for wordless in last.map_or(0, |last| last + 1)..message {
            if let Some(end) = known(wordless) {
                self.wordless(pieces, end, wordless);
            }
        }
        let start = pieces.end();
        let header = &self.text[start..to];
        let role = self.input.messages[message].role.text.as_str();
        if start == 0 {
            let leading = self.leading(header, message);
            pieces.push(leading, None, Part::Template, None);
        }
        let header = &self.text[pieces.end()..to];
        if !header.is_empty() {
            self.headers.entry(role).or_insert_with(|| header.to_owned());
        }
        pieces.push(to, Some(message), Part::Header, None);
        to
    }

    /// A message whose words were not found: its header if one of its role is known, and its end; or words that the
    /// marks could not follow but that stand there.
    fn wordless(&self, pieces: &mut Pieces<'_>, end: usize, message: usize) {
        if pieces.end() == 0 {
            let leading = self.leading(&self.text[..end], message);
            pieces.push(leading, None, Part::Template, None);
        }
        let start = pieces.end();
        if start >= end {
            return;
        }
        let region = &self.text[start..end];
        let role = self.input.messages[message].role.text.as_str();
        let fits = |header: &str| !header.is_empty() && region.starts_with(header);
        let header = match self.headers.get(role).filter(|header| fits(header.as_str())) {
            Some(header) => header.len(),
            None => self.probe(&reply(role)).filter(|header| fits(header)).map_or(0, |header| header.len()),
        };
        let mut from = start + header;
        let mut found = false;
        for words in self.words.iter().filter(|words| words.message == message) {
            let string = words.text.text.as_str();
            if string.is_empty() {
                continue;
            }
            let rest = &self.text[from..end];
            let at = if header > 0 || found { rest.find(string) } else { rest.rfind(string) };
            if let Some(at) = at {
                let part = if found { Part::Template } else { Part::Header };
                pieces.push(from + at, Some(message), part, None);
                from += at + string.len();
                let source = words.text.source_span(0..string.len());
                pieces.push(from, Some(message), words.part, Some(source));
                found = true;
            }
        }
        if !found && header == 0 {
            pieces.push(end, Some(message), Part::Header, None);
            return;
        }
        pieces.push(from, Some(message), Part::Header, None);
        pieces.push(end, Some(message), Part::End, None);
    }

    /// Where the template begins anew between two bytes: it goes back to an earlier place of its own text.
    fn turn(&self, from: usize, to: usize) -> Option<usize> {
        let mut previous: Option<Writer> = None;
        for writer in self.writers {
            if writer.output.start > to {
                break;
            }
            if let Some(before) = previous
                && writer.source.start <= before.source.start
                && (from..=to).contains(&writer.output.start)
            {
                return Some(writer.output.start);
            }
            previous = Some(*writer);
        }
        None
    }

    /// How much of what stands before the first message's words the template wrote on its own: a default system
    /// prompt, the tools, a first token. What is left is the header, as it is written before later messages.
    fn leading(&self, before: &str, message: usize) -> usize {
        let first_token = self
            .input
            .special_tokens
            .get("bos_token")
            .filter(|token| !token.is_empty() && before.starts_with(token.as_str()))
            .map_or(0, String::len);
        let later = self.probe(&self.input.messages[message]);
        let Some(later) = later.filter(|later| !later.is_empty()) else { return first_token };
        let common: usize = before
            .chars()
            .rev()
            .zip(later.chars().rev())
            .take_while(|(a, b)| a == b)
            .map(|(c, _)| c.len_utf8())
            .sum();
        if common == 0 { first_token } else { (before.len() - common).max(first_token) }
    }

    /// The header that the template writes before this message when it comes later in a conversation.
    fn probe(&self, wanted: &Message) -> Option<Arc<str>> {
        let others = [Some("assistant"), Some("user"), None];
        others.into_iter().find_map(|other| {
            let mut messages = vec![wanted.clone()];
            messages.extend(other.filter(|role| *role != wanted.role.text).map(reply));
            messages.push(wanted.clone());
            let input = Input { messages: &messages, add_generation_prompt: false, ..self.input.clone() };
            let beginnings = Beginnings::new(self.template, self.variables, &input);
            beginnings.header(|| {
                let last = messages.len() - 1;
                let text = beginnings.text(last + 1)?;
                let before = beginnings.text(last)?;
                if !text.starts_with(&*before) {
                    return None;
                }
                let words = marks::words(self.template, &input);
                let places = marks::places(self.template, self.variables, &input, &words, &text, &[]);
                let start = places.iter().find(|place| words[place.words].message == last)?.output.start;
                text.get(before.len()..start).map(str::to_owned)
            })
        })
    }

    /// Where the messages end and the generation prompt, if any, begins.
    fn end_of_messages(&self, from: usize, ends: &[Option<usize>]) -> usize {
        if !self.input.add_generation_prompt {
            return self.text.len();
        }
        let known = match ends.last() {
            Some(end) => *end,
            None => self.beginnings.text(0).map(|text| text.len()).filter(|&end| end <= self.text.len()),
        };
        known.or_else(|| self.turn(from, self.text.len())).unwrap_or(from).max(from)
    }
}

/// A short message of this role.
fn reply(role: &str) -> Message {
    let text = |text: &str| Text { text: text.to_owned(), ..Text::default() };
    let field = |key: &str, value: &str| {
        let kind = crate::dialogue::Kind::String(text(value));
        (text(key), crate::dialogue::Value { kind, span: Span::default() })
    };
    Message {
        role: text(role),
        fields: vec![field("role", role), field("content", "x")],
        span: Span::default(),
    }
}

/// The pieces so far; each new one reaches from where the last one ended.
struct Pieces<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
}

impl Pieces<'_> {
    /// Where the last piece ends.
    fn end(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.output.end)
    }

    /// A piece up to `end`; nothing if that is empty.
    fn push(&mut self, end: usize, message: Option<usize>, part: Part, source: Option<Span>) {
        let start = self.end();
        if end <= start || !self.text.is_char_boundary(end) {
            return;
        }
        let owner = Owner { message: message.map(|message| message as u32), part };
        let output = Span::new(start, end);
        match self.pieces.last_mut() {
            Some(last) if last.owner == owner && last.source.is_none() && source.is_none() => {
                last.output.end = end;
            }
            _ => self.pieces.push(Piece { output, owner, source }),
        }
    }
}
