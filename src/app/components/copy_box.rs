//! A text with a button that copies it.

use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::hooked;
use crate::app::components::shared::copy;
use crate::app::i18n::Lang;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    /// What the button says.
    pub(crate) action: Option<String>,
    /// What is said when the text is copied.
    pub(crate) done: Option<String>,
    pub(crate) text: String,
    /// So many characters of the text are shown; all of them where zero.
    pub(crate) shown: usize,
    pub(crate) class: &'static str,
}

impl Props {
    /// A text that is shown whole, with a button that says no more than that it copies.
    pub(crate) const fn plain(lang: Lang, text: String) -> Self {
        Self { lang, action: None, done: None, text, shown: 0, class: "cmp-config" }
    }
}

/// A text and the button that copies it.
pub(crate) fn copy_box(props: Props) -> Html {
    hooked(props, |props, context| use_copy_box(props).run(context))
}

#[hook]
fn use_copy_box(props: &Props) -> Html {
    let Props { lang, action, done: said, text, shown, class } = props.clone();
    let done = use_state(|| None);
    let onclick = {
        let (text, done) = (text.clone(), done.clone());
        Callback::from(move |_: MouseEvent| copy(text.clone(), done.setter()))
    };
    let cut = text.char_indices().nth(shown).filter(|_| shown > 0).and_then(|(at, _)| text.get(..at));
    html! {
        <div {class}>
            <button class="btn line small" {onclick}>
                { icon(Icon::Copy) }{ action.as_deref().unwrap_or(lang.pick("Copy", "复制")).to_owned() }
            </button>
            <span role="status">{ match *done {
                None => "",
                Some(true) => said.as_deref().unwrap_or(lang.pick("Copied", "已复制")),
                Some(false) => lang.pick("The browser refused: select the lines and copy them", "浏览器不允许复制，请选中后手动复制"),
            }.to_owned() }</span>
            <pre tabindex="0">{ cut.unwrap_or(&text).to_owned() }{ cut.map(|_| "…") }</pre>
        </div>
    }
}
