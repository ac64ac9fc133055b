//! `lossmask export`: files of a dialogue's samples, and programs that have the trainer make them.

use std::io::Write;

use super::flags::Flags;
use super::input::{self, File};
use super::{Clean, Stop, diagnostics};
use crate::diagnostic::Source;
use crate::engine::Engine;
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
    let mut engine = Engine::new();
    let file = File::named_by(flags)?;
    let (request, name) = input::request(flags, file.text.clone(), &mut engine)?;
    match export(&mut engine, &request, form, flags.sample) {
        Ok(made) => {
            out.write_all(made.text.as_bytes())?;
            Ok(true)
        }
        Err(error) if diagnostics::is_wrong_call(&error) => Err(diagnostics::wrong_call(&error)),
        Err(error) if matches!(error.place, Some((Source::Template, _))) => {
            let text = engine.analyze(&request).template_source.unwrap_or_default();
            Ok(diagnostics::print([&error], &File { name, text }))
        }
        Err(error) => Ok(diagnostics::print([&error], &file)),
    }
}
