//! A Rust with a standard library for wasm: rustup's, or Debian's "Rust for browsers" with one built from its source.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Done, Result, at, capture, cargo, run, step};
use crate::{paths, system};

const TARGET: &str = "wasm32-unknown-unknown";
/// The name under which rustup knows Debian's compiler.
const WEB: &str = "web";
const DEBIAN_PREFIX: &str = "/usr";
const DEBIAN_PACKAGES: [&str; 5] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "rust-web-clippy"];

/// Which Rust compiles for wasm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WasmRust {
    /// The one that runs this program.
    Default,
    /// Debian's, linked into rustup as `web`.
    Web,
}

impl WasmRust {
    /// Finds one, or installs one: first the ordinary way, then Debian's.
    pub(crate) fn ensure() -> Result<Self> {
        if has_std(target_libdir(Self::Default)) {
            return Ok(Self::Default);
        }
        if has_std(target_libdir(Self::Web)) {
            return Ok(Self::Web);
        }
        let by_hand = format!(
            "Rust has no standard library for {TARGET} here; install one by hand: `rustup target add {TARGET}`, \
             or without rustup the package of your system that holds it"
        );
        if system::which("rustup").is_none() {
            return Err(by_hand);
        }
        let ordinary = step(&format!("rustup target add {TARGET}"), || {
            run(Command::new("rustup").args(["target", "add", TARGET]))
        });
        if ordinary.is_ok() && has_std(target_libdir(Self::Default)) {
            return Ok(Self::Default);
        }
        if !system::has_apt() {
            return Err(by_hand);
        }
        println!("  rustup can't fetch it; Debian's Rust for browsers can be used instead");
        install_debian().map_err(|why| format!("{why}\n{by_hand}"))?;
        if has_std(target_libdir(Self::Web)) { Ok(Self::Web) } else { Err(by_hand) }
    }

    /// Makes sure that format and lints can be checked, with the compiler of this program and with this one.
    pub(crate) fn ensure_lints(self) -> Done {
        for (component, args) in [("rustfmt", ["fmt", "--version"]), ("clippy", ["clippy", "--version"])] {
            if capture(&mut cargo(args)).is_err() {
                step(&format!("rustup component add {component}"), || {
                    run(Command::new("rustup").args(["component", "add", component]))
                        .map_err(|why| format!("{why}; install `cargo {}` by hand", args[0]))
                })?;
            }
        }
        if self == Self::Default || Path::new(DEBIAN_PREFIX).join("bin/clippy-driver").is_file() {
            return Ok(());
        }
        step("installing Debian's clippy for the Rust for browsers", || {
            system::apt_install(&["rust-web-clippy"], "clippy for the Rust that compiles for wasm")
        })
    }

    /// Makes a command use this Rust.
    pub(crate) fn choose(self, command: &mut Command) {
        if self == Self::Web {
            command.env("RUSTUP_TOOLCHAIN", WEB);
            // `cargo run` points this at the libraries of the other compiler.
            command.env_remove("LD_LIBRARY_PATH");
        }
    }
}

/// Where this compiler looks for the standard library of the target.
fn target_libdir(rust: WasmRust) -> Option<PathBuf> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(paths::root());
    rust.choose(&mut rustc);
    // An unknown toolchain must be an answer, not a download.
    rustc.env("RUSTUP_AUTO_INSTALL", "0");
    capture(&mut rustc).ok().map(|line| PathBuf::from(line.trim()))
}

fn has_std(libdir: Option<PathBuf>) -> bool {
    libdir.is_some_and(|folder| {
        !paths::files(&folder, |name| name.starts_with("libstd-") && is_library(name)).is_empty()
    })
}

fn is_library(name: &str) -> bool {
    paths::has_extension(name, "rlib")
}

fn install_debian() -> Done {
    step("installing Debian's Rust for browsers", || {
        system::apt_install(&DEBIAN_PACKAGES, "Rust for wasm")?;
        // The linker's package has a number in its name that changes with the compiler.
        let linker = linker_package(&Path::new(DEBIAN_PREFIX).join("bin/rust-lld"));
        linker.map_or(Ok(()), |package| system::apt_install(&[&package], "the linker for wasm"))
    })?;
    let known = capture(Command::new("rustup").args(["toolchain", "list"]))?;
    if !known.lines().any(|line| line.split_whitespace().next() == Some(WEB)) {
        step("telling rustup about it", || {
            run(Command::new("rustup").args(["toolchain", "link", WEB, DEBIAN_PREFIX]))
        })?;
    }
    // Replacing a standard library makes everything that was built with it stale, so one that is there stays.
    if has_std(target_libdir(WasmRust::Web)) {
        return Ok(());
    }
    let libdir = target_libdir(WasmRust::Web).ok_or("the compiler `web` does not answer")?;
    step("building the standard library for wasm (half a minute, once)", || build_std(&libdir))
}

/// The package that a link such as `rust-lld -> lld-22` needs, where the link leads nowhere yet.
fn linker_package(link: &Path) -> Option<String> {
    let target = std::fs::read_link(link).ok()?;
    let name = target.file_name()?.to_str()?.to_owned();
    let is_package = name.strip_prefix("lld-").is_some_and(|number| number.parse::<u32>().is_ok());
    (is_package && !link.exists()).then_some(name)
}

/// Compiles `std`, and `test` for wasm tests, from an empty crate, and puts the libraries where the compiler looks.
fn build_std(libdir: &Path) -> Done {
    let folder = paths::cache().join("wasm-std");
    paths::fill_whole(&folder, |folder| {
        let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                        [lib]\npath = \"lib.rs\"\ncrate-type = [\"cdylib\"]\n\n[workspace]\n";
        std::fs::write(folder.join("Cargo.toml"), manifest).map_err(at(folder))?;
        std::fs::write(folder.join("lib.rs"), "").map_err(at(folder))?;
        let mut cargo = Command::new("cargo");
        WasmRust::Web.choose(&mut cargo);
        cargo.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
        // Unstable flags need the first; `lto = true` in a release build needs the second.
        cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Cembed-bitcode=yes");
        cargo.args(["build", "--quiet", "--release", "-Zbuild-std=std,panic_abort,test", "--target", TARGET]);
        run(&mut cargo)
    })?;
    let libraries = paths::files(&folder.join("target").join(TARGET).join("release/deps"), is_library);
    run(system::privileged("mkdir")?.arg("-p").arg(libdir))?;
    run(system::privileged("cp")?.args(libraries).arg(libdir))?;
    std::fs::remove_dir_all(&folder).map_err(at(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_linker_s_package_is_read_from_a_link_that_leads_nowhere() {
        let folder = std::env::temp_dir().join(format!("lossmask-lld-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let link = |target: &str, name: &str| {
            let link = folder.join(name);
            std::os::unix::fs::symlink(target, &link).unwrap();
            linker_package(&link)
        };
        assert_eq!(link("lld-22", "rust-lld").as_deref(), Some("lld-22"));
        std::fs::write(folder.join("lld-23"), "").unwrap();
        assert_eq!(link("lld-23", "present"), None);
        assert_eq!(link("something", "other"), None);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_folder_without_the_library_is_no_standard_library() {
        assert!(!has_std(None));
        assert!(!has_std(Some(std::env::temp_dir().join("surely-not-a-folder"))));
    }
}
