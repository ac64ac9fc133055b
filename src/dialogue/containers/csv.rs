//! Tables: CSV and TSV, a row a line and a key a column. `csv-core` finds the cells; their places are ours.

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use super::super::literal::{Document, MESSAGE_KEYS};
use super::super::notes::Notes;
use super::super::{Kind, Text, Value};
use super::{is_key, written};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Error, Warning};
use crate::span::Span;

/// How much of a text is looked at to tell whether it is a table, in bytes.
const HEAD: usize = 8 << 10;
/// Columns that say which conversation a message belongs to.
const ID_KEYS: [&str; 5] = ["conversation_id", "dialogue_id", "dialog_id", "session_id", "thread_id"];
/// How many cells a table may have.
const MAX_CELLS: usize = 1_000_000;
/// How many columns a table may have.
const MAX_COLUMNS: usize = 200;

/// The cells of a table as places in its text, and whether each is the last of its line.
struct Cells<'t> {
    text: &'t str,
    at: usize,
    reader: Reader,
}

impl<'t> Cells<'t> {
    fn new(text: &'t str, delimiter: u8) -> Self {
        Self { text, at: 0, reader: ReaderBuilder::new().delimiter(delimiter).build() }
    }

    /// The next line's cells, at most `most` of them, and how many there are.
    fn line(&mut self, most: usize) -> Option<(Vec<Span>, usize)> {
        let mut cells = Vec::new();
        let mut count = 0;
        loop {
            let (cell, last) = self.cell(count == 0)?;
            count += 1;
            if cells.len() < most {
                cells.push(cell);
            }
            if last {
                return Some((cells, count));
            }
        }
    }

    fn cell(&mut self, first: bool) -> Option<(Span, bool)> {
        let bytes = self.text.as_bytes();
        let mut start = self.at;
        let mut scratch = [0; 1024];
        let last = loop {
            let (result, read, _) = self.reader.read_field(&bytes[self.at..], &mut scratch);
            self.at += read;
            match result {
                ReadFieldResult::Field { record_end } => break record_end,
                ReadFieldResult::End => return None,
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
            }
        };
        // The line breaks before a line and after it are no part of a cell, nor is the delimiter.
        if first {
            let breaks = |byte: &&u8| matches!(byte, b'\n' | b'\r');
            start += bytes[start..self.at].iter().take_while(breaks).count();
        }
        let mut end = self.at;
        if !last || (end > start && matches!(bytes[end - 1], b'\n' | b'\r')) {
            end -= 1;
        }
        Some((Span::new(start, end.max(start)), last))
    }
}

/// The delimiter of a text that is a table of dialogues.
pub(super) fn delimiter(text: &str) -> Option<u8> {
    let mut end = HEAD.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    b",\t;".iter().copied().find(|delimiter| fits(head, end < text.len(), *delimiter).is_some())
}

/// Whether the first line of `head` names the columns of a dialogue, and another line follows, which may be `cut` off.
fn fits(head: &str, cut: bool, delimiter: u8) -> Option<()> {
    let mut cells = Cells::new(head, delimiter);
    let (names, count) = cells.line(MAX_COLUMNS)?;
    let names: Vec<String> = names.into_iter().map(|name| cell(head, name).text.trim().to_owned()).collect();
    let is_name = |name: &String| name.len() <= 40 && !name.contains(['.', '!', '?', '。', '{', '\n']);
    let known = names.iter().filter(|name| is_key(name)).count();
    let (next, next_count) = cells.line(MAX_COLUMNS)?;
    let cut = cut && cells.at >= head.len();
    let fits = match &names[..] {
        [name] => {
            let column = MESSAGE_KEYS.contains(&name.as_str()) || matches!(name.as_str(), "text" | "prompt");
            column && next.first().is_some_and(|first| first.of(head).starts_with(['"', '[']))
        }
        names => {
            known > 0
                && names.iter().all(is_name)
                && (next_count == count || known > 1 || cut)
                // `def f(input, output):`
                && !names.iter().any(|name| name.contains(['(', ')', '=', ':']))
        }
    };
    fits.then_some(())
}

/// Reads the table that stands at `inside` of `text`.
pub(super) fn read(text: &str, inside: Span, delimiter: u8) -> Document {
    let table = inside.of(text);
    let mut notes = Notes::default();
    let mut cells = Cells::new(table, delimiter);
    let mut values = Vec::new();
    let names: Vec<Text> = match cells.line(MAX_COLUMNS) {
        Some((names, _)) => names.into_iter().map(|name| name_of(text, name, inside.start)).collect(),
        None => Vec::new(),
    };
    let mut left = MAX_CELLS;
    while let Some((line, count)) = cells.line(names.len().max(1)) {
        let (Some(first), Some(last)) = (line.first(), line.last()) else { break };
        let span = Span::new(first.start + inside.start, last.end + inside.start);
        if count > names.len() && notes.wants("too-many-cells") {
            too_many_cells(span, count, names.len(), &mut notes);
        }
        let Some(less) = left.checked_sub(line.len()) else {
            too_many(span, &mut notes);
            break;
        };
        left = less;
        if let Some(open) = line.last().filter(|cell| cells.at >= table.len() && is_open(cell.of(table))) {
            unterminated(Span::new(open.start + inside.start, open.end + inside.start), &mut notes);
        }
        let entries = names
            .iter()
            .zip(line)
            .map(|(name, place)| (name.clone(), Value::from_text(moved(text, place, inside.start))));
        values.push(Value { kind: Kind::Map(entries.collect()), span });
    }
    let values = match names.iter().find(|name| ID_KEYS.contains(&name.text.as_str())) {
        Some(id) if names.iter().any(|name| matches!(name.text.as_str(), "role" | "from")) => {
            by_id(values, &id.text)
        }
        _ => values,
    };
    Document { values, notes }
}

