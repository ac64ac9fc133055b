//! How much is trained, in numbers and as a bar.

use yew::prelude::*;

use crate::app::components::shared::Shared;
use crate::app::i18n::Lang;
use crate::app::wire::ReportView;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) report: Option<Shared<ReportView>>,
    /// How long the worker took for it, in milliseconds.
    pub(crate) took: f64,
}

/// The counts of all samples together.
pub(crate) fn summary(props: &Props) -> Html {
    let lang = props.lang;
    let samples = || props.report.iter().flat_map(|report| report.samples());
    let count = samples().count();
    let tokens: usize = samples().map(|(_, sample)| sample.len()).sum();
    let trained: usize = samples().map(|(_, sample)| sample.trained).sum();
    let part = |number: usize, class: &'static str, en: &'static str, zh: &'static str| {
        html! { <span class="part"><b class={class}>{ lang.number(number) }</b>{ " " }{ lang.pick(en, zh) }</span> }
    };
    let share = if tokens == 0 { 0.0 } else { 100.0 * trained as f64 / tokens as f64 };
    html! {
        <div class="sum">
            <p role="status" aria-label={lang.pick("Summary", "汇总")} data-took={format!("{:.1}", props.took)}>
                <span class="part">{ lang.count(count, "sample", "samples", "个样本") }</span>{ " " }
                { part(tokens, "", if tokens == 1 { "token" } else { "tokens" }, "个 token") }{ " " }
                { part(trained, "tr", "trained", "参与训练") }{ " " }
                { part(tokens - trained, "", "masked", "被忽略") }
            </p>
            <svg class="ratio" aria-hidden="true" width="100%" height="8">
                <rect width="100%" height="8" class="hatch" />
                <rect width={format!("{share}%")} height="8" class="t" />
            </svg>
        </div>
    }
}
