//! What becomes of tools, of their calls, and of the arguments in both forms that datasets have.

use super::{Check, around, probe};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity;

pub(super) fn check(check: &mut Check<'_>) {
    let (json, conversation) = probe("tools");
    match check.render(&conversation, false) {
        Ok(rendered) => shown(check, json, &rendered.text),
        Err(error) => check.add(
            Severity::Note,
            "arguments-refused",
            Bilingual::fixed(
                "a tool call whose arguments are an object is refused",
                "不接受参数为对象的工具调用",
            ),
            Bilingual::fixed("write the arguments as a JSON string", "请把参数写成 JSON 字符串"),
            json,
            Some(error.message.en.into_owned()),
        ),
    }
    let (json, conversation) = probe("arguments as text");
    match check.render(&conversation, false) {
        Ok(rendered) => {
            let Some(at) = rendered.text.find("\\\"city\\\"") else { return };
            check.add(
                Severity::Warning,
                "arguments-encoded-twice",
                Bilingual::fixed(
                    "arguments that are a JSON string are encoded once more: the model learns to write backslashes",
                    "JSON 字符串形式的参数会被再次编码：模型会学着输出反斜杠",
                ),
                Bilingual::fixed(
                    "give the arguments as an object",
                    "请以对象形式提供参数",
                ),
                json,
                Some(around(&rendered.text, at, at + 8)),
            );
        }
        Err(error) => check.add(
            Severity::Note,
            "arguments-refused",
            Bilingual::fixed(
                "a tool call whose arguments are a JSON string is refused",
                "不接受参数为 JSON 字符串的工具调用",
            ),
            Bilingual::fixed("give the arguments as an object", "请以对象形式提供参数"),
            json,
            Some(error.message.en.into_owned()),
        ),
    }
}

/// Whether the tools, a call and its result are in the text.
fn shown(check: &mut Check<'_>, json: &'static str, text: &str) {
    let hint = Bilingual::fixed(
        "use a template that knows tools, or leave such conversations out",
        "使用支持工具的模板，或去掉这类对话",
    );
    for (code, words, en, zh) in [
        ("tools-dropped", "Tells the weather.", "the tools are not in the text", "文本中没有工具列表"),
        ("tool-calls-dropped", "Oslo", "tool calls are left out without a word", "工具调用被悄悄丢弃"),
        (
            "tool-results-dropped",
            "Maple",
            "what a tool answers is left out without a word",
            "工具返回的结果被悄悄丢弃",
        ),
    ] {
        if !text.contains(words) {
            let excerpt = Some(around(text, 0, 2 * super::SHOWN));
            check.add(Severity::Warning, code, Bilingual::fixed(en, zh), hint.clone(), json, excerpt);
        }
    }
}
