//! `cargo xtask`: everything that has to be done with this repository, in one command without dependencies.

mod bench;
mod build;
mod docs;
mod licences;
mod node;
mod npm;
mod offline;
mod package;
mod paths;
mod run;
mod rust_wasm;
mod serve;
mod setup;
mod shots;
mod sizes;
mod static_files;
mod styles;
mod system;
mod test;
mod tokenizers;
mod tools;
mod train;
mod worker_names;

use std::process::ExitCode;

/// A command's name, its flags, what it does, and the function that does it.
struct Command {
    name: &'static str,
    flags: &'static str,
    about: &'static str,
    run: fn(&[String]) -> run::Done,
}

const COMMANDS: [Command; 8] = [
    Command {
        name: "serve",
        flags: "[--port N] [--base /PATH/] [--open] [--quick]",
        about: "install what is missing, build the page and serve it on this machine",
        run: serve::command,
    },
    Command {
        name: "test",
        flags: "",
        about: "format, lints, native tests, wasm tests in Chromium, end-to-end tests of the built page and the npm package",
        run: test::command,
    },
    Command {
        name: "build",
        flags: "[--quick]",
        about: "leave the static site in dist/ and check its size against the budgets",
        run: build::command,
    },
    Command {
        name: "setup",
        flags: "",
        about: "install the tools that are missing, and nothing else",
        run: setup::command,
    },
    Command {
        name: "bench",
        flags: "[NAME]",
        about: "measure and print a table; without a name, list what can be measured",
        run: bench::command,
    },
    Command {
        name: "shots",
        flags: "[--quick]",
        about: "take pictures of every view into target/shots, and those of the README into static/shots",
        run: shots::command,
    },
    Command {
        name: "package",
        flags: "",
        about: "build the npm package in target/package: the same engine for Node and for pages",
        run: package::command,
    },
    Command {
        name: "tokenizer",
        flags: "[FOLDER]",
        about: "train the small embedded tokenizer again; FOLDER keeps the downloaded texts",
        run: train::command,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = args.split_first().map_or(("help", &[][..]), |(name, rest)| (name.as_str(), rest));
    if matches!(name, "help" | "--help" | "-h") || rest.iter().any(|arg| arg == "--help" || arg == "-h") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("error: there is no command `{name}`\n\n{}", help());
        return ExitCode::from(2);
    };
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            if !message.is_empty() {
                eprintln!("error: {message}");
            }
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    use std::fmt::Write as _;
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for command in &COMMANDS {
        let call = format!("{} {}", command.name, command.flags);
        let _ = write!(text, "  {}\n      {}\n", call.trim_end(), command.about);
    }
    text += "\nflags\n  --port N      the port to serve on (8080)\n  --base /P/    serve below this path, as a static host may\n";
    text += "  --open        open the page in the default browser\n  --quick       compile in seconds and skip wasm-opt and the budgets; for work on the page\n";
    let _ = write!(text, "\ntools and downloads are kept in {}\n", paths::cache().display());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_command() {
        let text = help();
        for command in &COMMANDS {
            assert!(text.contains(command.name) && text.contains(command.about));
        }
    }
}
