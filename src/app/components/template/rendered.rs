//! The rendered text: whose each stretch is, what `{% generation %}` marks, and what is lit.

use web_sys::Element;
use yew::prelude::*;

use super::{At, Point, owner, within};
use crate::app::cells::{Glyph, code_point, glyphs};
use crate::app::components::inspector::part;
use crate::app::components::memo::hooked;
use crate::app::components::shared::{Shared, reveal};
use crate::app::i18n::Lang;
use crate::app::wire::SheetView;
use crate::engine::Run;
use crate::span::Span;
use crate::template::Part;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) sheet: Shared<SheetView>,
    pub(crate) at: Option<At>,
    /// Whether this is what the template makes now.
    pub(crate) live: bool,
    pub(crate) point: Callback<Point>,
}

/// So much of the text is drawn, until more is asked for.
const DRAWN_BYTES: usize = 20_000;
const DRAWN_RUNS: usize = 1_500;

const PARTS: [(Part, &str); 6] = [
    (Part::Header, "header"),
    (Part::Content, "content"),
    (Part::Reasoning, "reasoning"),
    (Part::ToolCall, "tool_call"),
    (Part::End, "end"),
    (Part::Template, "template"),
];

fn name(part: Part) -> &'static str {
    PARTS.iter().find(|(known, _)| *known == part).map_or("template", |(_, name)| *name)
}

/// The text.
pub(crate) fn rendered_text(props: Props) -> Html {
    hooked(props, |props, context| use_rendered_text(props).run(context))
}

#[hook]
fn use_rendered_text(props: &Props) -> Html {
    let Props { lang, sheet, at, live, point } = props.clone();
    let more = use_state(|| 1_usize);
    let page = use_node_ref();
    {
        let page = page.clone();
        use_effect_with(at, move |at| {
            if at.is_some()
                && let Some(page) = page.cast::<Element>()
            {
                reveal(&page, ".on");
            }
        });
    }
    let (bytes, count) = (DRAWN_BYTES.saturating_mul(*more), DRAWN_RUNS.saturating_mul(*more));
    let runs: Vec<(usize, Run)> = (0..sheet.len().min(count))
        .filter_map(|k| Some((k, sheet.run(k)?)))
        .take_while(|(_, run)| run.output.start < bytes)
        .collect();
    let walk = {
        let (point, count) = (point.clone(), runs.len());
        Callback::from(move |event: KeyboardEvent| {
            let here = match at {
                Some(At::Run(k)) => Some(k),
                _ => None,
            };
            let last = count.saturating_sub(1);
            let to = match event.key().as_str() {
                "ArrowRight" | "ArrowDown" => here.map_or(0, |k| (k + 1).min(last)),
                "ArrowLeft" | "ArrowUp" => here.map_or(last, |k| k.saturating_sub(1)),
                "Home" => 0,
                "End" => last,
                "Enter" | " " => {
                    event.prevent_default();
                    return point.emit(Point::Pin(at));
                }
                _ => return,
            };
            event.prevent_default();
            point.emit(Point::Hover(Some(At::Run(to))));
        })
    };
    let onblur = {
        let point = point.clone();
        Callback::from(move |_: FocusEvent| point.emit(Point::Hover(None)))
    };
    let onpointerleave = {
        let point = point.clone();
        Callback::from(move |_: PointerEvent| point.emit(Point::Hover(None)))
    };
    let active = match at {
        Some(At::Run(k)) => Some(format!("run-{k}")),
        _ => None,
    };
    let lit = at.and_then(|at| at.source(&sheet));
    let cut = runs.last().map_or(0, |(_, run)| run.output.end.min(bytes)) < sheet.text.len();
    let onmore = {
        let more = more.clone();
        Callback::from(move |_: MouseEvent| more.set(more.saturating_mul(4)))
    };
    let used = |part: Part| runs.iter().any(|(_, run)| run.owner.part == part);
    let messages = runs.chunk_by(|(_, a), (_, b)| a.owner.message == b.owner.message);
    html! {
        <>
            <div class={classes!("tpl-text", (!live).then_some("stale"))} ref={page} role="listbox" tabindex="0" onkeydown={walk} {onblur} {onpointerleave}
                aria-label={lang.pick("Stretches of the rendered text", "渲染结果的各段")} aria-activedescendant={active}>
                { for messages.map(|runs| message(props, runs, lit, bytes)) }
            </div>
            <p class="under tpl-legend">
                { for PARTS.iter().filter(|(part, _)| used(*part)).map(|(of, class)| html! {
                    <span class="stretch" data-part={*class}>{ part(lang, *of) }</span>
                }) }
                if runs.iter().any(|(_, run)| run.generation) {
                    <span class="stretch gen" data-part="content"><code>{ "{% generation %}" }</code></span>
                }
                if cut || sheet.text.len() < sheet.length {
                    <span>{ match lang {
                        Lang::En => format!("The beginning of {} bytes.", lang.number(sheet.length)),
                        Lang::Zh => format!("仅显示开头，共 {} 字节。", lang.number(sheet.length)),
                    } }</span>
                }
                if cut { <button class="txt-link" onclick={onmore}>{ lang.pick("Show more", "显示更多") }</button> }
            </p>
        </>
    }
}

