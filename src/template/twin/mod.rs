//! The training twin of a template that marks nothing: the same template with `{% generation %}` around what the
//! assistant writes, and the proof that it renders the same text and marks each reply with its stop token.

mod edit;
mod nodes;
mod plan;
mod replies;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::probes::{PROBES, Probe};
use super::{Input, Rendered, Template};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::Conversation;
use crate::span::Span;
use replies::Reply;

/// How long a template may be, in bytes: six times the longest that is known.
const MAX_SOURCE: usize = 128 << 10;

/// A template with its marks put in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// The template, tags and all.
    pub source: String,
    /// The names of the probes that it was proved on.
    pub proved: Vec<Cow<'static, str>>,
    /// The names of the probes that the template refuses, or of which it leaves words out: these only prove the text.
    pub left_out: Vec<Cow<'static, str>>,
}

/// A probe as the template renders it.
pub(super) struct Shown {
    pub(super) probe: Probe,
    conversation: Conversation,
    pub(super) rendered: Rendered,
    pub(super) replies: Vec<Reply>,
    /// What may not be marked.
    pub(super) forbidden: Vec<Span>,
}

/// What every render of one search shares.
pub(super) struct Given<'a> {
    pub(super) special_tokens: &'a BTreeMap<String, String>,
    pub(super) now: NaiveDateTime,
}

impl Given<'_> {
    fn input<'a>(&'a self, conversation: &'a Conversation, prompt: bool) -> Input<'a> {
        Input {
            messages: &conversation.messages,
            tools: conversation.tools.as_ref(),
            variables: &[],
            add_generation_prompt: prompt,
            special_tokens: self.special_tokens,
            now: self.now,
        }
    }
}

/// Finds and proves the training twin of a template; the diagnostic says why there is none.
pub fn training_twin(
    source: &str,
    special_tokens: &BTreeMap<String, String>,
    now: NaiveDateTime,
) -> Result<Twin, Diagnostic> {
    let template = Template::for_probes(source)?;
    if template.has_generation() {
        return Err(none(
            "twin-has-tags",
            Bilingual::fixed("the template marks what to train already", "该模板已经标记了参与训练的部分"),
        ));
    }
    if source.len() > MAX_SOURCE {
        return Err(unclear("the place for the tags in so long a template"));
    }
    let given = Given { special_tokens, now };
    let (shown, left_out) = shown(&template, &given)?;
    let tree = nodes::tree(source).ok_or_else(|| unclear("the template's tags"))?;
    let uses = uses(&tree, &shown);
    let edits = plan::plan(source, &tree, &uses, &|source| begins_right(source, &shown, &given))?;
    let twin = edit::apply(source, edits);
    prove(&template, &twin, &shown, &given)?;
    Ok(Twin { source: twin, proved: shown.iter().map(|shown| shown.probe.name.into()).collect(), left_out })
}

/// The probes that the template renders and whose replies are found, and the names of the others.
pub(super) fn shown(
    template: &Template,
    given: &Given<'_>,
) -> Result<(Vec<Shown>, Vec<Cow<'static, str>>), Diagnostic> {
    let mut shown = Vec::new();
    let mut left_out = Vec::new();
    for probe in PROBES {
        let conversation = probe.conversation();
        let input = given.input(&conversation, false);
        let found = template.render(&input).ok().map(|rendered| {
            let replies = replies::replies(template, &input, &rendered);
            (rendered, replies)
        });
        match found {
            // A template that leaves a reply's words out says nothing about where they would be.
            Some((rendered, (replies, forbidden)))
                if replies.len() == assistants(&conversation)
                    && replies.iter().all(|reply| !reply.required.is_empty()) =>
            {
                shown.push(Shown { probe, conversation, rendered, replies, forbidden });
            }
            _ => left_out.push(probe.name.into()),
        }
    }
    if shown.is_empty() {
        return Err(none(
            "twin-no-probe",
            Bilingual::fixed(
                "the template renders none of the conversations it was tried on, or their words are not in the text",
                "该模板无法渲染任何试用对话，或对话文字未出现在输出中",
            ),
        ));
    }
    let mut texts: Vec<(&str, &mut Vec<Reply>)> =
        shown.iter_mut().map(|shown| (shown.rendered.text.as_str(), &mut shown.replies)).collect();
    if !replies::add_stop_token(&mut texts) {
        return Err(none(
            "twin-no-stop-token",
            Bilingual::fixed(
                "replies do not end with a stop token of their own: it differs, belongs to the next message, or is missing",
                "回复没有统一的、属于自己的停止符：各不相同、属于下一条消息，或根本没有",
            ),
        ));
    }
    Ok((shown, left_out))
}

/// How many messages are replies.
fn assistants(conversation: &Conversation) -> usize {
    conversation.messages.iter().filter(|message| message.role.text == "assistant").count()
}

