//! `lossmask loss`: masked cross-entropy of logits and labels, with its gradient.

use std::io::Write;

use serde::{Deserialize, Serialize};

use super::flags::Flags;
use super::input::File;
use super::{Clean, diagnostics, json as lines};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::loss::{Reduction, Targets, Value, cross_entropy_backward};
use crate::span::Span;

/// What is read, one JSON object after the other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    logits: Vec<Vec<f32>>,
    labels: Vec<i64>,
    #[serde(default = "usual_ignore_index")]
    ignore_index: i64,
    #[serde(default)]
    reduction: Reduction,
    weights: Option<Vec<f32>>,
    #[serde(default)]
    shift: bool,
}

const fn usual_ignore_index() -> i64 {
    -100
}

/// What is printed; the order of the fields is the contract's. NaN is written as null.
#[derive(Serialize)]
struct Output<'a> {
    loss: Value,
    per_token: Vec<f32>,
    count: usize,
    grad: Vec<&'a [f32]>,
}

pub(super) fn run(flags: &Flags, out: &mut dyn Write) -> Clean {
    let file = File::read(flags.file.as_deref().unwrap_or("-"))?;
    let mut clean = true;
    let mut objects = serde_json::Deserializer::from_str(&file.text).into_iter::<Input>();
    let mut any = false;
    loop {
        let start = objects.byte_offset();
        let Some(input) = objects.next() else { break };
        any = true;
        match input {
            Ok(input) => {
                let text = &file.text[start..objects.byte_offset()];
                if let Err(error) = answer(&input, flags, &file, out)? {
                    let place = place(text, &error).map(|at| Span::at(start + at));
                    clean &= diagnostics::print(
                        [&error.at(Source::Dialogue, place.unwrap_or(Span::at(start)))],
                        &file,
                    );
                }
            }
            Err(error) => {
                clean &= diagnostics::print([&unreadable(&error, &file.text)], &file);
                break;
            }
        }
    }
    if !any {
        let message = Bilingual::fixed("there is no JSON object to read", "没有可读取的 JSON 对象");
        let empty = Diagnostic::new(Severity::Error, "loss-input", message).hint(shape());
        clean &= diagnostics::print([&empty.at(Source::Dialogue, Span::at(0))], &file);
    }
    Ok(clean)
}

/// Prints what an object comes to, or gives what is wrong with it.
fn answer(
    input: &Input,
    flags: &Flags,
    file: &File,
    out: &mut dyn Write,
) -> Result<Result<(), Diagnostic>, super::Stop> {
    let vocabulary = input.logits.first().map_or(0, Vec::len);
    if let Some(row) = input.logits.iter().position(|row| row.len() != vocabulary) {
        return Ok(Err(ragged(row, input.logits[row].len(), vocabulary)));
    }
    let targets = Targets {
        labels: &input.labels,
        weights: input.weights.as_deref(),
        ignore_index: input.ignore_index,
        shift: input.shift,
    };
    let mut grad = input.logits.concat();
    let loss = match cross_entropy_backward(&mut grad, vocabulary, &targets, input.reduction) {
        Ok(loss) => loss,
        Err(error) => return Ok(Err(error)),
    };
    if let Some(why) = loss.explain() {
        diagnostics::print([&why], file);
    }
    if flags.json {
        let grad = grad.chunks_exact(vocabulary.max(1)).collect();
        let output = Output { loss: loss.value, per_token: loss.per_token, count: loss.count, grad };
        lines::line(out, &output)?;
        return Ok(Ok(()));
    }
    match &loss.value {
        Value::One(value) => writeln!(out, "loss {value} over {} labels", loss.count)?,
        Value::Each(each) => writeln!(out, "loss {each:?} over {} labels", loss.count)?,
    }
    for (at, term) in loss.per_token.iter().enumerate() {
        writeln!(out, "{:>8} {:>8} {term:.6}", at, input.labels[at + usize::from(input.shift)])?;
    }
    Ok(Ok(()))
}

fn ragged(row: usize, found: usize, expected: usize) -> Diagnostic {
    let message = Bilingual::new(
        format!("row {row} of the logits has {found} numbers, the rows before it have {expected}"),
        format!("logits 第 {row} 行有 {found} 个数，而前面各行有 {expected} 个"),
    );
    let hint = Bilingual::fixed(
        "give every position one logit for each entry of the vocabulary",
        "每个位置都应为词表中的每一项给出一个 logit",
    );
    Diagnostic::new(Severity::Error, "loss-shape", message).hint(hint).tokens([row as u32])
}

fn unreadable(error: &serde_json::Error, text: &str) -> Diagnostic {
    let line_start =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let at = (line_start + error.column().saturating_sub(1)).min(text.len());
    // The place that the library adds to its own words is shown in front of them.
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let message = Bilingual::new(words, format!("无法读取：{words}"));
    Diagnostic::new(Severity::Error, "loss-input", message).hint(shape()).at(Source::Dialogue, Span::at(at))
}

fn shape() -> Bilingual {
    const SHAPE: &str = r#"{"logits": [[…], …], "labels": […], "ignore_index": -100, "reduction": "mean"|"sum"|"none", "weights": […], "shift": true|false}"#;
    Bilingual::new(format!("write {SHAPE}"), format!("请写成 {SHAPE}"))
}

/// Where in the object the position stands that an error speaks of, in bytes.
fn place(object: &str, error: &Diagnostic) -> Option<usize> {
    let field = match &*error.code {
        "label-out-of-range" => "labels",
        "bad-weight" => "weights",
        _ => "logits",
    };
    element(object, field, *error.tokens.first()? as usize)
}

/// Where an element of an array begins, in a JSON object that is known to be one with only arrays of numbers in it.
fn element(object: &str, field: &str, index: usize) -> Option<usize> {
    let start = object.find(&format!("\"{field}\""))?;
    let mut depth = 0;
    let mut commas = 0;
    for (at, byte) in object.bytes().enumerate().skip(start) {
        match byte {
            b'[' => depth += 1,
            b']' => depth -= 1,
            b',' if depth == 1 => commas += 1,
            _ if byte.is_ascii_whitespace() => continue,
            _ if depth == 0 => continue,
            _ => {}
        }
        let begins = if byte == b'[' { depth == 2 } else { depth == 1 && !matches!(byte, b',' | b']') };
        if begins && commas == index {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_an_element_is_its_first_byte() {
        let object = r#"{"logits": [[1, 2], [3]], "labels": [ 10,
            -7, 3]}"#;
        let at = |field, index| element(object, field, index).map(|at| &object[at..at + 2]);
        assert_eq!(at("labels", 0), Some("10"));
        assert_eq!(at("labels", 1), Some("-7"));
        assert_eq!(at("labels", 3), None);
        assert_eq!(at("logits", 1), Some("[3"));
        assert_eq!(at("weights", 0), None);
    }
}
