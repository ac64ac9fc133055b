//! `cargo xtask bench NAME`: runs the native part of a benchmark, and `tests/bench/NAME.mjs` against the built page.

use std::path::PathBuf;

use crate::build::{self, Effort};
use crate::run::{self, Done};
use crate::serve::Server;
use crate::test::node_environment;
use crate::tools::{Browser, Tools};
use crate::{npm, package, paths};

pub(crate) fn command(args: &[String]) -> Done {
    let known = names();
    let [name] = args else {
        println!("cargo xtask bench NAME, where NAME is one of: {}", known.join(", "));
        return if args.is_empty() { Ok(()) } else { Err("`bench` takes one name".into()) };
    };
    if !known.contains(name) {
        return Err(format!("there is no benchmark `{name}`; there are: {}", known.join(", ")));
    }
    if NATIVE.contains(&name.as_str()) {
        run::step(&format!("bench {name}, natively"), || run::run(&mut native(name)))?;
    }
    if !scripts().contains(name) {
        return Ok(());
    }
    let tools = Tools::ensure()?;
    let browser = Browser::ensure()?;
    // One that needs many packages which no other does has a lock of its own, in a folder of its name.
    let lock = Some(folder().join(name)).filter(|own| own.is_dir()).unwrap_or_else(folder);
    let modules = npm::ensure_lock(&lock)?;
    let package = OF_THE_PACKAGE.contains(&name.as_str()).then(|| package::build(&tools)).transpose()?;
    // The tokenizer of the others is the page's.
    let url = if name == "template" {
        String::new()
    } else {
        build::site(&tools, Effort::Release)?;
        Server::of_the_site("/")?.url
    };
    run::step(&format!("bench {name}"), || {
        let mut node = std::process::Command::new(&tools.node);
        node.arg(folder().join(format!("{name}.mjs"))).current_dir(paths::root());
        node_environment(&mut node, &url, &modules, &browser);
        node.envs(package.map(|folder| ("LOSSMASK_PACKAGE", folder)));
        run::run(&mut node)
    })
}

/// The benchmarks that have a native part, the example `bench_NAME`: masked cross-entropy and the loss lab, the recipes.
const NATIVE: [&str; 2] = ["loss", "recipes"];

/// The benchmarks that run the npm package instead of the page.
const OF_THE_PACKAGE: [&str; 3] = ["recipes", "template", "tokenizer"];

/// With this machine's vectors, as `torch` beside it uses them too.
fn native(name: &str) -> std::process::Command {
    let mut cargo = run::cargo(["run", "--release", "--locked", "--example"]);
    cargo.arg(format!("bench_{name}"));
    cargo
        .env("RUSTFLAGS", "-Ctarget-cpu=native")
        .env("CARGO_TARGET_DIR", paths::root().join("target/native"));
    cargo
}

fn folder() -> PathBuf {
    paths::root().join("tests/bench")
}

/// The names of the benchmarks.
fn names() -> Vec<String> {
    let mut names: Vec<String> = NATIVE.iter().map(|name| (*name).to_owned()).chain(scripts()).collect();
    names.sort();
    names.dedup();
    names
}

/// The benchmarks that have a part in the browser; a script that starts with `_` is a part of others.
fn scripts() -> Vec<String> {
    let scripts = paths::files(&folder(), |name| !name.starts_with('_') && paths::has_extension(name, "mjs"));
    scripts.iter().filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())).collect()
}