/// What the bytes that a part of the template writes are, over all probes.
#[derive(Clone, Debug, Default)]
struct Use {
    /// It writes words or the stop token of a reply.
    required: bool,
    /// It writes both a reply and what stands before it, which is this.
    headers: Vec<String>,
    /// It writes past the end of a reply.
    past: bool,
    /// It writes something else as well, or only that.
    other: bool,
}

/// What each text and each expression of the template writes, by its place.
fn uses(tree: &[nodes::Node], shown: &[Shown]) -> HashMap<Span, Use> {
    let mut uses: HashMap<Span, Use> = HashMap::new();
    for Shown { rendered, replies, forbidden, .. } in shown {
        for writer in rendered.writers.iter().filter(|writer| !writer.output.is_empty()) {
            let Some(leaf) = nodes::leaf(tree, writer.source.start) else { continue };
            let entry = uses.entry(leaf).or_default();
            let output = writer.output;
            let touched = replies.iter().find(|reply| output.overlaps(reply.required));
            match touched {
                Some(reply) => {
                    entry.required = true;
                    entry.past |= output.end > reply.end;
                    if output.start < reply.earliest {
                        let header = Span::new(output.start, reply.required.start);
                        entry.headers.push(header.of(&rendered.text).to_owned());
                    }
                }
                None => entry.other |= forbidden.iter().any(|span| output.overlaps(*span)),
            }
        }
    }
    uses
}

/// Whether a template with one mark renders the same text, and its marks begin where replies do.
fn begins_right(source: &str, shown: &[Shown], given: &Given<'_>) -> bool {
    let Ok(template) = Template::for_probes(source) else { return false };
    shown.iter().all(|shown| {
        let Ok(rendered) = template.render(&given.input(&shown.conversation, false)) else { return false };
        rendered.text == shown.rendered.text
            && rendered.generation.iter().all(|span| {
                shown
                    .replies
                    .iter()
                    .filter(|reply| span.overlaps(reply.required))
                    .all(|reply| reply.earliest <= span.start && span.start <= reply.required.start)
            })
    })
}

/// Proves a twin on the probes, or says on which one it fails.
fn prove(template: &Template, twin: &str, shown: &[Shown], given: &Given<'_>) -> Result<(), Diagnostic> {
    let twin = Template::for_probes(twin).map_err(|_| unclear("the place for the tags"))?;
    for probe in PROBES {
        let conversation = probe.conversation();
        for prompt in [true, false] {
            let input = given.input(&conversation, prompt);
            let texts = [template, &twin].map(|it| it.render(&input).ok().map(|rendered| rendered.text));
            if texts[0] != texts[1] {
                return Err(failed(
                    &probe,
                    "twin-text-differs",
                    "with the tags put in, the template renders another text",
                    "加入标签后，模板的输出发生了变化",
                ));
            }
        }
    }
    for Shown { probe, conversation, replies, forbidden, .. } in shown {
        let marks = match twin.render(&given.input(conversation, false)) {
            Ok(rendered) => rendered.generation,
            Err(error) => return Err(error),
        };
        let allowed = |mark: &Span| !forbidden.iter().any(|span| mark.overlaps(*span));
        if replies.iter().any(|reply| unmarked(&marks, reply.required).is_some()) {
            return Err(failed(
                probe,
                "twin-reply-unmarked",
                "no place was found where the tags mark the whole reply and its stop token",
                "找不到能标记整条回复及其停止符的位置",
            ));
        }
        if !marks.iter().all(allowed) {
            return Err(failed(
                probe,
                "twin-marks-too-much",
                "wherever the tags are put, they mark more than the reply",
                "无论标签放在哪里，都会标记回复以外的内容",
            ));
        }
    }
    Ok(())
}

/// The first byte of `wanted` that no mark covers.
pub(super) fn unmarked(marks: &[Span], wanted: Span) -> Option<usize> {
    let covered =
        marks.iter().fold(wanted.start, |at, mark| if mark.start <= at { at.max(mark.end) } else { at });
    (covered < wanted.end).then_some(covered)
}

/// The proof fails on this probe.
fn failed(probe: &Probe, code: &'static str, en: &str, zh: &str) -> Diagnostic {
    let name = probe.name;
    none(code, Bilingual::new(format!("{en} (conversation “{name}”)"), format!("{zh}（对话“{name}”）")))
}

/// There is no twin, and this is why.
fn none(code: &'static str, message: Bilingual) -> Diagnostic {
    Diagnostic::new(Severity::Note, code, message).hint(Bilingual::fixed(
        "put `{% generation %}` and `{% endgeneration %}` around what the assistant writes by hand, or use a template of the catalog",
        "请手动在助手输出的内容前后加上 `{% generation %}` 和 `{% endgeneration %}`，或使用目录中的模板",
    ))
}

/// Something of the template could not be taken apart.
fn unclear(what: &str) -> Diagnostic {
    let message = Bilingual::new(format!("{what} could not be found"), "无法确定标签应放的位置".to_owned());
    none("twin-unclear", message)
}
