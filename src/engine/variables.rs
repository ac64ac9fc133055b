//! Further variables of a template: the request's, and those that stand in the dialogue.

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::{Text, Value};

/// Variables of a request as the template takes them. One that is no JSON is left out, and an error says so.
pub(super) fn from_json(
    variables: &[(String, String)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(String, Value)> {
    let mut read = Vec::new();
    for (name, json) in variables {
        match serde_json::from_str(json) {
            Ok(value) => read.push((name.clone(), Value::from_json(&value))),
            Err(why) => diagnostics.push(not_json(name, &why)),
        }
    }
    read
}

fn not_json(name: &str, why: &serde_json::Error) -> Diagnostic {
    let message = Bilingual::new(
        format!("the value of the variable `{name}` is not JSON: {why}"),
        format!("变量 `{name}` 的值不是 JSON：{why}"),
    );
    let hint = Bilingual::fixed(
        "write `true`, `3`, `\"text\"` or `[1, 2]`",
        "请写成 `true`、`3`、`\"文字\"` 或 `[1, 2]` 这样的形式",
    );
    Diagnostic::new(Severity::Error, "variable-not-json", message).hint(hint)
}

/// The keys beside the messages, with the entries of `chat_template_kwargs` as variables of their own; the request's
/// variables win.
pub(super) fn merge(extra: &[(Text, Value)], asked: &[(String, Value)]) -> Vec<(String, Value)> {
    let mut merged: Vec<(String, Value)> = Vec::new();
    let mut set = |name: &str, value: &Value| match merged.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => known.clone_from(value),
        None => merged.push((name.to_owned(), value.clone())),
    };
    for (name, value) in extra {
        match value.as_map() {
            Some(entries) if name.text == "chat_template_kwargs" => {
                for (name, value) in entries {
                    set(&name.text, value);
                }
            }
            _ => set(&name.text, value),
        }
    }
    for (name, value) in asked {
        set(name, value);
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entries_of_chat_template_kwargs_are_variables_and_the_requests_win() {
        let json = serde_json::json!({"enable_thinking": true, "depth": 1});
        let extra = [
            (Text::new("documents"), Value::from_json(&serde_json::json!([]))),
            (Text::new("chat_template_kwargs"), Value::from_json(&json)),
        ];
        let mut wrong = Vec::new();
        let written =
            [("depth", "2"), ("broken", "{")].map(|(name, json)| (name.to_owned(), json.to_owned()));
        let asked = from_json(&written, &mut wrong);
        assert_eq!(wrong[0].code, "variable-not-json");
        let merged = merge(&extra, &asked);
        let shown: Vec<_> =
            merged.iter().map(|(name, value)| format!("{name}={}", value.to_json())).collect();
        assert_eq!(shown, ["documents=[]", "enable_thinking=true", "depth=2"]);
    }
}
