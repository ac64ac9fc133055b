//! A request and what it comes to as Markdown, for an issue, a chat or notes: the setting, the dialogue, the samples with what
//! is trained marked, the findings. The marks are those of a `diff` block, so that they are there without colours too.

use std::fmt::Write;

use super::cells::trained;
use super::{MOST_DRAWN, Place, places};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{Engine, Report, Request, TemplateChoice};
use crate::recipe::{Outcome, Sample, catalog};

/// Makes the Markdown; `say` picks the language.
pub fn markdown(engine: &mut Engine, request: &Request, say: fn(&Bilingual) -> &str) -> String {
    let report = engine.analyze(request);
    let word = |en: &'static str, zh: &'static str| say(&Bilingual::fixed(en, zh)).to_owned();
    let mut text = ["# lossmask: ", &code(&request.recipe), "\n\n"].concat();
    setting(request, &report, say, &mut text);
    let _ = write!(text, "\n## {}\n\n{}", word("Dialogue", "对话"), fenced("text", &request.dialogue));
    if let TemplateChoice::Source(source) = &request.template {
        let _ = write!(text, "\n## {}\n\n{}", word("Chat template", "聊天模板"), fenced("jinja", source));
    }
    let places = places(&report, None).unwrap_or_default();
    if !places.is_empty() {
        let key = word(
            "Lines with `+` are trained, the others are masked. `↵` is a line break of the text; a line without it goes on in the next. `·` is a space at an end of a line.",
            "以 `+` 开头的行参与训练，其余被忽略。`↵` 是文本中的换行；没有它的行与下一行相连。行首行尾的空格写作 `·`。",
        );
        let _ = write!(text, "\n## {}\n\n{key}\n", word("Samples", "样本"));
    }
    let mut left = MOST_DRAWN;
    for Place { conversation, number, sample } in &places {
        let (all, on) = (sample.input_ids.len(), trained(sample));
        let counts = Bilingual::new(
            format!(
                "Conversation {}, sample {}: {on} of {all} tokens trained, {} masked",
                conversation + 1,
                number + 1,
                all - on
            ),
            format!(
                "第 {} 段对话，样本 {}：共 {all} 个 token，{on} 个参与训练，{} 个被忽略",
                conversation + 1,
                number + 1,
                all - on
            ),
        );
        let _ = write!(text, "\n### {}\n\n", say(&counts));
        if let Some(rest) = left.checked_sub(all) {
            left = rest;
            text.push_str(&fenced("diff", &marked(sample)));
        } else {
            text.push_str(&word("Too long to be shown here.\n", "太长，此处不显示。\n"));
        }
    }
    findings(&report, say, &mut text);
    text
}

fn setting(request: &Request, report: &Report, say: fn(&Bilingual) -> &str, text: &mut String) {
    let mut line = |en: &'static str, zh: &'static str, value: &str| {
        let _ = writeln!(text, "- {}: {value}", say(&Bilingual::fixed(en, zh)));
    };
    let mut recipe = code(&request.recipe);
    if let Some(known) = catalog::find(&request.recipe) {
        let _ = write!(recipe, " ({}", say(&known.title));
        if let Some(source) = &known.source {
            let _ = write!(recipe, ", {} {}", source.package, source.version);
        }
        recipe.push(')');
    }
    line("recipe", "掩码规则", &recipe);
    let options: Vec<String> =
        request.options.iter().map(|(name, value)| code(&[name, "=", value].concat())).collect();
    if !options.is_empty() {
        line("options", "选项", &options.join(", "));
    }
    line("template", "聊天模板", &code(&report.template_id));
    line("tokenizer", "分词器", &code(&request.tokenizer));
    line("ignore_index", "ignore_index", &code(&request.ignore_index.to_string()));
}

fn findings(report: &Report, say: fn(&Bilingual) -> &str, text: &mut String) {
    let mut all: Vec<&Diagnostic> = report.diagnostics.iter().collect();
    for conversation in &report.conversations {
        all.extend(&conversation.diagnostics);
        for outcome in &conversation.outcomes {
            all.extend(match outcome {
                Outcome::Sample(sample) => &sample.diagnostics,
                Outcome::Dropped { diagnostics, .. } => diagnostics,
            });
        }
    }
    // Every sample may have the same finding; it is told once.
    let mut told: Vec<(&str, &Bilingual)> = Vec::new();
    for found in all {
        if told.contains(&(&found.code, &found.message)) {
            continue;
        }
        if told.is_empty() {
            let _ = write!(text, "\n## {}\n\n", say(&Bilingual::fixed("Findings", "诊断")));
        }
        told.push((&found.code, &found.message));
        let severity = match found.severity {
            Severity::Error => Bilingual::fixed("error", "错误"),
            Severity::Warning => Bilingual::fixed("warning", "警告"),
            Severity::Note => Bilingual::fixed("note", "提示"),
        };
        let (severity, message) = (say(&severity).to_owned(), one_line(say(&found.message)));
        let _ = write!(text, "- {severity} {}: {message}", code(&found.code));
        if let Some(hint) = &found.hint {
            let _ = write!(text, "; {}", one_line(say(hint)));
        }
        text.push('\n');
    }
}

