//! A comparison ▶ what is drawn of it: the order of the rows, the columns, the paths of a strip, and runs that differ.
//!
//! Pure, so that it is tested natively; the components only draw what stands here.

use std::fmt::Write;
use std::ops::Range;

use crate::app::state::{CompareChoices, Sort};
use crate::app::table::Table;
use crate::app::wire::{CompareView, RowView, SampleView};
use crate::bilingual::Bilingual;

/// What a recipe makes of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Its sample has no token there.
    Absent,
    /// The token is masked.
    Masked,
    /// The token is trained.
    Trained,
}

/// What a row makes of a column.
pub fn mark(row: &RowView, column: usize) -> Mark {
    match (row.sample(), row.token(column)) {
        (Some(sample), Some(token)) if sample.is_trained(token) => Mark::Trained,
        (Some(_), Some(_)) => Mark::Masked,
        _ => Mark::Absent,
    }
}

/// Whether the row has another token in the column than the one that gives the column its text.
pub fn is_other(view: &CompareView, row: &RowView, column: usize) -> bool {
    let id = |sample: &SampleView, token: usize| sample.ids.get(token).copied();
    match (row.sample().zip(row.token(column)), view.maker(column)) {
        (Some((sample, token)), Some((maker, at))) => id(sample, token) != id(maker, at),
        _ => false,
    }
}

/// Whether two rows make something else of a column: another token, or another label.
pub fn differs(a: &RowView, b: &RowView, column: usize) -> bool {
    let of = |row: &RowView| {
        let (sample, token) = (row.sample()?, row.token(column)?);
        let trained = sample.is_trained(token).then(|| (sample.labels.get(token), sample.weights.get(token)));
        Some((
            sample.ids.get(token).copied(),
            trained.map(|(label, weight)| (label.copied(), weight.copied())),
        ))
    };
    of(a) != of(b)
}

/// In how many columns two rows differ.
pub fn difference(view: &CompareView, a: &RowView, b: &RowView) -> usize {
    (0..view.len()).filter(|column| differs(a, b, *column)).count()
}

/// The row that the others are held against: the chosen one where it has a sample, else the first that has one.
pub fn reference(view: &CompareView, choices: &CompareChoices) -> Option<usize> {
    let usable = |row: &RowView| row.sample().is_some();
    let chosen = view.rows.iter().position(|row| row.recipe == choices.reference && usable(row));
    chosen.or_else(|| view.rows.iter().position(usable))
}

/// The rows in the order in which they stand; those without a sample come last.
pub fn order(view: &CompareView, choices: &CompareChoices) -> Vec<usize> {
    let against = reference(view, choices).map(|at| &view.rows[at]);
    let key = |row: &RowView| {
        let first = match (choices.sort, row.sample(), against) {
            (Sort::Trained, Some(sample), _) => sample.trained,
            (Sort::Difference, Some(_), Some(against)) => difference(view, row, against),
            _ => 0,
        };
        (row.sample().is_none(), first, row.recipe.clone())
    };
    let order: Table<_, usize> = view.rows.iter().enumerate().map(|(at, row)| (key(row), at)).collect();
    order.into_iter().map(|(_, at)| at).collect()
}

/// The columns in which any row differs from the reference.
pub fn disputed(view: &CompareView, against: &RowView) -> Vec<bool> {
    let rows: Vec<_> = view.rows.iter().filter(|row| row.sample().is_some()).collect();
    (0..view.len()).map(|column| rows.iter().any(|row| differs(row, against, column))).collect()
}

/// The strip of a row as SVG paths, for the columns in a window.
#[derive(Debug, Default, PartialEq)]
pub struct Paths {
    /// Behind columns in which the row differs from the reference.
    pub tint: String,
    /// Trained tokens.
    pub trained: String,
    /// Masked tokens.
    pub masked: String,
    /// Columns without a token.
    pub absent: String,
    /// A corner on tokens that are not the column's own.
    pub other: String,
    /// A diamond on trained tokens that the reference has not trained like that.
    pub plus: String,
    /// A diamond where the reference has something else, and the row trains nothing.
    pub minus: String,
}

/// How high a strip is, in pixels.
pub const HEIGHT: usize = 26;

