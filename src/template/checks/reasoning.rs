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
        let hint = Bilingual::fixed(
            "use a form of the template that keeps it, or train only the last reply",
            "使用保留思考的模板，或只训练最后一条回复",
        );
        if earlier > 1 || kept > 1 {
            let message = Bilingual::fixed("a reply's reasoning is written twice", "回复的思考被写了两次");
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
            let (en, zh) = if own_field {
                ("reasoning in a field of its own is left out", "单独字段中的思考被丢弃")
            } else {
                (
                    "reasoning in the words is cut off, even of the last reply",
                    "内容中的思考会被截去，最后一条回复也不例外",
                )
            };
            let at = text.len();
            check.add(
                Severity::Note,
                "reasoning-dropped",
                Bilingual::fixed(en, zh),
                hint,
                json,
                Some(around(text, at, at)),
            );
        } else if earlier == 0 {
            let message = Bilingual::fixed(
                "earlier replies lose their reasoning: training on them teaches to answer without it",
                "之前的回复会去掉思考：训练这些回复等于教模型不思考就回答",
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
