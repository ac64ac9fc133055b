//! What a template does that a training run will notice, each found by rendering small conversations and shown with
//! the one that shows it. One file a subject; a check is a function that adds its findings.

mod added;
mod generation;
mod reasoning;
mod roles;
mod tools;
mod turns;

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::{Input, Rendered, Template, probes};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::{self, Conversation};
use crate::span::Span;

/// What was found of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateFinding {
    /// A stable name in kebab-case, such as `system-dropped`.
    pub code: std::borrow::Cow<'static, str>,
    /// How bad it is.
    pub severity: Severity,
    /// The fact: lower case, no full stop.
    pub message: Bilingual,
    /// What to do about it.
    pub hint: Bilingual,
    /// The conversation that shows it, as JSON to paste.
    pub conversation: Option<std::borrow::Cow<'static, str>>,
    /// The part of the rendered text that shows it.
    pub excerpt: Option<String>,
}

/// What the checks need to know beside the template.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// `bos_token`, `eos_token` and the like, by name.
    pub special_tokens: &'a BTreeMap<String, String>,
    /// The clock that `strftime_now` sees.
    pub now: NaiveDateTime,
    /// Whether the tokenizer itself puts `bos_token` in front of a text.
    pub tokenizer_adds_bos: bool,
}

/// A template that is being checked, and what was found so far.
struct Check<'a> {
    template: &'a Template,
    setting: Setting<'a>,
    found: Vec<TemplateFinding>,
}

/// Every check, in the order of the findings.
const CHECKS: [fn(&mut Check<'_>); 7] = [
    generation::check,
    turns::check,
    roles::check_system,
    added::check,
    tools::check,
    reasoning::check,
    roles::check,
];

/// Checks a template. One that does not compile has that as its only finding.
pub fn check(source: &str, setting: Setting<'_>) -> Vec<TemplateFinding> {
    let template = match Template::for_probes(source) {
        Ok(template) => template,
        Err(error) => return vec![broken(source, error)],
    };
    let mut check = Check { template: &template, setting, found: Vec::new() };
    for one in CHECKS {
        one(&mut check);
    }
    check.found
}

/// The template does not compile.
fn broken(source: &str, error: Diagnostic) -> TemplateFinding {
    TemplateFinding {
        code: error.code,
        severity: error.severity,
        message: error.message,
        hint: error.hint.unwrap_or(Bilingual::fixed("check the template's source", "检查模板源码")),
        conversation: None,
        excerpt: error.place.map(|(_, place)| around(source, place.start, place.end)),
    }
}

impl Check<'_> {
    /// Renders a conversation, with or without the generation prompt.
    fn render(&self, conversation: &Conversation, prompt: bool) -> Result<Rendered, Diagnostic> {
        self.template.render(&self.input(conversation, prompt))
    }

    fn input<'a>(&'a self, conversation: &'a Conversation, prompt: bool) -> Input<'a> {
        Input {
            messages: &conversation.messages,
            tools: conversation.tools.as_ref(),
            variables: &[],
            add_generation_prompt: prompt,
            special_tokens: self.setting.special_tokens,
            now: self.setting.now,
        }
    }

    /// Adds a finding.
    fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: Bilingual,
        hint: Bilingual,
        conversation: &'static str,
        excerpt: Option<String>,
    ) {
        let (code, conversation) = (code.into(), Some(conversation.into()));
        self.found.push(TemplateFinding { code, severity, message, hint, conversation, excerpt });
    }
}

/// The conversation that this JSON holds.
fn read(json: &str) -> Conversation {
    dialogue::read_as(json, Some("openai")).conversations.into_iter().next().unwrap_or_default()
}

/// The probe of this name.
fn probe(name: &str) -> (&'static str, Conversation) {
    let probe = probes::PROBES.iter().find(|probe| probe.name == name);
    probe.map_or_else(|| ("", Conversation::default()), |probe| (probe.json, probe.conversation()))
}

/// How much of a text is shown on each side of what matters.
const SHOWN: usize = 60;

/// The bytes `start..end` of a text with a little around them.
fn around(text: &str, start: usize, end: usize) -> String {
    let mut from = start.saturating_sub(SHOWN).min(text.len());
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let mut to = (end.min(start + 4 * SHOWN) + SHOWN).min(text.len());
    while !text.is_char_boundary(to) {
        to += 1;
    }
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < text.len() { "…" } else { "" });
    format!("{before}{}{after}", Span::new(from, to).of(text))
}
