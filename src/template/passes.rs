//! The passes through `{% generation %}` blocks, those that write nothing included.
//!
//! What is written says nothing of a block that was entered and left empty, yet transformers reports it, and trainers
//! look up the tokens around it. So the template is run once more with a mark at both ends of each block. The marks
//! keep to what the tags do to the white space around them; where the text without marks is not the text that was
//! rendered, the marks got in the way, and nothing is told.
//!
//! A block in a macro or in the body of a filter is one whose place transformers gets wrong: it takes what was written
//! so far for all that stands before the block, and the text of a macro is gathered before any of it is written. The
//! block is reported as if it stood at the macro's beginning (`AssistantTracker` in `chat_template_utils.py`). So such
//! macros get marks too.

use minijinja::machinery::{Token, tokenize};

use super::environment;
use super::generation::{Kind, Tag};
use crate::span::Span;

/// The marks: characters that no text has any use for.
const OPEN: char = '\u{10FFFC}';
const CLOSE: char = '\u{10FFFD}';
/// Those of gathered text.
const GATHER: char = '\u{10FFFA}';
const WRITE: char = '\u{10FFFB}';
const MARKS: [char; 4] = [OPEN, CLOSE, GATHER, WRITE];

/// The template with marks, of one whose tags are already rewritten; `tags` are in order.
pub(super) fn marked(source: &str, tags: &[Tag]) -> Option<String> {
    let mut out = String::with_capacity(source.len() + tags.len() * 16);
    let mut copied = 0;
    let mut start = 0;
    let mut pending = tags.iter();
    let mut tag = pending.next();
    for token in tokenize(source, false, environment::syntax()) {
        let (token, place) = token.ok()?;
        let place = Span::new(place.start_offset as usize, place.end_offset as usize);
        match token {
            Token::BlockStart => start = place.start,
            Token::BlockEnd => {
                let Some(Tag { name, kind, opens }) =
                    tag.filter(|tag| start <= tag.name.start && tag.name.end <= place.end)
                else {
                    continue;
                };
                let (open, close) = if *kind == Kind::Generation { (OPEN, CLOSE) } else { (GATHER, WRITE) };
                let whole = Span::new(start, place.end).of(source);
                out.push_str(source.get(copied..start)?);
                if *opens {
                    out.push_str(whole);
                    copied = place.end + push_open(&mut out, open, whole, source.get(place.end..)?);
                } else {
                    push_close(&mut out, close, whole);
                    out.push_str(whole);
                    copied = place.end;
                }
                debug_assert!(name.end <= copied);
                tag = pending.next();
            }
            _ => {}
        }
    }
    out.push_str(source.get(copied..)?);
    tag.is_none().then_some(out)
}

/// Writes an expression that writes the mark.
fn emit(out: &mut String, before: &str, mark: char, after: &str) {
    out.extend(["{{", before, "'"]);
    out.push(mark);
    out.extend(["'", after, "}}"]);
}

/// Writes the mark after an opening tag, and says how much of the rest the tag itself takes.
fn push_open(out: &mut String, mark: char, tag: &str, rest: &str) -> usize {
    if tag.ends_with("-%}") {
        emit(out, "", mark, "-");
        0
    } else {
        emit(out, "", mark, "");
        usize::from(!tag.ends_with("+%}") && rest.starts_with('\n'))
    }
}

/// Writes the mark before a closing tag, and takes away what the tag itself takes from before it.
fn push_close(out: &mut String, mark: char, tag: &str) {
    if tag.starts_with("{%-") {
        emit(out, "-", mark, "");
        return;
    }
    let before = out.trim_end_matches(|c: char| c.is_whitespace() && c != '\n');
    if !tag.starts_with("{%+") && (before.is_empty() || before.ends_with('\n')) {
        out.truncate(before.len());
    }
    emit(out, "", mark, "");
}

