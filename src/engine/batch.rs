//! Many conversations under one recipe, and what becomes of their samples in a batch.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{Engine, Request, choose_template, too_many_tokens};
use crate::batch::{IGNORED, MOST_SAMPLES, Made, Settings, Tokens, make};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::recipe::{Budget, Outcome};
use crate::span::Span;
use crate::tokenizer::Tokenizer;

/// What rows are padded with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PadToken {
    /// The tokenizer's own `pad_token`, where it has one.
    #[default]
    Own,
    /// The tokenizer's `eos_token`, as many scripts set it.
    Eos,
    /// This token.
    Token(String),
}

/// What is asked of a batch beside the [`Request`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAsked {
    /// The settings; the ids of pad token and `eos_token` are found in the tokenizer.
    pub settings: Settings,
    /// What rows are padded with.
    pub pad: PadToken,
    /// So many conversations are taken, the first ones.
    pub most: usize,
}

/// The samples of many conversations.
#[derive(Debug, Default)]
pub struct Gathered {
    /// How many conversations the texts hold.
    pub count: usize,
    /// How many of them were looked at: the first ones.
    pub taken: usize,
    /// How many of those give no sample.
    pub without: usize,
    /// The samples, in order.
    pub samples: Vec<Gain>,
    /// What concerns the recipe, the template or the tokenizer; and of each error in a conversation the first.
    pub diagnostics: Vec<Diagnostic>,
}

/// A sample of one of many conversations.
#[derive(Clone, Debug, PartialEq)]
pub struct Gain {
    /// The number of its conversation, from 0, over all texts.
    pub conversation: usize,
    /// The text that was encoded.
    pub text: String,
    /// UTF-8 bytes of the text for each token.
    pub offsets: Vec<Span>,
    /// Token ids.
    pub input_ids: Vec<u32>,
    /// Labels, [`IGNORED`] where masked.
    pub labels: Vec<i64>,
}

impl Gain {
    fn tokens(&self) -> Tokens<'_> {
        Tokens { input_ids: &self.input_ids, labels: &self.labels }
    }

    /// How many tokens of a range are trained.
    pub fn trained(&self, range: std::ops::Range<usize>) -> usize {
        self.labels.get(range).unwrap_or_default().iter().filter(|label| **label != IGNORED).count()
    }
}

/// What becomes of many conversations.
#[derive(Debug)]
pub struct BatchReport {
    /// Their samples.
    pub gathered: Rc<Gathered>,
    /// The settings, with the ids that the tokenizer has.
    pub settings: Settings,
    /// The batches, or why there are none.
    pub made: Result<Made, Diagnostic>,
}

/// The samples that were gathered last, and of what.
#[derive(Default)]
pub(super) struct LastGathered {
    of: Option<(Request, Vec<String>, usize)>,
    gathered: Rc<Gathered>,
}

impl Engine {
    /// Puts the samples of the conversations of `texts`, each a dialogue, into batches. The recipe is the request's; its
    /// own dialogue and conversation don't count, and masked is -100, as these collators have it.
    pub fn batch(&mut self, request: &Request, texts: &[String], asked: &BatchAsked) -> BatchReport {
        let gathered = self.gathered(request, texts, asked.most);
        let tokenizer = self.tokenizer(&request.tokenizer);
        let id = |token: &str| tokenizer.as_deref().and_then(|tokenizer| tokenizer.token_to_id(token));
        let special = |name: &str| tokenizer.as_deref().and_then(|tokenizer| special(tokenizer, name));
        let eos = special("eos_token");
        let (pad, unknown) = match &asked.pad {
            PadToken::Own => (special("pad_token"), None),
            PadToken::Eos => (eos, None),
            PadToken::Token(token) => (id(token), id(token).is_none().then(|| no_such_token(token))),
        };
        let settings = Settings { pad, eos, ..asked.settings.clone() };
        let samples: Vec<_> = gathered.samples.iter().map(Gain::tokens).collect();
        let made = unknown.map_or_else(|| make(&samples, &settings), Err);
        BatchReport { gathered, settings, made }
    }

