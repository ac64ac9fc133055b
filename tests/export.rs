//! Exports: that every program is the one that was run with its trainer, and that no text can break a picture.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use lossmask::engine::{Engine, Request, TemplateChoice};
use lossmask::export::{Form, PROGRAMS, export};
use lossmask::recipe::catalog::RECIPES;
use proptest::prelude::*;
use serde::Deserialize;

/// What `tests/oracle/export.py` found.
#[derive(Deserialize)]
struct Verified {
    /// A hash of the program for the first example.
    program: String,
    same: usize,
    without_rows: usize,
    different: Vec<String>,
    versions: BTreeMap<String, String>,
}

/// What is known to differ, as in `tests/recipes.rs`: a parquet file gives each of two tools the keys of the other.
const DIFFERENT: [(&str, &str); 1] = [("verl", r#"{"template": "tools"} tools-two: other rows"#)];

fn fnv(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
    });
    format!("{hash:016x}")
}

fn verified() -> BTreeMap<String, Verified> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export/verified.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("verified.json")).expect("it is JSON")
}

/// The request whose program is hashed.
fn first_example(recipe: &str) -> Request {
    Request {
        dialogue: include_str!("../src/examples/two-poems.py").to_owned(),
        recipe: recipe.to_owned(),
        template: TemplateChoice::Catalog("chatml".to_owned()),
        now: NaiveDate::from_ymd_opt(2026, 1, 31).and_then(|day| day.and_hms_opt(9, 5, 7)).unwrap(),
        ..Request::default()
    }
}

#[test]
fn every_program_is_the_one_that_its_trainer_ran() {
    let verified = verified();
    assert!(RECIPES.iter().all(|recipe| verified.contains_key(recipe.id)));
    assert_eq!(PROGRAMS.len(), RECIPES.len());
    for (name, found) in &verified {
        let (id, version) = name.split_once('@').map_or((&**name, None), |(id, version)| (id, Some(version)));
        let mut request = first_example(id);
        request.options.extend(version.map(|version| ("version".to_owned(), version.to_owned())));
        let program = export(&mut Engine::new(), &request, Form::Python, None).unwrap().text;
        assert_eq!(fnv(program.as_bytes()), found.program, "run tests/oracle/export.py for {name}");
        assert!(found.same - found.without_rows >= 30, "{name}");
        let known: Vec<_> = DIFFERENT.iter().filter(|(of, _)| of == name).map(|(_, what)| *what).collect();
        assert_eq!(found.different, known, "{name}");
        assert!(found.versions.contains_key("python"));
    }
}

/// Whether a document opens and closes its elements in order, with nothing in its text that opens one.
fn is_well_formed(document: &str, void: &[&str]) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = document;
    while let Some(at) = rest.find('<') {
        let text = &rest[..at];
        let in_style = open.last() == Some(&"style");
        if !in_style && (text.contains('>') || entities(text).is_err()) {
            return Err(format!("bad text {text:?}"));
        }
        rest = &rest[at + 1..];
        let end = rest.find('>').ok_or("an open tag")?;
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes another"));
            }
            continue;
        }
        if tag.matches('"').count() % 2 == 1 || entities(tag).is_err() {
            return Err(format!("bad attributes {tag:?}"));
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(format!("<{name}> is no element"));
        }
        if !tag.ends_with('/') && !void.contains(&name) {
            open.push(name);
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

/// Whether every `&` of a text begins one of the five entities that we write.
fn entities(text: &str) -> Result<(), ()> {
    let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
    let all = text.split('&').skip(1).all(|after| known.iter().any(|entity| after.starts_with(entity)));
    all.then_some(()).ok_or(())
}

/// Characters that XML 1.0 does not allow.
fn is_forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_picture_is_well_formed_whatever_the_text(
        question in any::<String>(),
        reply in "(?s)(.|<script>|</svg>|&|\"|'|\\]\\]>|<!--|\u{0}|\u{202e}|\u{fffe}|<b|</b>|style=){0,40}",
    ) {
        let messages = serde_json::json!([
            {"role": "user", "content": question}, {"role": "assistant", "content": reply},
        ]);
        let request = Request { dialogue: messages.to_string(), ..Request::default() };
        let mut engine = Engine::new();
        for (form, void) in [(Form::Svg, &[][..]), (Form::Html, &["meta", "br"])] {
            let text = export(&mut engine, &request, form, None).expect("a picture").text;
            prop_assert_eq!(is_well_formed(&text, void), Ok(()));
            prop_assert!(!text.contains(is_forbidden));
            prop_assert!(!text.contains("<script") && !text.contains("<a") && !text.contains("<image"));
        }
    }

    #[test]
    fn a_row_comes_back_from_a_program_s_json(question in any::<String>(), reply in any::<String>()) {
        let messages = serde_json::json!([
            {"role": "user", "content": question}, {"role": "assistant", "content": reply},
        ]);
        let request = Request { dialogue: messages.to_string(), ..first_example("axolotl") };
        let program = export(&mut Engine::new(), &request, Form::Python, None).expect("a program").text;
        let json = program.split("r'''").nth(1).and_then(|text| text.split("'''").next()).expect("JSON");
        let back: serde_json::Value = serde_json::from_str(json).expect("JSON");
        prop_assert_eq!(&back[0]["messages"], &messages);
    }
}
