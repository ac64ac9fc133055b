//! Tags put into a template's source so that its text stays the same, whatever its whitespace rules are.

use super::nodes::{Kind, Node};
use crate::span::Span;

/// A stretch of the source and what stands there instead.
pub(super) struct Edit {
    pub(super) span: Span,
    pub(super) text: String,
}

/// What a tag does to the whitespace beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    /// It takes all of it away.
    Strip,
    /// It leaves it, which a tag that only stands there would not.
    Keep,
    /// What a tag does of itself.
    Plain,
}

/// A tag with its rules on both sides. A tag between empty expressions takes no whitespace away.
fn tag(left: Space, words: &str, right: Space) -> String {
    let keep = |space| if space == Space::Keep { "{{ '' }}" } else { "" };
    let dash = |space| if space == Space::Strip { "-" } else { "" };
    format!("{}{{%{} {words} {}%}}{}", keep(left), dash(left), dash(right), keep(right))
}

/// The rules around a run of nodes: outside and inside, at its beginning and at its end.
struct Around {
    before: Space,
    first: Space,
    last: Space,
    after: Space,
}

fn around(source: &str, first: &Node, last: &Node) -> Around {
    let span = Span::new(first.span.start, last.span.end);
    let (head, tail) = (&source[..span.start], &source[span.end..]);
    let inside = span.of(source);
    let is_text = |node: &Node| matches!(node.kind, Kind::Text);
    let line = head.trim_end_matches([' ', '\t']);
    let begins_line = line.len() < head.len() && (line.is_empty() || line.ends_with('\n'));
    let before = match first.kind {
        _ if inside.starts_with("{{-") || inside.starts_with("{%-") => Space::Strip,
        Kind::Expression(_) if begins_line => Space::Keep,
        _ => Space::Plain,
    };
    let after = match last.kind {
        _ if inside.ends_with("-}}") || inside.ends_with("-%}") => Space::Strip,
        Kind::Expression(_) if tail.starts_with(['\n', '\r']) => Space::Keep,
        _ => Space::Plain,
    };
    let first = match () {
        () if !is_text(first) => Space::Plain,
        () if head.ends_with("-}}") || head.ends_with("-%}") => Space::Strip,
        () if !head.ends_with("%}") && inside.starts_with(['\n', '\r']) => Space::Keep,
        () => Space::Plain,
    };
    let last = match () {
        () if !is_text(last) => Space::Plain,
        () if tail.starts_with("{{-") || tail.starts_with("{%-") => Space::Strip,
        () if !tail.starts_with("{%") && inside.ends_with([' ', '\t']) => Space::Keep,
        () => Space::Plain,
    };
    Around { before, first, last, after }
}

/// The test that a message, which this variable holds, is a reply.
fn is_reply(variable: &str) -> String {
    format!("if {variable}['role'] == 'assistant'")
}

/// Marks a run of nodes; with a variable only where that holds a reply.
pub(super) fn wrap(source: &str, first: &Node, last: &Node, guard: Option<&str>) -> Edit {
    let span = Span::new(first.span.start, last.span.end);
    let inside = span.of(source);
    let around = around(source, first, last);
    let text = match guard {
        None => format!(
            "{}{inside}{}",
            tag(around.before, "generation", around.first),
            tag(around.last, "endgeneration", around.after)
        ),
        Some(variable) => format!(
            "{}{}{inside}{}{}{inside}{}",
            tag(around.before, &is_reply(variable), Space::Plain),
            tag(Space::Plain, "generation", around.first),
            tag(around.last, "endgeneration", Space::Plain),
            tag(Space::Plain, "else", around.first),
            tag(around.last, "endif", around.after)
        ),
    };
    Edit { span, text }
}

/// An expression taken apart.
#[derive(Clone)]
pub(super) struct Parts {
    /// What has to be set before, without its tag's braces.
    pub(super) set: Option<String>,
    /// The expression of the first part.
    pub(super) first: String,
    /// The expression of the second part, which is the one to mark.
    pub(super) second: String,
}

/// Marks the second part of an expression; with a variable only where that holds a reply.
pub(super) fn split(source: &str, node: &Node, parts: &Parts, guard: Option<&str>) -> Edit {
    let around = around(source, node, node);
    let opening = |before: Space| match &parts.set {
        Some(set) => tag(before, set, Space::Plain) + "{{ " + &parts.first + " }}",
        None => format!("{{{{{} {} }}}}", if before == Space::Strip { "-" } else { "" }, parts.first),
    };
    let marked = format!("{}{{{{ {} }}}}", tag(Space::Plain, "generation", Space::Plain), parts.second);
    let text = match (guard, &node.kind) {
        (Some(variable), Kind::Expression(inner)) => format!(
            "{}{}{marked}{}{}{{{{ {} }}}}{}",
            tag(around.before, &is_reply(variable), Space::Plain),
            opening(Space::Plain),
            tag(Space::Plain, "endgeneration", Space::Plain),
            tag(Space::Plain, "else", Space::Plain),
            inner.of(source),
            tag(Space::Plain, "endif", around.after)
        ),
        _ => opening(around.before) + &marked + &tag(Space::Plain, "endgeneration", around.after),
    };
    Edit { span: node.span, text }
}

/// The source with the edits made.
pub(super) fn apply(source: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.span.start);
    let mut out = String::with_capacity(source.len() + 64 * edits.len());
    let mut from = 0;
    for edit in edits {
        out.push_str(source.get(from..edit.span.start).unwrap_or_default());
        out.push_str(&edit.text);
        from = edit.span.end;
    }
    out + source.get(from..).unwrap_or_default()
}
