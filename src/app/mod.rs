//! The page: what is drawn and what is kept is pure and tested natively; what touches the browser is wasm only.

pub mod cells;
pub mod compare;
pub mod dataset;
pub mod history;
pub mod i18n;
pub mod jinja;
pub mod kept;
pub mod lab;
pub mod lesson;
pub mod link;
pub mod state;
pub mod table;
pub mod wire;

#[cfg(target_arch = "wasm32")]
pub mod codec;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
pub mod desk;
#[cfg(target_arch = "wasm32")]
mod lab_desk;
#[cfg(target_arch = "wasm32")]
pub mod lab_worker;
#[cfg(target_arch = "wasm32")]
pub mod platform;
#[cfg(target_arch = "wasm32")]
pub mod worker;

#[cfg(target_arch = "wasm32")]
pub use components::page::Page;

/// The build that page and worker belong to; a worker of another build is replaced.
pub const BUILD: &str = match option_env!("LOSSMASK_BUILD") {
    Some(build) => build,
    None => "development",
};

/// The folder beside the page that has the tokenizers it can load.
pub const TOKENIZER_FOLDER: &str = "tokenizers";
