//! Every recipe against what the trainer itself made of the same conversations: the golden files in `tests/recipes/`,
//! written by the scripts in `tests/oracle/`. A new trainer is a new golden file.
//!
//! `LOSSMASK_TOKENIZERS` names a folder with a folder for each real tokenizer, such as `qwen2_5/tokenizer.json`; runs
//! with tokenizers that are not there are skipped, by name. `LOSSMASK_TEMPLATES` likewise names a folder with chat templates
//! that are not ours to keep, such as `qwen2_5_training.jinja` of trl 1.16.0.
//! `LOSSMASK_RECIPES` names a folder with other conversations and what the trainers made of them
//! (`tests/oracle/random_conversations.py`), to be compared in their place.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use lossmask::engine::{EMBEDDED, Engine, Request, TemplateChoice};
use lossmask::recipe::{Outcome, Sample, Verified, catalog};
use lossmask::tokenizer::{Files, Tokenizer, embedded_json};
use serde::Deserialize;

/// What is known to differ, as golden file and conversation, and why.
const DIFFERENT: [(&str, &str); 1] = [
    // The row went through a parquet file, which gives each of two tools the keys of the other.
    ("verl.json.gz", "tools-two"),
];

/// A golden file.
#[derive(Deserialize)]
struct Golden {
    recipe: String,
    package: String,
    version: String,
    /// Tokenizers that are made of the embedded one.
    #[serde(default)]
    tokenizers: BTreeMap<String, Variant>,
    /// Rows beside those of conversations.json.
    #[serde(default)]
    conversations: Vec<serde_json::Value>,
    runs: Vec<Run>,
}

/// How a tokenizer is made of the embedded one; `piecewise.py` makes the same for the trainer.
#[derive(Deserialize)]
struct Variant {
    /// Special tokens after its own.
    #[serde(default)]
    added_tokens: Vec<String>,
    /// Keys of `tokenizer_config.json`.
    #[serde(default)]
    tokenizer_config: serde_json::Map<String, serde_json::Value>,
    /// Keys of `tokenizer.json` that are replaced.
    #[serde(default)]
    tokenizer_json: serde_json::Map<String, serde_json::Value>,
}

/// One setting, and what the trainer made of each conversation.
#[derive(Deserialize)]
struct Run {
    tokenizer: String,
    template: String,
    options: BTreeMap<String, String>,
    rows: BTreeMap<String, Answer>,
}

/// The trainer's answer to a conversation.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Samples(Vec<Row>),
    Dropped { dropped: String },
    Error { error: String },
}

#[derive(Deserialize)]
struct Row {
    input_ids: Vec<u32>,
    labels: Vec<i64>,
    weights: Option<Vec<f32>>,
}

/// A conversation of the oracles; the rest of it is the reader's to read.
#[derive(Deserialize)]
struct Named {
    id: String,
}

/// The clock of the oracles.
const NOW: &str = "2026-01-31T09:05:07";

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn goldens(folder: &Path) -> Vec<(String, Golden)> {
    let files = std::fs::read_dir(folder).expect("the golden files");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut text = String::new();
        let file = std::fs::File::open(&path).expect("it opens");
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect(&name);
        let golden = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, golden)
    };
    paths.into_iter().filter(|path| path.extension().is_some_and(|it| it == "gz")).map(read).collect()
}

impl Variant {
    fn tokenizer(&self) -> Tokenizer {
        let mut file: serde_json::Value = serde_json::from_str(&embedded_json()).expect("JSON");
        let first = Tokenizer::embedded().vocab_size();
        let added = file["added_tokens"].as_array_mut().expect("a list");
        for (i, content) in self.added_tokens.iter().enumerate() {
            added.push(serde_json::json!({
                "id": first + i, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true,
            }));
        }
        file.as_object_mut().expect("an object").extend(self.tokenizer_json.clone());
        let mut config = serde_json::json!({"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"});
        config.as_object_mut().expect("an object").extend(self.tokenizer_config.clone());
        let (file, config) = (file.to_string(), config.to_string());
        let files = Files { tokenizer: &file, config: Some(&config), ..Files::default() };
        Tokenizer::from_files(&files).expect("a tokenizer")
    }
}

