//! What the operating system offers: programs on the path, and Debian's packages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use crate::run::{Done, Result, capture, run};

/// The file of a program, if it is on the path.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|file| file.is_file())
}

/// The first of several names that is on the path; a variable, where it is set, wins.
pub(crate) fn find(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let chosen = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    chosen.or_else(|| names.iter().find_map(|name| which(name)))
}

/// Whether Debian's package manager is here.
pub(crate) fn has_apt() -> bool {
    which("apt-get").is_some()
}

/// Installs Debian packages; `what_for` completes the sentence "install by hand" where that is not possible.
pub(crate) fn apt_install(packages: &[&str], what_for: &str) -> Done {
    static LISTS: Once = Once::new();
    let by_hand = |why: &str| {
        format!("{why}; install {what_for} by hand, on Debian with `apt-get install {}`", packages.join(" "))
    };
    if !has_apt() {
        return Err(by_hand("there is no apt-get here"));
    }
    LISTS.call_once(|| {
        let update = privileged("apt-get").and_then(|mut apt| run(apt.args(["update", "-qq"])));
        if let Err(message) = update {
            crate::run::warn(&message);
        }
    });
    let mut apt = privileged("apt-get").map_err(|why| by_hand(&why))?;
    apt.args(["install", "-y", "--no-install-recommends"]).args(packages);
    println!("  apt-get install {}", packages.join(" "));
    // Its hundred lines are shown only when it fails.
    capture(apt.env("DEBIAN_FRONTEND", "noninteractive")).map(drop).map_err(|why| by_hand(&why))
}

/// A command with the rights to change the system: as it is for root, else through `sudo` where that asks nothing.
pub(crate) fn privileged(program: &str) -> Result<Command> {
    if is_root() {
        return Ok(Command::new(program));
    }
    let sudo = which("sudo").filter(|sudo| capture(Command::new(sudo).args(["-n", "true"])).is_ok());
    let sudo =
        sudo.ok_or_else(|| format!("`{program}` needs root, and sudo is not there or asks for a password"))?;
    let mut command = Command::new(sudo);
    command.args(["-n", program]);
    Ok(command)
}

fn is_root() -> bool {
    capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The path variable with these folders in front.
pub(crate) fn path_with<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Result<std::ffi::OsString> {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.into_iter().map(Path::to_path_buf).chain(std::env::split_paths(&old));
    std::env::join_paths(all).map_err(|error| format!("a folder of a tool can't be in PATH: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_found_and_nonsense_is_not() {
        assert!(which("cargo").is_some());
        assert!(which("surely-not-a-program").is_none());
        assert!(find("SURELY_NOT_SET", &["surely-not-a-program", "cargo"]).is_some());
    }

    #[test]
    fn the_folders_given_come_first_in_the_path() {
        let path = path_with([Path::new("/first")]).unwrap();
        assert_eq!(std::env::split_paths(&path).next().unwrap(), Path::new("/first"));
    }
}
