//! What both models write.

use yew::prelude::*;

use super::{button, change, field};
use crate::app::components::shared::{Dispatch, Shared};
use crate::app::i18n::Lang;
use crate::app::state::LabChoices;
use crate::app::wire::{Kind, Piece, ToLab, WrittenView};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) written: Shared<WrittenView>,
    pub(crate) choices: LabChoices,
    pub(crate) running: bool,
    pub(crate) tell: Callback<ToLab>,
    pub(crate) dispatch: Dispatch,
}

/// The part of the view.
pub(crate) fn written(props: &Props) -> Html {
    let Props { lang, written, choices, running, tell, dispatch } = props;
    let lang = *lang;
    let step = lang.number(written.step);
    let temperature = change(choices, dispatch, |choices, text| choices.temperature = text);
    let names = [lang.pick("A masked", "A 掩码"), lang.pick("B all tokens", "B 全部 token")];
    html! {
        <section class="lab-part" aria-label={lang.pick("What each model writes", "两个模型的输出")} aria-busy={written.writing.to_string()}>
            <div class="lead">
                <h2>{ match lang {
                    Lang::En if written.rows.is_empty() => "What each model writes".to_owned(),
                    Lang::Zh if written.rows.is_empty() => "两个模型的输出".to_owned(),
                    Lang::En => format!("What each model writes, step {step}"),
                    Lang::Zh => format!("第 {step} 步：两个模型的输出"),
                } }</h2>
                <p class="soft">{ lang.pick(
                    "Temperature 0 takes the likeliest token each time; above 0 a token is drawn, for both with the same chance numbers.",
                    "温度为 0 时每次取最可能的 token（贪心解码）；大于 0 时随机抽取，两个模型用同一组随机数。",
                ) }</p>
            </div>
            <div class="cmp-controls">
                { field("lab-heat", lang.pick("Temperature", "温度"), &choices.temperature, "", &temperature) }
                { button(html! { lang.pick("Write", "生成") }, "btn line", tell, ToLab::Write, *running) }
            </div>
            if !written.rows.is_empty() {
                <table class="gens">
                    <thead><tr><th>{ lang.pick("prompt", "prompt") }</th><th class="a">{ names[0] }</th><th class="b">{ names[1] }</th></tr></thead>
                    <tbody>{ for written.rows.iter().map(|row| html! {
                        <tr>
                            <th scope="row">{ &row.title }<span class="prompt">{ pieces(&row.prompt) }</span></th>
                            { for row.answers.iter().zip(names).map(|(answer, name)| html! { <td data-run={name}>{ pieces(answer) }</td> }) }
                        </tr>
                    }) }</tbody>
                </table>
            }
            <p class="remark" role="status">{ &written.remark }</p>
        </section>
    }
}

fn pieces(pieces: &[Piece]) -> Html {
    let one = |piece: &Piece| match piece.kind {
        Kind::Text => html! { piece.text.clone() },
        Kind::Added => html! { <code class="sp">{ &piece.text }</code> },
        Kind::User => html! { <u>{ &piece.text }</u> },
    };
    html! { <>{ for pieces.iter().map(one) }</> }
}
