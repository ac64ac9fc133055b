//! The page's entry.

#[cfg(target_arch = "wasm32")]
fn main() {
    let Some(root) = gloo::utils::document().get_element_by_id("page") else {
        web_sys::console::error_1(&"index.html has no element #page".into());
        return;
    };
    // In a task of its own: with the start of the wasm it would be a long one, and the browser would answer nothing.
    gloo::timers::callback::Timeout::new(0, || {
        yew::Renderer::<lossmask::app::Page>::with_root(root).render();
    })
    .forget();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this is the page's entry; build it for the browser with `cargo xtask build`");
    std::process::exit(2);
}
