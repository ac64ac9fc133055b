//! The list of keys, a dialog.

use yew::prelude::*;

use crate::app::components::modal::modal;
use crate::app::components::shared::Dispatch;
use crate::app::i18n::Lang;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) dispatch: Dispatch,
}

/// Each row: the keys, and what they do in English and Chinese.
const KEYS: [(&[&str], &str, &str); 11] = [
    (&["Tab"], "to the next sample, box or button", "移到下一个样本、输入框或按钮"),
    (&["←", "→"], "previous or next token", "上一个或下一个 token"),
    (&["↑", "↓"], "in Compare: the trainer above or below", "在“对比”中：上一个或下一个训练器"),
    (&["Home", "End"], "first or last token of the sample", "样本的第一个或最后一个 token"),
    (
        &["n", "p"],
        "next or previous trained run; in Compare, difference",
        "下一段或上一段参与训练的片段；在“对比”中为差异处",
    ),
    (&["N", "P"], "next or previous sample", "下一个或上一个样本"),
    (&["⇧ ←", "⇧ →"], "select tokens, and count them", "选择 token 并计数"),
    (&["Enter"], "pin the token, or release it", "固定或取消固定该 token"),
    (
        &["Ctrl Z", "Ctrl Y"],
        "undo or redo a change; in a box, what was typed there",
        "撤销或重做一次更改；在输入框中则为其中的输入",
    ),
    (&["Esc"], "release the pin, close a dialog", "取消固定，关闭对话框"),
    (&["?"], "this list", "显示本列表"),
];

/// The list.
pub(crate) fn keys(props: &Props) -> Html {
    let Props { lang, dispatch } = props.clone();
    let body = html! {
        <>
            <dl class="key-list">
                { for KEYS.iter().map(|(keys, en, zh)| html! {
                    <><dt>{ for keys.iter().map(|key| html! { <kbd>{ *key }</kbd> }) }</dt><dd>{ lang.pick(en, zh) }</dd></>
                }) }
            </dl>
        </>
    };
    modal(lang, lang.pick("Keyboard keys", "键盘操作"), &dispatch, body)
}
