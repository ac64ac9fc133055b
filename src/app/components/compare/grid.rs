//! The rows of trainers over the common axis of tokens. Only the columns near the screen are drawn, each row as a few
//! paths; the keyboard walks through the cells with one stop of the Tab key.

use std::ops::Range;

use crate::app::table::Table;
use gloo::events::EventListener;
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use super::axis;
use super::controls::change;
use super::pair::word;
use super::strip::{self, strip};
use super::{Spot, name};
use crate::app::compare::{differs, disputed, mark, order, reference};
use crate::app::components::block::spoken;
use crate::app::components::memo::{hooked, memo};
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::i18n::Lang;
use crate::app::platform;
use crate::app::state::CompareChoices;
use crate::app::wire::{CompareView, RowView};
use crate::recipe::{Verified, catalog::find};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) view: Shared<CompareView>,
    pub(crate) choices: CompareChoices,
    pub(crate) options: Table<String, Table<String, String>>,
    pub(crate) spot: Spot,
    /// Chooses a cell; whether its reasons are asked for.
    pub(crate) choose: Callback<(Spot, bool)>,
    pub(crate) dispatch: Dispatch,
}

/// Columns are drawn in blocks of so many.
const BLOCK: usize = 64;
/// So many pixels stand beside the strips on a wide screen: the names before, the counts behind.
const BESIDE: i32 = 220 + 84;
/// A column is at least so wide, on a phone and elsewhere, and at most so.
const NARROWEST: (usize, usize) = (8, 12);
const WIDEST: usize = 16;

/// The rows.
pub(crate) fn grid(props: Props) -> Html {
    hooked(props, |props, context| use_grid(props).run(context))
}

