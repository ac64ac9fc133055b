//! The engine as a face sees it.

use super::*;
use crate::recipe::Sample;

const POEMS: &str = r#"dialogue = [
    {"role": "user", "content": "帮我写一首诗。"},
    {"role": "assistant", "content": "春风拂面花开放，碧水潺潺鸟语香。愿君此间常驻足，心随美景共徜徉。"},
    {"role": "user", "content": "再写一首关于夏天的。"},
    {"role": "assistant", "content": "夏日炎炎荷满塘，蝉鸣树梢午梦长。轻摇蒲扇寻凉意，一片冰心在玉壶。"}
]"#;

fn request(dialogue: &str) -> Request {
    Request {
        dialogue: dialogue.to_owned(),
        template: TemplateChoice::Catalog("chatml".to_owned()),
        ..Request::default()
    }
}

fn samples(report: &Report) -> Vec<&Sample> {
    let outcomes = report.conversations.iter().flat_map(|conversation| &conversation.outcomes);
    outcomes
        .filter_map(|outcome| match outcome {
            Outcome::Sample(sample) => Some(sample),
            Outcome::Dropped { .. } => None,
        })
        .collect()
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|found| found.code.as_ref()).collect()
}

/// The text whose tokens are trained.
fn trained(sample: &Sample) -> String {
    let bytes = sample.held.iter().zip(&sample.weights).filter(|(_, weight)| **weight > 0.0);
    let bytes: Vec<u8> =
        bytes.flat_map(|(held, _)| sample.text.as_bytes()[held.start..held.end].to_vec()).collect();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn each_reply_is_a_sample_and_what_stands_before_it_is_masked() {
    let report = Engine::new().analyze(&request(POEMS));
    assert_eq!(report.diagnostics, []);
    let samples = samples(&report);
    assert_eq!(samples.len(), 2);
    assert_eq!(
        trained(samples[0]),
        "春风拂面花开放，碧水潺潺鸟语香。愿君此间常驻足，心随美景共徜徉。<|im_end|>"
    );
    assert_eq!(
        trained(samples[1]),
        "夏日炎炎荷满塘，蝉鸣树梢午梦长。轻摇蒲扇寻凉意，一片冰心在玉壶。<|im_end|>"
    );
    assert!(samples[1].text.starts_with(&samples[0].text));
    assert_eq!((samples[0].reply, samples[1].reply), (Some(1), Some(3)));
}

#[test]
fn every_run_of_tokens_has_its_reason() {
    let report = Engine::new().analyze(&request(POEMS));
    for sample in samples(&report) {
        let mut next = 0;
        for reason in &sample.trail {
            assert_eq!(reason.from, next);
            assert!(reason.to > reason.from);
            next = reason.to;
        }
        assert_eq!(next as usize, sample.input_ids.len());
        let whys: Vec<_> = sample.trail.iter().map(|reason| reason.why.en.as_ref()).collect();
        assert!(whys[0].ends_with("context, masked"), "{whys:?}");
        let rest = [
            "part of the reply: trained",
            "the stop token right after the reply: trained",
            "after the stop token: masked",
        ];
        assert_eq!(whys[1..], rest);
    }
}

#[test]
fn what_is_kept_from_an_earlier_request_changes_no_report() {
    let edits = [
        POEMS.to_owned(),
        POEMS.replace("玉壶。", "玉壶！"),
        POEMS.replace("帮我", "请帮我"),
        POEMS.replace("assistant", "user"),
        format!("{POEMS}  "),
        "[".to_owned(),
        POEMS.to_owned(),
    ];
    let mut engine = Engine::new();
    for dialogue in &edits {
        for recipe in ["per-turn", "all-tokens"] {
            for template in ["chatml", "plain"] {
                let mut request = request(dialogue);
                recipe.clone_into(&mut request.recipe);
                request.template = TemplateChoice::Catalog(template.to_owned());
                assert_eq!(engine.analyze(&request), Engine::new().analyze(&request));
            }
        }
    }
}

#[test]
fn a_clock_that_the_template_shows_is_never_stale() {
    let mut engine = Engine::new();
    let mut request = request(POEMS);
    let source = "{{ strftime_now('%Y') }}{% for m in messages %}{{ m.content }}{% endfor %}";
    request.template = TemplateChoice::Source(source.to_owned());
    for year in ["1970", "1971"] {
        request.now = format!("{year}-01-01T00:00:00").parse().unwrap();
        let report = engine.analyze(&request);
        assert!(samples(&report)[0].text.starts_with(year), "{report:?}");
    }
}

#[test]
fn one_conversation_can_be_asked_for() {
    let dialogue = format!("[{0}, {0}, {0}]", POEMS.trim_start_matches("dialogue = "));
    let mut request = request(&dialogue);
    request.conversation = Some(1);
    let report = Engine::new().analyze(&request);
    assert_eq!(report.count, 3);
    assert_eq!(report.conversations.len(), 1);
    assert_eq!(report.conversations[0].index, 1);
    request.conversation = Some(9);
    assert_eq!(Engine::new().analyze(&request).conversations, []);
}

#[test]
fn the_tokenizers_own_template_that_is_missing_is_plain_and_the_report_says_so() {
    let mut request = request(POEMS);
    request.template = TemplateChoice::TokenizersOwn;
    let mut engine = Engine::new();
    let own = engine.tokenizer(EMBEDDED).unwrap().chat_templates().contains_key("default");
    let report = engine.analyze(&request);
    assert_eq!(report.template_id, if own { "tokenizer" } else { "plain" });
    assert!(report.template_source.is_some());
}

#[test]
fn what_nothing_is_called_is_an_error_that_lists_what_there_is() {
    let mut request = request(POEMS);
    request.recipe = "per-word".to_owned();
    request.tokenizer = "none".to_owned();
    request.template = TemplateChoice::Catalog("fancy".to_owned());
    let report = Engine::new().analyze(&request);
    assert_eq!(codes(&report.diagnostics), ["unknown-recipe", "unknown-tokenizer", "unknown-template"]);
    assert!(report.diagnostics[0].hint.as_ref().unwrap().en.contains("per-turn, all-tokens"));
    assert_eq!(report.conversations[0].messages.len(), 4);
    assert_eq!(report.conversations[0].outcomes, []);
}

#[test]
fn a_template_that_does_not_parse_leaves_the_messages_in_the_report() {
    let mut request = request(POEMS);
    request.template = TemplateChoice::Source("{% for".to_owned());
    let report = Engine::new().analyze(&request);
    assert_eq!(report.diagnostics.len(), 1);
    assert_eq!(report.template_id, "custom");
    assert_eq!(report.conversations[0].messages.len(), 4);
}

#[test]
fn a_template_that_raises_drops_the_reply_with_its_error() {
    let mut request = request(POEMS);
    request.template = TemplateChoice::Source("{{ raise_exception('no') }}".to_owned());
    let report = Engine::new().analyze(&request);
    let [Outcome::Dropped { diagnostics, .. }] = &report.conversations[0].outcomes[..] else {
        panic!("{report:?}")
    };
    assert_eq!(diagnostics[0].severity, Severity::Error);
}

#[test]
fn a_dialogue_without_a_reply_says_what_to_add() {
    let report = Engine::new().analyze(&request(r#"[{"role": "user", "content": "hi"}]"#));
    let [Outcome::Dropped { why, diagnostics }] = &report.conversations[0].outcomes[..] else {
        panic!("{report:?}")
    };
    assert_eq!(why.en, "the conversation has no assistant message");
    assert_eq!(codes(diagnostics), ["no-reply"]);
}

#[test]
fn too_many_tokens_are_left_out_and_the_report_says_where() {
    let dialogue = format!("[{0}, {0}, {0}]", POEMS.trim_start_matches("dialogue = "));
    let mut engine = Engine::new();
    let whole = samples(&engine.analyze(&request(&dialogue)))
        .iter()
        .map(|sample| sample.input_ids.len())
        .sum::<usize>();
    engine.most_tokens = whole / 2;
    let report = engine.analyze(&request(&dialogue));
    assert_eq!(codes(&report.diagnostics), ["too-many-tokens"]);
    assert_eq!(report.conversations.len(), 2);
    assert!(
        report.diagnostics[0].message.en.contains("conversation 2 are not complete, and 1 "),
        "{report:?}"
    );
    let mut each = Vec::new();
    let request_of_all = request(&dialogue);
    let general = engine.analyze_each(&request_of_all, |_, of_it| -> Result<(), ()> {
        each.push((of_it.outcomes.len(), codes(&of_it.diagnostics).len()));
        Ok(())
    });
    assert_eq!(general.unwrap().diagnostics, []);
    assert_eq!(each, [(2, 0), (2, 0), (2, 0)]);
    engine.most_tokens = whole;
    assert_eq!(engine.analyze(&request(&dialogue)).diagnostics, []);
}

#[test]
fn a_prompt_that_the_sample_does_not_begin_with_is_cut_where_the_two_part() {
    let mut request = request(POEMS);
    let source = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}\
        {% if add_generation_prompt %}[assistant]<think>{% endif %}";
    request.template = TemplateChoice::Source(source.to_owned());
    let report = Engine::new().analyze(&request);
    let sample = samples(&report)[0];
    assert_eq!(sample.prompt_end, Some(sample.text.find('春').unwrap()));
    assert!(codes(&sample.diagnostics).contains(&"prompt-not-prefix"), "{sample:?}");
    assert!(trained(sample).starts_with('春'));
}

#[test]
fn a_prompt_that_can_not_be_rendered_alone_ends_where_the_reply_starts() {
    let mut request = request(POEMS);
    let source = "{% if messages[-1].role == 'user' %}{{ raise_exception('no') }}{% endif %}\
        {% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}";
    request.template = TemplateChoice::Source(source.to_owned());
    let report = Engine::new().analyze(&request);
    let sample = samples(&report)[0];
    assert!(codes(&sample.diagnostics).contains(&"prompt-not-rendered"), "{sample:?}");
    assert_eq!(sample.prompt_end, Some(sample.text.find('春').unwrap()));
}

#[test]
fn a_tool_call_is_trained_with_the_markers_that_close_it() {
    let call = r#"{"type": "function", "function": {"name": "weather", "arguments": {"city": "Paris"}}}"#;
    let mut request = request(&format!(
        r#"[{{"role": "user", "content": "Paris?"}}, {{"role": "assistant", "content": "", "tool_calls": [{call}]}}]"#
    ));
    let source = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{% for c in m.tool_calls or [] %}\
        <call>{{ c.function.name }}({{ c.function.arguments | tojson }})</call>{% endfor %}END\n{% endfor %}\
        {% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    for (end, tail) in [("<|im_end|>", "<|im_end|>"), ("", "")] {
        request.template = TemplateChoice::Source(source.replace("END", end));
        let report = Engine::new().analyze(&request);
        let expected = format!(r#"<call>weather({{"city": "Paris"}})</call>{tail}"#);
        assert_eq!(trained(samples(&report)[0]), expected);
    }
}

#[test]
fn parts_that_are_encoded_apart_agree_where_the_boundary_is_a_special_token() {
    let mut request = request(POEMS);
    request.options = vec![("boundary".to_owned(), "separate".to_owned())];
    let mut engine = Engine::new();
    let apart = engine.analyze(&request);
    request.options.clear();
    let whole = engine.analyze(&request);
    for (apart, whole) in samples(&apart).iter().zip(samples(&whole)) {
        assert_eq!(apart.labels, whole.labels);
        assert_eq!(apart.diagnostics, []);
    }
}

#[test]
fn parts_that_are_encoded_apart_and_disagree_are_shown_where() {
    let mut request =
        request(r#"[{"role": "user", "content": "Say"}, {"role": "assistant", "content": "the weather"}]"#);
    // The prompt ends inside the word `the`, and so inside a token.
    let source = "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }} t{% else %}{{ m.content[1:] }}{% endif %}{% endfor %}";
    request.template = TemplateChoice::Source(source.to_owned());
    request.options = [("boundary", "separate"), ("end", "all")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let report = Engine::new().analyze(&request);
    let sample = samples(&report)[0];
    assert_eq!(sample.text, "Say the weather");
    let found = codes(&sample.diagnostics);
    assert!(found.contains(&"boundary-straddles"), "{found:?}");
    assert!(found.contains(&"boundary-differs") || found.contains(&"labels-length"), "{found:?}");
    assert_eq!(sample.labels.len(), sample.input_ids.len());
}

#[test]
fn an_index_that_is_a_tokens_id_is_really_ignored() {
    let mut engine = Engine::new();
    let mut request = request(POEMS);
    let id = {
        let report = engine.analyze(&request);
        let sample = samples(&report)[0];
        sample.input_ids[sample.weights.iter().position(|weight| *weight > 0.0).unwrap()]
    };
    request.ignore_index = i64::from(id);
    let report = engine.analyze(&request);
    let sample = samples(&report)[0];
    for (token, other) in sample.input_ids.iter().enumerate() {
        assert!(*other != id || sample.weights[token] == 0.0);
    }
    assert!(codes(&sample.diagnostics).contains(&"ignore-index-collides"));
    assert!(sample.trail.iter().any(|reason| reason.why.en.contains("its id is the `ignore_index`")));
}

#[test]
fn a_request_survives_its_json() {
    let mut request = request(POEMS);
    request.now = "2026-01-31T09:05:07".parse().unwrap();
    request.variables = vec![("enable_thinking".to_owned(), "false".to_owned())];
    let json = serde_json::to_string(&request).unwrap();
    assert!(json.contains(r#""now":"2026-01-31T09:05:07""#), "{json}");
    assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request);
}

/// An engine with a tokenizer that has a template for conversations with tools beside its default.
fn two_templates() -> Engine {
    let tokenizer = r#"{"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null,
        "post_processor": null, "decoder": null, "model": {"type": "WordLevel", "vocab": {"?": 0}, "unk_token": "?"}}"#;
    let config = r#"{"chat_template": [{"name": "default", "template": "plain"}, {"name": "tool_use", "template": "tools"}]}"#;
    let files =
        crate::tokenizer::Files { tokenizer, config: Some(config), ..crate::tokenizer::Files::default() };
    let mut engine = Engine::new();
    engine.add_tokenizer("two", Tokenizer::from_files(&files).unwrap());
    engine
}

#[test]
fn a_conversation_with_tools_is_rendered_with_the_template_for_tools() {
    let mut engine = two_templates();
    let talk = |more: &str| format!(r#"{{"messages": [{{"role": "user", "content": "Hi"}}]{more}}}"#);
    let tools = r#", "tools": [{"type": "function", "function": {"name": "f"}}]"#;
    let mut texts = |dialogue: &str| {
        let request = Request {
            tokenizer: "two".to_owned(),
            template: TemplateChoice::TokenizersOwn,
            ..request(dialogue)
        };
        let (report, rendered) = engine.render(&request, false);
        let texts: Vec<_> = rendered.into_iter().map(|rendered| rendered.unwrap().text).collect();
        (texts, report.template_source.unwrap())
    };
    let (plain, both) = (talk(""), format!("{}\n{}", talk(tools), talk("")));
    assert_eq!(texts(&plain), (vec!["plain".to_owned()], "plain".to_owned()));
    assert_eq!(texts(&both), (vec!["tools".to_owned(), "plain".to_owned()], "plain".to_owned()));
    assert_eq!(texts(&talk(tools)), (vec!["tools".to_owned()], "tools".to_owned()));
}

#[test]
fn a_template_of_the_tokenizer_can_be_chosen_by_its_name() {
    let mut engine = two_templates();
    let mut sheet = |template: TemplateChoice, dialogue: &str| {
        let conversation = Some(0);
        let request = Request { tokenizer: "two".to_owned(), template, conversation, ..request(dialogue) };
        let sheet = engine.sheet(&request, false);
        (sheet.text, sheet.name)
    };
    let told = |text: &str, name: &str| (text.to_owned(), Some(name.to_owned()));
    let plain = r#"{"messages": [{"role": "user", "content": "Hi"}]}"#;
    let tools = r#"{"messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function", "function": {"name": "f"}}]}"#;
    assert_eq!(sheet(TemplateChoice::TokenizersOwn, plain), told("plain", "default"));
    assert_eq!(sheet(TemplateChoice::TokenizersOwn, tools), told("tools", "tool_use"));
    assert_eq!(sheet(TemplateChoice::Named("tool_use".to_owned()), plain), told("tools", "tool_use"));
    assert_eq!(sheet(TemplateChoice::Named("default".to_owned()), tools), told("plain", "default"));
    let request =
        Request { tokenizer: "two".to_owned(), template: TemplateChoice::TokenizersOwn, ..request("") };
    assert_eq!(engine.inspect(&request).unwrap().names, ["default", "tool_use"]);
}

#[test]
fn a_reply_behind_a_fault_of_the_text_is_not_missed() {
    let text = r#"[{"role": "user", "content": "hi"} {"role": "assistant", "content": "hello"}]"#;
    let report = Engine::new().analyze(&Request { dialogue: text.to_owned(), ..Request::default() });
    let [Outcome::Dropped { why, diagnostics }] = &report.conversations[0].outcomes[..] else {
        panic!("{:?}", report.conversations[0].outcomes)
    };
    assert!(diagnostics.is_empty() && why.en.contains("can't be read on"), "{why:?} {diagnostics:?}");
}
