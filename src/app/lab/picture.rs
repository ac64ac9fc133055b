//! The losses of a run ▶ two charts with the same axes: the replies, and the rest.

use std::fmt::Write as _;

use crate::app::i18n::Lang;
use crate::app::wire::{CHART, ChartView};
use crate::lab::{Losses, Record};

/// The most points of a line; what lies between them can't be seen.
const POINTS: usize = 240;
/// How far apart the names of two lines stand at least.
const APART: f32 = 15.0;

type Of = fn(&Losses) -> f32;

/// The charts of a run of `steps` steps, where the numbers of step `at` are shown; none before the first step.
pub(super) fn charts(lang: Lang, records: &[Record], steps: usize, at: usize) -> Vec<ChartView> {
    if records.is_empty() {
        return Vec::new();
    }
    let both = |record: &Record| [record.masked, record.unmasked];
    let losses = records.iter().flat_map(|record| both(record).map(|losses| [losses.reply, losses.prompt]));
    let top = losses.flatten().filter(|loss| loss.is_finite()).fold(1.0, f32::max).ceil();
    // The axis is as long as the run is so far, in round numbers, so that the first steps can be seen too.
    let end = round_end(records.len(), steps);
    let one = |title: &str, note: &str, of: Of| {
        let line = |pick: fn(&Record) -> &Losses| path(records, |record| of(pick(record)), end, top);
        let (a, b) = (line(|record| &record.masked), line(|record| &record.unmasked));
        let shown = records.get(at.saturating_sub(1));
        let place = |loss: f32| loss.is_finite().then(|| point(at, loss, end, top));
        let ends = [
            shown.and_then(|record| place(of(&record.masked))),
            shown.and_then(|record| place(of(&record.unmasked))),
        ];
        let value = |pick: fn(&Record) -> &Losses| shown.map_or(f32::NAN, |record| of(pick(record)));
        let (a_now, b_now) = (value(|record| &record.masked), value(|record| &record.unmasked));
        let name = match lang {
            Lang::En => format!("{title}. At step {at}: A masked {a_now:.2}, B all tokens {b_now:.2}"),
            Lang::Zh => format!("{title}。第 {at} 步：A 掩码 {a_now:.2}，B 全部 token {b_now:.2}"),
        };
        ChartView {
            title: title.to_owned(),
            note: note.to_owned(),
            name,
            lines: [a, b],
            ends: names(ends),
            grid: grid(top),
            steps: [0, end / 2, end].map(|step| (step.to_string(), across(step, end))).to_vec(),
            cursor: across(at, end),
        }
    };
    vec![
        one(
            lang.pick("Loss on reply tokens", "回复部分的 loss"),
            lang.pick("both are measured on these", "两个模型都在这里比较"),
            |losses| losses.reply,
        ),
        one(
            lang.pick("Loss on prompt tokens", "prompt 部分的 loss"),
            lang.pick("only B is trained on these", "只有 B 在这里参与训练"),
            |losses| losses.prompt,
        ),
    ]
}

/// Where the axis of the steps ends.
fn round_end(now: usize, steps: usize) -> usize {
    let mut end = 20;
    while end < now {
        end *= 2;
    }
    end.min(steps).max(2)
}

fn across(step: usize, end: usize) -> f32 {
    step as f32 / end as f32 * CHART.0
}

fn point(step: usize, loss: f32, end: usize, top: f32) -> (f32, f32) {
    (across(step, end), CHART.1 - loss / top * CHART.1)
}

fn path(records: &[Record], of: impl Fn(&Record) -> f32, end: usize, top: f32) -> String {
    let every = records.len().div_ceil(POINTS).max(1);
    let last = records.len() - 1;
    let mut path = String::new();
    for (at, record) in records.iter().enumerate().filter(|(at, _)| at % every == 0 || *at == last) {
        let loss = of(record);
        if loss.is_finite() {
            let (x, y) = point(record.step, loss, end, top);
            // Writing into a string can't fail.
            let _ = write!(path, "{}{x:.1} {y:.1}", if path.is_empty() { 'M' } else { 'L' });
            let _ = at;
        }
    }
    path
}

/// The lines of the grid, about four of them.
fn grid(top: f32) -> Vec<(String, f32)> {
    let by = (top / 4.0).ceil().max(1.0);
    let count = (top / by) as usize;
    (0..=count)
        .map(|line| (format!("{}", line as f32 * by), CHART.1 - line as f32 * by / top * CHART.1))
        .collect()
}

/// Where the names of two points stand, not over one another.
fn names(ends: [Option<(f32, f32)>; 2]) -> [Option<(f32, f32, f32)>; 2] {
    let with = |end: Option<(f32, f32)>, name: f32| end.map(|(x, y)| (x, y, name));
    let [Some((_, a)), Some((_, b))] = ends else {
        return ends.map(|end| end.map(|(x, y)| (x, y, y)));
    };
    if (a - b).abs() >= APART {
        return [with(ends[0], a), with(ends[1], b)];
    }
    let middle = f32::midpoint(a, b).clamp(APART / 2.0, CHART.1 - APART / 2.0);
    let half = if a <= b { -APART / 2.0 } else { APART / 2.0 };
    [with(ends[0], middle + half), with(ends[1], middle - half)]
}
