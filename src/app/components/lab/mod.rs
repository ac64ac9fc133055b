//! The loss lab: two small models, trained with the mask and without.

use yew::prelude::*;

use crate::app::components::diagnostics::finding;
use crate::app::components::memo::{hooked, memo};
use crate::app::components::setup::value;
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::components::typed::{self, typed};
use crate::app::i18n::Lang;
use crate::app::state::{Action, Lab as LabState, LabChoices};
use crate::app::wire::ToLab;
use crate::diagnostic::Diagnostic;

mod charts;
mod knobs;
mod tokens;
mod written;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) lab: LabState,
    /// Whether other samples are on their way.
    pub(crate) waiting: bool,
    pub(crate) choices: LabChoices,
    /// Tells the lab's worker.
    pub(crate) tell: Callback<ToLab>,
    pub(crate) dispatch: Dispatch,
}

/// Changes the choices by what an event brings.
fn change<E: 'static>(
    choices: &LabChoices,
    dispatch: &Dispatch,
    how: impl Fn(&mut LabChoices, E) + 'static,
) -> Callback<E> {
    let (choices, dispatch) = (choices.clone(), dispatch.clone());
    Callback::from(move |event: E| {
        let mut next = choices.clone();
        how(&mut next, event);
        dispatch.dispatch(Action::Lab(next));
    })
}

/// A field for a number; what is no number is the lab's to refuse.
fn field(id: &'static str, name: &'static str, text: &str, hint: &str, set: &Callback<String>) -> Html {
    html! {
        <div class="field">
            <label for={id}>{ name }</label>
            { typed(typed::Props {
                id: Some(id), class: "lab-in", mode: Some("decimal"), text: text.to_owned(), hint: Some(hint.to_owned()),
                onchange: set.reform(|event: Event| value(&event)), ..Default::default()
            }) }
        </div>
    }
}

/// A button that tells the lab something.
fn button(words: Html, class: &'static str, tell: &Callback<ToLab>, message: ToLab, off: bool) -> Html {
    let tell = tell.clone();
    let onclick = Callback::from(move |_: MouseEvent| tell.emit(message.clone()));
    html! { <button {class} disabled={off} {onclick}>{ words }</button> }
}

fn findings(lang: Lang, all: &[Diagnostic]) -> Html {
    let one = |found: &Diagnostic| {
        let role = if found.severity == crate::diagnostic::Severity::Error { "alert" } else { "note" };
        html! { <div class="top-error" {role}>{ finding(lang, found, "", None) }</div> }
    };
    html! { <>{ for all.iter().map(one) }</> }
}

/// The view.
pub(crate) fn lab(props: Props) -> Html {
    hooked(props, |props, context| use_lab(props).run(context))
}

#[hook]
fn use_lab(props: &Props) -> Html {
    let Props { lang, lab, waiting, choices, tell, dispatch } = props.clone();
    {
        // What is not looked at is not trained.
        let tell = tell.clone();
        use_effect_with((), move |()| move || tell.emit(ToLab::Pause));
    }
    let about = lab.about.clone().map(Shared);
    let ready = about.as_ref().is_some_and(|about| about.ready);
    html! {
        <main class="lab">
            <div class={classes!("proof", waiting.then_some("stale"))} id="lab" role="tabpanel" aria-labelledby="tab-lab"
                aria-busy={waiting.to_string()} tabindex="-1">
                <header class="lab-head">
                    <h2>{ lang.pick("Train it twice: with the mask, and without", "同一个模型训练两次：加掩码与不加掩码") }</h2>
                    <p class="soft">{ lang.pick(
                        "Same model, seed, data and steps. Only the labels differ: A is trained on those of the recipe, B on every token.",
                        "模型、随机种子、数据和步数都相同，只有标签不同：A 用掩码规则给出的标签训练，B 用全部 token 训练。",
                    ) }</p>
                    <p class="quiet">{ lang.pick(
                        "Simplified: the model is tiny and knows only the tokens of these dialogues. It shows what a mask changes, and soon learns them by heart; how well a real model answers, it can’t show.",
                        "已简化：模型极小，只认识这些对话里的 token。它展示掩码改变了什么，并且很快就会把对话背下来；真实模型的回答质量，它无法说明。",
                    ) }</p>
                </header>
                if let Some(about) = &about { { findings(lang, &about.findings) } }
                if about.is_none() {
                    <p class="state-line">{ lang.pick("Setting up the lab…", "正在准备实验……") }</p>
                }
                <section class="lab-train" aria-label={lang.pick("Training", "训练")}>
                    { memo(knobs::Props { lang, about: about.clone(), run: lab.run.clone().map(Shared), choices: choices.clone(), tell: tell.clone(), dispatch: dispatch.clone() }, knobs::knobs) }
                    if let Some(run) = lab.run.clone().filter(|_| ready) {
                        { memo(charts::Props { lang, run: Shared(run), choices: choices.clone(), dispatch: dispatch.clone() }, charts::charts) }
                    }
                </section>
                if let Some((tokens, about)) = lab.tokens.clone().map(Shared).zip(about).filter(|_| ready) {
                    { memo(tokens::Props { lang, tokens, about, choices: choices.clone(), dispatch: dispatch.clone() }, tokens::tokens) }
                }
                if let Some(written) = lab.written.clone().map(Shared).filter(|_| ready) {
                    { memo(written::Props { lang, written, choices, running: lab.running(), tell, dispatch }, written::written) }
                }
            </div>
        </main>
    }
}
