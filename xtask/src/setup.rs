//! `cargo xtask setup`: every tool that any command needs.

use crate::run::{self, Done};
use crate::tools::{Browser, Tools};
use crate::{npm, paths, tokenizers};

pub(crate) fn command(args: &[String]) -> Done {
    if let Some(arg) = args.first() {
        return Err(format!("`setup` takes no arguments, but got `{arg}`"));
    }
    let start = std::time::Instant::now();
    let tools = Tools::ensure()?;
    tools.rust.ensure_lints()?;
    Browser::ensure()?;
    run::step("fetching the crates of Cargo.lock", || {
        run::run(&mut run::cargo(["fetch", "--quiet", "--locked"]))
    })?;
    if let Err(why) = tokenizers::ensure_source() {
        run::warn(&why);
    }
    let tests = paths::root().join("tests/e2e");
    if tests.join("package-lock.json").is_file() {
        npm::ensure_lock(&tests)?;
    }
    println!(
        "✓ every tool is there ({}), in {} and on the path",
        run::seconds(start.elapsed()),
        paths::cache().display()
    );
    Ok(())
}
