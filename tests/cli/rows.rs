//! What is made of samples: comparisons, batches, exports.

use super::*;

#[test]
fn compare_counts_what_every_recipe_trains_and_gives_what_explain_gives() {
    let rows = lines(&["compare", "-", "--json"], POEMS);
    let count = lines(&["recipes", "--json"], "").len();
    assert_eq!(rows.len(), count);
    let row = |id: &str| rows.iter().find(|row| row["recipe"] == id).unwrap();
    let all = row("all-tokens");
    assert_eq!(all["tokens"], all["trained"]);
    assert_eq!((&row("per-turn")["samples"], &row("per-turn")["sample"]), (&json!(2), &json!(1)));
    for id in ["axolotl", "per-turn"] {
        let explained = lines(&["explain", "-", "--recipe", id, "--json"], POEMS);
        let last = explained.last().unwrap();
        assert_eq!((&row(id)["input_ids"], &row(id)["labels"]), (&last["input_ids"], &last["labels"]));
        let trained =
            row(id)["counts"].as_array().unwrap().iter().map(|part| part["trained"].as_u64().unwrap());
        assert_eq!(json!(trained.sum::<u64>()), row(id)["trained"]);
    }
    let table = run(&["compare", "-"], POEMS);
    assert!(stdout(&table).contains("user 0, assistant"));
    let broken = run(&["compare", "-"], "[{");
    assert_eq!((broken.status.code(), stdout(&broken)), (Some(1), ""));
}

#[test]
fn a_batch_has_a_line_for_each_sample_each_row_and_what_was_found() {
    let found = lines(&["batch", "-", "--way", "trl-bfd", "--max-length", "40", "--json"], POEMS);
    let samples: Vec<_> = found.iter().filter(|line| line["kept"].is_array()).collect();
    assert_eq!(samples.len(), 2, "two replies make two samples");
    assert!(samples.iter().all(|line| line["kept"] == json!([0, 40])));
    let rows: Vec<_> = found.iter().filter(|line| line["input_ids"].is_array()).collect();
    let row = rows[0];
    let list = |key: &str| row[key].as_array().unwrap().clone();
    assert_eq!(list("input_ids").len(), 80);
    assert_eq!(list("position_ids")[40], 0, "positions restart with the second sample");
    assert_eq!(list("origins")[40], json!([1, 0]));
    assert_eq!(list("targets")[..79], list("labels")[1..]);
    let codes: Vec<_> =
        found.last().unwrap()["diagnostics"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert_eq!(codes, ["truncation-cut-reply", "all-labels-truncated"]);
}

#[test]
fn a_batch_that_no_trainer_makes_is_refused() {
    let none = run(&["batch", "-", "--way", "trl-bfd"], POEMS);
    assert_eq!(none.status.code(), Some(1));
    assert!(stderr(&none).contains("max_length"), "{}", stderr(&none));
    let wrong = run(&["batch", "-", "--way", "stacking"], POEMS);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("trl-bfd"), "{}", stderr(&wrong));
}

#[test]
fn export_writes_the_rows_that_explain_shows_and_a_program() {
    let explained = lines(&["explain", "-", "--template", "chatml", "--json"], POEMS);
    let exported = lines(&["export", "-", "--template", "chatml", "--as", "jsonl"], POEMS);
    assert_eq!(exported.len(), 2);
    for (row, sample) in exported.iter().zip(&explained) {
        for field in
            ["conversation", "sample", "text", "input_ids", "attention_mask", "labels", "weights", "offsets"]
        {
            assert_eq!(row[field], sample[field], "{field}");
        }
    }
    assert_eq!(lines(&["export", "-", "--as", "jsonl", "--sample", "1"], POEMS).len(), 1);
    let program = run(&["export", "-", "--as", "python", "--recipe", "verl"], POEMS);
    assert_eq!(program.status.code(), Some(0));
    assert!(stdout(&program).contains(SUMMER) && stdout(&program).contains("verl==0.9.1"));
}

