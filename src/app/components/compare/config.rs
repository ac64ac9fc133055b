//! The lines of every trainer's own configuration.

use yew::prelude::*;

use super::name;
use crate::app::compare::order;
use crate::app::components::copy_box::{self, copy_box};
use crate::app::i18n::Lang;
use crate::app::state::CompareChoices;
use crate::app::wire::CompareView;

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
                    { copy_box(copy_box::Props::plain(lang, text)) }
                </details>
            }) }
        </section>
    }
}