/// Lines that are messages as lists, one a conversation: a run of lines with the same `id`.
fn by_id(lines: Vec<Value>, id: &str) -> Vec<Value> {
    let mut lists: Vec<Value> = Vec::new();
    let mut last: Option<String> = None;
    for line in lines {
        let of = line.get(id).and_then(Value::as_str).map(str::to_owned);
        match lists.last_mut() {
            Some(Value { kind: Kind::List(items), span }) if of == last => {
                span.end = line.span.end;
                items.push(line);
            }
            _ => lists.push(Value { span: line.span, kind: Kind::List(vec![line]) }),
        }
        last = of;
    }
    lists
}

/// The text of a cell at `place` of what begins at `base` of `text`.
fn moved(text: &str, place: Span, base: usize) -> Text {
    cell(text, Span::new(place.start + base, place.end + base))
}

/// The name of a column: in lower case, if that makes it a key of datasets.
fn name_of(text: &str, place: Span, base: usize) -> Text {
    let name = moved(text, place, base);
    let known = name.text.trim().to_lowercase();
    if name.text != known && is_key(&known) { name.replaced(known) } else { name }
}

/// The text of the cell at `place` of `text`.
fn cell(text: &str, place: Span) -> Text {
    let raw = place.of(text);
    match written::doubled(raw, '"') {
        Some(cell) => written::moved(cell, place.start),
        None => Text::verbatim(raw, place.start),
    }
}

/// Whether a cell begins with a quote that is not closed.
fn is_open(raw: &str) -> bool {
    raw.starts_with('"') && raw.bytes().filter(|byte| *byte == b'"').count() % 2 == 1
}

fn too_many_cells(span: Span, found: usize, names: usize, notes: &mut Notes) {
    notes.add(
        Warning,
        "too-many-cells",
        span,
        Bilingual::new(
            format!("this line has {found} cells, but the table has {names} columns"),
            format!("这一行有 {found} 个单元格，而表格只有 {names} 列"),
        ),
        Bilingual::fixed(
            "put a cell that holds the delimiter in double quotes",
            "含有分隔符的单元格请用双引号括起来",
        ),
    );
}

fn too_many(span: Span, notes: &mut Notes) {
    notes.add(
        Error,
        "too-many-values",
        span,
        Bilingual::new(
            format!("the table has more than {MAX_CELLS} cells"),
            format!("表格的单元格超过 {MAX_CELLS} 个"),
        ),
        Bilingual::fixed("paste a part of it", "请只粘贴其中一部分"),
    );
}

fn unterminated(span: Span, notes: &mut Notes) {
    notes.add(
        Error,
        "unterminated-string",
        span,
        Bilingual::fixed("the cell that begins here never ends", "从这里开始的单元格没有结束"),
        Bilingual::fixed(
            "close the double quotes; a double quote inside a cell is written twice",
            "请闭合双引号；单元格内的双引号要写两次",
        ),
    );
}

#[cfg(test)]
mod tests {
    use crate::dialogue::read;

    #[test]
    fn a_cell_points_at_its_characters() {
        let pasted = "\u{feff}Instruction,output\r\n春,\"say \"\"风\"\"\"\r\n";
        let found = read(pasted);
        let content = |index: usize| found.conversations[0].messages[index].content().unwrap();
        assert_eq!(content(0).source_span(0..3).of(pasted), "春");
        assert_eq!(content(1).text, "say \"风\"");
        assert_eq!(content(1).source_span(4..5).of(pasted), "\"\"");
        assert_eq!(content(1).source_span(5..8).of(pasted), "风");
        assert_eq!(content(1).span.of(pasted), "\"say \"\"风\"\"\"");
        assert_eq!(found.conversations[0].span.of(pasted), "春,\"say \"\"风\"\"\"");
    }

    #[test]
    fn a_list_in_a_cell_points_through_both_of_its_escapes() {
        let pasted =
            "id,messages\n1,\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"a\\n春\\\"\"\"\"}]\"\n";
        let found = read(pasted);
        let content = found.conversations[0].messages[0].content().unwrap();
        assert_eq!(content.text, "a\n春\"");
        assert_eq!(content.source_span(1..2).of(pasted), "\\n");
        assert_eq!(content.source_span(2..5).of(pasted), "春");
        assert_eq!(content.source_span(5..6).of(pasted), "\\\"\"");
    }
}
