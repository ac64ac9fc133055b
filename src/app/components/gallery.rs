//! The gallery of examples, a dialog.

use std::rc::Rc;

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::shared::{Dispatch, clicked, rich};
use crate::app::i18n::Lang;
use crate::app::state::{Action, Dialog};
use crate::app::wire::{ExampleView, Work};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ModalProps {
    pub(crate) title: &'static str,
    pub(crate) close: &'static str,
    pub(crate) onclose: Callback<()>,
    pub(crate) children: Html,
}

/// A modal dialog that is open as long as it is there; Escape and a press outside close it.
#[component]
pub(crate) fn Modal(props: &ModalProps) -> Html {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                let _ = dialog.show_modal();
            }
        });
    }
    let onclose = {
        let onclose = props.onclose.clone();
        Callback::from(move |_: Event| onclose.emit(()))
    };
    let onclick = {
        let (dialog, onclose) = (dialog.clone(), props.onclose.clone());
        Callback::from(move |event: MouseEvent| {
            let outside = dialog.get().zip(event.target()).is_some_and(|(dialog, target)| *dialog == target);
            if outside {
                onclose.emit(());
            }
        })
    };
    let press = {
        let onclose = props.onclose.clone();
        Callback::from(move |_: MouseEvent| onclose.emit(()))
    };
    html! {
        <dialog ref={dialog} {onclose} {onclick} aria-label={props.title}>
            <div class="sheet-in">
                <div class="pane-h">
                    <h2>{ props.title }</h2>
                    <button class="btn icon" onclick={press} aria-label={props.close}>{ icon(Icon::Close) }</button>
                </div>
                { props.children.clone() }
            </div>
        </dialog>
    }
}

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) examples: Rc<[Rc<ExampleView>]>,
    pub(crate) dispatch: Dispatch,
}

/// The gallery.
pub(crate) fn gallery(props: &Props) -> Html {
    let Props { lang, examples, dispatch } = props.clone();
    let close = {
        let dispatch = dispatch.clone();
        Callback::from(move |()| dispatch.dispatch(Action::Dialog(None)))
    };
    html! {
        <Modal title={lang.pick("Examples", "示例")} close={lang.pick("Close", "关闭")} onclose={close}>
            <p class="soft">{ lang.pick(
                "Each is there to show one thing. Choosing one replaces the text in the box.",
                "每个示例展示一件事。选择后会替换输入框中的内容。",
            ) }</p>
            <ul class="gallery">
                { for examples.iter().map(|example| {
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
        </Modal>
    }
}
