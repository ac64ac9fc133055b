//! Dependencies point one way, and only the page knows the browser.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules, floor by floor: one may use those of the floors above it, and none beside or below it.
const FLOORS: [&[&str]; 10] = [
    &["span", "bilingual"],
    &["diagnostic", "examples", "lesson"],
    &["dialogue"],
    &["template", "tokenizer", "loss", "batch"],
    &["bring"],
    &["recipe"],
    &["diagnose", "lab"],
    &["engine"],
    &["export", "listing"],
    &["cli", "app"],
];

/// Words of the browser.
const BROWSER: [&str; 6] = ["web_sys", "js_sys", "wasm_bindgen", "gloo", "yew::", "window()"];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The modules that a source text names after `crate::`.
fn uses(source: &str) -> Vec<String> {
    let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut modules = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let after = &code[at + "crate::".len()..];
        match after.strip_prefix('{') {
            Some(group) => modules.extend(first_level(group)),
            None => modules.push(word(after)),
        }
    }
    modules
}

/// The first words of the items of `{a::b, c::{d, e}}`, given without its first brace.
fn first_level(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut items = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            _ => {}
        }
        if depth == 0 && c != ',' {
            items.last_mut().unwrap().push(c);
        }
    }
    items.iter().map(|item| word(item.trim())).filter(|word| !word.is_empty()).collect()
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// What is wrong with the dependencies of a file of `module`.
fn complaints(module: &str, source: &str) -> Vec<String> {
    let Some(own) = floor(module) else {
        return vec![format!("the module `{module}` stands on no floor: add it to FLOORS")];
    };
    let wrong = |used: &String| *used != module && floor(used).is_some_and(|floor| floor >= own);
    uses(source).iter().filter(|used| wrong(used)).map(|used| format!("`{module}` uses `{used}`")).collect()
}

/// Every source file with its text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// The files under `src` with the module that each is part of.
fn files() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let module = |path: &Path| {
        let inside = path.strip_prefix(&src).unwrap();
        inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    sources(&src).into_iter().map(|(path, text)| (module(&path), path, text)).collect()
}

#[test]
fn dependencies_point_one_way() {
    let files = files();
    assert!(files.len() > 20, "the sources were not found");
    let modules = files.iter().filter(|(module, ..)| !["lib", "bin", "js"].contains(&module.as_str()));
    let wrong: Vec<_> = modules
        .flat_map(|(module, path, text)| {
            complaints(module, text).into_iter().map(move |wrong| format!("{}: {wrong}", path.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_page_knows_the_browser() {
    let page = |module: &str, path: &Path| {
        ["app", "js"].contains(&module)
            || ["bin/app.rs", "bin/worker.rs", "bin/lab.rs", "bin/js.rs"]
                .iter()
                .any(|bin| path.ends_with(bin))
    };
    for (module, path, text) in files() {
        for word in BROWSER.iter().filter(|_| !page(&module, &path)) {
            assert!(!text.contains(word), "{} mentions {word}", path.display());
        }
    }
}

#[test]
fn a_use_of_a_lower_floor_is_found_however_it_is_written() {
    assert_eq!(complaints("recipe", "use crate::engine::Engine;"), ["`recipe` uses `engine`"]);
    assert_eq!(complaints("recipe", "use crate::{span::{Span, at}, cli};"), ["`recipe` uses `cli`"]);
    assert_eq!(complaints("template", "fn f() { crate::tokenizer::g() }"), ["`template` uses `tokenizer`"]);
    assert_eq!(complaints("recipe", "// crate::engine\nuse crate::recipe::X;\nuse crate::span::Y;"), [""; 0]);
    assert_eq!(complaints("news", "").len(), 1);
}
