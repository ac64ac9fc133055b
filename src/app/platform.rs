//! The browser: address, storage, clock, root element. Every call that a browser may refuse has a quiet answer.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::utils::{document, document_element, window};
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, Element, HtmlElement, PointerEvent, Storage, Url, UrlSearchParams};

use crate::app::i18n::Lang;
use crate::app::kept;
use crate::app::link::is_link;
use crate::app::state::{Choices, Theme};

const CHOICES: &str = "lossmask.v2.choices";
const LANG: &str = "lossmask.v2.lang";
const THEME: &str = "lossmask.v2.theme";
/// More than this is not kept over a reload: browsers give a page about 5 MB.
const KEPT_BYTES: usize = 1 << 20;

/// A parameter of the address, such as `lang` in `?lang=zh`.
fn parameter(name: &str) -> Option<String> {
    let query = window().location().search().ok()?;
    UrlSearchParams::new_with_str(&query).ok()?.get(name)
}

/// Whether only the samples are shown.
pub fn embed() -> bool {
    parameter("embed").is_some_and(|value| value != "0")
}

/// The link in the address, without its `#`.
pub(crate) fn link() -> Option<Rc<str>> {
    let hash = window().location().hash().ok()?;
    hash.strip_prefix('#').filter(|hash| is_link(hash)).map(Into::into)
}

/// Takes the link out of the address, with no further entry in the browser's history.
pub(crate) fn forget_link() {
    if let (Ok(history), Some(address)) = (window().history(), before_link()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// Takes a parameter out of the address, for what the user has chosen since counts when the page is loaded again.
fn forget_parameter(name: &str) {
    let address = window().location().href().ok().and_then(|address| Url::new(&address).ok());
    if let (Ok(history), Some(address)) = (window().history(), address) {
        address.search_params().delete(name);
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address.href()));
    }
}

/// The address without its fragment.
fn before_link() -> Option<String> {
    window().location().href().ok()?.split('#').next().map(str::to_owned)
}

/// The address of the page, without query and fragment.
pub(crate) fn address() -> String {
    before_link().and_then(|address| address.split('?').next().map(str::to_owned)).unwrap_or_default()
}

/// How wide the page is, in pixels. It is asked for once and when the window has changed: each time, a browser lays out what was
/// added since.
pub(crate) fn page_width() -> usize {
    thread_local! {
        static WIDTH: Cell<Option<usize>> = const { Cell::new(None) };
        static RESIZED: EventListener = EventListener::new(&window(), "resize", |_| WIDTH.set(None));
    }
    RESIZED.with(|_| ());
    WIDTH.get().unwrap_or_else(|| {
        let width = document().body().map_or(800, |body| body.client_width()).try_into().unwrap_or(800);
        WIDTH.set(Some(width));
        width
    })
}

/// The absolute address of a file of the site.
pub(crate) fn site_file(path: &str) -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    Url::new_with_base(path, &base).map_or_else(|_| path.to_owned(), |url| url.href())
}

/// The address of a script that starts a worker from its `loader`, a file of the site.
///
/// A worker from a file of the site has the policy that the file's host sends, and most send none. One from an address of the
/// page's own making has the page's policy, so that a browser refuses it every other origin too. It has no base for relative
/// addresses, and reads the site's from `self.site`.
pub(crate) fn worker_script(loader: &str) -> String {
    // An address has neither quotes nor line breaks: they are escaped in it.
    let lines =
        ["self.site = \"", &site_file("./"), "\"; importScripts(\"", &site_file(loader), "\");"].concat();
    Blob::new_with_str_sequence(&Array::of1(&lines.into()))
        .and_then(|blob| Url::create_object_url_with_blob(&blob))
        .unwrap_or_default()
}

/// The address of the whole page with the state of this frame.
pub(crate) fn whole_page(lang: Lang) -> String {
    let link = window().location().hash().unwrap_or_default();
    [&address(), "?lang=", lang.code(), &link].concat()
}

/// The language: the address, then what was chosen before, then the browser's.
pub fn lang() -> Lang {
    parameter("lang")
        .or_else(|| stored(LANG))
        .or_else(|| window().navigator().language())
        .map_or(Lang::En, |tag| Lang::of_tag(&tag))
}

/// The colours: the address, then what was chosen before, then the system's.
pub fn theme() -> Theme {
    match parameter("theme").or_else(|| stored(THEME)).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Auto,
    }
}

/// Whether the page is dark now.
pub fn is_dark(theme: Theme) -> bool {
    match theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::Auto => matches("(prefers-color-scheme: dark)"),
    }
}

/// Whether a media query holds now.
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether the page is as narrow as a phone's.
pub fn is_phone() -> bool {
    matches("(max-width: 900px)")
}

