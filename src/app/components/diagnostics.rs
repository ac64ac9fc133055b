//! What was found: each finding with its place, its cause and its cure.

use std::cmp::Reverse;
use std::rc::Rc;

use yew::prelude::*;

use crate::app::components::icons::{Icon, icon};
use crate::app::components::shared::{Dispatch, Shared, clicked, rich};
use crate::app::i18n::Lang;
use crate::app::state::{Action, Dialog, TokenAt};
use crate::app::table::Table;
use crate::app::wire::{OutcomeView, ReportView, Work};
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::span::{Span, line_at, line_column};

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) text: Rc<str>,
    pub(crate) report: Option<Shared<ReportView>>,
    pub(crate) dispatch: Dispatch,
}

/// What comes of encoding prompt and reply apart, as the listing does that the link leads to.
const LISTED: [&str; 3] = ["boundary-differs", "labels-length", "label-differs"];

/// A finding and the samples it was made in.
struct Found<'a> {
    diagnostic: &'a Diagnostic,
    samples: Vec<usize>,
}

/// All findings, the worst first; one that several samples share is shown once.
pub(crate) fn diagnostics(props: &Props) -> Html {
    let Props { lang, report, .. } = props.clone();
    let found = report.as_ref().map(|report| collect(report)).unwrap_or_default();
    let of = |severity: Severity| found.iter().filter(|found| found.diagnostic.severity == severity).count();
    let counts: Vec<String> = [
        (of(Severity::Error), "error", "errors", "个错误"),
        (of(Severity::Warning), "warning", "warnings", "个警告"),
        (of(Severity::Note), "note", "notes", "条提示"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many, zh)| lang.count(count, one, many, zh))
    .collect();
    html! {
        <section aria-label={lang.pick("Diagnostics", "诊断")}>
            <div class="pane-h">
                <h2>{ lang.pick("Diagnostics", "诊断") }</h2>
                <small>{ counts.join(lang.pick(", ", "，")) }</small>
            </div>
            if found.is_empty() && report.is_some() {
                <p class="quiet">{ lang.pick("Nothing to report.", "没有发现问题。") }</p>
            }
            { for found.iter().map(|found| row(props, found)) }
        </section>
    }
}

fn row(props: &Props, found: &Found<'_>) -> Html {
    let Props { lang, text, report, dispatch } = props;
    let lang = *lang;
    let text = match (found.diagnostic.place, report) {
        (Some((Source::Rendered, _)), Some(report)) => {
            found.samples.first().and_then(|place| report.sample(*place)).map_or("", |sample| &sample.text)
        }
        _ => pointed_at(found.diagnostic, text, template_of(report.as_deref())),
    };
    let listing = LISTED.contains(&&*found.diagnostic.code).then(|| {
        let dispatch = dispatch.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            dispatch.dispatch(Action::Dialog(Some(Dialog::Work(Work::Listing))));
        });
        html! {
            <p class="hint"><button class="txt-link" {onclick}>
                { lang.pick("The listing that does not work", "行不通的示例代码") }
            </button></p>
        }
    });
    let show = found.samples.first().zip(found.diagnostic.tokens.first()).map(|(sample, token)| {
        let at = TokenAt { sample: *sample, token: *token as usize };
        let onclick = clicked(dispatch, move || Action::Pin(at));
        let numbers: Vec<String> = found.samples.iter().map(|place| (place + 1).to_string()).collect();
        let count = found.diagnostic.tokens.len();
        html! {
            <p class="hint"><button class="txt-link" {onclick}>{ match lang {
                Lang::En => format!(
                    "Show {} in sample {}",
                    if count == 1 { "the token".to_owned() } else { format!("the first of {count} tokens") },
                    numbers.join(", ")
                ),
                Lang::Zh => format!(
                    "查看样本 {} 中的{}",
                    numbers.join("、"),
                    if count == 1 { "这个 token".to_owned() } else { format!("第一个（共 {count} 个 token）") }
                ),
            } }</button></p>
        }
    });
    finding(lang, found.diagnostic, text, Some(html! { <>{ for show }{ for listing }</> }))
}

