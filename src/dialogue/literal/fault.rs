//! What can be wrong with a literal, in words: what was expected, and the cure.
//!
//! The ones that return an `Option` end the value: they set `failed` and return `None`.

use super::super::notes::Notes;
use super::scan::Scanner;
use super::{MAX_BYTES, MAX_DEPTH, MAX_VALUES};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Error, Warning};
use crate::dialogue::{Kind, Text, Value};
use crate::span::{Span, line_column};

/// An example of the smallest dialogue.
const EXAMPLE: &str = r#"[{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]"#;

fn fail<T>(
    scanner: &mut Scanner<'_>,
    code: &'static str,
    span: Span,
    message: Bilingual,
    hint: Bilingual,
) -> Option<T> {
    scanner.failed = true;
    scanner.notes.add(Error, code, span, message, hint);
    None
}

/// The character at the cursor, as a span.
fn here(scanner: &Scanner<'_>) -> Span {
    let length = scanner.peek_char().map_or(0, char::len_utf8);
    Span::new(scanner.at, scanner.at + length)
}

/// A hint for a character that only looks like the right one.
fn look_alike(scanner: &Scanner<'_>) -> Option<Bilingual> {
    let (found, wanted) = match scanner.peek_char()? {
        c @ ('“' | '”' | '„' | '＂' | '「' | '」') => (c, '"'),
        c @ ('‘' | '’' | '＇') => (c, '\''),
        c @ ('，' | '、') => (c, ','),
        c @ '：' => (c, ':'),
        c @ ('【' | '［') => (c, '['),
        c @ ('】' | '］') => (c, ']'),
        c @ '｛' => (c, '{'),
        c @ '｝' => (c, '}'),
        _ => return None,
    };
    Some(Bilingual::new(
        format!("write {wanted} instead of {found}"),
        format!("请把 {found} 换成半角的 {wanted}"),
    ))
}

pub(super) fn too_long(text: &str, notes: &mut Notes) {
    let (is, most) = (text.len() >> 20, MAX_BYTES >> 20);
    notes.add(
        Error,
        "too-long",
        Span::at(0),
        Bilingual::new(
            format!("the text has {is} MiB; at most {most} MiB are read"),
            format!("文本有 {is} MiB；最多读取 {most} MiB"),
        ),
        Bilingual::fixed("paste a part of it", "请只粘贴其中一部分"),
    );
}

pub(super) fn too_deep<T>(scanner: &mut Scanner<'_>) -> Option<T> {
    let span = here(scanner);
    fail(
        scanner,
        "too-deep",
        span,
        Bilingual::new(
            format!("more than {MAX_DEPTH} brackets are open"),
            format!("嵌套的括号超过 {MAX_DEPTH} 层"),
        ),
        Bilingual::fixed("check that every bracket is closed", "请检查每个括号是否都已闭合"),
    )
}

pub(super) fn too_many<T>(scanner: &mut Scanner<'_>) -> Option<T> {
    let span = here(scanner);
    fail(
        scanner,
        "too-many-values",
        span,
        Bilingual::new(
            format!("the text holds more than {MAX_VALUES} values"),
            format!("文本中的值超过 {MAX_VALUES} 个"),
        ),
        Bilingual::fixed("paste a part of it", "请只粘贴其中一部分"),
    )
}

/// Text that is no value, up to the line at `next` that begins like one; `first` where nothing was read before.
pub(super) fn skipped(scanner: &mut Scanner<'_>, next: usize, first: bool) {
    let skipped = scanner.text[scanner.at..next].trim_end();
    let span = Span::new(scanner.at, scanner.at + skipped.len());
    if first {
        scanner.notes.add(
            Warning,
            "leading-text",
            span,
            Bilingual::fixed("what stands before the dialogue is not read", "对话之前的文字不会被读取"),
            Bilingual::fixed("remove it", "请将其删除"),
        );
    } else {
        scanner.notes.add(
            Error,
            "expected-value",
            span,
            Bilingual::fixed("expected a list or an object", "此处应为列表或对象"),
            Bilingual::fixed(
                "the lines after it are read; mend or remove this",
                "之后的各行仍会读取；请修正或删除此处",
            ),
        );
    }
}

pub(super) fn trailing(scanner: &mut Scanner<'_>) {
    let span = here(scanner);
    let bracket = matches!(scanner.peek(), Some(b']' | b'}' | b')' | b':'));
    scanner.failed |= bracket;
    scanner.notes.add(
        if bracket { Error } else { Warning },
        "trailing-text",
        span,
        Bilingual::fixed("expected the end of the text after the value", "值之后文本应当结束"),
        if bracket {
            Bilingual::fixed(
                "remove this bracket, or open it earlier",
                "请删除这个括号，或在前面补上与之对应的括号",
            )
        } else {
            Bilingual::fixed("what follows is not read; remove it", "后面的内容不会被读取；请将其删除")
        },
    );
}

