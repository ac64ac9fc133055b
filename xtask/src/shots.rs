//! `cargo xtask shots`: pictures of every view and dialog of the built page in both themes, both languages and two widths,
//! to look at; those of the READMEs, and the icons, are written where they are committed.

use crate::build::{self, Effort};
use crate::run::{self, Done};
use crate::serve::Server;
use crate::test::node_environment;
use crate::tools::{Browser, Tools};
use crate::{npm, paths};

pub(crate) fn command(args: &[String]) -> Done {
    let effort = match args {
        [] => Effort::Release,
        [flag] if flag == "--quick" => Effort::Quick,
        _ => return Err("`shots` takes only `--quick`".into()),
    };
    let tools = Tools::ensure()?;
    let browser = Browser::ensure()?;
    let folder = paths::root().join("tests/e2e");
    let modules = npm::ensure_lock(&folder)?;
    build::site(&tools, effort)?;
    let server = Server::of_the_site("/")?;
    let scripts: [(&str, &[&str]); 2] =
        [("icons.mjs", &["static/icons"]), ("shots.mjs", &["target/shots", "static/shots"])];
    for (script, into) in scripts {
        run::step(&format!("taking pictures into {}", into.join(" and ")), || {
            let mut node = std::process::Command::new(&tools.node);
            node.arg(folder.join(script)).args(into.iter().map(|into| paths::root().join(into)));
            node_environment(&mut node, &server.url, &modules, &browser);
            run::run(&mut node)
        })?;
    }
    Ok(())
}
