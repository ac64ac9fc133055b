//! The tabs: one stop of the Tab key, and the arrow keys between them.

use gloo::utils::document;
use yew::prelude::*;

use crate::app::components::shared::{Dispatch, clicked, focus};
use crate::app::i18n::Lang;
use crate::app::state::{Action, Tab};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) tab: Tab,
    pub(crate) dispatch: Dispatch,
}

/// The id of a tab, of the part that it opens, and its name.
const fn facts(lang: Lang, tab: Tab) -> (&'static str, &'static str, &'static str) {
    match tab {
        Tab::Samples => ("tab-samples", "samples", lang.pick("Samples", "样本")),
        Tab::Compare => ("tab-compare", "compare", lang.pick("Compare", "对比")),
        Tab::Template => ("tab-template", "template", lang.pick("Template", "聊天模板")),
        Tab::Dataset => ("tab-dataset", "dataset", lang.pick("Dataset", "数据集")),
        Tab::Lab => ("tab-lab", "lab", lang.pick("Loss lab", "损失实验")),
    }
}

/// The id of the part that a tab opens.
pub(crate) const fn panel(tab: Tab) -> &'static str {
    facts(Lang::En, tab).1
}

/// The tabs.
pub(crate) fn tabs(props: &Props) -> Html {
    let Props { lang, tab, dispatch } = props.clone();
    let onkeydown = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" => tab.step(1),
                "ArrowLeft" => tab.step(-1),
                "Home" => Tab::ALL[0],
                "End" => Tab::ALL[0].step(-1),
                _ => return,
            };
            event.prevent_default();
            dispatch.dispatch(Action::Tab(to));
            if let Some(button) = document().get_element_by_id(facts(lang, to).0) {
                focus(&button);
            }
        })
    };
    let one = |of: Tab| {
        let (id, controls, name) = facts(lang, of);
        let chosen = of == tab;
        let onclick = clicked(&dispatch, move || Action::Tab(of));
        html! {
            <button {id} class="tab" role="tab" aria-selected={chosen.to_string()} aria-controls={chosen.then_some(controls)}
                tabindex={if chosen { "0" } else { "-1" }} {onclick}>{ name }</button>
        }
    };
    html! {
        <div class="tabs" role="tablist" aria-label={lang.pick("Views", "视图")} {onkeydown}>
            { for Tab::ALL.into_iter().map(one) }
        </div>
    }
}
