//! The words that datasets use for roles.

use super::super::Text;
use super::super::notes::Notes;
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Warning;

/// The roles that chat templates know.
const KNOWN: [&str; 6] = ["system", "developer", "user", "assistant", "tool", "function"];

/// Words for a turn of the assistant that calls a tool.
const CALLS: [&str; 2] = ["function_call", "tool_call"];

/// Other words for them, in lower case.
const SYNONYMS: [(&str, &[&str]); 4] = [
    ("user", &["human", "prompter", "input", "query", "用户", "人类"]),
    ("assistant", &["gpt", "chatgpt", "bot", "model", "ai", "output", "response", "助手"]),
    ("system", &["system_prompt", "系统"]),
    ("tool", &["observation", "observations", "function_response", "tool_response", "ipython"]),
];

/// Whether chat templates know the role.
pub(super) fn is_known(role: &str) -> bool {
    KNOWN.contains(&role)
}

/// Whether a turn of this role is the assistant's call of a tool.
pub(super) fn is_call(role: &str) -> bool {
    CALLS.contains(&plain(role).as_str())
}

/// The role that a word stands for: itself, a synonym, or another way to write it.
pub(in super::super) fn meant(role: &str) -> Option<&'static str> {
    let word = plain(role);
    let known = KNOWN.into_iter().find(|known| *known == word);
    let call = CALLS.contains(&word.as_str()).then_some("assistant");
    let same = |(_, words): &&(&str, &[&str])| words.contains(&word.as_str());
    known.or(call).or_else(|| SYNONYMS.iter().find(same).map(|(role, _)| *role))
}

/// `Function-Call` ▶ `function_call`.
fn plain(role: &str) -> String {
    role.trim().to_lowercase().replace(['-', ' '], "_")
}

/// Says of a role that chat templates don't know what trainers do with it.
pub(super) fn unknown(role: &Text, notes: &mut Notes) {
    if is_known(&role.text) || !notes.wants("unknown-role") {
        return;
    }
    let shown: String = role.text.chars().take(40).collect();
    let hint = match (meant(&role.text), shown.as_str()) {
        _ if is_call(&role.text) => Bilingual::fixed(
            "write the call under `tool_calls` of an assistant message: of the trainers only ms-swift knows this role, \
             the others hand it to the template",
            "请把调用写在 assistant 消息的 `tool_calls` 中：只有 ms-swift 认识这个角色，其他训练器会原样交给模板",
        ),
        (Some(meant), "human" | "gpt") => Bilingual::new(
            format!(
                "write \"{meant}\" if that is meant: TRL hands it to the template as it is, axolotl and ms-swift rename it"
            ),
            format!("若是此意，请写成 \"{meant}\"：TRL 会原样交给模板，axolotl 和 ms-swift 会改名"),
        ),
        (Some(meant), _) => Bilingual::new(
            format!(
                "write \"{meant}\" if that is meant: TRL hands the role to the template as it is, which writes a header \
                 of that name or refuses it"
            ),
            format!("若是此意，请写成 \"{meant}\"：TRL 会原样交给模板，模板会写出这个名字的头部，或者报错"),
        ),
        (None, _) => Bilingual::fixed(
            "the known roles are system, user, assistant and tool: TRL hands any other to the template, which writes a \
             header of that name or refuses it; ms-swift drops the row",
            "已知的角色有 system、user、assistant 和 tool：其他角色 TRL 会原样交给模板，模板会写出这个名字的头部，或者报错；\
             ms-swift 会丢弃该行",
        ),
    };
    notes.add(
        Warning,
        "unknown-role",
        role.span,
        Bilingual::new(
            format!("chat templates do not know the role \"{shown}\"; it is kept as it is"),
            format!("聊天模板不认识角色 \"{shown}\"；按原样保留"),
        ),
        hint,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_known_however_it_is_written() {
        for (word, role) in [
            ("Human", "user"),
            (" GPT ", "assistant"),
            ("Function-Call", "assistant"),
            ("function response", "tool"),
            ("ipython", "tool"),
            ("developer", "developer"),
        ] {
            assert_eq!(meant(word), Some(role), "{word}");
        }
        assert_eq!(meant("narrator"), None);
    }
}
