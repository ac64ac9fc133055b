//! `cargo xtask tokenizer`: trains the small tokenizer that is part of the program, from the texts its script names.

use crate::run::{Done, cargo, run, step};

pub(crate) fn command(args: &[String]) -> Done {
    step("training the embedded tokenizer", || {
        let mut command = cargo("run --release --locked --example train_tokenizer --".split(' '));
        run(command.args(args))
    })
}