fn collect(report: &ReportView) -> Vec<Found<'_>> {
    let mut found: Vec<Found<'_>> = Vec::new();
    let is_broken = report.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let mut add = |diagnostic, sample: Option<usize>| {
        let same = found.iter_mut().find(|other| is_same(other.diagnostic, diagnostic));
        match (same, sample) {
            (Some(other), Some(sample)) => other.samples.push(sample),
            (Some(_), None) => {}
            (None, sample) => found.push(Found { diagnostic, samples: sample.into_iter().collect() }),
        }
    };
    for diagnostic in &report.diagnostics {
        add(diagnostic, None);
    }
    if let Some(conversation) = &report.conversation {
        for diagnostic in &conversation.diagnostics {
            add(diagnostic, None);
        }
        for (place, outcome) in conversation.outcomes.iter().enumerate() {
            let diagnostics = match outcome {
                OutcomeView::Sample(sample) => &sample.diagnostics,
                // What is missing from half a dialogue is no news.
                OutcomeView::Same => continue,
                OutcomeView::Dropped(..) if is_broken => continue,
                OutcomeView::Dropped(_, diagnostics) => diagnostics,
            };
            for diagnostic in diagnostics {
                add(diagnostic, Some(place));
            }
        }
    }
    let worst_first: Table<_, _> = found
        .into_iter()
        .enumerate()
        .map(|(at, found)| ((Reverse(found.diagnostic.severity), at), found))
        .collect();
    worst_first.into_iter().map(|(_, found)| found).collect()
}

fn is_same(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.message == b.message
}

/// The text that a finding's place points into, of the two that a user can edit.
pub(crate) fn pointed_at<'a>(found: &Diagnostic, dialogue: &'a str, template: &'a str) -> &'a str {
    match found.place {
        Some((Source::Dialogue, _)) => dialogue,
        Some((Source::Template, _)) => template,
        _ => "",
    }
}

/// The template's text, where there is a report.
pub(crate) fn template_of(report: Option<&ReportView>) -> &str {
    report.and_then(|report| report.template_source.as_deref()).unwrap_or_default()
}

/// One finding; `text` is what its place points into.
pub(crate) fn finding(lang: Lang, diagnostic: &Diagnostic, text: &str, more: Option<Html>) -> Html {
    let (class, mark, word) = match diagnostic.severity {
        Severity::Error => ("is-err", Icon::Error, lang.pick("error", "错误")),
        Severity::Warning => ("is-warn", Icon::Warning, lang.pick("warning", "警告")),
        Severity::Note => ("is-note", Icon::Note, lang.pick("note", "提示")),
    };
    html! {
        <div class={classes!("diag", class)}>
            <p class="diag-h">
                { icon(mark) }{ word }
                <a class="txt-link" href={diagnostic.docs("html")} target="_blank" rel="noopener">
                    <code>{ diagnostic.code.to_string() }</code>
                </a>
            </p>
            <p>{ rich(&lang.of(&diagnostic.message)) }</p>
            if let Some((source, span)) = diagnostic.place { { excerpt(lang, source, span, text) } }
            if let Some(hint) = &diagnostic.hint {
                <p class="hint"><b>{ lang.pick("hint", "建议") }</b>{ " " }{ rich(&lang.of(hint)) }</p>
            }
            { more.unwrap_or_default() }
        </div>
    }
}

/// The line a finding speaks of, cut to what fits, with its bytes marked and a caret under them.
fn excerpt(lang: Lang, source: Source, span: Span, text: &str) -> Html {
    const BEFORE: usize = 14;
    const MARKED: usize = 24;
    const AFTER: usize = 24;
    if text.is_empty() || span.start > text.len() {
        return Html::default();
    }
    let at = line_column(text, span.start);
    let line = line_at(text, span.start);
    let (before, rest) =
        (Span::new(line.start, span.start).of(text), Span::new(span.start, line.end).of(text));
    let marked_length = span.end.min(line.end).saturating_sub(span.start);
    let marked = rest.get(..marked_length).unwrap_or(rest);
    let after = rest.get(marked_length..).unwrap_or_default();
    let skipped = before.chars().count().saturating_sub(BEFORE);
    let head: String = before.chars().skip(skipped).collect();
    let shown: String = marked.chars().take(MARKED).collect();
    let tail: String =
        if marked.chars().count() > MARKED { "…".to_owned() } else { after.chars().take(AFTER).collect() };
    let name = match source {
        Source::Dialogue => lang.pick("dialogue", "对话"),
        Source::Template => lang.pick("template", "模板"),
        Source::Tokenizer => lang.pick("tokenizer", "分词器"),
        Source::Rendered => lang.pick("rendered", "渲染结果"),
    };
    html! {
        <div class="caret">
            <span class="at">{ format!("{name} {}:{}", at.line, at.column) }</span>{ " " }
            { if skipped > 0 { "…" } else { "" } }{ head }
            <mark>{ if shown.is_empty() { " ".to_owned() } else { shown } }</mark>{ tail }
        </div>
    }
}
