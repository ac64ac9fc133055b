//! The dialog that hands the state on: a link, Markdown, the code of a frame.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::components::copy_box::{self, copy_box};
use crate::app::components::modal::modal;
use crate::app::components::shared::{Dispatch, rich};
use crate::app::i18n::Lang;
use crate::app::wire::Shared;

/// So many characters are shown of a text.
const SHOWN: usize = 20_000;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) shared: Option<Rc<Shared>>,
    pub(crate) dispatch: Dispatch,
}

/// The dialog.
pub(crate) fn share(props: &Props) -> Html {
    let Props { lang, shared, dispatch } = props.clone();
    let body = match shared {
        None => html! { <p class="quiet" role="status">{ lang.pick("Being made…", "正在生成……") }</p> },
        Some(shared) => html! {
            <>
                { for shared.notes.iter().map(|note| html! { <p class="soft">{ rich(note) }</p> }) }
                { for shared.texts.iter().map(|text| copy_box(copy_box::Props {
                    lang, action: Some(text.action.clone()), done: Some(text.done.clone()), text: text.text.clone(), shown: SHOWN, class: "cmp-config share",
                })) }
            </>
        },
    };
    modal(lang, lang.pick("Share", "分享"), &dispatch, body)
}
