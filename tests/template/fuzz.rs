//! Templates by accident: what is left of real ones after cutting, copying and putting in. The same as the fuzz target
//! `template`, for a toolchain without a fuzzer: `FUZZ_SECONDS=600 cargo test --release --test template fuzz -- --ignored`.

use std::time::{Duration, Instant};

use lossmask::template::{Template, catalog};

use crate::data::{self, special_tokens};
use crate::template_holds;

/// Pieces to put in.
const PIECES: [&str; 40] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{%- ",
    " -%}",
    "{{- ",
    " -}}",
    "{% if messages %}",
    "{% else %}",
    "{% endif %}",
    "{% for m in messages %}",
    "{% endfor %}",
    "{% generation %}",
    "{% endgeneration %}",
    "{% set x = ",
    "{% endset %}",
    "m.content",
    "messages[0]",
    " ~ ",
    " + ",
    " % ",
    "|",
    "trim",
    "tojson(indent=2)",
    "'%s'",
    "'",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "loop.last",
    "\r\n",
    "春",
    "{% macro f(a) %}",
    "{% endmacro %}",
    "namespace(a=1)",
];

/// A generator of numbers, the same ones every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    /// A place between two characters of a text.
    fn place(&mut self, text: &str) -> usize {
        let mut place = self.roll(text.len() + 1);
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        place
    }
}

fn mutate(dice: &mut Dice, source: &mut String, others: &[String]) {
    let (a, b) = (dice.place(source), dice.place(source));
    let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 200));
    let to = (to..=source.len()).find(|&to| source.is_char_boundary(to)).unwrap_or(source.len());
    match dice.roll(5) {
        0 => source.replace_range(from..to, ""),
        1 => {
            let copy = source[from..to].to_owned();
            source.insert_str(from, &copy);
        }
        2 => {
            let other = &others[dice.roll(others.len())];
            let (a, b) = (dice.place(other), dice.place(other));
            source.insert_str(from, &other[a.min(b)..a.max(b)]);
        }
        _ => source.insert_str(from, PIECES[dice.roll(PIECES.len())]),
    }
}

fn try_out(source: &str) {
    let special_tokens = special_tokens();
    if let Ok(template) = Template::compile(source) {
        for name in ["poem", "tools", "long"] {
            let given = data::given(name);
            for prompt in [true, false] {
                template_holds::renders(&template, &given.input(&special_tokens, prompt));
            }
        }
    }
    template_holds::is_looked_at(source, &special_tokens, data::now());
}

#[test]
#[ignore = "runs as long as it is told to"]
fn fuzz() {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let seed = std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut dice = Dice(seed);
    let mut sources: Vec<String> = catalog::entries().iter().map(|entry| entry.source().to_owned()).collect();
    sources.extend(data::probes().into_values());
    let start = Instant::now();
    let mut count = 0;
    let mut longest = (Duration::ZERO, String::new());
    while start.elapsed() < Duration::from_secs(seconds) {
        let mut source = sources[dice.roll(sources.len())].clone();
        for _ in 0..=dice.roll(6) {
            mutate(&mut dice, &mut source, &sources);
        }
        let began = Instant::now();
        let result = std::panic::catch_unwind(|| try_out(&source));
        assert!(result.is_ok(), "it panics on:\n{source}");
        if began.elapsed() > longest.0 {
            longest = (began.elapsed(), source);
        }
        count += 1;
    }
    println!("{count} templates; the longest took {:?}:\n{}", longest.0, longest.1);
}
