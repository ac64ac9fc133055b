//! The line icons of the page, drawn on a 16 by 16 grid.

use yew::prelude::*;

/// The name of an icon.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    List,
    Theme,
    Down,
    Right,
    Left,
    Pin,
    Lock,
    Newline,
    Arrow,
    Error,
    Warning,
    Note,
    Close,
    Keys,
    File,
    Copy,
    Play,
    Pause,
    Export,
    Share,
    Undo,
    Redo,
    Past,
    Book,
    Done,
}

/// Draws an icon; it has no words of its own, so its button or line must.
pub(crate) fn icon(icon: Icon) -> Html {
    let path = match icon {
        Icon::List => "M6 4h8M6 8h8M6 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
        Icon::Theme => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z",
        Icon::Down => "M4 6.5l4 4 4-4",
        Icon::Right => "M6.5 4l4 4-4 4",
        Icon::Left => "M9.5 4l-4 4 4 4",
        Icon::Pin => "M6 2h4M7 2v4L4.5 9.5h7L9 6V2M8 9.5V14",
        Icon::Lock => "M4 7.5h8V14H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
        Icon::Newline => "M13 3.5V9H4M6.5 6.5L4 9l2.5 2.5",
        Icon::Arrow => "M2.5 8h11M10 4.5L13.5 8 10 11.5",
        Icon::Error => "M5.5 1.8h5l3.7 3.7v5l-3.7 3.7h-5l-3.7-3.7v-5zM6 6l4 4M10 6l-4 4",
        Icon::Warning => "M8 2l6.5 11.5h-13zM8 6.5v3.2M8 11.6v.01",
        Icon::Note => "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 7.4v3.8M8 4.8v.01",
        Icon::Close => "M4 4l8 8M12 4l-8 8",
        Icon::File => "M4 1.8h5.5L12.5 5v9.2H4zM9.2 2v3.3h3.2",
        Icon::Play => "M4.5 2.5v11l9-5.5z",
        Icon::Pause => "M5 3v10M11 3v10",
        Icon::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
        Icon::Export => "M8 2v8M4.5 6.5L8 10l3.5-3.5M3 13.5h10",
        Icon::Share => "M8 10V2M4.5 5.5L8 2l3.5 3.5M5 7.5H3v6.5h10V7.5h-2",
        Icon::Undo => "M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
        Icon::Redo => "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10",
        Icon::Past => "M2.5 8a5.5 5.5 0 1 0 1.8-4.1L2.5 5.5M2.5 2.5v3h3M8 5v3.2l2.2 1.3",
        Icon::Book => {
            "M8 4.2C6.4 3 4.2 2.7 1.8 3v9.5c2.4-.3 4.6 0 6.2 1.2 1.6-1.2 3.8-1.5 6.2-1.2V3C11.8 2.7 9.6 3 8 4.2zM8 4.2v9.5"
        }
        Icon::Done => "M3 8.5l3.2 3.2L13 4.8",
        Icon::Keys => "M1.5 4h13v8h-13zM4 6.5h.01M6.7 6.5h.01M9.3 6.5h.01M12 6.5h.01M5 9.5h6",
    };
    html! {
        <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
            <path d={path} />
            if icon == Icon::Theme { <path class="filled" d="M8 2a6 6 0 0 1 0 12z" /> }
        </svg>
    }
}
