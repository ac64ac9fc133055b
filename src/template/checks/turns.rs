//! Whether a conversation goes on where its beginning ended, turn after turn.

use super::{Check, around, probe};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity;
use crate::dialogue::Conversation;

/// Where two texts differ: the first byte.
fn differ(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
}

/// Both texts at the place where they part.
fn excerpt(beginning: &str, whole: &str) -> String {
    let at = differ(beginning, whole);
    format!("{}\n≠\n{}", around(beginning, at, at), around(whole, at, at))
}

pub(super) fn check(check: &mut Check<'_>) {
    let mut turn = false;
    let mut prompt = false;
    for name in ["turns", "system", "tools after turns", "two calls", "reasoning", "reasoning in the words"] {
        let (json, conversation) = probe(name);
        let Ok(whole) = check.render(&conversation, false) else { continue };
        for (index, message) in conversation.messages.iter().enumerate() {
            if message.role.text != "assistant" {
                continue;
            }
            let beginning = |count: usize| Conversation {
                messages: conversation.messages[..count].to_vec(),
                tools: conversation.tools.clone(),
                ..Conversation::default()
            };
            let asked = check.render(&beginning(index), true).ok();
            let answered = check.render(&beginning(index + 1), false).ok();
            if let Some(answered) = answered.filter(|it| !turn && !whole.text.starts_with(&it.text)) {
                turn = true;
                check.add(
                    Severity::Warning,
                    "turn-changes-later",
                    Bilingual::fixed(
                        "a turn is rendered differently once others follow: training on the whole conversation does not show it as it was answered",
                        "后面有新的消息时，同一轮会被渲染成不同的文本：整段训练时看到的与回答时不同",
                    ),
                    Bilingual::fixed(
                        "use a form of the template that keeps earlier turns, or make one sample of each turn",
                        "使用保留历史轮次原样的模板，或每一轮单独作为一个样本",
                    ),
                    json,
                    Some(excerpt(&answered.text, &whole.text)),
                );
            }
            if let Some(asked) = asked.filter(|it| !prompt && !turn && !whole.text.starts_with(&it.text)) {
                prompt = true;
                check.add(
                    Severity::Warning,
                    "prompt-not-a-prefix",
                    Bilingual::fixed(
                        "the generation prompt is not what stands before the reply in the whole conversation",
                        "生成提示与整段对话中回复之前的文本不一致",
                    ),
                    Bilingual::fixed(
                        "a rule that takes the prompt's length as the boundary puts it in the wrong place: use marks instead",
                        "以提示长度为边界的规则会放错位置：请改用标记",
                    ),
                    json,
                    Some(excerpt(&asked.text, &whole.text)),
                );
            }
        }
    }
}
