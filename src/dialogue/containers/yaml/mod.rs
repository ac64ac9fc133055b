//! YAML. `saphyr-parser` finds the events; the values, their places and the limits are ours.

mod head;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Place, Tag};

use super::super::literal::{Document, MAX_DEPTH, MAX_VALUES, keeps_when_cut};
use super::super::notes::Notes;
use super::super::value::number;
use super::super::{Kind, Text, Value};
use super::written;
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::Error;
use crate::span::Span;

pub(super) use head::fits;

/// How much may be copied for anchors and aliases, in values and in bytes of text.
const MAX_COPIED: usize = 4 << 20;

/// A list or an object that has not ended.
struct Open {
    start: usize,
    /// The end of what is in it so far.
    end: usize,
    anchor: usize,
    items: Items,
}

enum Items {
    List(Vec<Value>),
    Map(Vec<(Text, Value)>, Option<Text>),
}

struct Reader<'t> {
    /// The YAML, and where it begins in the pasted text.
    source: &'t str,
    base: usize,
    /// The byte of every 64th character of it.
    bytes: Vec<usize>,
    open: Vec<Open>,
    /// The values with a name, by the parser's number for it.
    anchors: Vec<Option<Value>>,
    /// How much may still be copied, and how many values may still be read.
    copies: usize,
    left: usize,
    values: Vec<Value>,
    notes: Notes,
}

/// Reads the YAML that stands at `inside` of `text`.
pub(super) fn read(text: &str, inside: Span) -> Document {
    let source = inside.of(text);
    let mut reader = Reader {
        source,
        base: inside.start,
        bytes: source.char_indices().step_by(64).map(|(at, _)| at).collect(),
        open: Vec::new(),
        anchors: Vec::new(),
        copies: MAX_COPIED,
        left: MAX_VALUES,
        values: Vec::new(),
        notes: Notes::default(),
    };
    for event in Parser::new_from_str(source) {
        match event {
            Ok((event, place)) => {
                let span = reader.span(place);
                if reader.event(event, span).is_none() {
                    break;
                }
            }
            Err(error) => {
                let at = reader.byte(error.marker().index());
                reader.not_yaml(at, error.info());
                break;
            }
        }
    }
    reader.unwind();
    Document { values: reader.values, notes: reader.notes }
}

