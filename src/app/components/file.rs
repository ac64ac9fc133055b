//! Opening a file: the button, and dropping one anywhere on the page.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::window;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, HtmlInputElement, Url};
use yew::prelude::*;

use crate::app::components::given;
use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::hooked;
use crate::app::components::shared::{Dispatch, click_on};
use crate::app::i18n::Lang;
use crate::app::state::Action;
use crate::bring::choose::is_ones;

/// What the browser's own dialog offers first.
const ACCEPT: &str = ".json,.jsonl,.ndjson,.yaml,.yml,.csv,.tsv,.txt,.md,.py";

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) dispatch: Dispatch,
}

/// Opens a file. Its address lives as long as the page, so that a worker that was started again finds it.
fn open(file: &File, dispatch: &Dispatch) {
    if let Ok(url) = Url::create_object_url_with_blob(file) {
        dispatch.dispatch(Action::Open(Rc::from(file.name()), url.into()));
    }
}

/// The button.
pub(crate) fn open_button(props: Props) -> Html {
    hooked(props, |props, context| use_open_button(props).run(context))
}

#[hook]
fn use_open_button(props: &Props) -> Html {
    let Props { lang, dispatch } = props.clone();
    let input = use_node_ref();
    let onclick = click_on(&input);
    let onchange = {
        let input = input.clone();
        Callback::from(move |_: Event| {
            let Some(input) = input.cast::<HtmlInputElement>() else { return };
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                if is_ones(&file.name()) {
                    given::bring(&[(file.name(), file)], &dispatch);
                } else {
                    open(&file, &dispatch);
                }
            }
            // The same file can be opened again.
            input.set_value("");
        })
    };
    let words = lang.pick("Open a file", "打开文件");
    html! {
        <>
            <button class="btn small" {onclick}>{ icon(Icon::File) }{ words }</button>
            <input ref={input} type="file" hidden=true accept={ACCEPT} aria-label={words} {onchange} />
        </>
    }
}

/// Takes files that are dropped anywhere, and says so while one is dragged over the page.
pub(crate) fn drop_zone(props: Props) -> Html {
    hooked(props, |props, context| use_drop_zone(props).run(context))
}

#[hook]
fn use_drop_zone(props: &Props) -> Html {
    let Props { lang, dispatch } = props.clone();
    let over = use_state(|| false);
    {
        let over = over.setter();
        use_effect_with((), move |()| {
            let listen = |name: &'static str, then: Box<dyn Fn(&DragEvent)>| {
                // Without this the browser would leave the page and show the file.
                let options = EventListenerOptions::enable_prevent_default();
                EventListener::new_with_options(&window(), name, options, move |event| {
                    if let Some(event) = event.dyn_ref::<DragEvent>().filter(|event| brings_files(event)) {
                        event.prevent_default();
                        then(event);
                    }
                })
            };
            let (show, hide) = (over.clone(), over.clone());
            let listeners = [
                listen("dragover", Box::new(move |_| show.set(true))),
                listen(
                    "dragleave",
                    Box::new(move |event| {
                        // Only where the pointer leaves the window.
                        if event.related_target().is_none() {
                            hide.set(false);
                        }
                    }),
                ),
                listen(
                    "drop",
                    Box::new(move |event| {
                        over.set(false);
                        let Some(data) = event.data_transfer() else { return };
                        if given::dropped(&data, &dispatch) {
                            return;
                        }
                        if let Some(file) = data.files().and_then(|files| files.get(0)) {
                            open(&file, &dispatch);
                        }
                    }),
                ),
            ];
            move || drop(listeners)
        });
    }
    if !*over {
        return Html::default();
    }
    html! {
        <div class="drop-zone" role="status"><p>{ icon(Icon::File) }{ lang.pick(
            "Drop the file to read it. It stays in this tab.",
            "松开即可读取文件，内容不会离开本页。",
        ) }</p></div>
    }
}

/// Whether what is dragged is a file, and not a selected text.
fn brings_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}
