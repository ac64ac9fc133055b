//! What can be taken away: which form, of which sample, a preview, and the buttons that copy and save it.

use js_sys::encode_uri_component;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::hooked;
use crate::app::components::shared::{Dispatch, Shared, copy, rich};
use crate::app::i18n::Lang;
use crate::app::platform;
use crate::app::state::{Action, Dialog};
use crate::app::wire::{Made, Work};
use crate::diagnostic::Diagnostic;
use crate::export::{Export as File, Form};

/// So many characters are shown of a file.
const SHOWN: usize = 6000;
/// So many bytes a picture may have that is shown.
const PICTURE: usize = 300_000;

/// What each form is called and is for.
const FORMS: [(&str, &str, &str, &str); 6] = [
    (
        "Python program",
        "Python 程序",
        "Has the trainer itself make these ids and labels, and prints them.",
        "让训练器自己得到同样的 id 和标签，并打印出来。",
    ),
    (
        "JSONL",
        "JSONL",
        "A sample a line: `input_ids`, `labels`, `attention_mask`, `weights`, and `offsets` in UTF-8 bytes of `text`.",
        "每行一个样本：`input_ids`、`labels`、`attention_mask`、`weights`，以及 `offsets`（`text` 的 UTF-8 字节）。",
    ),
    ("TSV", "TSV", "A token a line, for spreadsheets.", "每行一个 token，可用表格软件打开。"),
    (
        "HTML page",
        "HTML 网页",
        "The coloured samples as a page of their own, also for print.",
        "带颜色的样本，独立网页，也适合打印。",
    ),
    (
        "SVG picture",
        "SVG 图片",
        "The coloured samples for papers and slides.",
        "带颜色的样本，可用于论文和幻灯片。",
    ),
    (
        "Configuration",
        "训练配置",
        "The lines of the trainer’s own configuration that the recipe and its options stand for.",
        "掩码规则及其选项在训练器自身配置中的写法。",
    ),
];

/// The pickers.
pub(crate) fn choose(
    lang: Lang,
    form: Form,
    sample: Option<usize>,
    samples: usize,
    dispatch: &Dispatch,
) -> Html {
    let at = Form::ALL.iter().position(|known| *known == form).unwrap_or(0);
    let (.., en, zh) = FORMS[at];
    let send = |work: fn(Form, usize) -> Work| {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            let chosen = event.target_dyn_into::<HtmlSelectElement>();
            let chosen = chosen.and_then(|list| usize::try_from(list.selected_index()).ok()).unwrap_or(0);
            dispatch.dispatch(Action::Dialog(Some(Dialog::Work(work(form, chosen)))));
        })
    };
    let other_form = send(|_, at| Work::Export(Form::ALL.get(at).copied().unwrap_or(Form::Python), None));
    let other_sample = send(|form, at| Work::Export(form, at.checked_sub(1)));
    let picker = |name: &'static str, onchange: Callback<Event>, options: Html| {
        html! {
            <span class="select">
                <select aria-label={name} {onchange}>{ options }</select>{ icon(Icon::Down) }
            </span>
        }
    };
    html! {
        <>
            <div class="export-pick">
                { picker(lang.pick("Form", "格式"), other_form, html! {
                    { for FORMS.iter().enumerate().map(|(place, (en, zh, ..))| html! {
                        <option selected={place == at}>{ lang.pick(en, zh) }</option>
                    }) }
                }) }
                if form.is_of_samples() {
                    { picker(lang.pick("Of", "范围"), other_sample, html! {
                        <>
                            <option selected={sample.is_none()}>{ lang.pick("All samples", "全部样本") }</option>
                            { for (0..samples).map(|place| html! {
                                <option selected={sample == Some(place)}>
                                    { lang.pick("Sample ", "样本 ") }{ place + 1 }
                                </option>
                            }) }
                        </>
                    }) }
                }
            </div>
            <p class="soft">{ rich(lang.pick(en, zh)) }</p>
        </>
    }
}

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    /// What the worker made: nothing is drawn where it is no file.
    pub(crate) made: Shared<Result<Made, Diagnostic>>,
}

/// A file, and what can be done with it.
pub(crate) fn export(props: Props) -> Html {
    hooked(props, |props, context| use_export(props).run(context))
}

#[hook]
fn use_export(props: &Props) -> Html {
    let Props { lang, made } = props.clone();
    let copied = use_state(|| None);
    {
        let forget = copied.setter();
        use_effect_with(made.clone(), move |_| forget.set(None));
    }
    let Some(file) = file_of(&made) else { return Html::default() };
    let onclick = {
        let (made, copied) = (made.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(file) = file_of(&made) {
                copy(file.text.clone(), copied.setter());
            }
        })
    };
    let onsave = {
        let made = made.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(file) = file_of(&made) {
                platform::save(&file.name, &file.media_type, &file.text);
            }
        })
    };
    let words = match *copied {
        None => String::new(),
        Some(true) => [lang.pick("Copied ", "已复制 "), &file.name].concat(),
        Some(false) => {
            lang.pick("The browser refused: save it instead", "浏览器不允许复制，请改用下载").to_owned()
        }
    };
    let cut = file.text.char_indices().nth(SHOWN).map(|(at, _)| at);
    let is_picture = file.media_type == "image/svg+xml" && file.text.len() <= PICTURE;
    html! {
        <div class="cmp-config export">
            <button class="btn line small" {onclick}>{ icon(Icon::Copy) }{ lang.pick("Copy", "复制") }</button>
            <button class="btn line small" onclick={onsave}>{ icon(Icon::Export) }{ lang.pick("Download", "下载") }</button>
            <code>{ &file.name }</code>
            <small>{ size(lang, file.text.len()) }</small>
            <span role="status">{ words }</span>
            if let [first, rest @ ..] = file.missing.as_slice() {
                <p class="soft" role="status">
                    { lang.pick("Something is not in it: ", "有内容未包含在内：") }{ lang.of(&first.message) }
                    if !rest.is_empty() { { format!(" (+{})", rest.len()) } }
                </p>
            }
            if is_picture {
                <img alt={lang.pick("The picture", "图片预览")}
                    src={format!("data:image/svg+xml,{}", String::from(encode_uri_component(&file.text)))} />
            } else {
                <pre tabindex="0">{ file.text.get(..cut.unwrap_or(file.text.len())).unwrap_or_default().to_owned() }{ if cut.is_some() { "…" } else { "" } }</pre>
            }
            if cut.is_some() && !is_picture {
                <p class="soft">{ lang.pick("Only the beginning is shown here.", "此处只显示开头部分。") }</p>
            }
        </div>
    }
}

fn file_of(made: &Shared<Result<Made, Diagnostic>>) -> Option<&File> {
    match &**made {
        Ok(Made::Export(file)) => Some(file),
        _ => None,
    }
}

fn size(lang: Lang, bytes: usize) -> String {
    if bytes < 10_000 {
        lang.count(bytes, "byte", "bytes", "字节")
    } else {
        [&lang.number(bytes / 1000), " kB"].concat()
    }
}
