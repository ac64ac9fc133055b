//! Any text is read without panic, and with every place inside it.
#![no_main]

#[path = "../../tests/support/dialogue_holds.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use lossmask::dialogue::{read, read_as};

fuzz_target!(|pasted: &str| {
    let found = read(pasted);
    support::holds(pasted, &found).unwrap();
    for (format, _) in &found.candidates {
        support::holds(pasted, &read_as(pasted, Some(format))).unwrap();
    }
});
