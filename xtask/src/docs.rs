//! The pages of `docs/diagnostics/` as HTML in the site, so that a finding on the page can link to them.
//!
//! Markdown, as far as those pages use it: headings, paragraphs, lists, tables, fenced blocks; code, emphasis and links.

use std::fmt::Write as _;
use std::path::Path;

use crate::paths;
use crate::run::{Done, Result, at};

/// Writes every page into `dist/docs/diagnostics`, with their style sheets beside the folder.
pub(crate) fn build(dist: &Path) -> Done {
    let root = paths::root();
    let target = dist.join("docs/diagnostics");
    std::fs::create_dir_all(&target).map_err(at(&target))?;
    for name in ["tokens.css", "docs.css"] {
        let from = root.join("static/css").join(name);
        let to = dist.join("docs").join(name);
        std::fs::copy(&from, &to).map_err(at(&from))?;
    }
    for file in paths::files(&root.join("docs/diagnostics"), |name| paths::has_extension(name, "md")) {
        let text = text_of(&file)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let to = target.join(html_name(&format!("{name}.md")));
        std::fs::write(&to, page(&text)).map_err(at(&to))?;
    }
    Ok(())
}

fn text_of(file: &Path) -> Result<String> {
    String::from_utf8(paths::read(file)?).map_err(at(file))
}

/// `README.md` ▶ `index.html`, `a.md#b` ▶ `a.html#b`.
fn html_name(link: &str) -> String {
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let file = match file.strip_suffix(".md") {
        Some("README") => "index.html".to_owned(),
        Some(name) => format!("{name}.html"),
        None => file.to_owned(),
    };
    anchor.map_or(file.clone(), |anchor| format!("{file}#{anchor}"))
}

/// A whole page. It runs no script and loads nothing but its own styles.
fn page(markdown: &str) -> String {
    let title = markdown.lines().next().unwrap_or_default().trim_start_matches('#').replace('`', "");
    let (title, body) = (escaped(title.trim()), body(markdown));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'self'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · lossmask</title>\n\
         <link rel=\"stylesheet\" href=\"../tokens.css\">\n<link rel=\"stylesheet\" href=\"../docs.css\">\n</head>\n<body>\n\
         <nav><a href=\"../../\">lossmask</a> <a href=\"index.html\">diagnostics · 诊断</a></nav>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn body(markdown: &str) -> String {
    let mut out = String::new();
    let mut lines = markdown.lines().peekable();
    let mut chinese = false;
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let class = info.split(' ').next().unwrap_or_default();
            let _ = write!(
                out,
                "<pre class=\"{}\" tabindex=\"0\"><code>{}\n</code></pre>\n",
                escaped(class),
                escaped(&block.join("\n"))
            );
        } else if let Some(title) = line.strip_prefix("## ") {
            chinese = title == "中文";
            let _ = writeln!(out, "<h2 id=\"{}\"{}>{}</h2>", slug(title), lang(chinese), inline(title));
        } else if let Some(title) = line.strip_prefix("# ") {
            let _ = writeln!(out, "<h1>{}</h1>", inline(title));
        } else if line.starts_with("- ") {
            out += "<ul>\n";
            let mut item = Some(line);
            while let Some(text) = item.and_then(|line| line.strip_prefix("- ")) {
                let _ = writeln!(out, "<li>{}</li>", inline(text));
                item = lines.next_if(|line| line.starts_with("- "));
            }
            out += "</ul>\n";
        } else if line.starts_with('|') {
            out += "<table>\n";
            let mut row = Some(line);
            let mut tag = "th";
            while let Some(line) = row {
                if !line.starts_with("| ---") {
                    out += "<tr>";
                    for cell in cells(line) {
                        let _ = write!(out, "<{tag}>{}</{tag}>", inline(&cell));
                    }
                    out += "</tr>\n";
                    tag = "td";
                }
                row = lines.next_if(|line| line.starts_with('|'));
            }
            out += "</table>\n";
        } else if !line.trim().is_empty() {
            // A paragraph of these pages is one line.
            let is_chinese =
                chinese || line.chars().next().is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            let _ = writeln!(out, "<p{}>{}</p>", lang(is_chinese), inline(line));
        }
    }
    out
}

