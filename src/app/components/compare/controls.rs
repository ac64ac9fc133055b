//! Which trainers are compared with which, in which order, and over which columns.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{against, name};
use crate::app::components::icons::{Icon, icon};
use crate::app::components::setup::{entry, picker, value};
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::i18n::Lang;
use crate::app::state::{Action, CompareChoices, Sort};
use crate::app::wire::{CompareView, RowView};
use crate::recipe::catalog::RECIPES;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) view: Option<Shared<CompareView>>,
    pub(crate) choices: CompareChoices,
    pub(crate) dispatch: Dispatch,
}

/// Changes the choices by what an event brings.
pub(crate) fn change<E: 'static>(
    choices: &CompareChoices,
    dispatch: &Dispatch,
    how: impl Fn(&mut CompareChoices, E) + 'static,
) -> Callback<E> {
    let (choices, dispatch) = (choices.clone(), dispatch.clone());
    Callback::from(move |event: E| {
        let mut next = choices.clone();
        how(&mut next, event);
        dispatch.dispatch(Action::Compare(next));
    })
}

const SORTS: [(Sort, &str); 3] =
    [(Sort::Trained, "trained"), (Sort::Name, "name"), (Sort::Difference, "difference")];

/// The controls.
pub(crate) fn controls(props: &Props) -> Html {
    let Props { lang, view, choices, dispatch } = props;
    let lang = *lang;
    let usable: Vec<_> = view.iter().flat_map(|view| &view.rows).filter(|row| row.outcome.is_ok()).collect();
    let reference = view.as_ref().and_then(|view| against(view, choices)).map(|row| row.recipe.as_str());
    let references = usable
        .iter()
        .map(|row| entry(&row.recipe, name(lang, row), Some(row.recipe.as_str()) == reference))
        .collect();
    let sorts = SORTS.map(|(sort, id)| {
        let title = match sort {
            Sort::Trained => lang.pick("trained tokens", "参与训练的 token 数"),
            Sort::Name => lang.pick("name", "名称"),
            Sort::Difference => lang.pick("difference to the reference", "与基准的差异"),
        };
        entry(id, title.to_owned(), choices.sort == sort)
    });
    let set_reference = change(choices, dispatch, |choices, event: Event| choices.reference = value(&event));
    let set_sort = change(choices, dispatch, |choices, event: Event| {
        let chosen = value(&event);
        choices.sort = SORTS.iter().find(|(_, id)| *id == chosen).map_or(Sort::Trained, |(sort, _)| *sort);
    });
    let only = change(choices, dispatch, |choices, event: Event| choices.only_differences = checked(&event));
    html! {
        <div class="cmp-controls" role="group" aria-label={lang.pick("What is compared", "对比设置")}>
            { picker("pick-reference", lang.pick("Reference", "基准"), set_reference, references) }
            { picker("pick-sort", lang.pick("Sort by", "排序"), set_sort, sorts.to_vec()) }
            { for usable.iter().filter(|row| row.samples > 1).map(|row| sample_picker(props, row)) }
            <label class="cmp-check">
                <input type="checkbox" checked={choices.only_differences} onchange={only} />
                { lang.pick("Only differing positions", "只看有差异的位置") }
            </label>
            <details class="cmp-choose">
                <summary>{ match lang {
                    Lang::En => format!("Trainers ({} of {})", RECIPES.len() - choices.hidden.len().min(RECIPES.len()), RECIPES.len()),
                    Lang::Zh => format!("训练器（{}/{}）", RECIPES.len() - choices.hidden.len().min(RECIPES.len()), RECIPES.len()),
                } }</summary>
                <fieldset>
                    <legend>{ lang.pick("Trainers that are compared", "参与对比的训练器") }</legend>
                    { for RECIPES.iter().map(|recipe| {
                        let id = recipe.id;
                        let onchange = change(choices, dispatch, move |choices, event: Event| {
                            if checked(&event) {
                                choices.hidden.retain(|hidden| hidden != id);
                            } else {
                                choices.hidden.push(id.to_owned());
                            }
                        });
                        html! { <label class="cmp-check" key={id}>
                            <input type="checkbox" checked={!choices.hidden.iter().any(|hidden| hidden == id)} {onchange} />{ lang.of(&recipe.title) }
                        </label> }
                    }) }
                </fieldset>
            </details>
        </div>
    }
}

/// Which of the samples of a recipe is compared.
fn sample_picker(props: &Props, row: &RowView) -> Html {
    let shown = row.outcome.as_ref().map_or(0, |shown| shown.place);
    let recipe = row.recipe.clone();
    let onchange = change(&props.choices, &props.dispatch, move |choices, event: Event| {
        if let Ok(place) = value(&event).parse() {
            choices.samples.insert(recipe.clone(), place);
        }
    });
    // A list of thousands helps nobody.
    let first = shown.saturating_sub(50);
    let options = (first..row.samples.min(first + 100)).map(|place| {
        entry(
            &place.to_string(),
            props.lang.pick("sample ", "样本 ").to_owned() + &(place + 1).to_string(),
            place == shown,
        )
    });
    html! {
        <label class="field" key={row.recipe.clone()}>
            <span class="label">{ match props.lang {
                Lang::En => format!("{}: of its {} samples", row.recipe, row.samples),
                Lang::Zh => format!("{}：共 {} 个样本", row.recipe, row.samples),
            } }</span>
            <span class="select"><select {onchange}>{ for options }</select>{ icon(Icon::Down) }</span>
        </label>
    }
}

/// Whether the box that an event came from is ticked.
fn checked(event: &Event) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        .is_some_and(|input| input.checked())
}
