//! A row of ms-swift, piece by piece: package ms-swift 4.6.0, `template/base.py`, `Template._swift_encode`,
//! `_simplify_context_list`, `_encode_context_list` and `_add_dynamic_eos`, and `loss_scale/base.py`, `LossScale.__call__`.

use super::messages::{Role, Say, Turn};
use super::{EMPTY_THOUGHT, MASKED, SUFFIX, Strategy, TRAINED, Template, Thinking, last_round, misplaced};
use crate::recipe::pieces::{Block, Builder, Encoder};
use crate::recipe::stretch::{NOBODY, Stretch, is_python_space, of};
use crate::recipe::whole::NoSample;
use crate::template::Part;

/// A piece of the row, before pieces of one weight are joined.
pub(super) enum Piece {
    Text(Stretch),
    Ids(Block),
}

/// A row in the making: pieces and whether they have weight.
pub(super) struct Row<'a, 'c> {
    pub(super) template: &'a Template,
    pub(super) strategy: Strategy,
    pub(super) encoder: &'a Encoder<'c>,
    pub(super) pieces: Vec<(Piece, bool)>,
}

impl Row<'_, '_> {
    /// Writes the whole row; `edges` is what the tokenizer puts around it.
    pub(super) fn write(
        &mut self,
        system: Option<&Stretch>,
        has_system: bool,
        turns: &[Turn],
        [bos, eos]: &[Block; 2],
    ) -> Result<(), NoSample> {
        let everything = self.strategy == Strategy::All;
        if bos.len() > 0 {
            self.pieces.push((Piece::Ids(bos.clone()), everything));
        }
        if let Some(system) = system {
            let owner = if has_system { of(0, Part::Header) } else { NOBODY };
            let mut text = Stretch::new("<|im_start|>system\n", owner);
            text.append(system);
            text.push("<|im_end|>\n", if has_system { of(0, Part::End) } else { NOBODY });
            self.other(text);
        }
        let last_user = last_round(turns).unwrap_or(0);
        for (round, pair) in turns.chunks(2).enumerate() {
            let query = &pair[0];
            if !matches!(query.role, Role::User | Role::Tool) {
                return Err(misplaced());
            }
            self.query(query, round, system);
            let Some(reply) = pair.get(1) else {
                self.prefix();
                break;
            };
            if reply.role != Role::Assistant {
                return Err(misplaced());
            }
            let next = turns.get(2 * round + 2);
            let Some(says) = &reply.says else {
                if next.is_some() {
                    return Err(misplaced());
                }
                self.prefix();
                break;
            };
            let trains = self.strategy != Strategy::LastRound || 2 * round >= last_user;
            self.reply(says, trains);
            let end = Stretch::new("<|im_end|>\n", of(reply.index, Part::End));
            if let Some(next) = next {
                if next.role != Role::Tool {
                    self.other(end);
                }
            } else if eos.len() == 0 && !self.ends(says) {
                self.weigh(end, true);
            }
        }
        if eos.len() > 0 {
            self.pieces.push((Piece::Ids(eos.clone()), true));
        }
        Ok(())
    }

    /// Text that is not a reply's.
    fn other(&mut self, text: Stretch) {
        self.weigh(text, self.strategy == Strategy::All);
    }

    /// What the user or a tool says, and the header of the reply.
    fn query(&mut self, query: &Turn, round: usize, system: Option<&Stretch>) {
        let owner = of(query.index, Part::Header);
        let empty = Stretch::default();
        let fill = |text: Stretch| {
            let [before, after] = [round, round + 1].map(|round| Stretch::new(round.to_string(), owner));
            text.replace("{{ROUND0}}", &before, usize::MAX).replace("{{ROUND1}}", &after, usize::MAX)
        };
        if query.role == Role::Tool {
            for say in query.says.iter().flatten() {
                let text = match system {
                    Some(system) => say.text.replace("{{SYSTEM}}", system, usize::MAX),
                    None => say.text.clone(),
                };
                self.other(fill(text.replace("{{QUERY}}", &empty, usize::MAX)));
            }
            return;
        }
        let mut text = Stretch::new("<|im_start|>user\n", owner);
        match query.text() {
            Some(says) => text.append(says),
            // Nothing to put there: the placeholder stays.
            None => text.push("{{QUERY}}", owner),
        }
        text.push("<|im_end|>\n<|im_start|>assistant\n", of(query.index, Part::End));
        self.other(fill(text));
    }

    /// A reply, part by part.
    fn reply(&mut self, says: &[Say], trains: bool) {
        for say in says {
            let trained = match (say.loss, say.scale) {
                (Some(false), _) => false,
                (None, _) if !trains => false,
                (_, Some(scale)) => {
                    self.pieces.push((Piece::Text(say.text.clone()), scale > 0.0));
                    continue;
                }
                _ => true,
            };
            self.weigh(say.text.clone(), trained);
        }
    }

