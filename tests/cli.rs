//! The native command as scripts call it.

#![cfg(not(target_arch = "wasm32"))]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const POEMS: &str = r#"dialogue = [
    {"role": "user", "content": "帮我写一首诗。"},
    {"role": "assistant", "content": "春风拂面花开放，碧水潺潺鸟语香。愿君此间常驻足，心随美景共徜徉。"},
    {"role": "user", "content": "再写一首关于夏天的。"},
    {"role": "assistant", "content": "夏日炎炎荷满塘，蝉鸣树梢午梦长。轻摇蒲扇寻凉意，一片冰心在玉壶。"}
]
"#;

const SPRING: &str = "春风拂面花开放，碧水潺潺鸟语香。愿君此间常驻足，心随美景共徜徉。";
const SUMMER: &str = "夏日炎炎荷满塘，蝉鸣树梢午梦长。轻摇蒲扇寻凉意，一片冰心在玉壶。";

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lossmask"))
        .args(arguments)
        .env_remove("LOSSMASK_TOKENIZERS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A call that is wrong does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// The lines of a call that must succeed.
fn lines(arguments: &[&str], input: &str) -> Vec<Value> {
    let output = run(arguments, input);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The bytes of a sample's text that its trained tokens cover.
fn trained(sample: &Value) -> String {
    let text = sample["text"].as_str().unwrap();
    let mut covered = vec![false; text.len()];
    for (offset, label) in
        sample["offsets"].as_array().unwrap().iter().zip(sample["labels"].as_array().unwrap())
    {
        let [start, end] = [0, 1].map(|at| offset[at].as_u64().unwrap() as usize);
        if label != -100 {
            covered[start..end].fill(true);
        }
    }
    let bytes = text.bytes().zip(covered).filter(|(_, covered)| *covered).map(|(byte, _)| byte).collect();
    String::from_utf8(bytes).unwrap()
}

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

#[test]
fn parse_prints_messages_in_openais_shape() {
    let parsed = lines(&["parse", "-", "--json"], POEMS);
    assert_eq!(parsed.len(), 1);
    assert!(parsed[0]["format"].is_string());
    assert_eq!(parsed[0]["messages"][1], json!({"role": "assistant", "content": SPRING}));
    assert_eq!(parsed[0]["diagnostics"], json!([]));
    assert!(parsed[0].get("tools").is_none());
}

#[test]
fn parse_prints_what_rows_say_beside_their_messages() {
    let parsed = lines(&["parse", "-", "--json"], r#"{"prompt": "q", "chosen": "a", "rejected": "b"}"#);
    assert_eq!([&parsed[0]["branch"], &parsed[1]["branch"]], [&json!("chosen"), &json!("rejected")]);
    let parsed = lines(&["parse", "-", "--json"], r#"{"input_ids": [5, 6], "labels": [-100, 6]}"#);
    assert_eq!(parsed[0]["given"], json!({"input_ids": [5, 6], "labels": [-100, 6]}));
    let flagged = r#"[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "weight": 0}]"#;
    let parsed = lines(&["parse", "-", "--json"], flagged);
    let training = json!([null, {"flags": [{"key": "weight", "weight": 0.0}], "detail": []}]);
    assert_eq!(parsed[0]["training"], training);
    assert_eq!(parsed[0]["messages"][1]["weight"], 0);
}

#[test]
fn parse_reads_in_the_format_that_is_asked_for() {
    let row = r#"{"prompt": "q", "completion": "a", "instruction": "i"}"#;
    let parsed = lines(&["parse", "-", "--json", "--format", "alpaca"], row);
    assert_eq!(parsed[0]["format"], "alpaca");
    assert_eq!(parsed[0]["messages"][0]["content"], "i");
}

#[test]
fn render_prints_text_and_generation_spans() {
    let rendered = lines(&["render", "-", "--template", "chatml", "--json"], POEMS);
    let text = rendered[0]["text"].as_str().unwrap();
    let span = &rendered[0]["generation_spans"][0];
    let [start, end] = [0, 1].map(|at| span[at].as_u64().unwrap() as usize);
    assert_eq!(&text[start..end], format!("{SPRING}<|im_end|>\n"));
    let prompt = lines(&["render", "-", "--template", "chatml", "--add-generation-prompt", "--json"], POEMS);
    assert_eq!(prompt[0]["text"], format!("{text}<|im_start|>assistant\n"));
}

#[test]
fn render_sees_variables_and_the_clock() {
    let path = temporary("clock.jinja", b"{{ strftime_now('%d/%m') }} {{ depth + 1 }} {{ name }}");
    let flags = ["--now", "2026-01-31T09:05:07", "--var", "depth=2", "--var", "name=\"x=y\"", "--json"];
    let rendered =
        lines(&[&["render", "-", "--template", path.to_str().unwrap()], &flags[..]].concat(), POEMS);
    assert_eq!(rendered[0]["text"], "31/01 3 x=y");
}

#[test]
fn encode_prints_a_line_for_each_string() {
    let encoded = lines(&["encode", "--json"], "\"<|im_start|>春\"\n\"\"\n");
    assert_eq!(encoded.len(), 2);
    assert_eq!(encoded[0]["offsets"][0], json!([0, 12]));
    assert_eq!(encoded[0]["offsets"].as_array().unwrap().last().unwrap()[1], 15);
    assert_eq!(encoded[1], json!({"ids": [], "offsets": []}));
    let output = run(&["encode", "--json"], "\"a\"\n[1]\n\"b\"\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output).lines().count(), 2);
    assert!(stderr(&output).starts_with("-:2:1: "), "{}", stderr(&output));
}

#[test]
fn loss_prints_one_object_for_each_that_it_reads() {
    let input = r#"{"logits": [[0, 0], [1, 3]], "labels": [-100, 1]}
        {"logits": [[0, 0], [1, 3]], "labels": [0, -100], "shift": true, "reduction": "mean"}
        {"logits": [[0, 0], [1, 3]], "labels": [0, 1], "reduction": "none", "weights": [2, 1]}"#;
    let output = run(&["loss", "--json"], input);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let fields = stdout(&output).lines().next().unwrap();
    assert!(
        fields.starts_with("{\"loss\":0.126928") && fields.contains("\"count\":1,\"grad\":[[0.0,0.0],["),
        "{fields}"
    );
    let printed: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(printed.len(), 3);
    assert_eq!(printed[0]["per_token"][0], 0.0);
    assert_eq!(
        printed[1],
        json!({"loss": null, "per_token": [0.0], "count": 0, "grad": [[0.0, 0.0], [0.0, 0.0]]})
    );
    assert!(stderr(&output).contains("0/0"), "{}", stderr(&output));
    let each: Vec<f64> =
        printed[2]["loss"].as_array().unwrap().iter().map(|it| it.as_f64().unwrap()).collect();
    assert!((each[0] - 2.0 * 2f64.ln()).abs() < 1e-6 && (each[1] - 0.126_928).abs() < 1e-6, "{each:?}");
}

#[test]
fn what_loss_cannot_use_is_an_error_with_line_and_column() {
    let calls = [
        (r#"{"logits": [[0, 0]], "labels": [2]}"#, "-:1:33: the label 2 at position 0"),
        ("{\"logits\": [[0, 0], [1, 1]],\n \"labels\": [0, -1]}", "-:2:16: the label -1"),
        (
            r#"{"logits": [[0], [0]], "labels": [0, 0], "weights": [1, -1]}"#,
            "-:1:57: the weight at position 1",
        ),
        (r#"{"logits": [[0, 0], [1]], "labels": [0, 0]}"#, "-:1:21: row 1 of the logits has 1"),
        (r#"{"logits": [[0, 0]], "labels": [0, 0]}"#, "-:1:1: 2 labels do not fit 1 rows of 2"),
        (r#"{"logits": [[0, 0]], "labels": [0.5]}"#, "-:1:35: invalid type"),
        (r#"{"logits": [[0, 0]], "labels": [0], "reduction": "max"}"#, "-:1:54: unknown variant"),
        (r#"{"logits": []"#, "-:1:13: EOF"),
        ("", "-:1:1: there is no JSON object"),
    ];
    for (input, expected) in calls {
        let output = run(&["loss", "--json"], input);
        assert_eq!(output.status.code(), Some(1), "{input}");
        assert_eq!(stdout(&output), "", "{input}");
        assert!(stderr(&output).starts_with(expected), "{input}: {}", stderr(&output));
        assert!(stderr(&output).contains("hint: "), "{input}");
    }
}

#[test]
fn a_folder_s_further_templates_are_read_as_transformers_reads_them() {
    let folder = std::env::temp_dir().join(format!("lossmask-further-{}", std::process::id()));
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("tokenizer.json", &lossmask::tokenizer::embedded_json());
    write("tokenizer_config.json", r#"{"chat_template": "old"}"#);
    write("chat_template.jinja", "new");
    write("additional_chat_templates/tool_use.jinja", "with tools");
    let render = |input: &str| {
        let rendered = lines(&["render", "-", "--tokenizer", folder.to_str().unwrap(), "--json"], input);
        rendered[0]["text"].as_str().unwrap().to_owned()
    };
    let talk = r#"{"messages": [{"role": "user", "content": "a"}]"#;
    assert_eq!(render(&format!("{talk}}}")), "new");
    let tools = r#""tools": [{"type": "function", "function": {"name": "f"}}]"#;
    assert_eq!(render(&format!("{talk}, {tools}}}")), "with tools");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_that_is_no_tokenizer_is_an_error_that_names_it() {
    let path = temporary("tokenizer.json", b"{\n  \"model\": 1\n}");
    let output = run(&["encode", "--tokenizer", path.to_str().unwrap()], "\"a\"");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("tokenizer.json:"), "{}", stderr(&output));
}

#[test]
fn the_lists_give_ids_titles_and_options() {
    let recipes = lines(&["recipes", "--json"], "");
    assert_eq!(recipes[0]["id"], "per-turn");
    assert!(recipes[0]["title"]["zh"].is_string() && recipes[0]["title"]["en"].is_string());
    assert_eq!(recipes[0]["options"][0]["name"], "boundary");
    assert_eq!(recipes[0]["options"][1]["default"], "stop");
    let templates = lines(&["templates", "--json"], "");
    let ids: Vec<_> = templates.iter().map(|template| template["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"plain") && ids.contains(&"chatml"), "{ids:?}");
}

/// A file of this test run.
fn temporary(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_template_is_checked_and_its_training_twin_is_shown() {
    let template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}\
        {% if add_generation_prompt %}<assistant>{% endif %}{% if deep is defined %}!{% endif %}";
    let name = temporary("check.jinja", template.as_bytes()).to_string_lossy().into_owned();
    let found = lines(&["check", "--template", &name, "--json"], "");
    let text = run(&["check", "--template", &name], "");
    let codes: Vec<_> = found.iter().filter_map(|finding| finding["code"].as_str()).collect();
    assert!(codes.contains(&"no-generation-tags") && codes.contains(&"tool-calls-dropped"), "{codes:?}");
    let last = found.last().unwrap();
    assert!(last["twin"].as_str().unwrap().contains("{% generation %}"), "{last}");
    assert_eq!(last["switches"][0]["name"], "deep");
    assert!(stdout(&text).contains("training twin, proved on"), "{}", stdout(&text));
    let broken = run(&["check", "--template", "chatml", "extra"], "");
    assert_eq!(broken.status.code(), Some(2));
}

#[test]
fn messages_are_prepared_as_the_version_that_was_named_does_it() {
    let name =
        temporary("thinking.jinja", b"{{ messages[0].reasoning_content }}{{ messages[0].name is defined }}");
    let name = name.to_string_lossy().into_owned();
    let talk = r#"[{"role": "user", "content": "?", "thinking": "hm", "name": null}]"#;
    let render = |version: &[&str]| {
        let arguments = [&["render", "-", "--template", &name, "--json"], version].concat();
        lines(&arguments, talk)[0]["text"].as_str().unwrap().to_owned()
    };
    assert_eq!(render(&[]), "hmFalse");
    assert_eq!(render(&["--transformers", "4"]), "True");
    assert_eq!(run(&["render", "-", "--transformers", "3"], talk).status.code(), Some(2));
}

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
