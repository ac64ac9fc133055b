//! The curves of both models, and the numbers of one step.

use yew::prelude::*;

use super::change;
use crate::app::components::setup::value;
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::i18n::Lang;
use crate::app::state::LabChoices;
use crate::app::wire::{CHART, ChartView, RunView};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) run: Shared<RunView>,
    pub(crate) choices: LabChoices,
    pub(crate) dispatch: Dispatch,
}

/// The charts.
pub(crate) fn charts(props: &Props) -> Html {
    let Props { lang, run, choices, dispatch } = props;
    let lang = *lang;
    if run.charts.is_empty() {
        return html! {
            <p class="state-line">{ lang.pick(
                "Both models are still the same: random numbers. Train them, and the loss of each is drawn here, step by step.",
                "两个模型此刻完全相同，都是随机数。开始训练后，这里会逐步画出各自的 loss。",
            ) }</p>
        };
    }
    let last = run.step;
    let oninput = change(choices, dispatch, move |choices, event: InputEvent| {
        let at: Option<usize> = value(&event.into()).parse().ok();
        choices.at = at.filter(|at| *at < last);
    });
    html! {
        <div class="lab-curves">
            <div class="charts">{ for run.charts.iter().map(|chart| draw(lang, chart)) }</div>
            <div class="scrub">
                <label for="lab-at">{ lang.pick("Step", "步") }{ " " }<b class="num">{ run.at }</b></label>
                <input id="lab-at" type="range" min="1" max={last.to_string()} value={run.at.to_string()} disabled={run.running} {oninput} />
                <span class="num">{ last }</span>
            </div>
            <div class="lab-read">
                <table class="reads">
                    { for run.reads.iter().enumerate().map(|(at, [name, a, b])| html! {
                        <tr><th scope={if at == 0 { "col" } else { "row" }}>{ name }</th><td class="a">{ a }</td><td class="b">{ b }</td></tr>
                    }) }
                </table>
                <div class="lesson">{ for run.lesson.iter().map(|words| html! { <p>{ words }</p> }) }</div>
            </div>
        </div>
    }
}

fn draw(lang: Lang, chart: &ChartView) -> Html {
    let (width, height) = CHART;
    let (under, wide) = ((height + 18.0).to_string(), width.to_string());
    let name = |place: usize, words: &'static str, class: &'static str| {
        chart.ends[place].map(|(x, _, y)| {
            html! { <text {class} x={(x + 9.0).to_string()} y={(y + 4.0).to_string()}>{ words }</text> }
        })
    };
    let cursor = chart.cursor.to_string();
    html! {
        <figure class="chart">
            <figcaption>{ &chart.title }{ " " }<small>{ &chart.note }</small></figcaption>
            <svg viewBox="-30 -12 522 218" role="img" aria-label={chart.name.clone()}>
                { for chart.grid.iter().map(|(name, y)| html! { <>
                    <line class="grid" x1="0" x2={wide.clone()} y1={y.to_string()} y2={y.to_string()} />
                    <text x="-8" y={(y + 4.0).to_string()} text-anchor="end">{ name }</text>
                </> }) }
                { for chart.steps.iter().map(|(name, x)| html! {
                    <text x={x.to_string()} y={under.clone()} text-anchor="middle">{ name }</text>
                }) }
                <line class="cur" x1={cursor.clone()} x2={cursor} y1="-8" y2={height.to_string()} />
                <path class="lb" d={chart.lines[1].clone()} />
                <path class="la" d={chart.lines[0].clone()} />
                if let Some((x, y, _)) = chart.ends[1] {
                    <rect class="b" x={(x - 4.0).to_string()} y={(y - 4.0).to_string()} width="8" height="8" />
                }
                if let Some((x, y, _)) = chart.ends[0] {
                    <circle class="a" cx={x.to_string()} cy={y.to_string()} r="4.5" />
                }
                { for name(0, lang.pick("A masked", "A 掩码"), "name a") }
                { for name(1, lang.pick("B all tokens", "B 全部 token"), "name b") }
            </svg>
        </figure>
    }
}
