//! Samples ▶ what the model trains on: one window of each, in the model's own numbers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::settings::failure;
use super::vocabulary::Vocabulary;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::recipe::Sample;
use crate::template::Part;

/// The tokens that one run trains on at most; samples past them are left out.
pub const MOST_TOKENS: usize = 200_000;
/// The different tokens that one run trains on at most.
pub const MOST_WORDS: usize = 8192;

/// What the lab needs of a sample: arrays of one length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Token ids.
    pub input_ids: Vec<u32>,
    /// Aligned with the ids and not shifted; the `ignore_index` where a position does not count.
    pub labels: Vec<i64>,
    /// How much each label counts.
    pub weights: Vec<f32>,
    /// Whether a token is what a user said.
    pub user: Vec<bool>,
}

impl Row {
    /// Of a sample of a conversation whose messages have these roles.
    pub fn of(sample: &Sample, roles: &[&str]) -> Self {
        let role = |message: u32| roles.get(message as usize).copied();
        let user = sample
            .owners
            .iter()
            .map(|owner| owner.part == Part::Content && owner.message.and_then(role) == Some("user"));
        Self {
            input_ids: sample.input_ids.clone(),
            labels: sample.labels.clone(),
            weights: sample.weights.clone(),
            user: user.collect(),
        }
    }

    /// Whether the label of a position takes part in the loss; the first never does, as nothing predicts it.
    fn counts(&self, at: usize, ignore_index: i64) -> bool {
        at > 0 && self.labels[at] != ignore_index && self.weights[at] > 0.0
    }

    /// The window of `context` tokens in which the most labels count; of equals the first.
    fn window(&self, context: usize, ignore_index: i64) -> std::ops::Range<usize> {
        let length = self.input_ids.len();
        if length <= context {
            return 0..length;
        }
        let counts = |at: usize| usize::from(self.counts(at, ignore_index));
        // The first token of a window is not predicted.
        let mut now: usize = (1..context).map(counts).sum();
        let (mut most, mut best) = (now, 0);
        for start in 1..=length - context {
            now += counts(start + context - 1);
            now -= counts(start);
            if now > most {
                (most, best) = (now, start);
            }
        }
        best..best + context
    }
}

/// The part of a sample that the model sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The sample, as an index into the rows that were given.
    pub row: usize,
    /// The first token of it that the model sees.
    pub start: usize,
    /// The model's numbers of the tokens.
    pub tokens: Vec<u32>,
    /// What the masked model is to predict at each token, where its label counts, and how much it counts.
    pub trained: Vec<Option<(u32, f32)>>,
}

/// What a run trains on.
#[derive(Clone, Debug, Default)]
pub(super) struct Data {
    pub(super) vocabulary: Vocabulary,
    pub(super) windows: Vec<Window>,
    /// What was left out, and why.
    pub(super) notes: Vec<Diagnostic>,
}

/// Chooses the windows and numbers the tokens. The error says why there is nothing to train on.
pub(super) fn prepare(rows: &[Row], ignore_index: i64, context: usize) -> Result<Data, Diagnostic> {
    if rows.is_empty() {
        return Err(no_sample());
    }
    let mut data = Data::default();
    let (mut ids, mut tokens, mut short, mut masked) = (BTreeSet::new(), 0, 0, 0);
    let (mut chosen, mut long) = (Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        check(index, row, ignore_index)?;
        let length = row.input_ids.len();
        if length < 2 {
            short += 1;
            continue;
        }
        let window = row.window(context, ignore_index);
        if !(window.start + 1..window.end).any(|at| row.counts(at, ignore_index)) {
            masked += 1;
            continue;
        }
        let counted = window.clone().filter(|at| row.counts(*at, ignore_index));
        let labels = counted.map(|at| row.labels[at] as u32);
        let words = row.input_ids[window.clone()].iter().copied().chain(labels);
        let new: BTreeSet<u32> = words.filter(|id| !ids.contains(id)).collect();
        if tokens + window.len() > MOST_TOKENS || ids.len() + new.len() > MOST_WORDS {
            data.notes.push(too_much(index, rows.len() - index));
            break;
        }
        if window.len() < length {
            long.push((index, length, window.clone()));
        }
        ids.extend(new);
        tokens += window.len();
        chosen.push((index, window));
    }
    match (chosen.is_empty(), masked, short) {
        (true, ..) if !data.notes.is_empty() => return Err(one_row_too_large()),
        (true, 0, _) => return Err(too_short()),
        (true, _, _) => return Err(nothing_trained(ignore_index)),
        (false, 0, 0) => {}
        (false, masked, short) => data.notes.push(left_out(masked, short)),
    }
    if let [(index, length, window), others @ ..] = long.as_slice() {
        data.notes.push(windowed(*index, *length, window, others.len()));
    }
    data.vocabulary = Vocabulary::of(ids);
    data.windows = chosen
        .into_iter()
        .map(|(index, window)| numbered(&data.vocabulary, index, &rows[index], window, ignore_index))
        .collect();
    Ok(data)
}