/// Draws the shown `columns` number `window` of a row, each `wide` pixels wide.
pub fn paths(
    view: &CompareView,
    row: &RowView,
    against: &RowView,
    columns: &[u32],
    window: Range<usize>,
    wide: usize,
) -> Paths {
    let mut paths = Paths::default();
    let shown = columns.iter().enumerate().take(window.end).skip(window.start);
    for (at, column) in shown.map(|(at, column)| (at, *column as usize)) {
        let (x, w) = (at * wide, wide - 1);
        // Writing into a string can't fail.
        let mark = mark(row, column);
        let _ = match mark {
            Mark::Trained => write!(paths.trained, "M{x} 4h{w}v18h-{w}z"),
            Mark::Masked => write!(paths.masked, "M{x} 18h{wide}v4h-{wide}z"),
            Mark::Absent => write!(paths.absent, "M{x} 20h2"),
        };
        if is_other(view, row, column) {
            let _ = write!(paths.other, "M{x} 4h5l-5 5z");
        }
        if differs(row, against, column) {
            let _ = write!(paths.tint, "M{x} 0h{wide}v{HEIGHT}h-{wide}z");
            let (path, y) = if mark == Mark::Trained { (&mut paths.plus, 10) } else { (&mut paths.minus, 6) };
            let _ = write!(path, "M{} {y}l3 3l-3 3l-3 -3z", x + w / 2);
        }
    }
    paths
}

/// Columns in a row over which two rows differ in one way.
#[derive(Debug, PartialEq)]
pub struct Run<'a> {
    /// The columns, from the first to the last.
    pub columns: Range<usize>,
    /// The two sides.
    pub sides: [Side<'a>; 2],
}

/// What a row makes of a run of columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Side<'a> {
    /// What it makes of each of them.
    pub mark: Mark,
    /// Why, where it has tokens there.
    pub why: Option<&'a Bilingual>,
    /// Its tokens there.
    pub tokens: Range<usize>,
    /// Their text.
    pub text: &'a str,
}

/// The runs over which two rows differ, in order.
pub fn runs<'a>(view: &CompareView, a: &'a RowView, b: &'a RowView) -> Vec<Run<'a>> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    // Columns that neither row has do not part a run, those on which both agree do.
    let mut open = false;
    for column in 0..view.len() {
        if a.token(column).is_none() && b.token(column).is_none() {
            continue;
        }
        if !differs(a, b, column) {
            open = false;
            continue;
        }
        let sides = [side(a, column), side(b, column)];
        let alike = |run: &Run<'_>| {
            run.sides.iter().zip(&sides).all(|(old, new)| old.mark == new.mark && old.why == new.why)
        };
        match runs.last_mut() {
            Some(run) if open && alike(run) => {
                run.columns.end = column + 1;
                for ((old, new), row) in run.sides.iter_mut().zip(sides).zip([a, b]) {
                    if !new.tokens.is_empty() {
                        old.tokens.end = new.tokens.end;
                        old.text = text(row, old.tokens.clone());
                    }
                }
            }
            _ => runs.push(Run { columns: column..column + 1, sides }),
        }
        open = true;
    }
    runs
}

fn side(row: &RowView, column: usize) -> Side<'_> {
    let Some((sample, token)) = row.sample().zip(row.token(column)) else {
        return Side { mark: Mark::Absent, why: None, tokens: 0..0, text: "" };
    };
    let tokens = token..token + 1;
    Side { mark: mark(row, column), why: sample.why(token), text: text(row, tokens.clone()), tokens }
}

