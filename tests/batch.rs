//! Every way from samples to a batch against what the trainer itself made of the same samples: the golden files in
//! `tests/batch/`, written by `tests/oracle/batch_*.py`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;

use lossmask::batch::{Made, Row, Settings, Side, Tokens, Truncation, WAYS, Way, make};
use serde::Deserialize;

/// The `eos_token` of the oracles.
const EOS: u32 = 2;

#[derive(Deserialize)]
struct Golden {
    shapes: BTreeMap<String, Vec<Sample>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Sample {
    input_ids: Vec<u32>,
    labels: Vec<i64>,
}

#[derive(Deserialize)]
struct Case {
    shape: String,
    way: String,
    settings: Given,
    batches: Option<Vec<Arrays>>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Given {
    max_length: Option<u32>,
    truncation: Truncation,
    padding_side: Side,
    pad: Option<u32>,
    multiple_of: Option<u32>,
    batch_size: u32,
}

/// What a collator returned.
#[derive(Debug, Deserialize, PartialEq)]
struct Arrays {
    input_ids: Vec<Vec<u32>>,
    labels: Vec<Vec<i64>>,
    attention_mask: Option<Vec<Vec<u32>>>,
    position_ids: Option<Vec<Vec<u32>>>,
}

fn goldens() -> Vec<(String, Golden)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/batch");
    let files = std::fs::read_dir(folder).expect("the golden files").map(|file| file.expect("a file").path());
    files
        .map(|path| {
            let mut text = String::new();
            let file = std::fs::File::open(&path).expect("it opens");
            flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("it is gzip");
            let golden = serde_json::from_str(&text).expect("it is a golden file");
            (path.file_name().expect("a name").to_string_lossy().into_owned(), golden)
        })
        .collect()
}

fn of_rows(rows: &[Row]) -> Arrays {
    Arrays {
        input_ids: rows.iter().map(|row| row.input_ids.clone()).collect(),
        labels: rows.iter().map(|row| row.labels.clone()).collect(),
        attention_mask: rows.iter().map(|row| row.attention_mask.clone()).collect(),
        position_ids: rows.iter().map(|row| row.position_ids.clone()).collect(),
    }
}

fn ours(golden: &Golden, case: &Case, way: Way) -> Result<Made, String> {
    let given = &case.settings;
    let settings = Settings {
        way,
        max_length: given.max_length,
        truncation: Some(given.truncation),
        padding_side: given.padding_side,
        pad: given.pad,
        eos: Some(EOS),
        multiple_of: given.multiple_of,
        batch_size: given.batch_size,
    };
    let samples: Vec<_> = golden.shapes[&case.shape]
        .iter()
        .map(|sample| Tokens { input_ids: &sample.input_ids, labels: &sample.labels })
        .collect();
    make(&samples, &settings).map_err(|error| error.code.into_owned())
}

/// The way of a case. What becomes of labels that `DataCollatorForLanguageModeling` is given is asked apart.
fn way(case: &Case) -> Way {
    let id = case.way.strip_suffix("-labelled").unwrap_or(&case.way);
    Way::find(id).unwrap_or_else(|| panic!("no way {id}"))
}

#[test]
fn every_batch_is_the_one_that_the_trainer_made() {
    let mut compared = 0;
    for (file, golden) in goldens() {
        for case in &golden.cases {
            let name = format!("{file}: {} of {} with {:?}", case.way, case.shape, case.settings.max_length);
            let ours = ours(&golden, case, way(case));
            match (&case.batches, ours) {
                (Some(theirs), _) if theirs.iter().any(|it| it.labels[0].len() != it.input_ids[0].len()) => {
                    // The labels of an empty sample are one too many.
                    let error = self::ours(&golden, case, way(case)).unwrap_err();
                    assert_eq!(error, "empty-sample-flattened", "{name}");
                }
                (Some(theirs), Ok(made)) => {
                    let ours: Vec<_> = made.batches.iter().map(|batch| of_rows(&batch.rows)).collect();
                    assert_eq!(&ours, theirs, "{name}");
                    compared += 1;
                }
                (Some(_), Err(error)) => panic!("{name}: {error}"),
                // It makes its own labels, and those that are there stop it where they differ in length.
                (None, Ok(made)) => {
                    assert!(case.way.ends_with("-labelled"), "{name}: {:?}", case.error);
                    let lengths: BTreeSet<_> = made.cuts.iter().map(|cut| cut.to).collect();
                    assert!(lengths.len() > 1, "{name}: {:?}", case.error);
                }
                (None, Err(code)) => {
                    let error = case.error.as_deref().unwrap_or_default();
                    let says = match code.as_str() {
                        "no-pad-token" => "does not have a padding token",
                        "padding-free-max-length" => "`max_length` is not enforced",
                        "empty-batch" => "max()",
                        other => panic!("{name}: {other}, but {error}"),
                    };
                    assert!(error.contains(says), "{name}: {error}");
                }
            }
        }
    }
    assert!(compared > 1000, "only {compared} cases were compared");
}

#[test]
fn every_way_was_run() {
    let goldens = goldens();
    let run: BTreeSet<&str> =
        goldens.iter().flat_map(|(_, golden)| &golden.cases).map(|case| case.way.as_str()).collect();
    assert!(WAYS.iter().all(|info| run.contains(info.id)));
}
