//! What the page and its worker say to each other.
//!
//! Arrays cross as bytes (a `Uint8Array` each) instead of one JavaScript number an element: a sample of 100,000 tokens
//! is ten small objects.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{ConversationReport, MessageSummary, Report, Request};
use crate::recipe::{Outcome, Reason, Sample};
use crate::span::Span;
use crate::template::Part;
use crate::tokenizer::Encoding;

/// From the page to the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// Make a report; the answer carries the same number.
    Analyze(u32, Box<Request>),
    /// Fetch a tokenizer: its id and the address of its two files, without their endings.
    Load(String, String),
    /// Encode a text with the tokenizer of this id: for measuring, and for programs that want only ids. The answer
    /// carries the same number.
    Encode(u32, String, String),
}

/// From the worker to the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromWorker {
    /// The worker runs; this build made it.
    Hello(String),
    /// The report to the request of this number, and how long it took in milliseconds.
    Report(u32, Box<ReportView>, f64),
    /// The encoding that was asked for under this number, and how many milliseconds it took inside the worker. Where
    /// there is none, the view says why.
    Encoded(u32, EncodedView, f64),
    /// A tokenizer is on its way: bytes that have come, and all of them where known.
    Loading(String, f64, Option<f64>),
    /// A tokenizer can be used; the number of its entries.
    Loaded(String, u32),
    /// A tokenizer can't be had, and why.
    Failed(String, Diagnostic),
    /// The worker has stopped working, and why.
    Died(String),
}

/// An [`Encoding`], or why there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EncodedView {
    /// Token ids.
    #[serde(with = "packed")]
    pub ids: Vec<u32>,
    /// Offsets: start, end, start, end …
    #[serde(with = "packed")]
    pub offsets: Vec<u32>,
    /// Why there is no encoding.
    pub error: Option<Diagnostic>,
}

impl From<Result<Encoding, Diagnostic>> for EncodedView {
    fn from(result: Result<Encoding, Diagnostic>) -> Self {
        match result {
            Ok(encoding) => Self { offsets: flat(&encoding.offsets), ids: encoding.ids, error: None },
            Err(why) => Self { error: Some(why), ..Self::default() },
        }
    }
}

/// A [`Report`], as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportView {
    /// The format that was recognised.
    pub format: Option<String>,
    /// How many conversations were read.
    pub count: usize,
    /// The conversation that is shown, where there is one.
    pub conversation: Option<ConversationView>,
    /// What concerns the request as a whole.
    pub diagnostics: Vec<Diagnostic>,
    /// The text of the template that was used.
    pub template_source: Option<String>,
    /// Which template was used.
    pub template_id: String,
}

/// A conversation, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConversationView {
    /// Its place in the dialogue.
    pub index: usize,
    /// Its messages.
    pub messages: Vec<MessageSummary>,
    /// Its samples, or why there is none.
    pub outcomes: Vec<OutcomeView>,
    /// What concerns it as a whole.
    pub diagnostics: Vec<Diagnostic>,
}

/// What became of a sample, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OutcomeView {
    /// It is trained.
    Sample(std::rc::Rc<SampleView>),
    /// The trainer drops it.
    Dropped(crate::bilingual::Bilingual, Vec<Diagnostic>),
    /// It is what stood in this place of the report before: typing changes few samples, and the others need not cross.
    Same,
}

/// A [`Sample`], as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SampleView {
    /// The text that was encoded.
    pub text: String,
    /// Token ids.
    #[serde(with = "packed")]
    pub ids: Vec<u32>,
    /// Labels.
    #[serde(with = "packed")]
    pub labels: Vec<i64>,
    /// Weights.
    #[serde(with = "packed")]
    pub weights: Vec<f32>,
    /// Offsets: start, end, start, end …
    #[serde(with = "packed")]
    pub offsets: Vec<u32>,
    /// The bytes that tokens really hold: start, end, start, end …
    #[serde(with = "packed")]
    pub held: Vec<u32>,
    /// For each token the message that owns it, `u32::MAX` for none.
    #[serde(with = "packed")]
    pub messages: Vec<u32>,
    /// For each token its [`Part`], in declaration order, and 128 more where it is an added token.
    #[serde(with = "packed")]
    pub parts: Vec<u8>,
    /// For each token the bytes of the pasted text it came from, `u32::MAX` twice where unknown.
    #[serde(with = "packed")]
    pub sources: Vec<u32>,
    /// Why tokens are trained or masked.
    pub trail: Vec<Reason>,
    /// Which template bytes wrote the text: output start and end, template start and end, and so on.
    #[serde(with = "packed")]
    pub writers: Vec<u32>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// The message that this sample is there for.
    pub reply: Option<u32>,
    /// How many tokens are trained.
    pub trained: usize,
}

