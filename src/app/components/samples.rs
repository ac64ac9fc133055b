//! The heart of the page: the samples, or why there are none.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::cells::Glance;
use crate::app::components::diagnostics::{finding, pointed_at, template_of};
use crate::app::components::memo::hooked;
use crate::app::components::sample::{self, flags, roles, sample};
use crate::app::components::setup::tokenizer_name;
use crate::app::components::shared::{Dispatch, Shared, clicked};
use crate::app::i18n::Lang;
use crate::app::state::{Action, Lane, Loading, TokenAt, Worker};
use crate::app::wire::{Hello, OutcomeView, ReportView};
use crate::span::Span;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) lane: Lane,
    pub(crate) text: Rc<str>,
    /// The report whose samples are shown.
    pub(crate) report: Option<Shared<ReportView>>,
    /// Whether they are those of the text as it stands.
    pub(crate) current: bool,
    /// The report on the text as it stands.
    pub(crate) newest: Option<Shared<ReportView>>,
    pub(crate) tokenizer: String,
    pub(crate) loading: Option<Loading>,
    pub(crate) worker: Worker,
    pub(crate) pin: Option<TokenAt>,
    /// The bytes that are selected in the box.
    pub(crate) selection: Option<Span>,
    /// What the pointer is on beside the samples.
    pub(crate) glance: Option<Glance>,
    /// The dialogues to start from.
    pub(crate) hello: Shared<Hello>,
    pub(crate) dispatch: Dispatch,
}

/// With more tokens than this, those far from the screen are not drawn.
const DRAWN_TOKENS: usize = 3_000;

/// The samples.
pub(crate) fn samples(props: Props) -> Html {
    hooked(props, |props, context| use_samples(props).run(context))
}

#[hook]
fn use_samples(props: &Props) -> Html {
    let Props { lang, report, dispatch, .. } = props.clone();
    let conversation = report.as_ref().and_then(|report| report.conversation.as_ref());
    // One and the same list as long as the roles are, so that samples that did not change are not drawn again.
    let roles = use_memo(conversation.map(roles).unwrap_or_default(), Vec::clone);
    let flags = use_memo(conversation.map(flags).unwrap_or_default(), Vec::clone);
    let selection = props.selection.filter(|_| props.current);
    let total: usize =
        report.iter().flat_map(|report| report.samples()).map(|(_, sample)| sample.len()).sum();
    let outcomes = conversation.into_iter().flat_map(|conversation| conversation.outcomes.iter()).enumerate().map(
        |(place, outcome)| match outcome {
            OutcomeView::Sample(found) => sample(sample::Props {
                sample: Shared(found.clone()),
                place,
                roles: Shared(roles.clone()),
                flags: Shared(flags.clone()),
                lane: props.lane,
                lang,
                lazy: total > DRAWN_TOKENS,
                dispatch: dispatch.clone(),
                lit: selection.and_then(|selection| found.tokens_of(selection)),
                glance: props.glance.filter(|_| props.current),
                pin: props.pin.filter(|pin| pin.sample == place).map(|pin| pin.token),
            }),
            OutcomeView::Same => Html::default(),
            OutcomeView::Dropped(why, _) => html! {
                <section key={place} class="sample dropped" aria-label={format!("{} {}", lang.pick("Sample", "样本"), place + 1)}>
                    <header><h2>{ match lang {
                        Lang::En => format!("Sample {} is dropped", place + 1),
                        Lang::Zh => format!("样本 {} 被丢弃", place + 1),
                    } }</h2></header>
                    <p>{ lang.of(why) }</p>
                </section>
            },
        },
    );
    let tokenizer_waits = !matches!(props.loading, Some(Loading::Ready(_)));
    html! {
        <div class="proof" id="samples" role="tabpanel" aria-labelledby="tab-samples" tabindex="-1">
            { lane(props) }
            if props.worker == Worker::Failed {
                <p class="state-line" role="alert">
                    { lang.pick(
                        "The background worker keeps stopping. Reload the page; your text is kept.",
                        "后台线程多次意外停止。请刷新页面，输入的内容会保留。",
                    ) }
                </p>
            }
            if tokenizer_waits { { waiting(props) } }
            if props.text.trim().is_empty() {
                { empty(props) }
            } else {
                { for props.newest.iter().flat_map(|newest| newest.errors().into_iter().map(|error| {
                    let text = pointed_at(error, &props.text, template_of(Some(newest)));
                    html! { <div class="top-error" role="alert">{ finding(lang, error, text, None) }</div> }
                })) }
            }
            <div class={classes!("samples", (!props.current).then_some("stale"))}>{ for outcomes }</div>
        </div>
    }
}

