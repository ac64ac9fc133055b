//! Where things are: the repository, the site, and the cache that survives a fresh clone.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::run::{Done, Result, at};

/// The top of the repository.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The built site.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// The user's cache of tools and downloads; not in the clone, so that a fresh clone finds them.
pub(crate) fn cache() -> PathBuf {
    cache_in(std::env::var_os("XDG_CACHE_HOME"), std::env::home_dir())
}

fn cache_in(xdg: Option<OsString>, home: Option<PathBuf>) -> PathBuf {
    let absolute = xdg.map(PathBuf::from).filter(|path| path.is_absolute());
    absolute.unwrap_or_else(|| home.unwrap_or_else(std::env::temp_dir).join(".cache")).join("lossmask")
}

/// A short name for some bytes: FNV-1a, 64 bits, in hexadecimal. It tells versions apart and guards nothing.
pub(crate) fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        // The length first, so that moving a byte from one part to the next changes the name.
        for byte in (part.len() as u64).to_le_bytes().iter().chain(part) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

/// The files of a folder whose names pass `wanted`, sorted; none where there is no such folder.
pub(crate) fn files(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(&wanted))
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
}

/// Whether a file's name ends with this extension.
pub(crate) fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == extension)
}

/// Every file below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Fills a folder so that it is there whole or not at all: `fill` works beside it, and the result is moved in place.
pub(crate) fn fill_whole(folder: &Path, fill: impl FnOnce(&Path) -> Done) -> Done {
    let mut beside = folder.as_os_str().to_owned();
    beside.push(format!(".part-{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let _ = std::fs::remove_dir_all(&beside);
    std::fs::create_dir_all(&beside).map_err(at(&beside))?;
    let filled = fill(&beside).and_then(|()| {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::rename(&beside, folder).map_err(at(folder))
    });
    if filled.is_err() {
        let _ = std::fs::remove_dir_all(&beside);
    }
    filled
}

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(at(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_follows_the_user_s_choice_when_it_is_an_absolute_path() {
        let home = Some(PathBuf::from("/home/a"));
        assert_eq!(cache_in(Some("/c".into()), home.clone()), Path::new("/c/lossmask"));
        assert_eq!(cache_in(Some("c".into()), home.clone()), Path::new("/home/a/.cache/lossmask"));
        assert_eq!(cache_in(None, home), Path::new("/home/a/.cache/lossmask"));
    }

    #[test]
    fn a_fingerprint_changes_with_the_bytes_and_with_where_they_are_cut() {
        let name = |parts: &[&[u8]]| fingerprint(parts.iter().copied());
        assert_eq!(name(&[b"ab"]), name(&[b"ab"]));
        assert_ne!(name(&[b"ab"]), name(&[b"ac"]));
        assert_ne!(name(&[b"ab", b"c"]), name(&[b"a", b"bc"]));
    }

    #[test]
    fn a_folder_that_could_not_be_filled_leaves_nothing_behind() {
        let parent = std::env::temp_dir().join(format!("lossmask-xtask-{}", std::process::id()));
        let folder = parent.join("half");
        assert!(fill_whole(&folder, |_| Err("no".into())).is_err());
        assert_eq!(files_below(&parent), Vec::<PathBuf>::new());
        let write = |name: &'static str| move |to: &Path| std::fs::write(to.join(name), name).map_err(at(to));
        fill_whole(&folder, write("a")).unwrap();
        fill_whole(&folder, write("b")).unwrap();
        assert_eq!(files_below(&parent), [folder.join("b")]);
        std::fs::remove_dir_all(&parent).unwrap();
    }
}