/// No message, or no place.
pub const NONE: u32 = u32::MAX;
const ADDED: u8 = 128;
const PARTS: [Part; 6] =
    [Part::Header, Part::Content, Part::Reasoning, Part::ToolCall, Part::End, Part::Template];

impl SampleView {
    /// Packs a sample; `added` says of each id whether it is an added token.
    pub fn new(sample: Sample, added: &[bool]) -> Self {
        let part_of = |part: Part| PARTS.iter().position(|p| *p == part).unwrap_or(5) as u8;
        let sources = sources(&sample);
        Self {
            trained: sample.weights.iter().filter(|weight| **weight != 0.0).count(),
            parts: sample
                .owners
                .iter()
                .zip(&sample.input_ids)
                .map(|(owner, id)| {
                    part_of(owner.part) | if added.get(*id as usize) == Some(&true) { ADDED } else { 0 }
                })
                .collect(),
            messages: sample.owners.iter().map(|owner| owner.message.unwrap_or(NONE)).collect(),
            offsets: flat(&sample.offsets),
            held: flat(&sample.held),
            sources,
            text: sample.text,
            ids: sample.input_ids,
            labels: sample.labels,
            weights: sample.weights,
            trail: sample.trail,
            writers: flat(
                &sample.writers.iter().flat_map(|writer| [writer.output, writer.source]).collect::<Vec<_>>(),
            ),
            diagnostics: sample.diagnostics,
            reply: sample.reply,
        }
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether the position counts in the loss.
    pub fn is_trained(&self, token: usize) -> bool {
        self.weights.get(token).is_some_and(|weight| *weight != 0.0)
    }

    /// Whether the token is an added one, such as `<|im_end|>`.
    pub fn is_added(&self, token: usize) -> bool {
        self.parts.get(token).is_some_and(|part| part & ADDED != 0)
    }

    /// The message that owns the token.
    pub fn message(&self, token: usize) -> Option<usize> {
        self.messages.get(token).filter(|message| **message != NONE).map(|message| *message as usize)
    }

    /// What the token is to its message.
    pub fn part(&self, token: usize) -> Part {
        self.parts
            .get(token)
            .and_then(|part| PARTS.get(usize::from(part & !ADDED)))
            .copied()
            .unwrap_or(Part::Template)
    }

    /// The bytes of the text that `tokenizers` reports for the token.
    pub fn offset(&self, token: usize) -> Span {
        pair(&self.offsets, token).unwrap_or_default()
    }

    /// The bytes of the text that the token really holds.
    pub fn held(&self, token: usize) -> Span {
        pair(&self.held, token).unwrap_or_default()
    }

    /// The bytes of the pasted text that the token came from.
    pub fn source(&self, token: usize) -> Option<Span> {
        pair(&self.sources, token).filter(|span| span.start != NONE as usize)
    }

    /// Why the token is trained or masked.
    pub fn why(&self, token: usize) -> Option<&crate::bilingual::Bilingual> {
        let token = token as u32;
        let place = self.trail.partition_point(|reason| reason.to <= token);
        self.trail.get(place).filter(|reason| reason.from <= token).map(|reason| &reason.why)
    }

    /// The template bytes that wrote the token's first byte.
    pub fn writer(&self, token: usize) -> Option<Span> {
        let start = self.offset(token).start as u32;
        let (writers, _) = self.writers.as_chunks::<4>();
        let place = writers.partition_point(|[_, end, ..]| *end <= start);
        let [from, _, source_start, source_end] = *writers.get(place)?;
        (from <= start).then(|| Span::new(source_start as usize, source_end as usize))
    }
}

impl ReportView {
    /// Packs a report; only its first conversation is shown. `before` has the outcomes of the report that the page got
    /// last, and is given those of this one.
    pub fn new(report: Report, added: &[bool], before: &mut Vec<Outcome>) -> Self {
        let last = std::mem::take(before);
        let pack = |conversation: ConversationReport| ConversationView {
            index: conversation.index,
            messages: conversation.messages,
            outcomes: conversation
                .outcomes
                .into_iter()
                .enumerate()
                .map(|(place, outcome)| {
                    let same = last.get(place) == Some(&outcome);
                    before.push(outcome.clone());
                    match outcome {
                        _ if same => OutcomeView::Same,
                        Outcome::Sample(sample) => {
                            OutcomeView::Sample(std::rc::Rc::new(SampleView::new(sample, added)))
                        }
                        Outcome::Dropped { why, diagnostics } => OutcomeView::Dropped(why, diagnostics),
                    }
                })
                .collect(),
            diagnostics: conversation.diagnostics,
        };
        Self {
            format: report.format,
            count: report.count,
            conversation: report.conversations.into_iter().next().map(pack),
            diagnostics: report.diagnostics,
            template_source: report.template_source,
            template_id: report.template_id,
        }
    }

