//! The worker's entry.

#[cfg(target_arch = "wasm32")]
fn main() {
    use gloo::worker::Registrable;
    lossmask::app::worker::Analyst::registrar().encoding::<lossmask::app::codec::Bytes>().register();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this is the worker's entry; build it for the browser with `cargo xtask build`");
    std::process::exit(2);
}
