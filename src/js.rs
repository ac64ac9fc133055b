//! What the JavaScript package says and hears, as plain values: the fields of a call, and those of an answer.
//!
//! The names are those of the native command's JSON; offsets are UTF-16, as JavaScript counts. The few lines that a browser
//! or Node calls are in `bin/js.rs`.

use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::dialogue;
use crate::engine::{self, EMBEDDED, Engine, Request};
use crate::recipe::{Outcome, Sample};
use crate::template::{self, Owner};
use crate::tokenizer::{Files, Tokenizer};

pub use call::Call;
use call::{has_conversation, known_format, text};
pub use compiled::{ChatTemplate, CompileOptions};
pub use lists::{OptionInfo, RecipeInfo, TemplateInfo, recipes, templates};
use utf16::Utf16;

mod call;
mod compiled;
mod lists;
#[cfg(test)]
mod tests;
mod utf16;

/// What [`analyze`] answers.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The format of the dialogue, where one was recognised.
    pub format: Option<String>,
    /// Where the template is from: `tokenizer`, `custom`, or an id of the catalog.
    pub template: String,
    /// The samples.
    pub samples: Vec<SampleValue>,
    /// The samples that the trainer would leave out.
    pub dropped: Vec<Dropped>,
    /// What concerns the dialogue, the template or the options.
    pub diagnostics: Vec<Finding>,
}

/// A sample, as flat arrays that align with `input_ids`.
#[derive(Debug, Serialize)]
pub struct SampleValue {
    conversation: usize,
    sample: usize,
    text: String,
    input_ids: Vec<u32>,
    attention_mask: Vec<u8>,
    labels: Vec<i64>,
    weights: Vec<f32>,
    /// UTF-16 offsets of `text`.
    offsets: Vec<[u32; 2]>,
    owners: Vec<Owner>,
    /// Runs of tokens, and why they are trained or masked.
    reasons: Vec<ReasonValue>,
    diagnostics: Vec<Finding>,
}

/// Why the tokens `from..to` are trained or masked.
#[derive(Debug, Serialize)]
pub struct ReasonValue {
    from: u32,
    to: u32,
    why: String,
    why_zh: String,
}

/// A sample that the trainer would leave out, and why.
#[derive(Debug, Serialize)]
#[allow(clippy::struct_field_names, reason = "the native command's JSON has this name")]
pub struct Dropped {
    conversation: usize,
    dropped: String,
    dropped_zh: String,
    diagnostics: Vec<Finding>,
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct Finding {
    code: String,
    severity: Severity,
    message: String,
    message_zh: String,
    hint: Option<String>,
    hint_zh: Option<String>,
    tokens: Vec<u32>,
    /// The text that it points into.
    source: Option<Source>,
    /// UTF-16 offsets of that text.
    place: Option<[u32; 2]>,
}

/// The text of a conversation, or why there is none.
#[derive(Debug, Serialize)]
pub struct RenderValue {
    conversation: usize,
    text: Option<String>,
    /// UTF-16 offsets of what `{% generation %}` marks.
    generation_spans: Vec<[u32; 2]>,
    diagnostics: Vec<Finding>,
}

/// Ids and UTF-16 offsets.
#[derive(Debug, Serialize)]
pub struct Encoded {
    ids: Vec<u32>,
    offsets: Vec<[u32; 2]>,
}

/// A conversation in the shape of `OpenAI`'s messages.
#[derive(Debug, Serialize)]
pub struct Parsed {
    format: Option<String>,
    messages: Value,
    tools: Option<Value>,
    diagnostics: Vec<Finding>,
}

/// The texts that findings point into.
struct Texts {
    dialogue: Utf16,
    template: Utf16,
}

impl Texts {
    fn finding(&self, found: Diagnostic, rendered: Option<&Utf16>) -> Finding {
        let places = |source| match source {
            Source::Dialogue => Some(&self.dialogue),
            Source::Template => Some(&self.template),
            Source::Rendered => rendered,
            Source::Tokenizer => None,
        };
        let place = found.place.and_then(|(source, span)| Some(places(source)?.span(span)));
        let hint = found.hint;
        Finding {
            code: found.code.into_owned(),
            severity: found.severity,
            message: found.message.en.into_owned(),
            message_zh: found.message.zh.into_owned(),
            hint: hint.as_ref().map(|hint| hint.en.to_string()),
            hint_zh: hint.map(|hint| hint.zh.into_owned()),
            tokens: found.tokens,
            source: found.place.map(|(source, _)| source),
            place,
        }
    }

