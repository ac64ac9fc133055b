//! The view Template: the source of the chat template beside the text that it makes of the conversation, and what is
//! found of it.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::components::diagnostics::{finding, pointed_at};
use crate::app::components::inspector::part;
use crate::app::components::memo::{hooked, memo};
use crate::app::components::shared::{Dispatch, Shared, rich};
use crate::app::components::stepper::{self, stepper};
use crate::app::i18n::Lang;
use crate::app::state::{Action, Choices};
use crate::app::wire::{Hello, SheetView};
use crate::diagnostic::{Diagnostic, Source as Place};
use crate::engine::{Run, TemplateChoice, TemplateReport};
use crate::span::{Span, line_column};

mod findings;
mod form;
mod head;
mod rendered;
mod source;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) hello: Shared<Hello>,
    pub(crate) choices: Choices,
    /// The newest rendered conversation.
    pub(crate) sheet: Option<Shared<SheetView>>,
    /// The newest one that has a text.
    pub(crate) last: Option<Shared<SheetView>>,
    /// What was found of the template.
    pub(crate) inspection: Option<Shared<Result<TemplateReport, Diagnostic>>>,
    /// Whether an answer is on its way.
    pub(crate) waiting: bool,
    /// How many conversations there are.
    pub(crate) count: usize,
    pub(crate) dispatch: Dispatch,
}

/// What is pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// A run of the rendered text.
    Run(usize),
    /// A place of the template.
    Source(Span),
}

/// Something was pointed at, or nothing is any more; pinned or in passing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    Hover(Option<At>),
    Pin(Option<At>),
}

impl At {
    /// The place of the template that is lit.
    pub(crate) fn source(self, sheet: &SheetView) -> Option<Span> {
        match self {
            Self::Run(k) => sheet.run(k)?.source,
            Self::Source(span) => Some(span),
        }
    }
}

/// Whether a place of the template lies in another.
pub(crate) const fn within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The view.
pub(crate) fn template_tab(props: Props) -> Html {
    hooked(props, |props, context| use_template_tab(props).run(context))
}

#[hook]
fn use_template_tab(props: &Props) -> Html {
    let Props { lang, choices, sheet, last, dispatch, .. } = props.clone();
    let hover = use_state(|| None);
    let pin = use_state(|| None);
    // What was pointed at belongs to the text that it was found in.
    {
        let (hover, pin) = (hover.setter(), pin.setter());
        use_effect_with(last.clone(), move |_| {
            hover.set(None);
            pin.set(None);
        });
    }
    let point = {
        let (hover, pin) = (hover.clone(), pin.clone());
        Callback::from(move |point: Point| match point {
            Point::Hover(at) => hover.set(at),
            Point::Pin(at) => {
                hover.set(None);
                pin.set(if *pin == at { None } else { at });
            }
        })
    };
    let onkeydown = {
        let pin = pin.setter();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                pin.set(None);
            }
        })
    };
    let at = hover.or(*pin);
    let source: Rc<str> = match &choices.template {
        TemplateChoice::Source(_) => choices.own_template.clone(),
        _ => sheet.as_ref().map_or_else(|| "".into(), |sheet| sheet.source.as_str().into()),
    };
    // A text that an older template made is shown, but leads nowhere.
    let shown = last.filter(|last| last.source == *source);
    let current = shown.is_some() && sheet.as_ref().is_some_and(|sheet| !sheet.is_empty());
    let old = if shown.is_some() { None } else { props.last.clone() };
    let error = sheet.as_ref().and_then(|sheet| {
        let place = sheet.diagnostics.iter().find_map(|found| found.place)?;
        (place.0 == Place::Template && sheet.source == *source).then_some(place.1)
    });
    let lit = at.zip(shown.as_ref()).and_then(|(at, sheet)| at.source(sheet));
    let step = {
        let dispatch = dispatch.clone();
        Callback::from(move |to| dispatch.dispatch(Action::Conversation(to)))
    };
    html! {
        <main class="tpl" {onkeydown}>
            <div class="proof" id="template" role="tabpanel" aria-labelledby="tab-template" tabindex="-1" aria-busy={props.waiting.to_string()}>
                { memo(head::Props { lang, hello: props.hello.clone(), template: choices.template.clone(), tokenizer: choices.tokenizer.clone(), inspection: props.inspection.clone(), name: sheet.as_ref().and_then(|sheet| sheet.name.clone()), earlier: choices.earlier_template.clone(), dispatch: dispatch.clone() }, head::head) }
                { memo(form::Props { lang, choices: choices.render.clone(), inspection: props.inspection.clone(), dispatch: dispatch.clone() }, form::form) }
                <p class="tpl-about" role="status">{ match (at, &shown) {
                    (Some(at), Some(sheet)) => about(lang, at, sheet, pin.is_some()),
                    _ => html! { <span class="soft">{ lang.pick(
                        "Point at a stretch of either side to see its other half; click or Enter pins it, Escape lets it go.",
                        "指向任意一侧的一段，另一侧对应的部分会亮起；单击或按 Enter 固定，按 Esc 取消。",
                    ) }</span> },
                } }</p>
                <div class="tpl-both">
                    { source::source_box(source::Props { lang, text: source.clone(), sheet: shown.clone(), lit: lit.filter(|it| !it.is_empty()), follow: matches!(at, Some(At::Run(_))), error, point: point.clone(), dispatch: dispatch.clone() }) }
                    <section class="tpl-out" aria-label={lang.pick("Rendered text", "渲染结果")}>
                        <div class="pane-h">
                            <h2>{ lang.pick("Rendered text", "渲染结果") }</h2>
                            <small>{ sheet.as_ref().filter(|sheet| !sheet.is_empty()).map(|sheet| bytes(lang, sheet.length)) }</small>
                        </div>
                        if props.count > 1 {
                            { stepper(stepper::Props {
                                lang, label: lang.pick("Conversations", "对话列表"), noun: (lang.pick("Conversation", "第"), lang.pick("", "段")),
                                index: choices.conversation, count: props.count, more: false, onstep: step,
                            }) }
                        }
                        { for sheet.iter().flat_map(|sheet| &sheet.diagnostics).map(|found| {
                            let text = pointed_at(found, &choices.dialogue, &source);
                            html! { <div class="top-error" role="alert">{ finding(lang, found, text, None) }</div> }
                        }) }
                        { match shown.or(old) {
                            Some(shown) => html! { { rendered::rendered_text(rendered::Props { lang, sheet: shown, at: at.filter(|_| current), live: current, point }) } },
                            None if sheet.is_none() => html! { <p class="state-line">{ lang.pick("Rendering…", "正在渲染……") }</p> },
                            None => html! { <p class="state-line">{ lang.pick("There is no text: the template wrote nothing, or could not be run.", "没有渲染结果：模板没有输出，或无法执行。") }</p> },
                        } }
                    </section>
                </div>
                { findings::findings(findings::Props { lang, inspection: props.inspection.clone(), stale: !is_of(props.inspection.as_ref(), &source), dispatch }) }
            </div>
        </main>
    }
}

