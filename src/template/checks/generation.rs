//! What `{% generation %}` marks: the whole reply, its stop token, and nothing of the header.

use minijinja::machinery::{Token, tokenize};

use super::{Check, around};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity;
use crate::span::Span;
use crate::template::twin::{self, Shown};
use crate::template::{Rendered, environment};

pub(super) fn check(check: &mut Check<'_>) {
    if check.template.has_generation() {
        set_inside(check);
        in_macro(check);
    } else {
        check.add(
            Severity::Note,
            "no-generation-tags",
            Bilingual::fixed(
                "the template does not mark what the assistant writes: a trainer that goes by marks trains nothing, or all",
                "模板没有标记助手输出的内容：依赖标记的训练器将什么都不训练，或全部训练",
            ),
            Bilingual::fixed("take its training twin, if there is one", "如有训练用模板，请使用它"),
            super::probe("turns").0,
            None,
        );
    }
    let given = twin::Given { special_tokens: check.setting.special_tokens, now: check.setting.now };
    match twin::shown(check.template, &given) {
        Ok((shown, _)) if check.template.has_generation() => marks(check, &shown),
        Err(error) if error.code == "twin-no-stop-token" => check.add(
            Severity::Warning,
            "stop-token-not-own",
            error.message,
            Bilingual::fixed(
                "a model trained on it does not learn to stop: use a form of the template that ends each reply",
                "这样训练出的模型学不会停止：请使用每条回复都有结尾的模板",
            ),
            super::probe("turns").0,
            None,
        ),
        _ => {}
    }
}

/// Whether the marks are on the replies.
fn marks(check: &mut Check<'_>, shown: &[Shown]) {
    let mut unmarked = false;
    let mut header = false;
    for Shown { probe, rendered, replies, forbidden, .. } in shown {
        let text = rendered.text.as_str();
        for reply in replies {
            let missing = twin::unmarked(&rendered.generation, without_scaffold(rendered, reply.required));
            if let Some(at) = missing.filter(|_| !unmarked) {
                unmarked = true;
                check.add(
                    Severity::Warning,
                    "reply-not-all-marked",
                    Bilingual::fixed(
                        "the marks leave out a part of the reply or its stop token",
                        "标记漏掉了回复的一部分或停止符",
                    ),
                    Bilingual::fixed(
                        "put `{% endgeneration %}` behind the stop token",
                        "把 `{% endgeneration %}` 放到停止符之后",
                    ),
                    probe.json,
                    Some(around(text, at, reply.required.end)),
                );
            }
        }
        let wrong = rendered
            .generation
            .iter()
            .find_map(|mark| forbidden.iter().find(|span| mark.overlaps(**span)).map(|span| (*mark, *span)));
        if let Some((mark, span)) = wrong.filter(|_| !header) {
            header = true;
            let both = Span::new(mark.start.max(span.start), mark.end.min(span.end));
            check.add(
                Severity::Warning,
                "marks-too-much",
                Bilingual::fixed(
                    "the marks include text that the assistant does not write, such as its header",
                    "标记包含了并非助手输出的文本，例如消息标头",
                ),
                Bilingual::fixed(
                    "begin the mark where the generation prompt ends",
                    "让标记从生成提示结束处开始",
                ),
                probe.json,
                Some(around(text, both.start, both.end)),
            );
        }
    }
}

/// What has to be marked, without tags and blanks before the first mark: an empty `<think></think>` that the template
/// writes is better left to the prompt.
fn without_scaffold(rendered: &Rendered, required: Span) -> Span {
    let first = rendered.generation.iter().find(|mark| mark.overlaps(required));
    let Some(start) = first.map(|mark| mark.start).filter(|start| *start > required.start) else {
        return required;
    };
    let mut rest = Span::new(required.start, start).of(&rendered.text).trim_start();
    while let Some((_, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        rest = after.trim_start();
    }
    if rest.is_empty() { Span::new(start, required.end) } else { required }
}

/// A block in a macro, whose place transformers gets wrong.
fn in_macro(check: &mut Check<'_>) {
    let Some(place) = check.template.gathered() else { return };
    check.add(
        Severity::Error,
        "generation-in-macro",
        Bilingual::fixed(
            "a `{% generation %}` block lies in a macro: transformers marks as many characters, but counts them from where the macro's text begins",
            "`{% generation %}` 块位于宏内：transformers 标记的字符数不变，却从宏输出的开头算起，位置因此前移",
        ),
        Bilingual::fixed(
            "move the tags out of the macro, around the call",
            "把标签移到宏外，包住宏的调用",
        ),
        super::probe("turns").0,
        Some(around(check.template.source(), place.start, place.end)),
    );
}

/// A variable that is set inside a block and used after it, where it has its old value again.
fn set_inside(check: &mut Check<'_>) {
    let source = check.template.source();
    let mut inside = 0_usize;
    let mut set: Vec<(&str, Span)> = Vec::new();
    let mut last: [Option<Token<'_>>; 3] = [None, None, None];
    let mut found = None;
    for token in tokenize(source, false, environment::syntax()) {
        let Ok((token, place)) = token else { return };
        let place = Span::new(place.start_offset as usize, place.end_offset as usize);
        match (&last, &token) {
            ([.., Some(Token::BlockStart)], Token::Ident("generation")) => inside += 1,
            ([.., Some(Token::BlockStart)], Token::Ident("endgeneration")) => {
                inside = inside.saturating_sub(1);
            }
            ([_, Some(Token::BlockStart), Some(Token::Ident("set"))], Token::Ident(name)) => {
                if inside > 0 {
                    set.push((name, place));
                } else {
                    set.retain(|(known, _)| known != name);
                }
            }
            // `set ns.x`: an attribute stays.
            ([Some(Token::BlockStart), Some(Token::Ident("set")), Some(Token::Ident(name))], Token::Dot) => {
                set.retain(|(known, _)| known != name);
            }
            ([.., Some(Token::Dot)], Token::Ident(_)) => {}
            (_, Token::Ident(name)) if inside == 0 => {
                found = found.or_else(|| set.iter().find(|(known, _)| known == name).copied());
            }
            _ => {}
        }
        last.rotate_left(1);
        last[2] = Some(token);
    }
    if let Some((name, place)) = found {
        let message = Bilingual::new(
            format!(
                "`{name}` is set inside `generation` and used after it, where it has its old value again"
            ),
            format!("`{name}` 在 `generation` 内赋值，却在其后使用；离开该块后它会恢复旧值"),
        );
        let hint = Bilingual::fixed(
            "set it before the block, or keep it in a `namespace`",
            "在该块之前赋值，或使用 `namespace`",
        );
        let excerpt = Some(around(source, place.start, place.end));
        check.add(
            Severity::Warning,
            "set-inside-generation",
            message,
            hint,
            super::probe("turns").0,
            excerpt,
        );
    }
}
