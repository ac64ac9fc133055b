//! A short Python program that has a trainer make the same ids and labels.
//!
//! Each program is a file in `programs/`, in which `$name` stands for an option of the recipe as Python writes it, `$$name`
//! for its bare text, and `$tokenizer`, `$clock` and `$trl` for lines that several share. `tests/oracle/export.py` runs them
//! with the trainers themselves; `tests/export/verified.json` has what it found.

use serde_json::{Map, Value, json};

use super::{Engine, Report, Request, fault};
use crate::bilingual::Bilingual;
use crate::bring::own_name;
use crate::diagnostic::Diagnostic;
use crate::engine::{EMBEDDED, Material, TemplateChoice};
use crate::recipe::{OptionKind, Options, Recipe, catalog};
use crate::template::Preparation;

/// The program of a recipe.
#[derive(Debug)]
pub struct Program {
    /// The recipe's id.
    pub recipe: &'static str,
    /// Its lines between the conversations and the loop that prints.
    pub text: &'static str,
}

macro_rules! programs {
    ($($recipe:literal $file:literal,)*) => {
        &[$(Program { recipe: $recipe, text: include_str!(concat!("programs/", $file)) },)*]
    };
}

/// Every program.
pub static PROGRAMS: &[Program] = programs![
    "per-turn" "per_turn.py",
    "all-tokens" "all_tokens.py",
    "transformers" "transformers.py",
    "trl-assistant-only" "trl_assistant_only.py",
    "trl-completion-only" "trl_completion_only.py",
    "trl-response-template" "trl_response_template.py",
    "axolotl" "axolotl.py",
    "unsloth" "unsloth.py",
    "open-instruct" "open_instruct.py",
    "verl" "verl.py",
    "openrlhf" "openrlhf.py",
    "llama-factory" "llama_factory.py",
    "tinker" "tinker.py",
    "renderers" "renderers.py",
    "torchtune" "torchtune.py",
    "ms-swift" "ms_swift.py",
    "fastchat" "fastchat.py",
];

const TRL: &str = include_str!("programs/trl.py");

/// Where the tokenizers that come with the product are published.
const PUBLISHED: [(&str, &str); 4] = [
    ("qwen2_5", "Qwen/Qwen2.5-7B-Instruct"),
    ("qwen3", "Qwen/Qwen3-8B"),
    ("deepseek_v3", "deepseek-ai/DeepSeek-V3"),
    ("gpt_oss", "openai/gpt-oss-20b"),
];

/// What the lines that several programs share depend on.
struct Shared<'a> {
    options: &'a Options,
    recipe: &'static Recipe,
    /// The template, where it is not the tokenizer's own.
    template: Option<&'a str>,
    reads_clock: bool,
    has_variables: bool,
    now: String,
}

/// The program that makes the samples of a request.
pub(super) fn program(engine: &mut Engine, request: &Request, report: &Report) -> Result<String, Diagnostic> {
    let recipe = catalog::find(&request.recipe).ok_or_else(|| super::unknown(request))?;
    let program =
        PROGRAMS.iter().find(|program| program.recipe == recipe.id).ok_or_else(|| super::unknown(request))?;
    let options =
        Options::parse(recipe.id, recipe.options, &request.options).map_err(|mut wrong| wrong.remove(0))?;
    let material = engine.material(request);
    if material.is_empty() {
        return Err(super::nothing(report));
    }
    if material.iter().any(|one| one.is_given) {
        return Err(says_its_own());
    }
    let replies = if recipe.id == "per-turn" { replies(engine, request)? } else { Vec::new() };
    let source = report.template_source.as_deref().unwrap_or_default();
    let shared = Shared {
        options: &options,
        recipe,
        // One of several templates of a tokenizer is written out, because programs take the first.
        template: (request.template != TemplateChoice::TokenizersOwn || report.template_id != "tokenizer")
            .then_some(source),
        reads_clock: source.contains("strftime_now"),
        has_variables: material.iter().any(|one| !one.variables.is_empty()),
        now: clock(request),
    };
    let mut text = String::new();
    let (comments, lines) = without_comments(program.text);
    head(request, &shared, comments, &mut text);
    text.push_str("import json\nimport sys\n\n");
    text.push_str(&tokenizer(&request.tokenizer));
    text.push_str("CONVERSATIONS = json.loads(r'''\n");
    text.push_str(&conversations(&material, &replies));
    text.push_str("\n''')\n\n");
    fill(lines, &shared, &mut text);
    tail(request, &shared, &mut text);
    Ok(text)
}

