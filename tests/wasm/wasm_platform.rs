//! What the page asks of the browser: storage, language, colours, the clock.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs)]

use gloo::storage::{LocalStorage, Storage};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use lossmask::app::i18n::Lang;
use lossmask::app::platform;
use lossmask::app::state::{Choices, Theme};

wasm_bindgen_test_configure!(run_in_browser);

const CHOICES: &str = "lossmask.v2.choices";

fn root(attribute: &str) -> Option<String> {
    gloo::utils::document_element().get_attribute(attribute)
}

#[wasm_bindgen_test]
fn what_was_chosen_is_there_after_it_was_kept() {
    LocalStorage::clear();
    assert_eq!(platform::choices(), Choices::default(), "nothing was kept yet");
    let choices = Choices {
        dialogue: "[\"春风\", '\u{1f469}\u{200d}\u{1f469}', \"\\u0000\"]\n\0".into(),
        recipe: "all-tokens".to_owned(),
        ignore_index: i64::MIN,
        ..Choices::default()
    };
    assert!(platform::keep(&choices));
    assert_eq!(platform::choices(), choices);
    LocalStorage::clear();
}

#[wasm_bindgen_test]
fn a_text_that_is_too_large_is_not_kept_and_spares_what_was() {
    LocalStorage::clear();
    let small = Choices { dialogue: "small".into(), ..Choices::default() };
    assert!(platform::keep(&small));
    let large = Choices { dialogue: "春".repeat(7_000_000).into(), ..Choices::default() };
    assert!(!platform::keep(&large));
    assert_eq!(platform::choices(), small);
    LocalStorage::clear();
}

#[wasm_bindgen_test]
fn a_storage_with_nonsense_in_it_gives_the_defaults() {
    for nonsense in ["", "{", "7", "null", "[1]", "{\"ignore_index\": \"x\"}"] {
        LocalStorage::raw().set_item(CHOICES, nonsense).unwrap();
        assert_eq!(platform::choices(), Choices::default(), "{nonsense}");
    }
    LocalStorage::clear();
}

#[wasm_bindgen_test]
fn the_language_is_the_one_that_was_chosen_last() {
    LocalStorage::clear();
    for lang in [Lang::Zh, Lang::En, Lang::Zh] {
        platform::set_lang(lang);
        assert_eq!(platform::lang(), lang);
        assert_eq!(root("lang").as_deref(), Some(lang.tag()));
    }
    assert!(gloo::utils::document().title().contains("微调"));
    LocalStorage::clear();
}

#[wasm_bindgen_test]
fn the_colours_are_those_that_were_chosen_last() {
    LocalStorage::clear();
    assert_eq!(platform::theme(), Theme::Auto);
    platform::set_theme(Theme::Dark);
    assert_eq!((platform::theme(), root("data-theme").as_deref()), (Theme::Dark, Some("dark")));
    assert!(platform::is_dark(Theme::Dark) && !platform::is_dark(Theme::Light));
    platform::set_theme(Theme::Light);
    assert_eq!((platform::theme(), root("data-theme").as_deref()), (Theme::Light, Some("light")));
    platform::set_theme(Theme::Auto);
    assert_eq!((platform::theme(), root("data-theme")), (Theme::Auto, None));
    assert_eq!(platform::is_dark(Theme::Auto), platform::matches("(prefers-color-scheme: dark)"));
    LocalStorage::clear();
}

#[wasm_bindgen_test]
fn the_root_element_says_how_far_the_page_is() {
    platform::set_progress("busy");
    assert_eq!(root("data-state").as_deref(), Some("busy"));
    platform::set_embed(true);
    assert_eq!(root("data-embed").as_deref(), Some(""));
    platform::set_embed(false);
    assert_eq!(root("data-embed"), None);
    assert!(!platform::embed(), "the address of the tests does not ask for it");
}

#[wasm_bindgen_test]
fn the_local_time_is_the_browsers_own() {
    let date = js_sys::Date::new_0();
    let local = date.get_time() - date.get_timezone_offset() * 60_000.0;
    let told = platform::local_time().and_utc().timestamp_millis() as f64;
    assert!((told - local).abs() < 5_000.0, "{told} is not {local}");
}
