//! One sample: its heading, its strip, and its turns of tokens.

use std::ops::Range;

use yew::prelude::*;

use crate::app::cells::{Glance, runs};
use crate::app::components::memo::listed;
use crate::app::components::shared::{Dispatch, Shared, use_height, use_near};
use crate::app::components::turns;
use crate::app::i18n::Lang;
use crate::app::state::Lane;
use crate::app::wire::{ConversationView, SampleView};
use crate::engine::MessageSummary;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) sample: Shared<SampleView>,
    /// Its place in the list, from 0.
    pub(crate) place: usize,
    /// The roles of the conversation's messages.
    pub(crate) roles: Shared<Vec<String>>,
    /// What the messages say of their own training.
    pub(crate) flags: Shared<Vec<String>>,
    pub(crate) lane: Lane,
    pub(crate) lang: Lang,
    /// The pinned token, where it is in this sample.
    pub(crate) pin: Option<usize>,
    /// The tokens that came from the text that is selected in the box.
    pub(crate) lit: Option<Range<usize>>,
    /// What the pointer is on beside the samples.
    pub(crate) glance: Option<Glance>,
    /// Whether tokens far from the screen are left out.
    pub(crate) lazy: bool,
    pub(crate) dispatch: Dispatch,
}

/// Up to so many tokens, the strip has a tick for each: a pixel and a gap have room on a phone.
const TICKS: usize = 160;

/// The roles of a conversation's messages.
pub(crate) fn roles(conversation: &ConversationView) -> Vec<String> {
    conversation.messages.iter().map(|message| message.role.clone()).collect()
}

/// What each message says of its own training, in the data's words: `weight=0`.
pub(crate) fn flags(conversation: &ConversationView) -> Vec<String> {
    let words = |message: &MessageSummary| {
        let flags = message.training.iter().flat_map(|training| &training.flags);
        flags.map(|flag| format!("{}={}", flag.key, flag.weight)).collect::<Vec<_>>().join(" ")
    };
    conversation.messages.iter().map(words).collect()
}

/// The sample, one of a list.
pub(crate) fn sample(props: Props) -> Html {
    listed(props.place, props, |props, context| use_sample(props).run(context))
}

#[hook]
fn use_sample(props: &Props) -> Html {
    let Props { sample, place, roles, lang, lazy, pin, .. } = props.clone();
    let element = use_node_ref();
    let near = use_near(&element, lazy) || pin.is_some() || props.lit.is_some();
    let height =
        (!near).then(|| 46 * sample.reply.map_or(1, |reply| reply as usize + 2) + 5 * sample.trained);
    use_height(&element, height);
    let number = place + 1;
    let name = format!("{} {number}", lang.pick("Sample", "样本"));
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
            <div class="turns-place" ref={element}>
                if near { { turns::all_turns(props.clone()) } }
            </div>
        </section>
    }
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
