//! What can be said of the template that a request names, without a dialogue.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{Engine, Request, TemplateChoice, choose_template, unknown};
use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::template::checks::{Setting, TemplateFinding, check};
use crate::template::twin::{Twin, training_twin};
use crate::template::{Preparation, Switch, Template, differences, switches};
use crate::tokenizer::Tokenizer;

/// A template, looked at for training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateReport {
    /// The template.
    pub source: String,
    /// What the checks found.
    pub findings: Vec<TemplateFinding>,
    /// The variables that it reads and that a user may set.
    pub switches: Vec<Switch>,
    /// Its training twin, or why there is none.
    pub twin: Result<Twin, Diagnostic>,
    /// The names of the tokenizer's own templates.
    pub names: Vec<String>,
    /// Whether it looks at the clock.
    pub reads_clock: bool,
    /// Where transformers may make something else of it.
    pub differences: Vec<Bilingual>,
}

impl Engine {
    /// The compiled template of a choice, and the tokenizer whose own it may be.
    pub fn compile(
        &mut self,
        template: &TemplateChoice,
        tokenizer: &str,
        preparation: Preparation,
    ) -> Result<(Rc<Template>, Rc<Tokenizer>), Diagnostic> {
        let tokenizer = self.tokenizer(tokenizer).ok_or_else(|| unknown::tokenizer(tokenizer))?;
        let (_, source) = choose_template(template, Some(&tokenizer))?;
        Ok((self.template(&source, preparation)?, tokenizer))
    }

    /// Checks the template that a request names, with the special tokens of the tokenizer that it names.
    pub fn inspect(&mut self, request: &Request) -> Result<TemplateReport, Diagnostic> {
        let tokenizer =
            self.tokenizer(&request.tokenizer).ok_or_else(|| unknown::tokenizer(&request.tokenizer))?;
        let (_, source) = choose_template(&request.template, Some(&tokenizer))?;
        let special_tokens = tokenizer.special_tokens();
        let setting =
            Setting { special_tokens, now: request.now, tokenizer_adds_bos: adds_first_token(&tokenizer) };
        Ok(TemplateReport {
            findings: check(&source, setting),
            switches: switches(&source).unwrap_or_default(),
            twin: training_twin(&source, special_tokens, request.now),
            names: tokenizer.chat_templates().keys().cloned().collect(),
            reads_clock: source.contains("strftime_now"),
            differences: differences(&source),
            source,
        })
    }
}

/// Whether the tokenizer puts `bos_token` in front of a text that it is given.
fn adds_first_token(tokenizer: &Tokenizer) -> bool {
    let bos = tokenizer.special_tokens().get("bos_token").and_then(|token| tokenizer.token_to_id(token));
    let first = tokenizer.encode_with_special_tokens("a").ok().and_then(|it| it.ids.first().copied());
    bos.is_some() && first == bos
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::TemplateChoice;

    fn request(template: TemplateChoice) -> Request {
        Request { template, ..Request::default() }
    }

    #[test]
    fn a_template_is_looked_at_without_a_dialogue() {
        let mut engine = Engine::new();
        let source = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}\
            {% if add_generation_prompt and enable_thinking %}<|im_start|>assistant\n{% endif %}";
        let report = engine.inspect(&request(TemplateChoice::Source(source.to_owned()))).unwrap();
        assert_eq!(report.source, source);
        assert_eq!(report.switches[0].name, "enable_thinking");
        assert!(report.twin.unwrap().source.contains("{% generation %}"));
        assert!(!report.reads_clock && report.differences.is_empty());
        let clock = TemplateChoice::Source("{{ strftime_now('%Z') }}".to_owned());
        let report = engine.inspect(&request(clock)).unwrap();
        assert!(report.reads_clock && report.differences.len() == 1 && report.twin.is_err());
    }

    #[test]
    fn a_name_that_no_template_has_is_an_error_that_lists_the_names() {
        let error = Engine::new().inspect(&request(TemplateChoice::Named("rag".to_owned()))).unwrap_err();
        assert_eq!(error.code, "unknown-named-template");
    }
}
