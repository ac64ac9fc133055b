//! A trainer's tokens as a strip: a few SVG paths, however many tokens there are.

use std::ops::Range;
use std::rc::Rc;

use yew::prelude::*;

use crate::app::compare::{HEIGHT, paths};
use crate::app::components::memo::hooked;
use crate::app::components::shared::Shared;
use crate::app::wire::CompareView;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) view: Shared<CompareView>,
    /// The row, and the row that it is held against.
    pub(crate) row: usize,
    pub(crate) against: usize,
    /// The columns that are shown.
    pub(crate) columns: Shared<Vec<u32>>,
    /// Which of them are drawn: those near the screen.
    pub(crate) window: Range<usize>,
    /// The width of a column in pixels.
    pub(crate) wide: usize,
    /// The cell that the keyboard is on, as a number of the shown columns, and what is read out there.
    pub(crate) cursor: Option<(usize, String)>,
}

/// The strip.
pub(crate) fn strip(props: Props) -> Html {
    hooked(props, |props, context| use_strip(props).run(context))
}

#[hook]
fn use_strip(props: &Props) -> Html {
    let Props { view, columns, window, wide, .. } = props;
    let drawn = use_memo(
        (view.clone(), props.row, props.against, columns.clone(), window.clone(), *wide),
        |(view, row, against, columns, window, wide)| {
            let rows = view.rows.get(*row).zip(view.rows.get(*against));
            rows.map(|(row, against)| paths(view, row, against, columns, window.clone(), *wide))
                .unwrap_or_default()
        },
    );
    let drawn = Rc::clone(&drawn);
    let width = (columns.len() * wide).to_string();
    let cell = props.cursor.as_ref().map(|(at, said)| {
        html! {
            <rect id="cmp-cell" class="cur" role="gridcell" aria-selected="true" aria-label={said.clone()}
                aria-colindex={(at + 2).to_string()} data-column={columns.get(*at).map(u32::to_string)}
                x={(at * wide).to_string()} y="1" width={(wide - 1).to_string()} height={(HEIGHT - 2).to_string()} />
        }
    });
    html! {
        <svg class="cmp-strip" role="presentation" {width} height={HEIGHT.to_string()}>
            <path class="tint" d={drawn.tint.clone()} />
            <path class="hatch" d={drawn.masked.clone()} />
            <path class="none" d={drawn.absent.clone()} />
            <path class="t" d={drawn.trained.clone()} />
            <path class="other" d={drawn.other.clone()} />
            <path class="plus" d={drawn.plus.clone()} />
            <path class="minus" d={drawn.minus.clone()} />
            { cell }
        </svg>
    }
}
