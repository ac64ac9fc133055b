//! Where a message's own words stand in the rendered text, found with marks and proven.
//!
//! Private-use characters are put into the messages' strings and the template is run again. When the marked text
//! without its marks is exactly the text, the marks did not change what the template does, and each stands where
//! the character beside it was copied to: through `trim`, `split`, `replace` and whatever else a template calls.

use std::collections::HashSet;

use minijinja::Value;

use super::positions::{Position, inside, mark_places, middle};
use super::value::{Dress, Plain, messages};
use super::{Input, Part, Template, Writer};
use crate::dialogue::Text;
use crate::span::Span;

/// How many renders one search for places may cost.
const RENDERS: usize = 10;

/// One string of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    /// The message it belongs to.
    pub(super) message: usize,
    /// What it is to the message.
    pub(super) part: Part,
    /// The string.
    pub(super) text: &'a Text,
}

/// A stretch of the rendered text that shows a string, or a piece of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Bytes of the rendered text.
    pub(super) output: Span,
    /// Which of the strings it shows.
    pub(super) words: usize,
    /// The bytes of the string that the stretch copies, where it is a copy.
    pub(super) copied: Option<Span>,
}

/// Collects the strings of messages, in the order in which they are dressed.
pub(super) fn words<'a>(template: &Template, input: &Input<'a>) -> Vec<Words<'a>> {
    let mut collect = Collect(Vec::new());
    messages(input.messages, template.preparation, &mut collect);
    collect.0
}

/// Writes down each string that a template would be shown.
struct Collect<'a>(Vec<Words<'a>>);

impl<'a> Dress<'a> for Collect<'a> {
    fn dress(&mut self, message: usize, part: Part, text: &'a Text) -> Value {
        self.0.push(Words { message, part, text });
        Value::from(())
    }
}

/// Finds every string that a mark can be followed to. What is not found has no place.
pub(super) fn places(
    template: &Template,
    variables: &[(String, Value)],
    input: &Input<'_>,
    words: &[Words<'_>],
    text: &str,
    writers: &[Writer],
) -> Vec<Place> {
    let all: Vec<usize> =
        (0..words.len()).filter(|&index| !words[index].text.text.trim().is_empty()).collect();
    let marks = unused(words, template, text);
    let proven = vec![false; words.len()];
    let mut search = Search { template, variables, input, words, text, writers, marks, renders: 0, proven };
    if search.marks.len() < 2 * words.len() {
        return Vec::new();
    }
    let mut places = Vec::new();
    let padded = all.iter().any(|&index| words[index].text.text.trim().len() < words[index].text.text.len());
    let found = search
        .run(&all, Position::Outside)
        .or_else(|| if padded { search.run(&all, Position::Inside) } else { None })
        .or_else(|| search.run(&all, Position::Middle));
    match found {
        Some(found) => places = found,
        None => search.divide(&all, &mut places),
    }
    search.rest(&mut places);
    in_order(&mut places);
    if all.iter().any(|&words| !search.proven[words]) {
        search.look_for(&all, &mut places);
        in_order(&mut places);
    }
    places
}

/// Sorts places and drops what overlaps an earlier one.
fn in_order(places: &mut Vec<Place>) {
    places.sort_by_key(|place| (place.output.start, place.output.end));
    let mut end = 0;
    places.retain(|place| {
        let apart = place.output.start >= end && !place.output.is_empty();
        if apart {
            end = place.output.end;
        }
        apart
    });
}

/// The lead byte of the private-use characters that serve as marks; few texts have it or a higher one.
const LEAD: u8 = 0xf3;

/// Private-use characters that occur nowhere, two for each string.
fn unused(words: &[Words<'_>], template: &Template, text: &str) -> Vec<char> {
    let mut used: HashSet<char> = HashSet::new();
    let strings = words.iter().map(|words| words.text.text.as_str());
    for string in strings.chain([text, template.source()]) {
        if string.bytes().any(|byte| byte >= LEAD) {
            used.extend(string.chars().filter(|c| *c >= '\u{f0000}'));
        }
    }
    ('\u{f0000}'..='\u{ffffd}')
        .chain('\u{100000}'..='\u{10fffd}')
        .filter(|c| !used.contains(c))
        .take(2 * words.len())
        .collect()
}

struct Search<'a> {
    template: &'a Template,
    variables: &'a [(String, Value)],
    input: &'a Input<'a>,
    words: &'a [Words<'a>],
    text: &'a str,
    writers: &'a [Writer],
    marks: Vec<char>,
    renders: usize,
    /// The strings whose marks changed nothing: where such a string has no place, it is not in the text.
    proven: Vec<bool>,
}