    fn findings(&self, found: Vec<Diagnostic>, rendered: Option<&Utf16>) -> Vec<Finding> {
        found.into_iter().map(|found| self.finding(found, rendered)).collect()
    }
}

/// Makes the samples of a dialogue.
pub fn analyze(engine: &mut Engine, call: &Call, clock: NaiveDateTime) -> Result<Answer, String> {
    let request = call.request(clock)?;
    let report = engine.analyze(&request);
    has_conversation(call, &report)?;
    let texts = texts(&request, report.template_source.as_deref());
    let mut answer = Answer {
        format: report.format,
        template: report.template_id,
        samples: Vec::new(),
        dropped: Vec::new(),
        diagnostics: texts.findings(report.diagnostics, None),
    };
    for conversation in report.conversations {
        answer.diagnostics.extend(texts.findings(conversation.diagnostics, None));
        let mut number = 0;
        for outcome in conversation.outcomes {
            match outcome {
                Outcome::Sample(sample) => {
                    answer.samples.push(texts.sample(conversation.index, number, sample));
                    number += 1;
                }
                Outcome::Dropped { why, diagnostics } => answer.dropped.push(Dropped {
                    conversation: conversation.index,
                    dropped: why.en.into_owned(),
                    dropped_zh: why.zh.into_owned(),
                    diagnostics: texts.findings(diagnostics, None),
                }),
            }
        }
    }
    Ok(answer)
}

/// Renders conversations with the template, whole.
pub fn render(engine: &mut Engine, call: &Call, clock: NaiveDateTime) -> Result<Vec<RenderValue>, String> {
    let request = call.request(clock)?;
    let (report, rendered) = engine.render(&request, call.add_generation_prompt);
    has_conversation(call, &report)?;
    let texts = texts(&request, report.template_source.as_deref());
    if report.conversations.is_empty() || rendered.is_empty() {
        let diagnostics = texts.findings(report.diagnostics, None);
        return Ok(vec![RenderValue {
            conversation: 0,
            text: None,
            generation_spans: Vec::new(),
            diagnostics,
        }]);
    }
    let one = |(conversation, rendered): (&engine::ConversationReport, Result<_, _>)| {
        let (text, spans, error) = match rendered {
            Ok(template::Rendered { text, generation, .. }) => (Some(text), generation, None),
            Err(error) => (None, Vec::new(), Some(error)),
        };
        let found = conversation.diagnostics.iter().cloned().chain(error).collect();
        RenderValue {
            conversation: conversation.index,
            generation_spans: text.as_deref().map(|text| Utf16::of(text).spans(&spans)).unwrap_or_default(),
            text,
            diagnostics: texts.findings(found, None),
        }
    };
    Ok(report.conversations.iter().zip(rendered).map(one).collect())
}

/// Reads a dialogue: text, or the value that such a text would hold.
pub fn parse(dialogue: &Value, format: Option<&str>) -> Result<Vec<Parsed>, String> {
    known_format(format)?;
    let dialogue = text(dialogue);
    let read = dialogue::read_as(&dialogue, format);
    let texts = Texts { dialogue: Utf16::of(&dialogue), template: Utf16::of("") };
    let (general, mut of) = engine::findings(&read);
    let mut parsed: Vec<Parsed> = Vec::new();
    for (index, conversation) in read.conversations.iter().enumerate() {
        parsed.push(Parsed {
            format: read.format.map(str::to_owned),
            messages: conversation.messages_to_json(),
            tools: conversation.tools.as_ref().map(dialogue::Value::to_json),
            diagnostics: texts.findings(of.remove(&index).unwrap_or_default(), None),
        });
    }
    if let Some(first) = parsed.first_mut() {
        first.diagnostics.extend(texts.findings(general, None));
    } else {
        let diagnostics = texts.findings(general, None);
        parsed.push(Parsed { format: None, messages: Value::Array(Vec::new()), tools: None, diagnostics });
    }
    Ok(parsed)
}

/// Encodes a text as it stands, without special tokens.
pub fn encode(engine: &mut Engine, text: &str, tokenizer: Option<&str>) -> Result<Encoded, String> {
    let encoding =
        engine.encode(tokenizer.unwrap_or(EMBEDDED), text).map_err(|error| error.message.en.into_owned())?;
    Ok(Encoded { offsets: Utf16::of(text).spans(&encoding.offsets), ids: encoding.ids })
}

/// The ids of a text as it stands, for who needs nothing else.
pub fn encode_ids(engine: &mut Engine, text: &str, tokenizer: Option<&str>) -> Result<Vec<u32>, String> {
    let encoding = engine.encode(tokenizer.unwrap_or(EMBEDDED), text);
    Ok(encoding.map_err(|error| error.message.en.into_owned())?.ids)
}

/// Loads a tokenizer under an id, and says how many entries it has.
pub fn load_tokenizer(engine: &mut Engine, id: &str, files: &Files<'_>) -> Result<usize, String> {
    let tokenizer = Tokenizer::from_files(files).map_err(|error| {
        let hint = error.hint.map(|hint| format!(" ({})", hint.en)).unwrap_or_default();
        format!("{}{hint}", error.message.en)
    })?;
    let entries = tokenizer.vocab_size();
    engine.add_tokenizer(id, tokenizer);
    Ok(entries)
}

fn texts(request: &Request, template: Option<&str>) -> Texts {
    Texts { dialogue: Utf16::of(&request.dialogue), template: Utf16::of(template.unwrap_or_default()) }
}

impl Texts {
    fn sample(&self, conversation: usize, number: usize, sample: Sample) -> SampleValue {
        let places = Utf16::of(&sample.text);
        let reasons = sample.trail.into_iter().map(|reason| ReasonValue {
            from: reason.from,
            to: reason.to,
            why: reason.why.en.into_owned(),
            why_zh: reason.why.zh.into_owned(),
        });
        SampleValue {
            conversation,
            sample: number,
            offsets: places.spans(&sample.offsets),
            reasons: reasons.collect(),
            diagnostics: self.findings(sample.diagnostics, Some(&places)),
            text: sample.text,
            input_ids: sample.input_ids,
            attention_mask: sample.attention_mask,
            labels: sample.labels,
            weights: sample.weights,
            owners: sample.owners,
        }
    }
}
