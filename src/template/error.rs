//! minijinja's errors ▶ diagnostics.

use minijinja::{Error, ErrorKind};

use super::environment::{MAX_OUTPUT, MAX_SOURCE, Raised};
use super::methods::OF_TEXT;
use super::newlines::Places;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::span::{Span, line_at};

/// The detail by which our formatter says that the text grew too large.
pub(super) const TOO_LARGE: &str = "the rendered text is too large";

/// What is wrong, with its place in the template's own text.
pub(super) fn diagnostic(error: &Error, source: &str, places: &Places) -> Diagnostic {
    let deepest = deepest(error);
    let place = place(error, source, places);
    let found = if let Some(raised) = raised(error) {
        raised_by_template(&raised.0)
    } else if chain(error).any(is_too_large) {
        too_large()
    } else if chain(error).any(|error| error.kind() == ErrorKind::OutOfFuel) {
        too_long()
    } else {
        let detail = deepest.detail().map_or_else(|| deepest.kind().to_string(), ToOwned::to_owned);
        match deepest.kind() {
            ErrorKind::SyntaxError | ErrorKind::BadEscape | ErrorKind::InvalidDelimiter => Diagnostic::new(
                Severity::Error,
                "template-syntax",
                Bilingual::new(
                    format!("the chat template does not parse: {detail}"),
                    format!("聊天模板无法解析：{detail}"),
                ),
            )
            .hint(Bilingual::fixed(
                "check the tags and quotes around this place",
                "检查此处附近的标签和引号",
            )),
            _ if detail.starts_with("tried to use % operator on unsupported types string") => percent(),
            kind => Diagnostic::new(
                Severity::Error,
                "template-error",
                Bilingual::new(
                    format!("the chat template fails: {detail}"),
                    format!("聊天模板执行出错：{detail}"),
                ),
            )
            .hint(expects_text(kind, &detail).unwrap_or_else(|| hint(kind))),
        }
    };
    match place {
        Some(place) => found.at(Source::Template, place),
        None => found,
    }
}

/// The template is longer than we read.
pub(super) fn source_too_large() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "template-too-large",
        Bilingual::new(
            format!("the chat template is longer than {} MiB", MAX_SOURCE >> 20),
            format!("聊天模板超过 {} MiB", MAX_SOURCE >> 20),
        ),
    )
    .hint(Bilingual::fixed("check that this file is a chat template", "检查这个文件是否真的是聊天模板"))
}

/// The rendered text is longer than we keep.
pub(super) fn too_large() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "template-too-large",
        Bilingual::new(
            format!("the chat template writes more than {} MiB", MAX_OUTPUT >> 20),
            format!("聊天模板的输出超过 {} MiB", MAX_OUTPUT >> 20),
        ),
    )
    .hint(Bilingual::fixed("check what the template repeats", "检查模板中重复输出的部分"))
}

/// A chain of operators or branches that is longer than our stack.
pub(super) fn too_complex(place: Span) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "template-unsupported",
        Bilingual::fixed(
            "the chat template has an expression or a chain of `elif` that is too long",
            "聊天模板中的表达式或 `elif` 链过长",
        ),
    )
    .hint(Bilingual::fixed("split it into several steps with `set`", "用 `set` 拆成几步"))
    .at(Source::Template, place)
}

/// A `continue` or `break` that minijinja can't run.
pub(super) fn leaves_a_scope(place: Span) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "template-unsupported",
        Bilingual::fixed(
            "`continue` or `break` leaves a block (`generation`, `with`, `set` or the like) for the loop around it",
            "`continue` 或 `break` 从块（`generation`、`with`、`set` 等）内跳到了外层循环",
        ),
    )
    .hint(Bilingual::fixed(
        "end the block before it, or use `if` and `else` instead",
        "在它之前结束该块，或改用 `if` 和 `else`",
    ))
    .at(Source::Template, place)
}

/// Python's `"%s" % value`, which minijinja does not have.
fn percent() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "template-unsupported",
        Bilingual::fixed(
            "the chat template formats text with `%`, which is not supported here",
            "聊天模板用 `%` 格式化字符串，此处不支持",
        ),
    )
    .hint(Bilingual::fixed(
        "write `\"…\" | format(…)` or join the parts with `~`",
        "改写成 `\"…\" | format(…)`，或用 `~` 拼接",
    ))
}

fn too_long() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "template-too-long",
        Bilingual::fixed("the chat template does not come to an end", "聊天模板的执行步数过多，已中止"),
    )
    .hint(Bilingual::fixed(
        "look for a loop that repeats too often, or for text that keeps growing",
        "检查是否有循环次数过多或不断变长的文本",
    ))
}

fn raised_by_template(message: &str) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "template-raised",
        Bilingual::new(
            format!("the chat template refuses this conversation: {message}"),
            format!("聊天模板拒绝了这段对话：{message}"),
        ),
    )
    .hint(Bilingual::fixed(
        "change the messages as it asks, or choose another template",
        "按提示修改消息，或换一个聊天模板",
    ))
}

