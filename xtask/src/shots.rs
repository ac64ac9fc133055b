//! `cargo xtask shots`: pictures of the built page in both themes, both languages and two widths.

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
    for (script, into) in [("icons.mjs", "static/icons"), ("shots.mjs", "static/shots")] {
        run::step(&format!("taking pictures into {into}"), || {
            let mut node = std::process::Command::new(&tools.node);
            node.arg(folder.join(script)).arg(paths::root().join(into));
            node_environment(&mut node, &server.url, &modules, &browser);
            run::run(&mut node)
        })?;
    }
    Ok(())
}
