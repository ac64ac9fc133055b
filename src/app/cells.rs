//! A sample ▶ what is drawn: turns, cells (one written character or more, one token or more) and glyphs.
//!
//! Pure, so that it is tested natively; the components only draw what stands here.

use std::ops::Range;

use crate::app::wire::SampleView;
use crate::span::Span;
use crate::template::Part;

/// Tokens of one message, or of text that no message owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The message; `None` where the template wrote the text by itself.
    pub message: Option<usize>,
    /// Its tokens.
    pub tokens: Range<usize>,
    /// The first token after its header; never cuts a character.
    pub body: usize,
    /// How many of its tokens are trained.
    pub trained: usize,
}

/// Something that is drawn as one box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its tokens: one, or the several that share a character.
    pub tokens: Range<usize>,
    /// The bytes of the text it shows.
    pub text: Span,
}

/// A piece of a token's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Glyph<'a> {
    /// Visible text.
    Text(&'a str),
    /// A space that would not be seen at an end of the token.
    Space,
    /// A line break.
    Newline,
    /// A tab.
    Tab,
    /// A character without a picture, by its code point.
    Control(char),
}

/// The turns of a sample, in order.
pub fn turns(sample: &SampleView) -> Vec<Turn> {
    let cells = cells(sample, 0..sample.len());
    let mut turns: Vec<Turn> = Vec::new();
    for cell in cells {
        let first = cell.tokens.start;
        let message = sample.message(first);
        let trained = cell.tokens.clone().filter(|token| sample.is_trained(*token)).count();
        let is_header = sample.part(first) == Part::Header;
        match turns.last_mut() {
            Some(turn) if turn.message == message => {
                if is_header && turn.body == turn.tokens.end {
                    turn.body = cell.tokens.end;
                }
                turn.tokens.end = cell.tokens.end;
                turn.trained += trained;
            }
            _ => {
                let body = if is_header { cell.tokens.end } else { first };
                turns.push(Turn { message, tokens: cell.tokens, body, trained });
            }
        }
    }
    turns
}

/// The cells of a range of tokens. A range that begins or ends inside a shared character shows it whole.
pub fn cells(sample: &SampleView, tokens: Range<usize>) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for token in tokens {
        let offset = sample.offset(token);
        match cells.last_mut() {
            // Two tokens with a byte in common hold parts of one character.
            Some(cell) if !offset.is_empty() && offset.start < cell.text.end && !sample.is_added(token) => {
                cell.tokens.end = token + 1;
                cell.text.end = cell.text.end.max(offset.end);
            }
            _ => cells.push(Cell { tokens: token..token + 1, text: offset }),
        }
    }
    cells
}

/// The pieces of a token's text: what can't be seen is shown as what it is.
pub fn glyphs(text: &str) -> Vec<Glyph<'_>> {
    let mut glyphs = Vec::new();
    let mut visible = 0;
    // A space in the middle of words is seen; at an end of the token, or beside another one, it is not.
    let inner = text.trim_matches(' ');
    let inner_start = text.len() - text.trim_start_matches(' ').len();
    let inner_end = inner_start + inner.len();
    let mut previous_space = false;
    for (place, character) in text.char_indices() {
        let outside = place < inner_start || place >= inner_end;
        let glyph = match character {
            ' ' if outside || previous_space => Some(Glyph::Space),
            '\n' => Some(Glyph::Newline),
            '\t' => Some(Glyph::Tab),
            c if is_invisible(c) => Some(Glyph::Control(c)),
            _ => None,
        };
        previous_space = character == ' ';
        if let Some(glyph) = glyph {
            if visible < place {
                glyphs.push(Glyph::Text(&text[visible..place]));
            }
            glyphs.push(glyph);
            visible = place + character.len_utf8();
        }
    }
    if visible < text.len() {
        glyphs.push(Glyph::Text(&text[visible..]));
    }
    glyphs
}

/// Whether a character leaves no mark on the page: controls, odd spaces, joiners on their own, private use.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{2000}'..='\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{3000}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e007f}')
}

/// How a character without a picture is called: `U+200B`.
pub fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// Bytes as people write them: `E6 98 A5`.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}

/// Runs of equal state in a sample: `(trained, tokens)`, for the strip above it.
pub fn runs(sample: &SampleView) -> Vec<(bool, Range<usize>)> {
    let mut runs: Vec<(bool, Range<usize>)> = Vec::new();
    for token in 0..sample.len() {
        let trained = sample.is_trained(token);
        match runs.last_mut() {
            Some((state, run)) if *state == trained => run.end = token + 1,
            _ => runs.push((trained, token..token + 1)),
        }
    }
    runs
}

/// The start of the next trained run after `token`, or of the previous one before it.
pub fn neighbour_run(sample: &SampleView, token: usize, forward: bool) -> Option<usize> {
    let runs = runs(sample);
    let mut starts = runs.iter().filter(|(trained, _)| *trained).map(|(_, run)| run.start);
    if forward { starts.find(|start| *start > token) } else { starts.rfind(|start| *start < token) }
}

