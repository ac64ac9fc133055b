//! The lesson: a card beside the live page, a step at a time. It is not modal: the page is what it speaks of.

use std::rc::Rc;

use gloo::utils::document;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::hooked;
use crate::app::components::shared::{Dispatch, clicked, focus, rich};
use crate::app::i18n::Lang;
use crate::app::lesson::{Goal, SETTINGS};
use crate::app::platform;
use crate::app::state::{Action, Dialog, LessonMove};
use crate::lesson::{Step, filled};

/// The id of the button that opens it; the keyboard goes back there.
pub(crate) const BUTTON: &str = "lesson-open";

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    /// The step, from 0.
    pub(crate) step: usize,
    /// How often a step was gone to: the keyboard follows.
    pub(crate) moves: u32,
    /// What is said, when it has come.
    pub(crate) words: Option<Rc<[Step]>>,
    /// Whether the page has nothing to wait for.
    pub(crate) ready: bool,
    /// What is on the page when the reader has tried what the step asks.
    pub(crate) done: Option<Vec<String>>,
    pub(crate) dispatch: Dispatch,
}

/// What the button says that opens the lesson, given whether it is open and its step.
pub(crate) fn name(lang: Lang, (open, step): (bool, usize)) -> String {
    if open || step == 0 {
        return lang.pick("Lesson", "教程").to_owned();
    }
    let words = lang.pick("Continue the lesson", "继续教程");
    format!("{words} ({}/{})", step + 1, SETTINGS.len())
}

/// What a reader is told who comes for the first time.
pub(crate) fn hint(lang: Lang, dispatch: &Dispatch) -> Html {
    let dismiss = lang.pick("Don’t show this again", "不再显示");
    html! {
        <section class="lesson-hint" aria-label={lang.pick("First visit", "初次使用")}>
            <span>{ lang.pick("New to loss masks?", "第一次听说损失掩码？") }</span>
            <button class="txt-link" onclick={clicked(dispatch, || Action::Lesson(LessonMove::Open))}>
                { lang.pick("The lesson explains loss masks in five minutes", "五分钟教程，讲明白什么是损失掩码") }
            </button>
            <button class="btn icon" onclick={clicked(dispatch, || Action::Lesson(LessonMove::Dismiss))} aria-label={dismiss} title={dismiss}>
                { icon(Icon::Close) }
            </button>
        </section>
    }
}

/// Brings something into sight; false where it is not there yet.
fn show(selector: &str) -> bool {
    let Ok(Some(element)) = document().query_selector(selector) else { return false };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
    true
}

/// The card.
pub(crate) fn lesson(props: Props) -> Html {
    hooked(props, |props, context| use_lesson(props).run(context))
}