/// The text ends inside something.
pub(super) fn unclosed<T>(scanner: &mut Scanner<'_>) -> Option<T> {
    let end = scanner.text.trim_end().len();
    let Some(&(bracket, place)) = scanner.open.last() else {
        return expected_value(scanner);
    };
    let (open, close) = (bracket as char, closing(bracket));
    let (message, hint) = if scanner.in_row {
        let message = Bilingual::new(
            format!("expected `{close}` before the end of the line"),
            format!("这一行结束之前应有 `{close}`"),
        );
        // No number of the line: counting them for every row of a long file would take long.
        let hint = Bilingual::new(
            format!("close the `{open}`; the row may have been cut off"),
            format!("请闭合前面的 `{open}`；这一行可能被截断"),
        );
        (message, hint)
    } else {
        let opened = line_column(scanner.text, place).line;
        let message = Bilingual::new(
            format!("expected `{close}` before the end of the text"),
            format!("文本结束之前应有 `{close}`"),
        );
        let hint = Bilingual::new(
            format!("close the `{open}` of line {opened}; the text may have been cut off"),
            format!("请闭合第 {opened} 行的 `{open}`；文本可能被截断"),
        );
        (message, hint)
    };
    fail(scanner, "unclosed", Span::at(end), message, hint)
}

pub(super) fn expected_value<T>(scanner: &mut Scanner<'_>) -> Option<T> {
    let mut span = here(scanner);
    span.end = span.end.max(scanner.word_end(span.start));
    let hint = look_alike(scanner).unwrap_or_else(|| {
        if scanner.open.is_empty() {
            Bilingual::new(format!("a dialogue looks like {EXAMPLE}"), format!("对话的写法如 {EXAMPLE}"))
        } else if span.is_empty() || matches!(scanner.peek(), Some(b',' | b':' | b']' | b'}' | b')')) {
            Bilingual::fixed(
                "write a value here, or remove what is too much",
                "请在此处写一个值，或删除多余的符号",
            )
        } else {
            Bilingual::fixed("put text in quotes", "请给文本加上引号")
        }
    });
    let message = if scanner.open.is_empty() {
        Bilingual::fixed("expected a list or an object", "此处应为列表或对象")
    } else {
        Bilingual::fixed(
            "expected a value: a string, a number, a list or an object",
            "此处应为一个值：字符串、数字、列表或对象",
        )
    };
    fail(scanner, "expected-value", span, message, hint)
}

pub(super) fn expected_comma<T>(scanner: &mut Scanner<'_>, close: u8, last: Option<&Value>) -> Option<T> {
    let close = close as char;
    let after_string = last.is_some_and(|value| matches!(value.kind, Kind::String(_)));
    let hint = look_alike(scanner).unwrap_or_else(|| match scanner.peek_char() {
        Some(found @ ('{' | '[' | '(' | '"' | '\'')) => Bilingual::new(
            format!("add a comma before this `{found}`"),
            format!("请在这个 `{found}` 之前加逗号"),
        ),
        Some(found @ (']' | '}' | ')')) => Bilingual::new(
            format!("write `{close}` instead of `{found}`, or close what is open first"),
            format!("请把 `{found}` 换成 `{close}`，或先闭合前面的括号"),
        ),
        _ if after_string => Bilingual::fixed(
            r#"a quote inside the text is written \" or \'"#,
            r#"文本中的引号要写成 \" 或 \'"#,
        ),
        _ => Bilingual::fixed("add a comma, or remove this", "请加逗号，或删除此处内容"),
    });
    let span = here(scanner);
    fail(scanner, "expected-comma", span, comma_message(close), hint)
}

pub(super) fn two_strings<T>(scanner: &mut Scanner<'_>, span: Span, is_key: bool) -> Option<T> {
    let close = closing(scanner.open.last().map_or(b'[', |(bracket, _)| *bracket));
    let hint = if is_key {
        Bilingual::fixed("add a comma before this key", "请在这个键之前加逗号")
    } else {
        Bilingual::fixed("two strings in a row; join them or add a comma", "两个字符串相邻；请合并或加逗号")
    };
    fail(scanner, "expected-comma", span, comma_message(close), hint)
}

fn comma_message(close: char) -> Bilingual {
    Bilingual::new(format!("expected `,` or `{close}` after a value"), format!("值之后应为 `,` 或 `{close}`"))
}

