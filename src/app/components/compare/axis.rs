//! The axis above the strips: whose message a column is, and its token; and below them how many trainers train it.

use std::ops::Range;

use yew::prelude::*;

use crate::app::cells::{Glyph, code_point, glyphs};
use crate::app::compare::{Mark, mark};
use crate::app::components::shared::Shared;
use crate::app::i18n::Lang;
use crate::app::wire::CompareView;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) view: Shared<CompareView>,
    /// The columns that are shown.
    pub(crate) columns: Shared<Vec<u32>>,
    /// Which of them are drawn.
    pub(crate) window: Range<usize>,
    /// The width of a column in pixels.
    pub(crate) wide: usize,
}

const HEIGHT: usize = 116;
/// So many characters of a token are written.
const LETTERS: usize = 13;

/// The axis.
pub(crate) fn axis(props: &Props) -> Html {
    let Props { lang, view, columns, window, wide } = props;
    let shown = || columns.iter().enumerate().take(window.end).skip(window.start);
    let message = |column: u32| view.maker(column as usize).and_then(|(sample, token)| sample.message(token));
    let mut before: Option<Option<usize>> = None;
    let starts: Vec<(usize, usize)> = shown()
        .filter_map(|(at, column)| {
            let now = message(*column);
            let starts = before != Some(now);
            before = Some(now);
            now.filter(|_| starts).map(|message| (at, message))
        })
        .collect();
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([columns.len()]);
    html! {
        <svg class="cmp-axis" aria-hidden="true" width={(columns.len() * wide).to_string()} height={HEIGHT.to_string()}>
            { for starts.iter().zip(ends).map(|((at, message), end)| {
                let x = (at * wide).to_string();
                let role = view.messages.get(*message).map(|message| lang.role(&message.role)).unwrap_or_default();
                html! { <>
                    <line x1={x.clone()} x2={x.clone()} y1="2" y2={HEIGHT.to_string()} />
                    if width(&role) < (end - at) * wide {
                        <text class="role" x={(at * wide + 3).to_string()} y="13">{ role }</text>
                    }
                </> }
            }) }
            { for shown().map(|(at, column)| {
                let letters = letters(view, *column as usize);
                // An arrow must not lie on its side, as Latin letters do.
                let upright = letters.chars().all(|letter| matches!(letter, '↵' | '→'));
                html! {
                    <text class={classes!("token", upright.then_some("up"))} key={*column} x={(at * wide + wide / 2).to_string()}
                        y={(HEIGHT - 4).to_string()}>{ letters }</text>
                }
            }) }
        </svg>
    }
}

/// About how many pixels a role's name takes, with the space before it.
fn width(role: &str) -> usize {
    3 + role.chars().map(|c| if c.is_ascii() { 7 } else { 13 }).sum::<usize>()
}

/// How many rows train each column.
pub(crate) fn votes(props: &Props) -> Html {
    let Props { view, columns, window, wide, .. } = props;
    let votes =
        |column: u32| view.rows.iter().filter(|row| mark(row, column as usize) == Mark::Trained).count();
    html! {
        <svg class="cmp-axis" aria-hidden="true" width={(columns.len() * wide).to_string()} height="16">
            { for columns.iter().enumerate().take(window.end).skip(window.start).map(|(at, column)| html! {
                <text class="votes" key={*column} x={(at * wide + wide / 2).to_string()} y="12">{ votes(*column) }</text>
            }) }
        </svg>
    }
}

/// The first letters of a column's token, with what can't be seen as what it is.
fn letters(view: &CompareView, column: usize) -> String {
    let Some((sample, token)) = view.maker(column) else { return String::new() };
    let text = sample.offset(token).of(&sample.text);
    let end = text.char_indices().nth(LETTERS).map_or(text.len(), |(at, _)| at);
    let mut letters: String = glyphs(&text[..end])
        .into_iter()
        .map(|glyph| match glyph {
            Glyph::Text(text) => text.to_owned(),
            Glyph::Space => "·".to_owned(),
            Glyph::Newline => "↵".to_owned(),
            Glyph::Tab => "→".to_owned(),
            Glyph::Control(character) => code_point(character),
        })
        .collect();
    if end < text.len() {
        letters.push('…');
    }
    letters
}
