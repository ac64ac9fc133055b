//! Everything about the token under the pointer, under the keyboard, or pinned.

use yew::prelude::*;

use crate::app::cells::{hex, signed};
use crate::app::components::block::picture;
use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::hooked;
use crate::app::components::shared::{Dispatch, Shared, clicked, rich};
use crate::app::i18n::Lang;
use crate::app::state::{Action, TokenAt};
use crate::app::wire::{ReportView, SampleView};
use crate::engine::MessageSummary;
use crate::span::Span;
use crate::template::Part;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) report: Option<Shared<ReportView>>,
    pub(crate) at: Option<TokenAt>,
    pub(crate) pinned: bool,
    pub(crate) dispatch: Dispatch,
}

/// The inspector.
pub(crate) fn inspector(props: Props) -> Html {
    hooked(props, |props, context| use_inspector(props).run(context))
}

#[hook]
fn use_inspector(props: &Props) -> Html {
    let Props { lang, report, at, pinned, dispatch } = props.clone();
    let open = use_state(|| false);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let token = report.as_ref().zip(at).and_then(|(report, at)| {
        let sample = report.sample(at.sample)?;
        (at.token < sample.len()).then(|| (report.clone(), sample.clone(), at))
    });
    let release = clicked(&dispatch, || Action::Release);
    html! {
        <section class={classes!("inspector", open.then_some("open"))} aria-label={lang.pick("Inspector", "详情")}>
            <div class="pane-h">
                <h2>{ lang.pick("Inspector", "详情") }</h2>
                if pinned {
                    <button class="pinned" onclick={release} title={lang.pick("Release (Escape)", "取消固定（Esc）")}>
                        { icon(Icon::Pin) }{ lang.pick("pinned", "已固定") }
                    </button>
                }
                <button class="sheet-toggle btn icon" onclick={toggle} aria-expanded={open.to_string()}
                    aria-label={lang.pick("Details", "展开详情")}>{ icon(Icon::Down) }</button>
            </div>
            { match token {
                // On a narrow page this is a sheet of two lines at the bottom, and most likely on a screen that is touched.
                None => html! {
                    <p class="quiet">
                        <span class="wide">{ lang.pick(
                            "Point at a token or tap it; with the keyboard, Tab reaches the samples and the arrow keys walk.",
                            "将指针移到 token 上或轻点它；使用键盘时，按 Tab 进入样本，再用方向键移动。",
                        ) }</span>
                        <span class="narrow">{ lang.pick(
                            "Tap a token to see its id, its label, and why it is trained or masked.",
                            "轻点任意 token，查看它的 id、标签，以及参与训练或被忽略的原因。",
                        ) }</span>
                    </p>
                },
                Some((report, sample, at)) => facts(lang, &report, &sample, at, &dispatch),
            } }
        </section>
    }
}

/// A token's text is told up to so many characters.
const SHOWN_CHARACTERS: usize = 60;

fn facts(lang: Lang, report: &ReportView, sample: &SampleView, at: TokenAt, dispatch: &Dispatch) -> Html {
    let token = at.token;
    let messages = report.conversation.as_ref().map_or(&[][..], |conversation| &conversation.messages);
    let trained = sample.is_trained(token);
    let offset = sample.offset(token);
    let held = sample.held(token);
    let label = sample.labels.get(token).copied().unwrap_or_default();
    let weight = sample.weights.get(token).copied().unwrap_or_default();
    let bytes = sample.text.as_bytes().get(held.start..held.end).unwrap_or_default();
    let fact = |name: &str, value: Html| html! { <><dt>{ name }</dt><dd>{ value }</dd></> };
    let number = |text: String| html! { <span class="num">{ text }</span> };
    html! {
        <>
            <div class="big">
                { face(sample, token, true) }
                <div>
                    <p class={classes!("verdict", (!trained).then_some("off"))}>
                        { if trained { lang.pick("Trained", "参与训练") } else { lang.pick("Masked", "被忽略") } }
                    </p>
                    <p>{ sample.why(token).map(|why| rich(&lang.of(why))).unwrap_or_default() }</p>
                </div>
            </div>
            <dl class="facts">
                { fact(lang.pick("index", "位置"), number(token.to_string())) }
                { fact(lang.pick("text", "文本"), number(format!("{:?}", offset.of(&sample.text).chars().take(SHOWN_CHARACTERS).collect::<String>()))) }
                { fact("id", html! { <>{ number(sample.ids.get(token).copied().unwrap_or_default().to_string()) }
                    if sample.is_added(token) { { lang.pick(" special", " 特殊 token") } }</> }) }
                { fact("label", number(format!("{}{}{weight:?}", signed(label), lang.pick(", weight ", "，权重 ")))) }
                { fact("attention", number("1".to_owned())) }
                { fact(lang.pick("bytes", "字节"), number(hex(bytes.get(..24).unwrap_or(bytes)))) }
                { fact(lang.pick("range", "区间"), html! { <>{ number(range(offset)) }{ " UTF-8" }</> }) }
                if held != offset {
                    { fact(lang.pick("holds", "实际占用"), html! { <>{ number(range(held)) }{
                        lang.pick(" (part of a character)", "（一个字符的一部分）") }</> }) }
                }
                { fact(lang.pick("owner", "归属"), owner(lang, messages, sample, token)) }
                { elsewhere(lang, report, sample, at, dispatch) }
            </dl>
            { shift(lang, sample, token) }
        </>
    }
}

