//! The listing that does not work, taken apart, beside the one that works. It is drawn from what the worker made, wherever
//! it is put.

use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::shared::rich;
use crate::app::i18n::Lang;
use crate::listing::{IGNORED, Listing, Row, Step};

/// The two listings.
pub(crate) fn draw(lang: Lang, listing: &Listing) -> Html {
    html! {
        <div class="listing">
            <p class="soft">{ lang.pick(
                "A way to make training rows that stands in many tutorials, here with the first reply of your dialogue, your template and your tokenizer.",
                "许多教程里都有这样一段构造训练数据的代码。这里用的是你的对话中的第一条回复，以及所选的模板和分词器。",
            ) }</p>
            <ol class="listing-steps">
                { for listing.steps.iter().map(|it| html! { <li>{ step(lang, it, Icon::Error) }</li> }) }
            </ol>
            <section class="listing-right" aria-label={lang.of(&listing.right.title)}>
                { step(lang, &listing.right, Icon::Note) }
            </section>
        </div>
    }
}

fn step(lang: Lang, step: &Step, mark: Icon) -> Html {
    html! {
        <>
            <h3>{ rich(&lang.of(&step.title)) }</h3>
            <pre tabindex="0">{ &step.code }</pre>
            if let Some(it) = &step.row { { row(lang, it) } }
            { for step.says.iter().map(|says| html! {
                <p class={if mark == Icon::Error { "says is-err" } else { "says" }}>
                    { icon(mark) }<span>{ rich(&lang.of(says)) }</span>
                </p>
            }) }
        </>
    }
}

fn row(lang: Lang, row: &Row) -> Html {
    let all = row.tokens.len() + row.hidden;
    html! {
        <>
            <p class="soft">{ match lang {
                Lang::En => format!("{} of {} tokens are trained", row.trained, all),
                Lang::Zh => format!("{} 个 token 中有 {} 个参与训练", all, row.trained),
            } }</p>
            <div class="toks">
                { for row.tokens.iter().map(|token| {
                    let id = token.id.map_or_else(|| "—".to_owned(), |id| id.to_string());
                    let label = token.label.map_or_else(|| "—".to_owned(), |label| label.to_string());
                    let trained = token.label.is_some_and(|label| label != IGNORED);
                    html! {
                        <span class="tok" title={["id ", &id].concat()} data-shown-trained={trained.then_some("")}
                            data-odd={token.is_wrong().then_some("")}>
                            <span class="g">{ if token.text.is_empty() { "⋯" } else { &token.text } }</span>
                            <span class="l">{ label }</span>
                        </span>
                    }
                }) }
                if row.hidden > 0 { <span class="soft">{ lang.pick("and more", "等等") }</span> }
            </div>
        </>
    }
}