#[hook]
fn use_lesson(props: &Props) -> Html {
    let Props { lang, step, moves, words, ready, dispatch, .. } = props.clone();
    let (card, title) = (use_node_ref(), use_node_ref());
    // The move at which it was folded: every step begins unfolded.
    let folded_at = use_state(|| None);
    let folded = *folded_at == Some(moves);
    let setting = SETTINGS.get(step).unwrap_or(&SETTINGS[0]);
    let said = words.as_ref().and_then(|words| words.get(step));

    // What was done stays done until the next step. A run of the lab may be one of before.
    let tried = use_mut_ref(|| (moves, None));
    let done = {
        let mut tried = tried.borrow_mut();
        if tried.0 != moves || setting.goal == Goal::Train {
            *tried = (moves, None);
        }
        if props.done.is_some() {
            tried.1.clone_from(&props.done);
        }
        tried.1.clone()
    };

    // The page leaves so much room as the card takes.
    {
        let card = card.clone();
        use_effect(move || {
            let height = card.cast::<HtmlElement>().map_or(0, |card| card.offset_height());
            platform::set_lesson(Some(setting.id), height);
        });
    }
    use_effect_with((), |()| || platform::set_lesson(None, 0));
    {
        let title = title.clone();
        use_effect_with((moves, said.is_some()), move |(moves, said)| {
            if *moves > 0
                && *said
                && let Some(title) = title.cast::<web_sys::Element>()
            {
                focus(&title);
            }
        });
    }
    let shown = use_mut_ref(|| 0);
    // With its words the card has its height, which is kept clear.
    use_effect_with((moves, ready && said.is_some()), move |(moves, ready)| {
        if *ready && *shown.borrow() != *moves && show(setting.points_at) {
            *shown.borrow_mut() = *moves;
        }
    });

    use_effect_with((moves, done.is_some()), move |(_, done)| {
        if let Some(changes) = setting.changes.filter(|_| *done && platform::is_phone()) {
            show(changes);
        }
    });

    // The keyboard goes back to where the lesson was opened.
    let leave = {
        let dispatch = dispatch.clone();
        move |how: LessonMove| {
            dispatch.dispatch(Action::Lesson(how));
            if let Some(button) = document().get_element_by_id(BUTTON) {
                focus(&button);
            }
        }
    };
    let leaving = |how: LessonMove| {
        let leave = leave.clone();
        Callback::from(move |_: MouseEvent| leave(how))
    };
    let onkeydown = {
        let leave = leave.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                leave(LessonMove::Leave);
            }
        })
    };
    let go = |to: usize| clicked(&dispatch, move || Action::Lesson(LessonMove::Step(to)));
    let fold = Callback::from(move |_: MouseEvent| folded_at.set((!folded).then_some(moves)));
    let (number, all) = (step + 1, SETTINGS.len());
    let is_last = number == all;
    html! {
        <aside class={classes!("lesson-card", folded.then_some("folded"))} aria-label={lang.pick("Lesson", "教程")} ref={card} {onkeydown}>
            <div class="lesson-top">
                <p id="lesson-at">{ match lang {
                    Lang::En => format!("Step {number} of {all}"),
                    Lang::Zh => format!("第 {number} 步，共 {all} 步"),
                } }</p>
                <div class="strip" aria-hidden="true">{ for (0..all).map(|at| html! { <i class={(at <= step).then_some("t")} /> }) }</div>
                <button class="btn icon lesson-fold" onclick={fold} aria-expanded={(!folded).to_string()}
                    aria-label={lang.pick("Words of this step", "展开讲解")}>{ icon(Icon::Down) }</button>
                <button class="btn icon" onclick={leaving(LessonMove::Leave)} aria-label={lang.pick("Leave the lesson", "离开教程")}
                    title={lang.pick("Leave: your text and choices come back", "离开：恢复你原来的内容和设置")}>{ icon(Icon::Close) }</button>
            </div>
            if let Some(said) = said {
                <h2 id="lesson-title" tabindex="-1" aria-describedby="lesson-at" ref={title}>{ lang.of(&said.title) }</h2>
                <div class="lesson-says">
                    { for said.says.iter().map(|words| html! { <p>{ rich(&lang.of(words)) }</p> }) }
                </div>
                <div class="lesson-try">
                    <p><b>{ lang.pick("Try it", "试一试") }</b>{ " " }{ rich(&lang.of(&said.ask)) }</p>
                    if let Some((words, work)) = said.button.as_ref().zip(setting.opens) {
                        <button class="btn line" aria-haspopup="dialog" onclick={clicked(&dispatch, move || Action::Dialog(Some(Dialog::Work(work))))}>{ lang.of(words) }</button>
                    }
                </div>
                <div class="lesson-done" role="status">
                    if let Some(values) = done {
                        <p>{ icon(Icon::Done) }<span>{ rich(&filled(&lang.of(&said.done), &values)) }</span></p>
                    }
                </div>
            } else {
                <p class="quiet">{ lang.pick("Loading…", "正在加载……") }</p>
            }
            <div class="lesson-go">
                <button class="btn line" disabled={step == 0} onclick={go(step.saturating_sub(1))}>{ lang.pick("Back", "上一步") }</button>
                if is_last {
                    <button class="txt-link" onclick={leaving(LessonMove::Keep)}>{ lang.pick("Keep this and leave", "保留现状并离开") }</button>
                    <button class="btn solid" onclick={leaving(LessonMove::Finish)}
                        title={lang.pick("Your text and choices come back", "恢复你原来的内容和设置")}>{ lang.pick("Finish", "完成") }</button>
                } else {
                    <button class="btn solid" onclick={go(number)}>{ lang.pick("Next", "下一步") }</button>
                }
            </div>
        </aside>
    }
}
