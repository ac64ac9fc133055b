//! The versions of the tools that the build uses, where they are kept, and how each is installed.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{Done, Result, cargo, run, step};
use crate::rust_wasm::WasmRust;
use crate::{node, npm, paths, system};

/// The newest Trunk that Rust 1.95 compiles.
const TRUNK: &str = "0.21.14";
/// Must be the version of the `wasm-bindgen` crate in Cargo.lock.
const WASM_BINDGEN: &str = "0.2.129";
/// The npm package with `wasm-opt`.
const BINARYEN: &str = "132.0.0";

/// A tool that cargo builds, kept in the cache under its version.
struct CargoTool {
    package: &'static str,
    folder: &'static str,
    version: &'static str,
    programs: &'static [&'static str],
    flags: &'static [&'static str],
}

const TRUNK_TOOL: CargoTool = CargoTool {
    package: "trunk",
    folder: "trunk",
    version: TRUNK,
    programs: &["trunk"],
    flags: &["--no-default-features", "--features", "rustls"],
};

const BINDGEN_TOOL: CargoTool = CargoTool {
    package: "wasm-bindgen-cli",
    folder: "wasm-bindgen",
    version: WASM_BINDGEN,
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    flags: &[],
};

impl CargoTool {
    fn root(&self) -> PathBuf {
        paths::cache().join(format!("{}-{}", self.folder, self.version))
    }

    fn bin(&self) -> PathBuf {
        self.root().join("bin")
    }

    fn is_there(&self) -> bool {
        let file = |program: &&str| self.bin().join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
        self.programs.iter().map(file).all(|file| file.is_file())
    }

    fn ensure(&self) -> Done {
        if self.is_there() {
            return Ok(());
        }
        step(&format!("compiling {} {} (some minutes, once)", self.package, self.version), || {
            // Without optimisation it is there three times as soon and still quick enough.
            let mut install = cargo(["install", "--quiet", "--debug", "--locked", self.package]);
            install.args(["--version", self.version]).args(self.flags).arg("--root").arg(self.root());
            run(install.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS"))
        })
    }
}

/// The tools of the build, all of them there.
pub(crate) struct Tools {
    /// The Rust that has a standard library for wasm.
    pub(crate) rust: WasmRust,
    /// The JavaScript runtime.
    pub(crate) node: PathBuf,
}

impl Tools {
    /// Finds the tools of the build and installs those that are missing.
    pub(crate) fn ensure() -> Result<Self> {
        let rust = WasmRust::ensure()?;
        let node = node::ensure()?;
        TRUNK_TOOL.ensure()?;
        BINDGEN_TOOL.ensure()?;
        npm::ensure_package("binaryen", BINARYEN, &binaryen())?;
        Ok(Self { rust, node })
    }

    /// A command that compiles for wasm or works on wasm: it sees our versions of the tools first.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        let (bindgen, trunk, opt) =
            (BINDGEN_TOOL.bin(), TRUNK_TOOL.bin(), binaryen().join("node_modules/.bin"));
        let file = [&bindgen, &trunk].map(|bin| bin.join(program)).into_iter().find(|file| file.is_file());
        let mut command = Command::new(file.unwrap_or_else(|| program.into()));
        command.current_dir(paths::root());
        let node = self.node.parent().unwrap_or(&opt);
        command.env("PATH", system::path_with([bindgen.as_path(), &trunk, &opt, node])?);
        self.rust.choose(&mut command);
        Ok(command)
    }
}

fn binaryen() -> PathBuf {
    paths::cache().join(format!("binaryen-{BINARYEN}"))
}

/// The program that runs wasm tests in a browser.
pub(crate) fn test_runner() -> PathBuf {
    BINDGEN_TOOL.bin().join("wasm-bindgen-test-runner")
}

/// The browser and its driver, for tests and measurements.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Finds Chromium and `ChromeDriver` and installs them where Debian's packages can.
    pub(crate) fn ensure() -> Result<Self> {
        const NAME: &str = "Chromium and ChromeDriver of one version";
        if let Some(browser) = Self::find() {
            return Ok(browser);
        }
        step("installing Chromium, ChromeDriver and a font with Chinese", || {
            system::apt_install(&["chromium", "chromium-driver", "fonts-noto-cjk"], NAME)
        })?;
        Self::find().ok_or_else(|| {
            format!("no browser was found; install {NAME}, or name them in CHROMIUM and CHROMEDRIVER")
        })
    }

    fn find() -> Option<Self> {
        let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
        let chromium = system::find("CHROMIUM", &names)?;
        Some(Self { chromium, driver: system::find("CHROMEDRIVER", &["chromedriver"])? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository_file(name: &str) -> String {
        String::from_utf8(paths::read(&paths::root().join(name)).unwrap()).unwrap()
    }

    #[test]
    fn the_command_and_the_crate_wasm_bindgen_are_one_version() {
        let lock = repository_file("Cargo.lock");
        assert!(lock.contains(&format!("name = \"wasm-bindgen\"\nversion = \"{WASM_BINDGEN}\"\n")));
    }

    #[test]
    fn trunk_is_told_the_same_versions() {
        let config = repository_file("Trunk.toml");
        let (number, _) = BINARYEN.split_once('.').unwrap();
        assert!(config.contains(&format!("wasm_bindgen = \"{WASM_BINDGEN}\"")));
        assert!(config.contains(&format!("wasm_opt = \"version_{number}\"")));
    }
}