    /// The samples of the conversations of `texts`, the last ones again where nothing changed.
    fn gathered(&mut self, request: &Request, texts: &[String], most: usize) -> Rc<Gathered> {
        let mut request =
            Request { dialogue: String::new(), ignore_index: IGNORED, conversation: None, ..request.clone() };
        // A clock that no template reads makes no difference.
        let reads_clock = choose_template(&request.template, self.tokenizer(&request.tokenizer).as_deref())
            .is_ok_and(|(_, source)| source.contains("strftime_now"));
        if !reads_clock {
            request.now = chrono::NaiveDateTime::default();
        }
        let same = |(of, old, limit): &(Request, Vec<String>, usize)| {
            *of == request && old == texts && *limit == most
        };
        if !self.last.of.as_ref().is_some_and(same) {
            let of = (request.clone(), texts.to_vec(), most);
            self.last = LastGathered { of: Some(of), gathered: Rc::new(self.gather(request, texts, most)) };
        }
        Rc::clone(&self.last.gathered)
    }

    fn gather(&mut self, mut request: Request, texts: &[String], most: usize) -> Gathered {
        let mut gathered = Gathered::default();
        let budget = Budget::new(self.most_tokens);
        for text in texts {
            text.clone_into(&mut request.dialogue);
            let (read, report, setup) = self.begin(&request);
            gathered.count += report.count;
            gathered.note(report.diagnostics);
            let Some(setup) = setup else { return gathered };
            for of_it in report.conversations {
                if gathered.taken >= most || gathered.samples.len() >= MOST_SAMPLES || budget.is_spent() {
                    break;
                }
                gathered.note(of_it.diagnostics);
                let conversation = &read.conversations[of_it.index];
                let outcomes = self.built(&request, &setup, conversation, of_it.index, &budget);
                gathered.add(outcomes);
            }
        }
        let left = gathered.count - gathered.taken;
        if budget.is_spent() {
            let last = gathered.taken.saturating_sub(1);
            gathered.diagnostics.push(too_many_tokens(self.most_tokens, last, left));
        } else if gathered.samples.len() >= MOST_SAMPLES && left > 0 {
            gathered.diagnostics.push(too_many_samples(left));
        }
        gathered
    }

    /// Forgets the samples that were gathered, as when a tokenizer is replaced.
    pub(super) fn forget_gathered(&mut self) {
        self.last = LastGathered::default();
    }
}

impl Gathered {
    /// Adds what a recipe makes of the next conversation.
    fn add(&mut self, outcomes: Vec<Outcome>) {
        let before = self.samples.len();
        for outcome in outcomes {
            match outcome {
                Outcome::Sample(sample) => self.samples.push(Gain {
                    conversation: self.taken,
                    text: sample.text,
                    offsets: sample.offsets,
                    input_ids: sample.input_ids,
                    labels: sample.labels,
                }),
                Outcome::Dropped { diagnostics, .. } => self.note(diagnostics),
            }
        }
        self.without += usize::from(self.samples.len() == before);
        self.samples.truncate(MOST_SAMPLES);
        self.taken += 1;
    }

    /// Keeps what is wrong, of each fault one.
    fn note(&mut self, found: Vec<Diagnostic>) {
        for finding in found.into_iter().filter(|finding| finding.severity == Severity::Error) {
            if self.diagnostics.iter().all(|known| known.code != finding.code) {
                self.diagnostics.push(finding);
            }
        }
    }
}

/// The id of one of the tokenizer's special tokens, such as `pad_token`.
fn special(tokenizer: &Tokenizer, name: &str) -> Option<u32> {
    tokenizer.token_to_id(tokenizer.special_tokens().get(name)?)
}

fn too_many_samples(left: usize) -> Diagnostic {
    let message = Bilingual::new(
        format!("more than {MOST_SAMPLES} samples: {left} conversations are left out"),
        format!("样本超过 {MOST_SAMPLES} 个：有 {left} 段对话未列入"),
    );
    let hint = Bilingual::fixed("look at fewer conversations at once", "请减少一次查看的对话数量");
    Diagnostic::new(Severity::Warning, "too-many-samples", message).hint(hint)
}

