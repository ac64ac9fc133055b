//! The page's style sheets as one file: the first picture waits for each of them, and on a slow network every request counts.

use std::path::Path;

use crate::paths;
use crate::run::{Done, Result, at};

/// How Trunk begins and ends the line of a style sheet.
const BEGINS: &str = "<link rel=\"stylesheet\" href=\"./";
const ENDS: &str = "/>";

/// Puts the style sheets that `index.html` names into one, in their order, and names that instead.
pub(crate) fn join(dist: &Path) -> Done {
    let index = dist.join("index.html");
    let html = String::from_utf8(paths::read(&index)?).map_err(at(&index))?;
    let (html, names) = without_sheets(&html)?;
    let mut sheet = Vec::new();
    for name in &names {
        let file = dist.join(name);
        sheet.extend(paths::read(&file)?);
        std::fs::remove_file(&file).map_err(at(&file))?;
    }
    let name = format!("page-{}.css", paths::fingerprint([sheet.as_slice()]));
    std::fs::write(dist.join(&name), sheet).map_err(at(dist))?;
    let html = html.replacen(PLACE, &format!("{BEGINS}{name}\"{ENDS}"), 1);
    std::fs::write(&index, html).map_err(at(&index))
}

/// Where the first style sheet was named.
const PLACE: &str = "<!-- the style sheet -->";

/// The page without its style sheets but with [`PLACE`] where the first was, and the names of their files.
fn without_sheets(html: &str) -> Result<(String, Vec<&str>)> {
    let mut parts = html.split(BEGINS);
    let mut out = parts.next().unwrap_or_default().to_owned() + PLACE;
    let mut names = Vec::new();
    for part in parts {
        let name = part.split('"').next().unwrap_or_default();
        let (_, rest) =
            part.split_once(ENDS).ok_or_else(|| format!("index.html does not end the link to {name}"))?;
        names.push(name);
        out += rest.trim_start();
    }
    if names.is_empty() { Err("index.html has no style sheet".into()) } else { Ok((out, names)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheets_become_one_in_their_order_and_nothing_else_changes() {
        let dist = std::env::temp_dir().join(format!("lossmask-xtask-styles-{}", std::process::id()));
        std::fs::create_dir_all(&dist).unwrap();
        let write = |name: &str, text: &str| std::fs::write(dist.join(name), text).unwrap();
        write("a-1.css", "a{}\n");
        write("b-2.css", "b{}\n");
        let links = [("b-2", "sha384-x/y"), ("a-1", "sha384-z")]
            .map(|(name, hash)| format!("{BEGINS}{name}.css\" integrity=\"{hash}\"{ENDS}\n"));
        write("index.html", &format!("<head>\n<meta>\n{}<script></script>\n", links.concat()));
        join(&dist).unwrap();
        let html = std::fs::read_to_string(dist.join("index.html")).unwrap();
        let sheets = paths::files(&dist, |name| paths::has_extension(name, "css"));
        let [sheet] = sheets.as_slice() else { panic!("{sheets:?}") };
        let name = sheet.file_name().unwrap().to_str().unwrap();
        assert_eq!(html, format!("<head>\n<meta>\n{BEGINS}{name}\"{ENDS}<script></script>\n"));
        assert_eq!(std::fs::read_to_string(sheet).unwrap(), "b{}\na{}\n");
        std::fs::remove_dir_all(&dist).unwrap();
    }

    #[test]
    fn a_page_without_sheets_is_an_error() {
        assert!(without_sheets("<head></head>").is_err());
        assert!(without_sheets(&format!("{BEGINS}a.css\">")).unwrap_err().contains("a.css"));
    }
}
