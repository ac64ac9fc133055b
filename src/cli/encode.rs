//! `lossmask encode`: ids and offsets of JSON strings, one a line.

use std::io::Write;

use serde_json::json;

use super::flags::Flags;
use super::input::{self, File};
use super::{Clean, Stop, diagnostics, json as lines};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::engine::Engine;
use crate::span::Span;

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    let mut engine = Engine::new();
    let id = input::tokenizer_of(flags, &mut engine)?;
    let tokenizer =
        engine.tokenizer(&id).ok_or_else(|| Stop::Usage(format!("there is no tokenizer `{id}`")))?;
    let file = File::read(flags.file.as_deref().unwrap_or("-"))?;
    let mut clean = true;
    let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
    let mut start = file.text.len() - text.len();
    for line in text.split_inclusive('\n') {
        let place = Span::new(start, start + line.trim_end().len());
        start += line.len();
        if line.trim().is_empty() {
            continue;
        }
        let encoded = serde_json::from_str::<String>(line)
            .map_err(|error| not_a_string(&error))
            .and_then(|text| tokenizer.encode(&text));
        match encoded {
            Ok(encoding) if flags.json => {
                lines::line(out, &json!({"ids": encoding.ids, "offsets": encoding.offsets}))?;
            }
            Ok(encoding) => {
                let ids: Vec<_> = encoding.ids.iter().map(ToString::to_string).collect();
                writeln!(out, "{}", ids.join(" "))?;
            }
            Err(error) => clean &= diagnostics::print([&error.at(Source::Dialogue, place)], &file),
        }
    }
    Ok(clean)
}

fn not_a_string(error: &serde_json::Error) -> Diagnostic {
    let message = Bilingual::new(
        format!("expected one JSON string: {error}"),
        format!("此处应为一个 JSON 字符串：{error}"),
    );
    let hint = Bilingual::fixed("write the text in double quotes", "请用双引号括住文本");
    Diagnostic::new(Severity::Error, "not-a-json-string", message).hint(hint)
}
