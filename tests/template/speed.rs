//! How long a long conversation takes; run by hand, with `--ignored --nocapture`.

use std::time::Instant;

use lossmask::template::{Input, Template, catalog};

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