/// A number with the minus sign that numbers have in print.
pub fn signed(number: i64) -> String {
    number.to_string().replace('-', "−")
}

/// What the pointer is on beside the samples; the tokens that came from there are lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glance {
    /// A byte of the pasted text.
    Dialogue(usize),
    /// Bytes of the chat template.
    Template(Span),
}

impl Glance {
    /// Whether a token came from there.
    pub fn lights(self, sample: &SampleView, token: usize) -> bool {
        let (from, there) = match self {
            Self::Dialogue(byte) => (sample.source(token), Span::new(byte, byte + 1)),
            Self::Template(bytes) => (sample.writer(token), bytes),
        };
        from.is_some_and(|from| from.overlaps(there))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::wire::NONE;

    fn sample(text: &str, offsets: &[[u32; 2]], owners: &[(u32, u8)], trained: &[bool]) -> SampleView {
        SampleView {
            text: text.to_owned(),
            ids: (0..offsets.len() as u32).collect(),
            offsets: offsets.iter().flatten().copied().collect(),
            held: offsets.iter().flatten().copied().collect(),
            messages: owners.iter().map(|(message, _)| *message).collect(),
            parts: owners.iter().map(|(_, part)| *part).collect(),
            weights: trained.iter().map(|t| f32::from(u8::from(*t))).collect(),
            labels: vec![0; offsets.len()],
            ..SampleView::default()
        }
    }

    #[test]
    fn tokens_that_share_a_character_are_one_cell() {
        let sample = sample("a闻b", &[[0, 1], [1, 4], [1, 4], [4, 5]], &[(0, 1); 4], &[false; 4]);
        let cells = cells(&sample, 0..4);
        let tokens: Vec<_> = cells.iter().map(|cell| cell.tokens.clone()).collect();
        assert_eq!(tokens, [0..1, 1..3, 3..4]);
        assert_eq!(cells[1].text.of(&sample.text), "闻");
    }

    #[test]
    fn a_turn_has_its_header_and_its_body() {
        let owners = [(0, 0), (0, 0), (0, 1), (0, 4), (1, 0), (1, 1)];
        let offsets = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6]];
        let sample = sample("abcdef", &offsets, &owners, &[false, false, false, false, false, true]);
        let turns = turns(&sample);
        assert_eq!(turns[0], Turn { message: Some(0), tokens: 0..4, body: 2, trained: 0 });
        assert_eq!(turns[1], Turn { message: Some(1), tokens: 4..6, body: 5, trained: 1 });
    }

    #[test]
    fn what_cannot_be_seen_is_shown_as_what_it_is() {
        assert_eq!(glyphs(" a b "), [Glyph::Space, Glyph::Text("a b"), Glyph::Space]);
        assert_eq!(glyphs("x\n\t"), [Glyph::Text("x"), Glyph::Newline, Glyph::Tab]);
        assert_eq!(glyphs("\u{200b}"), [Glyph::Control('\u{200b}')]);
        assert_eq!(glyphs("a  b"), [Glyph::Text("a "), Glyph::Space, Glyph::Text("b")]);
        assert_eq!(code_point('\u{7}'), "U+0007");
    }

    #[test]
    fn trained_runs_are_found_in_both_directions() {
        let offsets: Vec<[u32; 2]> = (0..5).map(|k| [k, k + 1]).collect();
        let sample = sample("abcde", &offsets, &[(0, 1); 5], &[false, true, true, false, true]);
        assert_eq!(runs(&sample), [(false, 0..1), (true, 1..3), (false, 3..4), (true, 4..5)]);
        assert_eq!(neighbour_run(&sample, 0, true), Some(1));
        assert_eq!(neighbour_run(&sample, 1, true), Some(4));
        assert_eq!(neighbour_run(&sample, 4, false), Some(1));
        assert_eq!(neighbour_run(&sample, 1, false), None);
    }

    #[test]
    fn a_glance_lights_the_tokens_that_came_from_there() {
        // Two tokens of three bytes: the first is the template's own, the second came from bytes 7 to 10 of the dialogue.
        let sample = SampleView {
            text: "abcdef".to_owned(),
            ids: vec![5, 6],
            offsets: vec![0, 3, 3, 6],
            sources: vec![NONE, NONE, 7, 10],
            writers: vec![0, 3, 20, 24, 3, 6, 30, 45],
            ..SampleView::default()
        };
        let lit =
            |glance: Glance| (0..2).filter(|token| glance.lights(&sample, *token)).collect::<Vec<usize>>();
        assert_eq!(lit(Glance::Dialogue(9)), [1]);
        assert!(lit(Glance::Dialogue(10)).is_empty());
        assert_eq!(lit(Glance::Template(Span::new(0, 21))), [0]);
        assert_eq!(lit(Glance::Template(Span::new(23, 31))), [0, 1]);
        assert!(lit(Glance::Template(Span::new(24, 30))).is_empty());
    }
}
