//! `{% generation %}`, which minijinja does not know: found with its tokenizer and rewritten at equal length, so that
//! every byte offset, line and column stays the one of the template that the user wrote.
//!
//! The stand-in is an empty `{% with %}`: like the call block that transformers makes of the tag, it is a scope, so
//! that what is `set` inside stays inside.

use minijinja::machinery::{Token, ast, parse, tokenize};

use super::{Writer, environment};
use crate::span::Span;

/// A `{% generation %}` block of a template, from its opening tag's name to its closing tag's.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The bytes between the names of its two tags.
    span: Span,
    /// The loops inside it: only there can one pass through the block go back in the template.
    loops: Vec<Span>,
}

/// What a tag opens or closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A `{% generation %}` block.
    Generation,
    /// A block whose text Jinja gathers before any of it is written: a macro, or the body of a filter.
    Gathered,
}

/// A tag around text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    /// The bytes of its name.
    pub(super) name: Span,
    /// What it is about.
    pub(super) kind: Kind,
    /// Whether it opens a block.
    pub(super) opens: bool,
}

/// A template in which `{% generation %}` is something that minijinja knows.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    /// Its text, as long as before.
    pub(super) text: String,
    /// The blocks.
    pub(super) blocks: Vec<Block>,
    /// The tags of the blocks in order, and, where a block lies in gathered text, those of the text too.
    pub(super) tags: Vec<Tag>,
    /// The first block that lies in gathered text.
    pub(super) gathered: Option<Span>,
}

/// Rewrites the tags. Text that can't be read as a template is returned as it is: the compiler will say what is wrong
/// with it. `restore` turns an offset of `source` into one of what the user wrote.
pub(super) fn rewrite(source: &str, restore: impl Fn(Span) -> Span) -> Rewritten {
    let mut found = find(source, restore);
    if found.gathered.is_none() {
        found.tags.retain(|tag| tag.kind == Kind::Generation);
    }
    found
}

fn find(source: &str, restore: impl Fn(Span) -> Span) -> Rewritten {
    let mut found = Rewritten { text: source.to_owned(), ..Rewritten::default() };
    let mut depth = 0_usize;
    let mut open = Vec::new();
    let mut open_loops = Vec::new();
    let mut loops: Vec<Span> = Vec::new();
    let mut at_tag = false;
    for token in tokenize(source, false, environment::syntax()) {
        let Ok((token, place)) = token else { return found };
        let span = Span::new(place.start_offset as usize, place.end_offset as usize);
        if let (true, Token::Ident(name)) = (at_tag, &token) {
            let tag = |kind, opens| Tag { name: span, kind, opens };
            match *name {
                "generation" if span.of(source) == "generation" => {
                    found.text.replace_range(span.start..span.end, "with      ");
                    found.tags.push(tag(Kind::Generation, true));
                    if depth > 0 {
                        found.gathered.get_or_insert(restore(span));
                    }
                    open.push(span.end);
                }
                "endgeneration" if span.of(source) == "endgeneration" => {
                    found.text.replace_range(span.start..span.end, "endwith      ");
                    found.tags.push(tag(Kind::Generation, false));
                    if let Some(start) = open.pop() {
                        let inner = loops.iter().filter(|inner: &&Span| start < inner.start);
                        let loops = inner.map(|inner| restore(*inner)).collect();
                        found.blocks.push(Block { span: restore(Span::new(start, span.start)), loops });
                    }
                }
                "macro" | "filter" => {
                    depth += 1;
                    found.tags.push(tag(Kind::Gathered, true));
                }
                "endmacro" | "endfilter" => {
                    depth = depth.saturating_sub(1);
                    found.tags.push(tag(Kind::Gathered, false));
                }
                "for" => open_loops.push(span.end),
                "endfor" => loops.extend(open_loops.pop().map(|start| Span::new(start, span.start))),
                _ => {}
            }
        }
        at_tag = matches!(token, Token::BlockStart);
    }
    found
}

