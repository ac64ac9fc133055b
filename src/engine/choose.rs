//! Which template a request means.

use super::{TemplateChoice, unknown};
use crate::diagnostic::Diagnostic;
use crate::template;
use crate::tokenizer::Tokenizer;

/// The id and the text of the template that was chosen; of a tokenizer's own ones without a default, the one for tools.
pub(super) fn choose_template(
    choice: &TemplateChoice,
    tokenizer: Option<&Tokenizer>,
) -> Result<(&'static str, String), Diagnostic> {
    let of_catalog = |id: &str| {
        let entry = template::catalog::find(id).ok_or_else(|| unknown::template(id))?;
        Ok((entry.id, entry.source().to_owned()))
    };
    match choice {
        TemplateChoice::Source(source) => Ok(("custom", source.clone())),
        TemplateChoice::Catalog(id) => of_catalog(id),
        TemplateChoice::TokenizersOwn => {
            let own = tokenizer.map(Tokenizer::chat_templates);
            match own {
                Some(own) if !own.is_empty() => template::named(own, false)
                    .or_else(|| template::named(own, true))
                    .map(|(_, source)| ("tokenizer", source.to_owned()))
                    .ok_or_else(|| unknown::default_template(own)),
                _ => of_catalog("plain"),
            }
        }
        TemplateChoice::Named(name) => {
            let own = tokenizer.and_then(|own| own.chat_templates().get(name));
            own.map(|own| ("tokenizer", own.clone())).ok_or_else(|| unknown::named_template(name, tokenizer))
        }
    }
}

/// Why transformers would take none of the tokenizer's own templates: conversations without tools want a default.
pub(super) fn lacks_default(
    choice: &TemplateChoice,
    tokenizer: Option<&Tokenizer>,
    only_tools: bool,
) -> Option<Diagnostic> {
    let own = tokenizer.filter(|_| *choice == TemplateChoice::TokenizersOwn)?.chat_templates();
    (!own.is_empty() && template::named(own, only_tools).is_none()).then(|| unknown::default_template(own))
}

/// The tokenizer's own template for conversations with tools, where it is chosen and has one beside its default.
pub(super) fn template_for_tools(choice: &TemplateChoice, tokenizer: Option<&Tokenizer>) -> Option<String> {
    let own = tokenizer.filter(|_| *choice == TemplateChoice::TokenizersOwn)?.chat_templates();
    template::named(own, true).filter(|(name, _)| *name == "tool_use").map(|(_, source)| source.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::engine::{Engine, Request};
    use crate::tokenizer::{Files, Tokenizer};

    /// The codes of a dialogue's findings under a tokenizer whose templates have these names.
    fn codes(names: &[&str], tools: &str) -> Vec<String> {
        let embedded = r#"{"model": {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}}"#;
        let further_templates = names.iter().map(|name| (*name, "{{ messages[0].content }}")).collect();
        let files = Files { tokenizer: embedded, further_templates, ..Files::default() };
        let mut engine = Engine::new();
        engine.add_tokenizer("own", Tokenizer::from_files(&files).unwrap());
        let dialogue = format!(r#"{{"messages": [{{"role": "user", "content": "a"}}]{tools}}}"#);
        let request = Request { dialogue, tokenizer: "own".to_owned(), ..Request::default() };
        let found = engine.analyze(&request).diagnostics;
        found.iter().map(|found| found.code.to_string()).collect()
    }

    #[test]
    fn without_a_default_a_conversation_without_tools_has_no_template() {
        let tools = r#", "tools": [{"type": "function", "function": {"name": "f"}}]"#;
        assert_eq!(codes(&["rag", "tool_use"], ""), ["unknown-named-template"]);
        assert_eq!(codes(&["rag"], tools), ["unknown-named-template"]);
        assert!(codes(&["rag", "tool_use"], tools).is_empty());
        assert!(codes(&["default", "rag"], "").is_empty());
    }
}
