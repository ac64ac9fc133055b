//! What the pointer or the caret is on in a box, for the tokens that came from there.

use std::rc::Rc;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::app::cells::Glance;
use crate::app::components::editor::byte_at;
use crate::app::components::shared::Dispatch;
use crate::app::platform::place_under;
use crate::app::state::Action;

/// What a box does when the pointer moves over it and when it leaves: what is under it is glanced at.
#[hook]
pub(crate) fn use_glance(
    text: Option<Rc<str>>,
    glance: fn(usize) -> Glance,
    dispatch: &Dispatch,
) -> (Callback<PointerEvent>, Callback<PointerEvent>) {
    let last = use_mut_ref(|| None);
    let leave = {
        let (last, dispatch) = (last.clone(), dispatch.clone());
        Callback::from(move |_: PointerEvent| {
            last.replace(None);
            dispatch.dispatch(Action::Glance(None));
        })
    };
    let dispatch = dispatch.clone();
    let move_over = Callback::from(move |event: PointerEvent| {
        let over: HtmlTextAreaElement = event.target_unchecked_into();
        let at = text.as_ref().zip(place_under(&over, &event)).map(|(text, units)| byte_at(text, units));
        if last.replace(at) != at {
            dispatch.dispatch(Action::Glance(at.map(glance)));
        }
    });
    (move_over, leave)
}