fn no_such_token(token: &str) -> Diagnostic {
    let message = Bilingual::new(
        format!("the tokenizer has no token `{token}` to pad with"),
        format!("分词器中没有可用来填充的 token `{token}`"),
    );
    Diagnostic::new(Severity::Error, "no-such-pad-token", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Way;

    const TALK: &str = r#"[{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]},
        {"messages": [{"role": "user", "content": "bye"}]},
        {"messages": [{"role": "user", "content": "bye"}, {"role": "assistant", "content": "see you"}]}]"#;

    fn ask(engine: &mut Engine, texts: &[&str], asked: &BatchAsked) -> BatchReport {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        engine.batch(&Request::default(), &texts, asked)
    }

    fn asked() -> BatchAsked {
        BatchAsked { settings: Settings::default(), pad: PadToken::Own, most: 100 }
    }

    #[test]
    fn every_conversation_gives_its_samples_in_order_over_all_texts() {
        let report = ask(&mut Engine::new(), &[TALK, TALK], &asked());
        let of: Vec<_> = report.gathered.samples.iter().map(|gain| gain.conversation).collect();
        assert_eq!(of, [0, 2, 3, 5]);
        assert_eq!((report.gathered.count, report.gathered.taken, report.gathered.without), (6, 6, 2));
        assert_eq!(report.made.unwrap().batches[0].rows.len(), 4);
        for gain in &report.gathered.samples {
            assert_eq!(gain.input_ids.len(), gain.labels.len());
            assert!(gain.trained(0..gain.labels.len()) > 0);
        }
    }

    #[test]
    fn only_so_many_conversations_are_taken_as_are_asked_for_and_all_are_counted() {
        let report = ask(&mut Engine::new(), &[TALK], &BatchAsked { most: 2, ..asked() });
        assert_eq!((report.gathered.count, report.gathered.taken), (3, 2));
    }

    #[test]
    fn what_is_left_out_for_its_size_is_told() {
        let mut engine = Engine::new();
        let whole = ask(&mut engine, &[TALK], &asked());
        let tokens: usize = whole.gathered.samples.iter().map(|gain| gain.input_ids.len()).sum();
        assert_eq!(whole.gathered.diagnostics, []);
        let mut engine = Engine::new();
        engine.most_tokens = tokens - 1;
        let report = ask(&mut engine, &[TALK], &asked());
        let codes: Vec<_> = report.gathered.diagnostics.iter().map(|found| found.code.as_ref()).collect();
        assert_eq!(codes, ["too-many-tokens"]);
        assert_eq!(report.gathered.samples.len(), 1);
    }

    #[test]
    fn another_length_makes_other_batches_of_the_same_samples() {
        let mut engine = Engine::new();
        let first = ask(&mut engine, &[TALK], &asked());
        let settings = Settings { max_length: Some(4), way: Way::TrlWrapped, ..Settings::default() };
        let second = ask(&mut engine, &[TALK], &BatchAsked { settings, ..asked() });
        assert!(Rc::ptr_eq(&first.gathered, &second.gathered), "they are gathered once");
        assert_ne!(first.made, second.made);
        let other = ask(&mut engine, &[TALK, TALK], &asked());
        assert_eq!(other.gathered.samples.len(), 4);
    }

    #[test]
    fn the_pad_token_is_the_tokenizers_own_its_eos_token_or_the_one_that_is_named() {
        let mut engine = Engine::new();
        let id = |engine: &mut Engine, pad| {
            let report = ask(engine, &[TALK], &BatchAsked { pad, ..asked() });
            (report.settings.pad, report.settings.eos, report.made.map_err(|error| error.code))
        };
        let (own, eos, _) = id(&mut engine, PadToken::Own);
        assert!(own.is_some() && own != eos);
        assert_eq!(id(&mut engine, PadToken::Eos).0, eos);
        let named = id(&mut engine, PadToken::Token("nowhere".to_owned()));
        assert_eq!(named.2.unwrap_err(), "no-such-pad-token");
    }

    #[test]
    fn a_text_that_is_no_dialogue_says_what_is_wrong() {
        let report = ask(&mut Engine::new(), &["{"], &asked());
        assert!(report.gathered.samples.is_empty() && !report.gathered.diagnostics.is_empty());
        assert_eq!(report.made.unwrap().batches, []);
    }
}
