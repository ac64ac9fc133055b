//! A few columns of a row, number by number: ids, labels, masks, positions, and what each is compared with.

use web_sys::Element;
use yew::prelude::*;

use super::{Part, change};
use crate::app::components::memo::hooked;
use crate::app::i18n::Lang;
use crate::app::wire::Column;
use crate::batch::IGNORED;

/// The columns around the one that is looked at.
pub(crate) fn columns(props: Part) -> Html {
    hooked(props, |props, context| use_columns(props).run(context))
}

#[hook]
fn use_columns(props: &Part) -> Html {
    let Part { lang, view, choices, dispatch } = props;
    let lang = *lang;
    let [batch, row, column] = view.look;
    let scroller = use_node_ref();
    {
        let scroller = scroller.clone();
        use_effect_with((view.clone(), lang), move |_| {
            if let Some(scroller) = scroller.cast::<Element>() {
                bring_into_sight(&scroller);
            }
        });
    }
    let width = view.rows.get(row).map_or(0, |row| row.width);
    let set = change(choices, dispatch, move |choices, event: InputEvent| {
        let value = event.target_unchecked_into::<web_sys::HtmlInputElement>().value();
        if let Ok(column) = value.parse() {
            choices.look = [batch, row, column];
        }
    });
    let line = |name: Html, of: &dyn Fn(&Column) -> Html| {
        html! { <tr><th scope="row">{ name }</th>{ for view.columns.iter().map(of) }</tr> }
    };
    // Where another sample begins than the one before.
    let begins = |at: usize| {
        let before = view.columns.iter().find(|it| it.at + 1 == at).map(|it| it.origin);
        let own = view.columns.iter().find(|it| it.at == at).and_then(|it| it.origin);
        before.is_some_and(|before| {
            before.map(|(sample, token)| (sample, token + 1)) != own && before.is_some() | own.is_some()
        })
    };
    let cell = |it: &Column, class: Option<&'static str>, text: String| {
        let here = (it.at == column).then_some("here");
        html! { <td class={classes!(class, here, begins(it.at).then_some("begins"))}>{ text }</td> }
    };
    let code = |name: &'static str| html! { <code>{ name }</code> };
    let counts = |it: &Column| (it.label != IGNORED).then_some("tr");
    let number = |list: Option<u32>| list.map_or_else(|| "–".to_owned(), |number| number.to_string());
    let origin = view.columns.iter().find(|it| it.at == column).map(|it| match (it.origin, lang) {
        (Some((sample, token)), Lang::En) => format!("sample {}, index {token}", sample + 1),
        (Some((sample, token)), Lang::Zh) => format!("样本 {}，位置 {token}", sample + 1),
        (None, _) => lang.pick("padding", "填充").to_owned(),
    });
    html! {
        <section class="cmp-part" aria-label={lang.pick("Positions", "位置")}>
            <h3>{ lang.pick("What each position is compared with", "每个位置与什么比较") }</h3>
            <p class="quiet">{ lang.pick(
                "The loss shifts: a position predicts the token after it, and counts where that token’s label does. The first label of a row is nobody’s target.",
                "计算损失时错开一位：每个位置预测其后的 token，该 token 的标签参与计算时才计入。每行的首个标签不是任何位置的目标。",
            ) }</p>
            <div class="ds-length">
                <label for="ds-column">{ match lang {
                    Lang::En => format!("Row {}, position {}", row + 1, column),
                    Lang::Zh => format!("第 {} 行，位置 {}", row + 1, column),
                } }</label>
                <input id="ds-column" type="range" min="0" max={width.saturating_sub(1).to_string()} value={column.to_string()} oninput={set} />
                <span class="quiet">{ origin }</span>
            </div>
            <div class="cmp-table ds-columns" ref={scroller} tabindex="0" role="group" aria-label={lang.pick("Table of positions", "位置表")}>
                <table>
                    <tbody>
                        { line(html! { lang.pick("position", "位置") }, &|it| cell(it, Some("at"), it.at.to_string())) }
                        { line(html! { "token" }, &|it| cell(it, Some(if it.origin.is_none() { "pad" } else { "text" }), it.text.clone())) }
                        { line(code("input_ids"), &|it| cell(it, None, it.id.to_string())) }
                        { line(code("labels"), &|it| cell(it, counts(it), it.label.to_string())) }
                        { line(code("attention_mask"), &|it| cell(it, None, number(it.mask))) }
                        { line(code("position_ids"), &|it| cell(it, None, number(it.position))) }
                        { line(html! { lang.pick("target", "目标") }, &|it| match &it.target {
                            Some(target) => cell(it, Some("goal"), target.clone()),
                            None => cell(it, None, "–".to_owned()),
                        }) }
                    </tbody>
                </table>
            </div>
        </section>
    }
}

/// Scrolls the table so that the column that is looked at stands in the middle of what is beside the names of the rows.
fn bring_into_sight(scroller: &Element) {
    let found = |selector: &str| scroller.query_selector(selector).ok().flatten();
    let cell = |selector: &str| found(selector).map(|cell| cell.get_bounding_client_rect());
    if let (Some(names), Some(here), Some(table)) = (cell("th"), cell("td.here"), found("table")) {
        let room = f64::from(scroller.client_width()) - names.width();
        let before = here.left() - table.get_bounding_client_rect().left() - names.width();
        scroller.set_scroll_left((before - (room - here.width()) / 2.0) as i32);
    }
}