/// The passes that the marks of a render show, in the order in which they end, where transformers sees them; none where
/// the text between the marks is not `text`.
pub(super) fn read(rendered: &str, text: &str) -> Option<Vec<Span>> {
    let mut spans = Vec::new();
    let mut open = Vec::new();
    let mut gathered = Vec::new();
    let mut at = 0;
    let mut rest = text;
    for piece in rendered.split_inclusive(MARKS) {
        let plain = piece.trim_end_matches(MARKS);
        rest = rest.strip_prefix(plain)?;
        at += plain.len();
        match piece.chars().next_back() {
            Some(OPEN) => open.push(at),
            Some(CLOSE) => {
                let start = open.pop()?;
                let length = text.get(start..at)?.chars().count();
                let seen = gathered.first().copied().unwrap_or(start);
                spans.push(Span::new(seen, after_chars(text, seen, length)?));
            }
            Some(GATHER) => gathered.push(at),
            Some(WRITE) => drop(gathered.pop()?),
            _ => {}
        }
    }
    (rest.is_empty() && open.is_empty() && gathered.is_empty()).then_some(spans)
}

/// The place `count` characters after `start`: transformers counts characters.
fn after_chars(text: &str, start: usize, count: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    Some(rest.char_indices().nth(count).map_or(text.len(), |(place, _)| start + place))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A template of every way to write the two tags, with white space around them.
    fn variants() -> impl Iterator<Item = String> {
        let signs = ["", "-", "+"];
        let around = ["", " ", "\n", "\n  ", "  \n", "x ", " x", "x\n\n", "\n x"];
        let all =
            move |wanted: usize| (wanted % 3, wanted / 3 % 3, wanted / 9 % 3, wanted / 27 % 3, wanted / 81);
        (0..81 * around.len()).map(move |wanted| {
            let (a, b, c, d, space) = all(wanted);
            let (a, b, c, d, space) = (signs[a], signs[b], signs[c], signs[d], around[space]);
            // A sign is an end's own: `+%}` and `-%}`, `{%+` and `{%-`.
            format!(
                "{space}{{%{a} generation {b}%}}{space}{{{{ w }}}}{space}{{%{c} endgeneration {d}%}}{space}!"
            )
        })
    }

    #[test]
    fn marks_leave_the_white_space_around_every_kind_of_tag_as_it_was() {
        let now = chrono::NaiveDateTime::default();
        let special_tokens = std::collections::BTreeMap::new();
        for (source, word) in variants().flat_map(|source| ["", "w"].map(|word| (source.clone(), word))) {
            let variables = [("w".to_owned(), crate::dialogue::Value::string(word))];
            let input = super::super::Input {
                messages: &[],
                tools: None,
                variables: &variables,
                add_generation_prompt: false,
                special_tokens: &special_tokens,
                now,
            };
            let template = super::super::Template::compile(&source).expect(&source);
            let rendered = template.render(&input).expect(&source);
            let marked = template
                .run_marked(&super::super::environment::variables(&input), Vec::new())
                .expect(&source);
            let passes = read(&marked, &rendered.text);
            let passes =
                passes.unwrap_or_else(|| panic!("{source:?}: {:?}, marked {marked:?}", rendered.text));
            let shown: Vec<_> = passes.into_iter().filter(|span| !span.is_empty()).collect();
            assert_eq!(shown, rendered.generation, "{source:?}");
        }
    }

    #[test]
    fn empty_passes_are_read_where_they_are_and_in_the_order_of_their_ends() {
        let rendered = format!("a{OPEN}b{OPEN}{CLOSE}{CLOSE}c{OPEN}{CLOSE}");
        let spans = read(&rendered, "abc").unwrap();
        assert_eq!(spans, [Span::at(2), Span::new(1, 2), Span::at(3)]);
        assert_eq!(read(&rendered, "abd"), None);
        assert_eq!(read(&format!("{OPEN}a"), "a"), None);
    }

    #[test]
    fn a_pass_in_gathered_text_is_seen_at_its_beginning_with_as_many_characters() {
        let rendered = format!("a{GATHER}é{GATHER}b{OPEN}é{CLOSE}{WRITE}{OPEN}c{CLOSE}d{WRITE}");
        assert_eq!(read(&rendered, "aébécd").unwrap(), [Span::new(1, 3), Span::new(1, 3)]);
        assert_eq!(read(&format!("{GATHER}a"), "a"), None);
    }
}
