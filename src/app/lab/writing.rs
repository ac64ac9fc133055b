//! What both models write: after the user's message, after nothing, and after the reply. Token by token, so that it can stop.

use std::collections::HashMap;

use super::strip::{bytes, visible};
use super::{Bench, about};
use crate::app::i18n::Lang;
use crate::app::wire::{Kind, LabSample, Material, Piece, WrittenRow, WrittenView};
use crate::diagnostic::Diagnostic;
use crate::lab::{BOTH, Lab, Writing};

/// So many tokens are written after a prompt at most.
const LONGEST: usize = 40;
/// Of a prompt, the page shows so many tokens at its end.
const SHOWN: usize = 12;
/// So many tokens in a row that a user of the samples says are called the user's words.
const RUN: usize = 3;
/// The prompts.
const PROMPTS: usize = 3;

/// What is written, and what is still to be.
#[derive(Default)]
pub(super) struct Desk {
    step: usize,
    seed: u64,
    temperature: f32,
    prompts: Vec<Prompt>,
    writing: bool,
    /// Whether the page does not have it yet.
    pub(super) stale: bool,
}

/// A prompt and what the models have written after it.
struct Prompt {
    tokens: Vec<u32>,
    /// Ends the answer; none where the models are to go on.
    stop: Option<u32>,
    answers: [Vec<u32>; 2],
    done: [bool; 2],
}

impl Desk {
    /// Prompts from the sample at place `at` of the material.
    pub(super) fn begin(
        &mut self,
        lab: &Lab,
        material: &Material,
        at: usize,
        temperature: &str,
        anew: bool,
    ) -> Result<(), Diagnostic> {
        let seed = if anew { self.seed + 1 } else { self.seed };
        *self = Self { seed, step: lab.records().len(), stale: true, ..Self::default() };
        let temperature = about::number(temperature, ["temperature", "温度"], &about::DECIMAL)?;
        let window = lab.windows().iter().find(|window| window.row == at);
        let Some((window, sample)) = window.zip(material.samples.get(at)) else { return Ok(()) };
        let ids = &sample.row.input_ids[window.start..window.start + window.tokens.len()];
        let taught = |token: &usize| window.trained[*token].is_some();
        let last = (0..ids.len()).rev().find(taught).unwrap_or_default();
        let first = (0..=last).rev().take_while(taught).last().unwrap_or_default().max(1);
        // A reply ends with its stop token where the recipe trains one.
        let stop = Some(ids[last]).filter(|_| sample.added.get(window.start + last) == Some(&true));
        let prompt = |tokens: &[u32], stop| Prompt {
            tokens: tokens.to_vec(),
            stop,
            answers: [Vec::new(), Vec::new()],
            done: [false; 2],
        };
        Writing { temperature, ..Writing::default() }.check()?;
        self.prompts =
            vec![prompt(&ids[..first], stop), prompt(&ids[..1], None), prompt(&ids[..=last], None)];
        self.temperature = temperature;
        self.writing = true;
        Ok(())
    }

    pub(super) const fn is_busy(&self) -> bool {
        self.writing
    }

    pub(super) const fn stop(&mut self) {
        self.writing = false;
        self.stale = true;
    }

    /// Writes the next token.
    pub(super) fn write(&mut self, lab: &mut Lab) {
        let seed = self.seed;
        for (number, prompt) in self.prompts.iter_mut().enumerate() {
            let Some(which) = prompt.done.iter().position(|done| !done) else { continue };
            let answer = &mut prompt.answers[which];
            let seen: Vec<u32> = prompt.tokens.iter().chain(&*answer).copied().collect();
            // Both models draw with the same chances, so that what differs is what they have learned.
            let place = (seed * PROMPTS as u64 + number as u64) * LONGEST as u64 + answer.len() as u64;
            let how = Writing { count: 1, temperature: self.temperature, seed: place, stop: Vec::new() };
            let next =
                lab.generate(BOTH[which], &seen, &how).ok().and_then(|written| written.first().copied());
            answer.extend(next);
            prompt.done[which] = next.is_none() || next == prompt.stop || answer.len() >= LONGEST;
            return;
        }
        self.writing = false;
    }
}