impl Reader<'_> {
    /// The byte of the `index`th character.
    fn byte(&self, index: usize) -> usize {
        let Some(start) = self.bytes.get(index / 64) else { return self.source.len() };
        let rest = &self.source[*start..];
        start + rest.char_indices().nth(index % 64).map_or(rest.len(), |(at, _)| at)
    }

    fn span(&self, place: Place) -> Span {
        let start = self.byte(place.start.index());
        Span::new(start, self.byte(place.end.index()).max(start))
    }

    /// Takes one event; `None` where reading ends.
    fn event(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        match event {
            Event::Scalar(decoded, style, anchor, tag) => {
                self.count(span)?;
                let text = self.text(&decoded, style, span);
                if let Some(key) = self.awaited_key() {
                    *key = Some(text);
                    return Some(());
                }
                let end = text.span.end - self.base;
                let is_string = tag.as_ref().is_some_and(|tag| is_string(tag));
                let value = if style == ScalarStyle::Plain && !is_string {
                    plain(text)
                } else {
                    Value::from_text(text)
                };
                self.add(value, end, anchor)
            }
            Event::SequenceStart(anchor, _) => self.enter(span, anchor, Items::List(Vec::new())),
            Event::MappingStart(anchor, _) => self.enter(span, anchor, Items::Map(Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop()?;
                let (value, end, anchor) = self.close(open, span);
                self.add(value, end, anchor)
            }
            Event::Alias(anchor) => {
                let value = self.anchors.get(anchor).cloned().flatten();
                let Some(value) = value else { return self.not_yaml(span.start, "unknown anchor") };
                let Some(depth) = self.weigh(&value) else { return self.too_much(span) };
                if self.open.len() + depth > MAX_DEPTH {
                    return self.too_deep(span);
                }
                match (self.awaited_key(), value.kind) {
                    (Some(key), Kind::String(text)) => {
                        *key = Some(text);
                        Some(())
                    }
                    (Some(_), _) => self.not_yaml(span.start, "a key is a string"),
                    // It stands where the alias stands, or places would not ascend.
                    (None, kind) => self.add(Value { kind, span: value.span }, span.end, 0),
                }
            }
            _ => Some(()),
        }
    }

    /// The place for a key, where one comes next.
    fn awaited_key(&mut self) -> Option<&mut Option<Text>> {
        match self.open.last_mut() {
            Some(Open { items: Items::Map(_, key @ None), .. }) => Some(key),
            _ => None,
        }
    }

    fn count(&mut self, span: Span) -> Option<()> {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => return self.too_much(span),
        }
        Some(())
    }

    fn enter(&mut self, span: Span, anchor: usize, items: Items) -> Option<()> {
        self.count(span)?;
        if self.awaited_key().is_some() {
            return self.not_yaml(span.start, "a key is a string");
        }
        if self.open.len() >= MAX_DEPTH {
            return self.too_deep(span);
        }
        self.open.push(Open { start: span.start, end: span.start, anchor, items });
        Some(())
    }

    /// The value of a list or an object, its end, and its anchor; `span` is where the parser noticed the end.
    fn close(&self, open: Open, span: Span) -> (Value, usize, usize) {
        let bracket = self.source[..span.end].ends_with([']', '}']);
        let end = if bracket { span.end.max(open.end) } else { open.end };
        let kind = match open.items {
            Items::List(items) => Kind::List(items),
            Items::Map(entries, _) => Kind::Map(entries),
        };
        (Value { kind, span: Span::new(open.start + self.base, end + self.base) }, end, open.anchor)
    }

    /// Puts a whole value, which ends at byte `end` of the source, where it belongs.
    fn add(&mut self, value: Value, end: usize, anchor: usize) -> Option<()> {
        if anchor > 0 {
            if self.weigh(&value).is_none() {
                return self.too_much(value.span);
            }
            if self.anchors.len() <= anchor {
                self.anchors.resize(anchor + 1, None);
            }
            self.anchors[anchor] = Some(value.clone());
        }
        match self.open.last_mut() {
            None => self.values.push(value),
            Some(open) => {
                open.end = end.max(open.end);
                match &mut open.items {
                    Items::List(items) => items.push(value),
                    Items::Map(entries, key) => entries.extend(key.take().map(|key| (key, value))),
                }
            }
        }
        Some(())
    }

    /// Takes what a copy of `value` costs from what may be copied, and says how deep it is.
    fn weigh(&mut self, value: &Value) -> Option<usize> {
        fn walk(value: &Value, left: &mut usize) -> Option<usize> {
            let own = |text: &Text| 64 + text.text.len() + 24 * text.map.len();
            let mut depth = 0;
            match &value.kind {
                Kind::String(text) => *left = left.checked_sub(own(text))?,
                Kind::List(items) => {
                    for item in items {
                        depth = depth.max(walk(item, left)?);
                    }
                    depth += 1;
                }
                Kind::Map(entries) => {
                    for (key, value) in entries {
                        *left = left.checked_sub(own(key))?;
                        depth = depth.max(walk(value, left)?);
                    }
                    depth += 1;
                }
                _ => {}
            }
            *left = left.checked_sub(64)?;
            Some(depth)
        }
        walk(value, &mut self.copies)
    }

    /// A scalar with its places.
    fn text(&self, decoded: &str, style: ScalarStyle, span: Span) -> Text {
        let raw = span.of(self.source);
        let raw = match style {
            // The parser notices the end of a scalar at what follows it.
            ScalarStyle::Literal | ScalarStyle::Folded => raw.trim_end_matches([' ', '\t']),
            _ => raw.trim_end(),
        };
        written::text(decoded, raw, span.start + self.base)
    }

    /// After an error: closes what is open and keeps what is whole, as the reader of JSON does.
    fn unwind(&mut self) {
        while let Some(open) = self.open.pop() {
            let (value, end, _) = self.close(open, Span::at(0));
            if keeps_when_cut(&value) {
                self.add(value, end, 0);
            } else if let Some(Open { items: Items::Map(_, key), .. }) = self.open.last_mut() {
                *key = None;
            }
        }
    }

    fn fail(&mut self, code: &'static str, span: Span, message: Bilingual, hint: Bilingual) -> Option<()> {
        let place = Span::new(span.start + self.base, span.end + self.base);
        self.notes.add(Error, code, place, message, hint);
        None
    }

    fn not_yaml(&mut self, at: usize, why: &str) -> Option<()> {
        self.fail(
            "not-yaml",
            Span::at(at),
            Bilingual::new(format!("this is not YAML: {why}"), format!("这不是合法的 YAML：{why}")),
            Bilingual::fixed(
                "put a text that holds `: ` or ` #` in quotes, and indent with spaces",
                "含有 `: ` 或 ` #` 的文本请加引号，缩进请用空格",
            ),
        )
    }

    fn too_deep(&mut self, span: Span) -> Option<()> {
        self.fail(
            "too-deep",
            Span::at(span.start),
            Bilingual::new(
                format!("lists and objects nest deeper than {MAX_DEPTH}"),
                format!("列表和对象的嵌套超过 {MAX_DEPTH} 层"),
            ),
            Bilingual::fixed("check the indentation", "请检查缩进"),
        )
    }

    fn too_much(&mut self, span: Span) -> Option<()> {
        self.fail(
            "too-many-values",
            Span::at(span.start),
            Bilingual::fixed(
                "the text holds too many values, or its aliases copy too much",
                "文本中的值太多，或别名复制的内容太多",
            ),
            Bilingual::fixed(
                "write without anchors, or paste a part of it",
                "请不要使用锚点，或只粘贴其中一部分",
            ),
        )
    }
}

