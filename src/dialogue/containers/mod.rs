//! What a text's values are written in: JSON and Python literals, YAML, or CSV; and values that are strings of values.

mod csv;
mod nested;
mod written;
mod yaml;

use super::literal::{self, Document, MAX_BYTES, MESSAGE_KEYS};
use crate::span::Span;

/// The other keys that the rows and the messages of datasets have, in lower case.
const KEYS: [&str; 38] = [
    "role",
    "from",
    "content",
    "value",
    "system",
    "system_prompt",
    "instruction",
    "input",
    "output",
    "history",
    "prompt",
    "completion",
    "chosen",
    "rejected",
    "query",
    "question",
    "problem",
    "response",
    "responses",
    "answer",
    "answers",
    "solution",
    "target",
    "targets",
    "text",
    "article",
    "summary",
    "context",
    "generation",
    "segments",
    "input_ids",
    "labels",
    "attention_mask",
    "tools",
    "functions",
    "message_1",
    "message_2",
    "message_id",
];

/// Whether a key is one that datasets have.
fn is_key(key: &str) -> bool {
    let key = key.to_lowercase();
    MESSAGE_KEYS.contains(&key.as_str()) || KEYS.contains(&key.as_str())
}

/// Reads every value of `text`, whatever it is written in.
pub(super) fn read(text: &str) -> Document {
    let inside = fenced(text);
    let rest = inside.of(text);
    let mut document = if text.len() > MAX_BYTES || rest.trim_start().starts_with(['{', '[', '(']) {
        literal::read(text)
    } else if let Some(delimiter) = csv::delimiter(rest) {
        csv::read(text, inside, delimiter)
    } else if yaml::fits(rest) {
        yaml::read(text, inside)
    } else {
        literal::read(text)
    };
    nested::unpack(&mut document);
    document
}

/// The text without a mark of the byte order and without the Markdown fence that it may begin with.
pub(super) fn fenced(text: &str) -> Span {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let whole = Span::new(start, text.len());
    let body = text[start..].trim_start();
    let begin = text.len() - body.len();
    let Some(line) = body.starts_with("```").then(|| body.find('\n')).flatten() else { return whole };
    let first = begin + line + 1;
    let end = text[first - 1..].rfind("\n```").map_or(text.len(), |end| first - 1 + end);
    Span::new(first.min(end), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text would be read as.
    fn container(text: &str) -> &'static str {
        let rest = fenced(text).of(text);
        match () {
            () if csv::delimiter(rest).is_some() => "csv",
            () if yaml::fits(rest) => "yaml",
            () => "literal",
        }
    }

    #[test]
    fn a_table_is_known_by_its_first_line() {
        for text in [
            "instruction,input,output\na,b,c\n",
            "\u{feff}prompt;completion\r\na;b\r\n",
            "prompt\tresponse\na\tb",
            "messages\n\"[{'role': 'user'}]\"\n",
            "```csv\nquestion,answer\na,b\n```",
            "id,\"question\",answer\n1,a,b\n",
        ] {
            assert_eq!(container(text), "csv", "{text}");
        }
    }

    #[test]
    fn yaml_is_known_by_a_key_of_a_dialogue() {
        for text in [
            "- role: user\n  content: a\n",
            "messages:\n  - role: user\n",
            "---\n# a comment\nconversations:\n- from: human\n",
            "- messages:\n  - {role: user, content: a}\n",
            "id: 7\ninstruction: a\noutput: b\n",
            "- - role: user\n    content: a\n",
            "```yaml\n- \"role\": user\n```",
            "- {role: user, content: a}",
        ] {
            assert_eq!(container(text), "yaml", "{text}");
        }
    }

    #[test]
    fn prose_lists_and_code_are_neither() {
        for text in [
            "Well, this is prose, with commas.\nAnd a second line, too.\n",
            "input, and then output\n",
            "prompt,completion",
            "The prompt, the answer\nare here\n",
            "- milk\n- eggs\n- a role: none\n",
            "Note: the content follows\n",
            "name: x\nage: 3\n",
            "system: a\nuser: b\nassistant: c\n",
            "question: a\nanswer: b\nquestion: c\nanswer: d\n",
            "def f(input, output):\n    pass\n",
            "import a, b\nx = 1\n",
            "# Role: user\n",
            "content",
            "",
        ] {
            assert_eq!(container(text), "literal", "{text}");
        }
    }
}
