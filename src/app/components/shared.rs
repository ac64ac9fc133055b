//! What several parts use: the store, cheap comparison of shared data, and a hook that knows what is near the screen.

use std::ops::Deref;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Element, HtmlElement, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
};
use yew::prelude::*;

use crate::app::state::{Action, State};

/// The state as Yew keeps it.
#[derive(Clone, PartialEq)]
pub(crate) struct Store(pub(crate) State);

impl Reducible for Store {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Self(self.0.after(action)))
    }
}

/// Sends actions to the store.
pub(crate) type Dispatch = UseReducerDispatcher<Store>;

/// Data behind an `Rc` that is equal only to itself, so that comparing properties costs nothing.
pub(crate) struct Shared<T>(pub(crate) Rc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Sends an action, made anew for each click: an [`Action`] can hold a whole answer of the worker, and is not copied.
pub(crate) fn clicked(dispatch: &Dispatch, action: impl Fn() -> Action + 'static) -> Callback<MouseEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |_: MouseEvent| dispatch.dispatch(action()))
}

/// Opens the browser's own dialog of a field for files.
pub(crate) fn click_on(input: &NodeRef) -> Callback<MouseEvent> {
    let input = input.clone();
    Callback::from(move |_: MouseEvent| {
        if let Some(input) = input.cast::<HtmlElement>() {
            input.click();
        }
    })
}

/// Whether an element is on the screen or near it; always true where `lazy` is false.
#[hook]
pub(crate) fn use_near(element: &NodeRef, lazy: bool) -> bool {
    let near = use_state(|| !lazy);
    let set = near.setter();
    let element = element.clone();
    use_effect_with(lazy, move |lazy| {
        let watching = lazy.then(|| element.cast::<Element>()).flatten().and_then(|element| {
            let changed = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
                if let Some(entry) = entries.iter().last() {
                    set.set(entry.unchecked_into::<IntersectionObserverEntry>().is_intersecting());
                }
            });
            let options = IntersectionObserverInit::new();
            options.set_root_margin("900px 0px");
            let observer =
                IntersectionObserver::new_with_options(changed.as_ref().unchecked_ref(), &options).ok()?;
            observer.observe(&element);
            Some((observer, changed))
        });
        move || {
            if let Some((observer, _changed)) = watching {
                observer.disconnect();
            }
        }
    });
    *near || !lazy
}

/// Gives an element a least height in pixels, or none; a style attribute would be refused by the page's own policy.
#[hook]
pub(crate) fn use_height(element: &NodeRef, pixels: Option<usize>) {
    let element = element.clone();
    use_effect_with(pixels, move |pixels| {
        if let Some(element) = element.cast::<HtmlElement>() {
            let height = pixels.map_or_else(String::new, |pixels| format!("{pixels}px"));
            let _ = element.style().set_property("min-height", &height);
        }
    });
}

/// Runs `then` when `value` has rested for a moment.
#[hook]
pub(crate) fn use_rest<T: PartialEq + Clone + 'static>(
    value: T,
    milliseconds: u32,
    then: impl FnOnce(T) + 'static,
) {
    use_effect_with(value, move |value| {
        let value = value.clone();
        let timer = Timeout::new(milliseconds, move || then(value));
        move || drop(timer)
    });
}

/// Text with what stands between back-ticks set as code.
pub(crate) fn rich(text: &str) -> Html {
    let pieces = text.split('`').enumerate().map(|(place, piece)| {
        if place % 2 == 1 {
            html! { <code>{ piece.to_owned() }</code> }
        } else {
            html! { piece.to_owned() }
        }
    });
    html! { <>{ for pieces }</> }
}

/// Puts the keyboard on an element.
pub(crate) fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Copies a text, and says whether that went well. Where the page is not served securely there is no clipboard.
pub(crate) fn copy(text: String, done: UseStateSetter<Option<bool>>) {
    let navigator = gloo::utils::window().navigator();
    if !js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object()) {
        done.set(Some(false));
        return;
    }
    wasm_bindgen_futures::spawn_local(async move {
        let copied = wasm_bindgen_futures::JsFuture::from(navigator.clipboard().write_text(&text)).await;
        done.set(Some(copied.is_ok()));
    });
}

/// Scrolls a box so far that something in it can be seen; the page itself stays where it is.
pub(crate) fn reveal(container: &Element, selector: &str) {
    let Ok(Some(inner)) = container.query_selector(selector) else { return };
    let (outer, inner) = (container.get_bounding_client_rect(), inner.get_bounding_client_rect());
    if inner.top() < outer.top() || inner.bottom().min(inner.top() + 40.0) > outer.bottom() {
        let to = f64::from(container.scroll_top()) + inner.top() - outer.top() - outer.height() / 3.0;
        container.set_scroll_top(to as i32);
    }
}
