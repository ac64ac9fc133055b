//! The turns of a sample: a list of tokens with one tab stop, walked with the keyboard.

use std::ops::Range;

use gloo::timers::callback::Timeout;
use gloo::utils::window;
use wasm_bindgen::JsCast;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use crate::app::cells::{Turn, neighbour_run, turns};
use crate::app::components::block::{self, block};
use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::hooked;
use crate::app::components::sample::{Props, reply_number};
use crate::app::components::shared::{Dispatch, focus};
use crate::app::i18n::Lang;
use crate::app::platform;
use crate::app::state::{Action, TokenAt};
use crate::app::wire::SampleView;
use crate::span::Span;

/// A turn of so many masked tokens can be folded to a line.
const FOLDED_TOKENS: usize = 12;
/// A longer turn is drawn in blocks of so many tokens, so that only those near the screen need be there, and that one
/// that comes near it is drawn within a frame.
const BLOCK_TOKENS: usize = 120;

/// A sample that comes on the screen is drawn after so long.
const DRAWN_AFTER_MS: u32 = 60;

/// The turns.
pub(crate) fn all_turns(props: Props) -> Html {
    hooked(props, |props, context| use_all_turns(props).run(context))
}

#[hook]
fn use_all_turns(props: &Props) -> Html {
    let Props { sample, place, roles, lang, dispatch, .. } = props.clone();
    let all_turns = use_memo(sample.clone(), |sample| turns(sample));
    // The one tab stop of the list is where the trained words begin.
    let cursor = use_state(|| neighbour_run(&sample, 0, true).unwrap_or(0));
    let moved = use_state(|| 0_u32);
    let unfolded = use_state(Vec::<usize>::new);
    let phone = *use_memo((), |()| platform::is_phone());
    let list = use_node_ref();
    // What is selected: where the selection began, and where it ends.
    let picked = use_state(|| None::<(usize, usize)>);
    let last = sample.len().saturating_sub(1);
    let at = (*cursor).min(last);

    // After a key has moved the cursor and the tokens are drawn, the keyboard follows.
    {
        let list = list.clone();
        use_effect_with(*moved, move |moves| {
            if *moves > 0
                && let Some(list) = list.cast::<Element>()
                && let Ok(Some(token)) = list.query_selector(&format!("[data-token=\"{at}\"]"))
            {
                focus(&token);
            }
        });
    }

    // What was pinned or selected elsewhere comes into sight.
    {
        let list = list.clone();
        let first = props.pin.or_else(|| props.lit.as_ref().filter(|_| place == 0).map(|lit| lit.start));
        use_effect_with(first, move |pin| {
            if let Some(pin) = pin
                && let Some(list) = list.cast::<Element>()
                && let Ok(Some(token)) = list.query_selector(&format!("[data-token=\"{pin}\"]"))
            {
                let options = ScrollIntoViewOptions::new();
                options.set_block(ScrollLogicalPosition::Nearest);
                token.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }

    let hover = move |event: &Event, dispatch: &Dispatch| {
        if let Some(token) = token_of(event) {
            dispatch.dispatch(Action::Hover(Some(TokenAt { sample: place, token })));
        }
    };
    let onpointerover = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: PointerEvent| hover(&event, &dispatch))
    };
    let onfocusin = {
        let (dispatch, cursor) = (dispatch.clone(), cursor.clone());
        Callback::from(move |event: FocusEvent| {
            if let Some(token) = token_of(&event) {
                cursor.set(token);
            }
            hover(&event, &dispatch);
        })
    };
    let onpointerleave = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: PointerEvent| dispatch.dispatch(Action::Hover(None)))
    };
    let onclick = {
        let (dispatch, picked, list) = (dispatch.clone(), picked.clone(), list.clone());
        Callback::from(move |event: MouseEvent| {
            // The end of a selection is a click too, on what holds both its ends.
            picked.set(list.cast::<Element>().and_then(|list| selected(&list)));
            if let Some(token) = token_of(&event) {
                dispatch.dispatch(Action::Pin(TokenAt { sample: place, token }));
            }
        })
    };
    let onkeydown = {
        let (dispatch, cursor, moved, sample) =
            (dispatch.clone(), cursor.clone(), moved.clone(), sample.clone());
        let (picked, list) = (picked.clone(), list.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(token) = token_of(&event) else { return };
            if event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let to = match event.key().as_str() {
                "ArrowRight" => Some((token + 1).min(last)),
                "ArrowLeft" => Some(token.saturating_sub(1)),
                "Home" => Some(0),
                "End" => Some(last),
                "n" => neighbour_run(&sample, token, true),
                "p" => neighbour_run(&sample, token, false),
                key @ ("N" | "P") => {
                    event.prevent_default();
                    return to_neighbour(&list, key == "N");
                }
                "Enter" | " " => {
                    event.prevent_default();
                    dispatch.dispatch(Action::Pin(TokenAt { sample: place, token }));
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            if let Some(to) = to {
                let began = picked.map_or(token, |(began, _)| began);
                picked.set(event.shift_key().then_some((began, to)));
                if event.shift_key() {
                    select(&list, began, to);
                } else if let Ok(Some(selection)) = window().get_selection() {
                    // What stays selected would be dragged by the pointer instead of selected anew.
                    let _ = selection.remove_all_ranges();
                }
                cursor.set(to);
                moved.set(*moved + 1);
            }
        })
    };

    // A turn with the keyboard or the pin in it is open.
    let holds = |tokens: &Range<usize>| {
        tokens.contains(&at)
            || props.pin.is_some_and(|pin| tokens.contains(&pin))
            || props.lit.as_ref().is_some_and(|lit| lit.start < tokens.end && tokens.start < lit.end)
    };
    let blocks = all_turns.iter().enumerate().map(|(index, turn)| {
        let can_fold = turn.trained == 0 && turn.tokens.len() >= FOLDED_TOKENS;
        // On a phone, and where there is much, the trained words should be in sight.
        let starts_folded = can_fold && ((turn.message.is_none() && place > 0) || phone || props.lazy);
        let is_folded = can_fold && !holds(&turn.tokens) && (starts_folded != unfolded.contains(&index));
        let toggle = can_fold.then(|| {
            let unfolded = unfolded.clone();
            Callback::from(move |_: MouseEvent| {
                let others = unfolded.iter().copied().filter(|other| *other != index);
                let added = (!unfolded.contains(&index)).then_some(index);
                unfolded.set(others.chain(added).collect());
            })
        });
        draw_turn(props, &roles, turn, at, is_folded, toggle)
    });
    html! {
        <div class="turns" role="group" aria-label={lang.pick("Tokens", "token 列表")} ref={list}
            {onpointerover} {onpointerleave} {onfocusin} {onclick} {onkeydown}>
            { for blocks }
            <p class="picked" role="status">{ picked.map(|(began, ends)| picked_words(lang, &sample, began.min(ends)..began.max(ends) + 1)) }</p>
        </div>
    }
}

