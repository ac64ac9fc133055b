//! Which template it is: where it comes from, who uses it, its other form, and the tokenizer's other templates.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::components::setup::{entry, value};
use crate::app::components::shared::{Dispatch, Shared, clicked, rich};
use crate::app::i18n::Lang;
use crate::app::state::Action;
use crate::app::wire::Hello;
use crate::diagnostic::Diagnostic;
use crate::engine::{TemplateChoice, TemplateReport};
use crate::template::catalog::{self, About, Entry, Form};
use crate::tokenizer::catalog as tokenizers;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) template: TemplateChoice,
    pub(crate) hello: Shared<Hello>,
    /// The tokenizer's id.
    pub(crate) tokenizer: String,
    pub(crate) inspection: Option<Shared<Result<TemplateReport, Diagnostic>>>,
    /// Which of the tokenizer's own templates is used, where it has several.
    pub(crate) name: Option<String>,
    /// The user's own template before this one.
    pub(crate) earlier: Rc<str>,
    pub(crate) dispatch: Dispatch,
}

/// The words above the two sides.
pub(crate) fn head(props: &Props) -> Html {
    let Props { lang, template, earlier, dispatch, .. } = props.clone();
    let of_catalog = match &template {
        TemplateChoice::Catalog(id) => catalog::find(id),
        _ => None,
    };
    html! {
        <header class="tpl-head">
            <h2>{ match (&template, &of_catalog) {
                (TemplateChoice::Source(_), _) => lang.pick("Your own template", "自定义模板").to_owned(),
                (_, Some(found)) => lang.of(&found.title),
                _ => {
                    let tokenizer = tokenizers::find(&props.tokenizer).map(|found| lang.of(&found.title));
                    format!("{}{}", lang.pick("The tokenizer’s own: ", "分词器自带："), tokenizer.unwrap_or_default())
                }
            } }</h2>
            if let Some(found) = of_catalog {
                if let Some(about) = about(&props.hello, found.id) {
                    <p class="soft">{ rich(&lang.of(&about.about)) }{ lang.pick(".", "。") }</p>
                    { source(lang, about) }
                }
                { forms(props, &found) }
            }
            { names(props) }
            if matches!(template, TemplateChoice::Source(_)) {
                <p><button class="txt-link" onclick={clicked(&dispatch, || Action::Template(TemplateChoice::TokenizersOwn))}>
                    { lang.pick("Back to the tokenizer’s own", "改回分词器自带的模板") }</button></p>
            }
            if !earlier.is_empty() {
                <p class="soft">{ lang.pick("The template you wrote before is kept. ", "之前编写的模板仍保留着。") }
                    <button class="txt-link" onclick={clicked(&dispatch, || Action::EarlierTemplate)}>{ lang.pick("Bring it back", "恢复") }</button></p>
            }
        </header>
    }
}

/// What there is to read of a template of the catalog, once the worker has said it.
fn about<'a>(hello: &'a Hello, id: &str) -> Option<&'a About> {
    hello.templates.iter().find(|(known, _)| known == id).map(|(_, about)| about)
}

/// Who uses it, and what it was compared with.
fn source(lang: Lang, found: &About) -> Html {
    html! {
        <dl class="tpl-facts">
            if !found.models.is_empty() {
                <dt>{ lang.pick("used by", "使用它的模型") }</dt><dd>{ found.models.clone() }</dd>
            }
            if !found.compared.is_empty() {
                <dt>{ lang.pick("same text as", "输出一致于") }</dt><dd>{ found.compared.clone() }</dd>
            }
        </dl>
    }
}

/// The two forms of a template, where there are two.
fn forms(props: &Props, found: &Entry) -> Html {
    let Props { lang, hello, dispatch, .. } = props;
    let lang = *lang;
    if found.form == Form::Only {
        return Html::default();
    }
    let stem = found.id.trim_end_matches("-training");
    let entries = catalog::entries();
    let all = entries.iter().filter(|entry| entry.id.trim_end_matches("-training") == stem);
    html! {
        <div class="tpl-forms" role="group" aria-label={lang.pick("Form of the template", "模板的形式")}>
            { for all.map(|entry| {
                let id = entry.id;
                let onclick = clicked(dispatch, move || Action::Template(TemplateChoice::Catalog(id.to_owned())));
                let words = match entry.form {
                    Form::Training => lang.pick("Safe for training", "适合训练的形式"),
                    _ => lang.pick("As the authors render it", "模型作者的原始形式"),
                };
                html! {
                    <button {onclick} aria-pressed={(entry.id == found.id).to_string()}>
                        <b>{ words }</b><span>{ about(hello, id).map(|about| rich(&lang.of(&about.about))) }</span>
                    </button>
                }
            }) }
        </div>
    }
}

/// The tokenizer's templates by name, where it has several and one of them is used.
fn names(props: &Props) -> Html {
    let Props { lang, template, inspection, name, dispatch, .. } = props;
    let lang = *lang;
    let Some(Ok(found)) = inspection.as_deref() else { return Html::default() };
    if found.names.len() < 2 || !matches!(template, TemplateChoice::TokenizersOwn | TemplateChoice::Named(_))
    {
        return Html::default();
    }
    let dispatch = dispatch.clone();
    let onchange = Callback::from(move |event: Event| {
        let name = value(&event);
        let named = if name.is_empty() { TemplateChoice::TokenizersOwn } else { TemplateChoice::Named(name) };
        dispatch.dispatch(Action::Template(named));
    });
    let chosen = match template {
        TemplateChoice::Named(name) => name,
        _ => "",
    };
    let by_itself = match name {
        Some(name) if chosen.is_empty() => {
            format!("{}: {name}", lang.pick("as transformers chooses", "由 transformers 选择"))
        }
        _ => lang.pick("as transformers chooses", "由 transformers 选择").to_owned(),
    };
    html! {
        <label class="opt">
            <span>{ lang.pick("Named template", "命名模板") }</span>
            <select {onchange}>
                { entry("", by_itself, chosen.is_empty()) }
                { for found.names.iter().map(|name| entry(name, name.clone(), name == chosen)) }
            </select>
        </label>
    }
}
