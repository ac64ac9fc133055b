use super::*;
use crate::engine::TemplateChoice;
use crate::recipe::catalog::RECIPES;

const TALK: &str = r#"[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"},
    {"role": "user", "content": "bye"}, {"role": "assistant", "content": "see you"}]"#;

fn request(dialogue: &str) -> Request {
    let template = TemplateChoice::Catalog("chatml".to_owned());
    Request { dialogue: dialogue.to_owned(), template, ..Request::default() }
}

fn all() -> Vec<Asked> {
    RECIPES.iter().map(|recipe| Asked { recipe: recipe.id.to_owned(), ..Asked::default() }).collect()
}

fn row<'a>(comparison: &'a Comparison, recipe: &str) -> &'a Row {
    comparison.rows.iter().find(|row| row.recipe == recipe).unwrap()
}

#[test]
fn every_recipe_has_a_row_with_a_sample_or_a_reason_and_what_explain_gives() {
    let comparison = Engine::new().compare(&request(TALK), &all());
    assert_eq!(comparison.rows.len(), RECIPES.len());
    for row in &comparison.rows {
        let request = Request { recipe: row.recipe.clone(), ..request(TALK) };
        let report = Engine::new().analyze(&request);
        let last = report.conversations[0].outcomes.iter().rev().find_map(|outcome| match outcome {
            Outcome::Sample(sample) => Some((&sample.input_ids, &sample.labels)),
            Outcome::Dropped { .. } => None,
        });
        assert_eq!(row.sample().map(|sample| (&sample.input_ids, &sample.labels)), last, "{}", row.recipe);
        assert_eq!(row.config.is_some(), catalog::find(&row.recipe).unwrap().source.is_some());
    }
}

#[test]
fn the_axis_holds_every_token_of_every_row_and_the_counts_add_up() {
    let comparison = Engine::new().compare(&request(TALK), &all());
    for row in &comparison.rows {
        let Some(sample) = row.sample() else { continue };
        let placed: Vec<u32> = row.places.iter().copied().filter(|at| *at != ABSENT).collect();
        assert_eq!(placed, (0..sample.input_ids.len() as u32).collect::<Vec<_>>(), "{}", row.recipe);
        let trained = sample.weights.iter().filter(|weight| **weight > 0.0).count();
        assert_eq!(row.totals(), (sample.input_ids.len(), trained));
    }
    let made = |(row, token): &(u32, u32)| {
        let places = &comparison.rows[*row as usize].places;
        places.contains(token)
    };
    assert!(comparison.columns.iter().all(made));
}

#[test]
fn recipes_that_render_alike_share_their_columns() {
    let comparison = Engine::new().compare(&request(TALK), &all());
    assert_eq!(row(&comparison, "transformers").places, row(&comparison, "all-tokens").places);
    assert_ne!(row(&comparison, "transformers").totals(), row(&comparison, "all-tokens").totals());
}

#[test]
fn the_last_sample_is_compared_unless_another_one_is_asked_for() {
    let ask = |sample| Asked { recipe: "per-turn".to_owned(), sample, ..Asked::default() };
    let comparison = Engine::new().compare(&request(TALK), &[ask(None), ask(Some(0)), ask(Some(9))]);
    let shown: Vec<_> = comparison.rows.iter().map(|row| row.outcome.as_ref().unwrap().0).collect();
    assert_eq!(shown, [1, 0, 1]);
    assert!(comparison.rows.iter().all(|row| row.samples == 2));
}

#[test]
fn a_wrong_option_is_the_reason_of_its_row_and_of_no_other() {
    let wrong = Asked {
        recipe: "axolotl".to_owned(),
        options: vec![("train_on_eos".to_owned(), "sometimes".to_owned())],
        sample: None,
    };
    let right = Asked { recipe: "all-tokens".to_owned(), ..Asked::default() };
    let comparison = Engine::new().compare(&request(TALK), &[wrong, right]);
    assert_eq!(comparison.rows[0].diagnostics[0].code, "bad-option-value");
    assert!(comparison.rows[0].outcome.is_err() && comparison.rows[1].outcome.is_ok());
    assert_eq!(comparison.diagnostics, []);
}

#[test]
fn a_text_that_is_no_dialogue_and_a_row_with_its_own_tokens_say_why_nothing_is_compared() {
    let nothing = Engine::new().compare(&request(""), &all());
    assert!(nothing.rows.is_empty() && nothing.columns.is_empty());
    let given = r#"{"input_ids": [1, 2, 3], "labels": [-100, 2, 3]}"#;
    let given = Engine::new().compare(&request(given), &all());
    assert!(given.rows.is_empty());
    assert_eq!(given.diagnostics.last().unwrap().code, "given-not-compared");
}

#[test]
fn samples_that_are_too_long_together_are_left_out_with_a_reason() {
    let mut engine = Engine { most_tokens: 60, ..Engine::new() };
    let comparison = engine.compare(&request(TALK), &all());
    let left: usize = comparison.rows.iter().map(|row| row.totals().0).sum();
    assert!(left <= 60);
    assert!(comparison.rows.last().unwrap().outcome.is_err());
}
