//! A model of the hub: a form that says what it will ask for, and asks only when its button is pressed.
//!
//! The requests are the page's and not the worker's: the policy of `index.html` holds here, for redirects too, while the
//! worker is closed to every other origin. The access token lives in its field, and goes nowhere but into the header of
//! these requests; browsers leave that header out where a request is redirected to another origin.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use gloo::utils::window;
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AbortController, Blob, Headers, HtmlInputElement, ReadableStreamDefaultReader, ReferrerPolicy,
    RequestCredentials, RequestInit, Response, Url,
};
use yew::prelude::*;

use crate::app::components::diagnostics::finding;
use crate::app::components::memo::hooked;
use crate::app::components::setup::{entry, picker, value};
use crate::app::components::shared::{Dispatch, rich};
use crate::app::i18n::Lang;
use crate::app::state::Action;
use crate::app::wire::Given;
use crate::bring::hub::{self, Failure, HOSTS};
use crate::bring::{LARGEST, TOKENIZER};
use crate::diagnostic::Diagnostic;

/// A host that sends nothing for so long is given up.
const PATIENCE_MS: u32 = 30_000;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) dispatch: Dispatch,
}

/// How far a request is.
#[derive(Clone, PartialEq)]
enum Asking {
    Not,
    Coming(f64),
    Failed(Rc<Diagnostic>),
}

/// What is asked for, where it can be.
#[derive(Clone, PartialEq)]
struct Wanted {
    origin: &'static str,
    model: String,
    revision: String,
}

/// The form.
pub(crate) fn hub(props: Props) -> Html {
    hooked(props, |props, context| use_hub(props).run(context))
}

#[hook]
fn use_hub(props: &Props) -> Html {
    let Props { lang, dispatch } = props.clone();
    let host = use_state(|| 0);
    let model = use_state(String::new);
    let revision = use_state(|| "main".to_owned());
    let asking = use_state(|| Asking::Not);
    let token = use_node_ref();
    // What is on its way is given up when the dialog is closed, and by the button.
    let running = use_mut_ref(|| None::<AbortController>);
    {
        let running = running.clone();
        use_effect_with((), move |()| move || stop(&running));
    }
    let (origin, host_name) = HOSTS[(*host).min(HOSTS.len() - 1)];
    let problem = hub::model_problem(&model).or_else(|| hub::revision_problem(&revision));
    let ask = {
        let (asking, token, running) = (asking.setter(), token.clone(), running.clone());
        let wanted = Wanted { origin, model: (*model).clone(), revision: (*revision).clone() };
        Callback::from(move |_: MouseEvent| {
            let token = token.cast::<HtmlInputElement>().map(|token| token.value()).unwrap_or_default();
            let token = token.trim().to_owned();
            stop(&running);
            let Ok(controller) = AbortController::new() else { return };
            *running.borrow_mut() = Some(controller.clone());
            let (asking, dispatch, wanted) = (asking.clone(), dispatch.clone(), wanted.clone());
            asking.set(Asking::Coming(0.0));
            spawn_local(async move {
                let progress = asking.clone();
                let step = move |bytes: f64| progress.set(Asking::Coming(bytes));
                let came = fetch_all(&wanted, &token, &controller, &step).await;
                match came {
                    Ok(given) => {
                        asking.set(Asking::Not);
                        dispatch.dispatch(Action::Bring(given));
                    }
                    // Given up by the user.
                    Err(None) => asking.set(Asking::Not),
                    Err(Some(failure)) => {
                        let why = hub::explain(failure, host_name, !token.is_empty());
                        asking.set(Asking::Failed(Rc::new(why)));
                    }
                }
            });
        })
    };
    let typed = |state: &UseStateHandle<String>| {
        let state = state.setter();
        Callback::from(move |event: InputEvent| state.set(value(&event).trim().to_owned()))
    };
    let onhost = {
        let host = host.setter();
        Callback::from(move |event: Event| {
            let chosen = value(&event);
            host.set(HOSTS.iter().position(|(_, name)| *name == chosen).unwrap_or(0));
        })
    };
    let hosts = HOSTS.iter().map(|(_, name)| entry(name, (*name).to_owned(), *name == host_name)).collect();
    html! {
        <section>
            <h3>{ lang.pick("From the hub", "从 HuggingFace 获取") }</h3>
            <div class="hub">
                <label class="field">{ lang.pick("Model", "模型") }
                    <input type="text" placeholder="org/name" spellcheck="false" autocomplete="off" value={(*model).clone()} oninput={typed(&model)} /></label>
                <label class="field">{ lang.pick("Revision", "版本") }
                    <input type="text" spellcheck="false" autocomplete="off" value={(*revision).clone()} oninput={typed(&revision)} /></label>
                { picker("pick-hub", lang.pick("Source", "来源"), onhost, hosts) }
                <label class="field">{ lang.pick("Access token (gated models only)", "访问令牌（仅受限模型需要）") }
                    <input ref={token} type="password" autocomplete="off" /></label>
            </div>
            <p class="soft">{ promise(lang, host_name) }</p>
            if let Some(problem) = problem.as_ref().filter(|_| !model.is_empty()) {
                <p class="problem" role="status">{ rich(&lang.of(problem)) }</p>
            }
            if let Asking::Coming(bytes) = &*asking {
                <div class="loading" role="status">
                    <progress aria-label={lang.pick("Fetching", "获取进度")}></progress>
                    <p class="quiet">{ format!("{:.1} MB ", bytes / 1e6) }
                        <button class="txt-link" onclick={Callback::from(move |_: MouseEvent| stop(&running))}>{ lang.pick("Stop", "停止") }</button></p>
                </div>
            } else {
                <button class="btn fetch" onclick={ask} disabled={problem.is_some()}>{ request(lang, host_name, &model, &revision) }</button>
            }
            if let Asking::Failed(why) = &*asking {
                <div class="top-error" role="alert">{ finding(lang, why, "", None) }</div>
            }
        </section>
    }
}

