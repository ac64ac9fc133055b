//! Rows, of JSONL or of an array: where a broken one ends, and the next begins.

use super::super::{Kind, Value};
use super::scan::Scanner;

impl<'t> Scanner<'t> {
    /// Reads the value at the cursor; `after_row` says whether a row of JSONL stands before it. Such a row is read within its
    /// line first, so that one which is not closed costs nothing of the next; `again` is how many bytes may be read once
    /// more for a value that has many lines after all.
    pub(super) fn row(&mut self, after_row: bool, again: &mut usize) -> Option<Value> {
        let Some(end) = after_row.then(|| self.line_of_row()).flatten() else { return self.value() };
        let mut line = Self { in_row: true, count: self.count, ..Scanner::new(&self.text[..end], self.at) };
        let of_line = line.value();
        if !line.failed || *again == 0 {
            self.take(line);
            return of_line;
        }
        // Where it fails, what it says is not heard.
        let mut whole = Scanner { in_row: true, count: self.count, ..Scanner::new(self.text, self.at) };
        let of_whole = whole.value();
        *again = again.saturating_sub(whole.at - self.at);
        let (scanner, value) = if whole.failed { (line, of_line) } else { (whole, of_whole) };
        self.take(scanner);
        value
    }

    /// Goes on where another scanner has come to.
    fn take(&mut self, other: Scanner<'_>) {
        self.at = other.at;
        self.count = other.count;
        self.failed = other.failed;
        for note in other.notes.into_sorted() {
            self.notes.push(note);
        }
    }

    /// Whether a line begins here, with a bracket.
    fn begins_row(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), Some(b'{' | b'[')) && (at == 0 || self.bytes[at - 1] == b'\n')
    }

    /// Whether a value has a line for itself, as rows of JSONL have.
    pub(super) fn stands_alone(&self, value: &Value) -> bool {
        self.begins_row(value.span.start) && !value.span.of(self.text).contains('\n')
    }

    /// The end of the line that begins at the cursor, where the next line begins like a row too.
    fn line_of_row(&self) -> Option<usize> {
        if !self.begins_row(self.at) {
            return None;
        }
        let line = self.bytes[self.at..].iter().position(|byte| *byte == b'\n')?;
        let end = self.at + line;
        // A bracket that is alone opens what has many lines.
        let is_more = self.text[self.at..end].trim_end().len() > 1;
        (is_more && self.begins_row(end + 1)).then_some(end)
    }

    /// After an error in the value that began at `start`: moves to the next line where the text looks like JSONL, a
    /// value a line, and says whether there is one.
    pub(super) fn next_line_of_jsonl(&mut self, start: usize, values_before: usize) -> bool {
        let from = self.at.max(start + 1).min(self.bytes.len());
        let opening = self.bytes[start..].iter().position(|byte| *byte == b'\n').map_or("", |end| {
            self.text.get(start..start + end).unwrap_or_default().trim_end().trim_end_matches(',')
        });
        if !opening.starts_with(['{', '[']) || (values_before == 0 && !opening.ends_with(['}', ']'])) {
            return false;
        }
        let Some(next) = self.bracket_line(from) else { return false };
        self.at = next;
        self.failed = false;
        self.open.clear();
        true
    }

    /// The indent of the rows of an array that an error cut off, where each begins on a line of its own.
    pub(super) fn indent_of_rows(&self, array: &Value) -> Option<&'t str> {
        let rows = array.as_list()?;
        let first = rows.first().filter(|row| is_row(row))?;
        let head = self.text.get(..first.span.start)?;
        let line = head.rfind('\n')? + 1;
        let indent = &head[line..];
        (line > array.span.start && indent.chars().all(|c| matches!(c, ' ' | '\t'))).then_some(indent)
    }

    /// After an error in an array's row: moves to the next line that begins a row, and says whether there is one.
    pub(super) fn next_row(&mut self, indent: &str) -> bool {
        let from = self.at.min(self.bytes.len());
        let begins = |at: &usize| {
            let rest = &self.bytes[at + 1..];
            rest.strip_prefix(indent.as_bytes()).is_some_and(|rest| matches!(rest.first(), Some(b'{' | b'[')))
        };
        let breaks = (from..self.bytes.len()).filter(|at| self.bytes[*at] == b'\n');
        let Some(next) = breaks.into_iter().find(begins) else { return false };
        self.at = next + 1 + indent.len();
        self.failed = false;
        self.open.clear();
        true
    }

    /// The first line from byte `from` (not 0) on that begins with a bracket.
    pub(super) fn bracket_line(&self, from: usize) -> Option<usize> {
        (from..self.bytes.len())
            .find(|at| self.bytes[at - 1] == b'\n' && matches!(self.bytes[*at], b'{' | b'['))
    }
}

/// Whether an element of an array is a row of its own, rather than a message of the array's conversation.
fn is_row(value: &Value) -> bool {
    match &value.kind {
        Kind::List(items) => items.first().is_some_and(|item| item.as_map().is_some()),
        Kind::Map(_) => !["role", "from", "content", "value"].iter().any(|key| value.get(key).is_some()),
        _ => false,
    }
}
