//! Where the tags go: around the runs of a template's parts that write replies and nothing else; inside an expression
//! that writes the header too; behind a test of the role where a part writes other messages as well.

use std::collections::HashMap;

use minijinja::machinery::{Token, tokenize};

use super::edit::{Edit, Parts, apply, split, wrap};
use super::nodes::{Kind, Node};
use super::{Use, none};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Source};
use crate::span::Span;
use crate::template::environment;

/// What a part of the template is to the replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It writes nothing that matters.
    Neutral,
    /// It writes something else.
    Foreign,
    /// It writes replies and nothing else.
    Reply,
    /// It writes replies, and in the same way other messages.
    Shared,
    /// It writes the header and the reply, or has parts of several kinds.
    Mixed,
}

struct Plan<'a> {
    source: &'a str,
    uses: &'a HashMap<Span, Use>,
    begins_right: &'a dyn Fn(&str) -> bool,
    edits: Vec<Edit>,
    /// How many more ways to take an expression apart may be tried.
    tries: usize,
}

/// How many ways to take an expression apart are tried in one template.
const TRIES: usize = 64;

/// The edits that mark replies. `begins_right` tells of a source whether its marks begin where replies do.
pub(super) fn plan(
    source: &str,
    tree: &[Node],
    uses: &HashMap<Span, Use>,
    begins_right: &dyn Fn(&str) -> bool,
) -> Result<Vec<Edit>, Diagnostic> {
    let mut plan = Plan { source, uses, begins_right, edits: Vec::new(), tries: TRIES };
    plan.body(tree, None)?;
    Ok(plan.edits)
}

impl Plan<'_> {
    fn role(&self, node: &Node) -> Role {
        let own = match self.uses.get(&node.span) {
            None => Role::Neutral,
            Some(of) if !of.required => {
                if of.other {
                    Role::Foreign
                } else {
                    Role::Neutral
                }
            }
            Some(of) if of.past || !of.headers.is_empty() => Role::Mixed,
            Some(of) => {
                if of.other {
                    Role::Shared
                } else {
                    Role::Reply
                }
            }
        };
        let Kind::Block { bodies, .. } = &node.kind else { return own };
        bodies.iter().flatten().map(|node| self.role(node)).fold(own, |all, role| match (all, role) {
            (all, Role::Neutral) => all,
            (Role::Neutral, Role::Foreign | Role::Reply) => role,
            (all, role) if all == role && role != Role::Shared => all,
            (Role::Foreign, Role::Foreign) => Role::Foreign,
            _ => Role::Mixed,
        })
    }

    /// Marks what writes replies in a body, whose messages are in `variable`.
    fn body(&mut self, nodes: &[Node], variable: Option<&str>) -> Result<(), Diagnostic> {
        let mut run: Option<(usize, usize, bool)> = None;
        for (index, node) in nodes.iter().enumerate() {
            let role = self.role(node);
            match role {
                // What is set inside a mark is forgotten after it.
                Role::Neutral if !matches!(node.kind, Kind::Tag) => {}
                Role::Reply | Role::Shared => {
                    let shared = role == Role::Shared;
                    run = match run {
                        Some((first, _, already)) => Some((first, index, already || shared)),
                        None => Some((index, index, shared)),
                    };
                }
                _ => {
                    self.mark(nodes, run.take(), variable)?;
                    if role == Role::Mixed {
                        self.mixed(node, variable)?;
                    }
                }
            }
        }
        self.mark(nodes, run, variable)
    }

    fn mark(
        &mut self,
        nodes: &[Node],
        run: Option<(usize, usize, bool)>,
        variable: Option<&str>,
    ) -> Result<(), Diagnostic> {
        let Some((first, last, shared)) = run else { return Ok(()) };
        let (Some(first), Some(last)) = (nodes.get(first), nodes.get(last)) else { return Ok(()) };
        let guard = if shared { Some(variable.ok_or_else(no_variable)?) } else { None };
        self.edits.push(wrap(self.source, first, last, guard));
        Ok(())
    }

    fn mixed(&mut self, node: &Node, variable: Option<&str>) -> Result<(), Diagnostic> {
        match &node.kind {
            Kind::Block { bodies, variable: own } => {
                for body in bodies {
                    self.body(body, own.as_deref().or(variable))?;
                }
                Ok(())
            }
            Kind::Expression(inner) => {
                let of = self.uses.get(&node.span).cloned().unwrap_or_default();
                let guard = if of.other { Some(variable.ok_or_else(no_variable)?) } else { None };
                let options = splits(self.source, *inner).into_iter().chain(by_header(
                    self.source,
                    *inner,
                    &of.headers,
                ));
                for parts in options {
                    self.tries = self.tries.checked_sub(1).ok_or_else(|| inseparable(node))?;
                    let marked = split(self.source, node, &parts, guard);
                    let alone = Edit { span: marked.span, text: marked.text.clone() };
                    if !of.past && (self.begins_right)(&apply(self.source, vec![alone])) {
                        self.edits.push(marked);
                        return Ok(());
                    }
                }
                Err(inseparable(node))
            }
            _ => Err(inseparable(node)),
        }
    }
}

