//! The page: the store, the worker's desk, and where each part stands.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::app::BUILD;
use crate::app::components::bar;
use crate::app::components::bring;
use crate::app::components::compare;
use crate::app::components::dataset;
use crate::app::components::diagnostics;
use crate::app::components::editor::{self, Selected};
use crate::app::components::file;
use crate::app::components::gallery;
use crate::app::components::inspector;
use crate::app::components::keeping::use_keeping;
use crate::app::components::keys;
use crate::app::components::lab;
use crate::app::components::lesson;
use crate::app::components::memo::memo;
use crate::app::components::past;
use crate::app::components::questions::use_questions;
use crate::app::components::samples;
use crate::app::components::setup::{self, tokenizer_name};
use crate::app::components::share;
use crate::app::components::shared::{Dispatch, Shared, Store, clicked, focus, rich};
use crate::app::components::tabs::panel;
use crate::app::components::template;
use crate::app::components::template_pane;
use crate::app::components::work;
use crate::app::desk::Desk;
use crate::app::lesson::{SETTINGS, reached};
use crate::app::platform;
use crate::app::state::{Action, Aside, Dialog, State, Tab};

/// The loader that Trunk writes for the worker, beside the page.
const WORKER_SCRIPT: &str = "worker_loader.js?";

/// The page.
#[component]
pub fn Page() -> Html {
    let store = use_reducer(|| {
        let state = State::new(platform::choices(), platform::lang(), platform::theme(), platform::embed());
        Store(State { link: platform::link(), ..state })
    });
    let dispatch = store.dispatcher();
    let state = &store.0;

    let desk = {
        let dispatch = dispatch.clone();
        use_memo((), move |()| {
            Desk::open(platform::worker_script(&format!("{WORKER_SCRIPT}{BUILD}")), move |action| {
                dispatch.dispatch(action);
            })
        })
    };

    let tell_lab = use_questions(&store, &desk);
    let tab = state.tab();

    use_effect_with(state.lang, |lang| platform::set_lang(*lang));
    use_effect_with(state.theme, |theme| platform::set_theme(*theme));
    use_effect_with(state.embed, |embed| platform::set_embed(*embed));
    use_effect_with(state.progress(), |progress| platform::set_progress(progress));
    use_keeping(&store, &desk);
    {
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| {
            // A listener is passive unless it says that it may keep the browser from undoing too.
            let options = EventListenerOptions::enable_prevent_default();
            let listener = EventListener::new_with_options(&document(), "keydown", options, move |event| {
                if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                    page_key(event, &dispatch);
                }
            });
            move || drop(listener)
        });
    }
    {
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| {
            let update = dispatch.clone();
            let listeners = [
                EventListener::new(&window(), "lossmask-update", move |_| update.dispatch(Action::Updated)),
                EventListener::new(&window(), "hashchange", move |_| {
                    if let Some(link) = platform::link() {
                        dispatch.dispatch(Action::Link(link));
                    }
                }),
            ];
            move || drop(listeners)
        });
    }

    let lang = state.lang;
    let newest = state.report.clone().map(Shared);
    let hello = Shared(state.hello.clone());
    let (shown, current) = match state.shown() {
        Some((report, current)) => (Some(Shared(report.clone())), current),
        None => (None, true),
    };
    let inspected = state.inspected();
    let token = shown
        .as_ref()
        .zip(inspected)
        .and_then(|(report, at)| Some((report.sample(at.sample)?.clone(), at.token)));
    let mark = token.as_ref().filter(|_| current).and_then(|(sample, token)| sample.source(*token));
    let selected = shown
        .as_ref()
        .filter(|_| current)
        .zip(state.selection.filter(|selection| !selection.is_empty()))
        .and_then(|(report, selection)| {
            report.samples().find_map(|(place, sample)| {
                let tokens = sample.tokens_of(selection)?;
                let trained = tokens.clone().filter(|token| sample.is_trained(*token)).count();
                Some(Selected { tokens: tokens.len(), trained, sample: place })
            })
        });
    let samples = newest.as_ref().map_or(0, |report| report.samples().count());
    let kept = &state.choices.lesson;
    let writer = token.as_ref().and_then(|(sample, token)| sample.writer(*token));
    html! {
        <>
            <a class="skip" href={format!("#{}", panel(tab))} onclick={Callback::from(move |event: MouseEvent| skip(&event, tab))}>
                { if tab == Tab::Samples { lang.pick("To the samples", "跳到样本") } else { lang.pick("To the view", "跳到正文") } }
            </a>
            { memo(bar::Props { lang, theme: state.theme, tab, lesson: (kept.is_open(), kept.step), dispatch: dispatch.clone() }, bar::bar) }
            { setup::setup(setup::Props { lang, choices: state.choices.clone(), report: shown.clone(), current, took: state.took, own: state.own.list.clone(), dispatch: dispatch.clone() }) }
            // A place of its own: the view beside it may be replaced in the same moment.
            <div>
                if kept.is_open() && !state.embed {
                    { lesson::lesson(lesson::Props { lang, step: kept.step, moves: state.lesson.moves, words: state.lesson.words.clone(), ready: state.progress() == "ready", done: SETTINGS.get(kept.step).and_then(|setting| reached(setting.goal, state)), dispatch: dispatch.clone() }) }
                } else if !kept.known {
                    { lesson::hint(lang, &dispatch) }
                }
            </div>
            if let Some(notice) = &state.notice {
                <p class="notice" role="status">
                    { rich(&lang.of(notice)) }{ notice_button(lang.pick("OK", "知道了"), || Action::Noticed, &dispatch) }
                </p>
            }
            if state.updated {
                <p class="notice" role="status">
                    { lang.pick("A newer version of this page is ready; what you typed is kept.", "页面有新版本可用，输入的内容会保留。") }
                    <button class="txt-link" onclick={Callback::from(|_: MouseEvent| platform::reload())}>{ lang.pick("Open it", "打开新版本") }</button>
                </p>
            }
            if state.replaced.is_some() && !state.embed {
                <p class="notice" role="status">
                    { lang.pick("Another text stands in the box now; yours is kept.", "输入框已换成新内容，原来的内容仍保留着。") }
                    { notice_button(lang.pick("Bring it back", "恢复原内容"), || Action::Restore, &dispatch) }
                    { notice_button(lang.pick("Forget it", "不再需要"), || Action::KeepNew, &dispatch) }
                </p>
            }
            { file::drop_zone(file::Props { lang, dispatch: dispatch.clone() }) }
            if tab == Tab::Compare {
                { compare::compare(compare::Props { lang, view: state.comparison.clone().map(Shared), choices: state.choices.compare.clone(), options: state.choices.options.clone(), waiting: state.asides.has(Aside::Comparison), text: state.choices.dialogue.clone(), template: newest.clone(), dispatch: dispatch.clone() }) }
            } else if tab == Tab::Template {
                { template::template_tab(template::Props { lang, hello: hello.clone(), choices: state.choices.clone(), sheet: state.template.sheet.clone().map(Shared), last: state.template.last.clone().map(Shared), inspection: state.template.inspection.clone().map(Shared), waiting: state.asides.has(Aside::Sheet) || state.asides.has(Aside::Inspection), count: newest.as_ref().map_or(0, |report| report.count), dispatch: dispatch.clone() }) }
            } else if tab == Tab::Dataset {
                { dataset::dataset(dataset::Props { lang, view: state.batches.clone().map(Shared), choices: state.choices.dataset.clone(), file: state.file.as_ref().filter(|file| file.rows > 1).map(|file| (file.name.clone(), file.rows)), waiting: state.asides.has(Aside::Batches), hello: hello.clone(), text: state.choices.dialogue.clone(), template: newest.clone(), dispatch: dispatch.clone() }) }
            } else if tab == Tab::Lab {
                { lab::lab(lab::Props { lang, lab: state.lab.clone(), waiting: state.asides.has(Aside::Lab), choices: state.choices.lab.clone(), tell: tell_lab, dispatch: dispatch.clone() }) }
            } else {
                <main>
                    <div class="pane input">
                        { editor::editor(editor::Props { lang, ways: state.undo.ways(), text: state.choices.dialogue.clone(), report: newest.clone(), mark, format: state.choices.format.clone(), hello: hello.clone(), selected, file: state.file.clone(), dispatch: dispatch.clone() }) }
                        { template_pane::template_pane(template_pane::Props { lang, template: state.choices.template.clone(), own: state.choices.own_template.clone(), report: newest.clone(), writer, dispatch: dispatch.clone() }) }
                    </div>
                    { samples::samples(samples::Props { lang, lane: state.choices.lane, text: state.choices.dialogue.clone(), report: shown.clone(), current, newest: newest.clone(), tokenizer: state.choices.tokenizer.clone(), loading: state.tokenizer().cloned(), worker: state.worker.clone(), hello: hello.clone(), pin: state.pin, selection: state.selection, glance: state.glance, dispatch: dispatch.clone() }) }
                    <aside class="pane why">
                        { inspector::inspector(inspector::Props { lang, report: shown, at: inspected, pinned: state.pin.is_some(), dispatch: dispatch.clone() }) }
                        { memo(diagnostics::Props { lang, text: state.choices.dialogue.clone(), report: newest, dispatch: dispatch.clone() }, diagnostics::diagnostics) }
                    </aside>
                </main>
            }
            <footer class="foot">
                if state.embed {
                    <span>{ format!("{} · {} · ", state.choices.recipe, tokenizer_name(lang, &state.choices.tokenizer)) }</span>
                    <a href={platform::whole_page(lang)} target="_blank" rel="noopener">{ lang.pick("Open in lossmask", "在 lossmask 中打开") }</a>
                } else {
                <span>{ lang.pick(
                    "lossmask shows the labels that a trainer would see. Everything runs in this tab and nothing of yours is sent anywhere; only where you press Fetch, a model’s files are requested from the host that the button names.",
                    "lossmask 展示训练器实际看到的标签。所有计算都在本页完成，你的内容不会发送到任何地方；只有按下“获取”按钮时，才会向按钮上写明的网站请求模型文件。",
                ) }</span>
                }
            </footer>
            if let Some(Dialog::Work(work)) = state.dialog {
                { memo(work::Props { lang, work, made: state.made.clone().map(|(work, made)| (work, Shared(made))), samples, dispatch: dispatch.clone() }, work::worked) }
            }
            if state.dialog == Some(Dialog::Past) {
                { memo(past::Props { lang, list: state.past.list.clone(), dispatch: dispatch.clone() }, past::past) }
            }
            if state.dialog == Some(Dialog::Share) {
                { memo(share::Props { lang, shared: state.shared.clone(), dispatch: dispatch.clone() }, share::share) }
            }
            if state.dialog == Some(Dialog::Gallery) { { memo(gallery::Props { lang, hello: hello.clone(), dispatch: dispatch.clone() }, gallery::gallery) } }
            if state.dialog == Some(Dialog::Bring) { { bring::bring_dialog(bring::Props { lang, own: state.own.clone(), dispatch: dispatch.clone() }) } }
            if state.dialog == Some(Dialog::Keys) { { memo(keys::Props { lang, dispatch }, keys::keys) } }
        </>
    }
}

