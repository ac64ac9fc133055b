//! What is refused before it is parsed: the parser and the compiler call themselves once for each operator of a chain
//! such as `a.b.c` or `1 + 1 + 1`, so a chain without end would run out of stack.

use minijinja::machinery::{Token, tokenize};

use super::environment;
use crate::span::Span;

/// How many operators one tag may have, and how many `elif` the tags around one place.
const LINKS: usize = 500;

/// The first place where a chain grows too long.
pub(super) fn too_complex(source: &str) -> Option<Span> {
    let mut links = 0;
    // For each open bracket, how long the chain was before it.
    let mut brackets: Vec<usize> = Vec::new();
    let mut at_tag = false;
    // For each open `if`, how many `elif` it has so far.
    let mut branches: Vec<usize> = Vec::new();
    let mut open_branches = 0;
    for token in tokenize(source, false, environment::syntax()) {
        // The compiler will say what is wrong with it.
        let Ok((token, place)) = token else { return None };
        match token {
            Token::VariableStart | Token::BlockStart | Token::TemplateData(_) => {
                links = 0;
                brackets.clear();
            }
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => brackets.push(links),
            // A subscript or a call is a link as well.
            Token::ParenClose | Token::BracketClose | Token::BraceClose => {
                links = brackets.pop().unwrap_or(links) + 1;
            }
            // The items of a list are no chain.
            Token::Comma => links = brackets.last().copied().unwrap_or(0),
            Token::Ident("if") if at_tag => branches.push(0),
            Token::Ident("elif") if at_tag => {
                open_branches += 1;
                if let Some(last) = branches.last_mut() {
                    *last += 1;
                }
            }
            Token::Ident("endif") if at_tag => {
                open_branches -= branches.pop().unwrap_or(0).min(open_branches);
            }
            Token::Ident("and" | "or" | "not" | "if" | "is" | "in" | "else")
            | Token::Plus
            | Token::Minus
            | Token::Mul
            | Token::Div
            | Token::FloorDiv
            | Token::Pow
            | Token::Mod
            | Token::Dot
            | Token::Tilde
            | Token::Pipe
            | Token::Eq
            | Token::Ne
            | Token::Gt
            | Token::Gte
            | Token::Lt
            | Token::Lte => links += 1,
            _ => {}
        }
        at_tag = matches!(token, Token::BlockStart);
        if links > LINKS || open_branches > LINKS {
            return Some(Span::new(place.start_offset as usize, place.end_offset as usize));
        }
    }
    None
}