/// The stretches of output that were written from inside a block, one for each pass through it.
pub(super) fn spans(blocks: &[Block], writers: &[Writer]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut previous: Option<(usize, usize)> = None;
    for writer in writers {
        let inside =
            |block: &Block| block.span.start <= writer.source.start && writer.source.end <= block.span.end;
        let Some((index, block)) = blocks.iter().enumerate().rfind(|(_, block)| inside(block)) else {
            previous = None;
            continue;
        };
        let goes_on = previous.is_some_and(|(last, source)| {
            let in_one =
                |inner: &Span| (inner.start..inner.end).contains(&source) && inner.overlaps(writer.source);
            last == index && (source < writer.source.start || block.loops.iter().any(in_one))
        });
        match spans.last_mut() {
            Some(span) if goes_on && span.end == writer.output.start => span.end = writer.output.end,
            _ => spans.push(writer.output),
        }
        previous = Some((index, writer.source.start));
    }
    spans
}

/// The first thing that minijinja can't run: a `continue` or `break` that leaves a block for the loop around it.
pub(super) fn unsupported(rewritten: &str) -> Option<Span> {
    if !rewritten.contains("continue") && !rewritten.contains("break") {
        return None;
    }
    match parse(rewritten, "template", environment::syntax()) {
        Ok(ast::Stmt::Template(template)) => leaving(&template.children, false),
        // Whatever does not parse gets its error from the compiler.
        _ => None,
    }
}

/// The first `continue` or `break` inside a scope that lies inside its loop.
fn leaving(body: &[ast::Stmt<'_>], in_scope: bool) -> Option<Span> {
    body.iter().find_map(|statement| match statement {
        ast::Stmt::Continue(it) if in_scope => Some(span(it.span())),
        ast::Stmt::Break(it) if in_scope => Some(span(it.span())),
        ast::Stmt::ForLoop(it) => leaving(&it.body, false).or_else(|| leaving(&it.else_body, in_scope)),
        ast::Stmt::IfCond(it) => {
            leaving(&it.true_body, in_scope).or_else(|| leaving(&it.false_body, in_scope))
        }
        ast::Stmt::WithBlock(it) => leaving(&it.body, true),
        ast::Stmt::SetBlock(it) => leaving(&it.body, true),
        ast::Stmt::AutoEscape(it) => leaving(&it.body, true),
        ast::Stmt::FilterBlock(it) => leaving(&it.body, true),
        ast::Stmt::Block(it) => leaving(&it.body, true),
        ast::Stmt::Macro(it) => leaving(&it.body, true),
        ast::Stmt::CallBlock(it) => leaving(&it.macro_decl.body, true),
        _ => None,
    })
}

fn span(place: minijinja::machinery::Span) -> Span {
    Span::new(place.start_offset as usize, place.end_offset as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_are_replaced_and_nothing_moves() {
        let source =
            "a{%- generation -%}\nb {% endgeneration %}{# generation #}{% raw %}{% generation %}{% endraw %}";
        let Rewritten { text: out, blocks, tags, gathered } = rewrite(source, |span| span);
        assert_eq!((out.len(), gathered), (source.len(), None));
        assert!(out.starts_with("a{%- with       -%}\nb {% endwith       %}{# generation #}"));
        assert!(out.ends_with("{% generation %}{% endraw %}"));
        assert_eq!(blocks.len(), 1);
        assert_eq!(tags.iter().map(|tag| tag.opens).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn the_tags_of_a_macro_are_told_only_where_a_block_lies_in_it() {
        let kinds = |source: &str| -> Vec<Kind> {
            rewrite(source, |span| span).tags.iter().map(|tag| tag.kind).collect()
        };
        let block = "{% generation %}{% endgeneration %}";
        let outside = format!("{{% macro a() %}}{{% endmacro %}}{block}");
        assert_eq!(kinds(&outside), [Kind::Generation; 2]);
        let inside = format!("{{% macro a() %}}{block}{{% endmacro %}}");
        let [block, text] = [Kind::Generation, Kind::Gathered];
        assert_eq!(kinds(&inside), [text, block, block, text]);
    }
}
