// What must hold for every pasted text; the property tests and the fuzz targets check it.

use lossmask::dialogue::{Conversation, Given, Kind, Read, Text, Value};
use lossmask::span::Span;

/// Every text of a value, and every place.
fn walk<'a>(value: &'a Value, texts: &mut Vec<&'a Text>, spans: &mut Vec<Span>) {
    spans.push(value.span);
    match &value.kind {
        Kind::String(text) => texts.push(text),
        Kind::List(items) => items.iter().for_each(|item| walk(item, texts, spans)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                texts.push(key);
                walk(value, texts, spans);
            }
        }
        _ => {}
    }
}

fn everything(conversations: &[Conversation]) -> (Vec<&Text>, Vec<Span>) {
    let (mut texts, mut spans) = (Vec::new(), Vec::new());
    for conversation in conversations {
        spans.push(conversation.span);
        for value in conversation.tools.iter().chain(conversation.extra.iter().map(|(_, value)| value)) {
            walk(value, &mut texts, &mut spans);
        }
        if let Some(Given::Segments(segments)) = &conversation.given {
            texts.extend(segments.iter().map(|segment| &segment.text));
        }
        texts.extend(&conversation.mask);
        for message in &conversation.messages {
            spans.push(message.span);
            texts.push(&message.role);
            for (key, value) in &message.fields {
                texts.push(key);
                walk(value, &mut texts, &mut spans);
            }
        }
    }
    spans.extend(texts.iter().map(|text| text.span));
    (texts, spans)
}

/// What is wrong with what a conversation says of its training and its own tokens.
fn amiss(conversation: &Conversation) -> Option<String> {
    if conversation.messages.is_empty() && conversation.given.is_none() {
        return Some("a conversation without anything".to_owned());
    }
    for (at, message) in conversation.messages.iter().enumerate() {
        let detail = conversation.training(at).unwrap_or_default().detail;
        let length = message.content().map_or(usize::MAX, |content| content.text.len());
        if detail.iter().any(|of| of.span.start > of.span.end || of.span.end > length) {
            return Some(format!("a stretch outside its content: {message:?}"));
        }
    }
    if let Some(Given::Tokens(tokens)) = &conversation.given {
        let lengths = [tokens.labels.as_ref().map(Vec::len), tokens.attention_mask.as_ref().map(Vec::len)];
        if lengths.into_iter().flatten().any(|length| length != tokens.input_ids.len()) {
            return Some(format!("lists of different lengths: {tokens:?}"));
        }
    }
    None
}

/// Checks what was `read` of `pasted`: places are inside it and on character boundaries, in the order of the text, and
/// exact where a text says that it was written as it is.
pub(crate) fn holds(pasted: &str, read: &Read) -> Result<(), String> {
    let check = |holds: bool, what: &dyn Fn() -> String| if holds { Ok(()) } else { Err(what()) };
    if let Some(amiss) = read.conversations.iter().find_map(amiss) {
        return Err(amiss);
    }
    let (texts, mut spans) = everything(&read.conversations);
    for diagnostic in &read.diagnostics {
        spans.extend(diagnostic.place.map(|(_, span)| span));
        check(diagnostic.render("f", pasted).starts_with("f:"), &|| format!("no place: {diagnostic:?}"))?;
        check(diagnostic.hint.is_some(), &|| format!("no hint: {diagnostic:?}"))?;
    }
    for span in spans {
        check(pasted.get(span.start..span.end).is_some(), &|| format!("{span:?} of {pasted:?}"))?;
    }
    for text in texts {
        let mut last = 0;
        for (at, c) in text.text.char_indices() {
            let span = text.source_span(at..at + c.len_utf8());
            check(pasted.get(span.start..span.end).is_some(), &|| {
                format!("{c:?} at {span:?} of {pasted:?}")
            })?;
            check(span.start >= last || !text.is_pasted(), &|| format!("descends: {text:?}"))?;
            last = span.start;
            let run = text.map[..text.map.partition_point(|run| run.from <= at)].last();
            if run.is_some_and(|run| run.verbatim) {
                let written = span.of(pasted).chars().next();
                check(written == Some(c), &|| {
                    format!("{c:?} of {text:?} is {written:?} at {span:?} of {pasted:?}")
                })?;
            } else if text.is_pasted() {
                check(!span.is_empty() || text.text != c.to_string(), &|| format!("nowhere: {text:?}"))?;
            }
        }
    }
    Ok(())
}
