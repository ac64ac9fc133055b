//! What a template is given beside the messages: its switches, the generation prompt, the clock, and how messages are
//! prepared.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::components::setup::{entry, value};
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::components::typed::{self, typed};
use crate::app::i18n::Lang;
use crate::app::platform;
use crate::app::state::{Action, RenderChoices};
use crate::diagnostic::Diagnostic;
use crate::engine::TemplateReport;
use crate::template::{Preparation, Switch, SwitchKind};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) choices: RenderChoices,
    pub(crate) inspection: Option<Shared<Result<TemplateReport, Diagnostic>>>,
    pub(crate) dispatch: Dispatch,
}

/// The form.
pub(crate) fn form(props: &Props) -> Html {
    let Props { lang, choices, inspection, dispatch } = props.clone();
    let found = inspection.as_ref().and_then(|found| found.0.as_ref().as_ref().ok());
    // Changes the choices by what stands in a field.
    let change = |change: fn(&mut RenderChoices, String)| {
        let (choices, dispatch) = (choices.clone(), dispatch.clone());
        Callback::from(move |event: Event| {
            let mut choices = choices.clone();
            change(&mut choices, value(&event));
            dispatch.dispatch(Action::Render(choices));
        })
    };
    let prompt = {
        let (choices, dispatch) = (choices.clone(), dispatch.clone());
        Callback::from(move |event: Event| {
            let field: HtmlInputElement = event.target_unchecked_into();
            let add_generation_prompt = field.checked();
            dispatch.dispatch(Action::Render(RenderChoices { add_generation_prompt, ..choices.clone() }));
        })
    };
    let real_clock = {
        let (choices, dispatch) = (choices.clone(), dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            dispatch.dispatch(Action::Render(RenderChoices { now: None, ..choices.clone() }));
        })
    };
    let now = choices.now.clone().unwrap_or_else(|| format!("{:?}", platform::local_time()));
    let old = choices.preparation == Preparation::V4;
    html! {
        <div class="tpl-form" role="group" aria-label={lang.pick("What the template is given", "传入模板的内容")}>
            { for found.iter().flat_map(|found| &found.switches).map(|switch| field(props, switch)) }
            if found.is_some_and(|found| found.reads_clock) || choices.now.is_some() {
                <label class="opt"><span>{ lang.pick("Clock", "时钟") }</span>
                    { typed(typed::Props {
                        class: "wide", kind: "datetime-local", text: now,
                        onchange: change(|choices, time| choices.now = Some(time).filter(|time| !time.is_empty())), ..Default::default()
                    }) }
                    if choices.now.is_some() {
                        <button class="txt-link" onclick={real_clock}>{ lang.pick("use the real one", "改用真实时间") }</button>
                    }
                </label>
            }
            <label class="opt" title={lang.pick("how messages are prepared before the template sees them", "消息在传入模板之前的处理方式")}>
                <span>{ lang.pick("Messages as in transformers", "消息处理方式：transformers") }</span>
                <select onchange={change(|choices, version| {
                    choices.preparation = if version == "4" { Preparation::V4 } else { Preparation::V5 };
                })}>
                    { entry("5", "5.23".to_owned(), !old) }
                    { entry("4", "4.x".to_owned(), old) }
                </select>
            </label>
            <label class="cmp-check" title={lang.pick("in the text below only", "仅影响下方的渲染结果")}>
                <input type="checkbox" checked={choices.add_generation_prompt} onchange={prompt} />{ "add_generation_prompt" }
            </label>
        </div>
    }
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    js_sys::JSON::stringify(&text.into()).map(String::from).unwrap_or_default()
}

/// The text that is written as JSON.
fn unquoted(json: &str) -> Option<String> {
    js_sys::JSON::parse(json).ok()?.as_string()
}

/// The field of a switch; an empty one is not given to the template.
fn field(props: &Props, switch: &Switch) -> Html {
    let Props { lang, choices, dispatch, .. } = props.clone();
    let given = choices.variables.get(&switch.name).cloned();
    let text = matches!(switch.kind, SwitchKind::Text(_));
    let name = switch.name.clone();
    let onchange = Callback::from(move |event: Event| {
        let mut choices = choices.clone();
        let written = value(&event);
        if written.is_empty() {
            choices.variables.remove(&name);
        } else {
            let json = if text { quoted(&written) } else { written };
            choices.variables.insert(name.clone(), json);
        }
        dispatch.dispatch(Action::Render(choices));
    });
    let default = switch.default.clone().unwrap_or_else(|| lang.pick("not given", "不传入").to_owned());
    let list = format!("of-{}", switch.name);
    html! {
        <label class="opt" key={switch.name.clone()}>
            { &switch.name }{ "=" }
            { match &switch.kind {
                SwitchKind::Bool => {
                    let given = given.unwrap_or_default();
                    html! {
                        <select {onchange}>
                            { entry("", format!("({default})"), given.is_empty()) }
                            { entry("true", "true".to_owned(), given == "true") }
                            { entry("false", "false".to_owned(), given == "false") }
                        </select>
                    }
                }
                SwitchKind::Text(known) => {
                    let given = given.map(|json| unquoted(&json).unwrap_or(json));
                    html! {
                        <>
                            { typed(typed::Props {
                                class: "wide", text: given.unwrap_or_default(), hint: Some(default), list: Some(list.clone()), onchange, ..Default::default()
                            }) }
                            <datalist id={list}>{ for known.iter().map(|text| html! { <option value={text.clone()} /> }) }</datalist>
                        </>
                    }
                }
                SwitchKind::Other => {
                    typed(typed::Props { class: "wide", text: given.unwrap_or_default(), hint: Some("JSON".to_owned()), onchange, ..Default::default() })
                }
            } }
        </label>
    }
}