/// What the marks mean, and what stands under a token.
fn lane(props: &Props) -> Html {
    let lang = props.lang;
    let choice = |lane: Lane, name: &'static str| {
        let onclick = clicked(&props.dispatch, move || Action::Lane(lane));
        let chosen = props.lane == lane;
        html! { <button aria-pressed={chosen.to_string()} class={chosen.then_some("on")} {onclick}>{ name }</button> }
    };
    html! {
        <div class="lane">
            <span class="key"><span class="sw t"></span>{ lang.pick("trained", "参与训练") }</span>
            <span class="key"><span class="sw"></span>{ lang.pick("masked", "被忽略") }</span>
            <span class="key more"><span class="chip">{ "<|…|>" }</span>{ lang.pick("special", "特殊 token") }</span>
            <span class="key more"><span class="ws">{ "·" }</span>{ lang.pick("space", "空格") }</span>
            <div class="seg" role="group" aria-label={lang.pick("Under each token", "token 下方显示")}>
                { choice(Lane::Text, lang.pick("text", "文本")) }
                { choice(Lane::Ids, "ids") }
                { choice(Lane::Labels, "labels") }
            </div>
        </div>
    }
}

/// A tokenizer on its way.
fn waiting(props: &Props) -> Html {
    let lang = props.lang;
    let name = tokenizer_name(lang, &props.tokenizer);
    let megabytes = |bytes: f64| format!("{:.1} MB", bytes / 1e6);
    let (value, words) = match &props.loading {
        Some(Loading::Coming(loaded, Some(total))) if *total > 0.0 => (
            Some((loaded / total).min(1.0)),
            match lang {
                Lang::En => format!("{} of {}", megabytes(loaded.min(*total)), megabytes(*total)),
                Lang::Zh => format!("已加载 {} / {}", megabytes(loaded.min(*total)), megabytes(*total)),
            },
        ),
        Some(Loading::Coming(loaded, _)) => (None, megabytes(*loaded)),
        _ => (None, lang.pick("starting", "准备中").to_owned()),
    };
    html! {
        <div class="loading">
            <p>{ lang.pick("Loading tokenizer ", "正在加载分词器 ") }{ name }</p>
            <progress max="1" value={value.map(|value| value.to_string())} aria-label={lang.pick("Loading", "加载进度")}></progress>
            <p class="quiet">{ words }{ lang.pick(". The text can be edited meanwhile.", "，期间可继续编辑。") }</p>
        </div>
    }
}

/// Nothing has been pasted.
fn empty(props: &Props) -> Html {
    let Props { lang, hello, dispatch, .. } = props;
    html! {
        <div class="drop">
            <p>{ lang.pick(
                "Paste a dialogue into the box, in whatever format your data has. Or start from one of these.",
                "在输入框中粘贴一段对话，数据是什么格式都可以。也可以从示例开始。",
            ) }</p>
            <p class="starts">
                { for hello.examples.iter().take(6).map(|example| {
                    let chosen = example.clone();
                    let onclick = clicked(dispatch, move || Action::Example(chosen.clone()));
                    html! { <button class="txt-link" {onclick}>{ lang.of(&example.title) }</button> }
                }) }
            </p>
        </div>
    }
}
