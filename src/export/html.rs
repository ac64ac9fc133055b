//! Coloured samples as a page of their own: no scripts, nothing from elsewhere, and fit for print. What is trained is bold
//! over a solid line, what is masked stands over a dotted one, so that colour is not needed to tell them apart.

use std::fmt::Write;

use super::cells::{cells, put, trained, words};
use super::{Place, Request};

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --on: #05372a; --wash: #d3efe2; --rail: #0a7a56; --off: #4b515a; }
@media (prefers-color-scheme: dark) { :root { --on: #d2f8e6; --wash: #0d3a2c; --rail: #36c592; --off: #aeb5bd; } }
@media print { :root { color-scheme: light; --on: #05372a; --wash: #d3efe2; --rail: #0a7a56; --off: #4b515a; } section { break-inside: auto; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
h1 { font-size: 1.2rem; } h2 { font-size: 1rem; margin: 2rem 0 0; }
.tokens { font: 14px/2 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono", "Noto Sans Mono CJK SC", monospace; overflow-wrap: anywhere; }
.tokens b, .tokens span { padding: 1px 1px 0; margin-right: 2px; unicode-bidi: isolate; }
b { color: var(--on); background: var(--wash); border-bottom: 3px solid var(--rail); font-weight: 700; }
span { color: var(--off); border-bottom: 2px dotted var(--off); }
</style>
<title>"#;

/// The page.
pub(super) fn page(request: &Request, places: &[Place<'_>]) -> String {
    let mut page = String::from(HEAD);
    words(&["lossmask: ", &request.recipe].concat(), &mut page);
    page.push_str("</title>\n</head>\n<body>\n<h1>");
    words(&["lossmask · ", &request.recipe, " · ", &request.tokenizer].concat(), &mut page);
    page.push_str(
        "</h1>\n<p><b>trained · 参与训练</b> <span>masked · 被忽略</span> \
         (<code>ignore_index</code> ",
    );
    page.push_str(&request.ignore_index.to_string());
    page.push_str(")</p>\n");
    for place in places {
        section(place, &mut page);
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn section(place: &Place<'_>, page: &mut String) {
    let all = place.sample.input_ids.len();
    let on = trained(place.sample);
    let _ = write!(
        page,
        "<section>\n<h2>Conversation {} · sample {}</h2>\n<p>{all} tokens: {on} trained, {} masked</p>\n\
         <div class=\"tokens\">",
        place.conversation + 1,
        place.number + 1,
        all - on,
    );
    for cell in cells(place.sample) {
        let tag = if cell.weight > 0.0 { "b" } else { "span" };
        page.push('<');
        page.push_str(tag);
        page.push_str(" title=\"");
        page.push_str(&numbers(place, cell.tokens.clone()));
        page.push_str("\">");
        // A token without text of its own still has a place.
        put(if cell.text.is_empty() { "∅" } else { &cell.text }, page);
        page.push_str("</");
        page.push_str(tag);
        page.push('>');
        if cell.ends_line {
            page.push_str("<br>\n");
        }
    }
    page.push_str("</div>\n</section>\n");
}

/// The ids and labels of some tokens: `id 5, label -100; id 6, label 6`.
pub(super) fn numbers(place: &Place<'_>, tokens: std::ops::Range<usize>) -> String {
    let one = |token: usize| {
        let id = place.sample.input_ids.get(token).copied().unwrap_or_default();
        let label = place.sample.labels.get(token).copied().unwrap_or_default();
        format!("id {id}, label {label}")
    };
    tokens.map(one).collect::<Vec<_>>().join("; ")
}
