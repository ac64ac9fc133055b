//! What `lossmask explain` says of a dialogue, and of a call that is wrong.

use super::*;

#[test]
fn the_example_is_two_samples_whose_replies_are_trained() {
    let samples = lines(&["explain", "-", "--template", "plain", "--json"], POEMS);
    assert_eq!(samples.len(), 2);
    let first = format!("<user> 帮我写一首诗。 <assistant> {SPRING}");
    assert_eq!(samples[0]["text"], first);
    assert_eq!(samples[1]["text"], format!("{first} <user> 再写一首关于夏天的。 <assistant> {SUMMER}"));
    assert_eq!(trained(&samples[0]).trim_start(), SPRING);
    assert_eq!(trained(&samples[1]).trim_start(), SUMMER);
}

#[test]
fn a_line_has_the_fields_of_the_contract_in_its_order_and_arrays_of_one_length() {
    let output = run(&["explain", "-", "--template", "chatml", "--json", "--ignore-index", "-1"], POEMS);
    for line in stdout(&output).lines() {
        let sample: Value = serde_json::from_str(line).unwrap();
        let fields: Vec<_> = sample.as_object().unwrap().keys().map(String::as_str).collect();
        let arrays = ["input_ids", "attention_mask", "labels", "weights", "offsets", "owners"];
        let order = [&["conversation", "sample", "text"], &arrays[..], &["diagnostics"]].concat();
        assert_eq!(fields, order);
        let count = sample["input_ids"].as_array().unwrap().len();
        assert!(count > 10);
        for array in arrays {
            assert_eq!(sample[array].as_array().unwrap().len(), count, "{array}");
        }
        for token in 0..count {
            let (label, weight) = (&sample["labels"][token], sample["weights"][token].as_f64().unwrap());
            assert_eq!(weight == 0.0, *label == -1);
            assert!(weight == 0.0 || *label == sample["input_ids"][token]);
        }
        assert_eq!(sample["owners"][0], json!({"message": 0, "part": "header"}));
        assert!(line.contains("\"weights\":[0.0,"), "{line}");
    }
}

#[test]
fn an_option_of_the_recipe_is_obeyed() {
    let at = |end: &str| {
        let set = format!("end={end}");
        let samples = lines(&["explain", "-", "--template", "chatml", "--json", "--set", &set], POEMS);
        trained(&samples[0])
    };
    assert_eq!(at("none"), SPRING);
    assert_eq!(at("stop"), format!("{SPRING}<|im_end|>"));
    assert_eq!(at("all"), format!("{SPRING}<|im_end|>\n"));
}

#[test]
fn a_finding_names_its_tokens() {
    let samples = lines(&["explain", "-", "--template", "chatml", "--json", "--set", "end=none"], POEMS);
    let found = &samples[0]["diagnostics"][0];
    assert_eq!(found["code"], "stop-token-untrained");
    assert_eq!(found["severity"], "warning");
    let token = found["tokens"][0].as_u64().unwrap() as usize;
    let [start, end] = [0, 1].map(|at| samples[0]["offsets"][token][at].as_u64().unwrap() as usize);
    assert_eq!(&samples[0]["text"].as_str().unwrap()[start..end], "<|im_end|>");
}

#[test]
fn a_conversation_without_a_reply_is_a_line_that_says_why() {
    let dropped = lines(&["explain", "-", "--json"], r#"[{"role": "user", "content": "hi"}]"#);
    assert_eq!(dropped[0]["conversation"], 0);
    assert_eq!(dropped[0]["dropped"], "the conversation has no assistant message");
    assert_eq!(dropped[0]["diagnostics"][0]["code"], "no-reply");
}

#[test]
fn bad_input_is_an_error_with_line_and_column_and_nothing_else() {
    let output = run(&["explain", "-", "--json"], "[\n  {\"role\": \"user\", \"content\": \"hi}\n]\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    let first = stderr(&output).lines().next().unwrap();
    assert!(
        first.starts_with("-:2:") && first.split(':').nth(2).unwrap().parse::<usize>().is_ok(),
        "{first}"
    );
    assert!(stderr(&output).contains("hint: "), "{}", stderr(&output));
}

#[test]
fn an_empty_input_is_an_error() {
    let output = run(&["explain", "-", "--json"], " \n");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("-:"), "{}", stderr(&output));
}

#[test]
fn text_that_is_not_utf8_is_an_error_with_its_place() {
    let path = temporary("latin1.json", b"[\n\"caf\xe9\"]");
    let output = run(&["explain", path.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains(":2:5: the text is not UTF-8"), "{}", stderr(&output));
}

#[test]
fn a_wrong_call_exits_with_2_and_lists_what_is_known() {
    let calls: [(&[&str], &str); 12] = [
        (&[], "which command"),
        (&["expalin", "-"], "there is no command `expalin`"),
        (&["explain"], "which file"),
        (&["explain", "-", "--frobnicate"], "--recipe --set"),
        (&["explain", "-", "--set", "ends=all"], "boundary, end"),
        (&["explain", "-", "--set", "end=full"], "stop, none, all"),
        (&["explain", "-", "--recipe", "nobody"], "per-turn, all-tokens"),
        (&["explain", "-", "--template", "nothing"], "plain, chatml"),
        (&["explain", "-", "--tokenizer", "qwen2_5"], "LOSSMASK_TOKENIZERS"),
        (&["explain", "/no/such/file"], "/no/such/file"),
        (&["parse", "-", "--format", "nothing"], "openai, sharegpt"),
        (&["loss", "--recipe", "per-turn"], "--json"),
    ];
    for (arguments, expected) in calls {
        let output = run(arguments, POEMS);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(stdout(&output), "");
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_template_error_points_into_the_template() {
    let path = temporary(
        "raises.jinja",
        b"{% for m in messages %}\n  {{ raise_exception('too long') }}\n{% endfor %}",
    );
    let path = path.to_str().unwrap();
    for command in ["explain", "render"] {
        let output = run(&[command, "-", "--template", path, "--json"], POEMS);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(stdout(&output), "");
        let shown = stderr(&output);
        assert!(shown.contains(&format!("{path}:2:")) && shown.contains("too long"), "{shown}");
        assert!(shown.contains("conversation 1 at -:2:5"), "{shown}");
    }
}

#[test]
fn a_terminal_view_shows_each_token_with_its_label() {
    let output = run(&["explain", "-", "--template", "chatml"], POEMS);
    let shown = stdout(&output);
    assert!(shown.starts_with("conversation 1, sample 1: "), "{shown}");
    assert!(shown.contains("<|im_end|>") && shown.contains("-100"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "no colour where the output is no terminal");
}
