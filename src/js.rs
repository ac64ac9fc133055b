//! What the JavaScript package says and hears, as plain values: the fields of a call, and those of an answer.
//!
//! The names are those of the native command's JSON; offsets are UTF-16, as JavaScript counts. The few lines that a browser
//! or Node calls are in `bin/js.rs`.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::dialogue;
use crate::engine::{self, EMBEDDED, Engine, Request, TemplateChoice, moment};
use crate::recipe::catalog::RECIPES;
use crate::recipe::{OptionKind, OptionSpec, Outcome, Recipe, Sample};
use crate::span::Span;
use crate::template::{self, Owner, Preparation, catalog};
use crate::tokenizer::{Files, Tokenizer};

/// What a program asks for; every field but the dialogue may be left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Call {
    /// The dialogue: text in any format that is recognised, or the value that such a text would hold.
    pub dialogue: Value,
    /// The id of the format to read a text in.
    #[serde(default)]
    pub format: Option<String>,
    /// The recipe's id.
    #[serde(default)]
    pub recipe: Option<String>,
    /// Options of the recipe: text, numbers, booleans, or lists of them.
    #[serde(default)]
    pub options: BTreeMap<String, Value>,
    /// An id of the catalog, or the text of a template: whatever holds a `{`.
    #[serde(default)]
    pub template: Option<String>,
    /// The id of a tokenizer that was loaded; the embedded one where absent.
    #[serde(default)]
    pub tokenizer: Option<String>,
    /// The label of a masked position.
    #[serde(default)]
    pub ignore_index: Option<i64>,
    /// Only this conversation, from 0.
    #[serde(default)]
    pub conversation: Option<usize>,
    /// Further variables of the template.
    #[serde(default)]
    pub variables: BTreeMap<String, Value>,
    /// The major version of transformers that prepares the messages: 5, or 4.
    #[serde(default)]
    pub transformers: Option<u8>,
    /// The clock that the template sees, `2026-01-31T09:05:07`.
    #[serde(default)]
    pub now: Option<String>,
    /// For [`render`]: whether the text ends with the generation prompt.
    #[serde(default)]
    pub add_generation_prompt: bool,
}

impl Call {
    /// The request that it stands for; `clock` is the time where it names none.
    fn request(&self, clock: NaiveDateTime) -> Result<Request, String> {
        let named = self.now.as_deref().map(|now| moment(now).ok_or(NOT_A_MOMENT));
        let now = named.transpose()?.unwrap_or(clock);
        let template = match self.template.as_deref() {
            None => TemplateChoice::TokenizersOwn,
            Some(source) if source.contains('{') => TemplateChoice::Source(source.to_owned()),
            Some(id) => TemplateChoice::Catalog(id.to_owned()),
        };
        let default = Request::default();
        Ok(Request {
            dialogue: text(&self.dialogue),
            format: self.format.clone(),
            template,
            tokenizer: self.tokenizer.clone().unwrap_or(default.tokenizer),
            recipe: self.recipe.clone().unwrap_or(default.recipe),
            options: self.options.iter().map(|(name, value)| (name.clone(), option(value))).collect(),
            ignore_index: self.ignore_index.unwrap_or(default.ignore_index),
            now,
            variables: self.variables.iter().map(|(name, value)| (name.clone(), value.to_string())).collect(),
            preparation: if self.transformers == Some(4) { Preparation::V4 } else { Preparation::V5 },
            conversation: self.conversation,
        })
    }
}

const NOT_A_MOMENT: &str = "`now` is written like 2026-01-31T09:05:07";

/// A dialogue as text: a value is written as JSON.
fn text(dialogue: &Value) -> String {
    dialogue.as_str().map_or_else(|| dialogue.to_string(), str::to_owned)
}

