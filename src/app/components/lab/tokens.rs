//! The loss of every token of a sample, the formula with its numbers, and what changes both.

use yew::prelude::*;

use super::{change, field, findings};
use crate::app::components::setup::{entry, picker, value};
use crate::app::components::shared::{Dispatch, Shared, rich};
use crate::app::i18n::Lang;
use crate::app::state::LabChoices;
use crate::app::wire::{AboutView, Fate, TokenView, TokensView};
use crate::lab::Mask;
use crate::loss::Reduction;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) tokens: Shared<TokensView>,
    pub(crate) about: Shared<AboutView>,
    pub(crate) choices: LabChoices,
    pub(crate) dispatch: Dispatch,
}

const MASKS: [(Mask, &str); 3] = [(Mask::Recipe, "recipe"), (Mask::Off, "off"), (Mask::User, "user")];
const REDUCTIONS: [(Reduction, &str); 3] =
    [(Reduction::Mean, "mean"), (Reduction::Sum, "sum"), (Reduction::None, "none")];

/// The part of the view.
pub(crate) fn tokens(props: &Props) -> Html {
    let Props { lang, tokens, about, choices, dispatch } = props;
    let lang = *lang;
    let step = lang.number(tokens.step);
    html! {
        <section class="lab-part" aria-label={lang.pick("Loss of every token", "逐 token 的 loss")}>
            <div class="lead">
                <h2>{ match lang {
                    Lang::En => format!("Loss of every token, step {step}"),
                    Lang::Zh => format!("第 {step} 步：逐 token 的 loss"),
                } }</h2>
                <p class="soft">{ lang.pick(
                    "Bars: −log p of the token, A solid, B striped; a dashed outline is not in A’s loss. Below: the label, the term of the sum, the size of the gradient.",
                    "柱高为该 token 的 −log p：A 实心，B 条纹；虚线框不计入 A 的 loss。下方依次为标签、求和项、梯度大小。",
                ) }</p>
            </div>
            { playground(lang, about, choices, dispatch) }
            <p class="formula" data-sum={tokens.sum.to_string()} data-count={tokens.count.to_string()}
                data-loss={tokens.loss.map(|loss| loss.to_string())}><code>{ &tokens.formula }</code></p>
            { for tokens.remarks.iter().map(|words| html! { <p class="remark">{ rich(words) }</p> }) }
            { findings(lang, &tokens.findings) }
            <ul class="nll" aria-label={lang.pick("Tokens", "token 列表")}>
                { for tokens.tokens.iter().enumerate().map(|(at, token)| column(at, token)) }
            </ul>
        </section>
    }
}

fn playground(lang: Lang, about: &AboutView, choices: &LabChoices, dispatch: &Dispatch) -> Html {
    let set = |how: fn(&mut LabChoices, String)| change(choices, dispatch, how);
    let select = |how: fn(&mut LabChoices, String)| {
        change(choices, dispatch, move |choices, event: Event| how(choices, value(&event)))
    };
    let samples = about
        .samples
        .iter()
        .map(|(place, name)| entry(&place.to_string(), name.clone(), *place == about.sample))
        .collect();
    let masks = MASKS.map(|(mask, id)| {
        let name = match mask {
            Mask::Recipe => lang.pick("as the recipe has it", "按掩码规则"),
            Mask::Off => lang.pick("off: every token", "关闭：全部 token"),
            Mask::User => lang.pick("the user instead", "改为训练用户的话"),
        };
        entry(id, name.to_owned(), choices.mask == mask)
    });
    let reductions = REDUCTIONS.map(|(of, id)| entry(id, id.to_owned(), choices.reduction == of));
    let models = [("a", lang.pick("A masked", "A 掩码")), ("b", lang.pick("B all tokens", "B 全部 token"))];
    let models = models.map(|(id, name)| entry(id, name.to_owned(), choices.unmasked == (id == "b")));
    html! {
        <div class="cmp-controls" role="group" aria-label={lang.pick("What would be if", "如果换一种设置")}>
            { picker("lab-sample", lang.pick("Sample", "样本"), select(|to, id| to.sample = id.parse().unwrap_or(0)), samples) }
            { picker("lab-model", lang.pick("Terms of", "各项取自"), select(|to, id| to.unmasked = id == "b"), models.to_vec()) }
            { picker("lab-mask", lang.pick("Mask", "掩码"), select(|to, id| {
                to.mask = MASKS.iter().find(|mask| mask.1 == id).map_or(Mask::Recipe, |mask| mask.0);
            }), masks.to_vec()) }
            { field("lab-ignore", "ignore_index", &choices.ignore_index, lang.pick("as above", "同上"), &set(|to, text| to.ignore_index = text)) }
            { picker("lab-reduction", "reduction", select(|to, id| {
                to.reduction = REDUCTIONS.iter().find(|of| of.1 == id).map_or(Reduction::Mean, |of| of.0);
            }), reductions.to_vec()) }
            { field("lab-keep", lang.pick("Truncate to", "截断到"), &choices.keep, lang.pick("all", "全部"), &set(|to, text| to.keep = text)) }
        </div>
    }
}

fn column(at: usize, token: &TokenView) -> Html {
    let class = match token.fate {
        Fate::Masked => "col",
        Fate::Counts => "col counts",
        Fate::Vanished => "col vanished",
        Fate::Cut => "col cut",
    };
    html! {
        <li key={at} {class} aria-label={token.name.clone()} title={token.name.clone()} data-gradient={token.gradient.clone()}>
            <svg viewBox="0 0 18 60" aria-hidden="true">
                <path class={if token.taught { "a" } else { "a off" }} d={token.bars[0].clone()} />
                <path class="b" d={token.bars[1].clone()} />
            </svg>
            <span class={if token.code { "g sp" } else { "g" }}>{ &token.text }</span>
            <span class="l">{ &token.label }</span>
            <span class="t">{ &token.term }</span>
            <span class="d">{ &token.gradient }</span>
        </li>
    }
}
