//! Text that a chat template rendered, read back into messages.
//!
//! `families` lists the markers of each family of templates, `scan` is the one reader of them all, and `harmony` says
//! what the headers of `gpt-oss` mean. Tool calls and `<think>` inside a reply stay as they were rendered.

mod families;
mod harmony;
mod scan;

pub(super) use families::{CHATML, COHERE, DEEPSEEK, GEMMA, HARMONY, INST, LLAMA3, ROLE_TAGS};
