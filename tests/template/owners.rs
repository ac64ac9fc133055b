//! Who owns each byte of a rendered conversation.

use lossmask::dialogue::{Kind, Message, Run, Value};
use lossmask::span::Span;
use lossmask::template::{Input, Part, Piece, Rendered, Template, catalog};

use proptest::prelude::*;

use crate::data::{self, given, special_tokens};

/// What a template makes of messages, with the owners of it.
fn owned(
    source: &str,
    messages: &[Message],
    tools: Option<&Value>,
    add_generation_prompt: bool,
) -> Option<(Rendered, Vec<Piece>)> {
    let template = Template::compile(source).expect("the template compiles");
    let special_tokens = special_tokens();
    let now = data::now();
    let input = Input {
        messages,
        tools,
        variables: &[],
        add_generation_prompt,
        special_tokens: &special_tokens,
        now,
    };
    let rendered = template.render(&input).ok()?;
    let pieces = template.owners(&input, &rendered);
    let mut end = 0;
    for piece in &pieces {
        assert_eq!(piece.output.start, end, "a gap or an overlap in {:?}", rendered.text);
        assert!(!piece.output.is_empty());
        end = piece.output.end;
    }
    assert_eq!(end, rendered.text.len(), "the end of {:?} has no owner", rendered.text);
    Some((rendered, pieces))
}

/// The pieces as one reads them: `message part "text"`.
fn read(source: &str, messages: &[Message], add_generation_prompt: bool) -> Vec<String> {
    let (rendered, pieces) = owned(source, messages, None, add_generation_prompt).expect("it renders");
    pieces
        .iter()
        .map(|piece| {
            let message = piece.owner.message.map_or("-".to_owned(), |message| message.to_string());
            format!("{message} {:?} {:?}", piece.owner.part, piece.output.of(&rendered.text))
        })
        .collect()
}

fn messages(pairs: &[(&str, &str)]) -> Vec<Message> {
    pairs
        .iter()
        .map(|(role, content)| data::message(&serde_json::json!({"role": role, "content": content})))
        .collect()
}

const DEFAULT_SYSTEM: &str = "{{ bos_token }}{% if messages[0].role != 'system' %}<system>Be kind.</system>\n{% endif %}\
    {% for m in messages %}<{{ m.role }}>{{ m.content | trim }}</{{ m.role }}>\n{% endfor %}\
    {% if add_generation_prompt %}<assistant>{% endif %}";

#[test]
fn plain_text_belongs_to_its_messages() {
    let source = catalog::find("plain").expect("plain").source();
    assert_eq!(
        read(source, &messages(&[("user", "你好"), ("assistant", "Hi."), ("user", "再见")]), true),
        [
            r#"0 Header "<user> ""#,
            r#"0 Content "你好""#,
            r#"1 Header " <assistant> ""#,
            r#"1 Content "Hi.""#,
            r#"2 Header " <user> ""#,
            r#"2 Content "再见""#,
            r#"- Header " <assistant>""#,
        ]
    );
}

#[test]
fn a_stop_token_ends_its_message() {
    let source = catalog::find("chatml").expect("chatml").source();
    assert_eq!(
        read(source, &messages(&[("user", "assistant"), ("assistant", "im_end"), ("user", "")]), true),
        [
            r#"0 Header "<|im_start|>user\n""#,
            r#"0 Content "assistant""#,
            r#"0 End "<|im_end|>\n""#,
            r#"1 Header "<|im_start|>assistant\n""#,
            r#"1 Content "im_end""#,
            r#"1 End "<|im_end|>\n""#,
            r#"2 Header "<|im_start|>user\n""#,
            r#"2 End "<|im_end|>\n""#,
            r#"- Header "<|im_start|>assistant\n""#,
        ]
    );
}

#[test]
fn what_the_template_adds_on_its_own_belongs_to_no_message() {
    assert_eq!(
        read(DEFAULT_SYSTEM, &messages(&[("user", "  Hi  "), ("assistant", "Yo\n")]), false),
        [
            r#"- Template "<s><system>Be kind.</system>\n""#,
            r#"0 Header "<user>""#,
            r#"0 Content "Hi""#,
            r#"0 End "</user>\n""#,
            r#"1 Header "<assistant>""#,
            r#"1 Content "Yo""#,
            r#"1 End "</assistant>\n""#,
        ]
    );
}

