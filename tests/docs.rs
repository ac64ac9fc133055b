//! `docs/`: every code has a page, every page a code, every recipe its entry, and every command on a page prints what stands
//! there.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lossmask::diagnostic::codes::CODES;
use lossmask::recipe::catalog::{self, RECIPES};
use lossmask::recipe::{OptionKind, OptionSpec, Options, Recipe, Verified};

/// Set to write the outputs into the pages instead of comparing them.
const BLESS: &str = "LOSSMASK_BLESS";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn codes() -> Vec<&'static str> {
    CODES.iter().flat_map(|(_, codes)| *codes).copied().collect()
}

fn page(code: &str) -> PathBuf {
    root().join("docs/diagnostics").join(code).with_extension("md")
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let codes = codes();
    let known: BTreeSet<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(known.len(), codes.len(), "a code is listed twice");
    let files = fs::read_dir(root().join("docs/diagnostics")).unwrap();
    let pages: BTreeSet<String> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let pages: BTreeSet<String> = pages.into_iter().filter(|name| name != "README").collect();
    assert_eq!(pages, known);
}

#[test]
fn every_page_says_the_fact_the_cure_and_both_in_chinese_and_is_in_the_index() {
    let index = fs::read_to_string(page("README")).unwrap();
    for code in codes() {
        let text = fs::read_to_string(page(code)).unwrap();
        assert!(text.starts_with(&format!("# `{code}`\n\n*")), "{code}");
        assert!(text.contains("\n## What to do\n\n") && text.contains("\n## 中文\n\n"), "{code}");
        let chinese = text.split("## 中文").nth(1).unwrap();
        assert!(chinese.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{code}");
        assert!(index.contains(&format!("| [`{code}`]({code}.md) | ")), "{code} is not in the index");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            assert!(page("README").with_file_name(link).is_file(), "{code} links to {link}");
        }
    }
}

/// The functions that a code is handed to.
const CALLS: [&str; 7] =
    ["Diagnostic::new(", "stops(", "dropped(", "check.add(", "notes.add(", "finding(", "fail("];

/// The string literals in kebab-case that a source hands to what makes findings.
fn made(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in CALLS {
        for (at, _) in source.match_indices(call) {
            let rest = &source[at + call.len()..];
            let Some(arguments) = rest.split(");").next() else { continue };
            let Some(word) = arguments.split('"').nth(1) else { continue };
            let kebab = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            if kebab && arguments.find('"').is_some_and(|quote| quote < 80) {
                found.push(word.to_owned());
            }
        }
    }
    found
}

fn sources(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            texts.push(text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned());
        }
    }
}

#[test]
fn every_code_in_the_source_is_listed_and_every_listed_one_is_in_the_source() {
    let mut texts = Vec::new();
    sources(&root().join("src"), &mut texts);
    let listing = |text: &String| text.contains("pub const CODES");
    texts.retain(|text| !listing(text));
    let all = texts.join("\n");
    let codes = codes();
    let made: BTreeSet<String> = made(&all).into_iter().collect();
    assert!(made.len() > 60, "the calls were not found: {made:?}");
    let unlisted: Vec<_> = made.iter().filter(|code| !codes.contains(&code.as_str())).collect();
    assert!(unlisted.is_empty(), "add to CODES, and write a page: {unlisted:?}");
    for (area, codes) in CODES {
        for code in *codes {
            assert!(all.contains(&format!("\"{code}\"")), "{code} ({area}) is nowhere in the source");
        }
    }
}

/// The lines, each with its end.
fn ended<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    lines.into_iter().flat_map(|line| [line, "\n"]).collect()
}

/// What a shell prints for a command in `folder`, errors too.
fn run(command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_lossmask")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}; }} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("TZ", "UTC")
        .env_remove("LOSSMASK_TOKENIZERS")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let today = chrono::Utc::now().format("%Y-%m-%d").to_string();
    assert!(
        !text.contains(&today),
        "`{command}` prints today's date, and would print another tomorrow: pass --now"
    );
    ended(text.lines().map(str::trim_end))
}

/// The page with the outputs of its commands as they are.
fn replayed(text: &str, folder: &Path) -> String {
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(info) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if info == "console" {
            for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                out.extend(["$ ", command, "\n", &run(command, folder)]);
            }
        } else {
            let content = ended(block);
            if let Some((_, name)) = info.split_once(' ') {
                fs::write(folder.join(name), &content).unwrap();
            }
            out.push_str(&content);
        }
        out.push_str("```\n");
    }
    out
}