/// Keeps the language and shows it to the browser.
pub fn set_lang(lang: Lang) {
    let _ = document_element().set_attribute("lang", lang.tag());
    store(LANG, lang.code());
    if parameter("lang").is_some_and(|named| Lang::of_tag(&named) != lang) {
        forget_parameter("lang");
    }
    document().set_title(
        lang.pick("lossmask: which tokens does fine-tuning train?", "lossmask：微调时到底训练了哪些 token？"),
    );
}

/// Keeps the colours and shows them to the style sheets.
pub fn set_theme(theme: Theme) {
    if parameter("theme").is_some() && self::theme() != theme {
        forget_parameter("theme");
    }
    let root = document_element();
    let name = match theme {
        Theme::Auto => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    if let Some(name) = name {
        let _ = root.set_attribute("data-theme", name);
        store(THEME, name);
    } else {
        let _ = root.remove_attribute("data-theme");
        let _ = storage().map(|storage| storage.remove_item(THEME));
    }
}

/// Says how far the page is, for style sheets and for programs.
pub fn set_progress(progress: &str) {
    let _ = document_element().set_attribute("data-state", progress);
}

/// Says that only the samples are shown.
pub fn set_embed(embed: bool) {
    let root = document_element();
    let _ = if embed { root.set_attribute("data-embed", "") } else { root.remove_attribute("data-embed") };
}

/// Says which step of the lesson is open, for the style sheets, and how many pixels its card takes from the bottom.
pub(crate) fn set_lesson(step: Option<&str>, height: i32) {
    let root = document_element();
    let _ = match step {
        Some(step) => root.set_attribute("data-lesson", step),
        None => root.remove_attribute("data-lesson"),
    };
    if let Some(root) = root.dyn_ref::<HtmlElement>() {
        let _ = root.style().set_property("--lesson-h", &format!("{height}px"));
    }
}

/// Opens the newer build that waits.
pub(crate) fn reload() {
    tell("lossmask-reload");
}

/// Erases all that this site has in the browser.
pub(crate) fn forget_all() {
    tell("lossmask-forget");
}

/// Tells `start.js` something.
fn tell(what: &str) {
    if let Ok(event) = web_sys::Event::new(what) {
        let _ = window().dispatch_event(&event);
    }
}

/// The name of a sitting, which no other page has.
pub(crate) fn sitting(number: u32) -> String {
    let opened = window().performance().map_or(0.0, |clock| clock.time_origin());
    format!("{opened}-{number}")
}

/// What the user chose the last time; the defaults where nothing was kept or it can't be read.
pub fn choices() -> Choices {
    stored(CHOICES).and_then(|text| kept::read(&text)).unwrap_or_default()
}

/// Keeps what the user chose. False where it is too large, or the browser refuses.
pub fn keep(choices: &Choices) -> bool {
    choices.dialogue.len() + choices.own_template.len() + choices.earlier_template.len() <= KEPT_BYTES
        && kept::write(choices).is_some_and(|text| store(CHOICES, &text))
}

/// This browser's storage, where it gives us one. A frame in somebody's page keeps nothing, and shows nothing of what the user
/// has in the page itself.
fn storage() -> Option<Storage> {
    if embed() {
        return None;
    }
    window().local_storage().ok()?
}

/// A text that was kept.
fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps a text, and says whether it is kept.
fn store(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Lets the user save a text as a file. A browser that refuses does nothing.
pub(crate) fn save(name: &str, kind: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&text.into());
    let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) else { return };
    let Ok(address) = Url::create_object_url_with_blob(&blob) else { return };
    if let Ok(link) = document().create_element("a") {
        let _ = link.set_attribute("href", &address);
        let _ = link.set_attribute("download", name);
        if let Some(link) = link.dyn_ref::<HtmlElement>() {
            link.click();
        }
    }
    // The click has begun the download, which holds on to the file.
    gloo::timers::callback::Timeout::new(1000, move || {
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
}

/// The UTF-16 unit of a box's text that is under the pointer, in browsers that tell.
pub(crate) fn place_under(over: &Element, event: &PointerEvent) -> Option<usize> {
    let document = document();
    let find: Function = Reflect::get(&document, &"caretPositionFromPoint".into()).ok()?.dyn_into().ok()?;
    let found = find.call2(&document, &event.client_x().into(), &event.client_y().into()).ok()?;
    let node = Reflect::get(&found, &"offsetNode".into()).ok()?;
    let offset = Reflect::get(&found, &"offset".into()).ok()?.as_f64()?;
    (&node == AsRef::<JsValue>::as_ref(over)).then_some(offset as usize)
}

/// The local time, for `strftime_now`.
pub fn local_time() -> chrono::NaiveDateTime {
    let now = js_sys::Date::new_0();
    chrono::NaiveDate::from_ymd_opt(now.get_full_year() as i32, now.get_month() + 1, now.get_date())
        .and_then(|day| day.and_hms_opt(now.get_hours(), now.get_minutes(), now.get_seconds()))
        .unwrap_or_default()
}
