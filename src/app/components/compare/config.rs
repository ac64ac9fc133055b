//! The lines of a trainer's own configuration, with a button that copies them.

use yew::prelude::*;

use super::name;
use crate::app::compare::order;
use crate::app::components::icons::{Icon, icon};
use crate::app::components::shared::copy;
use crate::app::i18n::Lang;
use crate::app::state::CompareChoices;
use crate::app::wire::CompareView;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) text: String,
}

/// The configuration of every trainer, folded.
pub(crate) fn all(lang: Lang, view: &CompareView, choices: &CompareChoices) -> Html {
    let rows = order(view, choices).into_iter().map(|at| &view.rows[at]);
    let with = rows.filter_map(|row| Some((row, row.config.clone()?)));
    html! {
        <section class="cmp-part" aria-label={lang.pick("Configurations", "配置")}>
            <h3>{ lang.pick("What each of them is set to, in its own words", "各训练器对应的配置写法") }</h3>
            { for with.map(|(row, text)| html! {
                <details key={row.recipe.clone()}>
                    <summary>{ name(lang, row) }</summary>
                    <Config {lang} {text} />
                </details>
            }) }
        </section>
    }
}

/// The lines and the button.
#[component]
pub(crate) fn Config(props: &Props) -> Html {
    let Props { lang, text } = props.clone();
    let done = use_state(|| None);
    let onclick = {
        let (text, done) = (text.clone(), done.clone());
        Callback::from(move |_: MouseEvent| copy(text.clone(), done.setter()))
    };
    html! {
        <div class="cmp-config">
            <button class="btn line small" {onclick}>{ icon(Icon::Copy) }{ lang.pick("Copy", "复制") }</button>
            <span role="status">{ match *done {
                None => "",
                Some(true) => lang.pick("Copied", "已复制"),
                Some(false) => lang.pick("The browser refused: select the lines and copy them", "浏览器不允许复制，请选中后手动复制"),
            } }</span>
            <pre tabindex="0">{ text }</pre>
        </div>
    }
}
