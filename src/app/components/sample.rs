//! One sample: its heading, its strip, and its turns of tokens.

use std::collections::BTreeSet;
use std::ops::Range;

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::app::cells::{Turn, neighbour_run, runs, turns};
use crate::app::components::block::Block;
use crate::app::components::icons::{Icon, icon};
use crate::app::components::shared::{Dispatch, Shared, focus};
use crate::app::i18n::Lang;
use crate::app::platform;
use crate::app::state::{Action, Lane, TokenAt};
use crate::app::wire::{ConversationView, SampleView};
use crate::span::Span;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) sample: Shared<SampleView>,
    /// Its place in the list, from 0.
    pub(crate) place: usize,
    /// The roles of the conversation's messages.
    pub(crate) roles: Shared<Vec<String>>,
    pub(crate) lane: Lane,
    pub(crate) lang: Lang,
    /// The pinned token, where it is in this sample.
    pub(crate) pin: Option<usize>,
    /// Whether tokens far from the screen are left out.
    pub(crate) lazy: bool,
    pub(crate) dispatch: Dispatch,
}

/// A turn of so many masked tokens can be folded to a line.
const FOLDED_TOKENS: usize = 12;
/// A longer turn is drawn in blocks of so many tokens, so that only those near the screen need be there.
const BLOCK_TOKENS: usize = 240;
/// Up to so many tokens, the strip has a tick for each.
const TICKS: usize = 240;

/// The roles of a conversation's messages.
pub(crate) fn roles(conversation: &ConversationView) -> Vec<String> {
    conversation.messages.iter().map(|message| message.role.clone()).collect()
}

/// The sample.
#[component]
pub(crate) fn Sample(props: &Props) -> Html {
    let Props { sample, place, roles, lang, dispatch, .. } = props.clone();
    let all_turns = use_memo(sample.clone(), |sample| turns(sample));
    // The one tab stop of the list is where the trained words begin.
    let cursor = use_state(|| neighbour_run(&sample, 0, true).unwrap_or(0));
    let moved = use_state(|| 0_u32);
    let unfolded = use_state(BTreeSet::<usize>::new);
    let phone = *use_memo((), |()| platform::is_phone());
    let list = use_node_ref();
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
        let dispatch = dispatch.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(token) = token_of(&event) {
                dispatch.dispatch(Action::Pin(TokenAt { sample: place, token }));
            }
        })
    };
    let onkeydown = {
        let (dispatch, cursor, moved, sample) =
            (dispatch.clone(), cursor.clone(), moved.clone(), sample.clone());
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
                "Enter" | " " => {
                    event.prevent_default();
                    dispatch.dispatch(Action::Pin(TokenAt { sample: place, token }));
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            if let Some(to) = to {
                cursor.set(to);
                moved.set(*moved + 1);
            }
        })
    };

    let number = place + 1;
    let name = format!("{} {number}", lang.pick("Sample", "样本"));
    let blocks = all_turns.iter().enumerate().map(|(index, turn)| {
        let can_fold = turn.trained == 0 && turn.tokens.len() >= FOLDED_TOKENS;
        // On a phone the trained words should be on the first screen.
        let starts_folded = can_fold && ((turn.message.is_none() && place > 0) || phone);
        let is_folded =
            can_fold && !turn.tokens.contains(&at) && (starts_folded != unfolded.contains(&index));
        let toggle = can_fold.then(|| {
            let unfolded = unfolded.clone();
            Callback::from(move |_: MouseEvent| {
                let mut set = (*unfolded).clone();
                if !set.remove(&index) {
                    set.insert(index);
                }
                unfolded.set(set);
            })
        });
        draw_turn(props, &roles, turn, at, is_folded, toggle)
    });
    html! {
        <section class="sample" aria-label={name.clone()}>
            <header>
                <h2>{ name }</h2>
                <p>{ purpose(lang, &sample, &roles) }</p>
                <span class="n">{ match lang {
                    Lang::En => html! { <><b>{ lang.number(sample.trained) }</b>{ " trained of " }{ lang.number(sample.len()) }</> },
                    Lang::Zh => html! { <><b>{ lang.number(sample.trained) }</b>{ " 个参与训练，共 " }{ lang.number(sample.len()) }{ " 个 token" }</> },
                } }</span>
            </header>
            { strip(&sample) }
            <div role="list" aria-label={lang.pick("Tokens", "token 列表")} ref={list}
                {onpointerover} {onpointerleave} {onfocusin} {onclick} {onkeydown}>
                { for blocks }
            </div>
        </section>
    }
}

