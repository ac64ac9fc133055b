//! What lossmask tells a person about their input: a fact, where it is, and what to do.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::span::{Span, line_at, line_column};

pub mod codes;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The training will probably not do what was meant.
    Warning,
    /// There is no result, or a result nobody can want.
    Error,
}

/// The text that a diagnostic's span points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// What the user pasted.
    Dialogue,
    /// The chat template.
    Template,
    /// A file of the tokenizer.
    Tokenizer,
    /// The rendered text of the sample.
    Rendered,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// A stable name in kebab-case, such as `stop-token-untrained`.
    pub code: std::borrow::Cow<'static, str>,
    /// How bad it is.
    pub severity: Severity,
    /// The fact: lower case, no full stop.
    pub message: Bilingual,
    /// What to do about it.
    pub hint: Option<Bilingual>,
    /// The bytes it speaks of.
    pub place: Option<(Source, Span)>,
    /// The tokens it speaks of, as indices into `input_ids`, in order.
    pub tokens: Vec<u32>,
}

impl Diagnostic {
    /// A finding without a place, a hint or tokens.
    pub const fn new(severity: Severity, code: &'static str, message: Bilingual) -> Self {
        Self {
            code: std::borrow::Cow::Borrowed(code),
            severity,
            message,
            hint: None,
            place: None,
            tokens: Vec::new(),
        }
    }

    /// The page that explains it with an example, below the root of the repository (`md`) or of the site (`html`).
    pub fn docs(&self, extension: &str) -> String {
        format!("docs/diagnostics/{}.{extension}", self.code)
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: Bilingual) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The same with the bytes it speaks of.
    #[must_use]
    pub const fn at(mut self, source: Source, span: Span) -> Self {
        self.place = Some((source, span));
        self
    }

    /// The same with the tokens it speaks of.
    #[must_use]
    pub fn tokens(mut self, tokens: impl IntoIterator<Item = u32>) -> Self {
        self.tokens = tokens.into_iter().collect();
        self
    }
}

/// How many characters of a line are shown before the place, and how many from it on.
const BEFORE: usize = 60;
const AFTER: usize = 60;

impl Diagnostic {
    /// The finding for a terminal, in English: `name:line:column: message`, the line with carets under the place, and
    /// the hint. `text` is what the place points into.
    pub fn render(&self, name: &str, text: &str) -> String {
        let message = printable(&self.message.en);
        let name = printable(name);
        let hint =
            self.hint.as_ref().map(|hint| format!("\nhint: {}", printable(&hint.en))).unwrap_or_default();
        let Some((_, span)) = self.place else { return format!("{name}: {message}{hint}") };
        let at = line_column(text, span.start);
        let shown = excerpt(text, span);
        format!("{name}:{}:{}: {message}\n{shown}{hint}", at.line, at.column)
    }
}

/// The line of `span`, cut around it where it is long, and a line of carets below.
fn excerpt(text: &str, span: Span) -> String {
    let line = line_at(text, span.start);
    let whole = line.of(text);
    let before = text.get(line.start..span.start.clamp(line.start, line.end)).unwrap_or_default();
    let rest = &whole[before.len()..];
    let marked = rest.get(..span.len().min(rest.len())).unwrap_or(rest);
    let skipped = before.chars().count().saturating_sub(BEFORE);
    let mut shown: String = before.chars().skip(skipped).collect();
    if skipped > 0 {
        shown.insert(0, '…');
    }
    let shown = printable(&shown);
    let ahead: String = rest.chars().take(AFTER).collect();
    let more = if ahead.len() < rest.len() { "…" } else { "" };
    let indent: String = shown.chars().flat_map(|c| std::iter::repeat_n(' ', columns(c))).collect();
    let marked = printable(&marked.chars().take(AFTER).collect::<String>());
    let carets = "^".repeat(marked.chars().map(columns).sum::<usize>().max(1));
    format!("    {shown}{}{more}\n    {indent}{carets}", printable(&ahead))
}

/// Text with its spaces and control characters made visible.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' => shown.push('·'),
            '\n' => shown.push('↵'),
            '\t' => shown.push('→'),
            c if c.is_control()
                || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
                    | '\u{fffe}'..='\u{ffff}') =>
            {
                shown.extend(c.escape_unicode());
            }
            c => shown.push(c),
        }
    }
    shown
}

/// How many columns of a terminal a text takes, well enough to align Chinese text.
pub fn display_width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// How many columns of a terminal a character takes, well enough to put a caret under Chinese text.
const fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// `text` with its control and direction characters written as escapes, so that it cannot drive a terminal.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                out.extend(c.escape_unicode());
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(span: Span) -> Diagnostic {
        Diagnostic::new(Severity::Error, "x", Bilingual::fixed("expected `,`", "应为 `,`"))
            .at(Source::Dialogue, span)
    }

    #[test]
    fn the_carets_stand_under_the_place_also_after_chinese() {
        let text = "[\n  \"春风\" \"花\"]";
        let start = text.find("\"花").unwrap();
        let shown = at(Span::new(start, start + 5))
            .hint(Bilingual::fixed("add a comma", "请加逗号"))
            .render("f.py", text);
        assert_eq!(
            shown,
            "f.py:2:8: expected `,`\n      \"春风\" \"花\"]\n             ^^^^\nhint: add a comma"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}!{}", "a".repeat(5000), "b".repeat(5000));
        let shown = at(Span::new(5000, 5001)).render("f", &text);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], "f:1:5001: expected `,`");
        assert_eq!(lines[1].find('!').map(|at| lines[1][..at].chars().count()), lines[2].find('^'));
        assert!(lines[1].chars().count() < 130, "{}", lines[1]);
    }

    #[test]
    fn control_characters_are_escaped() {
        let shown = at(Span::new(0, 1)).render("f", "\u{1b}[31m\u{202e}");
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
        assert!(shown.contains("\\u{1b}[31m"), "{shown}");
    }

    #[test]
    fn a_place_outside_the_text_is_no_panic() {
        for span in [Span::at(3), Span::new(1, 99), Span::new(7, 9)] {
            assert!(at(span).render("f", "一二").starts_with("f:1:"));
        }
        assert_eq!(at(Span::at(0)).render("f", ""), "f:1:1: expected `,`\n    \n    ^");
    }
}
