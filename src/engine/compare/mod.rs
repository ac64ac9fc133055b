//! One conversation under every recipe: what each makes of it, with the tokens of all of them on one axis.

use serde::{Deserialize, Serialize};

use super::{Engine, MessageSummary, Request};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::recipe::{Budget, Outcome, Sample, catalog};
use crate::template::{Owner, Part};

pub use axis::ABSENT;

mod axis;
#[cfg(test)]
mod tests;

/// A recipe that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its id.
    pub recipe: String,
    /// Options that differ from its defaults: name and value.
    pub options: Vec<(String, String)>,
    /// Which of its samples is compared, from 0; the last one, which knows most of the conversation, where absent.
    pub sample: Option<usize>,
}

/// One conversation under several recipes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// How many conversations the dialogue holds.
    pub count: usize,
    /// The messages of the one that is compared.
    pub messages: Vec<MessageSummary>,
    /// For each column of the axis the row that made it, and the token there.
    pub columns: Vec<(u32, u32)>,
    /// What each recipe makes of it, in the order in which they were asked for.
    pub rows: Vec<Row>,
    /// What concerns the dialogue, the template or the tokenizer.
    pub diagnostics: Vec<Diagnostic>,
    /// The text of the template that was used.
    pub template_source: Option<String>,
}

/// What a recipe makes of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The recipe's id.
    pub recipe: String,
    /// The lines of the trainer's own configuration that stand for its options.
    pub config: Option<String>,
    /// How many samples it makes.
    pub samples: usize,
    /// The sample that is compared, and its place among them from 0; or why there is none.
    pub outcome: Result<(usize, Sample), Bilingual>,
    /// What led to there being no sample, or a wrong option.
    pub diagnostics: Vec<Diagnostic>,
    /// For each column the token of the sample that stands there, or [`ABSENT`].
    pub places: Vec<u32>,
    /// Its tokens by message and part, in order.
    pub counts: Vec<Count>,
}

/// How many tokens of a sample belong to one part of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Whose they are.
    pub owner: Owner,
    /// How many there are.
    pub tokens: usize,
    /// How many of them are trained.
    pub trained: usize,
}

impl Engine {
    /// Runs every recipe that is asked for over one conversation, the request's or the first. The request's own recipe
    /// and options do not count.
    pub fn compare(&mut self, request: &Request, asked: &[Asked]) -> Comparison {
        let mut request =
            Request { conversation: Some(request.conversation.unwrap_or(0)), ..request.clone() };
        let mut comparison = Comparison::default();
        let mut left = self.most_tokens;
        for (number, one) in asked.iter().enumerate() {
            one.recipe.clone_into(&mut request.recipe);
            one.options.clone_into(&mut request.options);
            let (read, report, setup) = self.begin(&request);
            let (own, general): (Vec<_>, Vec<_>) = report.diagnostics.into_iter().partition(concerns_recipe);
            let Some(of_it) = report.conversations.into_iter().next() else {
                let template_source = report.template_source;
                let diagnostics = general;
                return Comparison { count: report.count, diagnostics, template_source, ..comparison };
            };
            let conversation = &read.conversations[of_it.index];
            if number == 0 {
                comparison.count = report.count;
                comparison.diagnostics = general.into_iter().chain(of_it.diagnostics).collect();
                comparison.messages = of_it.messages;
                comparison.template_source = report.template_source;
            }
            if conversation.given.is_some() {
                comparison.diagnostics.push(not_compared());
                return comparison;
            }
            let mut row = Row::empty(&one.recipe, own);
            if let Some(setup) = setup {
                let budget = Budget::new(left);
                row.config = catalog::config(setup.recipe, &setup.options);
                let outcomes = self.built(&request, &setup, conversation, of_it.index, &budget);
                row.choose(outcomes, one.sample, budget.is_spent());
            }
            left -= row.sample().map_or(0, |sample| sample.input_ids.len()).min(left);
            comparison.rows.push(row);
        }
        comparison.align();
        comparison
    }
}

