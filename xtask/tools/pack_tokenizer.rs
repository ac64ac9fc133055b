//! Rewrites a tokenizer's files into the form that loads quickly: `pack_tokenizer IN_FOLDER OUT_FOLDER`.
//!
//! `tokenizer.json` becomes canonical and has no spare white space; of `tokenizer_config.json` only what lossmask
//! reads is kept.

use std::path::Path;
use std::{env, fs};

use lossmask::tokenizer::{Files, Tokenizer, pack};
use serde_json::Value;

/// What can go wrong, as text.
type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = env::args().skip(1);
    let (Some(from), Some(to), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: pack_tokenizer IN_FOLDER OUT_FOLDER".into());
    };
    let (from, to) = (Path::new(&from), Path::new(&to));
    let original = fs::read_to_string(from.join("tokenizer.json"))?;
    let packed = pack(&original).map_err(|problem| problem.message.en)?;
    let config = fs::read_to_string(from.join("tokenizer_config.json")).ok();
    let config = config.map(|text| smaller(&text)).transpose()?;

    let files = Files { tokenizer: &packed, config: config.as_deref(), ..Files::default() };
    let tokenizer = Tokenizer::from_files(&files).map_err(|problem| problem.message.en)?;
    fs::create_dir_all(to)?;
    fs::write(to.join("tokenizer.json"), &packed)?;
    if let Some(config) = &config {
        fs::write(to.join("tokenizer_config.json"), config)?;
    }
    println!(
        "{}: {} entries, {} bytes (from {})",
        to.join("tokenizer.json").display(),
        tokenizer.vocab_size(),
        packed.len(),
        original.len()
    );
    Ok(())
}

/// The keys of `tokenizer_config.json` that lossmask reads.
fn smaller(config: &str) -> Result<String, Failure> {
    let mut value: Value = serde_json::from_str(config)?;
    if let Some(object) = value.as_object_mut() {
        object.retain(|key, _| {
            key.ends_with("_token") || matches!(key.as_str(), "chat_template" | "added_tokens_decoder")
        });
    }
    Ok(value.to_string())
}
