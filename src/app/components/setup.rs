//! The row of pickers: template, tokenizer, recipe with its options, and the counts.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;
use yew::virtual_dom::VTag;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::{hooked, memo};
use crate::app::components::shared::{Dispatch, Shared, clicked};
use crate::app::components::summary;
use crate::app::components::typed::{self, typed};
use crate::app::i18n::Lang;
use crate::app::state::{Action, Choices, Dialog};
use crate::app::wire::{Own, ReportView};
use crate::bring::own_name;
use crate::engine::TemplateChoice;
use crate::recipe::{OptionKind, OptionSpec, catalog as recipes};
use crate::template::catalog as templates;
use crate::tokenizer::catalog as tokenizers;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) choices: Choices,
    /// The report whose counts are shown.
    pub(crate) report: Option<Shared<ReportView>>,
    /// Whether that report is of what stands in the box.
    pub(crate) current: bool,
    /// How long the worker took for it, in milliseconds.
    pub(crate) took: f64,
    /// The tokenizers that the user brought.
    pub(crate) own: Rc<[Own]>,
    pub(crate) dispatch: Dispatch,
}

const OWN: &str = "tokenizer";
const CUSTOM: &str = "custom";

/// The value of a `<select>` or `<input>` that an event came from.
pub(crate) fn value(event: &Event) -> String {
    let Some(target) = event.target() else { return String::new() };
    target
        .dyn_ref::<HtmlSelectElement>()
        .map(HtmlSelectElement::value)
        .or_else(|| target.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value))
        .unwrap_or_default()
}

/// The pickers.
pub(crate) fn setup(props: Props) -> Html {
    hooked(props, |props, context| use_setup(props).run(context))
}

#[hook]
fn use_setup(props: &Props) -> Html {
    let Props { lang, choices, dispatch, .. } = props.clone();
    let open = use_state(|| false);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let recipe = recipes::find(&choices.recipe);
    let template_title = template_name(lang, &choices.template);
    let tokenizer_title = tokenizer_name(lang, &choices.tokenizer);
    html! {
        <section class="setup" aria-label={lang.pick("Setup", "设置")}>
            <button class="fold-sm" aria-expanded={open.to_string()} onclick={toggle}>
                <b>{ &choices.recipe }</b><span>{ template_title }{ " · " }{ tokenizer_title }</span>{ icon(Icon::Down) }
            </button>
            <div class={classes!("inner", (!*open).then_some("folded"))}>
                { template_picker(lang, &choices, &dispatch) }
                { tokenizer_picker(lang, &choices, &props.own, &dispatch) }
                <div class="field recipe">
                    { recipe_picker(lang, &choices, &dispatch) }
                    if let Some(recipe) = recipe {
                        { for recipe.options.iter().map(|spec| option(lang, spec, &choices, &dispatch)) }
                    }
                    { ignore_index(lang, &choices, &dispatch) }
                </div>
            </div>
            { memo(summary::Props { lang, report: props.report.clone(), current: props.current, took: props.took }, summary::summary) }
        </section>
    }
}

fn template_name(lang: Lang, choice: &TemplateChoice) -> String {
    match choice {
        TemplateChoice::TokenizersOwn => lang.pick("Tokenizer’s own", "分词器自带").to_owned(),
        TemplateChoice::Named(name) => format!("{}: {name}", lang.pick("Tokenizer’s own", "分词器自带")),
        TemplateChoice::Source(_) => lang.pick("Your own", "自定义").to_owned(),
        TemplateChoice::Catalog(id) => {
            templates::find(id).map_or_else(|| id.clone(), |template| lang.of(&template.title))
        }
    }
}

/// A labelled `<select>`.
pub(crate) fn picker(id: &'static str, name: &str, onchange: Callback<Event>, options: Vec<Html>) -> Html {
    html! {
        <div class="field">
            <label for={id}>{ name }</label>
            <span class="select"><select id={id} {onchange}>{ for options }</select>{ icon(Icon::Down) }</span>
        </div>
    }
}

/// An entry of a list. Whether it is the chosen one is a property: the attribute means nothing any more once the user has
/// chosen in the list, and undo chooses too.
pub(crate) fn entry(value: &str, title: String, chosen: bool) -> Html {
    let mut option = VTag::new("option");
    option.key = Some(value.into());
    option.add_attribute("value", value.to_owned());
    option.add_property("selected", chosen);
    option.add_child(title.into());
    option.into()
}

fn template_picker(lang: Lang, choices: &Choices, dispatch: &Dispatch) -> Html {
    let chosen = match &choices.template {
        TemplateChoice::TokenizersOwn | TemplateChoice::Named(_) => OWN,
        TemplateChoice::Catalog(id) => id,
        TemplateChoice::Source(_) => CUSTOM,
    };
    let mut options = vec![entry(OWN, template_name(lang, &TemplateChoice::TokenizersOwn), chosen == OWN)];
    options.extend(
        templates::entries()
            .iter()
            .map(|template| entry(template.id, lang.of(&template.title), chosen == template.id)),
    );
    if chosen == CUSTOM || !choices.own_template.is_empty() {
        options.push(entry(
            CUSTOM,
            template_name(lang, &TemplateChoice::Source(String::new())),
            chosen == CUSTOM,
        ));
    }
    let (dispatch, own) = (dispatch.clone(), choices.own_template.clone());
    let onchange = Callback::from(move |event: Event| {
        let choice = match value(&event).as_str() {
            OWN => TemplateChoice::TokenizersOwn,
            CUSTOM => TemplateChoice::Source(own.to_string()),
            id => TemplateChoice::Catalog(id.to_owned()),
        };
        dispatch.dispatch(Action::Template(choice));
    });
    picker("pick-template", lang.pick("Template", "聊天模板"), onchange, options)
}

