// What must hold for every text that is taken for a chat template; `tests/template/fuzz.rs` and the fuzz target check it.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use lossmask::template::checks::{Setting, check};
use lossmask::template::twin::training_twin;
use lossmask::template::{Input, Template, switches};

/// What the template renders has an owner for every byte, and every place that is told is one.
pub(crate) fn renders(template: &Template, input: &Input<'_>) {
    let source = template.source();
    let Ok(rendered) = template.render(input) else { return };
    let mut end = 0;
    for piece in template.owners(input, &rendered) {
        assert!(piece.output.start == end && piece.output.end > end, "{source}");
        end = piece.output.end;
    }
    assert_eq!(end, rendered.text.len(), "{source}");
    // Those of blocks in a macro lie where transformers sees them, and may lie over each other.
    let gathered = source.contains("macro") || source.contains("filter");
    let mut end = 0;
    for span in &rendered.generation {
        assert!((span.start >= end || gathered) && !span.is_empty(), "{source}");
        assert!(rendered.text.get(span.start..span.end).is_some(), "{source}");
        end = span.end;
    }
    for writer in &rendered.writers {
        assert!(source.get(writer.source.start..writer.source.end).is_some(), "{source}");
        assert!(rendered.text.get(writer.output.start..writer.output.end).is_some(), "{source}");
    }
    for pass in template.passes(input, &rendered) {
        assert!(rendered.text.get(pass.start..pass.end).is_some(), "{source}");
    }
}

/// Nothing that looks at a template panics.
pub(crate) fn is_looked_at(source: &str, special_tokens: &BTreeMap<String, String>, now: NaiveDateTime) {
    let _ = switches(source);
    let _ = training_twin(source, special_tokens, now);
    check(source, Setting { special_tokens, now, tokenizer_adds_bos: true });
}
