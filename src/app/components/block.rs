//! A stretch of tokens: each has three storeys, the text, the mask track and the label.

use std::ops::Range;

use yew::prelude::*;

use crate::app::cells::{Cell, Glance, Glyph, cells, code_point, glyphs, signed};
use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::listed;
use crate::app::components::shared::{Shared, use_height, use_near};
use crate::app::i18n::Lang;
use crate::app::platform;
use crate::app::state::Lane;
use crate::app::wire::SampleView;
use crate::span::Span;

#[derive(Clone)]
pub(crate) struct Props {
    pub(crate) sample: Shared<SampleView>,
    pub(crate) tokens: Range<usize>,
    pub(crate) lane: Lane,
    pub(crate) lang: Lang,
    /// The token that the keyboard is on, where it is in this block.
    pub(crate) cursor: Option<usize>,
    /// The pinned token, where it is in this block.
    pub(crate) pin: Option<usize>,
    /// The tokens that came from the text that is selected in the box.
    pub(crate) lit: Option<Range<usize>>,
    /// What the pointer is on, where tokens of this block came from there.
    pub(crate) glance: Option<Glance>,
    /// Whether tokens far from the screen are left out.
    pub(crate) lazy: bool,
    /// A class beside its own; none where empty.
    pub(crate) class: &'static str,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.tokens == other.tokens
            && self.lane == other.lane
            && self.lang == other.lang
            && self.cursor == other.cursor
            && self.pin == other.pin
            && self.lit == other.lit
            && self.glance == other.glance
            && self.lazy == other.lazy
            && self.class == other.class
            && (self.sample == other.sample || look_alike(&self.sample, &other.sample, self.tokens.clone()))
    }
}

/// Whether the same tokens of two samples are drawn alike, so that typing redraws only what it changed.
fn look_alike(a: &SampleView, b: &SampleView, tokens: Range<usize>) -> bool {
    let text = |sample: &SampleView| {
        let last = tokens.end.saturating_sub(1);
        Span::new(sample.offset(tokens.start).start, sample.offset(last).end)
    };
    let lengths = |sample: &SampleView| {
        let start = sample.offset(tokens.start).start;
        tokens.clone().map(move |token| sample.offset(token).end.wrapping_sub(start)).collect::<Vec<_>>()
    };
    a.ids.get(tokens.clone()) == b.ids.get(tokens.clone())
        && a.labels.get(tokens.clone()) == b.labels.get(tokens.clone())
        && a.weights.get(tokens.clone()) == b.weights.get(tokens.clone())
        && a.parts.get(tokens.clone()) == b.parts.get(tokens.clone())
        && text(a).of(&a.text) == text(b).of(&b.text)
        && lengths(a) == lengths(b)
}

/// The tokens, or their place while they are far from the screen.
pub(crate) fn block(props: Props) -> Html {
    listed(props.tokens.start, props, |props, context| use_block(props).run(context))
}

#[hook]
fn use_block(props: &Props) -> Html {
    let element = use_node_ref();
    let near = use_near(&element, props.lazy) || props.cursor.is_some() || props.pin.is_some();
    // An estimate keeps the page from jumping.
    let height = (!near).then(|| 56 * (props.tokens.len() * 100 / platform::page_width().max(320) + 1));
    use_height(&element, height);
    html! {
        <div class={classes!("toks", props.class)} role={(near && !props.tokens.is_empty()).then_some("list")} ref={element}>
            if near {
                { for cells(&props.sample, props.tokens.clone()).iter().map(|cell| draw(props, cell)) }
            }
        </div>
    }
}

/// The text of a longer token may be wider than a narrow screen, and is cut there.
const LONG_BYTES: usize = 24;

fn draw(props: &Props, cell: &Cell) -> Html {
    let sample = &*props.sample;
    let text = cell.text.of(&sample.text);
    if cell.tokens.len() == 1 {
        let token = cell.tokens.start;
        let face = if sample.is_added(token) {
            html! { <span class="g"><span class="chip">{ text }</span></span> }
        } else if cell.text.is_empty() {
            html! { <span class="g"><span class="ws">{ "∅" }</span></span> }
        } else {
            let is_long = text.len() > LONG_BYTES;
            html! { <span class={if is_long { "g long" } else { "g" }}>{ picture(text) }</span> }
        };
        return tok(props, token, &spoken(props.lang, text), face);
    }
    let trained = cell.tokens.clone().all(|token| sample.is_trained(token));
    let first = cell.tokens.start;
    html! {
        <span class="split" key={first} data-trained={trained.then_some("")}>
            <span class="g" data-of={first.to_string()}>{ picture(text) }</span>
            <span class="row">
                { for cell.tokens.clone().map(|token| tok(props, token, &spoken(props.lang, text), Html::default())) }
            </span>
        </span>
    }
}

/// One token.
fn tok(props: &Props, token: usize, said: &str, face: Html) -> Html {
    let Props { sample, lane, lang, cursor, pin, .. } = props;
    let trained = sample.is_trained(token);
    // Between the tokens of two messages stand some that came from no text.
    let is_lit = props.lit.as_ref().is_some_and(|lit| lit.contains(&token)) && sample.source(token).is_some()
        || props.glance.is_some_and(|glance| glance.lights(sample, token));
    let id = sample.ids.get(token).copied().unwrap_or_default();
    let label = sample.labels.get(token).copied().unwrap_or_default();
    let state = if trained { lang.pick("trained", "参与训练") } else { lang.pick("masked", "被忽略") };
    let below = match lane {
        Lane::Text => Html::default(),
        Lane::Ids => html! { <span class="l">{ id }</span> },
        Lane::Labels => html! { <span class="l">{ signed(label) }</span> },
    };
    html! {
        <span key={token} role="listitem"
            class={classes!("tok", sample.is_added(token).then_some("sp"), is_lit.then_some("lit"))}
            data-token={token.to_string()} data-id={id.to_string()} data-label={label.to_string()}
            data-trained={trained.then_some("")}
            data-odd={(trained && label != i64::from(id)).then_some("")}
            tabindex={if *cursor == Some(token) { "0" } else { "-1" }}
            aria-current={(*pin == Some(token)).then_some("true")}
            aria-label={format!("{said}{}{state}", lang.pick(", ", "，"))}>
            { face }{ below }
        </span>
    }
}

/// The text of a token, with what can't be seen shown as what it is.
pub(crate) fn picture(text: &str) -> Html {
    let piece = |glyph: Glyph<'_>| match glyph {
        Glyph::Text(text) => html! { text },
        Glyph::Space => html! { <span class="ws">{ "·" }</span> },
        Glyph::Tab => html! { <span class="ws">{ "→" }</span> },
        Glyph::Newline => html! { <span class="ws">{ icon(Icon::Newline) }</span> },
        Glyph::Control(character) => html! { <span class="ws cp">{ code_point(character) }</span> },
    };
    html! { <>{ for glyphs(text).into_iter().map(piece) }</> }
}

/// The text of a token, as it is read out.
pub(crate) fn spoken(lang: Lang, text: &str) -> String {
    let said: Vec<String> = glyphs(text)
        .into_iter()
        .map(|glyph| match glyph {
            Glyph::Text(text) => text.to_owned(),
            Glyph::Space => lang.pick("space", "空格").to_owned(),
            Glyph::Tab => lang.pick("tab", "制表符").to_owned(),
            Glyph::Newline => lang.pick("newline", "换行").to_owned(),
            Glyph::Control(character) => code_point(character),
        })
        .collect();
    said.join(" ")
}
