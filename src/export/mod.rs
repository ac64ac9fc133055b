//! [`Request`] ▶ files that others take further: a program that has the trainer make the same rows, rows of numbers,
//! pictures of the samples, lines of a configuration, Markdown.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::engine::{Engine, Report, Request};
use crate::recipe::{Options, Outcome, Sample, catalog};
use crate::span::Span;

mod cells;
mod html;
mod markdown;
mod program;
mod rows;
mod svg;

pub use markdown::markdown;
pub use program::{PROGRAMS, Program};

/// So many bytes a file may have.
const MOST_BYTES: usize = 64 << 20;

/// So many tokens a picture may show.
const MOST_DRAWN: usize = 20_000;

/// What can be made of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A Python program that has the trainer make the same ids and labels.
    Python,
    /// The samples, one JSON object a line.
    Jsonl,
    /// The samples, one token a line.
    Tsv,
    /// The coloured samples as a page of their own.
    Html,
    /// The coloured samples as a picture.
    Svg,
    /// The lines of the trainer's configuration.
    Config,
}

impl Form {
    /// Every form, in the order in which a list shows them.
    pub const ALL: [Self; 6] = [Self::Python, Self::Jsonl, Self::Tsv, Self::Html, Self::Svg, Self::Config];

    /// Its stable name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Jsonl => "jsonl",
            Self::Tsv => "tsv",
            Self::Html => "html",
            Self::Svg => "svg",
            Self::Config => "config",
        }
    }

    /// The form of this name.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.id() == id)
    }

    /// Whether it shows samples, of which one may be chosen.
    pub const fn is_of_samples(self) -> bool {
        !matches!(self, Self::Python | Self::Config)
    }

    /// The media type and the ending of its files.
    const fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::Python => ("text/x-python", "py"),
            Self::Jsonl => ("application/jsonl", "jsonl"),
            Self::Tsv => ("text/tab-separated-values", "tsv"),
            Self::Html => ("text/html", "html"),
            Self::Svg => ("image/svg+xml", "svg"),
            Self::Config => ("text/plain", "txt"),
        }
    }
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// What it should be called.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// What it holds.
    pub text: String,
    /// Why something of the dialogue is not in it: errors in the data or the template, or that there is too much.
    pub missing: Vec<Diagnostic>,
}

/// A sample and where it is from.
struct Place<'a> {
    conversation: usize,
    number: usize,
    sample: &'a Sample,
}

/// Makes a file of what a request comes to, or says why there is none. `sample` is the place of one sample among those of
/// its conversation; all of them where absent.
pub fn export(
    engine: &mut Engine,
    request: &Request,
    form: Form,
    sample: Option<usize>,
) -> Result<Export, Diagnostic> {
    let report = if form == Form::Config { Report::default() } else { engine.analyze(request) };
    let text = match form {
        Form::Config => config(request)?,
        Form::Python => program::program(engine, request, &report)?,
        _ => {
            let places = places(&report, sample)?;
            let tokens: usize = places.iter().map(|place| place.sample.input_ids.len()).sum();
            if matches!(form, Form::Html | Form::Svg) && tokens > MOST_DRAWN {
                return Err(too_many(tokens));
            }
            match form {
                Form::Jsonl => rows::jsonl(&places),
                Form::Tsv => rows::tsv(&places),
                Form::Html => html::page(request, &places),
                _ => svg::picture(request, &places),
            }
        }
    };
    if text.len() > MOST_BYTES {
        return Err(too_large(text.len()));
    }
    let (media_type, ending) = form.kind();
    let number = sample.map_or_else(String::new, |number| ["-sample-", &(number + 1).to_string()].concat());
    let name = ["lossmask-", &request.recipe, &number, ".", ending].concat();
    let missing = missing(&report, form.is_of_samples()).collect();
    Ok(Export { name, media_type: media_type.to_owned(), text, missing })
}