#[test]
fn every_command_on_a_page_prints_what_stands_there() {
    let all = codes();
    let base = std::env::temp_dir().join(format!("lossmask-docs-{}", std::process::id()));
    let check = |codes: &[&str]| -> Vec<String> {
        let mut wrong = Vec::new();
        for code in codes {
            let text = fs::read_to_string(page(code)).unwrap();
            if !text.contains("```console\n") {
                continue;
            }
            let folder = base.join(code);
            fs::create_dir_all(&folder).unwrap();
            let now = replayed(&text, &folder);
            let shows = now.contains(&format!("[{code}]")) || now.contains(&format!("{code}: "));
            if std::env::var_os(BLESS).is_some() {
                fs::write(page(code), &now).unwrap();
            } else if now != text {
                wrong.push(format!("{code} prints something else (set {BLESS}=1 to write it):\n{now}"));
            }
            if !shows {
                wrong.push(format!("{code} is not what its example shows:\n{now}"));
            }
        }
        wrong
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            all.chunks(all.len() / 4 + 1).map(|some| scope.spawn(move || check(some))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    fs::remove_dir_all(&base).ok();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The pages of the manual that have commands, or links.
const MANUAL: [&str; 8] = [
    "README.md",
    "quick-start.md",
    "concepts.md",
    "recipes.md",
    "hosting.md",
    "privacy.md",
    "zh/quick-start.md",
    "zh/concepts.md",
];

/// The page as it should be: written where [`BLESS`] is set, and compared otherwise.
fn check_page(name: &str, now: &str) {
    let file = root().join("docs").join(name);
    if std::env::var_os(BLESS).is_some() {
        fs::write(file, now).unwrap();
    } else {
        assert_eq!(fs::read_to_string(file).unwrap(), now, "docs/{name}: set {BLESS}=1 to write it");
    }
}

#[test]
fn every_command_of_the_manual_prints_what_stands_there_and_every_link_leads_somewhere() {
    let base = std::env::temp_dir().join(format!("lossmask-manual-{}", std::process::id()));
    for name in MANUAL {
        let text = fs::read_to_string(root().join("docs").join(name)).unwrap();
        let folder = base.join(name.replace('/', "-"));
        fs::create_dir_all(&folder).unwrap();
        check_page(name, &replayed(&text, &folder));
        let place = root().join("docs").join(name);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let local = !link.is_empty() && !link.starts_with("http");
            assert!(!local || place.with_file_name(link).exists(), "docs/{name} links to {link}");
        }
    }
    fs::remove_dir_all(&base).ok();
}

/// What stands of a recipe in `docs/recipes.md`.
fn entry(recipe: &Recipe) -> String {
    let mut text = format!("## `{}`\n\n{}. {}\n\n", recipe.id, recipe.title.en, sentence(&recipe.summary.en));
    if let Some(source) = recipe.source {
        let known = match source.verified {
            Verified::Run => "its code was run and compared",
            Verified::ReadFromSource => "its code was read, and could not be run",
        };
        let (package, version, file) = (source.package, source.version, source.file);
        let _ = write!(text, "Reproduces {package} {version}, `{file}`; {known}.\n\n");
    }
    if !recipe.options.is_empty() {
        text += "| option | values | default | |\n| --- | --- | --- | --- |\n";
        text.extend(recipe.options.iter().map(row));
        text += "\n";
    }
    let defaults = Options::parse(recipe.id, recipe.options, &[]).unwrap();
    if let Some(config) = catalog::config(recipe, &defaults) {
        let _ = write!(text, "In its own configuration:\n\n```text\n{config}```\n\n");
    }
    text
}

fn row(option: &OptionSpec) -> String {
    let values = match option.kind {
        OptionKind::Choice(choices) => {
            choices.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
        }
        OptionKind::Bool => "`true`, `false`".to_owned(),
        OptionKind::Int => "a whole number".to_owned(),
        OptionKind::IntOrNone => "a whole number from 0 on, or `none`".to_owned(),
        OptionKind::Text => "any text".to_owned(),
        OptionKind::List => "texts, separated by commas".to_owned(),
    };
    let default = match option.default {
        "" => "none".to_owned(),
        default => format!("`{}`", default.replace('\n', "\\n")),
    };
    format!("| `{}` | {values} | {default} | {} |\n", option.name, option.title.en.replace('|', "\\|"))
}

/// Facts have no full stop, sentences do.
fn sentence(fact: &str) -> String {
    let mut letters = fact.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

#[test]
fn every_recipe_has_its_entry_in_the_manual() {
    let head = "# Recipes\n\nThe rules that `--recipe` and the page's list offer, in their order: what each trains, the \
        code that it reproduces, its options (`--set NAME=VALUE`), and what stands for the defaults in the trainer's own \
        configuration. Where one differs from its trainer is in [COMPATIBILITY.md](../COMPATIBILITY.md#recipes). This page \
        is written by `tests/docs.rs` from `src/recipe/catalog.rs`.\n\n";
    let entries: String = RECIPES.iter().map(|recipe| entry(recipe)).collect();
    check_page("recipes.md", &format!("{}\n", format!("{head}{entries}").trim_end()));
}
