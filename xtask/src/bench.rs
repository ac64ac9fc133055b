//! `cargo xtask bench NAME`: runs `tests/bench/NAME.mjs` against the built page; `loss` is native.

use std::path::PathBuf;

use crate::build::{self, Effort};
use crate::run::{self, Done};
use crate::serve::Server;
use crate::test::node_environment;
use crate::tools::{Browser, Tools};
use crate::{npm, paths};

pub(crate) fn command(args: &[String]) -> Done {
    let known = names();
    let [name] = args else {
        println!("cargo xtask bench NAME, where NAME is one of: {}", known.join(", "));
        return if args.is_empty() { Ok(()) } else { Err("`bench` takes one name".into()) };
    };
    if name == NATIVE {
        return run::step("bench loss", || run::run(&mut native()));
    }
    if !known.contains(name) {
        return Err(format!("there is no benchmark `{name}`; there are: {}", known.join(", ")));
    }
    let tools = Tools::ensure()?;
    let browser = Browser::ensure()?;
    let modules = npm::ensure_lock(&folder())?;
    build::site(&tools, Effort::Release)?;
    let server = Server::of_the_site("/")?;
    run::step(&format!("bench {name}"), || {
        let mut node = std::process::Command::new(&tools.node);
        node.arg(folder().join(format!("{name}.mjs"))).current_dir(paths::root());
        node_environment(&mut node, &server.url, &modules, &browser);
        run::run(&mut node)
    })
}

/// The benchmark that needs no page: masked cross-entropy and the loss lab.
const NATIVE: &str = "loss";

/// With this machine's vectors, as `torch` beside it uses them too.
fn native() -> std::process::Command {
    let mut cargo = run::cargo(["run", "--release", "--locked", "--example", "bench_loss"]);
    cargo
        .env("RUSTFLAGS", "-Ctarget-cpu=native")
        .env("CARGO_TARGET_DIR", paths::root().join("target/native"));
    cargo
}

fn folder() -> PathBuf {
    paths::root().join("tests/bench")
}

/// The names of the benchmarks: the native one, and the scripts; one that starts with `_` is a part of others.
fn names() -> Vec<String> {
    let scripts = paths::files(&folder(), |name| !name.starts_with('_') && paths::has_extension(name, "mjs"));
    let scripts = scripts.iter().filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()));
    std::iter::once(NATIVE.to_owned()).chain(scripts).collect()
}
