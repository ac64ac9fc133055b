//! `HuggingFace` chat templates: messages ▶ text, and who wrote each byte of it.

pub mod catalog;
pub mod checks;
mod environment;
mod error;
mod filters;
mod format;
mod generation;
mod globals;
mod limits;
mod marks;
mod methods;
mod named;
mod newlines;
mod owners;
mod parity;
mod passes;
mod plain;
mod positions;
pub mod probes;
mod python;
mod regions;
mod rewrite;
mod strings;
mod switches;
pub mod twin;
mod value;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use minijinja::{Environment, Value as Item};
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::dialogue::{Message, Value};
use crate::span::Span;

pub use named::named;
pub use parity::differences;
pub use plain::{Entries, Json, Plain};
pub use switches::{Switch, SwitchKind, switches};
pub use value::Preparation;

/// A compiled chat template.
pub struct Template {
    source: String,
    /// Offsets of the text that minijinja reads ▶ offsets of `source`.
    places: newlines::Places,
    env: Environment<'static>,
    /// The text that has the marks of `passes` put in, its tags, and what came of it once it was asked for.
    unmarked: (String, Vec<generation::Tag>),
    marked: OnceLock<Option<Environment<'static>>>,
    blocks: Vec<generation::Block>,
    /// The first block that lies in a macro or in the body of a filter.
    gathered: Option<Span>,
    /// Whether the template calls anything that strips whitespace.
    trims: bool,
    preparation: Preparation,
    cache: regions::Cache,
}

/// What a template sees.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The messages to render.
    pub messages: &'a [Message],
    /// The tools, `None` in the template where absent.
    pub tools: Option<&'a Value>,
    /// Further variables: `documents`, `chat_template_kwargs`, `--var`.
    pub variables: &'a [(String, Value)],
    /// Whether to end with the header of the assistant's next turn.
    pub add_generation_prompt: bool,
    /// `bos_token`, `eos_token` and the like, by name.
    pub special_tokens: &'a BTreeMap<String, String>,
    /// The clock that `strftime_now` sees.
    pub now: chrono::NaiveDateTime,
}

/// A rendered conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// Which template bytes wrote which output bytes; ascending, without overlap.
    pub writers: Vec<Writer>,
    /// Output bytes inside `{% generation %}`, in the order in which the blocks end, where transformers sees them.
    pub generation: Vec<Span>,
}

/// A stretch of output and the template bytes that wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    /// Bytes of the rendered text.
    pub output: Span,
    /// Bytes of the template: the literal text, or the expression.
    pub source: Span,
}

/// What a stretch of rendered text is to its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What stands before the message's words: the role and its markers.
    Header,
    /// The message's words.
    Content,
    /// The message's reasoning.
    Reasoning,
    /// A tool call.
    ToolCall,
    /// What stands after the message's words: the stop token and what follows up to the next message.
    End,
    /// Text that only the template wrote.
    Template,
}

/// Who owns a byte, or a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// The message, as an index into the conversation; `None` for text that no message owns.
    pub message: Option<u32>,
    /// What it is to that message.
    pub part: Part,
}

/// A stretch of rendered text with its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Bytes of the rendered text.
    pub output: Span,
    /// Who owns them.
    pub owner: Owner,
    /// Where the stretch is a verbatim copy of part of the message's string: the bytes of the *pasted* text that it
    /// came from, first to last.
    pub source: Option<Span>,
}

/// The value as Python's `json.dumps` writes it: with `indent` spaces a level, or in one line. None where it nests too
/// deeply or grows too large.
pub fn json_dumps(value: &Value, ensure_ascii: bool, indent: Option<usize>) -> Option<String> {
    let json = python::Json {
        ensure_ascii,
        indent: indent.map(|spaces| " ".repeat(spaces)),
        item_separator: if indent.is_some() { "," } else { ", " }.to_owned(),
        key_separator: ": ".to_owned(),
        sort_keys: false,
    };
    json.dump(&value::value(value)).ok()
}

/// The value as Python's `str` writes it. None where it nests too deeply or grows too large.
pub fn python_str(value: &Value) -> Option<String> {
    python::text(&value::value(value)).ok()
}

/// The name of the one template in its environment.
const NAME: &str = "template";

/// The name of the same template with marks around what it generates.
const MARKED: &str = "marked";

impl Template {
    /// Compiles a template with the settings of transformers. The error points into `source`.
    pub fn compile(source: &str) -> Result<Self, Diagnostic> {
        if source.len() > environment::MAX_SOURCE {
            return Err(error::source_too_large());
        }
        let (text, newlines) = newlines::Removed::from(source);
        if let Some(place) = limits::too_complex(&text) {
            return Err(error::too_complex(newlines.restore(place)));
        }
        let generation::Rewritten { text: rewritten, blocks, tags, gathered } =
            generation::rewrite(&text, |span| newlines.restore(span));
        if let Some(place) = generation::unsupported(&rewritten) {
            return Err(error::leaves_a_scope(newlines.restore(place)));
        }
        let mut env = environment::environment();
        let mut places = newlines::Places { newlines, inserted: rewrite::Inserted::default() };
        places.inserted =
            add(&mut env, NAME, &rewritten).map_err(|error| error::diagnostic(&error, source, &places))?;
        let trims = source.contains("trim") || source.contains("strip(");
        Ok(Self {
            source: source.to_owned(),
            places,
            env,
            unmarked: (rewritten, tags),
            marked: OnceLock::new(),
            blocks,
            gathered,
            trims,
            preparation: Preparation::default(),
            cache: regions::Cache::default(),
        })
    }

    /// The same template, shown messages that are prepared in this way.
    #[must_use]
    pub fn prepared_as(self, preparation: Preparation) -> Self {
        Self { preparation, cache: regions::Cache::default(), ..self }
    }