impl Bench {
    pub(super) fn written(&self) -> WrittenView {
        let lang = self.lang;
        let mut view =
            WrittenView { step: self.desk.step, writing: self.desk.writing, ..WrittenView::default() };
        let Some(material) = &self.material else { return view };
        let words = Words::of(material);
        let titles = [
            lang.pick("After the user’s message and the assistant’s header", "用户消息和助手开头之后"),
            lang.pick(
                "After nothing: only the first token is given, as a model must begin with one",
                "不给内容：只给第一个 token，因为模型总要从一个 token 开始",
            ),
            lang.pick("After the reply", "回复之后"),
        ];
        let mut longest = [0; 2];
        for (number, (prompt, title)) in self.desk.prompts.iter().zip(titles).enumerate() {
            let mut answers = [Vec::new(), Vec::new()];
            for (which, answer) in prompt.answers.iter().enumerate() {
                let users = words.users(answer);
                if number > 0 {
                    longest[which] = longest[which].max(longest_run(&users));
                }
                answers[which] = words.pieces(answer, &users);
            }
            let from = prompt.tokens.len().saturating_sub(SHOWN);
            let mut shown = words.pieces(&prompt.tokens[from..], &[]);
            if from > 0 {
                shown.insert(0, Piece { text: "…".to_owned(), kind: Kind::Text });
            }
            view.rows.push(WrittenRow { title: title.to_owned(), prompt: shown, answers });
        }
        let done = self.desk.prompts.iter().all(|prompt| prompt.done == [true; 2]);
        if done && !view.rows.is_empty() {
            view.remark = remark(lang, longest);
        }
        view
    }
}

/// What the models wrote of the user's words where they went on by themselves.
fn remark(lang: Lang, [a, b]: [usize; 2]) -> String {
    let (en, zh) = match (a >= RUN, b >= RUN) {
        (false, true) => (
            format!(
                "Going on by itself, B writes what a user says, up to {b} tokens in a row (underlined); A does not: the user’s words were masked for it."
            ),
            format!(
                "自行续写时，B 会写出用户的话（带下划线，最长连续 {b} 个 token）；A 不会：用户的话对它是被忽略的。"
            ),
        ),
        (true, true) => (
            format!(
                "Going on by itself, each writes words that a user says (underlined): A up to {a} tokens in a row, B up to {b}."
            ),
            format!("自行续写时，两者都写出了用户的话（带下划线）：A 最长连续 {a} 个 token，B 最长 {b} 个。"),
        ),
        (true, false) => (
            format!(
                "Going on by itself, A writes words that a user says, up to {a} tokens in a row; B does not."
            ),
            format!("自行续写时，A 写出了用户的话，最长连续 {a} 个 token；B 没有。"),
        ),
        (false, false) => (
            format!("At this step neither writes {RUN} tokens in a row that a user says."),
            format!("在这一步，两者都没有连续写出 {RUN} 个用户说过的 token。"),
        ),
    };
    if lang == Lang::En { en } else { zh }
}

fn longest_run(marks: &[bool]) -> usize {
    marks.split(|mark| !mark).map(<[bool]>::len).max().unwrap_or_default()
}

/// What the tokens of the material say.
struct Words<'a> {
    texts: HashMap<u32, (&'a LabSample, usize)>,
    /// What users say, as stretches of ids.
    users: Vec<&'a [u32]>,
}

impl<'a> Words<'a> {
    fn of(material: &'a Material) -> Self {
        let mut words = Self { texts: HashMap::new(), users: Vec::new() };
        for sample in &material.samples {
            let ids = &sample.row.input_ids;
            for (at, id) in ids.iter().enumerate() {
                words.texts.entry(*id).or_insert((sample, at));
            }
            let mut start = 0;
            while start < ids.len() {
                let said = sample.row.user.get(start) == Some(&true);
                let end = (start..ids.len())
                    .find(|at| (sample.row.user.get(*at) == Some(&true)) != said)
                    .unwrap_or(ids.len());
                if said {
                    words.users.push(&ids[start..end]);
                }
                start = end;
            }
        }
        words
    }

    /// Which tokens lie in a stretch of [`RUN`] or more that a user says.
    fn users(&self, tokens: &[u32]) -> Vec<bool> {
        let mut marks = vec![false; tokens.len()];
        for (start, some) in tokens.windows(RUN).enumerate() {
            if self.users.iter().any(|user| user.windows(RUN).any(|of| of == some)) {
                marks[start..start + RUN].fill(true);
            }
        }
        marks
    }

    /// Tokens as text: neighbours of one kind are one piece.
    fn pieces(&self, tokens: &[u32], users: &[bool]) -> Vec<Piece> {
        let mut pieces: Vec<(Kind, Vec<u8>)> = Vec::new();
        for (at, id) in tokens.iter().enumerate() {
            let Some((sample, place)) = self.texts.get(id) else { continue };
            let kind = match (sample.added.get(*place), users.get(at)) {
                (Some(true), _) => Kind::Added,
                (_, Some(true)) => Kind::User,
                _ => Kind::Text,
            };
            let text = bytes(sample, *place);
            match pieces.last_mut() {
                Some((last, all)) if *last == kind && kind != Kind::Added => all.extend_from_slice(text),
                _ => pieces.push((kind, text.to_vec())),
            }
        }
        let piece = |(kind, text): (Kind, Vec<u8>)| Piece { text: visible(&text).replace('·', " "), kind };
        pieces.into_iter().map(piece).collect()
    }
}
