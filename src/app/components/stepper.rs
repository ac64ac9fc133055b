//! Stepping through conversations: `Conversation 3 of 128`, where the number can be typed.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::hooked;
use crate::app::i18n::Lang;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    /// The name of the group.
    pub(crate) label: &'static str,
    /// What is stepped through: the word before the number, and the one after the count.
    pub(crate) noun: (&'static str, &'static str),
    /// The one that is shown, from 0.
    pub(crate) index: usize,
    /// How many there are.
    pub(crate) count: usize,
    /// Whether more are still being found.
    pub(crate) more: bool,
    /// Another one was asked for.
    pub(crate) onstep: Callback<usize>,
}

/// Two buttons and a number.
pub(crate) fn stepper(props: Props) -> Html {
    hooked(props, |props, context| use_stepper(props).run(context))
}

#[hook]
fn use_stepper(props: &Props) -> Html {
    let Props { lang, label, noun, index, count, more, onstep } = props.clone();
    let number = use_node_ref();
    let last = count.saturating_sub(1);
    let step = |to: usize| {
        let onstep = onstep.clone();
        Callback::from(move |_: MouseEvent| onstep.emit(to))
    };
    let onchange = {
        let (onstep, number) = (onstep.clone(), number.clone());
        Callback::from(move |_: Event| {
            let Some(number) = number.cast::<HtmlInputElement>() else { return };
            match number.value().trim().parse::<usize>() {
                Ok(wanted) => onstep.emit(wanted.clamp(1, count.max(1)) - 1),
                Err(_) => number.set_value(&(index + 1).to_string()),
            }
        })
    };
    let onkeydown = {
        let onstep = onstep.clone();
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowUp" | "PageUp" => index.checked_sub(1),
                "ArrowDown" | "PageDown" => Some(index + 1).filter(|next| *next <= last),
                _ => return,
            };
            event.prevent_default();
            if let Some(to) = to {
                onstep.emit(to);
            }
        })
    };
    let of = match lang {
        Lang::En => format!("of {}{}", lang.number(count), if more { "…" } else { "" }),
        Lang::Zh => format!("共 {} {}{}", lang.number(count), noun.1, if more { "……" } else { "" }),
    };
    // The number in the field is no text: this is what is read out, and what is found on the page.
    let words = match lang {
        Lang::En => format!("{} {} {of}", noun.0, lang.number(index + 1)),
        Lang::Zh => format!("{} {} {}，{of}", noun.0, lang.number(index + 1), noun.1),
    };
    html! {
        <div class="stepper" role="group" aria-label={label}>
            <button class="btn line icon" disabled={index == 0} onclick={step(index.saturating_sub(1))}
                aria-label={lang.pick("Previous conversation", "上一段对话")}>{ icon(Icon::Left) }</button>
            <span class="said" role="status">{ words }</span>
            <span>
                { noun.0 }
                <input ref={number} type="text" inputmode="numeric" size="4" value={(index + 1).to_string()}
                    aria-label={lang.pick("Number of the conversation", "对话序号")} {onchange} {onkeydown} />
                { of }
            </span>
            <button class="btn line icon" disabled={index >= last} onclick={step((index + 1).min(last))}
                aria-label={lang.pick("Next conversation", "下一段对话")}>{ icon(Icon::Right) }</button>
        </div>
    }
}
