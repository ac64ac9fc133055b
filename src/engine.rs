//! The one function every face calls: [`Request`] ▶ [`Report`].
//!
//! The engine keeps what is dear to make again (tokenizers, compiled templates, renders), reads no clock, draws no
//! random number and touches no file: the same requests give the same reports.

use std::collections::HashMap;
use std::rc::Rc;

use crate::bilingual::Bilingual;
use crate::diagnose::diagnose;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::{Conversation, Read, Value};
use crate::recipe::{Budget, Context, Options, Outcome, Recipe, catalog};
use crate::template::{Input, Preparation, Rendered, Template};
use crate::tokenizer::{Encoding, Tokenizer};
use choose::{choose_template, lacks_default, template_for_tools};
use kept::{Kept, Setting};
use report::miss_nothing;

pub use batch::{BatchAsked, BatchReport, Gain, Gathered, PadToken};
pub use compare::{ABSENT, Asked, Comparison, Count, Row};
pub use inspect::TemplateReport;
pub use material::Material;
pub use report::{ConversationReport, MessageSummary, Report, findings};
pub use request::{EMBEDDED, Request, TemplateChoice, moment};
pub use sheet::{Run, Sheet};

mod batch;
mod choose;
mod compare;
mod inspect;
mod kept;
mod material;
mod report;
mod request;
mod sheet;
mod unknown;
mod variables;

#[cfg(test)]
mod given_tests;
#[cfg(test)]
mod tests;

/// The tokens that the samples of one report may hold.
const MOST_TOKENS: usize = 2_000_000;

/// Compiled templates that are kept.
const MOST_TEMPLATES: usize = 8;

/// Turns requests into reports.
pub struct Engine {
    tokenizers: HashMap<String, Rc<Tokenizer>>,
    /// How often a tokenizer was added.
    added: usize,
    /// The last one used stands last.
    templates: Vec<Rc<Template>>,
    kept: Kept,
    last: batch::LastGathered,
    most_tokens: usize,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            tokenizers: HashMap::new(),
            added: 0,
            templates: Vec::new(),
            kept: Kept::default(),
            last: batch::LastGathered::default(),
            most_tokens: MOST_TOKENS,
        }
    }
}

/// What a report needs before the first conversation.
struct Setup {
    recipe: &'static Recipe,
    options: Options,
    tokenizer: Rc<Tokenizer>,
    template: Rc<Template>,
    /// The tokenizer's own template for conversations with tools, where it has one.
    for_tools: Option<Rc<Template>>,
    variables: Vec<(String, Value)>,
    /// As the reader says: what a conversation lacks may stand in what could not be read.
    is_cut_short: bool,
}

impl Setup {
    /// The template that transformers would take for a conversation.
    fn template(&self, conversation: &Conversation) -> &Rc<Template> {
        self.for_tools.as_ref().filter(|_| conversation.tools.is_some()).unwrap_or(&self.template)
    }
}

impl Engine {
    /// An engine that knows the embedded tokenizer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tokenizer under an id, or replaces the one that had it.
    pub fn add_tokenizer(&mut self, id: impl Into<String>, tokenizer: Tokenizer) {
        self.added += 1;
        self.forget_gathered();
        self.tokenizers.insert(id.into(), Rc::new(tokenizer));
    }

    /// Forgets a tokenizer that was added.
    pub fn remove_tokenizer(&mut self, id: &str) {
        self.tokenizers.remove(id);
    }

    /// Whether a request can name this tokenizer.
    pub fn has_tokenizer(&self, id: &str) -> bool {
        id == EMBEDDED || self.tokenizers.contains_key(id)
    }

    /// The tokenizer of this id.
    pub fn tokenizer(&mut self, id: &str) -> Option<Rc<Tokenizer>> {
        if id == EMBEDDED && !self.tokenizers.contains_key(id) {
            self.tokenizers.insert(id.to_owned(), Rc::new(Tokenizer::embedded()));
        }
        self.tokenizers.get(id).cloned()
    }

    /// Encodes a text as it stands: no dialogue, no template, no recipe.
    pub fn encode(&mut self, tokenizer: &str, text: &str) -> Result<Encoding, Diagnostic> {
        self.tokenizer(tokenizer).ok_or_else(|| unknown::tokenizer(tokenizer))?.encode(text)
    }

    /// Reads, renders, encodes and explains. Never fails: what went wrong is in the report's diagnostics.
    pub fn analyze(&mut self, request: &Request) -> Report {
        let (read, mut report, setup) = self.begin(request);
        let Some(setup) = setup else { return report };
        let budget = Budget::new(self.most_tokens);
        for at in 0..report.conversations.len() {
            let index = report.conversations[at].index;
            let conversation = &read.conversations[index];
            report.conversations[at].outcomes = self.outcomes(request, &setup, conversation, index, &budget);
            if budget.is_spent() {
                let left_out = report.conversations.len() - at - 1;
                report.conversations.truncate(at + 1);
                report.diagnostics.push(too_many_tokens(self.most_tokens, index, left_out));
                break;
            }
        }
        report
    }