/// An option as a command line would name it.
fn option(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        Value::Array(items) => items.iter().map(option).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

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

/// The UTF-16 places of a text.
struct Utf16(Vec<u32>);

impl Utf16 {
    fn of(text: &str) -> Self {
        let mut places = Vec::with_capacity(text.len() + 1);
        let mut at = 0;
        for character in text.chars() {
            places.extend(std::iter::repeat_n(at, character.len_utf8()));
            at += character.len_utf16() as u32;
        }
        places.push(at);
        Self(places)
    }

    fn place(&self, byte: usize) -> u32 {
        self.0.get(byte).or_else(|| self.0.last()).copied().unwrap_or_default()
    }

    fn span(&self, span: Span) -> [u32; 2] {
        [self.place(span.start), self.place(span.end)]
    }

    fn spans(&self, spans: &[Span]) -> Vec<[u32; 2]> {
        spans.iter().map(|span| self.span(*span)).collect()
    }
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

/// Reads a dialogue.
pub fn parse(dialogue: &str, format: Option<&str>) -> Vec<Parsed> {
    let read = dialogue::read_as(dialogue, format);
    let texts = Texts { dialogue: Utf16::of(dialogue), template: Utf16::of("") };
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
    parsed
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

/// A recipe that a call may name.
#[derive(Debug, Serialize)]
pub struct RecipeInfo {
    id: &'static str,
    title: &'static Bilingual,
    summary: &'static Bilingual,
    options: Vec<OptionInfo>,
}

/// An option of a recipe.
#[derive(Debug, Serialize)]
pub struct OptionInfo {
    name: &'static str,
    default: &'static str,
    /// What it may be, where that is a few words.
    choices: Option<&'static [&'static str]>,
}

/// Every recipe.
pub fn recipes() -> Vec<RecipeInfo> {
    let option = |option: &'static OptionSpec| OptionInfo {
        name: option.name,
        default: option.default,
        choices: match option.kind {
            OptionKind::Choice(choices) => Some(choices),
            _ => None,
        },
    };
    let one = |recipe: &'static &'static Recipe| RecipeInfo {
        id: recipe.id,
        title: &recipe.title,
        summary: &recipe.summary,
        options: recipe.options.iter().map(option).collect(),
    };
    RECIPES.iter().map(one).collect()
}

/// A template of the catalog.
#[derive(Debug, Serialize)]
pub struct TemplateInfo {
    id: &'static str,
    about: Bilingual,
    source: String,
}

/// Every template of the catalog.
pub fn templates() -> Vec<TemplateInfo> {
    let one = |entry: catalog::Entry| TemplateInfo {
        id: entry.id,
        source: entry.source().to_owned(),
        about: entry.about,
    };
    catalog::entries().into_iter().map(one).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn call(value: Value) -> Call {
        serde_json::from_value(value).unwrap()
    }

    fn asked(value: Value) -> Answer {
        analyze(&mut Engine::new(), &call(value), NaiveDateTime::default()).unwrap()
    }

    #[test]
    fn a_dialogue_may_be_a_value_or_the_text_of_one() {
        let talk = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "夏天😀!"}]);
        let [value, text] = [talk.clone(), json!(talk.to_string())].map(|dialogue| {
            let answer = asked(json!({"dialogue": dialogue, "template": "chatml", "recipe": "all-tokens"}));
            serde_json::to_value(&answer).unwrap()
        });
        assert_eq!(value, text);
        let sample = &value["samples"][0];
        let units: Vec<u16> = sample["text"].as_str().unwrap().encode_utf16().collect();
        let last = sample["offsets"].as_array().unwrap().last().unwrap();
        assert_eq!(last[1], units.len(), "the last token ends where JavaScript's text does");
        assert_eq!(sample["labels"].as_array().unwrap().len(), sample["input_ids"].as_array().unwrap().len());
        assert!(sample["reasons"][0]["why_zh"].is_string());
    }

    #[test]
    fn options_may_be_numbers_booleans_lists_and_none() {
        let talk = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]);
        let options = json!({"train_on_inputs": true, "roles_to_train": ["assistant", "user"]});
        let answer =
            asked(json!({"dialogue": talk, "template": "chatml", "recipe": "axolotl", "options": options}));
        assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
        assert!(answer.samples[0].weights.iter().filter(|weight| **weight > 0.0).count() > 4);
        assert_eq!(option(&Value::Null), "none");
    }

    #[test]
    fn whatever_is_wrong_is_an_answer_and_never_an_end() {
        for (wrong, code) in [
            (json!({"dialogue": "[{", "recipe": "axolotl"}), None),
            (json!({"dialogue": "", "recipe": "nobody's"}), Some("unknown-recipe")),
            (json!({"dialogue": null, "template": "nobody's"}), Some("unknown-template")),
            (json!({"dialogue": 7, "tokenizer": "nobody's"}), Some("unknown-tokenizer")),
        ] {
            let answer = asked(wrong.clone());
            assert!(answer.samples.is_empty());
            assert!(!answer.diagnostics.is_empty(), "{wrong}");
            let codes: Vec<_> = answer.diagnostics.iter().map(|found| found.code.as_str()).collect();
            assert!(code.is_none_or(|code| codes.contains(&code)), "{wrong}: {codes:?}");
        }
        assert!(serde_json::from_value::<Call>(json!({"dialogue": "", "reciep": "axolotl"})).is_err());
        let late = call(json!({"dialogue": "", "now": "tomorrow"}));
        assert!(analyze(&mut Engine::new(), &late, NaiveDateTime::default()).is_err());
    }

    #[test]
    fn a_render_says_what_is_generated_and_an_error_where_it_is() {
        let talk = json!([{"role": "user", "content": "é"}, {"role": "assistant", "content": "ok"}]);
        let own = "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% else %}{% generation %}{{ m.content }}{% endgeneration %}{% endif %}{% endfor %}";
        let mut engine = Engine::new();
        let render = |engine: &mut Engine, template: &str| {
            let call = call(json!({"dialogue": talk, "template": template}));
            render(engine, &call, NaiveDateTime::default()).unwrap().remove(0)
        };
        let rendered = render(&mut engine, own);
        assert_eq!(
            (rendered.text.as_deref(), rendered.generation_spans.as_slice()),
            (Some("éok"), &[[1, 3]][..])
        );
        let broken = render(&mut engine, "é{{ messages.x.y.z }}");
        assert_eq!(broken.text, None);
        assert_eq!(broken.diagnostics[0].source, Some(Source::Template));
    }

    #[test]
    fn a_tokenizer_that_is_none_is_told_and_an_encoding_counts_as_javascript_does() {
        let mut engine = Engine::new();
        let files = Files {
            tokenizer: "{}",
            config: None,
            special_tokens_map: None,
            chat_template: None,
            further_templates: Vec::new(),
        };
        assert!(load_tokenizer(&mut engine, "mine", &files).is_err());
        let encoded = encode(&mut engine, "😀a", None).unwrap();
        assert_eq!(encoded.offsets.last(), Some(&[2, 3]));
        assert!(encode(&mut engine, "a", Some("mine")).is_err());
        assert_eq!(encode_ids(&mut engine, "😀a", None).unwrap(), encoded.ids);
    }

    #[test]
    fn what_was_read_comes_in_the_openai_shape() {
        let parsed = parse("User: hi\nAssistant: hello\n", None);
        assert_eq!(parsed[0].messages[1]["role"], "assistant");
        assert!(!parse("", None)[0].diagnostics.is_empty());
    }

    #[test]
    fn every_recipe_and_template_is_listed_with_what_a_call_may_set() {
        let axolotl = recipes().into_iter().find(|recipe| recipe.id == "axolotl").unwrap();
        let eos = axolotl.options.iter().find(|option| option.name == "train_on_eos").unwrap();
        assert!(eos.choices.unwrap().contains(&eos.default));
        assert!(
            templates()
                .iter()
                .any(|template| template.id == "chatml" && template.source.contains("<|im_start|>"))
        );
    }
}
