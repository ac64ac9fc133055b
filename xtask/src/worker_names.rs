//! Names for the workers' files that change with their content.
//!
//! Trunk does not hash a worker's files, because the page must know the loader's name. So a browser could
//! start a new page with an old worker from its cache. Here the two heavy files get hashed names, and only the
//! loader, which is short, keeps its own; the page asks for it with the build's id as a query.

use std::path::Path;

use crate::paths;
use crate::run::{Done, at};

/// The workers, each after its binary; the page asks for `NAME_loader.js`.
pub(crate) const WORKERS: [&str; 2] = ["worker", "lab"];

/// Renames the script and the wasm of a worker after their content, and writes the loader for them.
pub(crate) fn hash(dist: &Path, worker: &str) -> Done {
    let old = [dist.join(format!("{worker}.js")), dist.join(format!("{worker}_bg.wasm"))];
    let (script, wasm) = (paths::read(&old[0])?, paths::read(&old[1])?);
    let name = format!("{worker}-{}", paths::fingerprint([script.as_slice(), &wasm]));
    let new = [format!("{name}.js"), format!("{name}_bg.wasm")];
    for (from, to) in old.iter().zip(&new) {
        std::fs::rename(from, dist.join(to)).map_err(at(from))?;
    }
    let loader = dist.join(loader_name(worker));
    std::fs::write(&loader, loader_text(&new[0], &new[1])).map_err(at(&loader))
}

fn loader_name(worker: &str) -> String {
    format!("{worker}_loader.js")
}

fn loader_text(script: &str, wasm: &str) -> String {
    // The page starts the worker from an address of its own making and leaves the site's there (`worker_script`).
    format!(
        "importScripts(`${{self.site}}{script}`);\nwasm_bindgen({{ module_or_path: `${{self.site}}{wasm}` }});\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_loader_names_the_files_that_are_there() {
        let dist = std::env::temp_dir().join(format!("lossmask-worker-{}", std::process::id()));
        std::fs::create_dir_all(&dist).unwrap();
        for worker in WORKERS {
            std::fs::write(dist.join(format!("{worker}.js")), format!("let {worker};")).unwrap();
            std::fs::write(dist.join(format!("{worker}_bg.wasm")), "asm").unwrap();
            hash(&dist, worker).unwrap();
        }
        for worker in WORKERS {
            let loader = std::fs::read_to_string(dist.join(loader_name(worker))).unwrap();
            let hashed = format!("{worker}-");
            let others = paths::files(&dist, |name| name.starts_with(&hashed));
            assert_eq!(others.len(), 2);
            for file in others {
                assert!(loader.contains(&format!("}}{}`", file.file_name().unwrap().to_str().unwrap())));
            }
        }
        std::fs::remove_dir_all(&dist).unwrap();
    }
}
