//! The samples and what `max_length` takes from them: a slider over bars, with numbers.

use yew::prelude::*;

use super::{Part, change, key};
use crate::app::components::setup::value;
use crate::app::components::shared::rich;
use crate::app::components::typed::{self, typed};
use crate::app::dataset::{HEIGHT, bar};
use crate::app::i18n::Lang;

/// So many samples have a bar.
const MOST_BARS: usize = 100;

/// Why a sample is dropped, by the number that says so.
const fn gone(lang: Lang, number: u32) -> &'static str {
    match number {
        0 => "",
        2 => lang.pick("dropped: too long", "丢弃：超长"),
        3 => lang.pick("dropped: one token", "丢弃：只有一个 token"),
        4 => lang.pick("dropped: nothing trained", "丢弃：没有参与训练的 token"),
        _ => lang.pick("dropped: empty", "丢弃：为空"),
    }
}

/// The samples.
pub(crate) fn samples(props: &Part) -> Html {
    let Part { lang, view, choices, dispatch } = props;
    let lang = *lang;
    let asked = choices.asked().settings;
    let info = asked.way.info();
    let longest = view.longest().max(1);
    // A packed row may hold several samples.
    let top = if info.packs { longest * 4 } else { longest };
    let limit = asked.max_length.map_or(top, |length| length as usize);
    let set = change(choices, dispatch, |choices, event: InputEvent| {
        if let Ok(length) = target(&event).trim().parse::<u32>() {
            choices.settings.max_length = Some(length.clamp(1, 1 << 20));
        }
    });
    let clear = change(choices, dispatch, |choices, _: MouseEvent| choices.settings.max_length = None);
    let type_it = change(choices, dispatch, |choices, event: Event| {
        choices.settings.max_length =
            value(&event).trim().parse::<u32>().ok().map(|length| length.clamp(1, 1 << 20));
    });
    let total = |of: fn(&[u32; 7]) -> u32| view.samples().map(|sample| of(sample) as usize).sum::<usize>();
    let kept = |sample: &[u32; 7]| if sample[6] == 0 { sample[4] - sample[3] } else { 0 };
    let lost = total(|sample| sample[1]) - view.samples().map(|sample| kept(sample) as usize).sum::<usize>();
    let lost_trained = total(|sample| sample[2]) - total(|sample| if sample[6] == 0 { sample[5] } else { 0 });
    let takes_length = !info.truncations.is_empty();
    // A sample that is much longer than what is kept runs out of the drawing, so that the others can be seen.
    let span = if takes_length { longest.min(limit.saturating_mul(4)) } else { longest };
    let name = if info.packs {
        lang.pick("length of a row (`max_length`)", "一行的长度（`max_length`）")
    } else {
        "`max_length`"
    };
    let bars = view.samples().enumerate().take(MOST_BARS).map(|(number, sample)| {
        let drawn = bar(view, number);
        let lost = sample[1] - kept(sample);
        let lost_trained = sample[2] - if sample[6] == 0 { sample[5] } else { 0 };
        html! {
            <tr key={number} data-sample={number.to_string()}>
                <th scope="row">{ number + 1 }<small>{ lang.pick("conversation ", "对话 ") }{ sample[0] + 1 }</small></th>
                <td class={classes!("ds-b", (sample[1] as usize > span).then_some("over"))}><svg class="ds-bar" viewBox={format!("0 0 {span} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                    <path class="faint" d={drawn.faint} /><path class="lost" d={drawn.lost} />
                    <path class="m" d={drawn.masked} /><path class="t" d={drawn.trained} />
                    if takes_length && limit < span { <path class="limit" d={format!("M{limit} 0v{HEIGHT}")} /> }
                </svg></td>
                <td>{ lang.number(sample[1] as usize) }</td>
                <td class="tr">{ lang.number(sample[2] as usize) }</td>
                <td class={(lost > 0).then_some("less")}>{ if lost > 0 { lang.number(lost as usize) } else { "–".to_owned() } }</td>
                <td class={(lost_trained > 0).then_some("less")}>{ if lost_trained > 0 { lang.number(lost_trained as usize) } else { "–".to_owned() } }</td>
                <td class="gone">{ gone(lang, sample[6]) }</td>
            </tr>
        }
    });
    let count = view.samples().len();
    html! {
        <section class="cmp-part" aria-label={lang.pick("Samples", "样本")}>
            <h3>{ lang.pick("What is cut off", "截断了什么") }</h3>
            if takes_length {
                <div class="ds-length">
                    <label for="max-length">{ rich(name) }</label>
                    <input id="max-length" type="range" min="1" max={top.to_string()} value={limit.min(top).to_string()} oninput={set}
                        aria-valuetext={limit.to_string()} />
                    { typed(typed::Props {
                        class: "ds-number", kind: "number", range: [Some("1"), None], onchange: type_it,
                        text: asked.max_length.map(|length| length.to_string()).unwrap_or_default(),
                        label: Some(lang.pick("max_length as a number", "max_length 数值")),
                        hint: Some(lang.pick("none", "不限").to_owned()), ..Default::default()
                    }) }
                    if !info.packs && asked.max_length.is_some() {
                        <button class="txt-link" onclick={clear}>{ lang.pick("no limit", "不限制") }</button>
                    }
                </div>
            }
            <p class="ds-sum" role="status">{ match lang {
                Lang::En => rich(&format!(
                    "{}, {} tokens, {} trained: {} tokens are lost, {} of them trained",
                    lang.count(count, "sample", "samples", ""), lang.number(total(|it| it[1])), lang.number(total(|it| it[2])),
                    lang.number(lost), lang.number(lost_trained),
                )),
                Lang::Zh => rich(&format!(
                    "{}，{} 个 token，{} 个参与训练：丢失 {} 个 token，其中 {} 个参与训练",
                    lang.count(count, "", "", "个样本"), lang.number(total(|it| it[1])), lang.number(total(|it| it[2])),
                    lang.number(lost), lang.number(lost_trained),
                )),
            } }</p>
            <div class="cmp-table ds-samples" tabindex="0" role="group" aria-label={lang.pick("Table of samples", "样本表")}>
                <table>
                    <thead><tr>
                        <th scope="col">{ lang.pick("sample", "样本") }</th><td class="ds-b"></td>
                        <th scope="col">{ lang.pick("tokens", "token 数") }</th><th scope="col">{ lang.pick("trained", "参与训练") }</th>
                        <th scope="col">{ lang.pick("lost", "丢失") }</th><th scope="col">{ lang.pick("trained, lost", "其中参与训练") }</th>
                        <td></td>
                    </tr></thead>
                    <tbody>{ for bars }</tbody>
                </table>
            </div>
            <p class="ds-key">
                { key("t", lang.pick("trained, kept", "参与训练，保留")) }{ key("m", lang.pick("masked", "被忽略")) }
                { key("lost", lang.pick("trained, lost", "参与训练，丢失")) }{ key("faint", lang.pick("masked, lost", "被忽略，丢失")) }
                if takes_length { { key("limit", "max_length") } }
            </p>
            if count > MOST_BARS {
                <p class="quiet">{ match lang {
                    Lang::En => format!("The first {MOST_BARS} are drawn; the numbers above count all."),
                    Lang::Zh => format!("只画出前 {MOST_BARS} 个；上面的数字统计全部样本。"),
                } }</p>
            }
        </section>
    }
}

/// The value of the slider that an event came from.
fn target(event: &InputEvent) -> String {
    event.target_unchecked_into::<web_sys::HtmlInputElement>().value()
}
