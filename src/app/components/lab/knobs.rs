//! How a run is set up, and the buttons that drive it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{button, change, field};
use crate::app::components::icons::{Icon, icon};
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::i18n::Lang;
use crate::app::state::{Action, LabChoices};
use crate::app::wire::{AboutView, RunView, ToLab};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) about: Option<Shared<AboutView>>,
    pub(crate) run: Option<Shared<RunView>>,
    pub(crate) choices: LabChoices,
    pub(crate) tell: Callback<ToLab>,
    pub(crate) dispatch: Dispatch,
}

/// The knobs.
pub(crate) fn knobs(props: &Props) -> Html {
    let Props { lang, about, run, choices, tell, dispatch } = props.clone();
    let set = |how: fn(&mut LabChoices, String)| change(&choices, &dispatch, how);
    let together = change(&choices, &dispatch, |choices, event: Event| {
        choices.together = event.target_dyn_into::<HtmlInputElement>().is_some_and(|input| input.checked());
    });
    let ready = about.as_ref().is_some_and(|about| about.ready);
    let (running, step, steps, pace) =
        run.as_ref().map_or((false, 0, 0, 0.0), |run| (run.running, run.step, run.steps, run.pace));
    let over = step >= steps;
    let (words, sign) = match (running, step) {
        (true, _) => (lang.pick("Pause", "暂停"), Icon::Pause),
        (_, 0) => (lang.pick("Train", "训练"), Icon::Play),
        _ if over => (lang.pick("Train again", "重新训练"), Icon::Play),
        _ => (lang.pick("Go on", "继续"), Icon::Play),
    };
    let go = {
        let (tell, dispatch, choices) = (tell.clone(), dispatch.clone(), choices.clone());
        Callback::from(move |_: MouseEvent| {
            if choices.at.is_some() {
                dispatch.dispatch(Action::Lab(LabChoices { at: None, ..choices.clone() }));
            }
            tell.emit(if running { ToLab::Pause } else { ToLab::Run });
        })
    };
    let save = |words: &'static str, kind: &str| {
        button(html! { words }, "btn line small", &tell, ToLab::Save(kind.to_owned()), step == 0)
    };
    html! {
        <div class="knobs">
            <div class="lab-fields">
                { field("lab-rate", lang.pick("Learning rate", "学习率"), &choices.rate, "", &set(|to, text| to.rate = text)) }
                { field("lab-steps", lang.pick("Steps", "步数"), &choices.steps, "", &set(|to, text| to.steps = text)) }
                { field("lab-seed", lang.pick("Random seed", "随机种子"), &choices.seed, "", &set(|to, text| to.seed = text)) }
            </div>
            <label class="cmp-check">
                <input type="checkbox" checked={choices.together} onchange={together} />
                { lang.pick("Together with the examples", "与示例一起训练") }
            </label>
            <div class="go">
                <button class="btn solid" id="lab-go" disabled={!ready} onclick={go}>{ icon(sign) }{ words }</button>
                { button(html! { lang.pick("Step", "单步") }, "btn line", &tell, ToLab::Step, !ready || over) }
                { button(html! { lang.pick("Reset", "重置") }, "btn line", &tell, ToLab::Reset, !ready || step == 0) }
            </div>
            <progress max={steps.max(1).to_string()} value={step.to_string()} aria-label={lang.pick("Steps made", "训练进度")}></progress>
            <p class="quiet lab-count" data-step={step.to_string()}>
                { match lang {
                    Lang::En => format!("{} of {} steps", lang.number(step), lang.number(steps)),
                    Lang::Zh => format!("{} / {} 步", lang.number(step), lang.number(steps)),
                } }
                // What no step took is nothing to tell.
                if pace > 0.0 {
                    { match lang {
                        Lang::En => format!(", {pace:.1} ms each"),
                        Lang::Zh => format!("，每步 {pace:.1} ms"),
                    } }
                }
                { lang.pick(", in this tab, off the main thread", "，在本页的后台线程中完成") }
            </p>
            <p class="said" role="status">{ run.as_ref().map(|run| run.status.clone()) }</p>
            if let Some(about) = about.filter(|about| about.ready) {
                <ul class="legend-run">
                    <li>
                        <svg viewBox="0 0 34 10" aria-hidden="true"><path class="la" d="M0 5h34" /><circle class="a" cx="17" cy="5" r="4" /></svg>
                        <span><b>{ "A" }</b>{ " " }{ &about.legend[0] }</span>
                    </li>
                    <li>
                        <svg viewBox="0 0 34 10" aria-hidden="true"><path class="lb" d="M0 5h34" /><path class="b" d="M13 1h8v8h-8z" /></svg>
                        <span><b>{ "B" }</b>{ " " }{ &about.legend[1] }</span>
                    </li>
                </ul>
                <dl>{ for about.facts.iter().map(|(name, value)| html! { <><dt>{ name }</dt><dd>{ value }</dd></> }) }</dl>
            }
            <div class="go save">
                { save(lang.pick("Curves as CSV", "曲线 CSV"), "csv") }
                { save(lang.pick("Picture as SVG", "图片 SVG"), "svg") }
            </div>
        </div>
    }
}
