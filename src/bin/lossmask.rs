//! The native command: what the page shows, for scripts and CI.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    lossmask::cli::run(std::env::args_os().skip(1)).into()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