    /// Puts what stood in the report before where this one says that it is the same.
    pub fn complete(&mut self, before: Option<&Self>) {
        let before = before.and_then(|report| report.conversation.as_ref());
        for (place, outcome) in
            self.conversation.iter_mut().flat_map(|now| now.outcomes.iter_mut()).enumerate()
        {
            if *outcome == OutcomeView::Same
                && let Some(old) = before.and_then(|conversation| conversation.outcomes.get(place))
            {
                *outcome = old.clone();
            }
        }
    }

    /// Whether anything was made of the dialogue: a sample, or the decision that a text without errors gives none.
    pub fn has_outcome(&self) -> bool {
        let decided =
            self.conversation.as_ref().is_some_and(|conversation| !conversation.outcomes.is_empty());
        self.samples().next().is_some() || (decided && self.errors().is_empty())
    }

    /// The errors in the text, the template and the choices, each once.
    pub fn errors(&self) -> Vec<&Diagnostic> {
        let mut errors: Vec<&Diagnostic> = Vec::new();
        let conversation = self.conversation.iter();
        let dropped =
            conversation.clone().flat_map(|conversation| &conversation.outcomes).flat_map(|outcome| {
                match outcome {
                    OutcomeView::Sample(_) | OutcomeView::Same => &[],
                    OutcomeView::Dropped(_, diagnostics) => diagnostics.as_slice(),
                }
            });
        let all = self
            .diagnostics
            .iter()
            .chain(conversation.flat_map(|conversation| &conversation.diagnostics))
            .chain(dropped);
        for error in all.filter(|diagnostic| diagnostic.severity == Severity::Error) {
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        errors
    }

    /// The samples, with their place in the list.
    pub fn samples(&self) -> impl Iterator<Item = (usize, &std::rc::Rc<SampleView>)> {
        self.conversation.iter().flat_map(|conversation| conversation.outcomes.iter()).enumerate().filter_map(
            |(place, outcome)| match outcome {
                OutcomeView::Sample(sample) => Some((place, sample)),
                OutcomeView::Dropped(..) | OutcomeView::Same => None,
            },
        )
    }

    /// The sample at a place of the list.
    pub fn sample(&self, place: usize) -> Option<&std::rc::Rc<SampleView>> {
        match self.conversation.as_ref()?.outcomes.get(place)? {
            OutcomeView::Sample(sample) => Some(sample),
            OutcomeView::Dropped(..) | OutcomeView::Same => None,
        }
    }
}

/// The `k`th pair of a flat array.
fn pair(flat: &[u32], k: usize) -> Option<Span> {
    Some(Span::new(*flat.get(2 * k)? as usize, *flat.get(2 * k + 1)? as usize))
}

fn flat(spans: &[Span]) -> Vec<u32> {
    spans.iter().flat_map(|span| [span.start as u32, span.end as u32]).collect()
}

/// For each token the pasted bytes of the piece that holds it: the very bytes where the piece was copied one to one,
/// else those of the whole piece.
fn sources(sample: &Sample) -> Vec<u32> {
    let mut sources = Vec::with_capacity(2 * sample.offsets.len());
    for offset in &sample.offsets {
        let place = sample.pieces.partition_point(|piece| piece.output.end <= offset.start);
        let found = sample.pieces[place..]
            .iter()
            .take_while(|piece| piece.output.start < offset.end)
            .find_map(|piece| Some((piece.output, piece.source?)));
        match found {
            Some((output, source)) if output.len() == source.len() => {
                let start = offset.start.max(output.start) - output.start + source.start;
                let end = offset.end.min(output.end).max(output.start) - output.start + source.start;
                sources.extend([start as u32, end as u32]);
            }
            Some((_, source)) => sources.extend([source.start as u32, source.end as u32]),
            None => sources.extend([NONE, NONE]),
        }
    }
    sources
}

/// Numbers as the bytes of a `Uint8Array`, little-endian.
mod packed {
    use super::{Deserialize, Deserializer, Error, Serialize, Serializer};