#[hook]
fn use_grid(props: &Props) -> Html {
    let Props { lang, view, choices, spot, choose, dispatch, .. } = props.clone();
    let scroller = use_node_ref();
    let resized = use_state(|| 0_u32);
    let wide = use_state(|| WIDEST);
    let drawn = use_state(|| 0..4 * BLOCK);
    let moved = use_state(|| 0_u32);

    let rows = use_memo((view.clone(), choices.clone()), |(view, choices)| {
        let usable = |at: &usize| view.rows[*at].outcome.is_ok();
        order(view, choices).into_iter().filter(usable).collect::<Vec<_>>()
    });
    let against = reference(&view, &choices);
    let columns = use_memo((view.clone(), against, choices.only_differences), |(view, against, only)| {
        let all = 0..view.len() as u32;
        match against.and_then(|at| view.rows.get(at)).filter(|_| *only) {
            None => all.collect::<Vec<_>>(),
            Some(against) => {
                let disputed = disputed(view, against);
                all.filter(|column| disputed[*column as usize]).collect()
            }
        }
    });
    let columns = Shared(columns);

    use_resize(resized.setter());
    {
        let (scroller, wide, drawn) = (scroller.clone(), wide.setter(), drawn.setter());
        use_effect_with((columns.len(), *resized), move |(count, _)| {
            if let Some(scroller) = scroller.cast::<Element>() {
                let phone = platform::is_phone();
                let room = scroller.client_width() - if phone { 0 } else { BESIDE };
                let narrowest = if phone { NARROWEST.0 } else { NARROWEST.1 };
                let each = (room.max(0) as usize / (*count).max(1)).clamp(narrowest, WIDEST);
                wide.set(each);
                drawn.set(near(&scroller, each));
            }
        });
    }
    let onscroll = {
        let (scroller, drawn, wide) = (scroller.clone(), drawn.clone(), *wide);
        Callback::from(move |_: Event| {
            if let Some(scroller) = scroller.cast::<Element>() {
                let now = near(&scroller, wide);
                if *drawn != now {
                    drawn.set(now);
                }
            }
        })
    };

    let at_row = rows.iter().position(|at| view.rows[*at].recipe == spot.recipe);
    let at_column = columns.binary_search(&(spot.column as u32)).ok();
    {
        let (scroller, wide) = (scroller.clone(), *wide);
        use_effect_with(*moved, move |_| {
            if let Some((scroller, at)) = scroller.cast::<Element>().zip(at_column) {
                show(&scroller, at * wide);
            }
        });
    }

    let go = {
        let (rows, columns, view, choose) = (rows.clone(), columns.clone(), view.clone(), choose.clone());
        Callback::from(move |(row, column, opened): (usize, usize, bool)| {
            let found = rows.get(row).and_then(|at| view.rows.get(*at)).zip(columns.get(column));
            if let Some((row, column)) = found {
                choose.emit((Spot { recipe: row.recipe.clone(), column: *column as usize }, opened));
            }
        })
    };
    let onkeydown = {
        let (rows, columns, view, go, moved) =
            (rows.clone(), columns.clone(), view.clone(), go.clone(), moved.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key()
                || event.meta_key()
                || event.alt_key()
                || columns.is_empty()
                || rows.is_empty()
            {
                return;
            }
            let (row, column) = (at_row.unwrap_or(0), at_column.unwrap_or(0));
            let last = columns.len() - 1;
            let disputed = |at: &usize| {
                let pair = rows
                    .get(row)
                    .and_then(|at| view.rows.get(*at))
                    .zip(against.and_then(|at| view.rows.get(at)));
                pair.is_some_and(|(row, against)| differs(row, against, columns[*at] as usize))
            };
            let (row, column) = match event.key().as_str() {
                "ArrowRight" => (row, (column + 1).min(last)),
                "ArrowLeft" => (row, column.saturating_sub(1)),
                "ArrowDown" => ((row + 1).min(rows.len() - 1), column),
                "ArrowUp" => (row.saturating_sub(1), column),
                "Home" => (row, 0),
                "End" => (row, last),
                "n" => (row, (column + 1..=last).find(disputed).unwrap_or(column)),
                "p" => (row, (0..column).rev().find(disputed).unwrap_or(column)),
                "Enter" | " " => {
                    event.prevent_default();
                    go.emit((row, column, true));
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            go.emit((row, column, false));
            moved.set(*moved + 1);
        })
    };
    let onfocus = {
        let go = go.clone();
        Callback::from(move |_: FocusEvent| {
            if at_row.is_none() || at_column.is_none() {
                go.emit((at_row.unwrap_or(0), at_column.unwrap_or(0), false));
            }
        })
    };
    let set_reference = change(&choices, &dispatch, |choices, recipe: String| choices.reference = recipe);
    let onclick = {
        let (rows, view, wide) = (rows.clone(), view.clone(), *wide);
        Callback::from(move |event: MouseEvent| {
            let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
                return;
            };
            let up = |to: &str| target.closest(to).ok().flatten();
            let Some(recipe) = up("[data-recipe]").and_then(|row| row.get_attribute("data-recipe")) else {
                return;
            };
            if up(".c0").is_some() {
                set_reference.emit(recipe);
            } else if let Some(strip) = up(".cmp-strip") {
                let x = f64::from(event.client_x()) - strip.get_bounding_client_rect().left();
                let row = rows.iter().position(|at| view.rows[*at].recipe == recipe);
                if let Some(row) = row.filter(|_| x >= 0.0) {
                    go.emit((row, x as usize / wide, true));
                }
            }
        })
    };

    let Some(against) = against else { return Html::default() };
    let drawn = drawn.start..drawn.end.min(columns.len());
    let active = at_row.zip(at_column);
    html! {
        <>
        <div class="cmp" ref={scroller} {onscroll}>
            <div class="cmp-grid" role="grid" tabindex="0" aria-label={lang.pick("Trainers by tokens", "训练器与 token")}
                aria-colcount={(columns.len() + 2).to_string()} aria-activedescendant={active.map(|_| "cmp-cell")}
                {onkeydown} {onfocus} {onclick}>
                <div class="cmp-r head" role="presentation">
                    <div class="c0 quiet">{ match lang {
                        Lang::En => format!("{} columns", lang.number(columns.len())),
                        Lang::Zh => format!("{} 列", lang.number(columns.len())),
                    } }</div>
                    <div class="mask">{ memo(axis::Props { lang, view: view.clone(), columns: columns.clone(), window: drawn.clone(), wide: *wide }, axis::axis) }</div>
                    <div class="tot quiet">{ lang.pick("trained", "参与训练") }</div>
                </div>
                { for rows.iter().enumerate().map(|(number, at)| {
                    let row = &view.rows[*at];
                    let beside = &view.rows[against];
                    let cursor = active.filter(|(row, _)| *row == number).map(|(_, column)| {
                        (column, said(lang, row, beside, columns[column] as usize))
                    });
                    html! {
                        <div class={classes!("cmp-r", (*at == against).then_some("base"))} role="row" key={row.recipe.clone()}
                            data-recipe={row.recipe.clone()} data-trained={row.sample().map(|sample| sample.trained.to_string())} aria-label={summary(lang, row, beside, *at == against)}>
                            { head(props, row, *at == against) }
                            <div class="mask" role="presentation">
                                { strip(strip::Props { view: view.clone(), row: *at, against, columns: columns.clone(), window: drawn.clone(), wide: *wide, cursor }) }
                            </div>
                            { total(lang, row) }
                        </div>
                    }
                }) }
                <div class="cmp-r votes" aria-hidden="true">
                    <div class="c0 quiet">{ lang.pick("trainers that train it", "训练它的训练器数") }</div>
                    <div class="mask">{ memo(axis::Props { lang, view: view.clone(), columns: columns.clone(), window: drawn, wide: *wide }, axis::votes) }</div>
                    <div class="tot"></div>
                </div>
            </div>
        </div>
        <p class="quiet cmp-key">{ lang.pick(
            "Green: trained. Hatched: masked. Dots: this trainer has no token there. A corner: it has another token there. Diamond: differs from the reference, filled where it trains the token. Click a name to make it the reference; n and p jump to the next difference.",
            "绿色：参与训练；斜线：被忽略；点：该训练器此处没有 token；角标：此处是另一个 token。菱形：与基准不同，实心表示它训练了该 token。点击名称可设为基准；n 和 p 跳到下一处或上一处差异。",
        ) }</p>
        </>
    }
}

