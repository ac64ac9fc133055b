//! A modal dialog.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::hooked;
use crate::app::components::shared::{Dispatch, clicked};
use crate::app::i18n::Lang;
use crate::app::state::Action;

#[derive(Clone, PartialEq)]
struct Props {
    lang: Lang,
    title: &'static str,
    body: Html,
    dispatch: Dispatch,
}

/// A modal dialog that is open as long as it is there; Escape, its button and a press outside close it.
pub(crate) fn modal(lang: Lang, title: &'static str, dispatch: &Dispatch, body: Html) -> Html {
    let props = Props { lang, title, body, dispatch: dispatch.clone() };
    hooked(props, |props, context| use_modal(props).run(context))
}

#[hook]
fn use_modal(props: &Props) -> Html {
    let Props { lang, title, body, dispatch } = props.clone();
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                let _ = dialog.show_modal();
            }
        });
    }
    let close = clicked(&dispatch, || Action::Dialog(None));
    let onclick = {
        let (dialog, close) = (dialog.clone(), close.clone());
        Callback::from(move |event: MouseEvent| {
            if dialog.get().zip(event.target()).is_some_and(|(dialog, target)| *dialog == target) {
                close.emit(event);
            }
        })
    };
    let onclose = Callback::from(move |_: Event| dispatch.dispatch(Action::Dialog(None)));
    html! {
        <dialog ref={dialog} {onclose} {onclick} aria-label={title}>
            <div class="sheet-in">
                <div class="pane-h">
                    <h2>{ title }</h2>
                    <button class="btn icon" onclick={close} aria-label={lang.pick("Close", "关闭")}>{ icon(Icon::Close) }</button>
                </div>
                { body }
            </div>
        </dialog>
    }
}
