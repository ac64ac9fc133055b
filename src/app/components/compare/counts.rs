//! The table of counts: tokens and trained tokens of every trainer, by message and part.

use yew::prelude::*;

use super::name;
use crate::app::compare::order;
use crate::app::components::inspector::part;
use crate::app::components::shared::Shared;
use crate::app::i18n::Lang;
use crate::app::state::CompareChoices;
use crate::app::wire::{CompareView, RowView};
use crate::template::{Owner, Part};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) view: Shared<CompareView>,
    pub(crate) choices: CompareChoices,
}

/// So many parts of messages have a line.
const MOST_LINES: usize = 60;

const PARTS: [Part; 6] =
    [Part::Header, Part::Reasoning, Part::Content, Part::ToolCall, Part::End, Part::Template];

/// The table.
pub(crate) fn counts(props: &Props) -> Html {
    let Props { lang, view, choices } = props;
    let lang = *lang;
    let rows: Vec<&RowView> =
        order(view, choices).into_iter().map(|at| &view.rows[at]).filter(|row| row.outcome.is_ok()).collect();
    let owners: Vec<Owner> = std::iter::once(None)
        .chain((0..view.messages.len() as u32).map(Some))
        .flat_map(|message| PARTS.map(|part| Owner { message, part }))
        .filter(|owner| rows.iter().any(|row| row.counts.iter().any(|count| count.owner == *owner)))
        .collect();
    let more = owners.len().saturating_sub(MOST_LINES);
    let total = |row: &RowView| {
        let sample = row.sample();
        (sample.map_or(0, |sample| sample.trained), sample.map_or(0, crate::app::wire::SampleView::len))
    };
    let cell = |(trained, tokens): (usize, usize)| match tokens {
        0 => html! { <td>{ "–" }</td> },
        _ => {
            html! { <td class={(trained > 0).then_some("tr")}><b>{ lang.number(trained) }</b>{ "/" }{ lang.number(tokens) }</td> }
        }
    };
    html! {
        <section class="cmp-part" aria-label={lang.pick("Counts", "计数")}>
            <h3>{ lang.pick("Trained of all tokens, by message and part", "各消息、各部分的参与训练数 / token 总数") }</h3>
            <div class="cmp-table" tabindex="0" role="group" aria-label={lang.pick("Table of counts", "计数表")}>
                <table>
                    <thead><tr>
                        <th scope="col">{ lang.pick("part", "部分") }</th>
                        { for rows.iter().map(|row| html! { <th scope="col" key={row.recipe.clone()}>{ name(lang, row) }</th> }) }
                    </tr></thead>
                    <tbody>
                        <tr class="sum-line">
                            <th scope="row">{ lang.pick("all", "合计") }</th>
                            { for rows.iter().map(|row| cell(total(row))) }
                        </tr>
                        { for owners.iter().take(MOST_LINES).map(|owner| html! {
                            <tr>
                                <th scope="row">{ title(lang, view, *owner) }</th>
                                { for rows.iter().map(|row| {
                                    let found = row.counts.iter().find(|count| count.owner == *owner);
                                    cell(found.map_or((0, 0), |count| (count.trained, count.tokens)))
                                }) }
                            </tr>
                        }) }
                    </tbody>
                </table>
            </div>
            if more > 0 {
                <p class="quiet">{ match lang {
                    Lang::En => format!("{more} further parts are not listed; `lossmask compare --json` has them all."),
                    Lang::Zh => format!("另有 {more} 个部分未列出；`lossmask compare --json` 可输出全部。"),
                } }</p>
            }
        </section>
    }
}

fn title(lang: Lang, view: &CompareView, owner: Owner) -> String {
    let part = part(lang, owner.part);
    let Some(message) = owner.message else {
        return format!("{}{part}", lang.pick("no message, ", "不属于消息，"));
    };
    let role =
        view.messages.get(message as usize).map(|message| lang.role(&message.role)).unwrap_or_default();
    match lang {
        Lang::En => format!("{} {role}, {part}", message + 1),
        Lang::Zh => format!("{} {role}，{part}", message + 1),
    }
}