/// The columns that are drawn where the view stands now: those on the screen and a block on either side.
fn near(scroller: &Element, wide: usize) -> Range<usize> {
    let (left, width) = (scroller.scroll_left().max(0) as usize, scroller.client_width().max(0) as usize);
    let first = (left / wide / BLOCK).saturating_sub(1) * BLOCK;
    first..((left + width) / wide / BLOCK + 2) * BLOCK
}

/// Brings the cell of the keyboard, `x` pixels into its strip, where it can be seen.
fn show(scroller: &Element, x: usize) {
    const MARGIN: i32 = 48;
    if let Some(cell) = document().get_element_by_id("cmp-cell") {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        options.set_inline(ScrollLogicalPosition::Nearest);
        cell.scroll_into_view_with_scroll_into_view_options(&options);
    }
    let room = scroller.client_width() - if platform::is_phone() { 0 } else { BESIDE };
    let (x, left) = (i32::try_from(x).unwrap_or(i32::MAX), scroller.scroll_left());
    if x < left + MARGIN {
        scroller.set_scroll_left((x - MARGIN).max(0));
    } else if x > left + room - MARGIN {
        scroller.set_scroll_left(x - room + MARGIN);
    }
}

/// Counts how often the page got another size.
#[hook]
fn use_resize(resized: UseStateSetter<u32>) {
    use_effect_with((), move |()| {
        let mut times = 0;
        let listener = EventListener::new(&window(), "resize", move |_| {
            times += 1;
            resized.set(times);
        });
        move || drop(listener)
    });
}

/// A trainer's name, its version, the options that were set, and what must be known of its row.
fn head(props: &Props, row: &RowView, is_reference: bool) -> Html {
    let lang = props.lang;
    let source = find(&row.recipe).and_then(|recipe| recipe.source);
    let set: Vec<String> = props
        .options
        .get(&row.recipe)
        .into_iter()
        .flat_map(Table::iter)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    html! {
        <div class="c0 name" role="rowheader">
            <b>{ name(lang, row) }</b>
            if let Some(source) = source { <span class="v">{ " " }{ source.version }</span> }
            if is_reference { <span class="tag">{ lang.pick("reference", "基准") }</span> }
            if source.is_some_and(|source| source.verified == Verified::ReadFromSource) {
                <span class="read">{ lang.pick("read from source, not run", "依据源码实现，未实际运行") }</span>
            }
            if !set.is_empty() { <code>{ set.join(" ") }</code> }
            if let Ok(shown) = row.outcome.as_ref() && row.samples > 1 {
                <span class="v">{ " " }{ match lang {
                    Lang::En => format!("sample {} of {}", shown.place + 1, row.samples),
                    Lang::Zh => format!("样本 {}（共 {} 个）", shown.place + 1, row.samples),
                } }</span>
            }
        </div>
    }
}

fn total(lang: Lang, row: &RowView) -> Html {
    let (trained, tokens) = row.sample().map_or((0, 0), |sample| (sample.trained, sample.len()));
    html! {
        <div class="tot" role="gridcell"><b>{ lang.number(trained) }</b><small>{ format!("/{}", lang.number(tokens)) }</small></div>
    }
}

/// A row in one sentence.
fn summary(lang: Lang, row: &RowView, beside: &RowView, is_reference: bool) -> String {
    let (trained, tokens) = row.sample().map_or((0, 0), |sample| (sample.trained, sample.len()));
    let name = name(lang, row);
    let others = count_differences(row, beside);
    match (lang, is_reference) {
        (Lang::En, true) => format!("{name}: {trained} of {tokens} tokens trained, the reference"),
        (Lang::En, false) => {
            format!(
                "{name}: {trained} of {tokens} tokens trained, differs from the reference in {others} positions"
            )
        }
        (Lang::Zh, true) => format!("{name}：{tokens} 个 token 中 {trained} 个参与训练，作为基准"),
        (Lang::Zh, false) => {
            format!("{name}：{tokens} 个 token 中 {trained} 个参与训练，与基准有 {others} 处不同")
        }
    }
}

fn count_differences(row: &RowView, beside: &RowView) -> usize {
    (0..row.places.len()).filter(|column| differs(row, beside, *column)).count()
}

/// A cell as it is read out.
fn said(lang: Lang, row: &RowView, beside: &RowView, column: usize) -> String {
    let text = row
        .sample()
        .zip(row.token(column))
        .map(|(sample, token)| spoken(lang, sample.offset(token).of(&sample.text)));
    let comma = lang.pick(", ", "，");
    let mut said = text.unwrap_or_default() + comma + word(lang, mark(row, column));
    if differs(row, beside, column) {
        said = said + comma + lang.pick("reference: ", "基准：") + word(lang, mark(beside, column));
    }
    format!("{}{}{said}", name(lang, row), lang.pick(": ", "："))
}
