//! The way back: undo and redo; the dialogues that were worked on before, a dialog; the button that forgets all that is kept.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::modal::modal;
use crate::app::components::shared::{Dispatch, clicked};
use crate::app::i18n::Lang;
use crate::app::state::{Action, Dialog};
use crate::app::wire::{History, Past};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) list: Option<Rc<[Past]>>,
    pub(crate) dispatch: Dispatch,
}

/// The buttons beside the dialogue: undo, redo, and the list.
pub(crate) fn steps(lang: Lang, ways: (bool, bool), dispatch: &Dispatch) -> Html {
    let open = || Action::Dialog(Some(Dialog::Past));
    html! {
        <span class="steps">
            { step(Icon::Undo, lang.pick("Undo", "撤销"), ways.0, clicked(dispatch, || Action::Undo)) }
            { step(Icon::Redo, lang.pick("Redo", "重做"), ways.1, clicked(dispatch, || Action::Redo)) }
            { step(Icon::Past, lang.pick("History", "历史"), true, clicked(dispatch, open)) }
        </span>
    }
}

/// A button that goes a step back or forth. Where there is no step it says so, and keeps the keyboard.
fn step(name: Icon, words: &'static str, there_is: bool, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button class="btn icon" {onclick} aria-label={words} title={words} aria-disabled={(!there_is).to_string()}>
            { icon(name) }
        </button>
    }
}

/// The dialog.
pub(crate) fn past(props: &Props) -> Html {
    let Props { lang, list, dispatch } = props.clone();
    let send = |id: &str, asked: fn(String) -> History| {
        let id = id.to_owned();
        clicked(&dispatch, move || Action::Past(asked(id.clone())))
    };
    let delete = lang.pick("Delete: ", "删除：");
    let body = html! {
        <>
            <p class="soft">{ lang.pick(
                "Dialogues that you worked on for a few seconds, with their settings: the newest 50, kept only in this browser. Opening one replaces the text in the box, which is kept.",
                "编辑过几秒以上的对话及其设置，最多 50 段，只保存在此浏览器中。打开后会替换输入框中的内容，原内容会保留。",
            ) }</p>
            <ul class="past" role="list">
                { for list.iter().flat_map(|list| list.iter()).map(|past| html! {
                    <li key={past.id.clone()}>
                        <button class="open" onclick={send(&past.id, History::Open)}>
                            <b>{ &past.title }</b><small>{ &past.when[lang as usize] }</small>
                        </button>
                        <button class="btn icon" onclick={send(&past.id, History::Erase)}
                            aria-label={[delete, &past.title].concat()} title={lang.pick("Delete", "删除")}>
                            { icon(Icon::Close) }
                        </button>
                    </li>
                }) }
            </ul>
            <p class="quiet" role="status">{ match list.as_deref() {
                None => lang.pick("Looking…", "正在读取……"),
                Some([]) => lang.pick("Nothing is kept yet.", "还没有保存任何对话。"),
                Some(_) => "",
            } }</p>
            <details class="forget">
                <summary>{ lang.pick("Forget everything…", "清除全部数据……") }</summary>
                <p class="soft">{ lang.pick(
                    "Erases all that this site has stored in this browser: the text in the box, your templates and choices, this history, the tokenizers that you brought, language and colours, and the copy of the page that works without a network. It can’t be undone.",
                    "清除本站在此浏览器中保存的全部内容：输入框内容、自己的模板与选项、历史、自己的分词器、语言与配色，以及离线使用的页面副本。此操作无法撤销。",
                ) }</p>
                <button class="btn line" onclick={clicked(&dispatch, || Action::ForgetAll)}>{ lang.pick("Forget everything now", "立即全部清除") }</button>
            </details>
        </>
    };
    modal(lang, lang.pick("History", "历史"), &dispatch, body)
}
