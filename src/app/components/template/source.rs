//! The template's source: a box to edit it in, and behind it the same text in colours, with what is lit and what is wrong.

use std::rc::Rc;

use gloo::utils::document;
use web_sys::{Element, HtmlTextAreaElement};
use yew::prelude::*;

use super::{At, Point, within};
use crate::app::components::editor::byte_at;
use crate::app::components::memo::hooked;
use crate::app::components::shared::{Dispatch, Shared, reveal};
use crate::app::i18n::Lang;
use crate::app::jinja::{Bit, Kind, lines};
use crate::app::state::{Action, EDITED_BYTES};
use crate::app::wire::SheetView;
use crate::span::{Span, line_column};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) text: Rc<str>,
    /// What this text rendered.
    pub(crate) sheet: Option<Shared<SheetView>>,
    /// The place that is lit.
    pub(crate) lit: Option<Span>,
    /// Whether what is lit is to be brought into sight.
    pub(crate) follow: bool,
    /// The place of the error.
    pub(crate) error: Option<Span>,
    pub(crate) point: Callback<Point>,
    pub(crate) dispatch: Dispatch,
}

/// A longer template is edited without colours: each of its pieces would be an element of the page.
const COLOURED_BYTES: usize = 64_000;

/// The box.
pub(crate) fn source_box(props: Props) -> Html {
    hooked(props, |props, context| use_source_box(props).run(context))
}

#[hook]
fn use_source_box(props: &Props) -> Html {
    let Props { lang, text, sheet, lit, error, dispatch, .. } = props.clone();
    let area = use_node_ref();
    let page = use_node_ref();
    {
        let area = area.clone();
        use_effect_with(text.clone(), move |text| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>()
                && text.len() <= EDITED_BYTES
                && area.value() != **text
            {
                area.set_value(text);
            }
        });
    }
    {
        let page = page.clone();
        use_effect_with((lit, error), move |(lit, error)| {
            if let Some(page) = page.cast::<Element>()
                && (lit.is_some() || error.is_some())
            {
                reveal(&page, ".on, .bad");
            }
        });
    }
    let coloured = text.len() <= COLOURED_BYTES;
    let ranges: Rc<Vec<Span>> = use_memo(sheet.clone().filter(|_| coloured), |sheet| {
        sheet.as_ref().map(|sheet| sheet.sources()).unwrap_or_default()
    });
    let drawn = use_memo((text.clone(), Shared(ranges.clone())), |(text, ranges)| {
        if coloured { lines(text, ranges) } else { Vec::new() }
    });
    let oninput = Callback::from(move |event: InputEvent| {
        let area: HtmlTextAreaElement = event.target_unchecked_into();
        dispatch.dispatch(Action::TypeTemplate(area.value().into()));
    });
    let last = use_mut_ref(|| None);
    let onpointermove = {
        let (point, ranges) = (props.point.clone(), ranges.clone());
        let last = last.clone();
        Callback::from(move |event: PointerEvent| {
            let range = range_under(event.client_x() as f32, event.client_y() as f32);
            let at = range.and_then(|range| ranges.get(range)).map(|span| At::Source(*span));
            if last.replace(at) != at {
                point.emit(Point::Hover(at));
            }
        })
    };
    let onpointerleave = {
        let point = props.point.clone();
        Callback::from(move |_: PointerEvent| {
            last.replace(None);
            point.emit(Point::Hover(None));
        })
    };
    // The caret lights what is around it, as the pointer does, and a click pins it.
    let caret = {
        let (area, text, ranges, point) = (area.clone(), text.clone(), ranges.clone(), props.point.clone());
        move |pin: bool| {
            let start = area.cast::<HtmlTextAreaElement>().and_then(|area| area.selection_start().ok()?);
            let byte = start.filter(|_| coloured).map(|start| byte_at(&text, start as usize));
            let around = byte.and_then(|byte| {
                ranges
                    .iter()
                    .filter(|range| range.start <= byte && byte < range.end)
                    .min_by_key(|range| range.len())
            });
            let at = around.map(|span| At::Source(*span));
            point.emit(if pin { Point::Pin(at) } else { Point::Hover(at) });
        }
    };
    let onclick = {
        let caret = caret.clone();
        Callback::from(move |_: MouseEvent| caret(true))
    };
    let onkeyup = Callback::from(move |event: KeyboardEvent| {
        if event.key().starts_with("Arrow")
            || matches!(event.key().as_str(), "Home" | "End" | "PageUp" | "PageDown")
        {
            caret(false);
        }
    });
    if text.len() > EDITED_BYTES {
        return too_long(lang, &text);
    }
    let place = error.map(|span| line_column(&text, span.start));
    html! {
        <section class="tpl-in" aria-label={lang.pick("Template source", "模板源码")}>
            <div class="pane-h">
                <h2>{ lang.pick("Source", "源码") }</h2>
                <small>{ match place {
                    Some(place) => format!("{} {}:{}", lang.pick("error at", "错误位于"), place.line, place.column),
                    None => super::bytes(lang, text.len()),
                } }</small>
            </div>
            <div class={classes!("tpl-box", (!coloured).then_some("plain"))} ref={page}>
                <div class="tpl-page">
                    if coloured {
                        <pre class="tpl-lines" aria-hidden="true">{ for drawn.iter().enumerate().map(|(number, line)| {
                            let wrong = place.is_some_and(|place| place.line == number + 1);
                            html! { <div class={classes!("line", wrong.then_some("wrong"))} data-n={(number + 1).to_string()}>
                                { for line.iter().map(|bit| draw(&text, *bit, lit, error)) }{ "\n" }
                            </div> }
                        }) }</pre>
                    }
                    <textarea ref={area} {oninput} {onclick} {onkeyup} {onpointermove} {onpointerleave} spellcheck="false" autocomplete="off"
                        autocapitalize="off" wrap={(!coloured).then_some("off")} aria-label={lang.pick("Chat template source", "聊天模板源码")}
                        aria-invalid={error.is_some().then_some("true")} />
                </div>
            </div>
            <p class="under">
                if coloured {
                    { lang.pick("Editing begins a template of your own.", "一经编辑即成为自定义模板。") }
                } else {
                    { lang.pick("Too long to be shown in colours.", "模板过长，不显示语法高亮。") }
                }
            </p>
        </section>
    }
}

