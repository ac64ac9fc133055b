//! `cargo xtask package`: the npm package in `target/package/lossmask`, and the archive that `npm publish` takes.

use std::path::{Path, PathBuf};

use crate::run::{self, Done, Result, at, step};
use crate::tools::Tools;
use crate::{build, licences, npm, paths};

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
        copy(&folder)?;
        licences::put(&tools.node, &folder)
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
    name_no_browser(&folder.join("lossmask.d.ts"))?;
    let file = folder.join("lossmask_bg.wasm");
    run::run(tools.command("wasm-opt")?.args(OPTIMISE).arg(&file).arg("-o").arg(&file))
}

/// Leaves the part about loading the wasm out of the types: nobody can import it from the package, and it names types of the
/// browser, which a project for Node alone does not have.
fn name_no_browser(types: &Path) -> Done {
    let text = String::from_utf8(paths::read(types)?).map_err(at(types))?;
    let (kept, _) = text
        .split_once("export type InitInput")
        .ok_or_else(|| format!("{}: wasm-bindgen writes another end now", types.display()))?;
    std::fs::write(types, kept).map_err(at(types))?;
    let unused = types.with_file_name("lossmask_bg.wasm.d.ts");
    std::fs::remove_file(&unused).map_err(at(&unused))
}

/// Copies what is written by hand.
fn copy(folder: &Path) -> Done {
    let own = paths::root().join("package");
    for from in paths::files_below(&own) {
        let Ok(name) = from.strip_prefix(&own) else { continue };
        let to = folder.join(name);
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent).map_err(at(parent))?;
        }
        std::fs::copy(&from, &to).map_err(at(&to))?;
    }
    Ok(())
}
