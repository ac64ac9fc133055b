//! What a template writes of its own accord: a default system prompt, a date, the first token.

use super::{Check, around, probe};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity;

pub(super) fn check(check: &mut Check<'_>) {
    let (json, conversation) = probe("one turn");
    let Ok(rendered) = check.render(&conversation, false) else { return };
    let later = check.setting.now.checked_add_days(chrono::Days::new(400)).unwrap_or(check.setting.now);
    let text = rendered.text.as_str();
    let tomorrow = {
        let input = crate::template::Input { now: later, ..check.input(&conversation, false) };
        check.template.render(&input).map(|rendered| rendered.text).unwrap_or_default()
    };
    if tomorrow != text {
        let at =
            text.chars().zip(tomorrow.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
        check.add(
            Severity::Warning,
            "date-added",
            Bilingual::fixed("the template writes today's date", "模板会写入当天日期"),
            Bilingual::fixed(
                "samples differ from day to day: pass the date that you mean, or take it out",
                "样本会随日期变化：请传入固定日期，或将其去掉",
            ),
            json,
            Some(around(text, at, at + 1)),
        );
    }
    let bos = check.setting.special_tokens.get("bos_token").map_or("", String::as_str);
    let pieces = check.template.owners(&check.input(&conversation, false), &rendered);
    let added = pieces.iter().find(|piece| {
        let own = piece.output.of(text);
        let own = own.strip_prefix(bos).unwrap_or(own);
        // A marker of a few signs is no text that one would miss.
        piece.owner.message.is_none() && own.chars().filter(|c| c.is_alphabetic()).count() > 20
    });
    if let Some(piece) = added {
        check.add(
            Severity::Note,
            "text-added",
            Bilingual::fixed(
                "the template adds text that is in no message, such as a default system prompt",
                "模板会添加不属于任何消息的文本，例如默认系统提示",
            ),
            Bilingual::fixed(
                "give a system message of your own if that is not what you mean",
                "如非所愿，请自行提供系统消息",
            ),
            json,
            Some(around(text, piece.output.start, piece.output.end)),
        );
    }
    if bos.is_empty() {
        return;
    }
    let writes = text.starts_with(bos);
    if writes && check.setting.tokenizer_adds_bos {
        check.add(
            Severity::Warning,
            "bos-twice",
            Bilingual::fixed(
                "the template writes the first token, and the tokenizer adds it too",
                "模板写入了起始符，分词器又会再加一个",
            ),
            Bilingual::fixed(
                "encode rendered text without special tokens added",
                "对渲染后的文本编码时不要再添加特殊 token",
            ),
            json,
            Some(around(text, 0, bos.len())),
        );
    } else if !writes && check.setting.tokenizer_adds_bos {
        check.add(
            Severity::Note,
            "bos-missing",
            Bilingual::fixed(
                "the template does not write the first token: text encoded without special tokens lacks it",
                "模板不写起始符：不添加特殊 token 编码时会缺少它",
            ),
            Bilingual::fixed("check that the model was trained without it", "请确认模型训练时也没有起始符"),
            json,
            Some(around(text, 0, 0)),
        );
    }
}
