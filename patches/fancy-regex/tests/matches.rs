//! The same matches natively and in a browser: `matches.txt` holds what the real crate finds.
//!
//! Natively, `LOSSMASK_ACCEPT=1` writes the file anew. In a browser the file is the judge.

use std::fmt::Write as _;

use fancy_regex::Regex;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Patterns of well-known tokenizers, and those that are easy to get wrong.
const PATTERNS: [&str; 17] = [
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s+",
    " ?[^(\\s|[.,!?…。，、।۔،])]+",
    r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"##,
    "[一-龥\u{3040}-ゟ゠-ヿ]+",
    r"[\p{Han}]+",
    r"[\p{L}&&[^\p{Han}]]+",
    r"[0-9][0-9][0-9]",
    r"\p{N}{1,3}",
    r" {2,}",
    r"\s+",
    r"\w+|[^\w\s]+",
    r"\d",
    r".",
    r"(?<=[a-z])(?=[A-Z])",
    r"x*",
];

const TEXTS: [&str; 9] = [
    "I'M sure they'Ll come, it's 12345 o'clock!\r\n\r\n  Done. ",
    "春风拂面花开放，碧水潺潺鸟语香。ひらがなカタカナ 漢字とkanji",
    "  two  spaces\u{a0}and\u{3000}wide\u{85}next\u{feff}mark\u{2028}line",
    "camelCaseText 👩🏽‍💻 café e\u{301}t ٣٤٥ Ⅷ ½",
    "def f(x):\n\treturn x_1 + [a-b] # 100% {ok}\\n",
    "xxaxx\u{1d538}x",
    "",
    "\n",
    "بزرگ، متن۔ हिन्दी। ok?",
];

fn spans(regex: &Regex, text: &str) -> String {
    let found = regex.find_iter(text).map(|found| match found {
        Ok(found) => format!("{}-{}", found.start(), found.end()),
        Err(error) => format!("error: {error}"),
    });
    found.collect::<Vec<_>>().join(" ")
}

fn table() -> String {
    let mut table = String::new();
    for (number, pattern) in PATTERNS.iter().enumerate() {
        let regex = Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        for (text_number, text) in TEXTS.iter().enumerate() {
            let _ = writeln!(table, "{number} {text_number}: {}", spans(&regex, text));
        }
    }
    table
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_pattern_matches_where_the_real_crate_matches() {
    let found = table();
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("LOSSMASK_ACCEPT").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/matches.txt");
        std::fs::write(path, &found).expect("the table can be written");
        return;
    }
    for (found, expected) in found.lines().zip(include_str!("matches.txt").lines()) {
        assert_eq!(found, expected, "pattern and text {}", expected.split(':').next().unwrap_or_default());
    }
    assert_eq!(found.lines().count(), PATTERNS.len() * TEXTS.len());
}