fn numbered(
    vocabulary: &Vocabulary,
    row: usize,
    of: &Row,
    window: std::ops::Range<usize>,
    ignore_index: i64,
) -> Window {
    let number = |id: u32| vocabulary.number(id).unwrap_or_default();
    let trained = |at: usize| {
        let counts = at > window.start && of.counts(at, ignore_index);
        counts.then(|| (number(of.labels[at] as u32), of.weights[at]))
    };
    Window {
        row,
        start: window.start,
        tokens: of.input_ids[window.clone()].iter().map(|id| number(*id)).collect(),
        trained: window.clone().map(trained).collect(),
    }
}

/// Whether the arrays of a row are of one length, and what counts can be used.
fn check(index: usize, row: &Row, ignore_index: i64) -> Result<(), Diagnostic> {
    let length = row.input_ids.len();
    if [row.labels.len(), row.weights.len(), row.user.len()] != [length; 3] {
        let number = index + 1;
        return Err(failure(
            "lab-row",
            format!("sample {number} has arrays of different lengths"),
            format!("样本 {number} 的各数组长度不一致"),
            Bilingual::fixed(
                "give ids, labels, weights and marks of the same length",
                "ids、labels、权重和标记的长度应当一致",
            ),
        ));
    }
    let unusable = |at: &usize| {
        let label = row.labels[*at];
        label != ignore_index
            && (u32::try_from(label).is_err() || !row.weights[*at].is_finite() || row.weights[*at] < 0.0)
    };
    match (1..length).find(unusable) {
        None => Ok(()),
        Some(at) => Err(unusable_label(index, row, at, ignore_index)),
    }
}

fn unusable_label(index: usize, row: &Row, at: usize, ignore_index: i64) -> Diagnostic {
    let (number, label, weight) = (index + 1, row.labels[at], row.weights[at]);
    failure(
        "label-out-of-range",
        format!("the label {label} with weight {weight} at token {at} of sample {number} can't be trained"),
        format!("样本 {number} 中 token {at} 的标签 {label}（权重 {weight}）无法训练"),
        Bilingual::new(
            format!("a label is a token id or {ignore_index}, the `ignore_index`; a weight is 0 or more"),
            format!("标签应为 token id 或 `ignore_index` {ignore_index}，权重应不小于 0"),
        ),
    )
    .tokens([at as u32])
}

fn no_sample() -> Diagnostic {
    failure(
        "lab-no-sample",
        "there is no sample to train on: a dialogue gives none without an assistant reply",
        "没有可训练的样本：没有 assistant 回复的对话不产生样本",
        Bilingual::fixed("add an assistant message", "请加入一条 assistant 消息"),
    )
}

fn too_short() -> Diagnostic {
    failure(
        "lab-too-short",
        "a sample of fewer than two tokens has nothing to predict: a token is predicted from those before it",
        "样本不足两个 token，没有可预测的内容：每个 token 都要由它前面的 token 来预测",
        Bilingual::fixed("use a longer dialogue", "请使用更长的对话"),
    )
}

fn nothing_trained(ignore_index: i64) -> Diagnostic {
    failure(
        "nothing-trained",
        format!(
            "every label is {ignore_index}, the `ignore_index`: the masked model would have nothing to learn, and its loss is NaN"
        ),
        format!("所有标签都是 `ignore_index` {ignore_index}：加掩码的模型没有可学的内容，loss 为 NaN"),
        Bilingual::fixed(
            "choose a recipe or options that train the reply",
            "请选择会训练回复的掩码规则或选项",
        ),
    )
}

fn one_row_too_large() -> Diagnostic {
    failure(
        "lab-too-large",
        format!("the first sample that could be trained has more than {MOST_WORDS} different tokens"),
        format!("第一个可训练的样本就有超过 {MOST_WORDS} 种 token"),
        Bilingual::fixed("use a shorter dialogue or a shorter context", "请使用更短的对话或更短的上下文"),
    )
}

fn too_much(index: usize, rest: usize) -> Diagnostic {
    let message = Bilingual::new(
        format!(
            "only the first {index} samples are trained: the {rest} after them would be too much for a page"
        ),
        format!("只训练前 {index} 个样本：其后的 {rest} 个对页面来说太多"),
    );
    Diagnostic::new(Severity::Note, "lab-too-large", message)
}

fn windowed(index: usize, length: usize, window: &std::ops::Range<usize>, others: usize) -> Diagnostic {
    let (number, from, to) = (index + 1, window.start + 1, window.end);
    let (en, zh) = match others {
        0 => (String::new(), String::new()),
        _ => (
            format!("; longer than the context are {others} more"),
            format!("；另有 {others} 个样本同样如此"),
        ),
    };
    let message = Bilingual::new(
        format!(
            "sample {number} has {length} tokens, more than the context: the model sees tokens {from} to {to}, where the most are trained{en}"
        ),
        format!(
            "样本 {number} 有 {length} 个 token，超出上下文：模型只看其中参与训练最多的第 {from} 到 {to} 个{zh}"
        ),
    );
    Diagnostic::new(Severity::Note, "lab-window", message)
}

