//! The entry of the loss lab's worker.

#[cfg(target_arch = "wasm32")]
fn main() {
    lossmask::app::lab_worker::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this is a worker's entry; build it for the browser with `cargo xtask build`");
    std::process::exit(2);
}