/// A button in a notice.
fn notice_button(words: &'static str, action: fn() -> Action, dispatch: &Dispatch) -> Html {
    let onclick = clicked(dispatch, action);
    html! { <button class="txt-link" {onclick}>{ words }</button> }
}

/// Puts the keyboard on the open view. The address in the link would be read from `<base>`, without the query, and load
/// the page again.
fn skip(event: &MouseEvent, tab: Tab) {
    event.prevent_default();
    if let Some(panel) = document().get_element_by_id(panel(tab)) {
        focus(&panel);
    }
}

/// Keys that work everywhere but in a box.
fn page_key(event: &KeyboardEvent, dispatch: &Dispatch) {
    if (event.ctrl_key() || event.meta_key()) && !event.alt_key() {
        let key = event.key().to_ascii_lowercase();
        let action = match (key.as_str(), event.shift_key()) {
            ("z", false) => Action::Undo,
            ("z", true) | ("y", false) => Action::Redo,
            _ => return,
        };
        // A box has an undo of its own, and a dialog hides what would change.
        if !is_in(event, "textarea, input:not([type=checkbox], [type=radio], [type=range]), dialog") {
            event.prevent_default();
            dispatch.dispatch(action);
        }
        return;
    }
    match event.key().as_str() {
        "Escape" => dispatch.dispatch(Action::Release),
        "?" if !is_in(event, "textarea, input, select") => {
            dispatch.dispatch(Action::Dialog(Some(Dialog::Keys)));
        }
        _ => {}
    }
}

/// Whether a key was pressed in something that a selector names.
fn is_in(event: &KeyboardEvent, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
}
