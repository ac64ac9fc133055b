//! The box the dialogue is pasted into, and behind it the same text with the bytes of the token at hand marked.

use std::rc::Rc;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::i18n::Lang;
use crate::app::state::Action;
use crate::app::wire::ReportView;
use crate::span::{Span, line_at};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) text: Rc<str>,
    /// The newest report, for the words above the box.
    pub(crate) report: Option<Shared<ReportView>>,
    /// The bytes to mark: those of the token at hand.
    pub(crate) mark: Option<Span>,
    pub(crate) dispatch: Dispatch,
}

/// A longer text is edited without the marks behind it and without wrapped lines: a browser takes seconds to wrap
/// megabytes.
const MIRRORED_BYTES: usize = 100_000;

/// The dialogue.
#[component]
pub(crate) fn Editor(props: &Props) -> Html {
    let Props { lang, text, report, mark, dispatch } = props.clone();
    let area = use_node_ref();
    // The box keeps its own text while one types; it is written only when the text comes from elsewhere.
    {
        let area = area.clone();
        use_effect_with(text.clone(), move |text| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>()
                && area.value() != **text
            {
                area.set_value(text);
            }
        });
    }
    let oninput = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let area: HtmlTextAreaElement = event.target_unchecked_into();
            dispatch.dispatch(Action::Type(area.value().into()));
        })
    };
    let open = use_state(|| false);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let mirrored = text.len() <= MIRRORED_BYTES;
    let mark =
        mark.filter(|mark| mirrored && text.is_char_boundary(mark.start) && text.is_char_boundary(mark.end));
    html! {
        <section class={classes!("dialogue", open.then_some("open"))}>
            <div class="pane-h">
                <h2><label for="dialogue">{ lang.pick("Dialogue", "对话") }</label></h2>
                <small>{ words(lang, report.as_deref()) }</small>
                <button class="dialogue-toggle btn icon" aria-expanded={open.to_string()} onclick={toggle}
                    aria-label={lang.pick("Show or hide the dialogue", "展开或收起对话")}>{ icon(Icon::Down) }</button>
            </div>
            <div class={classes!("editor", mirrored.then_some("mirrored"))}>
                if mirrored {
                    <pre class="mirror" aria-hidden="true">{ marked(&text, mark) }</pre>
                }
                <textarea id="dialogue" ref={area} {oninput} spellcheck="false" autocomplete="off" autocapitalize="off"
                    rows="16" aria-describedby="promise" wrap={(!mirrored).then_some("off")}
                    placeholder={lang.pick(
                        "Paste a dialogue: JSON, JSONL or a Python literal.",
                        "粘贴一段对话：JSON、JSONL 或 Python 字面量均可。",
                    )} />
            </div>
            { conversations(lang, report.as_deref(), &dispatch) }
            <p class="under" id="promise">
                { icon(Icon::Lock) }{ lang.pick("Runs in this tab. Nothing is uploaded.", "全程在本页运行，不上传任何内容。") }
            </p>
        </section>
    }
}

/// `OpenAI, 4 messages`.
fn words(lang: Lang, report: Option<&ReportView>) -> String {
    let Some(conversation) = report.and_then(|report| report.conversation.as_ref()) else {
        return String::new();
    };
    let messages = lang.count(conversation.messages.len(), "message", "messages", "条消息");
    let format = report.and_then(|report| report.format.as_deref()).map(|format| match format {
        "openai" => "OpenAI",
        "sharegpt" => "ShareGPT",
        "alpaca" => "Alpaca",
        other => other,
    });
    match format {
        Some(format) => format!("{format}{}{messages}", lang.pick(", ", "，")),
        None => messages,
    }
}

/// The text with its line and its bytes marked.
fn marked(text: &str, mark: Option<Span>) -> Html {
    let Some(mark) = mark else {
        // The last line of a <pre> needs a character to be as high as that of the box.
        return html! { <>{ text }{ "\n" }</> };
    };
    let line = Span::new(line_at(text, mark.start).start, line_at(text, mark.end).end);
    html! {
        <>
            { &text[..line.start] }
            <span class="line-on">
                { &text[line.start..mark.start] }<mark class="hit">{ mark.of(text) }</mark>{ &text[mark.end..line.end] }
            </span>
            { &text[line.end..] }{ "\n" }
        </>
    }
}

/// `Conversation 3 of 128`, where there is more than one.
fn conversations(lang: Lang, report: Option<&ReportView>, dispatch: &Dispatch) -> Html {
    let Some(report) = report.filter(|report| report.count > 1) else { return Html::default() };
    let index = report.conversation.as_ref().map_or(0, |conversation| conversation.index);
    let step = |to: Option<usize>| {
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(to) = to {
                dispatch.dispatch(Action::Conversation(to));
            }
        })
    };
    let next = (index + 1 < report.count).then_some(index + 1);
    html! {
        <div class="stepper" role="group" aria-label={lang.pick("Conversations", "对话列表")}>
            <button class="btn line icon" disabled={index == 0} onclick={step(index.checked_sub(1))}
                aria-label={lang.pick("Previous conversation", "上一段对话")}>{ icon(Icon::Left) }</button>
            <span>{ match lang {
                Lang::En => format!("Conversation {} of {}", lang.number(index + 1), lang.number(report.count)),
                Lang::Zh => format!("第 {} 段对话，共 {} 段", lang.number(index + 1), lang.number(report.count)),
            } }</span>
            <button class="btn line icon" disabled={next.is_none()} onclick={step(next)}
                aria-label={lang.pick("Next conversation", "下一段对话")}>{ icon(Icon::Right) }</button>
        </div>
    }
}
