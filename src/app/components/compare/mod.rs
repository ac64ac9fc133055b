//! The view Compare: every recipe over one conversation, side by side.

use std::rc::Rc;

use crate::app::table::Table;
use yew::prelude::*;

use crate::app::compare::{order, reference};
use crate::app::components::diagnostics::{finding, pointed_at, template_of};
use crate::app::components::memo::{hooked, memo};
use crate::app::components::shared::{Dispatch, Shared, rich};
use crate::app::i18n::Lang;
use crate::app::state::CompareChoices;
use crate::app::wire::{CompareView, ReportView, RowView};
use crate::diagnostic::Severity;
use crate::recipe::catalog::find;

mod axis;
mod config;
mod controls;
mod counts;
mod grid;
mod pair;
mod strip;
mod why;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    /// The newest comparison.
    pub(crate) view: Option<Shared<CompareView>>,
    pub(crate) choices: CompareChoices,
    /// The options that were set, by recipe.
    pub(crate) options: Table<String, Table<String, String>>,
    /// Whether a newer comparison is on its way.
    pub(crate) waiting: bool,
    /// The pasted text, which findings point into.
    pub(crate) text: Rc<str>,
    /// The report, for the template's text.
    pub(crate) template: Option<Shared<ReportView>>,
    pub(crate) dispatch: Dispatch,
}

/// The cell that the keyboard is on, or that was chosen: the recipe, and the column of the axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Spot {
    recipe: String,
    column: usize,
}

/// What a recipe is called where many stand beside each other.
fn name(lang: Lang, row: &RowView) -> String {
    find(&row.recipe).map_or_else(|| row.recipe.clone(), |recipe| lang.of(&recipe.title))
}

/// The view.
pub(crate) fn compare(props: Props) -> Html {
    hooked(props, |props, context| use_compare(props).run(context))
}

#[hook]
fn use_compare(props: &Props) -> Html {
    let Props { lang, view, choices, dispatch, .. } = props.clone();
    let spot = use_state(Spot::default);
    let open = use_state(|| false);
    let choose = {
        let (spot, open) = (spot.clone(), open.clone());
        Callback::from(move |(to, opened): (Spot, bool)| {
            spot.set(to);
            if opened {
                open.set(true);
            }
        })
    };
    let toggle = {
        let open = open.clone();
        Callback::from(move |()| open.set(!*open))
    };
    let shown = view.filter(|view| !view.rows.is_empty());
    let findings = props.view.iter().flat_map(|view| &view.diagnostics).map(|found| {
        let text = pointed_at(found, &props.text, template_of(props.template.as_deref()));
        let role = if found.severity == Severity::Error { "alert" } else { "note" };
        html! { <div class="top-error" {role}>{ finding(lang, found, text, None) }</div> }
    });
    html! {
        <main class="compare">
            <div class={classes!("proof", props.waiting.then_some("stale"))} id="compare" role="tabpanel"
                aria-labelledby="tab-compare" aria-busy={props.waiting.to_string()} tabindex="-1">
                <header class="cmp-head">
                    <h2>{ lang.pick("One conversation, every trainer", "同一段对话，每个训练器的结果") }</h2>
                    <p class="soft">{ lang.pick(
                        "The same messages, template and tokenizer under every trainer’s own rule. A row is a trainer, a column a token; where a trainer renders other text, its tokens stand in columns of their own.",
                        "消息、聊天模板和分词器相同，分别按各训练器自己的规则处理。每行是一个训练器，每列是一个 token；训练器渲染出的文本不同时，多出的 token 单独成列。",
                    ) }</p>
                </header>
                { memo(controls::Props { lang, view: shown.clone(), choices: choices.clone(), dispatch: dispatch.clone() }, controls::controls) }
                { for findings }
                { match &shown {
                    None if props.view.is_none() || props.waiting => html! {
                        <p class="state-line">{ lang.pick("Running every recipe…", "正在运行各个规则……") }</p>
                    },
                    None => html! {
                        <p class="state-line">{ lang.pick("There is nothing to compare.", "没有可对比的内容。") }</p>
                    },
                    Some(view) => html! { <>
                        { grid::grid(grid::Props { lang, view: view.clone(), choices: choices.clone(), options: props.options.clone(), spot: (*spot).clone(), choose, dispatch: dispatch.clone() }) }
                        { without(lang, view, &choices) }
                        { memo(pair::Props { lang, view: view.clone(), choices: choices.clone(), dispatch: dispatch.clone() }, pair::pair) }
                        { memo(counts::Props { lang, view: view.clone(), choices: choices.clone() }, counts::counts) }
                        { config::all(lang, view, &choices) }
                    </> },
                } }
            </div>
            <aside class="pane why">
                { memo(why::Props { lang, view: shown, choices, spot: (*spot).clone(), open: *open, toggle }, why::why) }
            </aside>
        </main>
    }
}

/// The trainers that make no sample of the conversation, and why.
fn without(lang: Lang, view: &CompareView, choices: &CompareChoices) -> Html {
    let rows = order(view, choices).into_iter().map(|at| &view.rows[at]);
    let left: Vec<_> = rows.filter_map(|row| row.outcome.as_ref().err().map(|why| (row, why))).collect();
    if left.is_empty() {
        return Html::default();
    }
    html! {
        <section class="cmp-part">
            <h3>{ lang.pick("Without a sample", "没有得到样本") }</h3>
            <dl class="cmp-left">
                { for left.into_iter().map(|(row, why)| html! {
                    <><dt data-dropped={row.recipe.clone()}>{ name(lang, row) }</dt><dd>{ rich(&lang.of(why)) }</dd></>
                }) }
            </dl>
        </section>
    }
}

/// The row that the others are held against.
fn against<'a>(view: &'a CompareView, choices: &CompareChoices) -> Option<&'a RowView> {
    reference(view, choices).map(|at| &view.rows[at])
}
