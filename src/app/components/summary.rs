//! How much is trained, in numbers and as a bar.

use yew::prelude::*;

use crate::app::components::shared::Shared;
use crate::app::i18n::Lang;
use crate::app::wire::ReportView;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) report: Option<Shared<ReportView>>,
    /// Whether it is of what stands in the box; otherwise it is of what stood there before.
    pub(crate) current: bool,
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
    // Nothing is counted before there is a first report.
    let said = |number: usize| if props.report.is_some() { lang.number(number) } else { "–".to_owned() };
    let part = |number: usize, class: &'static str, words: &'static str| {
        html! { <span class="part"><b class={class}>{ said(number) }</b>{ " " }{ words }</span> }
    };
    let share = if tokens == 0 { 0.0 } else { 100.0 * trained as f64 / tokens as f64 };
    html! {
        <div class={classes!("sum", (!props.current).then_some("stale"))}>
            <p role="status" aria-label={lang.pick("Summary", "汇总")} data-took={format!("{:.1}", props.took)}>
                { part(count, "", lang.pick(if count == 1 { "sample" } else { "samples" }, "个样本")) }{ " " }
                { part(tokens, "", lang.pick(if tokens == 1 { "token" } else { "tokens" }, "个 token")) }{ " " }
                { part(trained, "tr", lang.pick("trained", "参与训练")) }{ " " }
                { part(tokens - trained, "", lang.pick("masked", "被忽略")) }
            </p>
            <svg class="ratio" aria-hidden="true" width="100%" height="8">
                <rect width="100%" height="8" class="hatch" />
                <rect width={format!("{share}%")} height="8" class="t" />
            </svg>
        </div>
    }
}
