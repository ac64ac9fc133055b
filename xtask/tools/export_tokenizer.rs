//! Writes the embedded tokenizer as a folder that other programs read: `export_tokenizer FOLDER`.
//!
//! The oracles in `tests/oracle/` run the trainers with it, so that what they answer can be checked without a download.

use std::path::Path;
use std::{env, fs, io};

use lossmask::tokenizer::embedded_json;

const CONFIG: &str = r#"{
  "tokenizer_class": "PreTrainedTokenizerFast",
  "eos_token": "<|im_end|>",
  "pad_token": "<|endoftext|>",
  "clean_up_tokenization_spaces": false
}
"#;

fn main() -> io::Result<()> {
    let Some(folder) = env::args().nth(1) else {
        return Err(io::Error::other("usage: export_tokenizer FOLDER"));
    };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("tokenizer.json"), embedded_json())?;
    fs::write(folder.join("tokenizer_config.json"), CONFIG)
}