/// A text that no box can hold: its beginning.
fn too_long(lang: Lang, text: &str) -> Html {
    const SHOWN: usize = 2_000;
    let beginning: String = text.chars().take(SHOWN).collect();
    html! {
        <section class="tpl-in" aria-label={lang.pick("Template source", "模板源码")}>
            <div class="pane-h"><h2>{ lang.pick("Source", "源码") }</h2><small>{ super::bytes(lang, text.len()) }</small></div>
            <pre class="tpl-box tpl-long" tabindex="0">{ beginning }{ "…" }</pre>
            <p class="under">{ lang.pick(
                "Too long to be edited here: its beginning. What stood here before can be brought back above.",
                "过长，无法在此编辑，仅显示开头。之前的内容可在上方恢复。",
            ) }</p>
        </section>
    }
}

fn draw(text: &str, bit: Bit, lit: Option<Span>, error: Option<Span>) -> Html {
    let kind = match bit.kind {
        Kind::Text => "j-t",
        Kind::Mark => "j-m",
        Kind::Keyword => "j-k",
        Kind::Code => "j-x",
        Kind::Str => "j-s",
        Kind::Number => "j-n",
        Kind::Comment => "j-c",
        Kind::Generation => "j-g",
    };
    let on = lit.is_some_and(|lit| within(bit.span, lit));
    let bad = error
        .is_some_and(|error| bit.span.overlaps(error) || (error.is_empty() && bit.span.end == error.start));
    html! {
        <span class={classes!(kind, bit.trained.then_some("gen"), on.then_some("on"), bad.then_some("bad"))}
            data-r={bit.range.map(|range| range.to_string())}>{ bit.span.of(text).trim_end_matches('\r') }</span>
    }
}

/// The range whose text stands under this point of the window, behind the box.
fn range_under(x: f32, y: f32) -> Option<usize> {
    let under = document().elements_from_point(x, y);
    under.iter().find_map(|element| Element::from(element).get_attribute("data-r")?.parse().ok())
}
