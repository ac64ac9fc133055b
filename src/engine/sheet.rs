//! A rendered conversation with the writer and the owner of every byte of it.

use serde::{Deserialize, Serialize};

use super::{Engine, MessageSummary, Request, TemplateChoice, not_rendered, variables};
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;
use crate::template::{Input, Owner, Piece, Rendered};

/// So many bytes of the rendered text are told of, and so many runs.
const MOST_BYTES: usize = 400_000;
const MOST_RUNS: usize = 20_000;

/// What a template makes of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// The template's text.
    pub source: String,
    /// Which of the tokenizer's own templates it is, where that has several.
    pub name: Option<String>,
    /// The messages of the conversation.
    pub messages: Vec<MessageSummary>,
    /// The rendered text, cut where it is very long.
    pub text: String,
    /// How many bytes the whole text has.
    pub length: usize,
    /// Stretches of `text` that one place of the template wrote for one part of one message: in order, without a gap.
    pub runs: Vec<Run>,
    /// Why there is no text, and what else concerns the template or the conversation.
    pub diagnostics: Vec<Diagnostic>,
}

/// A stretch of rendered text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Bytes of the rendered text.
    pub output: Span,
    /// The bytes of the template that wrote it, where known.
    pub source: Option<Span>,
    /// Whose it is.
    pub owner: Owner,
    /// Whether it lies inside `{% generation %}`.
    pub generation: bool,
}

impl Engine {
    /// Renders the conversation that a request names, with or without the header of the assistant's next turn. Never
    /// fails: what went wrong is in the sheet's diagnostics.
    pub fn sheet(&mut self, request: &Request, add_generation_prompt: bool) -> Sheet {
        let (read, report, setup) = self.begin(request);
        let mut sheet = Sheet {
            source: report.template_source.unwrap_or_default(),
            diagnostics: report.diagnostics,
            ..Sheet::default()
        };
        sheet.diagnostics.retain(|it| it.severity == Severity::Error);
        let Some(of_it) = report.conversations.into_iter().next() else { return sheet };
        sheet.messages = of_it.messages;
        let Some((setup, conversation)) = setup.zip(read.conversations.get(of_it.index)) else {
            return sheet;
        };
        if conversation.given.is_some() {
            sheet.diagnostics.push(not_rendered());
            return sheet;
        }
        let several = setup.tokenizer.chat_templates().len() > 1;
        sheet.name = match &request.template {
            TemplateChoice::Named(name) => Some(name.clone()),
            TemplateChoice::TokenizersOwn if several => {
                let for_tools = setup.for_tools.is_some() && conversation.tools.is_some();
                Some(if for_tools { "tool_use" } else { "default" }.to_owned())
            }
            _ => None,
        };
        let variables = variables::merge(&conversation.extra, &setup.variables);
        let input = Input {
            messages: &conversation.messages,
            tools: conversation.tools.as_ref(),
            variables: &variables,
            add_generation_prompt,
            special_tokens: setup.tokenizer.special_tokens(),
            now: request.now,
        };
        let template = setup.template(conversation);
        match template.render(&input) {
            Ok(rendered) => {
                let pieces = template.owners(&input, &rendered);
                sheet.length = rendered.text.len();
                sheet.runs = runs(&rendered, &pieces);
                sheet.text = rendered.text;
                sheet.text.truncate(sheet.runs.last().map_or(0, |run| run.output.end));
            }
            Err(error) => sheet.diagnostics.push(error),
        }
        sheet
    }
}

