//! The colours of a chat template's source, and the lines that an editor draws. Pure, so that it is tested natively.

use crate::span::Span;

/// What a stretch of a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text that is written as it stands.
    Text,
    /// `{%`, `}}` and the like.
    Mark,
    /// A word of the language.
    Keyword,
    /// A name, an operator, white space inside a tag.
    Code,
    /// A string.
    Str,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// A tag of a `{% generation %}` block.
    Generation,
}

/// A stretch of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// Whether it lies in a `{% generation %}` block, or is one of its tags.
    pub trained: bool,
}

const KEYWORDS: [&str; 38] = [
    "and",
    "block",
    "break",
    "call",
    "continue",
    "defined",
    "elif",
    "else",
    "endcall",
    "endfilter",
    "endfor",
    "endif",
    "endmacro",
    "endraw",
    "endset",
    "endwith",
    "false",
    "False",
    "filter",
    "for",
    "if",
    "in",
    "is",
    "loop",
    "macro",
    "namespace",
    "none",
    "None",
    "not",
    "or",
    "raise_exception",
    "raw",
    "recursive",
    "set",
    "true",
    "True",
    "undefined",
    "with",
];

/// The source in stretches that cover it from end to end, in order, each one not empty.
pub fn pieces(source: &str) -> Vec<Piece> {
    let mut reader = Reader { source, at: 0, trained: 0, pieces: Vec::new() };
    while reader.at < source.len() {
        reader.text();
    }
    reader.pieces
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    /// How many `{% generation %}` blocks are open.
    trained: usize,
    pieces: Vec<Piece>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// A piece of so many bytes.
    fn push(&mut self, length: usize, kind: Kind) {
        let span = Span::new(self.at, (self.at + length).min(self.source.len()));
        if !span.is_empty() {
            self.pieces.push(Piece { span, kind, trained: self.trained > 0 });
        }
        self.at = span.end;
    }

    /// Text up to the next tag, and that tag.
    fn text(&mut self) {
        let rest = self.rest();
        let starts = |at: &usize| matches!(rest.as_bytes().get(at + 1), Some(b'{' | b'%' | b'#'));
        let Some(start) = rest.match_indices('{').map(|(at, _)| at).find(starts) else {
            return self.push(rest.len(), Kind::Text);
        };
        self.push(start, Kind::Text);
        let rest = self.rest();
        match rest.as_bytes().get(1) {
            Some(b'#') => self.push(rest.find("#}").map_or(rest.len(), |at| at + 2), Kind::Comment),
            Some(b'%') => self.tag(),
            _ => self.inside("}}"),
        }
    }

    /// A tag: one of a block that is trained, one that makes what follows text, or another.
    fn tag(&mut self) {
        let name = self.rest().trim_start_matches(['{', '%', '-', '+', ' ', '\t', '\n', '\r']);
        let name = name.get(..word(name)).unwrap_or_default();
        let opens = name == "generation";
        if opens || name == "endgeneration" {
            let end = self.rest().find("%}").map_or(self.rest().len(), |at| at + 2);
            self.trained += usize::from(opens);
            self.push(end, Kind::Generation);
            self.trained -= usize::from(!opens && self.trained > 0);
            return;
        }
        self.inside("%}");
        if name == "raw" {
            let rest = self.rest();
            let ends = |at: &usize| {
                let tag = rest.get(at + 2..).unwrap_or_default();
                tag.trim_start_matches(['-', '+', ' ', '\t', '\n', '\r']).starts_with("endraw")
            };
            let end = rest.match_indices("{%").map(|(at, _)| at).find(ends);
            self.push(end.unwrap_or(rest.len()), Kind::Text);
        }
    }

    /// What stands between the marks of a tag or an expression, and the marks.
    fn inside(&mut self, close: &str) {
        let sign = usize::from(matches!(self.rest().as_bytes().get(2), Some(b'-' | b'+')));
        self.push(2 + sign, Kind::Mark);
        let mut braces = 0_usize;
        while let Some(first) = self.rest().chars().next() {
            let rest = self.rest();
            let signed = usize::from(matches!(first, '-' | '+'));
            if braces == 0 && rest.get(signed..).is_some_and(|rest| rest.starts_with(close)) {
                return self.push(signed + 2, Kind::Mark);
            }
            match first {
                '\'' | '"' => self.push(string(rest, first), Kind::Str),
                '0'..='9' => {
                    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
                    self.push(end.unwrap_or(rest.len()), Kind::Number);
                }
                c if c.is_alphabetic() || c == '_' => {
                    let end = word(rest);
                    let kind = match rest.get(..end) {
                        Some(name) if KEYWORDS.contains(&name) => Kind::Keyword,
                        _ => Kind::Code,
                    };
                    self.push(end, kind);
                }
                _ => {
                    match first {
                        '{' => braces += 1,
                        '}' => braces = braces.saturating_sub(1),
                        _ => {}
                    }
                    self.push(first.len_utf8(), Kind::Code);
                }
            }
        }
    }
}