    /// Like [`Engine::analyze`], one conversation at a time, each with a limit of its own: for files of any length. The
    /// report that `each` sees, and that is returned, has no conversations.
    pub fn analyze_each<E>(
        &mut self,
        request: &Request,
        mut each: impl FnMut(&Report, &ConversationReport) -> Result<(), E>,
    ) -> Result<Report, E> {
        let (read, mut report, setup) = self.begin(request);
        let conversations = std::mem::take(&mut report.conversations);
        let Some(setup) = setup else { return Ok(report) };
        for mut of_it in conversations {
            let budget = Budget::new(self.most_tokens);
            let conversation = &read.conversations[of_it.index];
            of_it.outcomes = self.outcomes(request, &setup, conversation, of_it.index, &budget);
            if budget.is_spent() {
                of_it.diagnostics.push(too_many_tokens(self.most_tokens, of_it.index, 0));
            }
            each(&report, &of_it)?;
        }
        Ok(report)
    }

    /// Reads and renders whole conversations, one result for each in the report, which has no samples.
    pub fn render(
        &mut self,
        request: &Request,
        add_generation_prompt: bool,
    ) -> (Report, Vec<Result<Rendered, Diagnostic>>) {
        let (read, report, setup) = self.begin(request);
        let render = |setup: &Setup, index: usize| {
            let conversation = &read.conversations[index];
            if conversation.given.is_some() {
                return Err(not_rendered());
            }
            let input = Input {
                messages: &conversation.messages,
                tools: conversation.tools.as_ref(),
                variables: &variables::merge(&conversation.extra, &setup.variables),
                add_generation_prompt,
                special_tokens: setup.tokenizer.special_tokens(),
                now: request.now,
            };
            setup.template(conversation).render(&input)
        };
        let asked = report.conversations.iter().map(|conversation| conversation.index);
        let rendered =
            setup.iter().flat_map(|setup| asked.clone().map(|index| render(setup, index))).collect();
        (report, rendered)
    }

    /// Reads the dialogue and looks up what the request names; a report without samples.
    fn begin(&mut self, request: &Request) -> (Rc<Read>, Report, Option<Setup>) {
        let read = self.kept.read(&request.dialogue, request.format.as_deref());
        let count = read.conversations.len();
        let asked = match request.conversation {
            Some(one) => one.min(count)..one.saturating_add(1).min(count),
            None => 0..count,
        };
        let only_tools =
            !asked.is_empty() && asked.clone().all(|index| read.conversations[index].tools.is_some());
        let (diagnostics, mut of) = findings(&read);
        let one = |index: usize| ConversationReport {
            index,
            messages: MessageSummary::all(&read.conversations[index]),
            branch: read.conversations[index].branch,
            diagnostics: of.remove(&index).unwrap_or_default(),
            outcomes: Vec::new(),
        };
        let conversations = asked.map(one).collect();
        let mut report = Report {
            format: read.format.map(str::to_owned),
            candidates: read.candidates.iter().map(|(id, _)| (*id).to_owned()).collect(),
            count,
            conversations,
            diagnostics,
            ..Report::default()
        };
        let setup = self.setup(request, only_tools, &mut report);
        let setup = setup.map(|setup| Setup { is_cut_short: read.is_cut_short, ..setup });
        (read, report, setup)
    }

    /// The samples of a conversation, and what is wrong with them.
    fn outcomes(
        &mut self,
        request: &Request,
        setup: &Setup,
        conversation: &Conversation,
        index: usize,
        budget: &Budget,
    ) -> Vec<Outcome> {
        self.with_context(request, setup, conversation, index, budget, |context| {
            let mut outcomes = catalog::build(setup.recipe, context);
            for outcome in &mut outcomes {
                if let Outcome::Sample(sample) = outcome {
                    let found = diagnose(context, sample);
                    sample.diagnostics.extend(found);
                } else if setup.is_cut_short {
                    miss_nothing(outcome);
                }
            }
            outcomes
        })
    }

    /// The samples of a conversation alone.
    fn built(
        &mut self,
        request: &Request,
        setup: &Setup,
        conversation: &Conversation,
        index: usize,
        budget: &Budget,
    ) -> Vec<Outcome> {
        self.with_context(request, setup, conversation, index, budget, |context| {
            catalog::build(setup.recipe, context)
        })
    }

