//! The variables that a template reads and nobody sets: switches such as `enable_thinking`, found in its source.

use std::collections::BTreeSet;

use minijinja::machinery::{Token, tokenize};
use serde::{Deserialize, Serialize};

use super::{Template, environment};
use crate::diagnostic::Diagnostic;

/// A variable that can be given to a template as one of its `chat_template_kwargs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub kind: SwitchKind,
    /// What the template takes for it where it is not given, as JSON; `None` where it only tests that it is missing.
    pub default: Option<String>,
}

/// What a switch takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchKind {
    /// On or off.
    Bool,
    /// A text: one of those that the template compares it with, where it does, or any.
    Text(Vec<String>),
    /// A list or anything else.
    Other,
}

/// What transformers gives every template, and what Jinja knows of itself.
const GIVEN: [&str; 13] = [
    "messages",
    "tools",
    "documents",
    "add_generation_prompt",
    "raise_exception",
    "strftime_now",
    "namespace",
    "range",
    "dict",
    "joiner",
    "cycler",
    "lipsum",
    "loop",
];

/// The switches of a template, by name.
pub fn switches(source: &str) -> Result<Vec<Switch>, Diagnostic> {
    let template = Template::compile(source)?;
    let names = template.undeclared();
    let names: BTreeSet<&str> = names.iter().map(String::as_str).filter(|name| !is_given(name)).collect();
    let mut uses: Vec<Use<'_>> = names.into_iter().map(Use::of).collect();
    let mut tag: Vec<Token<'_>> = Vec::new();
    for token in tokenize(source, false, environment::syntax()) {
        let Ok((token, _)) = token else { break };
        match token {
            Token::BlockStart | Token::VariableStart => tag.clear(),
            Token::BlockEnd | Token::VariableEnd => {
                for one in &mut uses {
                    one.read(&tag);
                }
            }
            token => tag.push(token),
        }
    }
    Ok(uses.into_iter().filter(|it| it.read_first != Some(false)).map(Use::switch).collect())
}

/// Whether a name is no switch: given to every template, or a special token.
fn is_given(name: &str) -> bool {
    GIVEN.contains(&name) || name.ends_with("_token") || name.ends_with("_tokens") || name.starts_with("__")
}

/// How a template uses a name.
struct Use<'a> {
    name: &'a str,
    texts: Vec<String>,
    text: bool,
    other: bool,
    default: Option<String>,
    /// Whether the template reads it before it sets it: what is set first is its own.
    read_first: Option<bool>,
}

impl<'a> Use<'a> {
    fn of(name: &'a str) -> Self {
        Self { name, texts: Vec::new(), text: false, other: false, default: None, read_first: None }
    }

    /// Looks at one tag.
    fn read(&mut self, tag: &[Token<'_>]) {
        for (at, token) in tag.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| tag.get(before));
            if !matches!(token, Token::Ident(name) if *name == self.name)
                || matches!(before, Some(Token::Dot))
            {
                continue;
            }
            let set = matches!(tag, [Token::Ident("set"), ..]) && at == 1;
            let own = set || matches!(tag, [Token::Ident("macro"), ..]);
            self.read_first.get_or_insert(!own);
            if matches!(tag, [Token::Ident("macro"), ..]) && at == 1 {
                self.read_first = Some(false);
            }
            match &tag[at + 1..] {
                [Token::Assign, value] if set => self.take_default(value),
                [Token::Pipe, Token::Ident("default" | "d"), Token::ParenOpen, value, ..]
                | [Token::Ident("or"), value @ (Token::Str(_) | Token::String(_)), ..] => {
                    self.take_default(value);
                }
                [Token::Eq | Token::Ne, value, ..] => self.take_text(value),
                [Token::Ident("in"), Token::BracketOpen | Token::ParenOpen, rest @ ..] => {
                    let texts =
                        rest.iter().take_while(|it| !matches!(it, Token::BracketClose | Token::ParenClose));
                    texts.for_each(|value| self.take_text(value));
                }
                [Token::Plus | Token::Tilde, ..] => self.text = true,
                [Token::Dot | Token::BracketOpen | Token::ParenOpen, ..] => self.other = true,
                [Token::Ident("is"), Token::Ident("iterable" | "mapping" | "sequence"), ..] => {
                    self.other = true;
                }
                _ => {}
            }
            match before {
                Some(Token::Plus | Token::Tilde) => self.text = true,
                Some(Token::Ident("in")) => self.other = true,
                None if tag.len() == 1 => self.text = true,
                _ => {}
            }
        }
    }

    fn take_default(&mut self, value: &Token<'_>) {
        let default = match value {
            Token::Ident("true" | "True") => "true".to_owned(),
            Token::Ident("false" | "False") => "false".to_owned(),
            Token::Int(number) => number.to_string(),
            value => match text(value) {
                Some(text) => {
                    self.text = true;
                    serde_json::Value::from(text).to_string()
                }
                None => return,
            },
        };
        self.default.get_or_insert(default);
    }

    fn take_text(&mut self, value: &Token<'_>) {
        if let Some(text) = text(value) {
            self.text = true;
            if !self.texts.contains(&text) {
                self.texts.push(text);
            }
        }
    }

    fn switch(self) -> Switch {
        let kind = if self.other {
            SwitchKind::Other
        } else if self.text {
            SwitchKind::Text(self.texts)
        } else {
            SwitchKind::Bool
        };
        Switch { name: self.name.to_owned(), kind, default: self.default }
    }
}

/// A string that is written out.
fn text(token: &Token<'_>) -> Option<String> {
    match token {
        Token::Str(text) => Some((*text).to_owned()),
        Token::String(text) => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<(String, SwitchKind, Option<String>)> {
        let switches = switches(source).unwrap();
        switches.into_iter().map(|switch| (switch.name, switch.kind, switch.default)).collect()
    }

    #[test]
    fn a_switch_is_told_from_what_every_template_gets() {
        let source = "{% if messages %}{% set own = 1 %}{% endif %}{{ own }}{{ f() }}{% macro f() %}{% endmacro %}\
            {{ bos_token }}{% for m in messages %}{% set x = m.enable %}{{ x }}{% endfor %}\
            {% if enable_thinking is defined and enable_thinking is false %}y{% endif %}{% if tools %}{% endif %}";
        assert_eq!(found(source), [("enable_thinking".to_owned(), SwitchKind::Bool, None)]);
    }

    #[test]
    fn texts_and_defaults_are_read_from_the_source() {
        let source = "{% if effort is not defined %}{% set effort = 'medium' %}{% endif %}\
            {{ voice or 'calm' }}{% if effort == 'high' or effort == 'low' %}!{% endif %}{{ 'on ' ~ date_string }}\
            {% if not keep is defined %}{% set keep = true %}{% endif %}{% for t in more %}{{ t }}{% endfor %}";
        let text = |texts: &[&str]| SwitchKind::Text(texts.iter().map(|&text| text.to_owned()).collect());
        assert_eq!(
            found(source),
            [
                ("date_string".to_owned(), text(&[]), None),
                ("effort".to_owned(), text(&["high", "low"]), Some("\"medium\"".to_owned())),
                ("keep".to_owned(), SwitchKind::Bool, Some("true".to_owned())),
                ("more".to_owned(), SwitchKind::Other, None),
                ("voice".to_owned(), text(&[]), Some("\"calm\"".to_owned())),
            ]
        );
    }

    #[test]
    fn a_template_that_does_not_parse_has_an_error_instead() {
        assert_eq!(switches("{% if %}").unwrap_err().code, "template-syntax");
    }
}