#[test]
fn a_piece_knows_the_pasted_bytes_that_it_copies() {
    let (_, pieces) =
        owned(DEFAULT_SYSTEM, &messages(&[("user", "  Hi  ")]), None, false).expect("it renders");
    let content = pieces.iter().find(|piece| piece.owner.part == Part::Content).expect("the content");
    let source = content.source.expect("a verbatim copy");
    assert_eq!((source.start, source.end), (1003, 1005));

    // Written as `"a\n\u4e00b"` from byte 10 on.
    let mut escaped = messages(&[("user", "a\n一b")]);
    let Kind::String(text) = &mut escaped[0].fields[1].1.kind else { panic!("content is a string") };
    let run = |from, to, verbatim| Run { from, to, verbatim };
    text.map = vec![run(0, 11, true), run(1, 12, false), run(2, 14, false), run(5, 20, true)];
    text.span = Span::new(10, 22);
    let (_, pieces) = owned(DEFAULT_SYSTEM, &escaped, None, false).expect("it renders");
    let content = pieces.iter().find(|piece| piece.owner.part == Part::Content).expect("the content");
    assert_eq!(content.source, Some(Span::new(11, 21)));
}

const THINKING: &str = "{% for m in messages %}<|{{ m.role }}|>\n{% if m.role == 'assistant' %}\
    {% set content = m.content %}{% set thought = '' %}\
    {% if '</think>' in content %}{% set thought = content.split('</think>')[0].split('<think>')[-1].strip('\\n') %}\
    {% set content = content.split('</think>')[-1].lstrip('\\n') %}{% endif %}\
    {% if loop.last %}<think>\n{{ thought }}\n</think>\n\n{% endif %}{{ content }}\
    {% else %}{{ m.content }}{% endif %}<|end|>\n{% endfor %}";

#[test]
fn words_are_followed_through_split_and_strip() {
    let talk = messages(&[("user", "1"), ("assistant", "<think>\nhm\n</think>\n\ntwo words"), ("user", "3")]);
    assert_eq!(
        read(THINKING, &talk, false),
        [
            r#"0 Header "<|user|>\n""#,
            r#"0 Content "1""#,
            r#"0 End "<|end|>\n""#,
            r#"1 Header "<|assistant|>\n""#,
            r#"1 Content "two words""#,
            r#"1 End "<|end|>\n""#,
            r#"2 Header "<|user|>\n""#,
            r#"2 Content "3""#,
            r#"2 End "<|end|>\n""#,
        ]
    );
    let last = read(THINKING, &talk[..2], false);
    assert!(
        last.iter().any(|piece| piece.starts_with("1 Content") && piece.contains("two words")),
        "{last:?}"
    );
    assert!(last.iter().any(|piece| piece.starts_with("1 Content") && piece.contains("hm")), "{last:?}");
}

