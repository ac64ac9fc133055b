//! A small conversation and all it takes to make samples of it, for the tests of the checks.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::dialogue::{self, Conversation};
use crate::recipe::{Budget, Context, Options, Outcome, Renders, Sample, catalog};
use crate::template::{self, Template};
use crate::tokenizer::Tokenizer;

/// Turns in the manner of `ChatML`, with the tokenizer's own stop token.
pub(super) const TURNS: &str = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{{ eos_token }}\n{% endfor %}\
    {% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/// Two questions and their answers.
pub(super) const TWICE: &str = r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Good day."},
    {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "See you."}]"#;

pub(super) struct Fixture {
    pub(super) conversation: Conversation,
    pub(super) template: Template,
    pub(super) tokenizer: Tokenizer,
    pub(super) special_tokens: BTreeMap<String, String>,
    pub(super) ignore_index: i64,
}

impl Fixture {
    /// A question and an answer in the catalog's `chatml`.
    pub(super) fn new() -> Self {
        Self::of("Hello", "Good day.", template::catalog::find("chatml").unwrap().source())
    }

    /// A question and an answer in a template of the test.
    pub(super) fn of(question: &str, answer: &str, template: &str) -> Self {
        let dialogue = serde_json::json!([
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]);
        Self::talk(&dialogue.to_string(), template)
    }

    /// A conversation in a template of the test.
    pub(super) fn talk(dialogue: &str, template: &str) -> Self {
        let conversation = dialogue::read(dialogue).conversations.remove(0);
        let tokenizer = Tokenizer::embedded();
        Self {
            conversation,
            template: Template::compile(template).unwrap(),
            special_tokens: tokenizer.special_tokens().clone(),
            tokenizer,
            ignore_index: -100,
        }
    }

    /// The whole conversation as a sample, parts of which the tests replace.
    pub(super) fn sample(&self) -> Sample {
        self.samples("all-tokens", &[]).remove(0)
    }

    /// The samples of a recipe.
    pub(super) fn samples(&self, recipe: &str, options: &[(&str, &str)]) -> Vec<Sample> {
        let build = |context: &Context<'_>| catalog::build(catalog::find(recipe).unwrap(), context);
        let outcomes = self.with_options_of(recipe, options, build);
        let sample = |outcome| match outcome {
            Outcome::Sample(sample) => sample,
            Outcome::Dropped { why, diagnostics } => panic!("{why:?} {diagnostics:?}"),
        };
        outcomes.into_iter().map(sample).collect()
    }

    /// Asks something about the conversation.
    pub(super) fn with_context<T>(&self, ask: impl FnOnce(&Context<'_>) -> T) -> T {
        self.with_options(&Options::default(), ask)
    }

    /// Asks something with the options of a recipe.
    pub(super) fn with_options_of<T>(
        &self,
        recipe: &str,
        options: &[(&str, &str)],
        ask: impl FnOnce(&Context<'_>) -> T,
    ) -> T {
        let recipe = catalog::find(recipe).unwrap();
        let asked: Vec<_> = options.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.with_options(&Options::parse(recipe.id, recipe.options, &asked).unwrap(), ask)
    }

    fn with_options<T>(&self, options: &Options, ask: impl FnOnce(&Context<'_>) -> T) -> T {
        ask(&Context {
            conversation: &self.conversation,
            template: &self.template,
            tokenizer: &self.tokenizer,
            special_tokens: &self.special_tokens,
            now: chrono::NaiveDateTime::default(),
            variables: &[],
            ignore_index: self.ignore_index,
            options,
            renders: &Renders::default(),
            budget: &Budget::new(1_000_000),
        })
    }
}

/// The code of a finding.
pub(super) fn code(found: Option<Diagnostic>) -> Option<String> {
    found.map(|found| found.code.into_owned())
}