fn closing(bracket: u8) -> char {
    match bracket {
        b'{' => '}',
        b'(' => ')',
        _ => ']',
    }
}

pub(super) fn expected_key<T>(scanner: &mut Scanner<'_>) -> Option<T> {
    let hint = look_alike(scanner).unwrap_or_else(|| {
        Bilingual::fixed("write a key in quotes, such as \"role\"", "请写一个带引号的键，如 \"role\"")
    });
    let span = here(scanner);
    fail(scanner, "expected-key", span, Bilingual::fixed("expected a key or `}`", "此处应为键或 `}`"), hint)
}

pub(super) fn expected_colon(scanner: &mut Scanner<'_>, key: &Text) {
    if scanner.peek().is_none() {
        return unclosed::<()>(scanner).unwrap_or_default();
    }
    let hint =
        look_alike(scanner).unwrap_or_else(|| Bilingual::fixed("write \"key\": value", "请写成 \"键\": 值"));
    let span = here(scanner);
    let shown: String = key.text.chars().take(24).collect();
    let message =
        Bilingual::new(format!("expected `:` after the key `{shown}`"), format!("键 `{shown}` 之后应为 `:`"));
    fail::<()>(scanner, "expected-colon", span, message, hint).unwrap_or_default();
}

pub(super) fn bad_number<T>(scanner: &mut Scanner<'_>, span: Span) -> Option<T> {
    fail(
        scanner,
        "bad-number",
        if span.is_empty() { here(scanner) } else { span },
        Bilingual::fixed("this is not a number", "这不是一个数字"),
        Bilingual::fixed("put text in quotes", "请给文本加上引号"),
    )
}

pub(super) fn unterminated<T>(scanner: &mut Scanner<'_>, start: usize, long: bool) -> Option<T> {
    fail(
        scanner,
        "unterminated-string",
        Span::new(start, scanner.at),
        if long {
            Bilingual::fixed("the string that begins here never ends", "从这里开始的字符串没有结束")
        } else {
            Bilingual::fixed(
                "the string that begins here has no end on its line",
                "从这里开始的字符串在本行没有结束",
            )
        },
        if long {
            Bilingual::fixed("close the quotes; the text may have been cut off", "请闭合引号；文本可能被截断")
        } else {
            Bilingual::fixed(
                r"close the quote; write a line break inside it as \n, or use three quotes",
                r"请闭合引号；字符串内的换行写成 \n，或使用三引号",
            )
        },
    )
}

pub(super) fn bad_prefix<T>(scanner: &mut Scanner<'_>, start: usize, formatted: bool) -> Option<T> {
    let message = if formatted {
        Bilingual::fixed("an f-string is code, not a text", "f-string 是代码，不是文本")
    } else {
        Bilingual::fixed("a bytes literal is not a text", "bytes 字面量不是文本")
    };
    let hint = Bilingual::fixed(
        "remove the letter before the quote and write the text itself",
        "请删除引号前的字母，直接写出文本",
    );
    fail(scanner, "not-a-literal", Span::new(start, start + 1), message, hint)
}

pub(super) fn bad_escape<T>(scanner: &mut Scanner<'_>, span: Span) -> Option<T> {
    let written = span.of(scanner.text).to_owned();
    let hint = Bilingual::fixed(
        r"write \u and four hexadecimal digits, or \\ for a backslash",
        r"请写成 \u 加四位十六进制数字，反斜杠本身写成 \\",
    );
    fail(
        scanner,
        "bad-escape",
        span,
        Bilingual::new(
            format!("`{written}` does not name a character"),
            format!("`{written}` 不对应任何字符"),
        ),
        hint,
    )
}

pub(super) fn unknown_escape(scanner: &mut Scanner<'_>, span: Span) {
    if !scanner.notes.wants("unknown-escape") {
        return;
    }
    let written = span.of(scanner.text).to_owned();
    scanner.notes.add(
        Warning,
        "unknown-escape",
        span,
        Bilingual::new(
            format!("`{written}` is no escape; the backslash is kept, as Python does"),
            format!("`{written}` 不是转义；与 Python 一样保留反斜杠"),
        ),
        Bilingual::fixed(r"write \\ for a backslash", r"反斜杠请写成 \\"),
    );
}

pub(super) fn lone_surrogate(scanner: &mut Scanner<'_>, span: Span) {
    scanner.notes.add(
        Warning,
        "lone-surrogate",
        span,
        Bilingual::fixed(
            "half of a character cannot be encoded; U+FFFD stands in for it",
            "半个字符无法编码；以 U+FFFD 代替",
        ),
        Bilingual::fixed("write both halves, or the character itself", "请写出完整的两半，或直接写这个字符"),
    );
}
