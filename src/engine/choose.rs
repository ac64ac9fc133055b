//! Which template a request means.

use super::{TemplateChoice, unknown};
use crate::diagnostic::Diagnostic;
use crate::template;
use crate::tokenizer::Tokenizer;

/// The id and the text of the template that was chosen.
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
            let own = own.and_then(|own| own.get("default").or_else(|| own.values().next()));
            own.map_or_else(|| of_catalog("plain"), |own| Ok(("tokenizer", own.clone())))
        }
        TemplateChoice::Named(name) => {
            let own = tokenizer.and_then(|own| own.chat_templates().get(name));
            own.map(|own| ("tokenizer", own.clone())).ok_or_else(|| unknown::named_template(name, tokenizer))
        }
    }
}

/// The tokenizer's own template for conversations with tools, where it is chosen and has one beside its default.
pub(super) fn template_for_tools(choice: &TemplateChoice, tokenizer: Option<&Tokenizer>) -> Option<String> {
    let own = tokenizer.filter(|_| *choice == TemplateChoice::TokenizersOwn)?.chat_templates();
    template::named(own, true).filter(|(name, _)| *name == "tool_use").map(|(_, source)| source.to_owned())
}