/// What the program is, what it needs, and how it is known to work.
fn head(request: &Request, shared: &Shared<'_>, comments: &str, text: &mut String) {
    let recipe = shared.recipe;
    let of = recipe.source.map_or_else(String::new, |source| {
        let version = if source.version.contains(' ') { "" } else { source.version };
        [" of ", source.package, " ", version].concat()
    });
    text.push_str("# The rows that lossmask shows for the recipe `");
    text.push_str(recipe.id);
    text.push('`');
    text.push_str(&of);
    text.push_str(", made by ");
    text.push_str(if recipe.source.is_some() { "the trainer itself.\n" } else { "transformers.\n" });
    fill(comments, shared, text);
    if request.preparation == Preparation::V4 {
        text.push_str(
            "# Messages were prepared as transformers 4.57.6 does: install that version instead.\n",
        );
    }
    text.push_str(
        "# Programs like this one, from the same lines, were run with these versions (on Python 3.11, without a GPU) and \
         printed\n# the ids and labels that lossmask shows; with your tokenizer and template this one was not.\n",
    );
}

/// The comments that a program begins with, and the rest of it.
fn without_comments(text: &str) -> (&str, &str) {
    let end: usize = text.split_inclusive('\n').take_while(|line| line.starts_with('#')).map(str::len).sum();
    text.split_at(end)
}

/// The line that names the tokenizer.
fn tokenizer(id: &str) -> String {
    const HUB: &str = "its name on the Hugging Face Hub, or a folder with its tokenizer.json";
    let own = own_name(id);
    let name = own.unwrap_or(id);
    let published = PUBLISHED.iter().find(|(known, _)| *known == id).map(|(_, name)| *name);
    let (name, comment) = match published {
        Some(published) => (published, HUB.to_owned()),
        None if id == EMBEDDED => (
            "./lossmask-tokenizer",
            "a folder: `cargo run --example export_tokenizer lossmask-tokenizer` writes it".to_owned(),
        ),
        // What was fetched from the Hub has its name there, and the command names a folder or a file.
        None if own.is_none() || is_on_the_hub(name) => (name, HUB.to_owned()),
        None => (
            "./PUT-YOUR-TOKENIZER-HERE",
            ["a folder with a tokenizer.json, or a name on the Hub: what lossmask calls ", &literal(name)]
                .concat(),
        ),
    };
    ["# ", &comment, "\nTOKENIZER = sys.argv[1] if len(sys.argv) > 1 else ", &literal(name), "\n"].concat()
}

/// Whether a name is written as names on the Hub are: `owner/model`.
fn is_on_the_hub(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.split_once('/').is_some_and(|(owner, model)| is_word(owner) && is_word(model))
}

/// The conversations as JSON that can stand in a raw string.
fn conversations(material: &[Material], replies: &[(usize, Vec<Value>)]) -> String {
    let one = |one: &Material| {
        let mut row = Map::new();
        row.insert("messages".to_owned(), one.messages.clone());
        if let Some(tools) = &one.tools {
            row.insert("tools".to_owned(), tools.clone());
        }
        if !one.variables.is_empty() {
            row.insert("variables".to_owned(), Value::Object(one.variables.clone()));
        }
        if let Some((_, replies)) = replies.iter().find(|(index, _)| *index == one.index) {
            row.insert("replies".to_owned(), Value::Array(replies.clone()));
        }
        Value::Object(row)
    };
    let all: Vec<_> = material.iter().map(one).collect();
    // JSON has quotes of its own, and only in strings can an apostrophe stand: three of them would end Python's.
    serde_json::to_string_pretty(&all).unwrap_or_default().replace("'''", "\\u0027\\u0027\\u0027")
}

/// For each conversation its replies: the message, and the characters between which it is trained.
fn replies(engine: &mut Engine, request: &Request) -> Result<Vec<(usize, Vec<Value>)>, Diagnostic> {
    let mut by_offset = request.clone();
    by_offset.options.push(("boundary".to_owned(), "offsets".to_owned()));
    let report = engine.analyze(&by_offset);
    let places = super::places(&report, None)?;
    let mut all: Vec<(usize, Vec<Value>)> = Vec::new();
    for place in &places {
        let sample = place.sample;
        let start = sample.prompt_end.unwrap_or_default();
        let trained = sample.offsets.iter().zip(&sample.weights).filter(|(_, weight)| **weight > 0.0);
        let end = trained.map(|(offset, _)| offset.end).max().unwrap_or(start).max(start);
        let characters = |byte: usize| sample.text.get(..byte).map_or(0, |text| text.chars().count());
        let reply = json!([sample.reply, characters(start), characters(end)]);
        match all.last_mut() {
            Some((index, replies)) if *index == place.conversation => replies.push(reply),
            _ => all.push((place.conversation, vec![reply])),
        }
    }
    Ok(all)
}