/// The runs of one message, or of text that no message owns.
fn message(props: &Props, runs: &[(usize, Run)], lit: Option<Span>, bytes: usize) -> Html {
    let Props { lang, sheet, at, point, .. } = props;
    let lang = *lang;
    let (number, role) = match runs.first().and_then(|(_, run)| run.owner.message) {
        Some(message) => {
            let role = sheet.messages.get(message as usize).map(|message| lang.role(&message.role));
            ((message + 1).to_string(), role.unwrap_or_default())
        }
        None => (String::new(), lang.pick("template", "模板").to_owned()),
    };
    html! {
        <div class="tpl-msg" role="group" aria-label={format!("{role} {number}")}>
            <span class="tpl-who" aria-hidden="true"><b>{ number }</b>{ role }</span>
            <div class="tpl-words">{ for runs.iter().map(|(k, run)| {
                let k = *k;
                let chosen = *at == Some(At::Run(k));
                let on = match at {
                    Some(At::Source(span)) => run.source.is_some_and(|source| within(source, *span)),
                    _ => chosen,
                };
                let same = !on && lit.is_some() && run.source == lit;
                let text = Span::new(run.output.start, run.output.end.min(bytes)).of(&sheet.text);
                let emit = |point: &Callback<Point>, what: Point| {
                    let point = point.clone();
                    move || point.emit(what)
                };
                let enter = emit(point, Point::Hover(Some(At::Run(k))));
                let pin = emit(point, Point::Pin(Some(At::Run(k))));
                html! {
                    <span id={format!("run-{k}")} role="option" aria-selected={on.to_string()}
                        aria-label={format!("{}: {}", owner(lang, sheet, *run), text)}
                        class={classes!("stretch", run.generation.then_some("gen"), on.then_some("on"), same.then_some("same"))}
                        data-run={k.to_string()} data-part={name(run.owner.part)} data-message={run.owner.message.map(|message| message.to_string())}
                        onpointerenter={Callback::from(move |_: PointerEvent| enter())} onclick={Callback::from(move |_: MouseEvent| pin())}>
                        { for glyphs(text).iter().map(glyph) }
                    </span>
                }
            }) }</div>
        </div>
    }
}

fn glyph(glyph: &Glyph<'_>) -> Html {
    match *glyph {
        Glyph::Text(text) => html! { text },
        Glyph::Space => html! { <span class="sp"> { " " } </span> },
        Glyph::Tab => html! { <span class="tb">{ "\t" }</span> },
        Glyph::Newline => html! { <><span class="nl" />{ "\n" }</> },
        Glyph::Control(character) => html! { <span class="ws cp">{ code_point(character) }</span> },
    }
}
