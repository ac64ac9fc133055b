//! What a model writes.

use serde::{Deserialize, Serialize};

use super::pass::Trace;
use super::random::Random;
use super::session::{Lab, Which};
use super::settings::failure;
use crate::bilingual::Bilingual;
use crate::diagnostic::Diagnostic;
use crate::loss::exp;

/// The most tokens that are written at once.
pub const MOST_WRITTEN: usize = 1024;
/// Below this temperature the likeliest token is taken.
const COLDEST: f32 = 1e-3;

/// How a model is to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Writing {
    /// How many tokens at most.
    pub count: usize,
    /// 0 takes the likeliest token each time; 1 draws as the model has it.
    pub temperature: f32,
    /// Of the draws.
    pub seed: u64,
    /// Writing ends after one of these tokens.
    pub stop: Vec<u32>,
}

impl Default for Writing {
    fn default() -> Self {
        Self { count: 64, temperature: 0.0, seed: 0, stop: Vec::new() }
    }
}

impl Writing {
    /// Refuses a temperature that is none.
    pub fn check(&self) -> Result<(), Diagnostic> {
        if (0.0..=100.0).contains(&self.temperature) {
            Ok(())
        } else {
            Err(bad_temperature(self.temperature))
        }
    }
}

impl Lab {
    /// The tokens that a model writes after a prompt, the stop token included. Of a prompt longer than the context it sees
    /// the end. An error names what can't be used.
    pub fn generate(&mut self, which: Which, prompt: &[u32], how: &Writing) -> Result<Vec<u32>, Diagnostic> {
        how.check()?;
        let mut seen = Vec::with_capacity(prompt.len());
        for (at, id) in prompt.iter().enumerate() {
            seen.push(self.data.vocabulary.number(*id).ok_or_else(|| unknown(at, *id))?);
        }
        if seen.is_empty() {
            return Err(no_prompt());
        }
        let mut random = Random::new(how.seed);
        let mut written = Vec::new();
        for _ in 0..how.count.min(MOST_WRITTEN) {
            let start = seen.len().saturating_sub(self.settings.context);
            self.trainees[which as usize].model.forward_last(&seen[start..], &mut self.trace);
            let next = draw(&self.trace, how.temperature, &mut random);
            seen.push(next);
            let Some(id) = self.data.vocabulary.id(next) else { break };
            written.push(id);
            if how.stop.contains(&id) {
                break;
            }
        }
        Ok(written)
    }
}

/// The number of the next token.
fn draw(trace: &Trace, temperature: f32, random: &mut Random) -> u32 {
    let logits = &trace.logits;
    let mut likeliest = 0;
    for (at, logit) in logits.iter().enumerate() {
        if *logit > logits[likeliest] {
            likeliest = at;
        }
    }
    if temperature < COLDEST {
        return likeliest as u32;
    }
    let chances: Vec<f32> =
        logits.iter().map(|logit| exp((logit - logits[likeliest]) / temperature)).collect();
    let mut left = random.unit() * chances.iter().sum::<f32>();
    for (at, chance) in chances.iter().enumerate() {
        left -= chance;
        if left < 0.0 {
            return at as u32;
        }
    }
    likeliest as u32
}

fn bad_temperature(temperature: f32) -> Diagnostic {
    failure(
        "bad-setting",
        format!("the temperature is {temperature}"),
        format!("温度为 {temperature}，超出范围"),
        Bilingual::fixed(
            "use 0 for the likeliest token, or up to 100",
            "请用 0（取最可能的 token）到 100 之间的值",
        ),
    )
}

fn unknown(at: usize, id: u32) -> Diagnostic {
    failure(
        "lab-unknown-token",
        format!(
            "token {id} at place {at} of the prompt is in none of the samples: the model does not know it"
        ),
        format!("prompt 第 {at} 位的 token {id} 不在任何样本中，模型不认识它"),
        Bilingual::fixed("use a prompt of one of the samples", "请使用某个样本的 prompt"),
    )
    .tokens([at as u32])
}

fn no_prompt() -> Diagnostic {
    failure(
        "lab-no-prompt",
        "there is no prompt to go on from",
        "没有可供续写的 prompt",
        Bilingual::fixed("give at least one token", "请至少给出一个 token"),
    )
}
