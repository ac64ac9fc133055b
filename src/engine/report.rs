//! What the engine answers.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::dialogue::{Branch, Conversation, Read, Training};
use crate::recipe::Outcome;
use crate::span::Span;

/// What a request comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The format of the dialogue, such as `openai`, where one was recognised.
    pub format: Option<String>,
    /// The ids of all formats that claim the dialogue, the surest first.
    pub candidates: Vec<String>,
    /// The conversations that were asked for, in order.
    pub conversations: Vec<ConversationReport>,
    /// How many conversations the dialogue holds.
    pub count: usize,
    /// What concerns the request as a whole: the dialogue's reading, the template, the tokenizer, the options.
    pub diagnostics: Vec<Diagnostic>,
    /// The text of the template that was used.
    pub template_source: Option<String>,
    /// Where the template is from: `tokenizer`, `custom`, or the id in the catalog that was really used.
    pub template_id: String,
}

/// One conversation and the samples it gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConversationReport {
    /// Its place in the dialogue, from 0.
    pub index: usize,
    /// Its messages, in order.
    pub messages: Vec<MessageSummary>,
    /// What a preference dataset says of the answer it ends with.
    pub branch: Option<Branch>,
    /// The samples a trainer would make of it, or why it makes none.
    pub outcomes: Vec<Outcome>,
    /// What concerns this conversation as a whole.
    pub diagnostics: Vec<Diagnostic>,
}

/// A message, as far as a face needs it beside the samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageSummary {
    /// Its role, as the dataset has it.
    pub role: String,
    /// Its bytes in the pasted text.
    pub span: Span,
    /// The bytes of its content in the pasted text, quotes included, where it has one.
    pub content_span: Option<Span>,
    /// What the data says of its training.
    pub training: Option<Training>,
}

impl MessageSummary {
    /// The summaries of a conversation's messages.
    pub(super) fn all(conversation: &Conversation) -> Vec<Self> {
        let one = |(at, message): (usize, &crate::dialogue::Message)| {
            let content = message.get("content").filter(|content| !content.is_null());
            Self {
                role: message.role.text.clone(),
                span: message.span,
                content_span: content.map(|content| content.span),
                training: conversation.training(at),
            }
        };
        conversation.messages.iter().enumerate().map(one).collect()
    }
}

/// What the reader found, sorted: what concerns the dialogue as a whole, and what lies in each conversation.
pub fn findings(read: &Read) -> (Vec<Diagnostic>, HashMap<usize, Vec<Diagnostic>>) {
    let mut general = Vec::new();
    let mut of: HashMap<usize, Vec<Diagnostic>> = HashMap::new();
    for finding in &read.diagnostics {
        match read.conversation_of(finding) {
            Some(index) => of.entry(index).or_default().push(finding.clone()),
            None => general.push(finding.clone()),
        }
    }
    (general, of)
}

/// Takes back that a conversation which is cut short has no reply.
pub(super) fn miss_nothing(outcome: &mut Outcome) {
    if let Outcome::Dropped { why, diagnostics } = outcome
        && diagnostics.iter().any(|found| found.code == "no-reply")
    {
        diagnostics.retain(|found| found.code != "no-reply");
        *why = Bilingual::fixed(
            "there is no reply before the place where the text can't be read on",
            "在文本无法继续读取的位置之前没有回复",
        );
    }
}
