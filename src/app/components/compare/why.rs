//! Why a trainer trains or masks the chosen token, beside what the reference makes of it.

use yew::prelude::*;

use super::pair::word;
use super::{Spot, against, name};
use crate::app::cells::signed;
use crate::app::compare::{Mark, differs, is_other, mark};
use crate::app::components::copy_box::{self, copy_box};
use crate::app::components::icons::{Icon, icon};
use crate::app::components::inspector::{face, owner};
use crate::app::components::shared::{Shared, rich};
use crate::app::i18n::Lang;
use crate::app::state::CompareChoices;
use crate::app::wire::{CompareView, RowView};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) view: Option<Shared<CompareView>>,
    pub(crate) choices: CompareChoices,
    pub(crate) spot: Spot,
    /// Whether the sheet is drawn up, on a phone.
    pub(crate) open: bool,
    pub(crate) toggle: Callback<()>,
}

/// The inspector of the view Compare.
pub(crate) fn why(props: &Props) -> Html {
    let Props { lang, view, choices, spot, open, toggle } = props.clone();
    let toggle = Callback::from(move |_: MouseEvent| toggle.emit(()));
    let chosen = view.as_ref().and_then(|view| {
        let row = view.rows.iter().find(|row| row.recipe == spot.recipe && row.outcome.is_ok())?;
        (spot.column < view.len()).then_some((view, row))
    });
    html! {
        <section class={classes!("inspector", open.then_some("open"))} aria-label={lang.pick("Inspector", "详情")}>
            <div class="pane-h">
                <h2>{ lang.pick("Inspector", "详情") }</h2>
                <button class="sheet-toggle btn icon" onclick={toggle} aria-expanded={open.to_string()}
                    aria-label={lang.pick("Details", "展开详情")}>{ icon(Icon::Down) }</button>
            </div>
            { match chosen {
                None => html! {
                    <p class="quiet">
                        <span class="wide">{ lang.pick(
                            "Click a cell, or reach the rows with Tab and walk with the arrow keys: here stands why.",
                            "点击一个格子，或按 Tab 进入各行后用方向键移动，这里会说明原因。",
                        ) }</span>
                        <span class="narrow">{ lang.pick(
                            "Tap a cell to see why that trainer trains or masks its token.",
                            "轻点一个格子，查看该训练器为何训练或忽略这个 token。",
                        ) }</span>
                    </p>
                },
                Some((view, row)) => facts(lang, view, row, &choices, spot.column),
            } }
        </section>
    }
}

fn facts(lang: Lang, view: &CompareView, row: &RowView, choices: &CompareChoices, column: usize) -> Html {
    let mark_here = mark(row, column);
    let shown = row.sample().zip(row.token(column));
    let column_face = view.maker(column);
    let fact = |name: &str, value: Html| html! { <><dt>{ name }</dt><dd>{ value }</dd></> };
    let number = |text: String| html! { <span class="num">{ text }</span> };
    html! {
        <>
            <div class="big">
                { shown.or(column_face).map(|(sample, token)| face(sample, token, true)).unwrap_or_default() }
                <div>
                    <p class={classes!("verdict", (mark_here != Mark::Trained).then_some("off"))}>
                        { name(lang, row) }{ lang.pick(": ", "：") }{ word(lang, mark_here) }
                    </p>
                    <p>{ reason(lang, row, column) }</p>
                </div>
            </div>
            if let Some(beside) = against(view, choices).filter(|beside| beside.recipe != row.recipe) {
                <p class={classes!("cmp-beside", differs(row, beside, column).then_some("differs"))}>
                    <b>{ lang.pick("Reference ", "基准 ") }{ name(lang, beside) }{ lang.pick(": ", "：") }{ word(lang, mark(beside, column)) }</b>
                    { lang.pick(". ", "。") }{ reason(lang, beside, column) }
                </p>
            }
            <dl class="facts">
                if let Some((sample, token)) = shown {
                    { fact(lang.pick("index", "位置"), number(token.to_string())) }
                    { fact("id", number(sample.ids.get(token).copied().unwrap_or_default().to_string())) }
                    { fact("label", number(signed(sample.labels.get(token).copied().unwrap_or_default()))) }
                    { fact(lang.pick("owner", "归属"), owner(lang, &view.messages, sample, token)) }
                    if is_other(view, row, column) {
                        { fact(lang.pick("column", "列"), html! { lang.pick(
                            "another token than the one on top: the text or its tokens differ here",
                            "与列首的 token 不同：此处的文本或切分不同",
                        ) }) }
                    }
                }
            </dl>
            if let Some(text) = &row.config {
                <h3>{ lang.pick("Its configuration", "对应的配置") }</h3>
                <key={row.recipe.clone()}>{ copy_box(copy_box::Props::plain(lang, text.clone())) }</>
            }
        </>
    }
}

fn reason(lang: Lang, row: &RowView, column: usize) -> Html {
    let why = row.sample().zip(row.token(column)).and_then(|(sample, token)| sample.why(token));
    match why {
        Some(why) => rich(&lang.of(why)),
        None => html! { lang.pick(
            "its sample has no such token: it renders the conversation in another way",
            "其样本中没有这个 token：它渲染对话的方式不同",
        ) },
    }
}
