//! Python's `str` methods on plain text.

/// Whether Python's `str.isspace` holds for a character.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// `strip`, `lstrip` and `rstrip`.
pub(super) fn strip<'a>(text: &'a str, characters: Option<&str>, left: bool, right: bool) -> &'a str {
    let goes = |c: char| characters.map_or_else(|| is_space(c), |set| set.contains(c));
    let text = if left { text.trim_start_matches(goes) } else { text };
    if right { text.trim_end_matches(goes) } else { text }
}

/// `split` and `rsplit`; without a separator at runs of whitespace.
pub(super) fn split<'a>(
    text: &'a str,
    separator: Option<&str>,
    limit: Option<usize>,
    from_right: bool,
) -> Vec<&'a str> {
    let limit = limit.unwrap_or(usize::MAX);
    match (separator, from_right) {
        (Some(separator), false) => text.splitn(limit.saturating_add(1), separator).collect(),
        (Some(separator), true) => {
            let mut parts: Vec<_> = text.rsplitn(limit.saturating_add(1), separator).collect();
            parts.reverse();
            parts
        }
        (None, false) => {
            let mut parts = Vec::new();
            let mut rest = strip(text, None, true, false);
            while !rest.is_empty() {
                match rest.find(is_space) {
                    Some(at) if parts.len() < limit => {
                        parts.push(&rest[..at]);
                        rest = strip(&rest[at..], None, true, false);
                    }
                    Some(_) | None => {
                        parts.push(rest);
                        rest = "";
                    }
                }
            }
            parts
        }
        (None, true) => {
            let mut parts = Vec::new();
            let mut rest = strip(text, None, false, true);
            while !rest.is_empty() {
                match rest.char_indices().rfind(|(_, c)| is_space(*c)) {
                    Some((at, c)) if parts.len() < limit => {
                        parts.push(&rest[at + c.len_utf8()..]);
                        rest = strip(&rest[..at], None, false, true);
                    }
                    Some(_) | None => {
                        parts.push(rest);
                        rest = "";
                    }
                }
            }
            parts.reverse();
            parts
        }
    }
}

/// `splitlines`.
pub(super) fn split_lines(text: &str, keep_ends: bool) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if !matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        ) {
            continue;
        }
        let mut end = at + c.len_utf8();
        if c == '\r' && characters.next_if(|next| next.1 == '\n').is_some() {
            end += 1;
        }
        lines.push(&text[start..if keep_ends { end } else { at }]);
        start = end;
    }
    if start < text.len() {
        lines.push(&text[start..]);
    }
    lines
}

/// The characters `start..end` of a text as Python's slices count them, and how many come before.
pub(super) fn within(text: &str, start: Option<i64>, end: Option<i64>) -> (usize, &str) {
    if start.is_none() && end.is_none() {
        return (0, text);
    }
    let count = text.chars().count();
    let resolve = |place: i64| {
        let distance = usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX);
        if place < 0 { count.saturating_sub(distance) } else { distance.min(count) }
    };
    let (start, end) = (start.map_or(0, resolve), end.map_or(count, resolve));
    let byte = |place: usize| text.char_indices().nth(place).map_or(text.len(), |(at, _)| at);
    (start, text.get(byte(start)..byte(end)).unwrap_or_default())
}

/// `ljust`, `rjust`, `center` and `zfill`.
pub(super) fn pad(text: &str, width: usize, fill: Option<char>, method: &str) -> String {
    let missing = width.saturating_sub(text.chars().count());
    let fill = if method == "zfill" { '0' } else { fill.unwrap_or(' ') };
    let run = |count: usize| std::iter::repeat_n(fill, count).collect::<String>();
    match method {
        "ljust" => text.to_owned() + &run(missing),
        "center" => {
            let left = missing / 2 + (missing & width & 1);
            run(left) + text + &run(missing - left)
        }
        "zfill" if text.starts_with(['+', '-']) => text[..1].to_owned() + &run(missing) + &text[1..],
        _ => run(missing) + text,
    }
}

/// The methods that ask what kind of characters a text has.
pub(super) fn predicate(text: &str, method: &str) -> Option<bool> {
    let all = |test: fn(char) -> bool| !text.is_empty() && text.chars().all(test);
    let cased =
        |good: fn(char) -> bool, bad: fn(char) -> bool| text.chars().any(good) && !text.chars().any(bad);
    Some(match method {
        "isspace" => all(is_space),
        "isalpha" => all(char::is_alphabetic),
        "isalnum" => all(char::is_alphanumeric),
        "isdigit" | "isdecimal" => {
            all(|c| c.is_ascii_digit() || (c.is_numeric() && c.to_digit(36).is_none() && !c.is_alphabetic()))
        }
        "isnumeric" => all(char::is_numeric),
        "isascii" => text.is_ascii(),
        "isupper" => cased(char::is_uppercase, char::is_lowercase),
        "islower" => cased(char::is_lowercase, char::is_uppercase),
        "istitle" => !text.is_empty() && title(text) == text && text.chars().any(char::is_uppercase),
        _ => return None,
    })
}

/// The methods that change the case of a text.
pub(super) fn change_case(text: &str, method: &str) -> Option<String> {
    Some(match method {
        "upper" => text.to_uppercase(),
        "lower" | "casefold" => text.to_lowercase(),
        "title" => title(text),
        "capitalize" => {
            let mut characters = text.chars();
            characters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(characters.as_str().to_lowercase().chars()).collect()
            })
        }
        "swapcase" => text
            .chars()
            .flat_map(|c| -> Vec<char> {
                if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() }
            })
            .collect(),
        _ => return None,
    })
}

/// `title`: every run of letters begins with a capital.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitting_follows_python() {
        assert_eq!(split("  a  b c ", None, None, false), ["a", "b", "c"]);
        assert_eq!(split("  a  b c ", None, Some(1), false), ["a", "b c "]);
        assert_eq!(split("  a  b c ", None, Some(1), true), ["  a  b", "c"]);
        assert_eq!(split("a,b,,c", Some(","), Some(1), true), ["a,b,", "c"]);
        assert_eq!(split("", Some(","), None, false), [""]);
        assert_eq!(split_lines("a\r\nb\u{2028}c\n", false), ["a", "b", "c"]);
        assert_eq!(within("一二三四", Some(-3), Some(-1)), (1, "二三"));
        assert_eq!(pad("abc", 6, None, "center"), " abc  ");
    }
}
