//! The words that datasets use for roles.

/// The roles that chat templates know.
const KNOWN: [&str; 6] = ["system", "developer", "user", "assistant", "tool", "function"];

/// Other words for them, in lower case.
const SYNONYMS: [(&str, &[&str]); 4] = [
    ("user", &["human", "prompter", "input", "query", "用户", "人类"]),
    (
        "assistant",
        &["gpt", "chatgpt", "bot", "model", "ai", "output", "response", "function_call", "tool_call", "助手"],
    ),
    ("system", &["system_prompt", "系统"]),
    ("tool", &["observation", "observations", "function_response", "tool_response", "ipython"]),
];

/// Whether chat templates know the role.
pub(super) fn is_known(role: &str) -> bool {
    KNOWN.contains(&role)
}

/// The role that a word stands for: itself, a synonym, or another way to write it.
pub(super) fn meant(role: &str) -> Option<&'static str> {
    let word = role.trim().to_lowercase();
    let known = KNOWN.into_iter().find(|known| *known == word);
    known.or_else(|| SYNONYMS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(role, _)| *role))
}
