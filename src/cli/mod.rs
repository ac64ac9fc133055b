//! The native command, `lossmask`: the same engine as the page, for scripts and CI.
//!
//! Exit status 0 is success, 1 is an error in what was read, 2 is a wrong call.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use flags::Flags;

mod batch;
mod check;
mod compare;
mod diagnostics;
mod encode;
mod explain;
mod export;
mod flags;
mod input;
mod json;
mod lists;
mod loss;
mod parse;
mod render;
mod show;

/// How a command ended, apart from success.
#[derive(Debug)]
enum Stop {
    /// A wrong call, and what is wrong with it.
    Usage(String),
    /// An error in what was read, as it is printed.
    Input(String),
    /// The output can't be written.
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<lexopt::Error> for Stop {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

/// Whether a command met no error in what it read.
type Clean = Result<bool, Stop>;

/// A command.
type Run = fn(&Flags, &mut dyn Write) -> Clean;

/// Runs the command and returns its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let stdout = io::stdout();
    let mut out = BufWriter::new(stdout.lock());
    let clean = dispatch(arguments, &mut out).and_then(|clean| {
        out.flush()?;
        Ok(clean)
    });
    match clean {
        Ok(true) => 0,
        Ok(false) => 1,
        // Whoever reads the output has had enough of it.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(Stop::Output(error)) => {
            eprintln!("lossmask: can't write: {error}");
            1
        }
        Err(Stop::Input(message)) => {
            eprintln!("{message}");
            1
        }
        Err(Stop::Usage(message)) => {
            eprintln!("lossmask: {message}\nhint: `lossmask --help` lists the commands and their flags");
            2
        }
    }
}

fn dispatch(arguments: impl IntoIterator<Item = OsString>, out: &mut dyn Write) -> Clean {
    use lexopt::prelude::*;
    let mut parser = lexopt::Parser::from_args(arguments);
    let command = match parser.next()? {
        None => return Err(Stop::Usage("which command?".to_owned())),
        Some(Long("help") | Short('h')) => return print(out, HELP),
        Some(Long("version") | Short('V')) => {
            return print(out, concat!("lossmask ", env!("CARGO_PKG_VERSION"), "\n"));
        }
        Some(Value(command)) => command.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    let (run, allowed): (Run, &[&str]) = match command.as_str() {
        "explain" => (explain::run, &explain::FLAGS),
        "export" => (export::run, &export::FLAGS),
        "compare" => (compare::run, &compare::FLAGS),
        "batch" => (batch::run, &batch::FLAGS),
        "parse" => (parse::run, &parse::FLAGS),
        "render" => (render::run, &render::FLAGS),
        "encode" => (encode::run, &["tokenizer", "json"]),
        "loss" => (loss::run, &["json"]),
        "check" => (check::run, &check::FLAGS),
        "recipes" => (lists::recipes, &["json"]),
        "templates" => (lists::templates, &["json"]),
        "help" => return print(out, HELP),
        other => return Err(Stop::Usage(format!("there is no command `{other}`"))),
    };
    match Flags::parse(&mut parser, &command, allowed)? {
        Some(flags) => run(&flags, out),
        None => print(out, HELP),
    }
}

fn print(out: &mut dyn Write, text: &str) -> Clean {
    out.write_all(text.as_bytes())?;
    Ok(true)
}

const HELP: &str = "\
lossmask: which tokens a fine-tuning run trains

lossmask explain FILE     the samples of a dialogue: ids, labels and why
lossmask compare FILE     the samples of every recipe side by side: how much each trains
lossmask batch FILE       the samples as a trainer cuts, pads or packs them, and what each position predicts
lossmask export FILE      a Python program for the trainer, or the samples as a file (--as)
lossmask parse FILE       the conversations that were read
lossmask render FILE      the text that the chat template makes
lossmask encode [FILE]    ids and offsets of JSON strings, one a line
lossmask loss [FILE]      masked cross-entropy of logits and labels, and its gradient
lossmask check            what a chat template does that a training run will notice
lossmask recipes          the recipes and their options
lossmask templates        the chat templates that come with the program

FILE is a path, or `-` for standard input.

  --format ID               parse: the format to read the dialogue in (the one that fits best)
  --as FORM                 export: python, jsonl, tsv, html, svg or config
  --sample N                export: only this sample of each conversation, from 0
  --recipe ID               explain, export, batch: the rule that builds the samples (per-turn)
  --set KEY=VALUE           explain, export, batch: an option of the recipe; repeatable
  --ignore-index N          explain, export, compare: the label of a masked position (-100)
  --template ID|FILE        explain, export, compare, batch, render, check: a chat template (the tokenizer's own, else plain)
  --tokenizer ID|PATH       explain, export, compare, batch, render, encode, check: a tokenizer.json, or a folder with one (lossmask)
  --now TIME                explain, export, compare, batch, render, check: what strftime_now sees, as 2026-01-31T09:05:07 (the local time)
  --var KEY=JSON            explain, export, compare, batch, render: a variable of the template; repeatable
  --transformers 4|5        explain, export, compare, render: which version prepares the messages (5)
  --way ID                  batch: language-modeling, seq2seq, flattening, trl, trl-padding-free, trl-bfd, trl-bfd-split,
                            trl-wrapped, multipack, multipack-sequential, llama-factory or neat (trl)
  --max-length N            batch: the tokens of a sample, or of a packed row (no limit)
  --truncation MODE         batch: keep_start, keep_end or drop (what the way does)
  --padding-side SIDE       batch: right or left (right)
  --pad TOKEN|eos           batch: what rows are padded with (the tokenizer's pad_token)
  --pad-to-multiple-of N    batch: rows are padded to a multiple of N
  --batch-size N            batch: samples, or packed rows, in a batch (8)
  --add-generation-prompt   render: end with the header of the assistant's next turn
  --json                    one JSON object a line
  --help, --version

Exit status: 0 success, 1 an error in what was read, 2 a wrong call.
";