/// The first and the last token that the browser's own selection touches.
fn selected(list: &Element) -> Option<(usize, usize)> {
    let selection = window().get_selection().ok()??;
    if selection.is_collapsed() {
        return None;
    }
    let tokens = list.query_selector_all("[data-token]").ok()?;
    let mut found = (0..tokens.length()).filter_map(|place| {
        let token: Element = tokens.get(place)?.dyn_into().ok()?;
        let is_in = selection.contains_node_with_allow_partial_containment(&token, true).ok()?;
        token.get_attribute("data-token").filter(|_| is_in)?.parse().ok()
    });
    let first = found.next()?;
    Some((first, found.next_back().unwrap_or(first)))
}

/// Selects from one token to another as a pointer would, where they are drawn.
fn select(list: &NodeRef, began: usize, ends: usize) {
    let token = |token: usize| {
        list.cast::<Element>()?.query_selector(&format!("[data-token=\"{token}\"]")).ok().flatten()
    };
    if let (Some(first), Some(last), Ok(Some(selection))) =
        (token(began.min(ends)), token(began.max(ends)), window().get_selection())
    {
        let _ = selection.set_base_and_extent(&first, 0, &last, last.child_nodes().length());
    }
}

fn picked_words(lang: Lang, sample: &SampleView, tokens: Range<usize>) -> String {
    let (count, trained) = (tokens.len(), tokens.filter(|token| sample.is_trained(*token)).count());
    match lang {
        Lang::En => {
            format!("{} selected, {} trained", lang.count(count, "token", "tokens", ""), lang.number(trained))
        }
        Lang::Zh => format!("选中 {count} 个 token，其中 {trained} 个参与训练"),
    }
}

/// Puts the keyboard on the tab stop of the next sample or of the one before; one that is far from the screen is drawn when
/// it has come near.
fn to_neighbour(list: &NodeRef, forward: bool) {
    let section = list.cast::<Element>().and_then(|list| list.closest("section").ok().flatten());
    let neighbour = section.and_then(|section| {
        if forward { section.next_element_sibling() } else { section.previous_element_sibling() }
    });
    let Some(neighbour) = neighbour else { return };
    neighbour.scroll_into_view();
    Timeout::new(DRAWN_AFTER_MS, move || {
        if let Ok(Some(token)) = neighbour.query_selector("[data-token][tabindex=\"0\"]") {
            focus(&token);
        }
    })
    .forget();
}

/// The token that an event happened on.
fn token_of(event: &Event) -> Option<usize> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let token = target.closest("[data-token], [data-of]").ok()??;
    token.get_attribute("data-token").or_else(|| token.get_attribute("data-of"))?.parse().ok()
}

