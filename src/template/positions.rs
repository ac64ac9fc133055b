//! Where in a string a mark may stand without changing what a template does with the string.

use super::methods::strip;
use crate::span::Span;

/// Where marks are put into a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// Before the first character and after the last one.
    Outside,
    /// The same without the whitespace at both ends, so that it can still be trimmed.
    Inside,
    /// One in the middle, so that beginning and end can still be compared.
    Middle,
}

/// A string without the whitespace at both ends.
pub(super) fn inside(string: &str) -> Span {
    let start = string.len() - strip(string, None, true, false).len();
    let length = strip(string, None, true, true).len();
    Span::new(start, start + length)
}

/// Where a string's marks go.
pub(super) fn mark_places(string: &str, position: Position) -> Span {
    match position {
        Position::Outside => Span::new(0, string.len()),
        Position::Inside => inside(string),
        Position::Middle => {
            let inner = inside(string);
            Span::at(
                middle(string, inner.start..inner.end).unwrap_or(ceil(string, inner.start + inner.len() / 2)),
            )
        }
    }
}

/// A place near the middle of `range` between two letters or digits, outside of tags such as `</think>`, which a
/// template may look for.
pub(super) fn middle(string: &str, range: std::ops::Range<usize>) -> Option<usize> {
    let centre = ceil(string, range.start + range.len() / 2);
    let good = |&place: &usize| {
        let before = string[range.start..place].chars().next_back();
        let after = string[place..range.end].chars().next();
        let in_tag = string[..place].rfind('<').is_some_and(|open| {
            place - open < 64 && !string[open..place].contains('>') && string[place..].contains('>')
        });
        !in_tag && before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
    };
    let ahead = string[centre..range.end].char_indices().map(|(at, _)| centre + at).take(256).find(good);
    ahead.or_else(|| {
        string[range.start..centre].char_indices().map(|(at, _)| range.start + at).rev().take(256).find(good)
    })
}

/// The first character boundary at or after `place`.
fn ceil(string: &str, mut place: usize) -> usize {
    while !string.is_char_boundary(place) {
        place += 1;
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_in_the_middle_keeps_out_of_tags_and_away_from_the_ends() {
        let string = "<think>ab</think>\n";
        assert_eq!(mark_places(string, Position::Middle), Span::at(8));
        assert_eq!(mark_places(" 一二 ", Position::Inside).of(" 一二 "), "一二");
        assert_eq!(middle("<think></think>", 0..15), None);
    }
}
