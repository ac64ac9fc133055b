//! The tokens of a sample with what each costs, and the loss as a formula with these numbers in it.

use std::fmt::Write as _;

use super::{Bench, about};
use crate::app::i18n::Lang;
use crate::app::state::LabChoices;
use crate::app::wire::{Fate, LabSample, TokenView, TokensView};
use crate::diagnostic::Diagnostic;
use crate::lab::{Change, Mask, Played, Strip, Which, play};
use crate::loss::Reduction;

/// The height of the bars' box, and the loss that fills it.
const HEIGHT: f32 = 60.0;
const FULL: f32 = 8.0;
/// So many terms of the sum are written out.
const TERMS: usize = 5;

/// The text of a token, with signs for what can't be seen; bytes that are no whole character by their numbers.
pub(super) fn visible(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\n' => out.push('↵'),
                '\t' => out.push('→'),
                ' ' => out.push('·'),
                letter => out.push(letter),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "<{byte:02X}>");
        }
    }
    out
}

/// The bytes of a token of a sample.
pub(super) fn bytes(sample: &LabSample, token: usize) -> &[u8] {
    let bound = |at: usize| sample.held.get(at).map(|place| *place as usize);
    let range = bound(2 * token).zip(bound(2 * token + 1));
    range.and_then(|(start, end)| sample.text.as_bytes().get(start..end)).unwrap_or_default()
}

impl Bench {
    pub(super) fn tokens(&mut self) -> TokensView {
        let (lang, choices) = (self.lang, self.choices.clone());
        let mut view = TokensView { step: self.steps().0, ..TokensView::default() };
        let (Some(lab), Some(material)) = (&mut self.lab, &self.material) else { return view };
        let at = about::shown(lab, &choices);
        let Some(sample) = material.samples.get(at) else { return view };
        let which = if choices.unmasked { Which::Unmasked } else { Which::Masked };
        let Some((strip, logits)) = lab.look(which, at) else { return view };
        let Some(window) = lab.windows().iter().find(|window| window.row == at) else { return view };
        let change = match change(&choices, material.ignore_index) {
            Ok(change) => change,
            Err(why) => {
                view.findings.push(why);
                Change::none(material.ignore_index)
            }
        };
        let usual = Change::none(material.ignore_index);
        let played =
            |change| play(&sample.row, window, &logits, lab.vocabulary(), material.ignore_index, change);
        let (played, whole) = match (played(&change), played(&usual)) {
            (Ok(played), Ok(whole)) => (played, whole),
            (Err(why), _) | (_, Err(why)) => {
                view.findings.push(why);
                return view;
            }
        };
        let weights: Vec<f32> = (0..played.labels.len())
            .map(|token| match change.mask {
                Mask::Recipe => sample.row.weights.get(window.start + token).copied().unwrap_or(1.0),
                Mask::Off | Mask::User => 1.0,
            })
            .collect();
        let start = window.start;
        let losses = whole.terms.len();
        let taught: Vec<bool> = window.trained.iter().map(Option::is_some).collect();
        view.tokens = (0..losses)
            .map(|token| {
                one(lang, (sample, start + token), token, &played, &strip, taught.get(token) == Some(&true))
            })
            .collect();
        view.formula = formula(&played, &weights, change.reduction);
        (view.sum, view.count, view.loss) = (played.sum, played.count, played.loss);
        view.remarks = remarks(lang, &change, &played, &view.tokens);
        view.findings.extend(played.explanation);
        view
    }
}

fn change(choices: &LabChoices, ignore_index: i64) -> Result<Change, Diagnostic> {
    let typed = |text: &str| !text.trim().is_empty();
    let ignore_index = if typed(&choices.ignore_index) {
        about::number(&choices.ignore_index, ["ignore_index", " ignore_index "], &about::SIGNED)?
    } else {
        ignore_index
    };
    let keep = if typed(&choices.keep) {
        Some(about::number(&choices.keep, ["number of tokens to keep", "保留的 token 数"], &about::WHOLE)?)
    } else {
        None
    };
    Ok(Change { mask: choices.mask, ignore_index, reduction: choices.reduction, keep })
}

