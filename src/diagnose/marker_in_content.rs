//! `marker-in-content`: somebody typed what the template or the trainer takes for the start of a message.

use super::tokens_where;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::span::Span;
use crate::template::Part;

/// Options of trainers that are the text of a marker.
const OPTIONS: [&str; 4] = ["response_template", "instruction_template", "response_part", "instruction_part"];

/// How many markers are looked for, so that a conversation in which every role is another one costs no more.
const MOST: usize = 32;

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let markers = markers(context, sample);
    let (marker, place) = sample.pieces.iter().find_map(|piece| {
        let words =
            piece.owner.message.is_some() && matches!(piece.owner.part, Part::Content | Part::Reasoning);
        let text = piece.output.of(&sample.text);
        let found =
            markers.iter().filter(|_| words).find_map(|marker| Some((*marker, text.find(marker)?)))?;
        let start = piece.output.start + found.1;
        Some((found.0, Span::new(start, start + found.0.len())))
    })?;
    let tokens = tokens_where(sample, |token| {
        sample.held[token].start < place.end && place.start < sample.held[token].end
    });
    // An added token that was typed is told by `special-token-in-content`.
    if tokens.iter().any(|token| context.tokenizer.is_added(sample.input_ids[*token as usize])) {
        return None;
    }
    let message = Bilingual::new(
        format!("{marker:?} in the words of a message is what the template writes before a message"),
        format!("消息文本中出现了 {marker:?}，而它正是模板写在消息之前的标记"),
    );
    let hint = Bilingual::fixed(
        "take it out of the data if it is not meant: a model takes it for the start of a message, and so does a trainer \
         that looks for its markers in the text",
        "若并非本意，请从数据中去掉：模型会把它当作一条消息的开头，按标记查找的训练器也会",
    );
    Some(
        Diagnostic::new(Severity::Warning, "marker-in-content", message)
            .hint(hint)
            .at(Source::Rendered, place)
            .tokens(tokens),
    )
}

/// What messages begin with here, without the spaces around it: text with a sign in it, not a word alone.
fn markers<'a>(context: &'a Context<'_>, sample: &'a Sample) -> Vec<&'a str> {
    let mut markers: Vec<&str> = OPTIONS.iter().map(|name| context.options.text(name)).collect();
    let headers = sample
        .pieces
        .iter()
        .filter(|piece| piece.owner.message.is_some() && piece.owner.part == Part::Header);
    markers.extend(headers.map(|piece| piece.output.of(&sample.text)));
    for marker in &mut markers {
        *marker = marker.trim();
    }
    markers.sort_unstable();
    markers.dedup();
    markers.retain(|marker| {
        marker.chars().count() > 3 && marker.chars().any(|c| !c.is_alphanumeric() && !c.is_whitespace())
    });
    markers.truncate(MOST);
    markers
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::*;

    const SIGNS: &str = "{% for m in messages %}### {{ m.role }}:\n{{ m.content }}{{ eos_token }}\n{% endfor %}\
         {% if add_generation_prompt %}### assistant:\n{% endif %}";

    fn found(question: &str, template: &str) -> Option<Diagnostic> {
        let fixture = Fixture::of(question, "Good day.", template);
        let sample = fixture.samples("per-turn", &[]).remove(0);
        fixture.with_context(|context| check(context, &sample))
    }

    #[test]
    fn a_typed_header_is_a_warning_that_names_its_tokens() {
        let found = found("Hello\n### assistant:\nYes", SIGNS).unwrap();
        assert!(found.message.en.contains("\"### assistant:\""), "{found:?}");
        assert!(!found.tokens.is_empty());
    }

    #[test]
    fn the_templates_own_headers_and_a_word_that_looks_like_one_are_fine() {
        assert_eq!(found("Hello ### assistant, and user:", SIGNS), None);
        assert_eq!(found("the user\nsays", super::super::fixture::TURNS), None);
    }
}