impl Comparison {
    /// Puts the tokens of all rows on one axis.
    fn align(&mut self) {
        let with: Vec<usize> =
            self.rows.iter().enumerate().filter(|(_, row)| row.outcome.is_ok()).map(|(at, _)| at).collect();
        let lists: Vec<&[u32]> =
            self.rows.iter().filter_map(Row::sample).map(|sample| sample.input_ids.as_slice()).collect();
        let found = axis::axis(&lists);
        self.columns =
            found.makers.into_iter().map(|(list, token)| (with[list as usize] as u32, token)).collect();
        for (at, places) in with.into_iter().zip(found.places) {
            self.rows[at].places = places;
        }
    }
}

impl Row {
    fn empty(recipe: &str, diagnostics: Vec<Diagnostic>) -> Self {
        let why = diagnostics.first().map(|found| found.message.clone());
        let why = why.unwrap_or_else(|| Bilingual::fixed("there is no sample", "没有样本"));
        Self {
            recipe: recipe.to_owned(),
            config: None,
            samples: 0,
            outcome: Err(why),
            diagnostics,
            places: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Takes the sample that was asked for, else the last one.
    fn choose(&mut self, outcomes: Vec<Outcome>, asked: Option<usize>, spent: bool) {
        let mut samples = Vec::new();
        for outcome in outcomes {
            match outcome {
                Outcome::Sample(sample) => samples.push(sample),
                Outcome::Dropped { why, diagnostics } => {
                    // The error itself says more than that there was one.
                    let error = diagnostics.iter().find(|found| found.severity == Severity::Error);
                    self.outcome = Err(error.map_or(why, |error| error.message.clone()));
                    self.diagnostics.extend(diagnostics);
                }
            }
        }
        self.samples = samples.len();
        if spent {
            self.outcome = Err(Bilingual::fixed(
                "the samples of all trainers together hold too many tokens",
                "所有训练器的样本加起来 token 过多",
            ));
            return;
        }
        let Some(last) = samples.len().checked_sub(1) else { return };
        let place = asked.unwrap_or(last).min(last);
        let sample = samples.swap_remove(place);
        self.counts = counts(&sample);
        self.outcome = Ok((place, sample));
    }

    /// The sample that is compared.
    pub fn sample(&self) -> Option<&Sample> {
        self.outcome.as_ref().ok().map(|(_, sample)| sample)
    }

    /// How many tokens the sample has, and how many of them are trained.
    pub fn totals(&self) -> (usize, usize) {
        let sum = |of: fn(&Count) -> usize| self.counts.iter().map(of).sum();
        (sum(|count| count.tokens), sum(|count| count.trained))
    }
}

const PARTS: [Part; 6] =
    [Part::Header, Part::Reasoning, Part::Content, Part::ToolCall, Part::End, Part::Template];

/// The tokens of a sample by message and part; those that no message owns come first.
fn counts(sample: &Sample) -> Vec<Count> {
    let key = |owner: &Owner| {
        let part = PARTS.iter().position(|part| *part == owner.part).unwrap_or(PARTS.len());
        (owner.message.map_or(0, |message| message as usize + 1), part)
    };
    let mut found: std::collections::BTreeMap<(usize, usize), Count> = std::collections::BTreeMap::new();
    for (owner, weight) in sample.owners.iter().zip(&sample.weights) {
        let count = found.entry(key(owner)).or_insert(Count { owner: *owner, tokens: 0, trained: 0 });
        count.tokens += 1;
        count.trained += usize::from(*weight > 0.0);
    }
    found.into_values().collect()
}

/// Whether a finding of the setup is about the recipe that was asked for, not about what all of them share.
fn concerns_recipe(found: &Diagnostic) -> bool {
    matches!(found.code.as_ref(), "unknown-recipe" | "unknown-option" | "bad-option-value")
}

fn not_compared() -> Diagnostic {
    let message = Bilingual::fixed(
        "this row says its own tokens and labels: no trainer makes others of it",
        "该行自带 token 与标签，各训练器不会再生成别的结果",
    );
    let hint = Bilingual::fixed(
        "the tab Samples shows the row beside what the chosen recipe makes of its text",
        "“样本”页会把该行与所选规则由其文本得到的结果对照展示",
    );
    Diagnostic::new(Severity::Note, "given-not-compared", message).hint(hint)
}
