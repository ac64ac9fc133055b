//! The licences that go with what is handed out: our own, and those of the crates in it.

use std::path::Path;
use std::process::Command;

use crate::paths;
use crate::run::{self, Done, at};

/// Puts our two licences into a folder, and `THIRD-PARTY.txt` beside them.
pub(crate) fn put(node: &Path, folder: &Path) -> Done {
    let root = paths::root();
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let to = folder.join(name);
        std::fs::copy(root.join(name), &to).map_err(at(&to))?;
    }
    let mut script = Command::new(node);
    script.arg("xtask/tools/third_party.mjs").arg(folder.join("THIRD-PARTY.txt")).current_dir(root);
    run::run(&mut script)
}
