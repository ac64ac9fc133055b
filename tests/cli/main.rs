//! The native command as scripts call it.

#![cfg(not(target_arch = "wasm32"))]

mod explain;
mod inputs;
mod rows;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const POEMS: &str = r#"dialogue = [
    {"role": "user", "content": "帮我写一首诗。"},
    {"role": "assistant", "content": "春风拂面花开放，碧水潺潺鸟语香。愿君此间常驻足，心随美景共徜徉。"},
    {"role": "user", "content": "再写一首关于夏天的。"},
    {"role": "assistant", "content": "夏日炎炎荷满塘，蝉鸣树梢午梦长。轻摇蒲扇寻凉意，一片冰心在玉壶。"}
]
"#;

const SPRING: &str = "春风拂面花开放，碧水潺潺鸟语香。愿君此间常驻足，心随美景共徜徉。";
const SUMMER: &str = "夏日炎炎荷满塘，蝉鸣树梢午梦长。轻摇蒲扇寻凉意，一片冰心在玉壶。";

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lossmask"))
        .args(arguments)
        .env_remove("LOSSMASK_TOKENIZERS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A call that is wrong does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// The lines of a call that must succeed.
fn lines(arguments: &[&str], input: &str) -> Vec<Value> {
    let output = run(arguments, input);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The bytes of a sample's text that its trained tokens cover.
fn trained(sample: &Value) -> String {
    let text = sample["text"].as_str().unwrap();
    let mut covered = vec![false; text.len()];
    for (offset, label) in
        sample["offsets"].as_array().unwrap().iter().zip(sample["labels"].as_array().unwrap())
    {
        let [start, end] = [0, 1].map(|at| offset[at].as_u64().unwrap() as usize);
        if label != -100 {
            covered[start..end].fill(true);
        }
    }
    let bytes = text.bytes().zip(covered).filter(|(_, covered)| *covered).map(|(byte, _)| byte).collect();
    String::from_utf8(bytes).unwrap()
}

/// A file of this test run.
fn temporary(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}
