//! A rendered conversation, as it is shown.

use serde::{Deserialize, Serialize};

use super::sample::{part_number, part_of_number};
use super::{NONE, packed};
use crate::diagnostic::Diagnostic;
use crate::engine::{MessageSummary, Run, Sheet};
use crate::span::Span;
use crate::template::{Owner, Part};

/// A [`Sheet`], as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetView {
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
    /// Each run in five numbers: where it ends, the template's bytes, the message ([`NONE`] for none), the part in
    /// declaration order and 128 more inside `{% generation %}`.
    #[serde(with = "packed")]
    runs: Vec<u32>,
    /// Why there is no text, and what else concerns the template or the conversation.
    pub diagnostics: Vec<Diagnostic>,
}

const GENERATION: u32 = 128;

impl From<Sheet> for SheetView {
    fn from(sheet: Sheet) -> Self {
        let pack = |run: Run| {
            let source = run.source.unwrap_or(Span::at(NONE as usize));
            let generation = if run.generation { GENERATION } else { 0 };
            [
                run.output.end as u32,
                source.start as u32,
                source.end as u32,
                run.owner.message.unwrap_or(NONE),
                u32::from(part_number(run.owner.part)) | generation,
            ]
        };
        Self {
            source: sheet.source,
            name: sheet.name,
            messages: sheet.messages,
            text: sheet.text,
            length: sheet.length,
            runs: sheet.runs.into_iter().flat_map(pack).collect(),
            diagnostics: sheet.diagnostics,
        }
    }
}

impl SheetView {
    /// How many runs there are.
    pub fn len(&self) -> usize {
        self.runs.len() / 5
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The `k`th run.
    pub fn run(&self, k: usize) -> Option<Run> {
        let (runs, _) = self.runs.as_chunks::<5>();
        let [end, from, to, message, bits] = *runs.get(k)?;
        let start = k.checked_sub(1).and_then(|before| runs.get(before)).map_or(0, |before| before[0]);
        let part: Part = part_of_number((bits & !GENERATION) as u8);
        Some(Run {
            output: Span::new(start as usize, end as usize),
            source: (from != NONE).then(|| Span::new(from as usize, to as usize)),
            owner: Owner { message: (message != NONE).then_some(message), part },
            generation: bits & GENERATION != 0,
        })
    }

    /// The places of the template that wrote anything, each once, in order.
    pub fn sources(&self) -> Vec<Span> {
        let mut sources: Vec<Span> =
            (0..self.len()).filter_map(|k| self.run(k)?.source).filter(|source| !source.is_empty()).collect();
        sources.sort_unstable();
        sources.dedup();
        sources
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, Request};

    #[test]
    fn a_sheet_comes_out_of_the_wire_as_the_engine_made_it() {
        let dialogue = r#"[{"role": "user", "content": "春"}, {"role": "assistant", "content": "风"}]"#;
        let request = Request { dialogue: dialogue.to_owned(), conversation: Some(0), ..Request::default() };
        let sheet = Engine::new().sheet(&request, true);
        let json = serde_json::to_string(&SheetView::from(sheet.clone())).unwrap();
        let view: SheetView = serde_json::from_str(&json).unwrap();
        assert!(!view.is_empty());
        let runs: Vec<Run> = (0..view.len()).map(|k| view.run(k).unwrap()).collect();
        assert_eq!(runs, sheet.runs);
        assert_eq!(view.run(view.len()), None);
        assert!(view.sources().is_sorted());
    }
}