/// Adds the tokenizer of a run to the engine; its id there, unless this machine has no such tokenizer.
fn tokenizer(engine: &mut Engine, golden: &Golden, name: &str) -> Option<String> {
    if name == "embedded" {
        return Some(EMBEDDED.to_owned());
    }
    if let Some(variant) = golden.tokenizers.get(name) {
        let id = format!("{} {name}", golden.recipe);
        if !engine.has_tokenizer(&id) {
            engine.add_tokenizer(&id, variant.tokenizer());
        }
        return Some(id);
    }
    if !engine.has_tokenizer(name) {
        let folder = Path::new(&std::env::var_os("LOSSMASK_TOKENIZERS")?).join(name);
        let tokenizer = std::fs::read_to_string(folder.join("tokenizer.json")).ok()?;
        let config = std::fs::read_to_string(folder.join("tokenizer_config.json")).ok();
        let files = Files { tokenizer: &tokenizer, config: config.as_deref(), ..Files::default() };
        engine.add_tokenizer(name, Tokenizer::from_files(&files).expect(name));
    }
    Some(name.to_owned())
}

/// The template of a run, unless this machine does not have it.
fn template(name: &str) -> Option<TemplateChoice> {
    if let Some(name) = name.strip_prefix("official/") {
        let folder = PathBuf::from(std::env::var_os("LOSSMASK_TEMPLATES")?);
        return std::fs::read_to_string(folder.join(format!("{name}.jinja")))
            .ok()
            .map(TemplateChoice::Source);
    }
    Some(match name {
        "tokenizer" => TemplateChoice::TokenizersOwn,
        // A trainer with templates of its own: ours must not look at this one.
        "none" => TemplateChoice::Source(
            "{{ raise_exception('this trainer renders without a template') }}".to_owned(),
        ),
        _ => TemplateChoice::Source(read(&tests().join("oracle/templates").join(format!("{name}.jinja")))),
    })
}

/// What differs between the trainer's answer and ours, to read.
fn difference(answer: &Answer, ours: &[Outcome]) -> Option<String> {
    let samples: Vec<_> = ours.iter().filter_map(sample).collect();
    match answer {
        Answer::Samples(rows) if rows.len() != samples.len() => {
            let reasons: Vec<_> = ours.iter().filter_map(reason).collect();
            Some(format!("{} samples, wanted {}; {}", samples.len(), rows.len(), reasons.join("; ")))
        }
        Answer::Samples(rows) => {
            rows.iter().zip(&samples).find_map(|(row, sample)| different_row(row, sample))
        }
        Answer::Dropped { dropped: why } | Answer::Error { error: why } => {
            let reasons: Vec<_> =
                ours.iter().filter_map(reason).filter(|reason| !reason.is_empty()).collect();
            (!samples.is_empty() || reasons.is_empty())
                .then(|| format!("{} samples, wanted none: {why}", samples.len()))
        }
    }
}

fn sample(outcome: &Outcome) -> Option<&Sample> {
    match outcome {
        Outcome::Sample(sample) => Some(sample),
        Outcome::Dropped { .. } => None,
    }
}

fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Sample(_) => None,
        Outcome::Dropped { why, diagnostics } => {
            let all: Vec<_> = diagnostics.iter().map(|it| it.message.en.as_ref()).collect();
            Some(if all.is_empty() { why.en.to_string() } else { all.join("; ") })
        }
    }
}

fn different_row(row: &Row, sample: &Sample) -> Option<String> {
    if row.input_ids != sample.input_ids {
        let at = row.input_ids.iter().zip(&sample.input_ids).take_while(|(a, b)| a == b).count();
        let (theirs, ours) = (&row.input_ids[at..], &sample.input_ids[at..]);
        return Some(format!("ids from {at} on {:?}, wanted {:?}", head(ours), head(theirs)));
    }
    let pairs = row.labels.iter().zip(&sample.labels).enumerate();
    let wrong: Vec<_> = pairs.filter(|(_, (theirs, ours))| theirs != ours).map(|(at, _)| at).collect();
    if row.labels.len() != sample.labels.len() || !wrong.is_empty() {
        let shown = |at: usize| sample.offsets[at].of(&sample.text);
        let wrong: Vec<_> =
            wrong.iter().map(|at| (*at, shown(*at), row.labels[*at], sample.labels[*at])).collect();
        return Some(format!("labels (token, text, wanted, ours) {:?}", head(&wrong)));
    }
    if row.weights.as_ref().is_some_and(|weights| *weights != sample.weights) {
        return Some(format!("weights {:?}, wanted {:?}", sample.weights, row.weights));
    }
    incomplete(sample)
}

