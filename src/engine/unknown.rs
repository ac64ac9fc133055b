//! Errors for ids that nothing has, each with the ids that there are.

use std::collections::BTreeMap;

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::recipe::catalog::RECIPES;
use crate::template;
use crate::tokenizer::Tokenizer;

pub(super) fn recipe(id: &str) -> Diagnostic {
    let known: Vec<_> = RECIPES.iter().map(|recipe| recipe.id).collect();
    let message = Bilingual::new(format!("there is no recipe `{id}`"), format!("没有名为 `{id}` 的掩码规则"));
    Diagnostic::new(Severity::Error, "unknown-recipe", message).hint(choose(&known))
}

pub(super) fn template(id: &str) -> Diagnostic {
    let known: Vec<_> = template::catalog::entries().iter().map(|entry| entry.id).collect();
    let message =
        Bilingual::new(format!("there is no template `{id}`"), format!("没有名为 `{id}` 的聊天模板"));
    Diagnostic::new(Severity::Error, "unknown-template", message).hint(choose(&known))
}

pub(super) fn tokenizer(id: &str) -> Diagnostic {
    let message =
        Bilingual::new(format!("the tokenizer `{id}` is not loaded"), format!("分词器 `{id}` 尚未加载"));
    let hint = Bilingual::fixed("load it first, or choose another one", "请先加载它，或改用其他分词器");
    Diagnostic::new(Severity::Error, "unknown-tokenizer", message).hint(hint)
}

/// The tokenizer has no template of this name.
pub(super) fn named_template(name: &str, tokenizer: Option<&Tokenizer>) -> Diagnostic {
    let known: Vec<&str> =
        tokenizer.iter().flat_map(|own| own.chat_templates().keys()).map(String::as_str).collect();
    let message = Bilingual::new(
        format!("the tokenizer has no chat template named `{name}`"),
        format!("该分词器没有名为 `{name}` 的聊天模板"),
    );
    let error = Diagnostic::new(Severity::Error, "unknown-named-template", message);
    if known.is_empty() {
        return error.hint(Bilingual::fixed(
            "it brings none of its own: choose one of the catalog",
            "它不带聊天模板：请从目录中选择",
        ));
    }
    error.hint(choose(&known))
}

/// The tokenizer has templates, and none of them is the default.
pub(super) fn default_template(own: &BTreeMap<String, String>) -> Diagnostic {
    let known: Vec<&str> = own.keys().map(String::as_str).collect();
    let names = known.join(", ");
    let message = Bilingual::new(
        format!(
            "the tokenizer has several chat templates ({names}) and none named `default`: transformers refuses it"
        ),
        format!("该分词器有多个聊天模板（{names}），但没有名为 `default` 的：transformers 会报错"),
    );
    let hint = Bilingual::fixed(
        "choose one of them, and give the trainer the same by name",
        "请选择其中一个，并在训练时按名称指定同一个模板",
    );
    Diagnostic::new(Severity::Error, "unknown-named-template", message).hint(hint)
}

fn choose(known: &[&str]) -> Bilingual {
    let list = known.join(", ");
    Bilingual::new(format!("choose one of: {list}"), format!("可选：{list}"))
}
