//! `content-not-rendered`, of a part: a trained reply shows some of its content, and the template cut the rest off.

use std::ops::Range;

use super::is_truncated;
use super::replies::{own_render, trained};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::dialogue::{Message, Text};
use crate::recipe::{Context, Sample};

/// How reasoning is set apart within a content.
const TAGS: [(&str, &str); 4] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
];

/// The fewest bytes of words that say something by being there: short ones stand anywhere.
const TELLING: usize = 12;

/// The fewest characters, without whitespace, that are worth a word when they are not there.
const MISSED: usize = 16;

/// How many bytes of text are searched; what is left after that counts as being there.
const SEARCHED: usize = 64 << 20;

/// How many characters of what is missing are quoted.
const QUOTED: usize = 24;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    if is_truncated(sample) {
        return None;
    }
    let mut left = SEARCHED;
    let (cut, number) = trained(context, sample).into_iter().find_map(|(_, message)| {
        let texts = texts(context.conversation.messages.get(message as usize)?);
        let start = sample.pieces.iter().find(|piece| piece.owner.message == Some(message))?.output.start;
        Some((find(&texts, sample.text.get(start..)?, &mut left)?, message + 1))
    })?;
    let lost = &cut.text.text[cut.range.clone()];
    let quote: String = lost.chars().take(QUOTED).collect();
    let count = lost.chars().count();
    let (who, zh) = match own_render(context, sample) {
        Some(_) => ("template", "模板"),
        None => ("trainer", "训练器"),
    };
    let message = if cut.is_reasoning {
        Bilingual::new(
            format!(
                "the reasoning in the content of message {number} is not in the sample, so it is not trained: the {who} \
                 cuts these {count} characters off, from {quote:?} on"
            ),
            format!(
                "第 {number} 条消息的 content 中的思考不在样本里，不参与训练：{zh}截去了从 {quote:?} 开始的 {count} 个字符"
            ),
        )
    } else {
        Bilingual::new(
            format!(
                "a part of the content of message {number} is not in the sample, so it is not trained: the {who} leaves \
                 these {count} characters out, from {quote:?} on"
            ),
            format!(
                "第 {number} 条消息的 content 有一部分不在样本里，不参与训练：{zh}丢掉了从 {quote:?} 开始的 {count} 个字符"
            ),
        )
    };
    let hint = if cut.is_reasoning {
        Bilingual::fixed(
            "use a form of the template that keeps the reasoning; if only the answer is to be trained, leave it out of the data",
            "请使用保留思考的模板；若只想训练回答，请从数据中去掉思考",
        )
    } else {
        Bilingual::fixed(
            "use a template that writes the whole content, or leave this part out of the data",
            "请使用会写出完整 content 的模板，或从数据中去掉这一部分",
        )
    };
    let place = cut.text.source_span(cut.range);
    Some(
        Diagnostic::new(Severity::Warning, "content-not-rendered", message)
            .hint(hint)
            .at(Source::Dialogue, place),
    )
}

/// What of a content is not there.
struct Cut<'a> {
    text: &'a Text,
    range: Range<usize>,
    is_reasoning: bool,
}

/// The strings of a content: itself, or those of its parts.
fn texts(message: &Message) -> Vec<&Text> {
    let Some(content) = message.get("content") else { return Vec::new() };
    let parts = content.as_list().unwrap_or_default();
    content.as_text().into_iter().chain(parts.iter().filter_map(|part| part.get("text")?.as_text())).collect()
}

/// The first part of a content that is not in `shown`. Templates trim, escape and wrap what they write, so it is words
/// that are looked for, without what stands between them.
fn find<'a>(texts: &[&'a Text], shown: &str, left: &mut usize) -> Option<Cut<'a>> {
    if *left < shown.len() || texts.iter().all(|text| shown.contains(text.text.trim())) {
        return None;
    }
    *left -= shown.len();
    let shown = shown.to_lowercase();
    let mut is_there = |words: &str| {
        *left = left.checked_sub(shown.len())?;
        Some(shown.contains(&words.to_lowercase()))
    };
    for text in texts {
        let Some((range, rest)) = reasoning(&text.text) else { continue };
        let (lost, kept) = (longest(&text.text[range.clone()]), longest(&text.text[rest..]));
        // Where the answer is not there as it is either, the template writes both in some other form.
        if !lost.is_empty() && !is_there(lost)? && is_there(kept)? {
            return Some(Cut { text, range, is_reasoning: true });
        }
    }
    let mut any = false;
    texts.iter().find_map(|text| {
        let range = gap(&text.text, &mut any, &mut is_there)?;
        Some(Cut { text, range, is_reasoning: false })
    })
}

/// The reasoning at the beginning of a content, without its tags, and where the answer begins.
fn reasoning(content: &str) -> Option<(Range<usize>, usize)> {
    TAGS.iter().find_map(|(open, close)| {
        let end = content.find(close)?;
        let start = content[..end].find(open).map_or(0, |at| at + open.len());
        let inner = &content[start..end];
        let start = start + inner.len() - inner.trim_start().len();
        Some((start..start + inner.trim().len(), end + close.len()))
    })
}