fn one(
    lang: Lang,
    (sample, place): (&LabSample, usize),
    token: usize,
    played: &Played,
    strip: &Strip,
    taught: bool,
) -> TokenView {
    let text = visible(bytes(sample, place));
    let fate = match played.counted.get(token) {
        None => Fate::Cut,
        Some(true) => Fate::Counts,
        Some(false) if played.vanished.contains(&(token as u32)) => Fate::Vanished,
        Some(false) => Fate::Masked,
    };
    let counts = fate == Fate::Counts;
    let label = played.labels.get(token);
    let losses = [&strip.masked, &strip.unmasked].map(|of| token.checked_sub(1).and_then(|at| of.get(at)));
    let gradient = played.gradients.get(token).copied().unwrap_or_default();
    let label = label.map(ToString::to_string).unwrap_or_default();
    // The minus sign that the other views use.
    let label = label.replace('-', "−");
    let gradient = if gradient == 0.0 { "0".to_owned() } else { small(gradient) };
    let [a, b] = losses.map(|loss| loss.map_or_else(|| "–".to_owned(), |loss| format!("{loss:.2}")));
    let name = match lang {
        Lang::En => format!(
            "{text}, label {}, {}, −log p: A {a}, B {b}, gradient {gradient}",
            if label.is_empty() { "none: cut off" } else { &label },
            if counts { "counts" } else { "masked" },
        ),
        Lang::Zh => format!(
            "{text}，标签 {}，{}，−log p：A {a}，B {b}，梯度 {gradient}",
            if label.is_empty() { "无（已截断）" } else { &label },
            if counts { "计入" } else { "被忽略" },
        ),
    };
    let bar = |x: f32, loss: Option<&f32>| {
        loss.filter(|loss| loss.is_finite()).map_or_else(String::new, |loss| {
            let height = (loss / FULL * HEIGHT).clamp(1.0, HEIGHT);
            format!("M{x} {HEIGHT}v-{height:.1}h6v{height:.1}z")
        })
    };
    let term = if counts { played.terms.get(token) } else { None };
    TokenView {
        text,
        code: sample.added.get(place) == Some(&true) || std::str::from_utf8(bytes(sample, place)).is_err(),
        label,
        taught,
        fate,
        bars: [bar(2.0, losses[0]), bar(10.0, losses[1])],
        term: term.map(|term| format!("{term:.2}")).unwrap_or_default(),
        gradient,
        name,
    }
}

/// A small number with two digits that say something.
fn small(number: f32) -> String {
    match number {
        number if number >= 1.0 => format!("{number:.2}"),
        number if number >= 0.01 => format!("{number:.3}"),
        number => format!("{number:.0e}"),
    }
}

/// The loss with the sample's numbers.
fn formula(played: &Played, weights: &[f32], reduction: Reduction) -> String {
    let counted: Vec<usize> = (0..played.terms.len()).filter(|at| played.counted[*at]).collect();
    let weight = |at: usize| weights.get(at).copied().unwrap_or(1.0);
    let even = counted.iter().all(|at| weight(*at).to_bits() == 1_f32.to_bits());
    let term = |at: &usize| {
        let term = played.terms[*at];
        if even { format!("{term:.2}") } else { format!("{}·{term:.2}", weight(*at)) }
    };
    let sign = if reduction == Reduction::None { ", " } else { " + " };
    let mut terms: Vec<String> = counted.iter().take(TERMS).map(term).collect();
    match &counted[terms.len()..] {
        [] => {}
        [last] => terms.push(term(last)),
        [_, .., last] => terms.extend(["…".to_owned(), term(last)]),
    }
    let sum = if terms.is_empty() { "0".to_owned() } else { terms.join(sign) };
    let total = played.sum;
    let by = if even {
        counted.len().to_string()
    } else {
        format!("{:.2}", counted.iter().map(|at| f64::from(weight(*at))).sum::<f64>())
    };
    match reduction {
        Reduction::Mean => {
            let loss = played.loss.map_or_else(|| "NaN".to_owned(), |loss| format!("{loss:.4}"));
            format!("loss = ({sum}) ÷ {by} = {total:.2} ÷ {by} = {loss}")
        }
        Reduction::Sum => format!("loss = {sum} = {total:.4}"),
        Reduction::None => format!("loss = [{sum}]"),
    }
}

fn remarks(lang: Lang, change: &Change, played: &Played, tokens: &[TokenView]) -> Vec<String> {
    let mut remarks = Vec::new();
    let (count, masked) = (played.count, played.labels.len() - played.count.min(played.labels.len()));
    remarks.push(match lang {
        Lang::En => format!(
            "{} of {} positions count. The other {} have the gradient 0, exactly: whatever the model says there, no weight moves.",
            lang.number(count),
            lang.number(count + masked),
            lang.number(masked)
        ),
        Lang::Zh => format!(
            "共 {} 个位置，{} 个计入。其余 {} 个的梯度恰好为 0：模型在那里无论输出什么，权重都不会因此改变。",
            lang.number(count + masked),
            lang.number(count),
            lang.number(masked)
        ),
    });
    if !played.vanished.is_empty() {
        let names: Vec<String> = played
            .vanished
            .iter()
            .take(12)
            .filter_map(|at| tokens.get(*at as usize))
            .map(|token| format!("`{}`", token.text))
            .collect();
        let (index, number, names) = (change.ignore_index, played.vanished.len(), names.join(" "));
        remarks.push(match lang {
            Lang::En => format!(
                "{index} is a token of this sample: {} that should be trained vanish from the loss without a word: {names}",
                lang.count(number, "position", "positions", "")
            ),
            Lang::Zh => format!(
                "{index} 是这个样本里的 token：有 {number} 个本该参与训练的位置从 loss 中悄悄消失：{names}"
            ),
        });
    }
    let cut = tokens.len() - played.labels.len().min(tokens.len());
    if cut > 0 {
        remarks.push(match lang {
            Lang::En => format!("{} cut off at the end.", lang.count(cut, "token is", "tokens are", "")),
            Lang::Zh => format!("末尾截去了 {cut} 个 token。"),
        });
    }
    remarks
}
