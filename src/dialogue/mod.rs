//! Text people paste ▶ [`Conversation`]s.
//!
//! `containers` finds out whether a text is JSON or a Python literal (`literal`), YAML or CSV, and reads it into
//! [`Value`]s that know their bytes; each format is one file that turns values, or the text itself, into conversations. Reading never fails: [`read`] returns what it understood and its diagnostics.

mod check;
mod containers;
mod formats;
mod literal;
mod message;
mod notes;
mod split;
mod training;
mod value;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::span::Span;

pub use formats::{FORMATS, Format};
pub use literal::{MAX_BYTES, MAX_DEPTH, MAX_VALUES};
pub use split::Splitter;
pub use training::{Detail, Flag, Training};

use check::{check, empty, unrecognised};
use formats::Reads;
use notes::Notes;

/// How many messages one text may hold where it is a dialogue itself: rendered, or a transcript.
pub const MAX_MESSAGES: usize = 400_000;

/// A JSON-like value that knows where it stands in the pasted text.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the pasted text, quotes and brackets included.
    pub span: Span,
}

/// What a [`Value`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null` or `None`.
    Null,
    /// `true`, `True`, `false` or `False`.
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string.
    String(Text),
    /// A list or a tuple.
    List(Vec<Value>),
    /// An object or a dict, in the order it was written; of equal keys the last one counts.
    Map(Vec<(Text, Value)>),
}

/// A decoded string and the way back to the characters it was written with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    /// The decoded text.
    pub text: String,
    /// Runs of bytes: decoded `from..` was written at pasted `to..`, up to the next run. Ascending in both.
    /// One run where the string has no escape.
    pub map: Vec<Run>,
    /// The bytes of the whole literal in the pasted text, quotes included.
    pub span: Span,
}

/// A stretch of a [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its first byte in the decoded text.
    pub from: usize,
    /// Its first byte in the pasted text.
    pub to: usize,
    /// Whether byte `from + k` was written at `to + k` (false: the run is one escape sequence).
    pub verbatim: bool,
}

/// A message in `OpenAI`'s shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The role, as the dataset has it.
    pub role: Text,
    /// Every key of the message, `role` and `content` included, in order.
    pub fields: Vec<(Text, Value)>,
    /// The bytes of the message in the pasted text.
    pub span: Span,
}

/// One conversation of what was pasted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    /// Its messages, in order.
    pub messages: Vec<Message>,
    /// The tools the assistant may call, where the data has them.
    pub tools: Option<Value>,
    /// Other keys that a chat template can use: `documents`, `chat_template_kwargs`.
    pub extra: Vec<(Text, Value)>,
    /// What the row says of its own tokens, where it does.
    pub given: Option<Given>,
    /// Which of several answers to one prompt it ends with, or how good its answer is, where the row says so.
    pub branch: Option<Branch>,
    /// The role whose messages are not trained, where the row says so (Megatron's `mask`).
    pub mask: Option<Text>,
    /// The bytes of the conversation in the pasted text.
    pub span: Span,
}

/// What a preference dataset says of the answer that a conversation ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Branch {
    /// The better one of two (`chosen`).
    Chosen,
    /// The worse one of two (`rejected`).
    Rejected,
    /// One that is good in itself (`label` is true).
    Desirable,
    /// One that is bad in itself (`label` is false).
    Undesirable,
}

/// What a row says of its own tokens, instead of leaving them to a template and a recipe.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Axolotl's `segments`: pieces of text, each trained or not, encoded one by one.
    Segments(Vec<Segment>),
    /// A row that a trainer tokenised.
    Tokens(Tokens),
}

/// One piece of text of axolotl's `input_output` format.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// The text.
    pub text: Text,
    /// Whether its tokens are trained (the key is `label`).
    pub trained: bool,
}

/// A row that a trainer tokenised: lists of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tokens {
    /// Token ids.
    pub input_ids: Vec<u32>,
    /// The labels, where the row has them (or `completion_mask` or `assistant_masks`, which come to the same).
    pub labels: Option<Vec<i64>>,
    /// The attention mask, where the row has one.
    pub attention_mask: Option<Vec<u8>>,
}

/// What [`read`] understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// The id of the format that was recognised, such as `openai`.
    pub format: Option<&'static str>,
    /// Every format that claims the text with how sure it is, from 1 to 100, the surest first.
    pub candidates: Vec<(&'static str, u8)>,
    /// The conversations, in order.
    pub conversations: Vec<Conversation>,
    /// Whether the only conversation ends where the text can't be read on: what it lacks may stand behind that.
    pub is_cut_short: bool,
    /// What was wrong or worth knowing, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// The messages of a text that is a dialogue in itself, rendered or a transcript; their places are in no pasted text.
/// `None` where it does not look like one.
pub fn messages_of(text: &str) -> Option<Vec<Message>> {
    formats::messages_of(&Text::new(text))
}

/// Reads whatever was pasted, in the format that fits best.
pub fn read(text: &str) -> Read {
    read_as(text, None)
}

/// Reads whatever was pasted; `format` is the id of the format to read it in, and without it the one that fits best.
pub fn read_as(text: &str, format: Option<&str>) -> Read {
    let literal::Document { values, mut notes } = containers::read(text);
    if text.len() > MAX_BYTES {
        return Read { diagnostics: notes.into_sorted(), ..Read::default() };
    }
    let first = values.first().map(|value| (value.span, check::describe(value)));
    let input = formats::Input::new(values);
    let body = containers::fenced(text);
    let ranked = formats::rank(text, body.of(text), &input);
    let chosen = format.and_then(|id| FORMATS.iter().find(|format| format.id == id));
    let candidates = ranked.iter().map(|(format, score)| (format.id, *score)).collect();
    let Some(format) = chosen.or_else(|| ranked.first().map(|(format, _)| *format)) else {
        if !notes.has_error() {
            match first {
                Some((span, found)) => unrecognised(span, &found, &mut notes),
                None => empty(text, &mut notes),
            }
        }
        return Read { diagnostics: notes.into_sorted(), ..Read::default() };
    };
    let mut is_cut_short = notes.has_error();
    let mut conversations = match format.reads {
        Reads::Rows { read, .. } => read(input, &mut notes),
        Reads::Text { read, .. } => {
            // What the reader of values made of a text that holds none is no news.
            notes = Notes::default();
            is_cut_short = false;
            read(&Text::verbatim(body.of(text), body.start), &mut notes)
        }
    };
    check(&mut conversations, &mut notes);
    is_cut_short &= conversations.len() == 1;
    let diagnostics = notes.into_sorted();
    Read { format: Some(format.id), candidates, conversations, is_cut_short, diagnostics }
}