fn head<T>(items: &[T]) -> &[T] {
    &items[..items.len().min(8)]
}

/// What is missing in a sample: every array has an entry a token, and every token a reason.
fn incomplete(sample: &Sample) -> Option<String> {
    let count = sample.input_ids.len();
    let lengths = [
        sample.attention_mask.len(),
        sample.labels.len(),
        sample.weights.len(),
        sample.offsets.len(),
        sample.held.len(),
        sample.owners.len(),
    ];
    let mut next = 0;
    for reason in &sample.trail {
        let whole =
            reason.from == next && reason.to > next && !reason.why.en.is_empty() && !reason.why.zh.is_empty();
        if !whole {
            return Some(format!("a gap in the reasons at token {next}: {reason:?}"));
        }
        next = reason.to;
    }
    (lengths.iter().any(|length| *length != count) || next as usize != count)
        .then(|| format!("{count} tokens, but {lengths:?} entries and reasons up to {next}"))
}

#[test]
fn every_recipe_gives_what_its_trainer_gave() {
    let other = std::env::var_os("LOSSMASK_RECIPES").map(PathBuf::from);
    let (folder_of_conversations, folder) = match &other {
        Some(other) => (other.clone(), other.clone()),
        None => (tests().join("oracle"), tests().join("recipes")),
    };
    let conversations = read(&folder_of_conversations.join("conversations.json"));
    let conversations: Vec<serde_json::Value> =
        serde_json::from_str(&conversations).expect("the conversations");
    let mut engine = Engine::new();
    let mut shown = Vec::new();
    for (file, golden) in goldens(&folder) {
        assert!(catalog::find(&golden.recipe).is_some(), "{file}: there is no recipe {:?}", golden.recipe);
        let (mut compared, mut differences) = (0, Vec::new());
        let rows: Vec<_> = conversations.iter().chain(&golden.conversations).collect();
        let dialogue = serde_json::to_string(&rows).expect("JSON");
        let named: Vec<Named> = serde_json::from_str(&dialogue).expect("the conversations");
        let mut differs_as_known = DIFFERENT.iter().all(|(known, _)| *known != file);
        for run in &golden.runs {
            let about = format!("{file} {} {} {:?}", run.tokenizer, run.template, run.options);
            let here = tokenizer(&mut engine, &golden, &run.tokenizer).zip(template(&run.template));
            let Some((tokenizer, template)) = here else {
                eprintln!("skipped: {about}: LOSSMASK_TOKENIZERS or LOSSMASK_TEMPLATES has no such file");
                continue;
            };
            let request = Request {
                dialogue: dialogue.clone(),
                recipe: golden.recipe.clone(),
                options: run.options.clone().into_iter().collect(),
                tokenizer,
                template,
                now: NOW.parse().expect("a time"),
                ..Request::default()
            };
            let report = engine.analyze(&request);
            assert_eq!(report.conversations.len(), named.len(), "{about}: {:?}", report.diagnostics);
            for (named, ours) in named.iter().zip(&report.conversations) {
                let Some(answer) = run.rows.get(&named.id) else { continue };
                compared += 1;
                let difference = difference(answer, &ours.outcomes);
                if DIFFERENT.contains(&(&file, &named.id)) {
                    differs_as_known |= difference.is_some();
                } else if let Some(difference) = difference {
                    differences.push(format!("{about} {}: {difference}", named.id));
                }
            }
        }
        let (package, version) = (&golden.package, &golden.version);
        eprintln!("{file}: {package} {version}, {compared} answers compared, {} differ", differences.len());
        assert!(compared >= 40, "{file}: only {compared} answers compared");
        assert!(differs_as_known || other.is_some(), "{file}: what is in DIFFERENT no longer differs");
        shown.extend(differences.into_iter().take(20));
    }
    assert!(shown.is_empty(), "the first differences of each file:\n{}", shown.join("\n"));
}

#[test]
fn every_recipe_that_was_run_has_a_golden_file_of_its_version() {
    let goldens = goldens(&tests().join("recipes"));
    for recipe in catalog::RECIPES {
        let Some(source) = recipe.source.filter(|source| source.verified == Verified::Run) else { continue };
        let of_it = |golden: &Golden| {
            golden.recipe == recipe.id && golden.package == source.package && golden.version == source.version
        };
        assert!(goldens.iter().any(|(_, golden)| of_it(golden)), "{} {source:?}", recipe.id);
    }
}
