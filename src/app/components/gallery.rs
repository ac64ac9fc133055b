//! The gallery of examples, a dialog.

use yew::prelude::*;

use crate::app::components::modal::modal;
use crate::app::components::shared::{Dispatch, Shared, clicked, rich};
use crate::app::i18n::Lang;
use crate::app::state::{Action, Dialog};
use crate::app::wire::{Hello, Work};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) hello: Shared<Hello>,
    pub(crate) dispatch: Dispatch,
}

/// The gallery.
pub(crate) fn gallery(props: &Props) -> Html {
    let Props { lang, hello, dispatch } = props.clone();
    let body = html! {
        <>
            <p class="soft">{ lang.pick(
                "Each is there to show one thing. Choosing one replaces the text in the box.",
                "每个示例展示一件事。选择后会替换输入框中的内容。",
            ) }</p>
            <ul class="gallery">
                { for hello.examples.iter().map(|example| {
                    let chosen = example.clone();
                    let onclick = clicked(&dispatch, move || Action::Example(chosen.clone()));
                    html! {
                        <li key={&*example.id}><button {onclick} data-example={example.id.clone()}>
                            <b>{ lang.of(&example.title) }</b><span>{ rich(&lang.of(&example.shows)) }</span>
                        </button></li>
                    }
                }) }
                <li><button onclick={clicked(&dispatch, || Action::Dialog(Some(Dialog::Work(Work::Listing))))} data-example="listing">
                    <b>{ lang.pick("The listing that does not work", "行不通的示例代码") }</b><span>{ lang.pick(
                        "Much copied: what it trains in truth, step by step, on the dialogue in the box.",
                        "一段被广为抄用的代码：用输入框里的对话，一步步看它实际训练了什么。",
                    ) }</span>
                </button></li>
            </ul>
        </>
    };
    modal(lang, lang.pick("Examples", "示例"), &dispatch, body)
}