fn left_out(masked: usize, short: usize) -> Diagnostic {
    let message = Bilingual::new(
        format!(
            "left out: samples in which no label counts, {masked}; samples of fewer than two tokens, {short}"
        ),
        format!("未使用：{masked} 个没有标签计入的样本，以及 {short} 个不足两个 token 的样本"),
    );
    Diagnostic::new(Severity::Note, "lab-left-out", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn row(ids: &[u32], trained: std::ops::Range<usize>) -> Row {
        let label = |(at, id): (usize, &u32)| if trained.contains(&at) { i64::from(*id) } else { -100 };
        Row {
            input_ids: ids.to_vec(),
            labels: ids.iter().enumerate().map(label).collect(),
            weights: vec![1.0; ids.len()],
            user: vec![false; ids.len()],
        }
    }

    fn code(rows: &[Row]) -> String {
        prepare(rows, -100, 8).unwrap_err().code.into_owned()
    }

    #[test]
    fn what_cannot_be_trained_is_said() {
        assert_eq!(code(&[]), "lab-no-sample");
        assert_eq!(code(&[row(&[5], 0..1)]), "lab-too-short");
        assert_eq!(code(&[row(&[5, 6, 7], 0..0)]), "nothing-trained");
        assert_eq!(code(&[row(&[5, 6, 7], 0..1)]), "nothing-trained", "nothing predicts the first token");
        let wide: Vec<u32> = (0..20_000).collect();
        assert_eq!(
            prepare(&[row(&[1, 2], 0..0), row(&wide, 0..9)], -100, 20_000).unwrap_err().code,
            "lab-too-large"
        );
        assert_eq!(prepare(&[row(&wide, 0..9)], -100, 20_000).unwrap_err().code, "lab-too-large");
        let mut bad = row(&[5, 6, 7], 1..3);
        bad.labels[2] = -1;
        assert_eq!(code(&[bad.clone()]), "label-out-of-range");
        bad.labels.pop();
        assert_eq!(code(&[bad]), "lab-row");
    }

    #[test]
    fn samples_that_are_no_use_are_left_out_with_a_note() {
        let data = prepare(&[row(&[5, 6], 0..0), row(&[7, 8], 1..2), row(&[1], 0..1)], -100, 8).unwrap();
        assert_eq!(data.windows.len(), 1);
        assert_eq!(data.windows[0].row, 1);
        assert_eq!(data.notes.len(), 1);
        assert!(
            data.notes[0].message.en.contains("counts, 1;")
                && data.notes[0].message.en.ends_with("tokens, 1")
        );
    }

    #[test]
    fn a_long_sample_is_seen_through_the_window_in_which_the_most_is_trained() {
        let ids: Vec<u32> = (0..50_000).map(|i| i % 300).collect();
        let data = prepare(&[row(&ids, 49_000..49_020)], -100, 512).unwrap();
        assert_eq!(data.windows[0].start, 49_020 - 512);
        assert_eq!(data.windows[0].tokens.len(), 512);
        assert_eq!(data.windows[0].trained.iter().flatten().count(), 20);
        assert_eq!(data.notes[0].code, "lab-window");
        assert!(data.notes[0].message.en.contains("48509 to 49020"), "{}", data.notes[0].message.en);
        let twice = [row(&ids, 0..50_000), row(&ids, 600..700)];
        let data = prepare(&twice, -100, 512).unwrap();
        assert_eq!(data.notes.len(), 1);
        assert!(data.notes[0].message.en.ends_with("longer than the context are 1 more"));
        assert_eq!(prepare(&[row(&ids, 0..50_000)], -100, 512).unwrap().windows[0].start, 0);
    }

    #[test]
    fn a_run_that_would_be_too_large_takes_the_samples_that_fit() {
        let rows = vec![row(&(0..1000).collect::<Vec<_>>(), 1..1000); 500];
        let data = prepare(&rows, -100, 1000).unwrap();
        assert_eq!(data.windows.len(), 200);
        assert!(data.notes[0].message.en.contains("the 300 after them"));
    }

    #[test]
    fn a_label_that_is_no_token_of_a_sample_is_known_all_the_same() {
        let mut odd = row(&[5, 6, 7], 1..3);
        odd.labels[2] = 99;
        odd.weights[2] = 0.5;
        let data = prepare(&[odd], -100, 8).unwrap();
        assert_eq!(data.vocabulary.number(99), Some(3));
        assert_eq!(data.windows[0].trained, [None, Some((1, 1.0)), Some((3, 0.5))]);
    }
}