fn lang(chinese: bool) -> &'static str {
    if chinese { " lang=\"zh-Hans\"" } else { "" }
}

/// The cells of a row; a bar inside of one is written `\|`.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim_matches('|').replace("\\|", "\u{0}");
    row.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
}

/// What GitHub makes of a heading, for links to it.
fn slug(title: &str) -> String {
    let kept = title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect::<String>();
    kept.replace(' ', "-")
}

/// A text with its code, emphasis and links.
fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let span = |mark: char| rest.strip_prefix(mark).and_then(|rest| rest.split_once(mark));
        if let Some((code, after)) = span('`') {
            let _ = write!(out, "<code>{}</code>", escaped(code));
            rest = after;
        } else if let Some((words, after)) = span('*') {
            let _ = write!(out, "<em>{}</em>", escaped(words));
            rest = after;
        } else if let Some(((label, link), after)) = link(rest) {
            let _ = write!(out, "<a href=\"{}\">{}</a>", escaped(&html_name(link)), inline(label));
            rest = after;
        } else {
            out += &escaped(&rest[..c.len_utf8()]);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// `[label](link)` at the start of a text, and what follows it.
fn link(text: &str) -> Option<((&str, &str), &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (link, rest) = rest.split_once(')')?;
    Some(((label, link), rest))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_block_is_written() {
        let html = body(
            "# `a`\n\nOne & `<b>`.\n\n- x\n- y\n\n| c | d |\n| --- | --- |\n| `e\\|f` | g |\n\n```console\n$ a <b\n```\n\n## 中文\n\n好。\n",
        );
        let wanted = "<h1><code>a</code></h1>\n<p>One &amp; <code>&lt;b&gt;</code>.</p>\n<ul>\n<li>x</li>\n<li>y</li>\n</ul>\n\
            <table>\n<tr><th>c</th><th>d</th></tr>\n<tr><td><code>e|f</code></td><td>g</td></tr>\n</table>\n\
            <pre class=\"console\" tabindex=\"0\"><code>$ a &lt;b\n</code></pre>\n<h2 id=\"中文\" lang=\"zh-Hans\">中文</h2>\n\
            <p lang=\"zh-Hans\">好。</p>\n";
        assert_eq!(html, wanted);
    }

    #[test]
    fn links_between_pages_stay_links() {
        assert_eq!(inline("*See* [`a`](a.md)."), "<em>See</em> <a href=\"a.html\"><code>a</code></a>.");
        assert_eq!(inline("[b](README.md#in-a-sample)"), "<a href=\"index.html#in-a-sample\">b</a>");
        assert_eq!(inline("a [b] (c) ` d * e"), "a [b] (c) ` d * e");
        assert_eq!(slug("In a sample"), "in-a-sample");
    }

    #[test]
    fn nothing_of_the_text_is_markup() {
        assert_eq!(inline("<script>\"&"), "&lt;script&gt;&quot;&amp;");
        assert!(page("# `<x>`").contains("<title>&lt;x&gt; · lossmask</title>"));
    }

    #[test]
    fn the_site_gets_a_page_for_each_file_and_an_index() {
        let dist = std::env::temp_dir().join(format!("lossmask-xtask-docs-{}", std::process::id()));
        build(&dist).unwrap();
        let folder = dist.join("docs/diagnostics");
        let pages = paths::files(&folder, |name| paths::has_extension(name, "html"));
        let sources = paths::files(&paths::root().join("docs/diagnostics"), |_| true);
        assert_eq!(pages.len(), sources.len());
        let index = std::fs::read_to_string(folder.join("index.html")).unwrap();
        assert!(index.contains("<a href=\"nothing-trained.html\"><code>nothing-trained</code></a>"));
        assert!(dist.join("docs/docs.css").is_file());
        std::fs::remove_dir_all(&dist).ok();
    }
}
