//! The box the dialogue is pasted into, and behind it the same text with the bytes of the token at hand marked.

use std::rc::Rc;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::app::cells::Glance;
use crate::app::components::file;
use crate::app::components::format;
use crate::app::components::glance::use_glance;
use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::{hooked, memo};
use crate::app::components::past;
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::components::stepper::{self, stepper};
use crate::app::i18n::Lang;
use crate::app::state::{Action, OpenFile};
use crate::app::wire::{Hello, ReportView};
use crate::dialogue::Branch;
use crate::span::{Span, line_at};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) text: Rc<str>,
    /// Whether something can be undone, and done again.
    pub(crate) ways: (bool, bool),
    /// The newest report, for the words above the box.
    pub(crate) report: Option<Shared<ReportView>>,
    /// The bytes to mark: those of the token at hand.
    pub(crate) mark: Option<Span>,
    /// The format that was chosen.
    pub(crate) format: Option<String>,
    /// Every format: id and title.
    pub(crate) hello: Shared<Hello>,
    /// What the selection comes to in the samples.
    pub(crate) selected: Option<Selected>,
    /// The file that is open.
    pub(crate) file: Option<OpenFile>,
    pub(crate) dispatch: Dispatch,
}

/// A longer text is edited without the marks behind it and without wrapped lines: a browser takes seconds to wrap
/// megabytes.
const MIRRORED_BYTES: usize = 100_000;

/// The dialogue.
pub(crate) fn editor(props: Props) -> Html {
    hooked(props, |props, context| use_editor(props).run(context))
}

#[hook]
fn use_editor(props: &Props) -> Html {
    let Props { lang, ways, text, report, mark, format, hello, selected, file, dispatch } = props.clone();
    let area = use_node_ref();
    // From the first moment it has its text, so that nothing below it jumps.
    let first = use_state(|| text.clone());
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
    // A click or a selection lights the tokens that came from there.
    let select = {
        let (area, dispatch, text) = (area.clone(), dispatch.clone(), text.clone());
        move || {
            let selection = area.cast::<HtmlTextAreaElement>().filter(|_| text.len() <= MIRRORED_BYTES);
            let selection = selection.and_then(|area| {
                let at = |place: u32| byte_at(&text, place as usize);
                Some(Span::new(at(area.selection_start().ok()??), at(area.selection_end().ok()??)))
            });
            dispatch.dispatch(Action::Select(selection));
        }
    };
    let onselect = Callback::from({
        let select = select.clone();
        move |_: Event| select()
    });
    let onclick = Callback::from({
        let select = select.clone();
        move |_: MouseEvent| select()
    });
    let onkeyup = Callback::from(move |event: KeyboardEvent| {
        if matches!(
            event.key().as_str(),
            "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End"
        ) {
            select();
        }
    });
    let (onpointermove, onpointerleave) = use_glance(
        Some(text.clone()).filter(|text| text.len() <= MIRRORED_BYTES),
        Glance::Dialogue,
        &dispatch,
    );
    let onblur = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: FocusEvent| dispatch.dispatch(Action::Select(None)))
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
                { past::steps(lang, ways, &dispatch) }
                <button class="dialogue-toggle btn icon" aria-expanded={open.to_string()} onclick={toggle}
                    aria-label={lang.pick("Show or hide the dialogue", "展开或收起对话")}>{ icon(Icon::Down) }</button>
            </div>
            <div class="tools">
                { memo(format::Props { lang, chosen: format, hello, report: report.clone(), dispatch: dispatch.clone() }, format::format_picker) }
                { file::open_button(file::Props { lang, dispatch: dispatch.clone() }) }
            </div>
            <div class={classes!("editor", mirrored.then_some("mirrored"))}>
                if mirrored {
                    <pre class="mirror" aria-hidden="true">{ marked(&text, mark) }</pre>
                }
                <textarea id="dialogue" ref={area} defaultvalue={AttrValue::from((*first).clone())} {oninput} {onselect} {onclick} {onkeyup} {onblur} {onpointermove} {onpointerleave} spellcheck="false" autocomplete="off" autocapitalize="off"
                    rows="16" aria-describedby="promise" wrap={(!mirrored).then_some("off")}
                    placeholder={lang.pick(
                        "Paste a dialogue, in whatever format your data has, or drop a file.",
                        "粘贴一段对话，数据是什么格式都可以；也可以拖入文件。",
                    )} />
            </div>
            if let Some(selected) = selected { <p class="under" role="status">{ selected_words(lang, selected) }</p> }
            if let Some(file) = &file { { file_bar(lang, file, &dispatch) } }
            { conversations(lang, report.as_deref(), file.as_ref().is_some_and(|file| file.rows > 1), &dispatch) }
            <p class="under" id="promise">
                { icon(Icon::Lock) }{ lang.pick("Runs in this tab. Nothing is uploaded.", "全程在本页运行，不上传任何内容。") }
            </p>
        </section>
    }
}

