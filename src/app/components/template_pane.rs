//! The chat template at work: the lines around the one that wrote the token at hand, and a way to change it.

use std::rc::Rc;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::app::cells::Glance;
use crate::app::components::glance::use_glance;
use crate::app::components::memo::hooked;
use crate::app::components::shared::{Dispatch, Shared, clicked};
use crate::app::i18n::Lang;
use crate::app::state::{Action, EDITED_BYTES};
use crate::app::wire::ReportView;
use crate::engine::TemplateChoice;
use crate::span::{Span, line_column};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) template: TemplateChoice,
    pub(crate) own: Rc<str>,
    pub(crate) report: Option<Shared<ReportView>>,
    /// The template bytes that wrote the token at hand.
    pub(crate) writer: Option<Span>,
    pub(crate) dispatch: Dispatch,
}

/// So many lines are shown.
const LINES: usize = 5;

/// The template.
pub(crate) fn template_pane(props: Props) -> Html {
    hooked(props, |props, context| use_template_pane(props).run(context))
}

#[hook]
fn use_template_pane(props: &Props) -> Html {
    let Props { lang, template, own, report, writer, dispatch } = props.clone();
    let editing = matches!(template, TemplateChoice::Source(_)) && own.len() <= EDITED_BYTES;
    let area = use_node_ref();
    {
        let area = area.clone();
        use_effect_with((own.clone(), editing), move |(own, _)| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>()
                && area.value() != **own
            {
                area.set_value(own);
            }
        });
    }
    let source: Rc<str> =
        report.as_ref().and_then(|report| report.template_source.as_deref()).unwrap_or_default().into();
    let edit = {
        let source = source.clone();
        clicked(&dispatch, move || Action::TypeTemplate(source.clone()))
    };
    let back = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.dispatch(Action::Template(TemplateChoice::TokenizersOwn));
        })
    };
    let oninput = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let area: HtmlTextAreaElement = event.target_unchecked_into();
            dispatch.dispatch(Action::TypeTemplate(area.value().into()));
        })
    };
    let (onpointermove, onpointerleave) =
        use_glance(Some(own.clone()), |at| Glance::Template(Span::new(at, at + 1)), &dispatch);
    let place = writer.filter(|span| span.end <= source.len()).map(|span| line_column(&source, span.start));
    html! {
        <section class="template">
            <div class="pane-h">
                <h2>{ lang.pick("Chat template", "聊天模板") }</h2>
                <small>{ place.map(|place| format!("{}:{}", place.line, place.column)).unwrap_or_default() }</small>
            </div>
            if editing {
                <div class="editor">
                    <textarea ref={area} {oninput} {onpointermove} {onpointerleave} rows="10" spellcheck="false" autocomplete="off" autocapitalize="off"
                        aria-label={lang.pick("Chat template source", "聊天模板源码")} />
                </div>
                <p class="under"><button class="txt-link" onclick={back}>{ lang.pick("Back to the tokenizer’s own", "改回分词器自带的模板") }</button></p>
            } else if !source.is_empty() {
                { lines(&source, writer, &dispatch) }
                <p class="under">
                    if let Some(place) = place {
                        <span>{ match lang {
                            Lang::En => format!("Line {} wrote this token. ", place.line),
                            Lang::Zh => format!("该 token 由第 {} 行渲染。", place.line),
                        } }</span>
                    }
                    <button class="txt-link" onclick={edit}>{ lang.pick("Edit a copy", "编辑副本") }</button>
                </p>
            }
        </section>
    }
}

/// The lines around the one that wrote the token, or the first ones.
///
/// The pointer over a line lights what it wrote; by keyboard, the view Template does.
fn lines(source: &str, writer: Option<Span>, dispatch: &Dispatch) -> Html {
    let at = writer.filter(|span| span.end <= source.len());
    let all: Vec<(usize, &str)> = {
        let mut start = 0;
        source
            .split_inclusive('\n')
            .map(|line| {
                let from = start;
                start += line.len();
                (from, line.trim_end_matches(['\n', '\r']))
            })
            .collect()
    };
    let current = at.map_or(0, |span| all.partition_point(|(from, _)| *from <= span.start).saturating_sub(1));
    let first = current.saturating_sub(LINES / 2).min(all.len().saturating_sub(LINES));
    let leave = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: PointerEvent| dispatch.dispatch(Action::Glance(None)))
    };
    html! {
        <div class="src" aria-hidden="true" onpointerleave={leave}>
            { for all.iter().enumerate().skip(first).take(LINES).map(|(number, (from, line))| {
                let on = at.is_some() && number == current;
                // Long lines are cut so that what wrote the token is in sight.
                let skip = at.filter(|_| on).map_or(0, |span| span.start.saturating_sub(*from));
                let cut = if skip > 24 { line.char_indices().map(|(place, _)| place).take_while(|place| *place + 10 <= skip).last().unwrap_or(0) } else { 0 };
                let body = match at.filter(|_| on) {
                    Some(span) => {
                        let start = span.start.saturating_sub(*from).clamp(cut, line.len());
                        let end = span.end.saturating_sub(*from).clamp(start, line.len());
                        html! { <>{ if cut > 0 { "…" } else { "" } }{ line.get(cut..start).unwrap_or_default() }
                            <mark class="hit">{ line.get(start..end).unwrap_or_default() }</mark>{ line.get(end..).unwrap_or_default() }</> }
                    }
                    None => html! { *line },
                };
                let over = Glance::Template(Span::new(*from, from + line.len()));
                let enter = dispatch.clone();
                let onpointerenter = Callback::from(move |_: PointerEvent| enter.dispatch(Action::Glance(Some(over))));
                html! { <div class={classes!("ln", on.then_some("on"))} data-n={(number + 1).to_string()} {onpointerenter}>{ body }</div> }
            }) }
        </div>
    }
}