#[test]
fn a_template_that_compares_its_content_still_gives_owners() {
    let source = "{% for m in messages %}[{{ m.role }}] {% if m.content == 'magic' %}magic!{% else %}{{ m.content }}\
        {% endif %}\n{% endfor %}";
    let pieces = read(source, &messages(&[("user", "magic"), ("assistant", "so"), ("user", "well")]), false);
    assert!(pieces.contains(&r#"1 Content "so""#.to_owned()), "{pieces:?}");
    assert!(pieces.contains(&r#"0 Content "magic""#.to_owned()), "{pieces:?}");
    assert!(pieces.contains(&r#"2 Content "well""#.to_owned()), "{pieces:?}");
}

#[test]
fn words_that_no_mark_can_follow_are_looked_for() {
    let source =
        "{% for m in messages %}<{{ m.role }}>{{ m.content | tojson(ensure_ascii=true) }}\n{% endfor %}";
    assert_eq!(
        read(source, &messages(&[("user", "Hello there"), ("assistant", "Well met")]), false),
        [
            r#"0 Header "<user>\"""#,
            r#"0 Content "Hello there""#,
            r#"0 End "\"\n""#,
            r#"1 Header "<assistant>\"""#,
            r#"1 Content "Well met""#,
            r#"1 End "\"\n""#,
        ]
    );
}

#[test]
fn every_probe_and_every_conversation_is_covered() {
    for (_, source) in data::probes() {
        for name in ["poem", "system", "prompt", "tools", "reasoning", "parts", "empty"] {
            let conversation = given(name);
            for prompt in [true, false] {
                owned(&source, &conversation.messages, conversation.tools.as_ref(), prompt);
            }
        }
    }
}

#[test]
fn a_tool_call_belongs_to_its_message() {
    let source = "{% for m in messages %}<{{ m.role }}>{% for c in m.tool_calls or [] %}\
        <call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>{% endfor %}{{ m.content or '' }}\n{% endfor %}";
    let pieces = read(source, &given("tools").messages, false);
    assert!(pieces.contains(&r#"1 ToolCall "weather""#.to_owned()), "{pieces:?}");
    assert!(pieces.contains(&r#"1 ToolCall "巴黎""#.to_owned()), "{pieces:?}");
    assert!(pieces.contains(&r#"3 Content "Clear.""#.to_owned()), "{pieces:?}");
}

#[test]
fn the_official_qwen_template_gives_its_default_prompt_to_nobody() {
    let Some(source) = data::source("npm.qwen2_5") else {
        data::report_skipped(&["npm.qwen2_5"]);
        return;
    };
    let pieces = read(&source, &messages(&[("user", "Hi"), ("assistant", "Yo"), ("user", "")]), true);
    assert_eq!(
        pieces,
        [
            r#"- Template "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n""#,
            r#"0 Header "<|im_start|>user\n""#,
            r#"0 Content "Hi""#,
            r#"0 End "<|im_end|>\n""#,
            r#"1 Header "<|im_start|>assistant\n""#,
            r#"1 Content "Yo""#,
            r#"1 End "<|im_end|>\n""#,
            r#"2 Header "<|im_start|>user\n""#,
            r#"2 End "<|im_end|>\n""#,
            r#"- Header "<|im_start|>assistant\n""#,
        ]
    );
    let conversation = given("tools");
    let (rendered, pieces) =
        owned(&source, &conversation.messages, conversation.tools.as_ref(), false).expect("renders");
    let shown: Vec<_> = pieces
        .iter()
        .map(|piece| (piece.owner.message, piece.owner.part, piece.output.of(&rendered.text)))
        .collect();
    assert_eq!(shown[1].2, "<|im_start|>user\n", "{shown:#?}");
    assert!(shown.contains(&(Some(1), Part::ToolCall, "weather")), "{shown:#?}");
    assert!(shown.contains(&(Some(2), Part::Content, "{\"sky\": \"clear\"}")), "{shown:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_words_are_covered_and_found(
        contents in prop::collection::vec("[\\PC\n {}%<>|\u{e000}\u{f0000}\u{f0001}a-c]{0,12}", 0..5),
        prompt: bool,
    ) {
        let roles = ["user", "assistant"];
        let pairs: Vec<_> = contents.iter().enumerate().map(|(i, text)| (roles[i % 2], text.as_str())).collect();
        let talk = messages(&pairs);
        for source in [catalog::find("plain").expect("plain").source(), catalog::find("chatml").expect("chatml").source()] {
            let (rendered, pieces) = owned(source, &talk, None, prompt).expect("it renders");
            for (i, text) in contents.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
                let found: Vec<_> = pieces
                    .iter()
                    .filter(|piece| piece.owner.message == Some(i as u32) && piece.owner.part == Part::Content)
                    .map(|piece| piece.output.of(&rendered.text))
                    .collect();
                prop_assert_eq!(&found, &[text.as_str()], "message {} of {:?}", i, rendered.text);
            }
        }
        owned(DEFAULT_SYSTEM, &talk, None, prompt);
        owned(THINKING, &talk, None, prompt);
    }
}
