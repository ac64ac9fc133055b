//! What is kept in the browser, and when: what is chosen, the dialogues that are worked on; and forgetting them.

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::utils::window;
use yew::prelude::*;

use crate::app::components::shared::{Store, use_rest};
use crate::app::desk::Desk;
use crate::app::platform;
use crate::app::wire::History;

/// What was typed is kept when the keys have rested so long.
const KEEP_AFTER_MS: u32 = 300;
/// A dialogue was worked on when it has rested so long and gives samples.
const WORKED_ON_AFTER_MS: u32 = 4000;

/// Keeps what is to be kept. In a frame there is no storage to keep anything in.
#[hook]
pub(crate) fn use_keeping(store: &UseReducerHandle<Store>, desk: &Rc<Desk>) {
    let state = &store.0;
    // Before anything is kept again.
    use_effect_with(state.past.forgotten, |forgotten| {
        if *forgotten > 0 {
            platform::forget_all();
        }
    });
    let kept = state.is_kept().then(|| state.choices.clone());
    use_rest(kept.clone(), KEEP_AFTER_MS, |choices| {
        if let Some(choices) = choices {
            let _ = platform::keep(&choices);
        }
    });
    // A page that is closed at once has kept what was typed last.
    let newest = use_mut_ref(|| None);
    *newest.borrow_mut() = kept;
    use_effect_with((), move |()| {
        let listener = EventListener::new(&window(), "pagehide", move |_| {
            if let Some(choices) = &*newest.borrow() {
                let _ = platform::keep(choices);
            }
        });
        move || drop(listener)
    });

    {
        let desk = desk.clone();
        use_rest(state.worked_on(), WORKED_ON_AFTER_MS, move |worked_on| {
            if let Some((sitting, choices)) = worked_on {
                desk.history(History::Keep(platform::sitting(sitting), Box::new(choices)));
            }
        });
    }
    {
        let desk = desk.clone();
        use_effect_with(state.past.left.clone(), move |left| {
            if let Some((sitting, choices)) = left {
                desk.history(History::Keep(platform::sitting(*sitting), Box::new((**choices).clone())));
            }
        });
    }
    // Once: a worker that is lost over it is not asked again, for what it was to open would replace a newer text.
    let desk = desk.clone();
    use_effect_with(state.past.asked.clone(), move |(_, asked)| {
        if let Some(asked) = asked.clone() {
            desk.history(asked);
        }
    });
}