/// The samples of a report: all, or those in one place.
fn places(report: &Report, wanted: Option<usize>) -> Result<Vec<Place<'_>>, Diagnostic> {
    let mut places = Vec::new();
    for conversation in &report.conversations {
        let samples = conversation.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Sample(sample) => Some(sample),
            Outcome::Dropped { .. } => None,
        });
        let all = samples.enumerate().map(|(number, sample)| Place {
            conversation: conversation.index,
            number,
            sample,
        });
        places.extend(all.filter(|place| wanted.is_none_or(|wanted| wanted == place.number)));
    }
    if places.is_empty() { Err(nothing(report)) } else { Ok(places) }
}

/// The lines of the trainer's configuration.
fn config(request: &Request) -> Result<String, Diagnostic> {
    let recipe = catalog::find(&request.recipe).ok_or_else(|| unknown(request))?;
    let options =
        Options::parse(recipe.id, recipe.options, &request.options).map_err(|mut wrong| wrong.remove(0))?;
    catalog::config(recipe, &options).ok_or_else(|| {
        fault(
            "no-config",
            Bilingual::fixed(
                "this rule is nobody's in particular: no trainer's configuration stands for it",
                "该规则不属于任何训练器，没有对应的配置",
            ),
            Bilingual::fixed(
                "choose the recipe of a trainer, or export a Python program",
                "请选择某个训练器的掩码规则，或导出 Python 程序",
            ),
        )
    })
}

fn unknown(request: &Request) -> Diagnostic {
    let message = Bilingual::new(
        ["there is no recipe `", &request.recipe, "`"].concat(),
        ["没有掩码规则 `", &request.recipe, "`"].concat(),
    );
    fault("unknown-recipe", message, Bilingual::fixed("choose one of the list", "请从列表中选择"))
}

/// Why conversations of a report, or their samples, are not there. What has no place is put where its conversation begins.
fn missing(report: &Report, samples: bool) -> impl Iterator<Item = Diagnostic> {
    let inside = report.conversations.iter().flat_map(move |it| {
        let start = it.messages.first().map_or(0, |message| message.span.start);
        let dropped = it.outcomes.iter().filter(move |_| samples).flat_map(|outcome| match outcome {
            Outcome::Dropped { diagnostics, .. } => diagnostics.as_slice(),
            Outcome::Sample(_) => &[],
        });
        it.diagnostics.iter().chain(dropped).map(move |found| match found.place {
            Some(_) => found.clone(),
            None => found.clone().at(Source::Dialogue, Span::at(start)),
        })
    });
    let all = report.diagnostics.iter().cloned().chain(inside);
    all.filter(move |found| found.severity == Severity::Error || samples && found.code == "too-many-tokens")
}

/// Why there is no sample: the first error that was met, where there is one.
fn nothing(report: &Report) -> Diagnostic {
    missing(report, true).next().unwrap_or_else(|| {
        fault(
            "nothing-to-export",
            Bilingual::fixed("there is no sample to export", "没有可导出的样本"),
            Bilingual::fixed(
                "paste a dialogue with a reply of the assistant, or choose another recipe",
                "请粘贴含有助手回复的对话，或换一个掩码规则",
            ),
        )
    })
}

fn too_many(tokens: usize) -> Diagnostic {
    let message = Bilingual::new(
        format!("a picture shows {MOST_DRAWN} tokens at most, and these samples have {tokens}"),
        format!("图片最多显示 {MOST_DRAWN} 个 token，而这些样本共有 {tokens} 个"),
    );
    let hint =
        Bilingual::fixed("choose one sample, or export JSONL or TSV", "请选择单个样本，或导出 JSONL、TSV");
    fault("too-large-to-export", message, hint)
}

fn too_large(bytes: usize) -> Diagnostic {
    let (bytes, most) = (bytes >> 20, MOST_BYTES >> 20);
    let message = Bilingual::new(
        format!("the file would have {bytes} MB; {most} MB are the most"),
        format!("文件将达到 {bytes} MB，上限为 {most} MB"),
    );
    let hint = Bilingual::fixed(
        "choose one sample or fewer conversations, or use `lossmask explain --json`, which writes as it goes",
        "请选择单个样本或更少的对话，或使用边算边写的 `lossmask explain --json`",
    );
    fault("too-large-to-export", message, hint)
}

fn fault(code: &'static str, message: Bilingual, hint: Bilingual) -> Diagnostic {
    Diagnostic::new(Severity::Error, code, message).hint(hint)
}

#[cfg(test)]
mod tests;
