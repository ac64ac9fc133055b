//! A template as a tree of what writes text: literal text, expressions, and the blocks around them.

use minijinja::machinery::{Token, tokenize};

use crate::span::Span;
use crate::template::environment;

/// A stretch of the template.
#[derive(Debug)]
pub(super) struct Node {
    /// Its bytes, the tags' own braces included.
    pub(super) span: Span,
    pub(super) kind: Kind,
}

/// What a stretch of the template is.
#[derive(Debug)]
pub(super) enum Kind {
    /// Literal text, comments included.
    Text,
    /// `{{ … }}`, and the bytes of what is inside.
    Expression(Span),
    /// A tag without a body, such as `set x = 1`.
    Tag,
    /// A tag with bodies: of an `if` one for each branch. A `for` over single things has the name of its variable.
    Block { bodies: Vec<Vec<Node>>, variable: Option<String> },
}

struct Open {
    start: usize,
    bodies: Vec<Vec<Node>>,
    variable: Option<String>,
}

/// The tree; `None` for what is no template.
pub(super) fn tree(source: &str) -> Option<Vec<Node>> {
    let mut open = vec![Open { start: 0, bodies: vec![Vec::new()], variable: None }];
    let mut at = 0;
    let mut tag: Vec<(Token<'_>, Span)> = Vec::new();
    let mut start = None;
    for token in tokenize(source, false, environment::syntax()) {
        let (token, place) = token.ok()?;
        let place = Span::new(place.start_offset as usize, place.end_offset as usize);
        match token {
            Token::VariableStart | Token::BlockStart => {
                let begin = place.start;
                if begin > at {
                    body(&mut open)?.push(Node { span: Span::new(at, begin), kind: Kind::Text });
                }
                start = Some(begin);
                tag.clear();
            }
            Token::VariableEnd => {
                let inner = Span::new(tag.first()?.1.start, tag.last()?.1.end);
                let span = Span::new(start.take()?, place.end);
                body(&mut open)?.push(Node { span, kind: Kind::Expression(inner) });
                at = place.end;
            }
            Token::BlockEnd => {
                statement(&mut open, &tag, Span::new(start.take()?, place.end))?;
                at = place.end;
            }
            token if start.is_some() => tag.push((token, place)),
            _ => {}
        }
    }
    if at < source.len() {
        body(&mut open)?.push(Node { span: Span::new(at, source.len()), kind: Kind::Text });
    }
    let root = open.pop()?;
    if open.is_empty() { root.bodies.into_iter().next() } else { None }
}

/// The body that is being read.
fn body(open: &mut [Open]) -> Option<&mut Vec<Node>> {
    open.last_mut()?.bodies.last_mut()
}

fn statement(open: &mut Vec<Open>, tag: &[(Token<'_>, Span)], span: Span) -> Option<()> {
    let Some((Token::Ident(name), _)) = tag.first() else { return None };
    let assigns = tag.iter().any(|(token, _)| matches!(token, Token::Assign));
    match *name {
        "else" | "elif" => open.last_mut()?.bodies.push(Vec::new()),
        name if name.starts_with("end") => {
            let Open { start, bodies, variable } = open.pop()?;
            let span = Span::new(start, span.end);
            body(open)?.push(Node { span, kind: Kind::Block { bodies, variable } });
        }
        "for" | "if" | "macro" | "call" | "filter" | "with" | "block" | "autoescape" => {
            let variable = match tag {
                [(Token::Ident("for"), _), (Token::Ident(name), _), (Token::Ident("in"), _), ..] => {
                    Some((*name).to_owned())
                }
                _ => None,
            };
            open.push(Open { start: span.start, bodies: vec![Vec::new()], variable });
        }
        "set" if !assigns => open.push(Open { start: span.start, bodies: vec![Vec::new()], variable: None }),
        _ => body(open)?.push(Node { span, kind: Kind::Tag }),
    }
    Some(())
}

/// The bytes of the smallest text, expression or tag that holds a place.
pub(super) fn leaf(nodes: &[Node], place: usize) -> Option<Span> {
    let next = nodes.partition_point(|node| node.span.end <= place);
    let node = nodes.get(next).filter(|node| node.span.start <= place)?;
    match &node.kind {
        Kind::Block { bodies, .. } => {
            Some(bodies.iter().find_map(|body| leaf(body, place)).unwrap_or(node.span))
        }
        _ => Some(node.span),
    }
}
