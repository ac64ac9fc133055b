//! What is read and rendered before there are samples: dialogues, templates, tokenizers, logits.

use super::*;

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
