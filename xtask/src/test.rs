//! `cargo xtask test`: every suite in turn, up to the first that fails.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, Effort};
use crate::run::{self, Done, cargo, run, step};
use crate::serve::Server;
use crate::tools::{self, Browser, Tools};
use crate::{npm, package, paths};

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];
/// The page must work from any folder of any host, so the tests serve it from one.
const SUB_PATH: &str = "/some/folder/";

/// Browsers that run at once; each may need half a gigabyte.
const MOST_BROWSERS: usize = 4;

/// One suite: its name, and what runs it.
type Suite<'a> = (&'a str, Box<dyn Fn() -> Done + 'a>);

pub(crate) fn command(args: &[String]) -> Done {
    if let Some(arg) = args.first() {
        return Err(format!("`test` takes no arguments, but got `{arg}`"));
    }
    let tools = Tools::ensure()?;
    tools.rust.ensure_lints()?;
    let browser = Browser::ensure()?;
    all(&suites(&tools, &browser))
}

fn suites<'a>(tools: &'a Tools, browser: &'a Browser) -> Vec<Suite<'a>> {
    let tests = paths::root().join("tests");
    let wasm_tests = !paths::files(&tests.join("wasm"), |name| paths::has_extension(name, "rs")).is_empty();
    let scripts = paths::files(&tests.join("e2e"), |name| name.ends_with(".test.mjs"));
    let mut suites: Vec<Suite> = vec![
        ("format", Box::new(|| run(&mut cargo(["fmt", "--all", "--check"])))),
        (
            "lints",
            Box::new(|| {
                run(&mut cargo("clippy --workspace --all-targets --locked -- -D warnings".split(' ')))
            }),
        ),
        ("native tests", Box::new(|| run(&mut cargo("test --workspace --locked -- --quiet".split(' '))))),
        ("lints of the wasm code", Box::new(move || wasm_lints(tools, wasm_tests))),
    ];
    if wasm_tests {
        suites.push(("wasm tests in Chromium", Box::new(|| wasm_suite(tools, browser))));
    }
    suites.push(("release build", Box::new(|| build::site(tools, Effort::Release))));
    if !scripts.is_empty() {
        suites.push(("end-to-end tests", Box::new(move || end_to_end(tools, browser, &scripts))));
    }
    suites.push(("the npm package", Box::new(|| npm_package(tools, browser))));
    suites
}

/// Runs suites up to the first that fails, and prints the score.
fn all(suites: &[Suite]) -> Done {
    let mut passed = 0;
    let mut failure = None;
    for (name, suite) in suites {
        match step(name, suite) {
            Ok(()) => passed += 1,
            Err(why) => {
                failure = Some(format!("{name}: {why}"));
                break;
            }
        }
    }
    if let Some(why) = &failure {
        eprintln!("error: {why}");
    }
    println!("{passed} passed, {} failed", u8::from(failure.is_some()));
    // The reason is told above, so that the score is the last line.
    if failure.is_some() { Err(String::new()) } else { Ok(()) }
}

fn wasm_lints(tools: &Tools, with_tests: bool) -> Done {
    let mut clippy = tools.command("cargo")?;
    clippy.args("clippy --locked --lib --bin app --bin worker --bin lab --bin js".split(' ')).args(WASM);
    if with_tests {
        clippy.args(["--test", "wasm_*"]);
    }
    run(clippy.args(["--", "-D", "warnings"]))
}

fn wasm_suite(tools: &Tools, browser: &Browser) -> Done {
    let mut test = tools.command("cargo")?;
    test.args(["test", "--locked", "--test", "wasm_*"]).args(WASM);
    test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools::test_runner());
    test.env("CHROMEDRIVER", &browser.driver).env("WASM_BINDGEN_USE_BROWSER", "1");
    // Seconds; a busy machine needs more than the defaults of 20 and 5.
    test.env("WASM_BINDGEN_TEST_TIMEOUT", "120").env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    run(&mut test)
}

fn end_to_end(tools: &Tools, browser: &Browser, scripts: &[PathBuf]) -> Done {
    let modules = npm::ensure_lock(&paths::root().join("tests/e2e"))?;
    let server = Server::of_the_site(SUB_PATH)?;
    let mut node = Command::new(&tools.node);
    // A page that is being opened keeps hardly more than one core busy. Each file has a browser of its own.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    node.arg("--test").arg(format!("--test-concurrency={}", cores.min(MOST_BROWSERS)));
    node.args(scripts).current_dir(paths::root());
    node_environment(&mut node, &server.url, &modules, browser);
    run::run(&mut node)
}

fn npm_package(tools: &Tools, browser: &Browser) -> Done {
    let tests = paths::root().join("tests/package");
    let modules = npm::ensure_lock(&tests)?;
    let folder = package::build(tools)?;
    let mut node = Command::new(&tools.node);
    node.arg("--test").arg(tests.join("package.test.mjs")).current_dir(paths::root());
    node_environment(&mut node, "", &modules, browser);
    run::run(node.env("LOSSMASK_PACKAGE", folder))
}

/// What every script of ours reads: where the page is, where packages are, and which browser to start.
pub(crate) fn node_environment(node: &mut Command, url: &str, modules: &Path, browser: &Browser) {
    node.env("LOSSMASK_URL", url);
    node.env("LOSSMASK_NODE_MODULES", modules);
    node.env("LOSSMASK_CHROMIUM", &browser.chromium);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn the_first_failing_suite_stops_the_run() {
        let ran = RefCell::new(Vec::new());
        let suite = |name: &'static str, result: Done| -> Suite<'_> {
            let ran = &ran;
            (
                name,
                Box::new(move || {
                    ran.borrow_mut().push(name);
                    result.clone()
                }),
            )
        };
        let suites = [suite("one", Ok(())), suite("two", Err("no".into())), suite("three", Ok(()))];
        assert!(all(&suites).is_err());
        assert_eq!(*ran.borrow(), ["one", "two"]);
        assert!(all(&suites[..1]).is_ok());
    }
}