/// The first long stretch of a text none of whose words are there, though some of the text is; `any` says that some was.
fn gap(text: &str, any: &mut bool, is_there: &mut impl FnMut(&str) -> Option<bool>) -> Option<Range<usize>> {
    let is_long =
        |gap: &Range<usize>| text[gap.clone()].chars().filter(|c| !c.is_whitespace()).count() >= MISSED;
    let mut gap: Option<Range<usize>> = None;
    for words in stretches(text).filter(|words| words.len() >= TELLING) {
        if !is_there(&text[words.clone()])? {
            gap = Some(gap.map_or(words.start, |gap| gap.start)..words.end);
            continue;
        }
        *any = true;
        if let Some(gap) = gap.take().filter(is_long) {
            return Some(gap);
        }
    }
    gap.filter(|gap| *any && is_long(gap))
}

/// The longest words of a text.
fn longest(text: &str) -> &str {
    stretches(text).max_by_key(Range::len).map_or("", |words| &text[words])
}

/// Where letters, digits and spaces stand: what no escape changes.
fn stretches(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut next = 0;
    text.split_inclusive(|c: char| !c.is_alphanumeric() && c != ' ').filter_map(move |stretch| {
        let end = next + stretch.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
        let start = next + stretch.len() - stretch.trim_start().len();
        next += stretch.len();
        (start < end).then_some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS};
    use super::*;

    /// The finding about the first sample.
    fn of(talk: &str, template: &str, recipe: &str) -> Option<Diagnostic> {
        let fixture = Fixture::talk(talk, template);
        let sample = fixture.samples(recipe, &[]).remove(0);
        fixture.with_context(|context| check(context, &sample))
    }

    /// The finding about one answer, of a template that writes it in this way.
    fn found(answer: &str, writes: &str) -> Option<String> {
        let talk = serde_json::json!([
            {"role": "user", "content": "2+2?"},
            {"role": "assistant", "content": answer},
        ]);
        let template = TURNS.replace("{{ m.content }}", writes);
        of(&talk.to_string(), &template, "per-turn").map(|found| found.message.en.into_owned())
    }

    const THOUGHT: &str = "<think>\nBecause two and two make four\n</think>\n\n4";
    const CUTS: &str = "{{ m.content.split('</think>')[-1] | trim }}";

    #[test]
    fn reasoning_that_the_template_cuts_off_a_trained_reply_is_a_warning() {
        let says = "the reasoning in the content of message 2 is not in the sample, so it is not trained: the template cuts \
                    these 29 characters off, from \"Because two and two make\" on";
        assert_eq!(found(THOUGHT, CUTS).as_deref(), Some(says));
        let short = found("<think>Easy.</think>4", CUTS).unwrap();
        assert!(short.contains("these 5 characters"), "{short}");
    }

    #[test]
    fn its_place_is_the_reasoning_in_the_pasted_text() {
        let talk = r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "<think>\nA \"b\" c.\n</think>\n4"}]"#;
        let found = of(talk, &TURNS.replace("{{ m.content }}", CUTS), "axolotl").unwrap();
        let (source, place) = found.place.unwrap();
        assert_eq!((source, place.of(talk)), (Source::Dialogue, r#"A \"b\" c."#));
    }

    #[test]
    fn a_beginning_and_an_end_that_are_not_there_are_a_warning() {
        let long = "The first sentence has some words.\nThe second sentence has some others.";
        let first = found(long, "{{ m.content.split('\n')[0] }}").unwrap();
        assert!(first.contains("these 35 characters out, from \"The second sentence has \""), "{first}");
        let last = found(long, "{{ m.content.split('\n')[-1] }}").unwrap();
        assert!(last.contains("these 33 characters out, from \"The first sentence has s\""), "{last}");
    }

    #[test]
    fn what_is_trimmed_escaped_or_written_elsewhere_is_there() {
        let talk = " <think>\nIf a < b & \"c\", then d.\n</think>\n\nIt is 4,  and so \\ on for a while. ";
        for writes in [
            "{{ m.content }}",
            "{{ m.content | trim }}",
            "{{ m.content | tojson }}",
            "{{ m.content | e }}",
            "{{ m.content | upper }}",
            "{{ m.content.split('</think>')[-1] }} was thought of as {{ m.content.split('</think>')[0] }}",
            "{{ m.content | replace('while', 'time') }}",
        ] {
            assert_eq!(found(talk, writes), None, "{writes}");
        }
    }

    #[test]
    fn an_earlier_reply_that_loses_its_reasoning_is_told_only_where_it_is_trained() {
        let talk = serde_json::json!([
            {"role": "user", "content": "2+2?"}, {"role": "assistant", "content": THOUGHT},
            {"role": "user", "content": "3+3?"}, {"role": "assistant", "content": "6"},
        ]);
        let cuts = TURNS.replace("{{ m.content }}", CUTS);
        let fixture = Fixture::talk(&talk.to_string(), &cuts);
        let samples = fixture.samples("per-turn", &[]);
        let found = |sample| fixture.with_context(|context| check(context, sample).is_some());
        assert_eq!(samples.iter().map(found).collect::<Vec<_>>(), [true, false]);
    }
}
