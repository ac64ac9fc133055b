//! The lab in wasm gives the losses that it gives natively.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs)]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[path = "../lab/run.rs"]
mod run;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_run_in_the_browser_has_the_losses_of_a_native_one() {
    run::check();
}
