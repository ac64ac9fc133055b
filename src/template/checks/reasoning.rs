//! What becomes of a reply's reasoning: kept, cut off, or written twice.

use super::{Check, around, probe};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity;

pub(super) fn check(check: &mut Check<'_>) {
    for (name, earlier, last, own_field) in
        [("reasoning", "Lemon", "Orange", true), ("reasoning in the words", "Quandong", "Tangerine", false)]
    {
        let (json, conversation) = probe(name);
        let Ok(rendered) = check.render(&conversation, false) else { continue };
        let text = rendered.text.as_str();
        let (earlier, kept) = (text.matches(earlier).count(), text.matches(last).count());
        if earlier > 1 || kept > 1 {
            let message = Bilingual::fixed("a reply's reasoning is written twice", "回复的思考被写了两次");
            let hint = Bilingual::fixed(
                "give the reasoning in one way only, or use a form of the template that writes it once",
                "思考只用一种方式提供，或使用只写一次思考的模板",
            );
            let at = text.find(last).unwrap_or(0);
            check.add(
                Severity::Warning,
                "reasoning-twice",
                message,
                hint,
                json,
                Some(around(text, at, at + last.len())),
            );
        } else if kept == 0 {
            let (message, hint) = if own_field { left_out() } else { cut_off() };
            let at = text.len();
            check.add(Severity::Note, "reasoning-dropped", message, hint, json, Some(around(text, at, at)));
        } else if earlier == 0 {
            let message = Bilingual::fixed(
                "earlier replies lose their reasoning: training on them teaches to answer without it",
                "之前的回复会去掉思考：训练这些回复等于教模型不思考就回答",
            );
            let hint = Bilingual::fixed(
                "use a form of the template that keeps it, or train only the last reply",
                "使用保留思考的模板，或只训练最后一条回复",
            );
            check.add(
                Severity::Note,
                "reasoning-only-last",
                message,
                hint,
                json,
                Some(around(text, 0, text.len())),
            );
        }
    }
}

/// What is said of a field that the template does not write, and what helps.
fn left_out() -> (Bilingual, Bilingual) {
    let message = Bilingual::fixed("reasoning in a field of its own is left out", "单独字段中的思考被丢弃");
    let hint = Bilingual::fixed(
        "use a form of the template that writes it, or write it into the content if the template keeps it there",
        "使用会写出它的模板；若模板会保留 content 中的思考，也可写进 content",
    );
    (message, hint)
}

/// What is said of reasoning in the content that is gone even where it is all that a training would be for.
fn cut_off() -> (Bilingual, Bilingual) {
    let message = Bilingual::fixed(
        "reasoning in the words is cut off, even of the last reply",
        "内容中的思考会被截去，最后一条回复也不例外",
    );
    let hint = Bilingual::fixed(
        "use a form of the template that keeps it: with this one every reply is trained without its reasoning",
        "使用保留思考的模板：用此模板时，每条回复都不带思考地参与训练",
    );
    (message, hint)
}
