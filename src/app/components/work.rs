//! The dialog over what is made when it is asked for.

use yew::prelude::*;

use crate::app::components::diagnostics::finding;
use crate::app::components::export::{self, choose};
use crate::app::components::listing;
use crate::app::components::modal::modal;
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::i18n::Lang;
use crate::app::wire::{Made, Work};
use crate::diagnostic::Diagnostic;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) work: Work,
    pub(crate) made: Option<(Work, Shared<Result<Made, Diagnostic>>)>,
    /// How many samples the conversation has.
    pub(crate) samples: usize,
    pub(crate) dispatch: Dispatch,
}

/// The dialog.
pub(crate) fn worked(props: &Props) -> Html {
    let Props { lang, work, made, samples, dispatch } = props.clone();
    let made = made.filter(|(of, _)| *of == work).map(|(_, made)| made);
    let body = match &made {
        None => html! { <p class="quiet" role="status">{ lang.pick("Being made…", "正在生成……") }</p> },
        Some(made) => match &**made {
            Err(why) => finding(lang, why, "", None),
            Ok(Made::Listing(made)) => listing::draw(lang, made),
            Ok(Made::Export(_)) => export::export(export::Props { lang, made: made.clone() }),
        },
    };
    let (title, body) = match work {
        Work::Listing => (lang.pick("The listing that does not work", "行不通的示例代码"), body),
        Work::Export(form, sample) => {
            let choose = choose(lang, form, sample, samples, &dispatch);
            (lang.pick("Export", "导出"), html! { <>{ choose }{ body }</> })
        }
    };
    modal(lang, title, &dispatch, body)
}