/// The ways to take a chain of `+` or `~` apart.
fn splits(source: &str, inner: Span) -> Vec<Parts> {
    let opening = "{{ ";
    let text = format!("{opening}{} }}}}", inner.of(source));
    let mut joints: Vec<(usize, usize, bool)> = Vec::new();
    let mut depth = 0_usize;
    for token in tokenize(&text, false, environment::syntax()) {
        let Ok((token, place)) = token else { return Vec::new() };
        let place = (place.start_offset as usize, place.end_offset as usize);
        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => depth += 1,
            Token::ParenClose | Token::BracketClose | Token::BraceClose => depth = depth.saturating_sub(1),
            Token::Plus | Token::Tilde if depth == 0 => {
                joints.push((place.0, place.1, matches!(token, Token::Plus)));
            }
            // Binds less tightly: what is left and right of a `+` is no part on its own.
            Token::Ident("if" | "else" | "and" | "or" | "not" | "in") if depth == 0 => return Vec::new(),
            _ => {}
        }
    }
    let plus = joints.iter().any(|(_, _, plus)| *plus);
    let parts = joints.into_iter().filter(|(_, _, is_plus)| *is_plus == plus).map(|(start, end, _)| Parts {
        set: None,
        first: text[opening.len()..start].trim().to_owned(),
        second: text[end..text.len() - 2].trim().to_owned(),
    });
    parts.collect()
}

/// An expression taken apart by what it writes: at the end of the header, where that is always the same.
fn by_header(source: &str, inner: Span, headers: &[String]) -> Option<Parts> {
    let header = headers.first()?;
    // A first token before the header of the first message belongs to no header.
    let shortest = headers.iter().min_by_key(|header| header.len()).unwrap_or(header);
    if shortest.is_empty() || !headers.iter().all(|header| header.ends_with(shortest.as_str())) {
        return None;
    }
    let literal = shortest.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n");
    Some(Parts {
        set: Some(format!("set reply_parts = ({}).partition('{literal}')", inner.of(source))),
        first: "reply_parts[0] + reply_parts[1]".to_owned(),
        second: "reply_parts[2]".to_owned(),
    })
}

fn no_variable() -> Diagnostic {
    none(
        "twin-role-shared",
        Bilingual::fixed(
            "the same part of the template writes replies and other messages, and no loop variable tells which it is",
            "模板的同一部分既输出回复也输出其他消息，且没有循环变量可以区分",
        ),
    )
}

fn inseparable(node: &Node) -> Diagnostic {
    let found = none(
        "twin-inseparable",
        Bilingual::fixed(
            "one expression of the template writes the reply together with what stands around it",
            "模板用同一个表达式输出回复及其前后的内容，无法拆开",
        ),
    );
    found.at(Source::Template, node.span)
}
