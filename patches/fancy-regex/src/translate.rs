//! A pattern of the crate ▶ a pattern of `RegExp` with the flag `v` that means the same.

/// What stands for `\w` of the crate.
const WORD: &str = r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}";
/// Characters that mean something in a pattern outside of a class, and so may be escaped there.
const SYNTAX: &str = r"^$\.*+?()[]{}|/";
/// Characters that must be escaped in a class with the flag `v`.
const CLASS_SYNTAX: &str = "()[]{}/-|\\&!#$%*+,.:;<=>?@^`~";

/// Writes `pattern` for `RegExp`; where that can't be done, says what is in the way.
pub(crate) fn translate(pattern: &str) -> Result<String, String> {
    let mut translation = Translation { rest: pattern, out: String::with_capacity(2 * pattern.len()) };
    while let Some(character) = translation.take() {
        translation.outside(character)?;
    }
    Ok(translation.out)
}

struct Translation<'p> {
    rest: &'p str,
    out: String,
}

impl Translation<'_> {
    fn take(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    fn outside(&mut self, character: char) -> Result<(), String> {
        match character {
            '\\' => self.escape(false)?,
            '[' => self.class(0)?,
            // The crate's dot leaves out only the line feed.
            '.' => self.out.push_str(r"[^\n]"),
            '(' => self.group()?,
            '*' | '+' | '?' | '}' if self.rest.starts_with('+') => {
                return Err("a possessive quantifier".to_owned());
            }
            _ => self.out.push(character),
        }
        Ok(())
    }

    fn group(&mut self) -> Result<(), String> {
        self.out.push('(');
        let Some(kind) = self.rest.strip_prefix('?') else { return Ok(()) };
        let known = [":", "=", "!", "<=", "<!", "i:"];
        if known.iter().any(|known| kind.starts_with(known)) {
            return Ok(());
        }
        Err(format!("the group (?{}", kind.chars().take(2).collect::<String>()))
    }

    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        let Some(escaped) = self.take() else { return Err("a \\ at the end".to_owned()) };
        match escaped {
            's' => self.out.push_str(r"\p{White_Space}"),
            'S' => self.out.push_str(r"\P{White_Space}"),
            'd' => self.out.push_str(r"\p{Nd}"),
            'D' => self.out.push_str(r"\P{Nd}"),
            'w' => self.out.extend(["[", WORD, "]"]),
            'W' => self.out.extend(["[^", WORD, "]"]),
            'n' | 'r' | 't' | 'f' | 'v' => self.out.extend(['\\', escaped]),
            'A' if !in_class => self.out.push('^'),
            'z' if !in_class => self.out.push('$'),
            'p' | 'P' => self.property(escaped)?,
            'x' | 'u' | 'U' => self.code_point(escaped)?,
            _ if escaped.is_ascii_alphanumeric() => return Err(format!("the escape \\{escaped}")),
            _ => {
                let syntax = if in_class { CLASS_SYNTAX } else { SYNTAX };
                if syntax.contains(escaped) {
                    self.out.push('\\');
                }
                self.out.push(escaped);
            }
        }
        Ok(())
    }

    /// `\p{L}`, `\pL`, `\p{^L}` or `\p{Han}`.
    fn property(&mut self, letter: char) -> Result<(), String> {
        let name = if let Some(rest) = self.rest.strip_prefix('{') {
            let end = rest.find('}').ok_or("an open \\p{")?;
            let name = &rest[..end];
            self.rest = &rest[end + 1..];
            name
        } else {
            let length = self.rest.chars().next().map_or(0, char::len_utf8);
            let (name, rest) = self.rest.split_at(length);
            self.rest = rest;
            name
        };
        let (name, turned) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
        let is_negative = (letter == 'P') != turned;
        self.out.push_str(if is_negative { r"\P{" } else { r"\p{" });
        // A name of more than two letters without `=` is a script, or one of the few properties that patterns use.
        let is_category =
            name.len() <= 2 || name.contains('=') || matches!(name, "Alphabetic" | "White_Space");
        if !is_category {
            self.out.push_str("Script=");
        }
        self.out.extend([name, "}"]);
        Ok(())
    }

    /// `\x41`, `\x{1F600}`, `\u0041` or `\U0001F600`.
    fn code_point(&mut self, letter: char) -> Result<(), String> {
        let digits = if let Some(rest) = self.rest.strip_prefix('{') {
            let end = rest.find('}').ok_or("an open escape")?;
            let digits = &rest[..end];
            self.rest = &rest[end + 1..];
            digits
        } else {
            let length = match letter {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            let digits = self.rest.get(..length).ok_or("a short escape")?;
            self.rest = &self.rest[length..];
            digits
        };
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err("an escape without a number".to_owned());
        }
        self.out.extend([r"\u{", digits, "}"]);
        Ok(())
    }

    /// A class, after its `[`.
    fn class(&mut self, depth: usize) -> Result<(), String> {
        if depth > 20 {
            return Err("classes nested too deep".to_owned());
        }
        self.out.push('[');
        if self.rest.starts_with('^') {
            self.take();
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            if self.rest.starts_with("[:") {
                return Err("a POSIX class".to_owned());
            }
            if self.rest.starts_with("--") || self.rest.starts_with("~~") {
                return Err("a difference of classes".to_owned());
            }
            if self.rest.starts_with("&&") {
                self.rest = &self.rest[2..];
                self.out.push_str("&&");
                continue;
            }
            let Some(character) = self.take() else { return Err("an open class".to_owned()) };
            match character {
                ']' if !is_first => {
                    self.out.push(']');
                    return Ok(());
                }
                '[' => self.class(depth + 1)?,
                '\\' => self.escape(true)?,
                // Between two characters it makes a range; at the edge it is itself.
                '-' if !is_first && !self.rest.starts_with(']') => self.out.push('-'),
                _ => {
                    if CLASS_SYNTAX.contains(character) {
                        self.out.push('\\');
                    }
                    self.out.push(character);
                }
            }
            is_first = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn what_means_the_same_stays_and_the_rest_is_written_anew() {
        for (pattern, expected) in [
            (r"\p{N}{1,3}| ?\pL+", r"\p{N}{1,3}| ?\p{L}+"),
            (r"(?i:'s|'t)|\s+(?!\S)", r"(?i:'s|'t)|\p{White_Space}+(?!\P{White_Space})"),
            (r"[^\r\n\p{L}]?", r"[^\r\n\p{L}]?"),
            (r"\p{Han}|\P{^Hiragana}", r"\p{Script=Han}|\p{Script=Hiragana}"),
            (r"[!(,\-./|]", r"[\!\(\,\-\.\/\|]"),
            (r"[a-z_-]", r"[a-z_\-]"),
            (r" ?[^(\s|[.,])]+", r" ?[^\(\p{White_Space}\|[\.\,]\)]+"),
            (r"a.b\'\.", r"a[^\n]b'\."),
            (r"[\p{L}&&[^\p{Han}]]", r"[\p{L}&&[^\p{Script=Han}]]"),
            (r"\x{4e00}-\u9fa5", r"\u{4e00}-\u{9fa5}"),
        ] {
            assert_eq!(translate(pattern).as_deref(), Ok(expected), "{pattern}");
        }
    }

    #[test]
    fn what_can_not_be_said_is_refused() {
        for pattern in ["a++", "(?>a)", "(?i)a", r"\Ka", "[[:alpha:]]", "[a--b]", r"\h", "[a", "\\"] {
            assert!(translate(pattern).is_err(), "{pattern}");
        }
    }
}
