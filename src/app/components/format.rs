//! Which format the text is read in: the one that was recognised, or another one.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::setup::entry;
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::i18n::Lang;
use crate::app::state::Action;
use crate::app::wire::{Hello, ReportView};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    /// The format that was chosen; none where the reader chooses.
    pub(crate) chosen: Option<String>,
    /// Every format: id and title.
    pub(crate) hello: Shared<Hello>,
    pub(crate) report: Option<Shared<ReportView>>,
    pub(crate) dispatch: Dispatch,
}

/// The value of the entry that leaves the choice to the reader.
const AUTOMATIC: &str = "";

/// The list: what was recognised, what else claims the text, and the rest.
pub(crate) fn format_picker(props: &Props) -> Html {
    let Props { lang, chosen, hello, report, dispatch } = props.clone();
    let formats = &hello.formats;
    let candidates = report.as_ref().map_or(&[][..], |report| &report.candidates);
    let title = |id: &str| {
        formats
            .iter()
            .find(|(known, _)| known == id)
            .map_or_else(|| id.to_owned(), |(_, title)| lang.of(title))
    };
    let recognised = match candidates.first() {
        Some(first) => title(first),
        None => lang.pick("no format recognised", "未识别出格式").to_owned(),
    };
    let one = |id: &str| entry(id, title(id), chosen.as_deref() == Some(id));
    let (likely, other): (Vec<_>, Vec<_>) =
        formats.iter().map(|(id, _)| id.as_str()).partition(|id| candidates.iter().any(|known| known == id));
    let onchange = Callback::from(move |event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        dispatch.dispatch(Action::Format((value != AUTOMATIC).then_some(value)));
    });
    html! {
        <span class="select small">
            <select id="format" aria-label={lang.pick("Format", "格式")} {onchange}>
                { entry(AUTOMATIC, recognised, chosen.is_none()) }
                if !likely.is_empty() {
                    <optgroup label={lang.pick("It could be", "可能的格式")}>{ for likely.into_iter().map(one) }</optgroup>
                }
                <optgroup label={lang.pick("Other formats", "其他格式")}>{ for other.into_iter().map(one) }</optgroup>
            </select>
            { icon(Icon::Down) }
        </span>
    }
}