    /// Gives what recipes look at to `make`, with the renders that were made before.
    fn with_context<T>(
        &mut self,
        request: &Request,
        setup: &Setup,
        conversation: &Conversation,
        index: usize,
        budget: &Budget,
        make: impl FnOnce(&Context<'_>) -> T,
    ) -> T {
        let renders = self.kept.take(index);
        let variables = variables::merge(&conversation.extra, &setup.variables);
        let context = Context {
            conversation,
            template: setup.template(conversation),
            tokenizer: &setup.tokenizer,
            special_tokens: setup.tokenizer.special_tokens(),
            now: request.now,
            variables: &variables,
            ignore_index: request.ignore_index,
            options: &setup.options,
            renders: &renders,
            budget,
        };
        let made = make(&context);
        self.kept.put(index, renders);
        made
    }

    /// Looks up what the request names. Where something is missing, says so and gives none.
    fn setup(&mut self, request: &Request, only_tools: bool, report: &mut Report) -> Option<Setup> {
        let recipe = catalog::find(&request.recipe);
        if recipe.is_none() {
            report.diagnostics.push(unknown::recipe(&request.recipe));
        }
        let options = recipe.and_then(|recipe| {
            Options::parse(recipe.id, recipe.options, &request.options)
                .map_err(|wrong| report.diagnostics.extend(wrong))
                .ok()
        });
        let tokenizer = self.tokenizer(&request.tokenizer);
        if tokenizer.is_none() {
            report.diagnostics.push(unknown::tokenizer(&request.tokenizer));
        }
        let chosen = choose_template(&request.template, tokenizer.as_deref());
        let refused = lacks_default(&request.template, tokenizer.as_deref(), only_tools);
        let chosen = refused.map_or(chosen, Err);
        let (id, source) = chosen.map_err(|error| report.diagnostics.push(error)).ok()?;
        id.clone_into(&mut report.template_id);
        let for_tools = template_for_tools(&request.template, tokenizer.as_deref());
        // The source that is shown is the one that most likely rendered what is shown.
        report.template_source = for_tools.clone().filter(|_| only_tools).or_else(|| Some(source.clone()));
        let template = self
            .template(&source, request.preparation)
            .map_err(|error| report.diagnostics.push(error))
            .ok()?;
        let tools_too = for_tools.as_deref().unwrap_or_default();
        let both = format!("{source}{tools_too}");
        let for_tools = match &for_tools {
            Some(source) => Some(
                self.template(source, request.preparation)
                    .map_err(|error| report.diagnostics.push(error))
                    .ok()?,
            ),
            None => None,
        };
        self.kept.set(Setting {
            tokenizer: (request.tokenizer.clone(), self.added),
            now: both.contains("strftime_now").then_some(request.now),
            template: both,
            preparation: request.preparation,
            variables: request.variables.clone(),
        });
        let variables = variables::from_json(&request.variables, &mut report.diagnostics);
        Some(Setup {
            recipe: recipe?,
            options: options?,
            tokenizer: tokenizer?,
            template,
            for_tools,
            variables,
            is_cut_short: false,
        })
    }

    /// The compiled template, made again only where it was not used lately.
    fn template(&mut self, source: &str, preparation: Preparation) -> Result<Rc<Template>, Diagnostic> {
        let same = |it: &Rc<Template>| it.source() == source && it.preparation() == preparation;
        let known = self.templates.iter().position(same);
        let template = match known {
            Some(at) => self.templates.remove(at),
            None => Rc::new(Template::compile(source)?.prepared_as(preparation)),
        };
        if self.templates.len() >= MOST_TEMPLATES {
            self.templates.remove(0);
        }
        self.templates.push(Rc::clone(&template));
        Ok(template)
    }
}

fn not_rendered() -> Diagnostic {
    let message = Bilingual::fixed(
        "this row says its own tokens: no template renders it",
        "该行自带 token：不由模板渲染",
    );
    let hint = Bilingual::fixed("look at its sample instead", "请查看它的样本");
    Diagnostic::new(Severity::Error, "given-not-rendered", message).hint(hint)
}

fn too_many_tokens(most: usize, index: usize, rest: usize) -> Diagnostic {
    let number = index + 1;
    let (en, zh) = match rest {
        0 => (String::new(), String::new()),
        _ => (
            format!(", and {rest} conversations after it are left out"),
            format!("，其后的 {rest} 段对话未列出"),
        ),
    };
    let message = Bilingual::new(
        format!("more than {most} tokens: the samples of conversation {number} are not complete{en}"),
        format!("超过 {most} 个 token：第 {number} 段对话的样本不完整{zh}"),
    );
    let hint = Bilingual::fixed("look at fewer conversations at once", "请减少一次查看的对话数量");
    Diagnostic::new(Severity::Warning, "too-many-tokens", message).hint(hint)
}
