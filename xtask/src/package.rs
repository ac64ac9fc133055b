//! `cargo xtask package`: the npm package in `target/package/lossmask`, and the archive that `npm publish` takes.

use std::path::{Path, PathBuf};

use crate::run::{self, Done, Result, at, step};
use crate::tools::Tools;
use crate::{build, npm, paths};

/// As the page's wasm files are optimised, in index.html.
const OPTIMISE: [&str; 8] = [
    "-O3",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
];

pub(crate) fn command(args: &[String]) -> Done {
    if let Some(arg) = args.first() {
        return Err(format!("`package` takes no arguments, but got `{arg}`"));
    }
    let tools = Tools::ensure()?;
    let folder = build(&tools)?;
    step("packing it", || {
        run::capture(npm::npm(&folder).args(["pack", "--pack-destination", ".."])).map(drop)
    })?;
    println!("  the package is in {}", folder.display());
    Ok(())
}

/// Builds the package's folder, and says where it is.
pub(crate) fn build(tools: &Tools) -> Result<PathBuf> {
    let folder = paths::root().join("target/package/lossmask");
    step("building the package", || {
        let wasm = compile(tools)?;
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(at(&folder))?;
        }
        std::fs::create_dir_all(&folder).map_err(at(&folder))?;
        bind(tools, &wasm, &folder)?;
        copy(&folder)
    })?;
    Ok(folder)
}

/// Compiles the package's entry, and says where the wasm file is.
fn compile(tools: &Tools) -> Result<PathBuf> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let mut cargo = tools.command("cargo")?;
    cargo.args(["build", "--locked", "--quiet", "--profile", "npm", "--bin", "js", "--target", TARGET]);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", build::nameless_paths());
    run::run(&mut cargo)?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| paths::root().join("target"), PathBuf::from);
    Ok(target.join(TARGET).join("npm/js.wasm"))
}

fn bind(tools: &Tools, wasm: &Path, folder: &Path) -> Done {
    let mut bindgen = tools.command("wasm-bindgen")?;
    bindgen.args(["--target", "web", "--out-name", "lossmask", "--out-dir"]).arg(folder).arg(wasm);
    run::run(&mut bindgen)?;
    let file = folder.join("lossmask_bg.wasm");
    run::run(tools.command("wasm-opt")?.args(OPTIMISE).arg(&file).arg("-o").arg(&file))
}

/// Copies what is written by hand.
fn copy(folder: &Path) -> Done {
    let root = paths::root();
    let own = root.join("package");
    let mut files: Vec<(PathBuf, PathBuf)> = paths::files_below(&own)
        .into_iter()
        .filter_map(|file| Some((file.clone(), folder.join(file.strip_prefix(&own).ok()?))))
        .collect();
    files.extend(["LICENSE-MIT", "LICENSE-APACHE"].map(|name| (root.join(name), folder.join(name))));
    for (from, to) in files {
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent).map_err(at(parent))?;
        }
        std::fs::copy(&from, &to).map_err(at(&to))?;
    }
    Ok(())
}
