//! The losses of a run as a picture: an SVG that stands alone.
//!
//! Two panels with the same axes, the replies and the rest. The masked model is a solid line with a dot, the other a dashed
//! line with a square, so that they differ without colour too.

use std::fmt::Write as _;

use super::session::{Losses, Record};
use crate::bilingual::Bilingual;

const MASKED: &str = "#0a7a56";
const UNMASKED: &str = "#84389f";
const INK: &str = "#43464d";
const GRID: &str = "#d9dbe0";

/// The size of a panel's axes, and where the first one begins.
const WIDTH: f32 = 270.0;
const HEIGHT: f32 = 200.0;
const LEFT: f32 = 44.0;
const TOP: f32 = 40.0;
/// From one panel to the next.
const APART: f32 = 420.0;
/// The most points of a line; what lies between them can't be seen.
const POINTS: usize = 300;

/// A loss of a model.
type Of = fn(&Losses) -> f32;

/// The picture of a run. `pick` gives the language's words, and `language` is its tag, such as `zh-Hans`.
pub fn svg(records: &[Record], language: &str, pick: impl Fn(&Bilingual) -> String) -> String {
    let panels: [(Bilingual, Of); 2] = [
        (Bilingual::fixed("Loss on reply tokens", "回复部分的 loss"), |losses| losses.reply),
        (Bilingual::fixed("Loss on prompt tokens", "prompt 部分的 loss"), |losses| losses.prompt),
    ];
    let steps = records.last().map_or(1, |record| record.step).max(2);
    let greatest = records.iter().flat_map(|record| {
        [record.masked, record.unmasked].into_iter().flat_map(|losses| [losses.reply, losses.prompt])
    });
    let top = greatest.filter(|loss| loss.is_finite()).fold(1.0_f32, f32::max).ceil();
    let mut out = String::new();
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 290" width="840" height="290" role="img" aria-labelledby="title desc" xml:lang="{language}" lang="{language}" font-family="system-ui, sans-serif" font-size="12" fill="{INK}"><title id="title">{}</title><desc id="desc">{}</desc><rect width="840" height="290" fill="white"/>"#,
        pick(&title()),
        pick(&description(records)),
    );
    for (place, (name, of)) in panels.iter().enumerate() {
        let _ = write!(out, r#"<g transform="translate({} {TOP})">"#, LEFT + place as f32 * APART);
        axes(&mut out, &pick(name), top, steps);
        let masked = Bilingual::fixed("A masked", "A 掩码");
        let unmasked = Bilingual::fixed("B all tokens", "B 全部 token");
        let at = |record: &Record, losses: &Losses| point(record.step, of(losses), steps, top);
        let a: Vec<_> = thinned(records).filter_map(|record| at(record, &record.masked)).collect();
        let b: Vec<_> = thinned(records).filter_map(|record| at(record, &record.unmasked)).collect();
        let ends = [a.last().map_or(0.0, |end| end.1), b.last().map_or(0.0, |end| end.1)];
        let [label_a, label_b] = labels(ends);
        line(&mut out, &a, MASKED, "", &pick(&masked), label_a);
        line(&mut out, &b, UNMASKED, r#" stroke-dasharray="6 4""#, &pick(&unmasked), label_b);
        out.push_str("</g>");
    }
    let under = pick(&Bilingual::fixed("step", "步"));
    let _ = write!(out, r#"<text x="420" y="284" text-anchor="middle">{under}</text></svg>"#);
    out
}

fn title() -> Bilingual {
    Bilingual::fixed("Loss by step, with the mask and without", "逐步的 loss：加掩码与不加掩码")
}

/// What the picture says, in numbers.
fn description(records: &[Record]) -> Bilingual {
    let (Some(first), Some(last)) = (records.first(), records.last()) else {
        return Bilingual::fixed("no step was made", "尚未训练");
    };
    let (count, [a_0, a_1], [b_0, b_1]) = (
        last.step,
        [first, last].map(|record| record.masked.reply),
        [first, last].map(|record| record.unmasked.reply),
    );
    let (a, b) = (last.masked.reported, last.unmasked.reported);
    Bilingual::new(
        format!(
            "{count} steps. On reply tokens, A (masked) goes from {a_0:.2} to {a_1:.2} and B (all tokens) from {b_0:.2} to {b_1:.2}. At the end A reports {a:.2} and B {b:.2}."
        ),
        format!(
            "共 {count} 步。回复部分的 loss：A（掩码）从 {a_0:.2} 到 {a_1:.2}，B（全部 token）从 {b_0:.2} 到 {b_1:.2}。最后 A 报告 {a:.2}，B 报告 {b:.2}。"
        ),
    )
}

/// The first and last records, and as many between them as can be seen.
fn thinned(records: &[Record]) -> impl Iterator<Item = &Record> {
    let every = records.len().div_ceil(POINTS).max(1);
    let last = records.len().saturating_sub(1);
    records.iter().enumerate().filter(move |(at, _)| at % every == 0 || *at == last).map(|(_, record)| record)
}

/// Where a loss stands in a panel; nowhere if it is none.
fn point(step: usize, loss: f32, steps: usize, top: f32) -> Option<(f32, f32)> {
    let x = (step.saturating_sub(1)) as f32 / (steps - 1) as f32 * WIDTH;
    loss.is_finite().then(|| (x, HEIGHT - loss / top * HEIGHT))
}

fn axes(out: &mut String, name: &str, top: f32, steps: usize) {
    let _ = write!(out, r#"<text y="-16" font-size="14" font-weight="600">{name}</text>"#);
    for quarter in 0..=4 {
        let y = HEIGHT - HEIGHT * quarter as f32 / 4.0;
        let value = top * quarter as f32 / 4.0;
        let _ = write!(
            out,
            r#"<path d="M0 {y}H{WIDTH}" stroke="{GRID}"/><text x="-8" y="{}" text-anchor="end">{value}</text>"#,
            y + 4.0
        );
    }
    for (x, step) in [(0.0, 1), (WIDTH, steps)] {
        let _ = write!(out, r#"<text x="{x}" y="{}" text-anchor="middle">{step}</text>"#, HEIGHT + 20.0);
    }
}

/// Where the names of two lines stand, not over one another.
fn labels([a, b]: [f32; 2]) -> [f32; 2] {
    const LINE: f32 = 16.0;
    if (a - b).abs() >= LINE {
        return [a, b];
    }
    let middle = f32::midpoint(a, b).clamp(LINE / 2.0, HEIGHT - LINE / 2.0);
    let (first, second) = (middle - LINE / 2.0, middle + LINE / 2.0);
    if a <= b { [first, second] } else { [second, first] }
}

/// A line with a mark at its end and its name beside it.
fn line(out: &mut String, points: &[(f32, f32)], colour: &str, dashes: &str, name: &str, label: f32) {
    let Some((x, y)) = points.last() else { return };
    let _ = write!(out, r#"<polyline fill="none" stroke="{colour}" stroke-width="2"{dashes} points=""#);
    for (x, y) in points {
        let _ = write!(out, "{x:.1},{y:.1} ");
    }
    out.push_str("\"/>");
    let _ = if dashes.is_empty() {
        write!(out, r#"<circle cx="{x:.1}" cy="{y:.1}" r="4" fill="{colour}"/>"#)
    } else {
        write!(out, r#"<rect x="{:.1}" y="{:.1}" width="8" height="8" fill="{colour}"/>"#, x - 4.0, y - 4.0)
    };
    let (x, y) = (x + 8.0, label + 4.0);
    let _ = write!(out, r#"<text x="{x:.1}" y="{y:.1}" fill="{colour}" font-weight="600">{name}</text>"#);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(count: usize) -> Vec<Record> {
        let losses = |at: usize, slow: f32| Losses {
            reported: 2.0 / (at as f32 + slow),
            reply: 4.0 / (at as f32 + slow),
            prompt: f32::NAN,
        };
        (1..=count)
            .map(|step| Record { step, masked: losses(step, 0.0), unmasked: losses(step, 1.0) })
            .collect()
    }

    fn english(records: &[Record]) -> String {
        svg(records, "en", |words| words.en.clone().into_owned())
    }

    #[test]
    fn the_picture_has_a_title_and_says_its_numbers_in_words() {
        let picture = english(&records(10));
        assert!(picture.contains(r#"role="img" aria-labelledby="title desc""#));
        assert!(picture.contains(r#"<title id="title">Loss by step, with the mask and without</title>"#));
        assert!(picture.contains("A (masked) goes from 4.00 to 0.40 and B (all tokens) from 2.00 to 0.36"));
        let chinese = svg(&records(10), "zh-Hans", |words| words.zh.clone().into_owned());
        assert!(
            chinese.contains(r#"lang="zh-Hans""#)
                && chinese.contains("回复部分的 loss：A（掩码）从 4.00 到 0.40")
        );
    }

    #[test]
    fn each_panel_has_a_line_for_each_model_and_none_for_a_loss_that_does_not_exist() {
        let picture = english(&records(10));
        assert_eq!(picture.matches("<polyline").count(), 2);
        assert_eq!(picture.matches("stroke-dasharray").count(), 1);
        assert!(!picture.contains("NaN"), "{picture}");
        // The first loss is the greatest and so stands at the top, the last step at the right.
        assert!(picture.contains("points=\"0.0,0.0 "), "{picture}");
        assert!(picture.contains("270.0,180.0 "), "{picture}");
    }

    #[test]
    fn no_steps_one_step_and_very_many_are_drawn() {
        assert!(english(&[]).contains("no step was made"));
        assert!(english(&records(1)).contains("0.0,0.0 "));
        let many = english(&records(10_000));
        assert!(many.len() < 30_000 && many.contains(">10000<"), "{}", many.len());
    }

    #[test]
    fn names_of_lines_that_end_together_do_not_lie_on_one_another() {
        for (a, b) in [(100.0, 101.0), (0.0, 0.0), (HEIGHT, HEIGHT), (3.0, 1.0)] {
            let [first, second] = labels([a, b]);
            assert!((first - second).abs() >= 15.9 && (first <= second) == (a <= b));
            assert!(first.min(second) > -1.0 && first.max(second) < HEIGHT + 1.0);
        }
    }
}
