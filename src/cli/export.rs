//! `lossmask export`: files of a dialogue's samples, and programs that have the trainer make them.

use std::io::Write;

use super::flags::Flags;
use super::input::{self, File};
use super::{Clean, Stop, explain};
use crate::engine::{Engine, Report};
use crate::export::{Form, export};

/// The flags it takes.
pub(super) const FLAGS: [&str; 10] =
    ["as", "sample", "recipe", "set", "now", "var", "template", "tokenizer", "transformers", "ignore-index"];

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    let known = Form::ALL.map(Form::id).join(", ");
    let form = match flags.form.as_deref() {
        None => return Err(Stop::Usage(format!("`--as` what? One of: {known}"))),
        Some(id) => {
            Form::find(id).ok_or_else(|| Stop::Usage(format!("`--as {id}` should be one of: {known}")))?
        }
    };
    if flags.sample.is_some() && !form.is_of_samples() {
        let takes: Vec<_> = Form::ALL.into_iter().filter(|form| form.is_of_samples()).map(Form::id).collect();
        let takes = takes.join(", ");
        return Err(Stop::Usage(format!("`--sample` goes with {takes}, not with {}", form.id())));
    }
    let mut engine = Engine::new();
    let file = File::named_by(flags)?;
    let (request, name) = input::request(flags, file.text.clone(), &mut engine)?;
    let found = match export(&mut engine, &request, form, flags.sample) {
        Ok(made) => {
            out.write_all(made.text.as_bytes())?;
            made.missing
        }
        Err(error) => vec![error],
    };
    let template = input::template(&mut engine, &request, name);
    explain::general(&Report { diagnostics: found, ..Report::default() }, &file, &template)
}
