//! Bringing one's own tokenizer, a dialog: files, a pasted text, a model of the hub, and what is kept.

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::app::components::diagnostics::finding;
use crate::app::components::given::{bring, bring_text, chosen, long_paste};
use crate::app::components::hub;
use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::{hooked, listed};
use crate::app::components::modal::modal;
use crate::app::components::shared::{Dispatch, click_on, clicked, rich};
use crate::app::i18n::Lang;
use crate::app::state::{Action, OwnTokenizers};
use crate::app::wire::Own;

/// A longer text does not go into the box, but is taken as it is pasted.
const BOXED: u32 = 20_000;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) own: OwnTokenizers,
    pub(crate) dispatch: Dispatch,
}

/// The dialog.
pub(crate) fn bring_dialog(props: Props) -> Html {
    hooked(props, |props, context| use_bring_dialog(props).run(context))
}

#[hook]
fn use_bring_dialog(props: &Props) -> Html {
    let Props { lang, own, dispatch } = props.clone();
    let body = html! {
        <>
            <div class="bring">
                if let Some(told) = &own.told {
                    <div class="top-error" role="alert">{ finding(lang, told, "", None) }</div>
                }
                if own.coming.is_some() {
                    <div class="loading" role="status">
                        <p>{ lang.pick("Reading the files…", "正在读取文件……") }</p>
                        <progress aria-label={lang.pick("Reading", "读取进度")}></progress>
                    </div>
                }
                <section>
                    <h3>{ lang.pick("Files", "文件") }</h3>
                    <p class="soft">{ rich(lang.pick(
                        "`tokenizer.json`, and beside it `tokenizer_config.json`, `special_tokens_map.json`, `chat_template.jinja`; a model’s folder or a `.zip` of it. They stay in this browser. They can be dropped anywhere on the page, too.",
                        "`tokenizer.json`，以及同目录的 `tokenizer_config.json`、`special_tokens_map.json`、`chat_template.jinja`；也可以是整个模型文件夹或 `.zip`。文件只保存在此浏览器中，也可以直接拖到页面任意位置。",
                    )) }</p>
                    <p class="acts">
                        { files(0, FilesProps { words: lang.pick("Choose files", "选择文件"), folder: false, dispatch: dispatch.clone() }) }
                        { files(1, FilesProps { words: lang.pick("Choose a folder", "选择文件夹"), folder: true, dispatch: dispatch.clone() }) }
                    </p>
                    { paste(PasteProps { lang, dispatch: dispatch.clone() }) }
                </section>
                { hub::hub(hub::Props { lang, dispatch: dispatch.clone() }) }
                <section>
                    <h3>{ lang.pick("Your tokenizers", "你的分词器") }</h3>
                    if own.list.is_empty() {
                        <p class="soft">{ lang.pick("None yet.", "还没有。") }</p>
                    } else {
                        <ul class="own-list">{ for own.list.iter().map(|own| row(lang, own, &dispatch)) }</ul>
                    }
                </section>
            </div>
        </>
    };
    modal(lang, lang.pick("Bring your own tokenizer", "使用自己的分词器"), &dispatch, body)
}

/// One of the tokenizers that were brought.
fn row(lang: Lang, own: &Own, dispatch: &Dispatch) -> Html {
    let id = own.id.clone();
    let forget = clicked(dispatch, move || Action::Forget(id.clone()));
    let size = format!("{:.1} MB", own.bytes / 1e6);
    let place = if own.kept {
        lang.pick("kept in this browser", "已保存在此浏览器")
    } else {
        lang.pick("in this tab only", "仅限本标签页")
    };
    let tokens = lang.count(own.entries as usize, "token", "tokens", "个 token");
    let use_it = {
        let (dispatch, id) = (dispatch.clone(), own.id.clone());
        Callback::from(move |_: MouseEvent| {
            dispatch.dispatch(Action::Tokenizer(id.clone()));
            dispatch.dispatch(Action::Dialog(None));
        })
    };
    html! {
        <li key={own.id.clone()}>
            <span><b>{ own.name() }</b><span class="soft">{ [Some(tokens), Some(size), own.host.clone(), Some(place.to_owned())].into_iter().flatten().collect::<Vec<_>>().join(" · ") }</span></span>
            <button class="btn small" onclick={use_it} aria-label={[lang.pick("Use ", "使用 "), own.name()].concat()}>{ lang.pick("Use", "使用") }</button>
            <button class="btn small" onclick={forget} aria-label={[lang.pick("Remove ", "移除 "), own.name()].concat()}>{ lang.pick("Remove", "移除") }</button>
        </li>
    }
}

#[derive(Clone, PartialEq)]
struct FilesProps {
    words: &'static str,
    folder: bool,
    dispatch: Dispatch,
}

/// A button that opens the browser's own dialog, for files or for a folder.
fn files(key: usize, props: FilesProps) -> Html {
    listed(key, props, |props, context| use_files(props).run(context))
}

#[hook]
fn use_files(props: &FilesProps) -> Html {
    let FilesProps { words, folder, dispatch } = props.clone();
    let input = use_node_ref();
    let onclick = click_on(&input);
    let onchange = {
        let input = input.clone();
        Callback::from(move |_: Event| {
            let Some(input) = input.cast::<HtmlInputElement>() else { return };
            let files = input.files().map(|files| chosen(&files)).unwrap_or_default();
            if !files.is_empty() {
                bring(&files, &dispatch);
            }
            input.set_value("");
        })
    };
    html! {
        <>
            <button class="btn small" {onclick}>{ icon(Icon::File) }{ words }</button>
            <input ref={input} type="file" hidden=true multiple=true aria-label={words} {onchange} webkitdirectory={folder} />
        </>
    }
}

#[derive(Clone, PartialEq)]
struct PasteProps {
    lang: Lang,
    dispatch: Dispatch,
}

/// A box for a text. A long one is taken as it is pasted, and never stands in the box.
fn paste(props: PasteProps) -> Html {
    hooked(props, |props, context| use_paste(props).run(context))
}

#[hook]
fn use_paste(props: &PasteProps) -> Html {
    let PasteProps { lang, dispatch } = props.clone();
    let area = use_node_ref();
    let onpaste = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            if let Some(text) = long_paste(&event, BOXED) {
                event.prevent_default();
                bring_text(&text, &dispatch);
            }
        })
    };
    let onclick = {
        let area = area.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(text) = area.cast::<HtmlTextAreaElement>().map(|area| area.value())
                && !text.trim().is_empty()
            {
                bring_text(&text.into(), &dispatch);
            }
        })
    };
    let words = lang.pick("Text of tokenizer.json or of a chat template", "tokenizer.json 或聊天模板的文本");
    html! {
        <details>
            <summary>{ lang.pick("Paste the text instead", "改为粘贴文本") }</summary>
            <textarea ref={area} rows="4" spellcheck="false" autocomplete="off" aria-label={words} placeholder={words} {onpaste} />
            <button class="btn small" {onclick}>{ lang.pick("Use the text", "使用这段文本") }</button>
        </details>
    }
}