/// The stretches, as many as are told of.
fn runs(rendered: &Rendered, pieces: &[Piece]) -> Vec<Run> {
    let mut most = rendered.text.len().min(MOST_BYTES);
    while !rendered.text.is_char_boundary(most) {
        most -= 1;
    }
    let writers = rendered.writers.iter().map(|it| it.output);
    let outputs = writers.chain(pieces.iter().map(|it| it.output)).chain(rendered.generation.iter().copied());
    let mut cuts: Vec<usize> = outputs.flat_map(|it| [it.start, it.end]).chain([0, most]).collect();
    cuts.retain(|cut| *cut <= most && rendered.text.is_char_boundary(*cut));
    cuts.sort_unstable();
    cuts.dedup();
    let mut generation = rendered.generation.clone();
    generation.sort_unstable();
    let mut generation = generation.into_iter().peekable();
    let mut inside = 0;
    let mut runs = Vec::new();
    for pair in cuts.windows(2).take(MOST_RUNS) {
        let &[start, end] = pair else { continue };
        while let Some(span) = generation.next_if(|span| span.start <= start) {
            inside = inside.max(span.end);
        }
        let writer = rendered.writers.partition_point(|it| it.output.end <= start);
        let writer = rendered.writers.get(writer).filter(|it| it.output.start <= start);
        let piece = pieces.partition_point(|it| it.output.end <= start);
        let Some(piece) = pieces.get(piece) else { break };
        runs.push(Run {
            output: Span::new(start, end),
            source: writer.map(|it| it.source),
            owner: piece.owner,
            generation: start < inside,
        });
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Part;

    const DIALOGUE: &str =
        r#"[{"role": "user", "content": "你好"}, {"role": "assistant", "content": "Hello!"}]"#;

    fn request(template: &str) -> Request {
        Request {
            dialogue: DIALOGUE.to_owned(),
            template: TemplateChoice::Source(template.to_owned()),
            conversation: Some(0),
            ..Request::default()
        }
    }

    #[test]
    fn every_byte_of_the_text_has_its_writer_and_its_owner() {
        let request = Request { template: TemplateChoice::Catalog("chatml".to_owned()), ..request("") };
        let sheet = Engine::new().sheet(&request, true);
        assert_eq!(sheet.diagnostics, []);
        let mut at = 0;
        for run in &sheet.runs {
            assert_eq!(run.output.start, at);
            assert!(run.source.is_some_and(|source| source.end <= sheet.source.len()));
            at = run.output.end;
        }
        assert_eq!((at, sheet.length), (sheet.text.len(), sheet.text.len()));
        let of = |part: Part, message: Option<u32>| -> String {
            let mine = sheet.runs.iter().filter(|run| run.owner == Owner { message, part });
            mine.map(|run| run.output.of(&sheet.text)).collect()
        };
        assert_eq!(of(Part::Content, Some(0)), "你好");
        assert_eq!(of(Part::Content, Some(1)), "Hello!");
        assert_eq!(of(Part::Header, None), "<|im_start|>assistant\n", "the generation prompt is nobody's");
        let trained: String =
            sheet.runs.iter().filter(|run| run.generation).map(|run| run.output.of(&sheet.text)).collect();
        assert!(trained.starts_with("Hello!<|im_end|>"), "{trained:?}");
    }

    #[test]
    fn a_template_that_fails_says_where() {
        let sheet = Engine::new().sheet(&request("a\n{{ nothing.at.all }}"), false);
        let error = sheet.diagnostics.first().unwrap();
        assert_eq!(error.place.unwrap().1.of(&sheet.source).trim(), "nothing.at");
        assert_eq!(sheet.text, "");
        let sheet = Engine::new().sheet(&request("{% if %}"), false);
        assert_eq!(sheet.diagnostics[0].code, "template-syntax");
        assert_eq!(sheet.source, "{% if %}", "what fails is still shown");
    }

    #[test]
    fn a_very_long_text_is_cut_and_says_how_long_it_was() {
        let sheet = Engine::new().sheet(&request("{% for i in range(60000) %}一二三{% endfor %}"), false);
        assert_eq!(sheet.length, 540_000);
        assert!(sheet.text.len() <= MOST_BYTES && sheet.runs.len() <= MOST_RUNS);
        assert_eq!(sheet.runs.last().unwrap().output.end, sheet.text.len());
    }
}
