//! Times every recipe: on a conversation of four messages, and on one of about 100,000 tokens.
//!
//! `cargo run --release --example bench_recipes`, or `cargo xtask bench recipes`, which adds the same in a browser. Each time
//! is the least of several, each over other words, so that nothing that an engine remembers of a text counts.

use std::time::{Duration, Instant};

use lossmask::engine::{Asked, Engine, Request, TemplateChoice};
use lossmask::recipe::Outcome;
use lossmask::recipe::catalog::RECIPES;
use serde_json::json;

/// How often each is timed.
const SHORT_RUNS: usize = 30;
const LONG_RUNS: usize = 3;
/// Words of a turn that make the long conversation about 100,000 tokens long.
const LONG_TURN: usize = 2_450;
const LONG_TURNS: usize = 10;

fn main() {
    let mut engine = Engine::new();
    println!("| recipe | 4 messages | long conversation | tokens of its longest sample |");
    println!("| --- | ---: | ---: | ---: |");
    for recipe in RECIPES {
        let ask = |dialogue: String| Request { recipe: recipe.id.to_owned(), ..request(dialogue) };
        let short = least(SHORT_RUNS, |run| drop(engine.analyze(&ask(dialogue(run, 2, 12)))));
        let mut tokens = 0;
        let long = least(LONG_RUNS, |run| {
            let report = engine.analyze(&ask(dialogue(run, LONG_TURNS, LONG_TURN)));
            let length = |outcome: &Outcome| match outcome {
                Outcome::Sample(sample) => sample.input_ids.len(),
                Outcome::Dropped { .. } => 0,
            };
            let outcomes = report.conversations.iter().flat_map(|it| &it.outcomes);
            tokens = outcomes.map(length).max().unwrap_or_default();
        });
        println!("| `{}` | {} | {} | {tokens} |", recipe.id, milliseconds(short), milliseconds(long));
    }
    let asked: Vec<Asked> =
        RECIPES.iter().map(|it| Asked { recipe: it.id.to_owned(), ..Asked::default() }).collect();
    let all = least(SHORT_RUNS, |run| drop(engine.compare(&request(dialogue(run, 2, 12)), &asked)));
    println!(
        "\nall {} recipes on 4 messages, as the view Compare runs them: {}",
        RECIPES.len(),
        milliseconds(all)
    );
}

fn request(dialogue: String) -> Request {
    let template = TemplateChoice::Catalog("chatml".to_owned());
    Request { dialogue, template, ..Request::default() }
}

/// A conversation of so many questions and answers, each of so many words; another one for each `run`.
fn dialogue(run: usize, turns: usize, words: usize) -> String {
    const WORDS: [&str; 8] = ["summer", "river", "夏天", "the", "poem of", "stars,", "write", "一首诗。"];
    let mut at = run * 31 + 7;
    let mut text = |words: usize| {
        let mut text = format!("{run} ");
        for _ in 0..words {
            at = (at * 1_103_515_245 + 12_345) % (1 << 31);
            text.push_str(WORDS[at >> 16 & 7]);
            text.push(' ');
        }
        text
    };
    let roles = ["user", "assistant"].into_iter().cycle().take(turns * 2);
    let messages: Vec<_> = roles.map(|role| json!({"role": role, "content": text(words)})).collect();
    json!(messages).to_string()
}

fn least(runs: usize, mut work: impl FnMut(usize)) -> Duration {
    let time = |run| {
        let start = Instant::now();
        work(run);
        start.elapsed()
    };
    (0..=runs).map(time).skip(1).min().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