/// What pressing the button does.
fn request(lang: Lang, host: &str, model: &str, revision: &str) -> String {
    let model = if model.is_empty() { "org/name" } else { model };
    let files = hub::FILES.join(", ");
    match lang {
        Lang::En => format!("Fetch {files} of {model} at {revision} from {host}"),
        Lang::Zh => format!("从 {host} 获取 {model}（{revision}）的 {files}"),
    }
}

/// What is asked, of whom, and what becomes of the token.
fn promise(lang: Lang, host: &str) -> String {
    match lang {
        Lang::En => format!(
            "Nothing is requested before you press the button. Then {host} is asked for these four files, and may pass on to its \
             file hosts (*.hf.co). No cookies and no referrer are sent; the token goes to {host} only and is not kept."
        ),
        Lang::Zh => format!(
            "按下按钮之前不会发出任何请求。之后只向 {host} 请求这四个文件，它可能会转到其文件服务器（*.hf.co）。不会发送 Cookie 和来源网址；令牌只发给 {host}，不会保存。"
        ),
    }
}

fn stop(running: &Rc<RefCell<Option<AbortController>>>) {
    if let Some(controller) = running.borrow_mut().take() {
        controller.abort();
    }
}

/// Fetches the files one after the other. The error is why the main one did not come; nothing where the user gave up.
async fn fetch_all(
    wanted: &Wanted,
    token: &str,
    controller: &AbortController,
    step: &dyn Fn(f64),
) -> Result<Given, Option<Failure>> {
    let Wanted { origin, model, revision } = wanted;
    let name = if revision == "main" { model.clone() } else { [model, "@", revision].concat() };
    let host = HOSTS.iter().find(|host| host.0 == *origin).map(|host| host.1.to_owned());
    let mut given = Given { files: Vec::new(), name: Some(name), host };
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Some(Failure::Token));
    }
    let loaded = Cell::new(0.0);
    for file in hub::FILES {
        let address = hub::address(origin, model, revision, file);
        match fetch_one(&address, token, controller, &loaded, step).await {
            Ok(blob) => {
                let url = Url::create_object_url_with_blob(&blob).map_err(|_| Some(Failure::Unreachable))?;
                given.files.push((file.to_owned(), url));
            }
            // A model need not have the others.
            Err(Some(Failure::Status(404))) if file != TOKENIZER => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(given)
}

async fn fetch_one(
    address: &str,
    token: &str,
    controller: &AbortController,
    loaded: &Cell<f64>,
    step: &dyn Fn(f64),
) -> Result<Blob, Option<Failure>> {
    let silent = Rc::new(Cell::new(false));
    let watch = || {
        let (silent, controller) = (silent.clone(), controller.clone());
        Timeout::new(PATIENCE_MS, move || {
            silent.set(true);
            controller.abort();
        })
    };
    let mut watching = watch();
    let mut failure = None;
    let read = async {
        let options = RequestInit::new();
        options.set_credentials(RequestCredentials::Omit);
        options.set_referrer_policy(ReferrerPolicy::NoReferrer);
        options.set_signal(Some(&controller.signal()));
        if !token.is_empty() {
            let headers = Headers::new()?;
            headers.set("Authorization", &["Bearer ", token].concat())?;
            options.set_headers(&headers);
        }
        let response: Response =
            JsFuture::from(window().fetch_with_str_and_init(address, &options)).await?.unchecked_into();
        if !response.ok() {
            failure = Some(Failure::Status(response.status()));
            return Err(JsValue::NULL);
        }
        let chunks = Array::new();
        let body = response.body().ok_or(JsValue::NULL)?;
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        loop {
            let chunk = JsFuture::from(reader.read()).await?;
            watching = watch();
            let Ok(bytes) = Reflect::get(&chunk, &"value".into())?.dyn_into::<Uint8Array>() else { break };
            loaded.set(loaded.get() + f64::from(bytes.length()));
            if loaded.get() > LARGEST as f64 {
                failure = Some(Failure::TooLarge);
                controller.abort();
                return Err(JsValue::NULL);
            }
            chunks.push(&bytes);
            step(loaded.get());
        }
        Blob::new_with_u8_array_sequence(&chunks)
    };
    let read: Result<Blob, JsValue> = read.await;
    drop(watching);
    read.map_err(|_| {
        let aborted = controller.signal().aborted();
        failure.or(match () {
            () if silent.get() => Some(Failure::Silent),
            () if aborted => None,
            () if !window().navigator().on_line() => Some(Failure::Offline),
            () => Some(Failure::Unreachable),
        })
    })
}