/// The token that an event happened on.
fn token_of(event: &Event) -> Option<usize> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let token = target.closest("[data-token], [data-of]").ok()??;
    token.get_attribute("data-token").or_else(|| token.get_attribute("data-of"))?.parse().ok()
}

/// Which reply of the conversation a message is, from 1.
pub(crate) fn reply_number(roles: &[String], message: usize) -> usize {
    roles.iter().take(message + 1).filter(|role| *role == "assistant").count()
}

fn purpose(lang: Lang, sample: &SampleView, roles: &[String]) -> String {
    let Some(reply) = sample.reply.map(|reply| reply_number(roles, reply as usize)) else {
        return lang.pick("the whole conversation in one sample", "整段对话为一个样本").to_owned();
    };
    match (lang, reply) {
        (Lang::En, 0 | 1) => "trains reply 1; everything before it is context".to_owned(),
        (Lang::En, 2) => "trains reply 2; reply 1 is context here, so it is masked".to_owned(),
        (Lang::En, n) => {
            format!("trains reply {n}; replies 1 to {} are context here, so they are masked", n - 1)
        }
        (Lang::Zh, 0 | 1) => "训练第 1 条回复，之前的内容只作上下文".to_owned(),
        (Lang::Zh, 2) => "训练第 2 条回复；第 1 条回复在这里只是上下文，因此被忽略".to_owned(),
        (Lang::Zh, n) => format!("训练第 {n} 条回复；前 {} 条回复在这里只是上下文，因此被忽略", n - 1),
    }
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
            { block(props, header, cursor, "head") }
            <div class="body">
                { for chunks(turn.body..turn.tokens.end).map(|tokens| block(props, tokens, cursor, "")) }
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
    let size = if tokens.len() <= 2 * BLOCK_TOKENS { tokens.len().max(1) } else { BLOCK_TOKENS };
    tokens.step_by(size).map(move |start| start..(start + size).min(end))
}

fn block(props: &Props, tokens: Range<usize>, cursor: usize, class: &'static str) -> Html {
    let inside = |token: usize| tokens.contains(&token).then_some(token);
    let (cursor, pin) = (inside(cursor), props.pin.and_then(inside));
    let start = tokens.start;
    html! {
        <Block key={start} sample={props.sample.clone()} lane={props.lane} lang={props.lang} lazy={props.lazy}
            {cursor} {pin} {tokens} {class} />
    }
}

/// The mask at overview scale.
fn strip(sample: &SampleView) -> Html {
    if sample.len() <= TICKS {
        return html! {
            <div class="strip" aria-hidden="true">
                { for (0..sample.len()).map(|token| html! { <i class={sample.is_trained(token).then_some("t")} /> }) }
            </div>
        };
    }
    let scale = 100.0 / sample.len() as f64;
    html! {
        <svg class="strip" aria-hidden="true" width="100%" height="10">
            <rect width="100%" height="10" class="hatch" />
            { for runs(sample).into_iter().filter(|(trained, _)| *trained).map(|(_, run)| html! {
                <rect x={format!("{}%", run.start as f64 * scale)} width={format!("{}%", run.len() as f64 * scale)} height="10" class="t" />
            }) }
        </svg>
    }
}
