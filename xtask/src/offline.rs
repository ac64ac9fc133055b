//! The service worker of a build: it is told which files the build has, and a name that changes with any of them.

use std::path::Path;

use crate::paths;
use crate::run::{Done, Result, at};

/// What is kept for a page without a network: what lies at the top of the site, of these kinds, and the style of its
/// documents, which `embed.html` shares. The documents themselves are kept when they have been read.
const KINDS: [&str; 7] = ["html", "js", "css", "wasm", "svg", "png", "webmanifest"];
/// The worker itself is fetched by the browser, which compares it with the one it has.
const WORKER: &str = "sw.js";

/// Writes the names of the site's files into its service worker.
pub(crate) fn build(dist: &Path) -> Done {
    let file = dist.join(WORKER);
    let script =
        String::from_utf8(paths::read(&paths::root().join("static").join(WORKER))?).map_err(at(&file))?;
    let kept = |name: &str| name != WORKER && KINDS.iter().any(|kind| paths::has_extension(name, kind));
    let mut files = paths::files(dist, kept);
    files.extend(paths::files(&dist.join("docs"), |name| paths::has_extension(name, "css")));
    let contents = files.iter().map(|file| paths::read(file)).collect::<Result<Vec<_>>>()?;
    let build = paths::fingerprint(contents.iter().map(Vec::as_slice));
    let names = files.iter().filter_map(|file| file.strip_prefix(dist).ok()?.to_str());
    std::fs::write(&file, with(&script, &build, names)?).map_err(at(&file))
}

/// The script with the build's name and its files in their places; the page itself is the folder.
fn with<'a>(script: &str, build: &str, names: impl Iterator<Item = &'a str>) -> Result<String> {
    let names: Vec<String> =
        names.map(|name| format!("\"{}\"", if name == "index.html" { "./" } else { name })).collect();
    let places = ["const BUILD = \"unbuilt\";", "const FILES = [];"];
    if places.iter().any(|place| script.matches(place).count() != 1) {
        return Err(format!("static/{WORKER} has no place for the build's files"));
    }
    let build = format!("const BUILD = \"{build}\";");
    let files = format!("const FILES = [{}];", names.join(", "));
    Ok(script.replace(places[0], &build).replace(places[1], &files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_gets_its_build_and_its_files() {
        let script = String::from_utf8(paths::read(&paths::root().join("static/sw.js")).unwrap()).unwrap();
        let written = with(&script, "abc", ["app-1.js", "index.html"].into_iter()).unwrap();
        assert!(written.contains("const BUILD = \"abc\";\nconst FILES = [\"app-1.js\", \"./\"];\n"));
        assert!(with("nothing", "abc", std::iter::empty()).is_err());
    }
}