    /// A number of fixed size.
    pub(super) trait Number: Copy {
        /// Its bytes, as many as its size.
        fn put(self, into: &mut Vec<u8>);
        /// All the numbers in these bytes; `None` where they don't end with a whole number.
        fn all(bytes: &[u8]) -> Option<Vec<Self>>;
    }

    macro_rules! number {
        ($($type:ty),+) => {$(
            impl Number for $type {
                fn put(self, into: &mut Vec<u8>) {
                    into.extend_from_slice(&self.to_le_bytes());
                }
                fn all(bytes: &[u8]) -> Option<Vec<Self>> {
                    let (whole, rest) = bytes.as_chunks::<{ size_of::<$type>() }>();
                    rest.is_empty().then(|| whole.iter().map(|chunk| Self::from_le_bytes(*chunk)).collect())
                }
            }
        )+};
    }
    number!(u8, u32, i64, f32);

    pub(super) fn serialize<T: Number, S: Serializer>(numbers: &[T], to: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(size_of_val(numbers));
        for number in numbers {
            number.put(&mut bytes);
        }
        serde_bytes::Bytes::new(&bytes).serialize(to)
    }

    pub(super) fn deserialize<'de, T: Number, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(from)?;
        T::all(&bytes).ok_or_else(|| D::Error::custom("an array that ends inside a number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;

    #[test]
    fn a_sample_comes_out_of_the_wire_as_it_went_in() {
        let sample = SampleView {
            text: "春风".to_owned(),
            ids: vec![1, 4_000_000_000],
            labels: vec![-100, i64::MAX],
            weights: vec![0.0, 0.5],
            offsets: vec![0, 3, 3, 6],
            held: vec![0, 3, 3, 6],
            messages: vec![NONE, 1],
            parts: vec![5, 1 | ADDED],
            sources: vec![NONE, NONE, 7, 10],
            trained: 1,
            ..SampleView::default()
        };
        let text = serde_json::to_string(&sample).unwrap();
        let back: SampleView = serde_json::from_str(&text).unwrap();
        assert_eq!(back, sample);
        assert_eq!(back.message(0), None);
        assert_eq!(back.message(1), Some(1));
        assert_eq!(back.source(0), None);
        assert_eq!(back.source(1), Some(Span::new(7, 10)));
        assert!(back.is_added(1) && !back.is_added(0));
        assert_eq!(back.part(1), Part::Content);
    }

    #[test]
    fn what_typing_does_not_change_does_not_cross_again() {
        let ask = |engine: &mut Engine, reply: &str| {
            let turn = |role: &str, text: &str| serde_json::json!({"role": role, "content": text});
            let dialogue =
                [turn("user", "a"), turn("assistant", "b"), turn("user", "c"), turn("assistant", reply)];
            engine
                .analyze(&Request { dialogue: serde_json::json!(dialogue).to_string(), ..Request::default() })
        };
        let mut engine = Engine::new();
        let mut before = Vec::new();
        let first = ReportView::new(ask(&mut engine, "d"), &[], &mut before);
        let mut second = ReportView::new(ask(&mut engine, "de"), &[], &mut before);
        let outcomes = |report: &ReportView| report.conversation.clone().unwrap().outcomes;
        assert_eq!(outcomes(&second)[0], OutcomeView::Same);
        assert!(matches!(outcomes(&second)[1], OutcomeView::Sample(_)));
        second.complete(Some(&first));
        let whole = ReportView::new(ask(&mut Engine::new(), "de"), &[], &mut Vec::new());
        assert_eq!(second, whole);
    }
}
