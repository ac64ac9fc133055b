//! Further variables of a template: the request's, and those that stand in the dialogue.

use crate::dialogue::{Text, Value};

/// Variables of a request as the template takes them.
pub(super) fn from_json(variables: &[(String, serde_json::Value)]) -> Vec<(String, Value)> {
    variables.iter().map(|(name, value)| (name.clone(), Value::from_json(value))).collect()
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
        let asked = from_json(&[("depth".to_owned(), serde_json::json!(2))]);
        let merged = merge(&extra, &asked);
        let shown: Vec<_> =
            merged.iter().map(|(name, value)| format!("{name}={}", value.to_json())).collect();
        assert_eq!(shown, ["documents=[]", "enable_thinking=true", "depth=2"]);
    }
}
