//! The bar at the top: the wordmark, the tabs that exist, and the actions.

use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::lesson;
use crate::app::components::memo::memo;
use crate::app::components::shared::{Dispatch, clicked};
use crate::app::components::tabs;
use crate::app::i18n::Lang;
use crate::app::platform;
use crate::app::state::{Action, Dialog, LessonMove, Tab, Theme};
use crate::app::wire::Work;
use crate::export::Form;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
    pub(crate) tab: Tab,
    /// Whether the lesson is open, and the step that it would open with.
    pub(crate) lesson: (bool, usize),
    pub(crate) dispatch: Dispatch,
}

/// The bar.
pub(crate) fn bar(props: &Props) -> Html {
    let Props { lang, theme, tab, lesson, dispatch } = props.clone();
    let lesson_name = lesson::name(lang, lesson);
    let turn = clicked(&dispatch, move || {
        Action::Theme(if platform::is_dark(theme) { Theme::Light } else { Theme::Dark })
    });
    html! {
        <header class="bar">
            <h1 class="mark">
                <span class="mark-t">{ "loss" }</span><span class="mark-m">{ "mask" }</span>
            </h1>
            { memo(tabs::Props { lang, tab, dispatch: dispatch.clone() }, tabs::tabs) }
            <div class="acts">
                <button class="btn" id={lesson::BUTTON} onclick={clicked(&dispatch, || Action::Lesson(LessonMove::Open))} aria-expanded={lesson.0.to_string()}
                    aria-label={lesson_name.clone()} title={lesson_name.clone()}>
                    { icon(Icon::Book) }<span>{ lesson_name }</span>
                </button>
                <button class="btn" onclick={clicked(&dispatch, || Action::Dialog(Some(Dialog::Gallery)))} aria-haspopup="dialog"
                    aria-label={lang.pick("Examples", "示例")}>
                    { icon(Icon::List) }<span>{ lang.pick("Examples", "示例") }</span>
                </button>
                <button class="btn" onclick={clicked(&dispatch, || Action::Dialog(Some(Dialog::Share)))} aria-haspopup="dialog"
                    aria-label={lang.pick("Share", "分享")}>
                    { icon(Icon::Share) }<span>{ lang.pick("Share", "分享") }</span>
                </button>
                <button class="btn" onclick={clicked(&dispatch, || Action::Dialog(Some(Dialog::Work(Work::Export(Form::Python, None)))))}
                    aria-haspopup="dialog" aria-label={lang.pick("Export", "导出")}>
                    { icon(Icon::Export) }<span>{ lang.pick("Export", "导出") }</span>
                </button>
                <button class="btn icon" onclick={clicked(&dispatch, || Action::Dialog(Some(Dialog::Keys)))} aria-haspopup="dialog"
                    aria-label={lang.pick("Keyboard keys", "键盘操作")} title={lang.pick("Keyboard keys (?)", "键盘操作（?）")}>
                    { icon(Icon::Keys) }
                </button>
                <span class="vr"></span>
                <button class="btn" onclick={clicked(&dispatch, move || Action::Lang(lang.other()))} lang={lang.other().tag()}>
                    <span class="keep">{ lang.pick("中文", "EN") }</span>
                </button>
                <button class="btn icon" onclick={turn} aria-label={lang.pick("Light or dark", "浅色或深色")}
                    title={lang.pick("Light or dark", "浅色或深色")}>
                    { icon(Icon::Theme) }
                </button>
            </div>
        </header>
    }
}