/// Adds a program's lines with their `$names` filled in.
fn fill(lines: &str, shared: &Shared<'_>, text: &mut String) {
    let mut parts = lines.split('$');
    text.push_str(parts.next().unwrap_or_default());
    let mut is_bare = false;
    for part in parts {
        if part.is_empty() {
            is_bare = true;
            continue;
        }
        let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        match name {
            "tokenizer" => set_up(shared, text),
            "trl" => fill(TRL, shared, text),
            "clock" => class(&shared.now, text),
            _ if is_bare => text.push_str(shared.options.text(name)),
            _ => text.push_str(&value(shared, name)),
        }
        is_bare = false;
        text.push_str(rest);
    }
}

/// An option as Python writes it.
fn value(shared: &Shared<'_>, name: &str) -> String {
    let options = shared.options;
    let kind = shared.recipe.options.iter().find(|option| option.name == name).map(|option| option.kind);
    match kind {
        Some(OptionKind::Bool | OptionKind::Int | OptionKind::IntOrNone) => options.python(name).to_owned(),
        Some(OptionKind::List) => {
            let items: Vec<_> = options.items(name).map(literal).collect();
            ["[", &items.join(", "), "]"].concat()
        }
        _ => literal(options.text(name)),
    }
}

/// The lines that load the tokenizer and give it its template.
fn set_up(shared: &Shared<'_>, text: &mut String) {
    text.push_str("from transformers import AutoTokenizer\n\n");
    if shared.reads_clock {
        class(&shared.now, text);
        text.push_str(
            "\nfrom transformers.utils import chat_template_utils\n\nchat_template_utils.datetime = Clock\n",
        );
    }
    text.push_str("tokenizer = AutoTokenizer.from_pretrained(TOKENIZER)\n");
    if let Some(template) = shared.template {
        text.push_str("tokenizer.chat_template = (\n");
        for line in template.split_inclusive('\n') {
            text.push_str("    ");
            text.push_str(&literal(line));
            text.push('\n');
        }
        text.push_str(if template.is_empty() { "    \"\"\n)" } else { ")" });
    } else {
        text.push_str("# The chat template is the tokenizer's own.");
    }
    if shared.has_variables {
        text.push_str(
            "\n# What the template sees beside the messages.\nvariables = {}\nrender = tokenizer.apply_chat_template\n\
             tokenizer.apply_chat_template = lambda *given, **more: render(*given, **{**variables, **more})",
        );
    }
}

/// A clock that stands still.
fn class(now: &str, text: &mut String) {
    text.push_str(
        "import datetime\n\n\nclass Clock(datetime.datetime):\n    # It stands where it stood for lossmask.\n    \
         @classmethod\n    def now(cls, tz=None):\n        return cls(",
    );
    text.push_str(now);
    text.push_str(")\n\n");
}

/// The moment of a request as Python's numbers.
fn clock(request: &Request) -> String {
    use chrono::{Datelike, Timelike};
    let now = request.now;
    let numbers =
        [now.month(), now.day(), now.hour(), now.minute(), now.second()].map(|number| number.to_string());
    [now.year().to_string(), numbers.join(", ")].join(", ")
}

/// The loop that prints.
fn tail(request: &Request, shared: &Shared<'_>, text: &mut String) {
    text.push_str("\n\nfor conversation in CONVERSATIONS:\n");
    if shared.has_variables && text.contains("variables = {}") {
        text.push_str("    variables.clear()\n    variables.update(conversation.get(\"variables\", {}))\n");
    }
    text.push_str("    for ids, labels in samples(conversation):\n");
    if request.ignore_index != -100 {
        text.push_str("        labels = [");
        text.push_str(&request.ignore_index.to_string());
        text.push_str(" if label == -100 else label for label in labels]\n");
    }
    text.push_str(
        "        print(json.dumps({\"input_ids\": list(map(int, ids)), \"labels\": list(map(int, labels))}))\n",
    );
}

/// A string as Python writes it: JSON's way is Python's too.
fn literal(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn says_its_own() -> Diagnostic {
    fault(
        "given-not-a-program",
        Bilingual::fixed(
            "this row says its own tokens: there is nothing for a trainer to make of it",
            "该行自带 token，训练器无需再处理",
        ),
        Bilingual::fixed("export JSONL instead", "请改为导出 JSONL"),
    )
}