/// A method that only texts have was called on something else: a content that is a list of parts, or none at all.
fn expects_text(kind: ErrorKind, detail: &str) -> Option<Bilingual> {
    let (receiver, method) = detail.split_once(" has no method named ")?;
    let method = method.split(' ').next().unwrap_or(method);
    let is_meant = kind == ErrorKind::UnknownMethod && receiver != "string" && OF_TEXT.contains(&method);
    is_meant.then(|| {
        Bilingual::fixed(
            "the template expects text here: give the message's content as a string, with the text of its parts joined, and \
             \"\" where there is none",
            "模板在此处需要字符串：请把消息的 content 写成字符串，多个部分的文本合并为一个，没有内容则写 \"\"",
        )
    })
}

fn hint(kind: ErrorKind) -> Bilingual {
    match kind {
        ErrorKind::UndefinedError => Bilingual::fixed(
            "a variable or key is missing: test it with `is defined`, or give the data that key",
            "缺少变量或字段：用 `is defined` 判断，或在数据中补上该字段",
        ),
        ErrorKind::UnknownMethod
        | ErrorKind::UnknownFilter
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownTest => Bilingual::fixed(
            "check the spelling; not everything that Jinja knows is known here",
            "检查拼写；此处并不支持 Jinja 的全部功能",
        ),
        _ => Bilingual::fixed(
            "check this expression against the messages that it gets",
            "对照传入的消息检查这个表达式",
        ),
    }
}

/// An error and the ones that caused it.
fn chain(error: &Error) -> impl Iterator<Item = &Error> {
    std::iter::successors(Some(error), |error| {
        std::error::Error::source(*error).and_then(|source| source.downcast_ref::<Error>())
    })
}

fn deepest(error: &Error) -> &Error {
    chain(error).last().unwrap_or(error)
}

fn raised(error: &Error) -> Option<&Raised> {
    std::error::Error::source(deepest(error))?.downcast_ref()
}

fn is_too_large(error: &Error) -> bool {
    error.detail().is_some_and(|detail| detail == TOO_LARGE || detail.ends_with("is too large"))
}

/// The exact range where minijinja knows one, else the line.
fn place(error: &Error, source: &str, places: &Places) -> Option<Span> {
    if let Some(range) = chain(error).filter_map(Error::range).last() {
        let span = places.restore(Span::from(range));
        if span.end <= source.len()
            && source.is_char_boundary(span.start)
            && source.is_char_boundary(span.end)
        {
            return Some(span);
        }
    }
    let line = chain(error).filter_map(Error::line).last()?;
    let start = match line {
        0 | 1 => 0,
        line => source.match_indices('\n').nth(line - 2).map_or(source.len(), |(at, _)| at + 1),
    };
    Some(line_at(source, start))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Input, Template, methods};
    use crate::dialogue;

    /// The hint of what fails with this content.
    fn hint_of(content: &str, expression: &str) -> String {
        let read = dialogue::read(&format!(r#"[{{"role": "user", "content": {content}}}]"#));
        let input = Input {
            messages: &read.conversations[0].messages,
            tools: None,
            variables: &[],
            add_generation_prompt: false,
            special_tokens: &BTreeMap::new(),
            now: chrono::NaiveDateTime::default(),
        };
        let template = Template::compile(&format!("{{{{ messages[0].content{expression} }}}}")).unwrap();
        let error = template.render(&input).unwrap_err();
        assert_eq!(error.code, "template-error");
        error.hint.unwrap().en.into_owned()
    }

    #[test]
    fn a_method_of_text_on_parts_or_on_nothing_asks_for_text() {
        for content in [r#"[{"type": "text", "text": "Hi"}]"#, "null", "5"] {
            for method in methods::OF_TEXT {
                let hint = hint_of(content, &format!(".{method}('a')"));
                assert!(hint.starts_with("the template expects text here"), "{content} {method}: {hint}");
            }
        }
    }

    #[test]
    fn a_method_that_nothing_has_is_a_matter_of_spelling() {
        for content in [r#""Hi""#, r#"[{"type": "text", "text": "Hi"}]"#] {
            assert!(hint_of(content, ".lstripe('a')").starts_with("check the spelling"));
        }
    }

    #[test]
    fn every_method_that_asks_for_text_is_one_that_texts_have() {
        for method in methods::OF_TEXT {
            let template = Template::compile(&format!("{{{{ 'a'.{method}(1, 2, 3, 4, 5) }}}}")).unwrap();
            let input = Input {
                messages: &[],
                tools: None,
                variables: &[],
                add_generation_prompt: false,
                special_tokens: &BTreeMap::new(),
                now: chrono::NaiveDateTime::default(),
            };
            if let Err(error) = template.render(&input) {
                assert!(!error.message.en.contains("has no method"), "{method}: {error:?}");
            }
        }
    }
}
