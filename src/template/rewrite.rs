//! Where Python does something else than minijinja with an operator or a loop: the operands are sent through filters
//! of ours. What is put into the template is left out again of every place that is reported.
//!
//! | written | runs as | because in Python |
//! | --- | --- | --- |
//! | `a ~ b` | `(a)\|__str ~ (b)\|__str` | None, True, floats and lists have a text of their own |
//! | `"…" % x` | `"…" \|__percent( x)` | it formats |
//! | `for x in a` | `for x in (a)\|__each` | None has no items |
//! | `set x = [a]` | `set x = ([a])\|__kept` | a value that nests without end is collected without a stack |

use minijinja::machinery::{Token, tokenize};

use super::environment;
use crate::span::Span;

/// Where text was put in: the place in the new text, how many bytes, and how many before it.
#[derive(Default)]
pub(super) struct Inserted(Vec<(usize, usize, usize)>);

impl Inserted {
    /// A range of the new text, as a range of the old one.
    pub(super) fn restore(&self, span: Span) -> Span {
        let place = |offset: usize| {
            let next = self.0.partition_point(|(at, _, _)| *at < offset);
            match next.checked_sub(1).map(|last| self.0[last]) {
                Some((at, length, before)) => offset - before - length.min(offset - at),
                None => offset,
            }
        };
        Span::new(place(span.start), place(span.end))
    }
}

/// A stretch of the template and what is put around it.
struct Wrap {
    span: Span,
    open: &'static str,
    close: &'static str,
}

/// The template with the filters put in; as it was where it can't be read.
pub(super) fn rewrite(source: &str) -> (String, Inserted) {
    let mut tokens = Vec::new();
    for token in tokenize(source, false, environment::syntax()) {
        let Ok((token, place)) = token else { return (source.to_owned(), Inserted::default()) };
        tokens.push((token, Span::new(place.start_offset as usize, place.end_offset as usize)));
    }
    let mut wraps = Vec::new();
    let mut percents = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        if matches!(tokens[start].0, Token::BlockStart | Token::VariableStart) {
            let rest = &tokens[start + 1..];
            let length = rest.iter().position(|(token, _)| is_end(token)).unwrap_or(rest.len());
            let tag = &rest[..length];
            concatenations(tag, &mut wraps);
            formats(tag, &mut wraps, &mut percents);
            if matches!(tokens[start].0, Token::BlockStart) {
                statement(tag, &mut wraps);
            }
            start += length;
        }
        start += 1;
    }
    if wraps.is_empty() {
        return (source.to_owned(), Inserted::default());
    }
    put_in(source, &wraps, &percents)
}

fn is_end(token: &Token<'_>) -> bool {
    matches!(token, Token::BlockEnd | Token::VariableEnd)
}

