//! Packages from npm: pinned, kept in the cache, never in the clone.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths;
use crate::run::{Done, Result, at, capture, step};

/// Flags of every call: nothing but the files, and no script of a package is run.
const QUIET: [&str; 5] =
    ["--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel=error"];

/// Installs one package of one version into a folder of the cache.
pub(crate) fn ensure_package(name: &str, version: &str, folder: &Path) -> Done {
    if folder.join("node_modules").join(name).join("package.json").is_file() {
        return Ok(());
    }
    step(&format!("fetching {name} {version} from npm"), || {
        paths::fill_whole(folder, |folder| {
            std::fs::write(folder.join("package.json"), "{\"private\": true}\n").map_err(at(folder))?;
            let package = format!("{name}@{version}");
            capture(npm(folder).args(["install", "--save-exact", &package])).map(drop)
        })
    })
}

/// Installs what a lock file of the repository names, and returns the `node_modules` folder.
/// The folder's name is the lock's fingerprint, so a changed lock is a new folder.
pub(crate) fn ensure_lock(folder: &Path) -> Result<PathBuf> {
    let files = ["package.json", "package-lock.json"];
    let contents = files.iter().map(|file| paths::read(&folder.join(file))).collect::<Result<Vec<_>>>()?;
    let name = format!("npm-{}", paths::fingerprint(contents.iter().map(Vec::as_slice)));
    let cached = paths::cache().join(name);
    let modules = cached.join("node_modules");
    if !modules.is_dir() {
        let shown = folder.strip_prefix(paths::root()).unwrap_or(folder).display();
        step(&format!("fetching the npm packages of {shown}"), || {
            paths::fill_whole(&cached, |to| {
                for (file, content) in files.iter().zip(&contents) {
                    std::fs::write(to.join(file), content).map_err(at(to))?;
                }
                capture(npm(to).arg("ci")).map(drop)
            })
        })?;
    }
    Ok(modules)
}

/// `npm` in a folder.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(QUIET);
    npm
}