    /// Appends text; the empty thought of a hybrid template has no weight.
    fn weigh(&mut self, text: Stretch, trained: bool) {
        let whole = text.text();
        let Some(end) =
            empty_thought(whole).filter(|_| trained && self.template.thinking == Thinking::Hybrid)
        else {
            self.pieces.push((Piece::Text(text), trained));
            return;
        };
        let rest = text.slice(end..whole.len());
        // What is left is looked at again, and loses its weight as a whole.
        let weight = empty_thought(rest.text()).is_none();
        self.pieces.push((Piece::Text(text.slice(0..end)), false));
        self.pieces.push((Piece::Text(rest), weight));
    }

    /// What a reply that is still to come begins with.
    fn prefix(&mut self) {
        let prefix = match self.template.thinking {
            Thinking::Never => return,
            Thinking::Always => "<think>\n",
            Thinking::Hybrid => EMPTY_THOUGHT,
        };
        self.other(Stretch::new(prefix, NOBODY));
    }

    /// Whether a reply ends with a stop word of its own.
    fn ends(&self, says: &[Say]) -> bool {
        let text = says.last().map_or("", |say| say.text.text());
        let eos = self.encoder.context.eos_token();
        text.ends_with("<|im_end|>")
            || (self.template.has_agent && text.ends_with("<|endoftext|>"))
            || eos.is_some_and(|eos| text.ends_with(eos))
    }

    /// Joins text of one weight, and encodes it.
    pub(super) fn encode(self) -> Result<Builder, NoSample> {
        let mut builder = Builder::default();
        let mut joined = (Stretch::default(), false);
        let flush = |builder: &mut Builder, (text, weight): &(Stretch, bool)| -> Result<(), NoSample> {
            if !text.is_empty() {
                builder.push(&self.encoder.text(text)?, if *weight { TRAINED } else { MASKED });
            }
            Ok(())
        };
        for (piece, weight) in &self.pieces {
            match piece {
                // Nothing has no weight either, and parts no neighbours.
                Piece::Text(text) if text.is_empty() => {}
                Piece::Text(text) if joined.1 == *weight => joined.0.append(text),
                Piece::Text(text) => {
                    flush(&mut builder, &joined)?;
                    joined = (text.clone(), *weight);
                }
                Piece::Ids(block) => {
                    flush(&mut builder, &joined)?;
                    joined = (Stretch::default(), *weight);
                    builder.push(block, if *weight { TRAINED } else { MASKED });
                }
            }
        }
        flush(&mut builder, &joined)?;
        Ok(builder)
    }
}

/// Where an empty thought, or the close of one, at the beginning of a text ends; the patterns of `ignore_empty_think`.
fn empty_thought(text: &str) -> Option<usize> {
    const SEED: &str = "<seed:think><seed:cot_budget_reflect>The current thinking budget is 0, so I will directly start \
        answering the question.</seed:cot_budget_reflect>\n</seed:think>";
    const CHANNEL: &str = "<|channel>thought\n<channel|>";
    let spaced = |rest: &str| rest.trim_start_matches(is_python_space).len();
    let opened = text.strip_prefix("<think>").map(|rest| rest.trim_start_matches(is_python_space));
    let closed = opened.and_then(|rest| rest.strip_prefix("</think>"));
    let closed =
        closed.or_else(|| ["</think>", SEED, "</mm:think>"].iter().find_map(|tag| text.strip_prefix(*tag)));
    closed
        .map(|rest| text.len() - spaced(rest))
        .or_else(|| text.strip_prefix(CHANNEL).map(|rest| text.len() - rest.len()))
}

/// Trains the suffix where it stands right after what is trained: `_add_dynamic_eos`.
pub(super) fn dynamic_eos(builder: &mut Builder, suffix: &[u32]) {
    let count = builder.len();
    let is_trained =
        |builder: &Builder, at: usize| builder.whys().get(at).is_some_and(|why| why.is_training());
    let mut start = 0;
    for at in 1..=count {
        if is_trained(builder, at - 1) && at < count && !is_trained(builder, at) {
            start = at;
        } else if start > 0
            && !is_trained(builder, at - 1)
            && (at == count || is_trained(builder, at))
            && at - start >= suffix.len()
            && builder.ids().get(start..start + suffix.len()) == Some(suffix)
        {
            for place in start..start + suffix.len() {
                let id = builder.ids()[place];
                builder.relabel(place, i64::from(id), SUFFIX);
            }
        }
    }
}