    /// Compiles a template to try it on the probes, which need little work: a hostile one is cut off early.
    fn for_probes(source: &str) -> Result<Self, Diagnostic> {
        let mut template = Self::compile(source)?;
        template.env.set_fuel(Some(environment::PROBE_FUEL));
        Ok(template)
    }

    /// How it prepares messages.
    pub const fn preparation(&self) -> Preparation {
        self.preparation
    }

    /// The template's own text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the template marks what to train with `{% generation %}`.
    pub fn has_generation(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// The variables that the template reads without having set them.
    fn undeclared(&self) -> std::collections::HashSet<String> {
        let template = self.env.get_template(NAME);
        template.map(|template| template.undeclared_variables(false)).unwrap_or_default()
    }

    /// Renders a conversation. The error points into the template where it can.
    pub fn render(&self, input: &Input<'_>) -> Result<Rendered, Diagnostic> {
        let messages = value::messages(input.messages, self.preparation, &mut value::Plain);
        let (text, writers) = self.run(&environment::variables(input), messages)?;
        let mut generation = generation::spans(&self.blocks, &writers);
        if self.preparation == Preparation::V4 {
            // It takes a block at the very beginning for one that nobody asked about.
            generation.retain(|span| span.start > 0);
        }
        let mut rendered = Rendered { text, writers, generation };
        if self.gathered.is_some() {
            let passes = self.passes(input, &rendered);
            rendered.generation = passes.into_iter().filter(|span| !span.is_empty()).collect();
        }
        Ok(rendered)
    }

    /// The tag of the first `{% generation %}` block that lies in a macro or in the body of a filter: transformers
    /// takes its text for what stands at the beginning of the macro's text.
    pub(crate) const fn gathered(&self) -> Option<Span> {
        self.gathered
    }

    /// The passes through `{% generation %}` blocks of `rendered`, which must be this template's render of `input`: like
    /// [`Rendered::generation`], but with those that wrote nothing, as bytes of the text.
    pub fn passes(&self, input: &Input<'_>, rendered: &Rendered) -> Vec<Span> {
        let marked = || {
            let messages = value::messages(input.messages, self.preparation, &mut value::Plain);
            let text = self.run_marked(&environment::variables(input), messages)?;
            passes::read(&text, &rendered.text)
        };
        if self.blocks.is_empty() {
            Vec::new()
        } else {
            marked().unwrap_or_else(|| rendered.generation.clone())
        }
    }

    /// Runs the template on messages that are already values.
    fn run(
        &self,
        variables: &[(String, Item)],
        messages: Vec<Item>,
    ) -> Result<(String, Vec<Writer>), Diagnostic> {
        let template = self.env.get_template(NAME).map_err(|error| self.failed(&error))?;
        let (text, spans) =
            template.render_with_spans(context(variables, messages)).map_err(|error| self.failed(&error))?;
        let text = within_limit(text)?;
        let writers = spans
            .iter()
            .map(|span| Writer {
                output: span.output_range().into(),
                source: self.places.restore(span.source_range().into()),
            })
            .collect();
        Ok((text, writers))
    }

    /// Like [`Template::run`], for the text alone.
    fn run_for_text(&self, variables: &[(String, Item)], messages: Vec<Item>) -> Result<String, Diagnostic> {
        let template = self.env.get_template(NAME).map_err(|error| self.failed(&error))?;
        let text = template.render(context(variables, messages)).map_err(|error| self.failed(&error))?;
        within_limit(text)
    }

    /// The text with marks around each pass through a block; none where the marks make it no template.
    fn run_marked(&self, variables: &[(String, Item)], messages: Vec<Item>) -> Option<String> {
        let marked = self.marked.get_or_init(|| {
            let (text, tags) = &self.unmarked;
            let marked = passes::marked(text, tags)?;
            let mut env = self.env.clone();
            add(&mut env, MARKED, &marked).ok()?;
            Some(env)
        });
        let template = marked.as_ref()?.get_template(MARKED).ok()?;
        within_limit(template.render(context(variables, messages)).ok()?).ok()
    }

    fn failed(&self, error: &minijinja::Error) -> Diagnostic {
        error::diagnostic(error, &self.source, &self.places)
    }

    /// Who owns each byte of `rendered`, which must be this template's render of `input`: pieces that cover the text
    /// from end to end, in order, without gap or overlap.
    ///
    /// Renders of the conversation's beginnings are kept for the next call, so asking for each prefix of one
    /// conversation in turn costs little more than asking for the whole.
    pub fn owners(&self, input: &Input<'_>, rendered: &Rendered) -> Vec<Piece> {
        owners::owners(self, input, &rendered.text, &rendered.writers)
    }
}

/// Adds a template with the operators of Python, or as it is where it is no template then.
fn add(
    env: &mut Environment<'static>,
    name: &'static str,
    text: &str,
) -> Result<rewrite::Inserted, minijinja::Error> {
    let (runs, inserted) = rewrite::rewrite(text);
    if env.add_template_owned(name, runs).is_ok() {
        return Ok(inserted);
    }
    env.add_template_owned(name, text.to_owned())?;
    Ok(rewrite::Inserted::default())
}

/// Everything that a template sees, by name.
fn context(variables: &[(String, Item)], messages: Vec<Item>) -> Item {
    let mut context = BTreeMap::new();
    context.insert("messages", Item::from(messages));
    context.extend(variables.iter().map(|(name, item)| (name.as_str(), item.clone())));
    Item::from_pairs(context)
}

fn within_limit(text: String) -> Result<String, Diagnostic> {
    if text.len() > environment::MAX_OUTPUT { Err(error::too_large()) } else { Ok(text) }
}
