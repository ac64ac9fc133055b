//! The view Dataset: many conversations, what is cut off their samples, and the batches that they become.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::components::diagnostics::{finding, pointed_at, template_of};
use crate::app::components::memo::{hooked, memo};
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::i18n::Lang;
use crate::app::state::{Action, DatasetChoices};
use crate::app::wire::{BatchView, Hello, MOST_CONVERSATIONS, ReportView, Scope};

mod columns;
mod controls;
mod rows;
mod samples;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) hello: Shared<Hello>,
    /// The newest batches.
    pub(crate) view: Option<Shared<BatchView>>,
    pub(crate) choices: DatasetChoices,
    /// The name of the open file and how many conversations it has.
    pub(crate) file: Option<(Rc<str>, usize)>,
    /// Whether newer batches are on their way.
    pub(crate) waiting: bool,
    /// The pasted text, which findings point into.
    pub(crate) text: Rc<str>,
    /// The report, for the template's text.
    pub(crate) template: Option<Shared<ReportView>>,
    pub(crate) dispatch: Dispatch,
}

/// What the parts share.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Part {
    pub(crate) lang: Lang,
    pub(crate) view: Shared<BatchView>,
    pub(crate) choices: DatasetChoices,
    pub(crate) dispatch: Dispatch,
}

/// Changes the choices by what an event brings.
fn change<E: 'static>(
    choices: &DatasetChoices,
    dispatch: &Dispatch,
    how: impl Fn(&mut DatasetChoices, E) + 'static,
) -> Callback<E> {
    let (choices, dispatch) = (choices.clone(), dispatch.clone());
    Callback::from(move |event: E| {
        let mut next = choices.clone();
        how(&mut next, event);
        dispatch.dispatch(Action::Dataset(next));
    })
}

/// The view.
pub(crate) fn dataset(props: Props) -> Html {
    hooked(props, |props, context| use_dataset(props).run(context))
}

#[hook]
fn use_dataset(props: &Props) -> Html {
    let Props { lang, view, choices, dispatch, .. } = props.clone();
    let found = view.iter().flat_map(|view| &view.diagnostics);
    let found: Vec<_> = found
        .map(|found| {
            let dialogue = if choices.scope == Scope::Dialogue { &*props.text } else { "" };
            finding(lang, found, pointed_at(found, dialogue, template_of(props.template.as_deref())), None)
        })
        .collect();
    html! {
        <main class="compare dataset">
            <div class={classes!("proof", props.waiting.then_some("stale"))} id="dataset" role="tabpanel"
                aria-labelledby="tab-dataset" aria-busy={props.waiting.to_string()} tabindex="-1">
                <header class="cmp-head">
                    <h2>{ lang.pick("From samples to a batch", "从样本到批次") }</h2>
                    <p class="soft">{ lang.pick(
                        "Every conversation under the chosen recipe, then cut, padded or packed as the trainer’s own code does it. Nothing is shuffled here.",
                        "每段对话先按所选规则变成样本，再按训练器自己的代码截断、填充或拼接。此处不打乱顺序。",
                    ) }</p>
                </header>
                { memo(controls::Props { lang, hello: props.hello.clone(), view: view.clone(), choices: choices.clone(), file: props.file.clone(), dispatch: dispatch.clone() }, controls::controls) }
                { match view {
                    None => html! { <p class="state-line">{ lang.pick("Making batches…", "正在生成批次……") }</p> },
                    Some(view) if view.samples.is_empty() && view.error.is_none() => html! {
                        <p class="state-line">{ lang.pick("There is no sample to put into a batch.", "没有可放入批次的样本。") }</p>
                    },
                    Some(view) => html! { <>
                        if let Some(error) = &view.error {
                            <div class="top-error" role="alert">{ finding(lang, error, "", None) }</div>
                        }
                        { taken(lang, &view, &choices, &dispatch) }
                        { memo(Part { lang, view: view.clone(), choices: choices.clone(), dispatch: dispatch.clone() }, samples::samples) }
                        if !view.rows.is_empty() {
                            { memo(Part { lang, view: view.clone(), choices: choices.clone(), dispatch: dispatch.clone() }, rows::rows) }
                            { columns::columns(Part { lang, view, choices, dispatch }) }
                        }
                    </> },
                } }
            </div>
            <aside class="pane why">
                <section aria-label={lang.pick("Diagnostics", "诊断")}>
                    <div class="pane-h"><h2>{ lang.pick("Diagnostics", "诊断") }</h2></div>
                    if found.is_empty() {
                        <p class="quiet">{ lang.pick("Nothing to report.", "没有发现问题。") }</p>
                    }
                    { for found }
                </section>
            </aside>
        </main>
    }
}

/// Which conversations these are, where that needs saying.
fn taken(lang: Lang, view: &BatchView, choices: &DatasetChoices, dispatch: &Dispatch) -> Html {
    let [count, taken, without] = view.conversations;
    let words = match lang {
        Lang::En => lang.count(taken, "conversation", "conversations", ""),
        Lang::Zh => lang.count(taken, "", "", "段对话"),
    };
    let of = if taken < count {
        match lang {
            Lang::En => format!(" of {}: the first ones", lang.number(count)),
            Lang::Zh => format!("（共 {} 段，取最前面的）", lang.number(count)),
        }
    } else if choices.scope == Scope::File && taken == MOST_CONVERSATIONS {
        lang.pick(" of the file: the first ones", "（取文件最前面的）").to_owned()
    } else {
        String::new()
    };
    let none = match lang {
        _ if without == 0 => String::new(),
        Lang::En => format!(", {without} without a sample"),
        Lang::Zh => format!("，其中 {without} 段没有样本"),
    };
    let all = change(choices, dispatch, |choices, _: MouseEvent| choices.scope = Scope::Examples);
    html! {
        <p class="ds-taken">
            { words }{ of }{ none }
            if count == 1 && choices.scope == Scope::Dialogue {
                { " " }<button class="txt-link" onclick={all}>{ lang.pick("Take all examples instead", "改用全部示例") }</button>
            }
        </p>
    }
}

/// A sign and what it stands for.
fn key(class: &'static str, word: &'static str) -> Html {
    let path = match class {
        "t" | "lost" => "M1 3h16v16h-16z",
        "m" | "faint" => "M0 10h18v2h-18z",
        "pad" => "M1 6h16v10h-16z",
        "pos" => "M1 21L17 1",
        _ => "M9 0v22",
    };
    html! { <span><svg class="ds-strip" viewBox="0 0 18 22" aria-hidden="true"><path {class} d={path} /></svg>{ word }</span> }
}
