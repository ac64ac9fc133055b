//! Two trainers set beside each other: every run of tokens over which they differ, and both reasons.

use yew::prelude::*;

use super::controls::change;
use super::{against, name};
use crate::app::compare::{Mark, Side, runs};
use crate::app::components::block::picture;
use crate::app::components::setup::{entry, picker, value};
use crate::app::components::shared::{Dispatch, Shared, rich};
use crate::app::i18n::Lang;
use crate::app::state::CompareChoices;
use crate::app::wire::{CompareView, RowView};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) view: Shared<CompareView>,
    pub(crate) choices: CompareChoices,
    pub(crate) dispatch: Dispatch,
}

/// So many runs are listed.
const MOST_RUNS: usize = 100;
/// So many bytes of a run's text are shown at either end.
const TEXT: usize = 60;

/// The two trainers and their runs.
pub(crate) fn pair(props: &Props) -> Html {
    let Props { lang, view, choices, dispatch } = props;
    let lang = *lang;
    let Some(first) = against(view, choices) else { return Html::default() };
    let usable: Vec<&RowView> =
        view.rows.iter().filter(|row| row.outcome.is_ok() && row.recipe != first.recipe).collect();
    let chosen = usable.iter().find(|row| row.recipe == choices.versus).or(usable.first());
    let Some(second) = chosen else { return Html::default() };
    let options =
        usable.iter().map(|row| entry(&row.recipe, name(lang, row), row.recipe == second.recipe)).collect();
    let set = change(choices, dispatch, |choices, event: Event| choices.versus = value(&event));
    let found = runs(view, first, second);
    let count: usize = found.iter().map(|run| run.sides[0].tokens.len().max(run.sides[1].tokens.len())).sum();
    html! {
        <section class="cmp-part" aria-label={lang.pick("Two trainers", "两个训练器")}>
            <h3>{ lang.pick("Two trainers, run by run", "两个训练器逐段对比") }</h3>
            <div class="cmp-controls">
                <p>{ lang.pick("Reference: ", "基准：") }<b>{ name(lang, first) }</b></p>
                { picker("pick-versus", lang.pick("Set beside", "对比对象"), set, options) }
                <p role="status">{ if found.is_empty() {
                    lang.pick("They make the same of every token.", "两者对每个 token 的处理都相同。").to_owned()
                } else {
                    match lang {
                        Lang::En => format!("They differ in {} over {}.", lang.count(found.len(), "run", "runs", ""), lang.count(count, "token", "tokens", "")),
                        Lang::Zh => format!("共有 {} 段、{} 个 token 不同。", lang.number(found.len()), lang.number(count)),
                    }
                } }</p>
            </div>
            <ol class="cmp-runs">
                { for found.iter().take(MOST_RUNS).map(|run| {
                    let [a, b] = &run.sides;
                    let same = a.text == b.text || a.text.is_empty() || b.text.is_empty();
                    let text = if a.text.is_empty() { b.text } else { a.text };
                    html! {
                        <li key={run.columns.start}>
                            <p class="text">
                                if same { { short(text) } } else { { short(a.text) }<b>{ " → " }</b>{ short(b.text) } }
                            </p>
                            { side(lang, first, a) }
                            { side(lang, second, b) }
                        </li>
                    }
                }) }
            </ol>
            if found.len() > MOST_RUNS {
                <p class="quiet">{ match lang {
                    Lang::En => format!("{} further runs are not listed.", lang.number(found.len() - MOST_RUNS)),
                    Lang::Zh => format!("另有 {} 段未列出。", lang.number(found.len() - MOST_RUNS)),
                } }</p>
            }
        </section>
    }
}

/// What a mark is called.
pub(crate) fn word(lang: Lang, mark: Mark) -> &'static str {
    match mark {
        Mark::Trained => lang.pick("trained", "参与训练"),
        Mark::Masked => lang.pick("masked", "被忽略"),
        Mark::Absent => lang.pick("no token here", "此处没有 token"),
    }
}

fn side(lang: Lang, row: &RowView, side: &Side<'_>) -> Html {
    let trained = side.mark == Mark::Trained;
    html! {
        <p class={classes!("side", trained.then_some("tr"))}>
            <b>{ name(lang, row) }</b>{ " " }
            <span class="verdict-word">{ word(lang, side.mark) }</span>
            if !side.tokens.is_empty() { <span class="quiet">{ format!(" ×{}", side.tokens.len()) }</span> }
            if let Some(why) = side.why { { lang.pick(": ", "：") }{ rich(&lang.of(why)) } }
        </p>
    }
}

/// A text with its middle left out where it is long.
fn short(text: &str) -> Html {
    if text.len() <= 2 * TEXT {
        return picture(text);
    }
    let head = text.floor_char_boundary(TEXT);
    let tail = text.ceil_char_boundary(text.len() - TEXT);
    html! { <>{ picture(&text[..head]) }<b>{ " … " }</b>{ picture(&text[tail..]) }</> }
}