fn is_string(tag: &Tag) -> bool {
    tag.is_yaml_core_schema() && tag.suffix == "str"
}

/// What a scalar without quotes is.
fn plain(text: Text) -> Value {
    let span = text.span;
    let is_number = |written: &str| {
        let digit = written.trim_start_matches(['-', '+', '.']).starts_with(|c: char| c.is_ascii_digit());
        digit && !written.contains('_') && number(written).is_some()
    };
    let kind = match text.text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        written if is_number(written) => Kind::Number(text.text),
        _ => Kind::String(text),
    };
    Value { kind, span }
}

#[cfg(test)]
mod tests {
    use crate::dialogue::read;

    /// What the first `length` bytes of each content were written as.
    fn written(pasted: &str, length: usize) -> Vec<&str> {
        let found = read(pasted);
        assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
        let messages = found.conversations.iter().flat_map(|conversation| &conversation.messages);
        messages.map(|message| message.content().unwrap().source_span(0..length).of(pasted)).collect()
    }

    #[test]
    fn a_scalar_points_at_its_characters_however_it_is_written() {
        let pasted = "# 春😀\n- role: user\n  content: 春 x  # why\n- {role: assistant, content: \"春\\n\"}\n- role: user\n  \
                      content: |\n    春\n    风\n- 'role': assistant\n  content: '春'\n";
        assert_eq!(written(pasted, 3), ["春"; 4]);
        let found = read(pasted);
        let message = |index: usize| &found.conversations[0].messages[index];
        let last = |index: usize, from: usize, to: usize| {
            message(index).content().unwrap().source_span(from..to).of(pasted)
        };
        assert_eq!(last(0, 0, 5), "春 x");
        assert_eq!(last(1, 3, 4), "\\n");
        assert_eq!(last(2, 4, 7), "风");
        assert_eq!(message(1).span.of(pasted), "{role: assistant, content: \"春\\n\"}");
        assert_eq!(message(3).span.of(pasted), "'role': assistant\n  content: '春'");
        assert_eq!(message(3).role.span.of(pasted), "assistant");
    }

    #[test]
    fn an_alias_points_at_what_it_stands_for() {
        let pasted = "- role: user\n  content: &a 春\n- role: assistant\n  content: *a\n";
        assert_eq!(written(pasted, 3), ["春"; 2]);
    }
}