/// What people call a tokenizer.
pub(crate) fn tokenizer_name(lang: Lang, id: &str) -> String {
    tokenizers::find(id).map_or_else(|| own_name(id).unwrap_or(id).to_owned(), |entry| lang.of(&entry.title))
}

fn tokenizer_picker(lang: Lang, choices: &Choices, own: &[Own], dispatch: &Dispatch) -> Html {
    let chosen = choices.tokenizer.as_str();
    let mut options: Vec<Html> = tokenizers::ENTRIES
        .iter()
        .map(|tokenizer| {
            let is_chosen = tokenizer.id == chosen;
            let mut title = lang.of(&tokenizer.title);
            // What choosing it brings and costs; the picker has no room for it once it is chosen.
            if !is_chosen {
                let tokens = lang.count(tokenizer.vocab_size as usize, "token", "tokens", "个 token");
                title = format!("{title} · {tokens}");
                if let tokenizers::Source::Fetched { download, .. } = tokenizer.source {
                    title = format!("{title} · {:.1} MB", f64::from(download) / 1e6);
                }
            }
            entry(tokenizer.id, title, is_chosen)
        })
        .collect();
    let listed = own.iter().any(|own| own.id == chosen);
    // One that was chosen before is there before the list of those that are kept.
    let early = own_name(chosen).filter(|_| !listed).map(|name| entry(chosen, name.to_owned(), true));
    if early.is_some() || !own.is_empty() {
        options.push(html! {
            <optgroup label={lang.pick("Yours", "你的分词器")}>
                { for early }
                { for own.iter().map(|own| entry(&own.id, own.name().to_owned(), own.id == chosen)) }
            </optgroup>
        });
    }
    let onchange = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| dispatch.dispatch(Action::Tokenizer(value(&event))))
    };
    let bring = clicked(dispatch, || Action::Dialog(Some(Dialog::Bring)));
    html! {
        <div class="picker-more">
            { picker("pick-tokenizer", lang.pick("Tokenizer", "分词器"), onchange, options) }
            <button class="txt-link" onclick={bring} aria-haspopup="dialog">{ lang.pick("Bring your own…", "使用自己的分词器……") }</button>
        </div>
    }
}

fn recipe_picker(lang: Lang, choices: &Choices, dispatch: &Dispatch) -> Html {
    let options = recipes::RECIPES
        .iter()
        .map(|recipe| entry(recipe.id, recipe.id.to_owned(), recipe.id == choices.recipe))
        .collect();
    let dispatch = dispatch.clone();
    let onchange = Callback::from(move |event: Event| dispatch.dispatch(Action::Recipe(value(&event))));
    picker("pick-recipe", lang.pick("Recipe", "掩码规则"), onchange, options)
}

fn option(lang: Lang, spec: &'static OptionSpec, choices: &Choices, dispatch: &Dispatch) -> Html {
    let set = choices.options.get(&choices.recipe).and_then(|options| options.get(spec.name));
    let current = set.map_or(spec.default, String::as_str).to_owned();
    let title = lang.of(&spec.title);
    let onchange = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| dispatch.dispatch(Action::Option(spec.name, value(&event))))
    };
    // A line break can't stand in a field: it is written as in Python.
    let onwrite = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            dispatch.dispatch(Action::Option(spec.name, unescaped(&value(&event))));
        })
    };
    let choices: Option<&[&str]> = match spec.kind {
        OptionKind::Choice(values) => Some(values),
        OptionKind::Bool => Some(&["true", "false"]),
        _ => None,
    };
    html! {
        <label class="opt" key={spec.name} title={title}>
            { spec.name }{ "=" }
            if let Some(values) = choices {
                <select {onchange}>{ for values.iter().map(|value| entry(value, (*value).to_owned(), *value == current)) }</select>
            } else if matches!(spec.kind, OptionKind::Text | OptionKind::List) {
                { typed(typed::Props { class: "wide", text: escaped(&current), onchange: onwrite, ..Default::default() }) }
            } else {
                { typed(typed::Props { text: current, onchange, ..Default::default() }) }
            }
        </label>
    }
}

/// A text as it stands in a field: line breaks and backslashes as Python writes them.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t")
}

/// The text that was written in a field.
fn unescaped(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        match (character, characters.clone().next()) {
            ('\\', Some(escaped @ ('n' | 't' | '\\'))) => {
                characters.next();
                text.push(match escaped {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
            }
            _ => text.push(character),
        }
    }
    text
}

fn ignore_index(lang: Lang, choices: &Choices, dispatch: &Dispatch) -> Html {
    let dispatch = dispatch.clone();
    let onchange = Callback::from(move |event: Event| {
        if let Ok(number) = value(&event).trim().replace('−', "-").parse() {
            dispatch.dispatch(Action::IgnoreIndex(number));
        }
    });
    html! {
        <label class="opt" title={lang.pick("the label of a masked position", "被忽略位置的标签值")}>
            { "ignore_index=" }
            { typed(typed::Props { kind: "number", text: choices.ignore_index.to_string(), onchange, ..Default::default() }) }
        </label>
    }
}
