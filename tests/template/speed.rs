//! How long a long conversation takes; run by hand, with `--ignored --nocapture`.

use std::time::Instant;

use lossmask::template::{Input, Plain, Template, catalog};

use crate::data;

#[test]
#[ignore = "measures time, which a loaded machine can't promise"]
fn every_prefix_of_a_long_conversation() {
    let sentence = "春风拂面花开放，the quick brown fox jumps. ";
    let talk: Vec<_> = (0..40)
        .map(|i| {
            let role = ["user", "assistant"][i % 2];
            data::message(
                &serde_json::json!({"role": role, "content": format!("{i} {}", sentence.repeat(20))}),
            )
        })
        .collect();
    let special_tokens = data::special_tokens();
    let mut sources = vec![catalog::find("plain").expect("plain").source().to_owned()];
    sources.push(catalog::find("chatml").expect("chatml").source().to_owned());
    sources.extend(data::source("npm.qwen2_5"));
    for source in sources {
        let template = Template::compile(&source).expect("compiles");
        let start = Instant::now();
        let mut pieces = 0;
        let mut render = std::time::Duration::ZERO;
        for count in 1..=talk.len() {
            let input = Input {
                messages: &talk[..count],
                tools: None,
                variables: &[],
                add_generation_prompt: count % 2 == 1,
                special_tokens: &special_tokens,
                now: data::now(),
            };
            let began = Instant::now();
            let rendered = template.render(&input).expect("renders");
            render += began.elapsed();
            pieces += template.owners(&input, &rendered).len();
        }
        println!("{pieces} pieces in {:?}, of which {render:?} to render", start.elapsed());
    }
}

/// Milliseconds of the quickest of many runs.
fn least(mut run: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        for _ in 0..20 {
            run();
        }
        start.elapsed().as_secs_f64() * 50.0
    };
    (0..40).map(time).fold(f64::INFINITY, f64::min)
}

#[test]
#[ignore = "measures time, which a loaded machine can't promise"]
fn the_text_alone_of_a_short_and_a_long_conversation() {
    let special_tokens = data::special_tokens();
    for id in ["chatml", "qwen3", "mistral-v7", "deepseek-v3"] {
        let source = catalog::find(id).expect(id).source();
        let template = Template::compile(source).expect(id);
        println!("{id}: compiled in {:.4} ms", least(|| drop(Template::compile(source))));
        for (turns, words) in [(2, 12), (20, 60)] {
            let said = |turn: usize, what: &str| {
                let words: Vec<_> = (0..words).map(|word| format!("{what}{turn}.{word}")).collect();
                words.join(" ")
            };
            let talk: Vec<_> = (0..2 * turns)
                .map(|at| {
                    let content = said(at / 2, ["w", "诗"][at % 2]);
                    let role = ["user", "assistant"][at % 2];
                    serde_json::json!({"role": role, "content": content})
                })
                .collect();
            let json = serde_json::to_string(&talk).expect("JSON");
            let messages: Vec<_> = talk.iter().map(data::message).collect();
            let input = Input {
                messages: &messages,
                tools: None,
                variables: &[],
                add_generation_prompt: false,
                special_tokens: &special_tokens,
                now: data::now(),
            };
            let read = || serde_json::from_str(&json).expect("messages");
            let plain = || Plain {
                messages: read(),
                tools: None,
                variables: serde_json::from_str("{}").expect("variables"),
                add_generation_prompt: false,
                special_tokens: &special_tokens,
                now: data::now(),
            };
            println!(
                "  {} messages: reading {:.4} ms, reading and the text {:.4} ms, text and writers {:.4} ms",
                talk.len(),
                least(|| drop::<Vec<lossmask::template::Entries>>(read())),
                least(|| drop(template.render_plain(plain()))),
                least(|| drop(template.render(&input))),
            );
        }
    }
}