impl Search<'_> {
    /// Marks what can be marked when not all of it can: halves, and halves of halves.
    fn divide(&mut self, chosen: &[usize], places: &mut Vec<Place>) {
        let (left, right) = chosen.split_at(chosen.len() / 2);
        for half in [right, left] {
            if half.is_empty() || self.renders >= RENDERS {
                continue;
            }
            let found = self.run(half, Position::Inside).or_else(|| self.run(half, Position::Middle));
            match found {
                Some(found) => places.extend(found),
                None if half.len() > 1 => self.divide(half, places),
                None => {}
            }
        }
    }

    /// Renders with marks in the chosen strings; the places if the marks changed nothing.
    fn run(&mut self, chosen: &[usize], position: Position) -> Option<Vec<Place>> {
        if chosen.is_empty() {
            return Some(Vec::new());
        }
        let mut at: Vec<Option<Span>> = vec![None; self.words.len()];
        for &index in chosen {
            at[index] = Some(mark_places(&self.words[index].text.text, position));
        }
        let found = self.run_at(&at, position)?;
        for &index in chosen {
            self.proven[index] = true;
        }
        Some(found)
    }

    /// Looks for the strings that marks can't follow, each between the places of the strings around it. Only what
    /// stands there once is taken.
    fn look_for(&self, chosen: &[usize], places: &mut Vec<Place>) {
        let mut found = Vec::new();
        let mut from = 0;
        for &words in chosen {
            if let Some(place) = places.iter().rfind(|place| place.words == words) {
                from = place.output.end.max(from);
                continue;
            }
            if self.proven[words] {
                continue;
            }
            let next = places.iter().find(|place| place.words > words && place.output.start >= from);
            let to = next.map_or(self.text.len(), |place| place.output.start);
            let string = self.words[words].text.text.as_str();
            for copied in [Span::new(0, string.len()), inside(string)] {
                let mut hits = self.text[from..to].match_indices(copied.of(string));
                if let (Some((at, hit)), None) = (hits.next(), hits.next()) {
                    let output = Span::new(from + at, from + at + hit.len());
                    from = output.end;
                    found.push(Place { output, words, copied: Some(copied) });
                    break;
                }
            }
        }
        places.append(&mut found);
    }

    /// Looks for the rest of strings of which a stretch was found: a template may take a string apart.
    fn rest(&mut self, places: &mut Vec<Place>) {
        let mut at: Vec<Option<Span>> = vec![None; self.words.len()];
        for place in &*places {
            let Some(copied) = place.copied else { continue };
            let string = &self.words[place.words].text.text;
            let inner = inside(string);
            at[place.words] = if inner.start < copied.start {
                middle(string, inner.start..copied.start)
            } else if copied.end < inner.end {
                middle(string, copied.end..inner.end)
            } else {
                None
            }
            .map(Span::at);
        }
        if at.iter().any(Option::is_some) {
            places.extend(self.run_at(&at, Position::Middle).unwrap_or_default());
        }
    }

    fn run_at(&mut self, at: &[Option<Span>], position: Position) -> Option<Vec<Place>> {
        self.renders += 1;
        let mut dress = Marked { marks: &self.marks, at, single: position == Position::Middle, next: 0 };
        let marked = messages(self.input.messages, self.template.preparation, &mut dress);
        let (marked, _) = self.template.run(self.variables, marked).ok()?;
        let found = self.strip(&marked)?;
        Some(self.follow(&found, at, position))
    }

    /// Where the marks stood, in order, if the text without them is the text.
    fn strip(&self, marked: &str) -> Option<Vec<(usize, usize)>> {
        let bytes = marked.as_bytes();
        let mut found = Vec::new();
        let mut place = 0;
        let mut from = 0;
        let mut next = 0;
        while let Some(skipped) = bytes[next..].iter().position(|&byte| byte >= LEAD) {
            let at = next + skipped;
            let c = marked[at..].chars().next()?;
            next = at + c.len_utf8();
            let Ok(mark) = self.marks.binary_search(&c) else { continue };
            let between = &bytes[from..at];
            if self.text.as_bytes().get(place..place + between.len())? != between {
                return None;
            }
            place += between.len();
            from = next;
            found.push((mark, place));
        }
        (self.text.as_bytes().get(place..)? == &bytes[from..]).then_some(found)
    }

    /// What the marks show: a pair shows the string between, a lone mark what runs along with the string beside it.
    fn follow(&self, found: &[(usize, usize)], at: &[Option<Span>], position: Position) -> Vec<Place> {
        let mut places = Vec::new();
        let trims = self.template.trims;
        let mut i = 0;
        while let Some(&(mark, place)) = found.get(i) {
            i += 1;
            let words = mark / 2;
            let Some(marked) = at[words] else { continue };
            let string = self.words[words].text.text.as_str();
            if mark % 2 == 0
                && position != Position::Middle
                && let Some(&(next, end)) = found.get(i)
                && next == mark + 1
            {
                i += 1;
                let output = Span::new(place, end);
                let copy = output.of(self.text) == marked.of(string);
                let mut found = Place { output, words, copied: copy.then_some(marked) };
                if copy && position == Position::Inside && !trims {
                    found = self.extend(place, marked.start, words, 0..string.len());
                }
                places.push(found);
                continue;
            }
            let offset = if mark % 2 == 0 { marked.start } else { marked.end };
            let bounds = if trims { inside(string) } else { Span::new(0, string.len()) };
            places.push(self.extend(place, offset, words, bounds.start..bounds.end));
        }
        places
    }

    /// The longest stretch around `place` of the text that equals the string around `offset`.
    fn extend(&self, place: usize, offset: usize, words: usize, bounds: std::ops::Range<usize>) -> Place {
        let string = &self.words[words].text.text;
        // Not past what one expression wrote: the text beside it may look like the string and be the template's.
        let first = self.writers.partition_point(|writer| writer.output.end < place);
        let touching = self.writers[first..].iter().take_while(|writer| writer.output.start <= place);
        let everything = Span::new(0, self.text.len());
        let written = if self.writers.is_empty() {
            everything
        } else {
            touching.fold(Span::at(place), |all, writer| {
                let template = writer.source.of(self.template.source()) == writer.output.of(self.text);
                if template {
                    all
                } else {
                    Span::new(all.start.min(writer.output.start), all.end.max(writer.output.end))
                }
            })
        };
        let back = self.text[written.start..place]
            .chars()
            .rev()
            .zip(string[bounds.start.min(offset)..offset].chars().rev())
            .take_while(|(a, b)| a == b)
            .map(|(c, _)| c.len_utf8())
            .sum::<usize>();
        let ahead = self.text[place..written.end]
            .chars()
            .zip(string[offset..bounds.end.max(offset)].chars())
            .take_while(|(a, b)| a == b)
            .map(|(c, _)| c.len_utf8())
            .sum::<usize>();
        Place {
            output: Span::new(place - back, place + ahead),
            words,
            copied: Some(Span::new(offset - back, offset + ahead)),
        }
    }
}

/// Puts the marks into the chosen strings.
struct Marked<'a> {
    marks: &'a [char],
    at: &'a [Option<Span>],
    single: bool,
    next: usize,
}

impl<'a> Dress<'a> for Marked<'_> {
    fn dress(&mut self, message: usize, part: Part, text: &'a Text) -> Value {
        let index = self.next;
        self.next += 1;
        let Some(Some(at)) = self.at.get(index) else { return Plain.dress(message, part, text) };
        let string = &text.text;
        let mut out = String::with_capacity(string.len() + 8);
        out.push_str(&string[..at.start]);
        out.push(self.marks[2 * index]);
        out.push_str(&string[at.start..at.end]);
        if !self.single {
            out.push(self.marks[2 * index + 1]);
        }
        out.push_str(&string[at.end..]);
        Value::from(out)
    }
}