fn range(span: Span) -> String {
    format!("{}–{}", span.start, span.end)
}

/// A token on its own, with its track and its label.
pub(crate) fn face(sample: &SampleView, token: usize, big: bool) -> Html {
    let text = sample.offset(token).of(&sample.text);
    let label = sample.labels.get(token).copied().unwrap_or_default();
    let long = big && text.chars().count() > 4;
    html! {
        <span class={classes!("tok", sample.is_added(token).then_some("sp"), long.then_some("long"))}
            data-shown-trained={sample.is_trained(token).then_some("")}>
            <span class="g">
                if sample.is_added(token) { <span class="chip">{ text }</span> }
                else if text.is_empty() { <span class="ws">{ "∅" }</span> }
                else { { picture(text) } }
            </span>
            <span class="l">{ signed(label) }</span>
        </span>
    }
}

pub(crate) fn owner(lang: Lang, messages: &[MessageSummary], sample: &SampleView, token: usize) -> Html {
    let part = part(lang, sample.part(token));
    let comma = lang.pick(", ", "，");
    let Some(message) = sample.message(token) else {
        return html! { lang.pick("no message: the template wrote it", "不属于任何消息，由模板添加") };
    };
    let role = messages.get(message).map(|message| lang.role(&message.role)).unwrap_or_default();
    html! { match lang {
        Lang::En => format!("message {}{comma}{role}{comma}{part}", message + 1),
        Lang::Zh => format!("消息 {}{comma}{role}{comma}{part}", message + 1),
    } }
}

/// What a part of a message is called.
pub(crate) fn part(lang: Lang, part: Part) -> &'static str {
    match part {
        Part::Header => lang.pick("header", "消息头"),
        Part::Content => lang.pick("content", "正文"),
        Part::Reasoning => lang.pick("reasoning", "思考过程"),
        Part::ToolCall => lang.pick("tool call", "工具调用"),
        Part::End => lang.pick("end", "结尾"),
        Part::Template => lang.pick("template", "模板文本"),
    }
}

/// The same bytes in the other samples: a reply that is trained in one is context in the next.
fn elsewhere(lang: Lang, report: &ReportView, sample: &SampleView, at: TokenAt, dispatch: &Dispatch) -> Html {
    const SHOWN: usize = 3;
    let offset = sample.offset(at.token);
    let twins: Vec<(TokenAt, i64)> = report
        .samples()
        .filter(|(place, _)| *place != at.sample)
        .filter_map(|(place, other)| {
            let token = other.offsets.chunks_exact(2).position(|pair| pair[0] as usize >= offset.start)?;
            let same_start = sample.text.get(..offset.end) == other.text.get(..offset.end);
            let same = same_start
                && other.offset(token) == offset
                && other.ids.get(token) == sample.ids.get(at.token);
            same.then(|| {
                (TokenAt { sample: place, token }, other.labels.get(token).copied().unwrap_or_default())
            })
        })
        .take(SHOWN)
        .collect();
    if twins.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <dt>{ lang.pick("elsewhere", "其他样本") }</dt>
            <dd>{ for twins.into_iter().map(|(twin, label)| {
                let onclick = clicked(dispatch, move || Action::Pin(twin));
                html! { <div><button class="txt-link" {onclick}>{ match lang {
                    Lang::En => format!("Sample {}, index {}", twin.sample + 1, twin.token),
                    Lang::Zh => format!("样本 {}，位置 {}", twin.sample + 1, twin.token),
                } }</button>{ lang.pick(": ", "：") }<span class="num">{ signed(label) }</span></div> }
            }) }</dd>
        </>
    }
}

/// Which position predicts this token: labels line up with `input_ids`, and the trainer shifts them by one.
fn shift(lang: Lang, sample: &SampleView, token: usize) -> Html {
    let words = match (token.checked_sub(1), sample.is_trained(token)) {
        (None, _) => lang
            .pick(
                "Nothing comes before the first token, so no position predicts it: its label never counts.",
                "首个 token 之前没有内容，没有位置预测它，因此它的标签不计入 loss。",
            )
            .to_owned(),
        (Some(before), true) => match lang {
            Lang::En => format!(
                "The model predicts this token at position {before}. Labels line up with input_ids; the trainer shifts them."
            ),
            Lang::Zh => {
                format!("模型在位置 {before} 处预测该 token。labels 与 input_ids 对齐，移位由训练器完成。")
            }
        },
        (Some(before), false) => match lang {
            Lang::En => format!(
                "What position {before} predicts is not compared with this token: it adds nothing to the loss or the gradient."
            ),
            Lang::Zh => format!("位置 {before} 的预测不与该 token 比较，对 loss 和梯度都没有贡献。"),
        },
    };
    html! {
        <div class="shift">
            if let Some(before) = token.checked_sub(1) {
                <div class="toks" aria-hidden="true">{ face(sample, before, false) }{ icon(Icon::Arrow) }{ face(sample, token, false) }</div>
            }
            <p>{ words }</p>
        </div>
    }
}