/// The text of a sample, a line for each stretch that is trained or masked; its own line breaks are marks at the ends.
fn marked(sample: &Sample) -> String {
    let mut lines = String::new();
    // Where the line being written begins, and whether it is trained.
    let (mut begin, mut on) = (0, None);
    let mut flush = |begin: usize, end: usize, on: bool| {
        for line in sample.text.get(begin..end).unwrap_or_default().split_inclusive('\n') {
            lines.push_str(if on { "+ " } else { "  " });
            match line.strip_suffix('\n') {
                Some(line) => lines.extend([&shown(line), "↵"]),
                None => lines.push_str(&shown(line)),
            }
            lines.push('\n');
        }
    };
    for (token, offset) in sample.offsets.iter().enumerate() {
        let trained = sample.weights.get(token).is_some_and(|weight| *weight > 0.0);
        // A token that holds the rest of a character is part of the stretch that has its beginning.
        if offset.start < begin || offset.is_empty() || on == Some(trained) {
            continue;
        }
        if let Some(on) = on.replace(trained) {
            flush(begin, offset.start, on);
            begin = offset.start;
        }
    }
    if let Some(on) = on {
        flush(begin, sample.text.len(), on);
    }
    lines
}

/// A text without what would move or hide the rest of its line, and with the spaces at its ends to be seen.
fn shown(line: &str) -> String {
    let words = line.trim_matches(' ');
    let start = line.len() - line.trim_start_matches(' ').len();
    let mut shown = "·".repeat(start);
    for (place, word) in words.split(' ').enumerate() {
        if place > 0 {
            shown.push(' ');
        }
        shown.push_str(&crate::diagnostic::visible(word));
    }
    shown.push_str(&"·".repeat(line.len() - start - words.len()));
    shown
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The most back-ticks that stand side by side in a text.
fn ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A text as code within a line, whatever stands in it.
fn code(text: &str) -> String {
    let fence = "`".repeat(ticks(text) + 1);
    let shown = text.replace('\n', "\\n").replace(|c: char| c.is_control(), " ");
    // Next to a tick, or around nothing, a space keeps the fence apart; Markdown takes it away again.
    let space = if shown.is_empty() || shown.starts_with('`') || shown.ends_with('`') { " " } else { "" };
    [&fence, space, &shown, space, &fence].concat()
}

/// A text as a block of code, whatever stands in it.
fn fenced(language: &str, text: &str) -> String {
    let fence = "`".repeat(ticks(text).max(2) + 1);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    [&fence, language, "\n", text, end, &fence, "\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(dialogue: &str, recipe: &str, say: fn(&Bilingual) -> &str) -> String {
        let request = Request {
            dialogue: dialogue.to_owned(),
            recipe: recipe.to_owned(),
            options: vec![("end".to_owned(), "none".to_owned())],
            template: TemplateChoice::Catalog("chatml".to_owned()),
            ..Request::default()
        };
        markdown(&mut Engine::new(), &request, say)
    }

    fn en(text: &Bilingual) -> &str {
        &text.en
    }

    const EXCHANGE: &str =
        r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello\n春风 `x`"}]"#;

    #[test]
    fn the_setting_the_dialogue_and_the_counts_are_told() {
        let text = made(EXCHANGE, "per-turn", en);
        for part in [
            "# lossmask: `per-turn`\n",
            "- options: `end=none`\n",
            "- template: `chatml`\n",
            "- tokenizer: `lossmask`\n",
            "- ignore_index: `-100`\n",
            "### Conversation 1, sample 1: ",
            " tokens trained, ",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(text.contains(EXCHANGE));
        let chinese = made(EXCHANGE, "per-turn", |text| &text.zh);
        assert!(
            chinese.contains("## 样本")
                && chinese.contains("参与训练")
                && !chinese.contains("tokens trained")
        );
    }

    #[test]
    fn the_lines_with_a_plus_are_what_is_trained() {
        let text = made(EXCHANGE, "per-turn", en);
        let block = text.split("```diff\n").nth(1).unwrap().split("\n```").next().unwrap();
        let trained: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("+ ")).collect();
        assert_eq!(trained, ["Hello↵", "春风 `x`"]);
        assert!(block.lines().all(|line| line.starts_with("+ ") || line.starts_with("  ")), "{block}");
    }

    #[test]
    fn what_is_found_is_told_once_with_its_cure() {
        let many = r#"[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"},
            {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]"#;
        let text = made(many, "per-turn", en);
        assert_eq!(text.matches("`stop-token-untrained`").count(), 1, "{text}");
        let nothing = made("[{]", "per-turn", en);
        assert!(nothing.contains("## Findings\n\n- error ") && !nothing.contains("## Samples"), "{nothing}");
    }

    #[test]
    fn nothing_that_is_pasted_ends_its_block() {
        let hostile = "````\n# not a heading\n```` ` `` \u{202e}";
        assert_eq!(fenced("text", hostile), ["`````text\n", hostile, "\n`````\n"].concat());
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("a\nb"), "`a\\nb`");
        assert_eq!(shown("  a  \u{202e}b\u{7}\t "), "··a  \\u{202e}b\\u{7}→·");
        assert_eq!((shown("   "), shown("")), ("···".to_owned(), String::new()));
    }
}
