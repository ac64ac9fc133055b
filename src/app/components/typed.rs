//! A field that one types into.
//!
//! Yew gives a field its value whenever the page is drawn, and it is drawn again for a moved pointer, a report, a frame of a
//! run. What is being typed must not be lost over it, so a field shows that until it is entered or left.

use yew::prelude::*;

use crate::app::components::memo::hooked;
use crate::app::components::setup::value;

#[derive(Clone, Default, PartialEq)]
pub(crate) struct Props {
    /// The text that is set.
    pub(crate) text: String,
    /// It was entered.
    pub(crate) onchange: Callback<Event>,
    pub(crate) id: Option<&'static str>,
    /// What it is called where no label names it.
    pub(crate) label: Option<&'static str>,
    pub(crate) class: &'static str,
    /// The `type`; text where empty.
    pub(crate) kind: &'static str,
    /// The `inputmode`.
    pub(crate) mode: Option<&'static str>,
    /// The `min` and the `max` of a number.
    pub(crate) range: [Option<&'static str>; 2],
    pub(crate) hint: Option<String>,
    /// The id of a list of suggestions.
    pub(crate) list: Option<String>,
}

/// The field.
pub(crate) fn typed(props: Props) -> Html {
    hooked(props, |props, context| use_typed(props).run(context))
}

#[hook]
fn use_typed(props: &Props) -> Html {
    let Props { text, onchange, id, label, class, kind, mode, range: [min, max], hint, list } = props.clone();
    let typed = use_state(|| None);
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| typed.set(Some(value(&event))))
    };
    // What was typed and taken back is no change, and is left behind too.
    let onblur = {
        let typed = typed.clone();
        Callback::from(move |_: FocusEvent| typed.set(None))
    };
    let shown = (*typed).clone().unwrap_or(text);
    let onchange = onchange.reform(move |event: Event| {
        typed.set(None);
        event
    });
    html! {
        <input {id} class={Some(class).filter(|class| !class.is_empty())} type={if kind.is_empty() { "text" } else { kind }} inputmode={mode}
            {min} {max} step={Some("1").filter(|_| !kind.is_empty())} autocomplete="off" spellcheck="false" aria-label={label}
            placeholder={hint} {list} value={shown} {oninput} {onchange} {onblur} />
    }
}