fn draw_turn(
    props: &Props,
    roles: &[String],
    turn: &Turn,
    cursor: usize,
    is_folded: bool,
    toggle: Option<Callback<MouseEvent>>,
) -> Html {
    let Props { sample, lang, .. } = props;
    let lang = *lang;
    let title = turn.message.and_then(|message| roles.get(message)).map(|role| lang.role(role));
    let note = match turn.message {
        None => Some((lang.pick("injected", "模板添加").to_owned(), "")),
        Some(message) if sample.reply == Some(message as u32) => {
            let number = reply_number(roles, message);
            Some((
                match lang {
                    Lang::En => format!("reply {number}"),
                    Lang::Zh => format!("第 {number} 条回复"),
                },
                "reply",
            ))
        }
        Some(message)
            if sample.reply.is_some() && roles.get(message).is_some_and(|role| role == "assistant") =>
        {
            Some((lang.pick("context", "上下文").to_owned(), ""))
        }
        Some(_) => None,
    };
    let who = html! {
        <div class="who">
            <b>{ title.unwrap_or_else(|| injected_role(lang, sample, turn)) }</b>
            <span class="num">{ format!("{}–{}", turn.tokens.start, turn.tokens.end - 1) }</span>
            if let Some((note, class)) = note { <span class={class}>{ note }</span> }
            if let Some(flag) = turn.message.and_then(|message| props.flags.get(message)).filter(|flag| !flag.is_empty()) {
                <code class="flag" title={lang.pick("what the data says of this message’s training", "数据中标注的训练开关")}>{ flag }</code>
            }
        </div>
    };
    if is_folded && let Some(toggle) = toggle {
        let first = sample.offset(turn.body.min(turn.tokens.end - 1)).start;
        let peek: String = sample.text.get(first..).unwrap_or_default().chars().take(80).collect();
        return html! {
            <div class="turn" key={turn.tokens.start}>
                { who }
                <button class="fold" aria-expanded="false" onclick={toggle}>
                    { icon(Icon::Right) }
                    <span>{ match lang {
                        Lang::En => format!("{} tokens, all masked", lang.number(turn.tokens.len())),
                        Lang::Zh => format!("{} 个 token，全部被忽略", lang.number(turn.tokens.len())),
                    } }</span>
                    <span class="bar-hatch" aria-hidden="true"></span>
                    <span class="peek" aria-hidden="true">{ peek.replace('\n', " ") }</span>
                </button>
            </div>
        };
    }
    let header = turn.tokens.start..turn.body;
    let header_is_long = {
        let length =
            sample.offset(header.end.saturating_sub(1)).end.saturating_sub(sample.offset(header.start).start);
        !header.is_empty() && length > 30
    };
    html! {
        <div class={classes!("turn", header_is_long.then_some("tall"))} key={turn.tokens.start}>
            <div class="side">
                { who }
                if let Some(toggle) = toggle {
                    <button class="unfold" aria-expanded="true" onclick={toggle} aria-label={lang.pick("Fold this turn", "折叠这一轮")}>
                        { icon(Icon::Down) }
                    </button>
                }
            </div>
            { stretch(props, header, cursor, "head") }
            <div class="body">
                { for chunks(turn.body..turn.tokens.end).map(|tokens| stretch(props, tokens, cursor, "")) }
            </div>
        </div>
    }
}

/// What text that no message owns looks like: a system message, most often.
fn injected_role(lang: Lang, sample: &SampleView, turn: &Turn) -> String {
    let last = turn.tokens.end.min(turn.tokens.start + 4) - 1;
    let beginning =
        Span::new(sample.offset(turn.tokens.start).start, sample.offset(last).end).of(&sample.text);
    if beginning.contains("system") {
        lang.role("system")
    } else {
        lang.pick("template", "模板").to_owned()
    }
}

fn chunks(tokens: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = tokens.end;
    let size = if tokens.len() <= 4 * BLOCK_TOKENS { tokens.len().max(1) } else { BLOCK_TOKENS };
    tokens.step_by(size).map(move |start| start..(start + size).min(end))
}

/// A stretch of tokens; a header is short and always drawn.
fn stretch(props: &Props, tokens: Range<usize>, cursor: usize, class: &'static str) -> Html {
    let inside = |token: usize| tokens.contains(&token).then_some(token);
    let (cursor, pin) = (inside(cursor), props.pin.and_then(inside));
    let lit = props.lit.as_ref().map(|lit| lit.start.max(tokens.start)..lit.end.min(tokens.end));
    let lit = lit.filter(|lit| lit.start < lit.end);
    let glance =
        props.glance.filter(|glance| tokens.clone().any(|token| glance.lights(&props.sample, token)));
    block(block::Props {
        sample: props.sample.clone(),
        lane: props.lane,
        lang: props.lang,
        lazy: props.lazy && class.is_empty(),
        cursor,
        pin,
        lit,
        glance,
        tokens,
        class,
    })
}