fn text(row: &RowView, tokens: Range<usize>) -> &str {
    let Some(sample) = row.sample() else { return "" };
    let (start, end) = (sample.offset(tokens.start).start, sample.offset(tokens.end.saturating_sub(1)).end);
    sample.text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Asked, Engine, Request, TemplateChoice};

    const TALK: &str = r#"[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"},
        {"role": "user", "content": "bye"}, {"role": "assistant", "content": "see you"}]"#;

    fn view(recipes: &[&str]) -> CompareView {
        let asked: Vec<_> =
            recipes.iter().map(|id| Asked { recipe: (*id).to_owned(), ..Asked::default() }).collect();
        let template = TemplateChoice::Catalog("chatml".to_owned());
        let request = Request { dialogue: TALK.to_owned(), template, ..Request::default() };
        CompareView::new(Engine::new().compare(&request, &asked), &[])
    }

    fn choices(reference: &str, sort: Sort) -> CompareChoices {
        CompareChoices { reference: reference.to_owned(), sort, ..CompareChoices::default() }
    }

    #[test]
    fn a_comparison_comes_out_of_the_wire_as_it_went_in() {
        let view = view(&["axolotl", "trl-response-template", "nobody's"]);
        let text = serde_json::to_string(&view).unwrap();
        assert_eq!(serde_json::from_str::<CompareView>(&text).unwrap(), view);
        assert!(view.rows[2].outcome.is_err());
    }

    #[test]
    fn rows_are_sorted_by_what_they_train_by_name_or_by_their_distance_from_the_reference() {
        let view = view(&["nobody's", "all-tokens", "per-turn", "axolotl", "transformers"]);
        let names = |sort| -> Vec<&str> {
            let order = order(&view, &choices("axolotl", sort));
            order.into_iter().map(|at| view.rows[at].recipe.as_str()).collect()
        };
        assert_eq!(names(Sort::Trained), ["per-turn", "axolotl", "transformers", "all-tokens", "nobody's"]);
        assert_eq!(names(Sort::Name), ["all-tokens", "axolotl", "per-turn", "transformers", "nobody's"]);
        assert_eq!(names(Sort::Difference)[0], "axolotl");
        assert_eq!(names(Sort::Difference)[4], "nobody's");
    }

    #[test]
    fn a_reference_without_a_sample_gives_way_to_a_row_that_has_one() {
        let view = view(&["nobody's", "axolotl"]);
        assert_eq!(reference(&view, &choices("nobody's", Sort::Name)), Some(1));
        assert_eq!(reference(&view, &choices("axolotl", Sort::Name)), Some(1));
        assert_eq!(reference(&CompareView::default(), &choices("axolotl", Sort::Name)), None);
    }

    #[test]
    fn the_columns_that_are_disputed_are_those_over_which_some_row_differs() {
        let view = view(&["axolotl", "transformers"]);
        let [a, b] = [&view.rows[0], &view.rows[1]];
        let disputed = disputed(&view, a);
        let count = disputed.iter().filter(|is| **is).count();
        assert_eq!(count, difference(&view, a, b));
        assert!(count > 0 && count < view.len());
        assert_eq!(difference(&view, a, a), 0);
    }

    #[test]
    fn runs_hold_every_column_that_differs_with_its_text_and_both_reasons() {
        let view = view(&["axolotl", "all-tokens", "transformers"]);
        let [a, b] = [&view.rows[0], &view.rows[1]];
        let found = runs(&view, a, b);
        let held: usize = found.iter().map(|run| run.columns.len()).sum();
        assert_eq!(held, difference(&view, a, b));
        for run in &found {
            assert_eq!([run.sides[0].mark, run.sides[1].mark], [Mark::Masked, Mark::Trained]);
            assert!(run.sides.iter().all(|side| side.why.is_some()));
            assert_eq!(run.sides[0].text, run.sides[1].text);
        }
        assert!(found.iter().any(|run| run.sides[0].text.contains("bye")));
        assert_eq!(runs(&view, a, a), []);
    }

    #[test]
    fn a_strip_draws_only_its_window_and_marks_what_differs() {
        let view = view(&["axolotl", "all-tokens"]);
        let columns: Vec<u32> = (0..view.len() as u32).collect();
        let [a, b] = [&view.rows[0], &view.rows[1]];
        let draw = |window| paths(&view, b, a, &columns, window, 10);
        let whole = draw(0..columns.len());
        let count = |path: &str| path.matches('M').count();
        assert_eq!(count(&whole.trained), columns.len());
        assert_eq!(count(&whole.plus), difference(&view, a, b));
        assert_eq!((count(&whole.masked), count(&whole.absent), count(&whole.minus)), (0, 0, 0));
        assert_eq!(count(&draw(3..7).trained), 4);
        assert!(draw(3..7).trained.starts_with("M30 4"));
        assert_eq!(draw(900..1000), Paths::default());
    }
}
