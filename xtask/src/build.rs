//! `cargo xtask build`: the static site in `dist/`.

use std::path::{Path, PathBuf};

use crate::run::{self, Done, Result, at, step};
use crate::tools::Tools;
use crate::{docs, licences, offline, paths, sizes, styles, tokenizers, worker_names};

/// What Cargo wants between the flags of `CARGO_ENCODED_RUSTFLAGS`.
const BETWEEN_FLAGS: &str = "\u{1f}";

/// How much the compiler is asked to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Effort {
    /// What people get: small and fast.
    Release,
    /// A page in seconds, without wasm-opt and budgets.
    Quick,
}

pub(crate) fn command(args: &[String]) -> Done {
    let effort = match args {
        [] => Effort::Release,
        [flag] if flag == "--quick" => Effort::Quick,
        [other, ..] => return Err(format!("`build` knows only --quick, but got `{other}`")),
    };
    site(&Tools::ensure()?, effort)
}

/// Builds the site.
pub(crate) fn site(tools: &Tools, effort: Effort) -> Done {
    step("fetching the crates of Cargo.lock", || {
        run::run(&mut run::cargo(["fetch", "--quiet", "--locked"]))
    })?;
    let packed = tokenizers::pack(&tools.node)?;
    let what = match effort {
        Effort::Release => "building the page (some minutes from nothing)",
        Effort::Quick => "building the page quickly",
    };
    step(what, || trunk(tools, effort))?;
    let dist = paths::dist();
    styles::join(&dist)?;
    docs::build(&dist)?;
    for worker in worker_names::WORKERS {
        worker_names::hash(&dist, worker)?;
    }
    if let Some(packed) = packed {
        copy_files(&packed, &dist.join("tokenizers"))?;
    }
    licences::put(&tools.node, &dist)?;
    offline::build(&dist)?;
    if effort == Effort::Release {
        step("compressing it for hosts that send .br and .gz", || compress(&tools.node, &dist))?;
        step("weighing it", || sizes::check(&tools.node, &dist))?;
    }
    println!("  the site is in {}", dist.display());
    Ok(())
}

fn trunk(tools: &Tools, effort: Effort) -> Done {
    let mut trunk = tools.command("trunk")?;
    // Everything it needs is there, so that a download would be a surprise.
    trunk.args(["build", "--offline", "true", "--color", "never", "--dist"]).arg(paths::dist());
    match effort {
        Effort::Release => trunk.args(["--release", "true"]),
        Effort::Quick => trunk.args(["--release", "false", "--cargo-profile", "quick"]),
    };
    if effort == Effort::Release {
        trunk.env("CARGO_ENCODED_RUSTFLAGS", nameless_paths());
    }
    // It takes variables such as NO_COLOR=1 for its own flags, and refuses their values.
    trunk.env_remove("NO_COLOR").env("LOSSMASK_BUILD", build_id()?);
    run::run(&mut trunk)
}

/// Flags for a wasm whose messages of a panic name no folder of the machine that built it, beside those that are set.
pub(crate) fn nameless_paths() -> String {
    let home = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    let cargo = home("CARGO_HOME").or_else(|| Some(home("HOME")?.join(".cargo")));
    let mut flags: Vec<String> = match std::env::var("CARGO_ENCODED_RUSTFLAGS") {
        Ok(set) => set.split(BETWEEN_FLAGS).map(str::to_owned).collect(),
        Err(_) => {
            std::env::var("RUSTFLAGS").unwrap_or_default().split_whitespace().map(str::to_owned).collect()
        }
    };
    flags.retain(|flag| !flag.is_empty());
    // Of two that fit the later counts.
    let remap = |folder: &Path, name: &str| format!("--remap-path-prefix={}={name}", folder.display());
    flags.push(remap(paths::root(), "lossmask"));
    flags.extend(cargo.map(|folder| remap(&folder, "cargo")));
    flags.join(BETWEEN_FLAGS)
}

/// A name for this build, the same for the page and its workers: a fingerprint of everything that is compiled.
fn build_id() -> Result<String> {
    let root = paths::root();
    let mut files = paths::files_below(&root.join("src"));
    files.extend(["Cargo.lock", "Cargo.toml"].map(|name| root.join(name)));
    let contents = files.iter().map(|file| paths::read(file)).collect::<Result<Vec<_>>>()?;
    let mut id = paths::fingerprint(contents.iter().map(Vec::as_slice));
    id.truncate(12);
    Ok(id)
}

/// Puts a `.br` and a `.gz` beside every file that gets smaller by it.
fn compress(node: &Path, dist: &Path) -> Done {
    let kinds = ["html", "js", "css", "wasm", "svg", "webmanifest", "json"];
    let files = paths::files_below(dist).into_iter().filter(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        kinds.iter().any(|kind| paths::has_extension(&name, kind))
    });
    run::run(tokenizers::compressor(node).arg("beside").args(files))
}

fn copy_files(from: &Path, to: &Path) -> Done {
    std::fs::create_dir_all(to).map_err(at(to))?;
    for file in paths::files(from, |_| true) {
        let target = to.join(file.file_name().unwrap_or_default());
        std::fs::copy(&file, &target).map_err(at(&target))?;
    }
    Ok(())
}
