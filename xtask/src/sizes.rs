//! What the page weighs, and the budgets that it must keep.

use std::path::{Path, PathBuf};

use crate::run::{Done, Result, capture};
use crate::{paths, tokenizers};

/// The most that a wasm file may weigh in brotli, in bytes.
const BUDGETS: [(&str, u64); 3] = [("app", 300_000), ("worker", 900_000), ("lab", 150_000)];

/// One file and its sizes.
#[derive(Debug)]
struct Weight {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Prints a table of the site's files; a wasm file over its budget is an error.
pub(crate) fn check(node: &Path, dist: &Path) -> Done {
    let files = shown(dist);
    let output = capture(tokenizers::compressor(node).arg("sizes").args(&files))?;
    let weights = parse(&files, &output)?;
    print!("{}", table(&weights));
    over_budget(&weights)
}

/// What a browser fetches to start: the files of these kinds at the top.
fn shown(dist: &Path) -> Vec<PathBuf> {
    let kinds = ["wasm", "js", "css", "html"];
    paths::files(dist, |name| kinds.iter().any(|kind| paths::has_extension(name, kind)))
}

fn parse(files: &[PathBuf], output: &str) -> Result<Vec<Weight>> {
    let rows = output.lines().map(|line| line.split_whitespace().flat_map(str::parse).collect::<Vec<u64>>());
    let weights: Vec<Weight> = files
        .iter()
        .zip(rows)
        .filter_map(|(file, row)| {
            let [raw, gzip, brotli] = row[..] else { return None };
            Some(Weight { name: file.file_name()?.to_string_lossy().into_owned(), raw, gzip, brotli })
        })
        .collect();
    if weights.len() == files.len() {
        Ok(weights)
    } else {
        Err(format!("sizes can't be read from\n{output}"))
    }
}

fn table(weights: &[Weight]) -> String {
    use std::fmt::Write as _;
    let width = weights.iter().map(|weight| weight.name.len()).max().unwrap_or(0).max("file".len());
    let mut text = format!("  {:width$} {:>9} {:>9} {:>9}\n", "file", "raw", "gzip", "brotli");
    for weight in weights {
        let [raw, gzip, brotli] = [weight.raw, weight.gzip, weight.brotli].map(kilobytes);
        let budget = budget(&weight.name).map(|most| format!("  of {}", kilobytes(most))).unwrap_or_default();
        let _ = writeln!(text, "  {:width$} {raw:>9} {gzip:>9} {brotli:>9}{budget}", weight.name);
    }
    text
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1} kB", bytes as f64 / 1000.0)
}

/// The budget of a wasm file: Trunk names it after its binary, `app-0123abcd_bg.wasm`.
fn budget(file: &str) -> Option<u64> {
    let stem = file.strip_suffix("_bg.wasm")?;
    let of = |(name, most): &(&str, u64)| {
        let rest = stem.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with('-')).then_some(*most)
    };
    BUDGETS.iter().find_map(of)
}

fn over_budget(weights: &[Weight]) -> Done {
    for (name, _) in BUDGETS {
        let is_it = |weight: &&Weight| weight.name.starts_with(name) && budget(&weight.name).is_some();
        if !weights.iter().any(|weight| is_it(&weight)) {
            return Err(format!("there is no wasm of `{name}` in the site"));
        }
    }
    let heavy = weights.iter().filter_map(|weight| {
        let most = budget(&weight.name).filter(|most| weight.brotli > *most)?;
        Some(format!(
            "{} is {} in brotli, over its budget of {}",
            weight.name,
            kilobytes(weight.brotli),
            kilobytes(most)
        ))
    });
    let heavy: Vec<String> = heavy.collect();
    if heavy.is_empty() { Ok(()) } else { Err(heavy.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(name: &str, brotli: u64) -> Weight {
        Weight { name: name.into(), raw: brotli * 3, gzip: brotli * 2, brotli }
    }

    #[test]
    fn a_budget_is_found_by_the_name_of_the_binary() {
        assert_eq!(budget("app-0123_bg.wasm"), Some(300_000));
        assert_eq!(budget("worker-01_bg.wasm"), Some(900_000));
        assert_eq!(budget("worker_bg.wasm"), Some(900_000));
        assert_eq!(budget("lab-0a_bg.wasm"), Some(150_000));
        assert_eq!(budget("apple_bg.wasm"), None);
        assert_eq!(budget("app-0123.js"), None);
    }

    #[test]
    fn one_byte_over_the_budget_fails_and_says_which_file() {
        let site = |app| {
            over_budget(&[
                weight("app-1_bg.wasm", app),
                weight("worker_bg.wasm", 900_000),
                weight("lab-2_bg.wasm", 150_000),
            ])
        };
        assert!(site(300_000).is_ok());
        let error = site(300_001).unwrap_err();
        assert!(error.contains("app-1_bg.wasm") && !error.contains("worker"), "{error}");
    }

    #[test]
    fn a_site_without_the_worker_fails() {
        assert!(
            over_budget(&[weight("app-1_bg.wasm", 1), weight("worker.js", 1)])
                .unwrap_err()
                .contains("worker")
        );
    }

    #[test]
    fn the_compressor_s_lines_are_read_and_anything_else_is_an_error() {
        let files = [PathBuf::from("dist/app-1_bg.wasm")];
        let weights = parse(&files, "30 20 10\n").unwrap();
        assert_eq!((weights[0].raw, weights[0].gzip, weights[0].brotli), (30, 20, 10));
        assert!(table(&weights).contains("of 300.0 kB"));
        assert!(parse(&files, "").is_err());
        assert!(parse(&files, "30 20\n").is_err());
    }
}