/// Whether what was found was found of this template.
fn is_of(inspection: Option<&Shared<Result<TemplateReport, Diagnostic>>>, source: &str) -> bool {
    inspection.is_some_and(|found| found.as_ref().map_or(true, |found| found.source == *source))
}

/// `1,234 bytes`.
fn bytes(lang: Lang, count: usize) -> String {
    lang.count(count, "byte", "bytes", "字节")
}

/// Whose a run is: `message 2, user, header`.
pub(crate) fn owner(lang: Lang, sheet: &SheetView, run: Run) -> String {
    let part = part(lang, run.owner.part);
    let Some(message) = run.owner.message else {
        return match run.owner.part {
            crate::template::Part::Header => {
                lang.pick("generation prompt", "生成提示（generation prompt）").to_owned()
            }
            _ => lang.pick("the template’s own text", "模板自己的文本").to_owned(),
        };
    };
    let message = message as usize;
    let role = sheet.messages.get(message).map(|message| lang.role(&message.role)).unwrap_or_default();
    let words = [format!("{}{}", lang.pick("message ", "消息 "), message + 1), role, part.to_owned()];
    words.join(lang.pick(", ", "，"))
}

/// What is known of what is pointed at.
fn about(lang: Lang, at: At, sheet: &SheetView, pinned: bool) -> Html {
    let place = at.source(sheet).map(|span| line_column(&sheet.source, span.start));
    let place = place.map_or_else(String::new, |place| format!("{}:{}", place.line, place.column));
    let words = match at {
        At::Run(k) => {
            let Some(run) = sheet.run(k) else { return Html::default() };
            let mut words = owner(lang, sheet, run);
            if run.generation {
                words.push_str(lang.pick(", inside `{% generation %}`", "，位于 `{% generation %}` 内"));
            }
            words
        }
        At::Source(span) => {
            let wrote =
                (0..sheet.len()).filter_map(|k| sheet.run(k)?.source).filter(|it| within(*it, span)).count();
            match lang {
                Lang::En => format!("wrote {}", lang.count(wrote, "stretch", "stretches", "")),
                Lang::Zh => format!("写出了 {wrote} 段文本"),
            }
        }
    };
    html! {
        <>
            <b class="num">{ lang.pick("template ", "模板 ") }{ place }</b><span>{ rich(&words) }</span>
            if pinned { <span class="soft">{ lang.pick("pinned", "已固定") }</span> }
        </>
    }
}