/// How deep in brackets each token of a tag is; a bracket is as deep as what it encloses.
fn depths(tag: &[(Token<'_>, Span)]) -> Vec<usize> {
    let mut depth = 0_usize;
    let depths = tag.iter().map(|(token, _)| match token {
        Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => {
            depth += 1;
            depth
        }
        Token::ParenClose | Token::BracketClose | Token::BraceClose => {
            depth = depth.saturating_sub(1);
            depth + 1
        }
        _ => depth,
    });
    depths.collect()
}

/// The iterable of a `for`, the value of a `set`.
fn statement(tag: &[(Token<'_>, Span)], wraps: &mut Vec<Wrap>) {
    let depths = depths(tag);
    let find = |from: usize, wanted: fn(&Token<'_>) -> bool| {
        (from..tag.len()).find(|&index| depths[index] == 0 && wanted(&tag[index].0))
    };
    let (from, to, close) = match tag.first() {
        Some((Token::Ident("for"), _)) => {
            let Some(at) = find(1, |token| matches!(token, Token::Ident("in"))) else { return };
            let end = find(at + 1, |token| matches!(token, Token::Ident("if" | "recursive")));
            (at + 1, end.unwrap_or(tag.len()), ")|__each")
        }
        Some((Token::Ident("set"), _)) => {
            let Some(at) = find(1, |token| matches!(token, Token::Assign)) else { return };
            // A name that gets what another one has, or text, nests no deeper than that.
            let nests = |token: &Token<'_>| {
                matches!(
                    token,
                    Token::ParenOpen | Token::BracketOpen | Token::BraceOpen | Token::Pipe | Token::Comma
                )
            };
            if at == 2 && !tag[at..].iter().any(|(token, _)| nests(token)) {
                return;
            }
            (at + 1, tag.len(), ")|__kept")
        }
        _ => return,
    };
    if let Some([first, .., last] | [first @ last]) = tag.get(from..to) {
        wraps.push(Wrap { span: Span::new(first.1.start, last.1.end), open: "(", close });
    }
}

/// An operand of `~`, as far as it was read.
#[derive(Default)]
struct Operand {
    span: Option<Span>,
    /// How many tokens it has, and whether the last one is a string.
    tokens: usize,
    string: bool,
    /// Whether a `~` stands before it.
    joined: bool,
}

impl Operand {
    fn end(&mut self, joins: bool, wraps: &mut Vec<Wrap>) {
        if let Some(span) = self.span
            && (self.joined || joins)
            && !(self.tokens == 1 && self.string)
        {
            wraps.push(Wrap { span, open: "(", close: ")|__str" });
        }
        *self = Self { joined: joins, ..Self::default() };
    }

    fn add(&mut self, token: &Token<'_>, place: Span) {
        self.span = Some(Span::new(self.span.map_or(place.start, |span| span.start), place.end));
        self.tokens += 1;
        self.string = matches!(token, Token::Str(_) | Token::String(_));
    }
}

/// The operands of each `~`: they end where an operator binds less tightly.
fn concatenations(tag: &[(Token<'_>, Span)], wraps: &mut Vec<Wrap>) {
    let mut open: Vec<Operand> = vec![Operand::default()];
    let mut previous: Option<&Token<'_>> = None;
    for (index, (token, place)) in tag.iter().enumerate() {
        let Some(operand) = open.last_mut() else { return };
        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => {
                operand.add(token, *place);
                open.push(Operand::default());
            }
            Token::ParenClose | Token::BracketClose | Token::BraceClose => {
                operand.end(false, wraps);
                open.pop();
                let Some(outer) = open.last_mut() else { return };
                outer.add(token, *place);
            }
            Token::Tilde => operand.end(true, wraps),
            Token::Comma
            | Token::Colon
            | Token::Assign
            | Token::Plus
            | Token::Eq
            | Token::Ne
            | Token::Gt
            | Token::Gte
            | Token::Lt
            | Token::Lte => operand.end(false, wraps),
            Token::Minus if operand.span.is_some() => operand.end(false, wraps),
            Token::Ident("not") if matches!(previous, Some(Token::Ident("is"))) => operand.add(token, *place),
            Token::Ident("and" | "or" | "not" | "in" | "if" | "else")
                if !matches!(previous, Some(Token::Dot)) =>
            {
                operand.end(false, wraps);
            }
            // The name of the tag, where it is one.
            Token::Ident("elif" | "set" | "for" | "call" | "do" | "with") if index == 0 => {}
            _ => operand.add(token, *place),
        }
        previous = Some(token);
    }
    if let Some(operand) = open.last_mut() {
        operand.end(false, wraps);
    }
}

/// `"…" % x`, where the string is written out.
fn formats(tag: &[(Token<'_>, Span)], wraps: &mut Vec<Wrap>, percents: &mut Vec<usize>) {
    for (index, window) in tag.windows(2).enumerate() {
        let [(Token::Str(_) | Token::String(_), _), (Token::Mod, place)] = window else { continue };
        let Some(length) = operand_length(&tag[index + 2..]) else { continue };
        let Some((_, last)) = tag.get(index + 1 + length) else { continue };
        percents.push(place.start);
        wraps.push(Wrap { span: Span::new(place.end, last.end), open: "__percent(", close: ")" });
    }
}

/// How many tokens the operand has that begins here: a value with what is called, looked up or filtered of it.
fn operand_length(tokens: &[(Token<'_>, Span)]) -> Option<usize> {
    let mut at = usize::from(matches!(tokens.first(), Some((Token::Minus, _))));
    at += value_length(&tokens[at..])?;
    loop {
        match tokens.get(at) {
            Some((Token::Dot | Token::Pipe, _)) => at += 2,
            Some((Token::ParenOpen | Token::BracketOpen, _)) => at += value_length(&tokens[at..])?,
            _ => return (at <= tokens.len()).then_some(at),
        }
    }
}

/// One token, or a pair of brackets with what they enclose.
fn value_length(tokens: &[(Token<'_>, Span)]) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, (token, _)) in tokens.iter().enumerate() {
        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => depth += 1,
            Token::ParenClose | Token::BracketClose | Token::BraceClose => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}

/// The text with everything put in.
fn put_in(source: &str, wraps: &[Wrap], percents: &[usize]) -> (String, Inserted) {
    // At one place what closes comes first, the innermost first, and what opens then, the outermost first.
    let mut pieces: Vec<(usize, bool, usize, &str)> = Vec::with_capacity(2 * wraps.len());
    for wrap in wraps {
        pieces.push((wrap.span.start, true, usize::MAX - wrap.span.end, wrap.open));
        pieces.push((wrap.span.end, false, usize::MAX - wrap.span.start, wrap.close));
    }
    pieces.sort_unstable();
    let mut text = String::with_capacity(source.len() + 16 * wraps.len());
    let mut inserted = Vec::with_capacity(pieces.len());
    let mut from = 0;
    for (at, _, _, piece) in pieces {
        text.push_str(&source[from..at]);
        from = at;
        inserted.push((text.len(), piece.len(), text.len() - at));
        text.push_str(piece);
    }
    text.push_str(&source[from..]);
    let mut inserted_before = 0;
    let mut next = 0;
    for &percent in percents {
        while let Some(&(at, length, _)) = inserted.get(next)
            && at - inserted_before <= percent
        {
            inserted_before += length;
            next += 1;
        }
        let at = percent + inserted_before;
        text.replace_range(at..=at, "|");
    }
    (text, Inserted(inserted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_and_loops_go_through_filters_and_places_stay() {
        for (source, wanted) in [
            ("{{ 'a' ~ b.c[0] + d ~ 1 }}", "{{ 'a' ~ (b.c[0])|__str + (d)|__str ~ (1)|__str }}"),
            ("{{ f('x' ~ y, z=-a ~ b|c) }}", "{{ f('x' ~ (y)|__str, z=(-a)|__str ~ (b|c)|__str) }}"),
            ("{{ (x if y else z) ~ 'q' }}", "{{ ((x if y else z))|__str ~ 'q' }}"),
            (
                "{% for a, b in c.items() if a ~ b %}{% endfor %}",
                "{% for a, b in (c.items())|__each if (a)|__str ~ (b)|__str %}{% endfor %}",
            ),
            ("{% set ns.x = 1, 2 %}", "{% set ns.x = (1, 2)|__kept %}"),
            ("{{ '%s-%d' % (a, b|f(1)) ~ c }}", "{{ ('%s-%d' |__percent( (a, b|f(1))))|__str ~ (c)|__str }}"),
            ("{{ a % 2 }}{% set x %}y{% endset %}", "{{ a % 2 }}{% set x %}y{% endset %}"),
            ("{% set x = b.c if d is defined else 'e' %}", "{% set x = b.c if d is defined else 'e' %}"),
            (
                "{% set ns.x = b %}{% set x = b, d %}",
                "{% set ns.x = (b)|__kept %}{% set x = (b, d)|__kept %}",
            ),
        ] {
            let (text, inserted) = rewrite(source);
            assert_eq!(text, wanted);
            let place = text.rfind("b|").or(text.rfind("c.")).unwrap_or(0);
            let span = Span::new(place, (place + 1).min(text.len()));
            assert_eq!(inserted.restore(span).of(source), span.of(&text), "{source}");
        }
    }
}