#[test]
fn an_export_that_can_t_be_made_says_why() {
    let unknown = run(&["export", "-", "--as", "pdf"], POEMS);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("python, jsonl, tsv, html, svg, config"));
    assert_eq!(run(&["export", "-"], POEMS).status.code(), Some(2));
    assert_eq!(run(&["export", "-", "--as", "python", "--recipe", "x"], POEMS).status.code(), Some(2));
    let none = run(&["export", "-", "--as", "config"], POEMS);
    assert_eq!((none.status.code(), stdout(&none)), (Some(1), ""));
}

/// Three rows, of which the second can't be read.
const BROKEN: &str = r#"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
{"messages": [{"role": "user", "content": }]}
{"messages": [{"role": "user", "content": "e"}, {"role": "assistant", "content": "f"}]}
"#;

#[test]
fn what_can_t_be_read_is_told_by_every_command_and_the_rest_is_there() {
    for call in [
        &["export", "-", "--as", "jsonl"][..],
        &["export", "-", "--as", "tsv"],
        &["export", "-", "--as", "python"],
        &["batch", "-"],
        &["explain", "-"],
        &["parse", "-"],
    ] {
        let told = run(call, BROKEN);
        assert_eq!(told.status.code(), Some(1), "{call:?}");
        assert!(stderr(&told).contains("-:2:"), "{call:?}: {}", stderr(&told));
        assert!(!stdout(&told).is_empty(), "{call:?}");
    }
    let rows = run(&["export", "-", "--as", "jsonl"], BROKEN);
    assert_eq!(stdout(&rows).lines().count(), 2);
}

#[test]
fn a_template_that_fails_at_one_conversation_is_told_in_its_place() {
    let source = "\n{% for m in messages %}{{ m.content if m.content != 'c' else raise_exception('no c') }}{% endfor %}";
    let template = temporary("fails-at-one.jinja", source.as_bytes());
    let template = template.to_str().unwrap();
    let talk = r#"[[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}],
        [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]]"#;
    for call in [&["export", "-", "--as", "jsonl", "--template"][..], &["batch", "-", "--template"]] {
        let told = run(&[call, &[template]].concat(), talk);
        assert_eq!(told.status.code(), Some(1), "{call:?}");
        assert!(stderr(&told).contains("fails-at-one.jinja:2:"), "{call:?}: {}", stderr(&told));
        assert!(!stdout(&told).is_empty(), "{call:?}");
    }
    let always = temporary("fails-always.jinja", b"{{ raise_exception('no') }}");
    let told = run(&["compare", "-", "--template", always.to_str().unwrap()], talk);
    assert_eq!(told.status.code(), Some(1));
    assert!(stderr(&told).contains("fails-always.jinja:1:4"), "{}", stderr(&told));
}

#[test]
fn an_input_without_a_byte_is_an_error_for_every_command_that_reads_a_dialogue() {
    for command in ["explain", "parse", "compare", "batch", "render"] {
        let told = run(&[command, "-"], "");
        assert_eq!(told.status.code(), Some(1), "{command}");
        assert!(stderr(&told).contains("[empty]"), "{command}: {}", stderr(&told));
    }
}

#[test]
fn what_a_command_would_not_heed_is_a_wrong_call() {
    for (call, words) in [
        (&["recipes", "talk.json"][..], "reads no file"),
        (&["templates", "talk.json"], "reads no file"),
        (&["export", "-", "--as", "python", "--sample", "1"], "not with python"),
        (&["batch", "-", "--batch-size", "0"], "batch size"),
        (&["batch", "-", "--pad", "nowhere"], "`nowhere`"),
        (&["explain", "-", "--ignore-index", "x"], "`--ignore-index x`"),
    ] {
        let told = run(call, POEMS);
        assert_eq!(told.status.code(), Some(2), "{call:?}");
        assert!(stderr(&told).contains(words), "{call:?}: {}", stderr(&told));
    }
}
