//! `tokenizers` 0.23 as the judge of ids and offsets.

use lossmask::span::Span;
use lossmask::tokenizer::{Files, Tokenizer};
use tokenizers_023 as oracle;

/// One tokenizer twice: ours and the judge's.
pub(crate) struct Pair {
    /// Ours.
    pub(crate) ours: Tokenizer,
    /// The judge's.
    pub(crate) theirs: oracle::Tokenizer,
}

impl Pair {
    /// Both from one `tokenizer.json`.
    pub(crate) fn new(json: &str) -> Self {
        let ours = Tokenizer::from_files(&Files { tokenizer: json, ..Files::default() });
        let ours = ours.unwrap_or_else(|problem| panic!("{}", problem.message.en));
        let mut theirs: oracle::Tokenizer = json.parse().expect("the judge reads it");
        theirs.with_padding(None);
        theirs.with_truncation(None).expect("no truncation");
        Self { ours, theirs }
    }

    /// Ids and byte offsets as the judge has them; `None` where it panics (it subtracts below zero when a normaliser
    /// moves characters).
    pub(crate) fn expected(&self, text: &str) -> Option<(Vec<u32>, Vec<Span>)> {
        let encode = std::panic::AssertUnwindSafe(|| self.theirs.encode_char_offsets(text, false));
        let encoding = std::panic::catch_unwind(encode).ok()?.ok()?;
        let mut bytes: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
        bytes.push(text.len());
        let offsets = encoding.get_offsets().iter().map(|&(start, end)| Span::new(bytes[start], bytes[end]));
        Some((encoding.get_ids().to_vec(), offsets.collect()))
    }

    /// Fails unless ids and offsets are the judge's; an explicit `offsets-unproved` is `false`.
    pub(crate) fn check(&self, text: &str) -> bool {
        let Some((ids, offsets)) = self.expected(text) else { return false };
        match self.ours.encode(text) {
            Ok(ours) => {
                assert_eq!(ours.ids, ids, "ids of {text:?}");
                let pairs = ours.offsets.iter().zip(&offsets).enumerate();
                for (i, (our, their)) in pairs {
                    assert_eq!(our, their, "offset {i} of {text:?}: {:?} and {offsets:?}", ours.offsets);
                }
                assert_eq!(ours.held.len(), ids.len());
                for span in &ours.held {
                    assert!(span.start <= span.end && span.end <= text.len(), "held of {text:?}");
                }
                true
            }
            Err(problem) => {
                assert_eq!(problem.code, "offsets-unproved", "{}", problem.message.en);
                false
            }
        }
    }
}
