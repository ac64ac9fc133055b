//! Which of several named templates renders a conversation.

use std::collections::BTreeMap;

/// The name and the text of the template that transformers takes of a tokenizer's: `tool_use` where the conversation has
/// tools and there is one, else `default`. Nothing where there is no default, which it refuses.
pub fn named(templates: &BTreeMap<String, String>, has_tools: bool) -> Option<(&str, &str)> {
    let find = |name: &str| templates.get_key_value(name);
    let found = has_tools.then(|| find("tool_use")).flatten().or_else(|| find("default"));
    found.map(|(name, source)| (name.as_str(), source.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_take_the_template_for_tools_where_there_is_one() {
        let of = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
        let both: BTreeMap<_, _> = of(&["default", "rag", "tool_use"]);
        assert_eq!(named(&both, true), Some(("tool_use", "tool_use")));
        assert_eq!(named(&both, false), Some(("default", "default")));
        assert_eq!(named(&of(&["default"]), true), Some(("default", "default")));
        assert_eq!(named(&of(&["rag", "tool_use"]), false), None);
    }
}
