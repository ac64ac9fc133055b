//! Which conversations, and how they become batches.

use std::rc::Rc;

use yew::prelude::*;

use super::change;
use crate::app::components::setup::{entry, picker, value};
use crate::app::components::shared::{Dispatch, Shared, rich};
use crate::app::components::typed::{self, typed};
use crate::app::i18n::Lang;
use crate::app::state::DatasetChoices;
use crate::app::wire::{BatchView, Hello, MOST_CONVERSATIONS, START, Scope};
use crate::batch::{Pads, Side, Truncation, Way};
use crate::engine::PadToken;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) hello: Shared<Hello>,
    pub(crate) view: Option<Shared<BatchView>>,
    pub(crate) choices: DatasetChoices,
    pub(crate) file: Option<(Rc<str>, usize)>,
    pub(crate) dispatch: Dispatch,
}

const SCOPES: [Scope; 3] = [Scope::Dialogue, Scope::File, Scope::Examples];
const CUTS: [Truncation; 3] = [Truncation::KeepStart, Truncation::KeepEnd, Truncation::Drop];
const MULTIPLES: [u32; 4] = [1, 8, 16, 64];

/// A picker of one of a few things, each with its place in their list as its value.
fn choose<T: Copy + PartialEq + 'static>(
    props: &Props,
    (id, name): (&'static str, &str),
    things: &'static [T],
    chosen: T,
    word: impl Fn(T) -> Option<String>,
    set: impl Fn(&mut DatasetChoices, T) + 'static,
) -> Html {
    let listed = things.iter().enumerate().filter_map(|(place, thing)| {
        word(*thing).map(|word| entry(&place.to_string(), word, *thing == chosen))
    });
    let listed = listed.collect();
    let onchange = change(&props.choices, &props.dispatch, move |choices, event: Event| {
        if let Some(thing) = value(&event).parse().ok().and_then(|place: usize| things.get(place)) {
            set(choices, *thing);
            choices.look = START;
        }
    });
    picker(id, name, onchange, listed)
}

/// The controls.
pub(crate) fn controls(props: &Props) -> Html {
    let Props { lang, hello, view, choices, file, dispatch } = props;
    let lang = *lang;
    let settings = &choices.settings;
    let info = settings.way.info();
    let summary = hello.ways.iter().find(|(way, _)| *way == settings.way).map(|(_, summary)| summary);
    let scope = choices.scope.of(file.is_some());
    let pads = [PadToken::Own, PadToken::Eos];
    let pad = view.as_ref().and_then(|view| view.pad.clone()).unwrap_or_else(|| "–".to_owned());
    let set_pad = change(choices, dispatch, |choices, event: Event| {
        choices.pad = if value(&event) == "eos" { PadToken::Eos } else { PadToken::Own };
    });
    let pads = pads.map(|token| {
        let (id, word) = match token {
            PadToken::Eos => ("eos", "eos_token"),
            _ => ("own", "pad_token"),
        };
        let chosen = token == choices.pad;
        let word = if chosen { format!("{word}  {pad}") } else { word.to_owned() };
        entry(id, word, chosen)
    });
    let set_size = change(choices, dispatch, |choices, event: Event| {
        if let Ok(size) = value(&event).trim().parse::<u32>() {
            choices.settings.batch_size = size.clamp(1, 64);
            choices.look = START;
        }
    });
    let padded = info.pads != Pads::Never;
    // axolotl and LLaMA-Factory pad to lengths of their own.
    let multiples = padded
        && !matches!(settings.way, Way::Multipack | Way::MultipackSequential | Way::LlamaFactory | Way::Neat);
    html! {
        <>
            <div class="cmp-controls" role="group" aria-label={lang.pick("How batches are made", "批次设置")}>
                { choose(props, ("pick-scope", lang.pick("Conversations", "对话")), &SCOPES, scope, |scope| Some(match scope {
                    Scope::Dialogue => lang.pick("those in the box", "输入框中的").to_owned(),
                    Scope::Examples => lang.pick("all examples", "全部示例").to_owned(),
                    Scope::File => {
                        let (name, rows) = file.as_ref()?;
                        match lang {
                            Lang::En if *rows > MOST_CONVERSATIONS => format!("{name}, the first {MOST_CONVERSATIONS}"),
                            Lang::Zh if *rows > MOST_CONVERSATIONS => format!("{name}，前 {MOST_CONVERSATIONS} 段"),
                            _ => name.to_string(),
                        }
                    }
                }), |choices, scope| choices.scope = scope) }
                { choose(props, ("pick-way", lang.pick("Trainer and way", "训练器与方式")), &WAY_LIST, settings.way,
                    |way| Some(format!("{}  {}", lang.of(&way.info().title), version(way))), |choices, way| {
                        (choices.settings.way, choices.settings.truncation) = (way, None);
                    }) }
                if info.truncations.len() > 1 {
                    { choose(props, ("pick-cut", lang.pick("Too long", "超长时")), &CUTS, settings.truncation(), |cut| {
                        info.truncations.contains(&cut).then(|| match cut {
                            Truncation::KeepStart => lang.pick("keep the start", "保留开头"),
                            Truncation::KeepEnd => lang.pick("keep the end", "保留结尾"),
                            Truncation::Drop => lang.pick("drop the sample", "丢弃样本"),
                        }.to_owned())
                    }, |choices, cut| choices.settings.truncation = Some(cut)) }
                }
                if info.pads == Pads::Asks {
                    { choose(props, ("pick-side", lang.pick("Padding side", "填充方向")), &[Side::Right, Side::Left], settings.side(), |side| Some(match side {
                        Side::Right => lang.pick("right", "右侧").to_owned(),
                        Side::Left => lang.pick("left", "左侧").to_owned(),
                    }), |choices, side| choices.settings.padding_side = side) }
                }
                if padded {
                    { picker("pick-pad", lang.pick("Pad token", "填充 token"), set_pad, pads.to_vec()) }
                }
                if multiples {
                    { choose(props, ("pick-multiple", "pad_to_multiple_of"), &MULTIPLES, settings.multiple_of.unwrap_or(1),
                        |multiple| Some(if multiple == 1 { "None".to_owned() } else { multiple.to_string() }),
                        |choices, multiple| choices.settings.multiple_of = Some(multiple).filter(|it| *it > 1)) }
                }
                <div class="field">
                    <label for="batch-size">{ lang.pick("Batch size", "批大小") }</label>
                    { typed(typed::Props {
                        id: Some("batch-size"), class: "ds-number", kind: "number", range: [Some("1"), Some("64")],
                        text: settings.batch_size.to_string(), onchange: set_size, ..Default::default()
                    }) }
                </div>
            </div>
            <p class="quiet ds-way">{ for summary.map(|summary| rich(&lang.of(summary))) }{ " " }<code>{ info.package }</code></p>
        </>
    }
}

/// Every way, TRL's first.
static WAY_LIST: [Way; 12] = [
    Way::Trl,
    Way::TrlPaddingFree,
    Way::TrlBfd,
    Way::TrlBfdSplit,
    Way::TrlWrapped,
    Way::Multipack,
    Way::MultipackSequential,
    Way::LlamaFactory,
    Way::Neat,
    Way::Seq2seq,
    Way::LanguageModeling,
    Way::Flattening,
];

/// The version of the package of a way.
fn version(way: Way) -> &'static str {
    way.info().package.split(' ').next_back().unwrap_or_default()
}
