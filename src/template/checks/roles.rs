//! What becomes of messages that are neither a question nor a reply, and of an unusual order.

use super::{Check, around, read};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity;

const SYSTEM: &str = r#"{"messages": [{"role": "system", "content": "Elm."}, {"role": "user", "content": "Fir?"}, {"role": "assistant", "content": "Ginkgo."}]}"#;

/// Conversations with something unusual: what it is, in both languages, the word that shows it, and the conversation.
const UNUSUAL: [(&str, &str, &str, &str); 6] = [
    (
        "a second system message in the middle",
        "中间的第二条系统消息",
        "Hazel",
        r#"{"messages": [{"role": "user", "content": "Fir?"}, {"role": "assistant", "content": "Ginkgo."}, {"role": "system", "content": "Hazel."}, {"role": "user", "content": "Ivy?"}, {"role": "assistant", "content": "Juniper."}]}"#,
    ),
    (
        "a message of the role `developer`",
        "角色为 `developer` 的消息",
        "Larch",
        r#"{"messages": [{"role": "developer", "content": "Larch."}, {"role": "user", "content": "Maple?"}, {"role": "assistant", "content": "Nutmeg."}]}"#,
    ),
    (
        "a message of the role `tool`",
        "角色为 `tool` 的消息",
        "Pine",
        r#"{"messages": [{"role": "user", "content": "Oak?"}, {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "call00009", "function": {"name": "weather", "arguments": {"city": "Oslo"}}}]}, {"role": "tool", "tool_call_id": "call00009", "name": "weather", "content": "Pine"}, {"role": "assistant", "content": "Quince."}]}"#,
    ),
    (
        "messages of the roles `human` and `gpt`",
        "角色为 `human` 和 `gpt` 的消息",
        "Rowan",
        r#"{"messages": [{"role": "human", "content": "Rowan?"}, {"role": "gpt", "content": "Spruce."}]}"#,
    ),
    (
        "two replies in a row",
        "连续两条回复",
        "Ulmus",
        r#"{"messages": [{"role": "user", "content": "Teak?"}, {"role": "assistant", "content": "Ulmus."}, {"role": "assistant", "content": "Willow."}]}"#,
    ),
    (
        "a reply at the very beginning",
        "以回复开头的对话",
        "Yew",
        r#"{"messages": [{"role": "assistant", "content": "Yew."}, {"role": "user", "content": "Zelkova?"}, {"role": "assistant", "content": "Acacia."}]}"#,
    ),
];

/// The system message: refused, or left out without a word.
pub(super) fn check_system(check: &mut Check<'_>) {
    let hint = Bilingual::fixed(
        "put its text in front of the first question, or use another template",
        "把它的内容放到第一个问题前面，或换用其他模板",
    );
    match check.render(&read(SYSTEM), false) {
        Err(error) if error.code == "template-raised" => {
            let message = Bilingual::fixed("a system message is refused", "不接受系统消息");
            check.add(
                Severity::Note,
                "system-refused",
                message,
                hint,
                SYSTEM,
                Some(error.message.en.into_owned()),
            );
        }
        Ok(rendered) if !rendered.text.contains("Elm") => {
            let message =
                Bilingual::fixed("a system message is left out without a word", "系统消息被悄悄丢弃");
            let excerpt = around(&rendered.text, 0, 0);
            check.add(Severity::Warning, "system-dropped", message, hint, SYSTEM, Some(excerpt));
        }
        _ => {}
    }
}

/// Other roles and orders: refused, or left out without a word.
pub(super) fn check(check: &mut Check<'_>) {
    for (en, zh, word, json) in UNUSUAL {
        match check.render(&read(json), false) {
            Err(error) => {
                let message = Bilingual::new(format!("{en}: refused"), format!("{zh}：被拒绝"));
                let hint = Bilingual::fixed(
                    "change such conversations before training, or leave them out",
                    "训练前修改或去掉这类对话",
                );
                let excerpt = Some(error.message.en.into_owned());
                check.add(Severity::Note, "roles-refused", message, hint, json, excerpt);
            }
            Ok(rendered) if !rendered.text.contains(word) => {
                let message =
                    Bilingual::new(format!("{en}: left out without a word"), format!("{zh}：被悄悄丢弃"));
                let hint = Bilingual::fixed(
                    "rename the role to one that the template knows",
                    "把角色改成模板认识的名称",
                );
                let excerpt = Some(around(&rendered.text, 0, 2 * super::SHOWN));
                check.add(Severity::Warning, "roles-dropped", message, hint, json, excerpt);
            }
            Ok(_) => {}
        }
    }
}