/// How long the word is that a text begins with; at least one character, where there is one.
fn word(text: &str) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len()).max(first)
}

/// How long the string is that a text begins with.
fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A stretch of a line of the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bit {
    /// Its bytes of the source.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// Whether it lies in a `{% generation %}` block.
    pub trained: bool,
    /// The smallest of the ranges that holds it, by its place among them.
    pub range: Option<usize>,
}

/// The lines of a source, each in stretches that don't cross the edge of any of these ranges, which must be sorted. The
/// line's break belongs to none of its stretches.
pub fn lines(source: &str, ranges: &[Span]) -> Vec<Vec<Bit>> {
    let mut cuts: Vec<usize> = ranges.iter().flat_map(|range| [range.start, range.end]).collect();
    cuts.sort_unstable();
    let mut cuts = cuts.into_iter().filter(|cut| source.is_char_boundary(*cut)).peekable();
    let mut coming = ranges.iter().enumerate().peekable();
    // The ranges that hold the place, the smallest last.
    let mut open: Vec<(usize, Span)> = Vec::new();
    let mut lines = vec![Vec::new()];
    for piece in pieces(source) {
        let mut at = piece.span.start;
        while at < piece.span.end {
            while cuts.next_if(|cut| *cut <= at).is_some() {}
            while let Some(next) = coming.next_if(|(_, range)| range.start <= at) {
                let place = open.partition_point(|(_, range)| range.end >= next.1.end);
                open.insert(place, (next.0, *next.1));
            }
            while open.pop_if(|(_, range)| range.end <= at).is_some() {}
            let rest = source.get(at..piece.span.end).unwrap_or_default();
            let line_end = rest.find('\n').map_or(piece.span.end, |length| at + length);
            let end = cuts.peek().map_or(line_end, |cut| line_end.min(*cut));
            if let Some(line) = lines.last_mut().filter(|_| end > at) {
                let range = open.last().map(|(place, _)| *place);
                line.push(Bit { span: Span::new(at, end), kind: piece.kind, trained: piece.trained, range });
            }
            at = end;
            if end == line_end && end < piece.span.end {
                lines.push(Vec::new());
                at += 1;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<(&str, Kind)> {
        pieces(source).into_iter().map(|piece| (piece.span.of(source), piece.kind)).collect()
    }

    #[test]
    fn tags_strings_numbers_and_comments_have_kinds_of_their_own() {
        assert_eq!(
            kinds("a{%- if x == 'y\\'}}' %}{# {{ #}1{{ 2 }}"),
            [
                ("a", Kind::Text),
                ("{%-", Kind::Mark),
                (" ", Kind::Code),
                ("if", Kind::Keyword),
                (" ", Kind::Code),
                ("x", Kind::Code),
                (" ", Kind::Code),
                ("=", Kind::Code),
                ("=", Kind::Code),
                (" ", Kind::Code),
                ("'y\\'}}'", Kind::Str),
                (" ", Kind::Code),
                ("%}", Kind::Mark),
                ("{# {{ #}", Kind::Comment),
                ("1", Kind::Text),
                ("{{", Kind::Mark),
                (" ", Kind::Code),
                ("2", Kind::Number),
                (" ", Kind::Code),
                ("}}", Kind::Mark),
            ]
        );
        assert!(kinds("{{ {'a': {}}}}").ends_with(&[("}", Kind::Code), ("}}", Kind::Mark)]));
    }

    #[test]
    fn what_lies_in_a_generation_block_is_trained_with_its_tags() {
        let source = "a{% generation %}b{{ c }}{%- endgeneration %}d";
        let trained: String =
            pieces(source).iter().filter(|piece| piece.trained).map(|piece| piece.span.of(source)).collect();
        assert_eq!(trained, "{% generation %}b{{ c }}{%- endgeneration %}");
    }

    #[test]
    fn raw_text_is_text_to_its_end() {
        let source = "{% raw %}{{ a }}{%- endraw %}{{ b }}";
        assert!(kinds(source).contains(&("{{ a }}", Kind::Text)));
        assert!(kinds("{% raw %}{{ a").contains(&("{{ a", Kind::Text)));
    }

    /// Pieces of templates and of what is none, put together in every way that a small generator thinks of.
    fn sources() -> impl Iterator<Item = String> {
        const WORDS: [&str; 24] = [
            "{%",
            "%}",
            "{{",
            "}}",
            "{#",
            "#}",
            "-",
            "+",
            "'",
            "\"",
            "\\",
            "\n",
            "\r\n",
            "generation",
            "endgeneration",
            "raw",
            "endraw",
            "春",
            "😀",
            "{",
            "}",
            " ",
            "7.5",
            "if",
        ];
        let mut state = 1_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        (0..4000).map(move |round| (0..round % 19).map(|_| WORDS[next() % WORDS.len()]).collect())
    }

    #[test]
    fn every_byte_of_any_text_is_covered_once_and_in_order() {
        for source in sources().chain([String::new()]) {
            let mut at = 0;
            for piece in pieces(&source) {
                assert_eq!(piece.span.start, at, "{source:?}");
                assert!(!piece.span.of(&source).is_empty(), "{source:?}");
                at = piece.span.end;
            }
            assert_eq!(at, source.len(), "{source:?}");
        }
    }

    #[test]
    fn the_lines_are_the_text_and_no_stretch_crosses_an_edge_of_a_range() {
        for (round, source) in sources().enumerate() {
            let edge = |k: usize| (round * k) % (source.len() + 2);
            let mut ranges: Vec<Span> = [(3, 5), (7, 11), (1, 2), (13, 17)]
                .into_iter()
                .map(|(a, b)| Span::new(edge(a).min(edge(b)), edge(a).max(edge(b))))
                .collect();
            ranges.sort_unstable();
            let lines = lines(&source, &ranges);
            let back: Vec<String> =
                lines.iter().map(|line| line.iter().map(|bit| bit.span.of(&source)).collect()).collect();
            assert_eq!(back.join("\n"), source, "{source:?}");
            for bit in lines.iter().flatten() {
                let whole = |range: &&Span| {
                    source.is_char_boundary(range.start) && source.is_char_boundary(range.end)
                };
                for range in ranges.iter().filter(whole).filter(|range| range.overlaps(bit.span)) {
                    assert!(
                        range.start <= bit.span.start && bit.span.end <= range.end,
                        "{source:?} {ranges:?}"
                    );
                }
                if let Some(range) = bit.range {
                    assert!(ranges[range].overlaps(bit.span), "{source:?} {ranges:?}");
                }
            }
        }
    }

    #[test]
    fn a_place_is_in_the_smallest_range_around_it() {
        let ranges = [Span::new(0, 6), Span::new(1, 3)];
        let found: Vec<_> =
            lines("abcdef", &ranges)[0].iter().map(|bit| (bit.span.start, bit.range)).collect();
        assert_eq!(found, [(0, Some(0)), (1, Some(1)), (3, Some(0))]);
    }
}
