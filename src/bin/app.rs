//! The page's entry.

#[cfg(target_arch = "wasm32")]
fn main() {
    let Some(root) = gloo::utils::document().get_element_by_id("page") else {
        web_sys::console::error_1(&"index.html has no element #page".into());
        return;
    };
    yew::Renderer::<lossmask::app::Page>::with_root(root).render();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this is the page's entry; build it for the browser with `cargo xtask build`");
    std::process::exit(2);
}
