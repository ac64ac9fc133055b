//! The rows of a batch as strips: where samples begin, what is padded, what is trained.

use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::{Part, change, key};
use crate::app::components::icons::{Icon, icon};
use crate::app::dataset::{HEIGHT, strip};
use crate::app::i18n::Lang;
use crate::app::state::Action;
use crate::app::wire::ANY;

/// The batch that is looked at.
pub(crate) fn rows(props: &Part) -> Html {
    let Part { lang, view, choices, dispatch } = props;
    let lang = *lang;
    let [positions, padding, targets] = view.totals;
    let [batch, chosen, column] = view.look;
    let step =
        |to: usize| change(choices, dispatch, move |choices, _: MouseEvent| choices.look = [to, 0, ANY]);
    let toggle = change(choices, dispatch, |choices, _: Event| choices.positions = !choices.positions);
    let gives = view.rows.iter().any(|row| row.positions);
    let rows = view.rows.iter().enumerate().map(|(number, row)| {
        let drawn = strip(row);
        let at = number == chosen;
        let width = row.width.max(1);
        let look = {
            let (choices, dispatch) = (choices.clone(), dispatch.clone());
            Callback::from(move |event: MouseEvent| {
                let Some(share) = place(&event) else { return };
                let mut next = choices.clone();
                next.look = [batch, number, (share * width as f64) as usize];
                dispatch.dispatch(Action::Dataset(next));
            })
        };
        let choose = change(choices, dispatch, move |choices, _: MouseEvent| choices.look = [batch, number, ANY]);
        let count = row.segments().len();
        html! {
            <div class={classes!("ds-row", at.then_some("on"))} key={number} data-row={number.to_string()}
                data-targets={row.targets.to_string()} data-segments={count.to_string()} data-width={row.width.to_string()}>
                <button class="name" aria-pressed={at.to_string()} onclick={choose}>
                    { lang.pick("Row ", "第 ") }{ number + 1 }{ lang.pick("", " 行") }
                    <small>{ lang.count(count, "sequence", "sequences", "个序列") }</small>
                </button>
                <svg class="ds-strip" viewBox={format!("0 0 {width} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true" onclick={look}>
                    <path class="band" d={drawn.band} /><path class="pad" d={drawn.padding} />
                    <path class="m" d={drawn.masked} /><path class="t" d={drawn.trained} />
                    <path class="bound" d={drawn.bounds} />
                    if choices.positions && row.positions { <path class="pos" d={drawn.positions} /> }
                    if at { <path class="limit" d={format!("M{column}.5 0v{HEIGHT}")} /> }
                </svg>
                <span class="tot">{ lang.number(row.targets) }<small>{ "/" }{ lang.number(row.width) }</small></span>
            </div>
        }
    });
    let share = (padding * 100).checked_div(positions).unwrap_or_default();
    html! {
        <section class="cmp-part" aria-label={lang.pick("Batch", "批次")}>
            <h3>{ lang.pick("The batch", "批次") }</h3>
            <p class="ds-sum" role="status">{ match lang {
                Lang::En => format!(
                    "{}, {} positions, {} of them padding ({share} %), {} targets after the shift",
                    lang.count(view.batches, "batch", "batches", ""), lang.number(positions), lang.number(padding), lang.number(targets),
                ),
                Lang::Zh => format!(
                    "{}，{} 个位置，其中填充 {} 个（{share}%），移位后有 {} 个目标",
                    lang.count(view.batches, "", "", "个批次"), lang.number(positions), lang.number(padding), lang.number(targets),
                ),
            } }</p>
            <div class="ds-tools">
                if view.batches > 1 {
                    <span class="stepper" role="group" aria-label={lang.pick("Batches", "批次")}>
                        <button class="btn line icon" disabled={batch == 0} onclick={step(batch.saturating_sub(1))}
                            aria-label={lang.pick("Previous batch", "上一个批次")}>{ icon(Icon::Left) }</button>
                        <span role="status">{ match lang {
                            Lang::En => format!("Batch {} of {}", batch + 1, view.batches),
                            Lang::Zh => format!("第 {} 个，共 {} 个", batch + 1, view.batches),
                        } }</span>
                        <button class="btn line icon" disabled={batch + 1 >= view.batches} onclick={step(batch + 1)}
                            aria-label={lang.pick("Next batch", "下一个批次")}>{ icon(Icon::Right) }</button>
                    </span>
                }
                if gives {
                    <label class="cmp-check"><input type="checkbox" checked={choices.positions} onchange={toggle} /><code>{ "position_ids" }</code></label>
                } else {
                    <span class="quiet">{ lang.pick("The collator gives no position_ids: the model counts each row from 0.", "collator 不给出 position_ids：模型对每行从 0 计数。") }</span>
                }
            </div>
            <div class="ds-rows">{ for rows }</div>
            <p class="ds-key">
                { key("t", lang.pick("label counts", "标签参与计算")) }{ key("m", lang.pick("masked", "被忽略")) }
                { key("pad", lang.pick("padding", "填充")) }{ key("bound", lang.pick("another sample begins", "另一个样本开始")) }
                if choices.positions && gives { { key("pos", "position_ids") } }
                <span>{ lang.pick("at the right: targets/positions", "右侧：目标数/位置数") }</span>
            </p>
        </section>
    }
}

/// Where in the drawing a click was, from 0 to 1.
fn place(event: &MouseEvent) -> Option<f64> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let drawing = target.closest("svg").ok()??.get_bounding_client_rect();
    Some(((f64::from(event.client_x()) - drawing.left()) / drawing.width().max(1.0)).clamp(0.0, 1.0))
}