/// `4 messages`, and which answer of a preference row they end with.
fn words(lang: Lang, report: Option<&ReportView>) -> String {
    let Some(conversation) = report.and_then(|report| report.conversation.as_ref()) else {
        return String::new();
    };
    let mut words = lang.count(conversation.messages.len(), "message", "messages", "条消息");
    if let Some(branch) = conversation.branch {
        words.push_str(lang.pick(", ", "，"));
        words.push_str(match branch {
            Branch::Chosen => lang.pick("chosen", "chosen（较好）"),
            Branch::Rejected => lang.pick("rejected", "rejected（较差）"),
            Branch::Desirable => lang.pick("desirable", "desirable（可取）"),
            Branch::Undesirable => lang.pick("undesirable", "undesirable（不可取）"),
        });
    }
    words
}

/// Tokens that came from the selected text: how many, how many of them are trained, and the sample, from 0.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Selected {
    pub(crate) tokens: usize,
    pub(crate) trained: usize,
    pub(crate) sample: usize,
}

fn selected_words(lang: Lang, selected: Selected) -> String {
    let Selected { tokens, trained, sample } = selected;
    match lang {
        Lang::En => format!(
            "Selection: {} in sample {}, {} trained",
            lang.count(tokens, "token", "tokens", ""),
            sample + 1,
            lang.number(trained)
        ),
        Lang::Zh => {
            format!("选中部分：样本 {} 中的 {tokens} 个 token，其中 {trained} 个参与训练", sample + 1)
        }
    }
}

/// The byte at which the `units`th UTF-16 unit of a text begins, as a box counts them: a line break is one unit.
pub(crate) fn byte_at(text: &str, units: usize) -> usize {
    let mut left = units;
    let mut characters = text.char_indices().peekable();
    while let Some((byte, character)) = characters.next() {
        if left == 0 {
            return byte;
        }
        if character != '\r' || characters.peek().is_none_or(|(_, next)| *next != '\n') {
            left = left.saturating_sub(character.len_utf16());
        }
    }
    text.len()
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

/// The stepper through the conversations of the text in the box, where there is more than one.
fn conversations(lang: Lang, report: Option<&ReportView>, in_file: bool, dispatch: &Dispatch) -> Html {
    let Some(report) = report.filter(|report| report.count > 1) else { return Html::default() };
    let dispatch = dispatch.clone();
    let noun = if in_file { ("Part", "部分") } else { ("Conversation", "段") };
    stepper(stepper::Props {
        lang,
        label: lang.pick("Conversations", "对话列表"),
        noun: (lang.pick(noun.0, "第"), noun.1),
        index: report.conversation.as_ref().map_or(0, |conversation| conversation.index),
        count: report.count,
        more: false,
        onstep: Callback::from(move |to| dispatch.dispatch(Action::Conversation(to))),
    })
}

/// The open file: its name, how far it was looked through, and its conversations.
fn file_bar(lang: Lang, file: &OpenFile, dispatch: &Dispatch) -> Html {
    let step = {
        let dispatch = dispatch.clone();
        Callback::from(move |to| dispatch.dispatch(Action::Row(to)))
    };
    let edited = file.edits.len();
    html! {
        <div class="file">
            <p class="under">
                { icon(Icon::File) }<b>{ &*file.name }</b>
                if !file.done {
                    <span role="status">{ lang.pick("looking through it: ", "正在读取：") }{ (file.share * 100.0) as u32 }{ "%" }</span>
                }
                if edited > 0 {
                    <span>{ lang.pick("edits are kept here, not in the file", "修改只保留在本页，不会写入文件") }</span>
                }
            </p>
            if file.rows > 1 {
                { stepper(stepper::Props {
                    lang, label: lang.pick("Conversations of the file", "文件中的对话"), noun: (lang.pick("Conversation", "第"), "段"),
                    index: file.wanted, count: file.rows, more: !file.done, onstep: step,
                }) }
            }
        </div>
    }
}
