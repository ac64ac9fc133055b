//! Pairs of prompt and reply, cut and labelled: package llamafactory 0.9.5, `data/processor/supervised.py`,
//! `SupervisedDatasetProcessor._encode_data_example`, and `infer_seqlen` of `processor_utils.py`.
//!
//! Quirks kept: both parts of a pair lose their ends, so a prompt that is cut lacks the assistant's header; with
//! `efficient_eos` the label before a later turn is the eos, though the input there is the turn's own first token; with
//! `mask_history` the last pair gets its share of `cutoff_len` first.

use super::Settings;
use crate::recipe::pieces::{Block, Builder, Encoder, Why};
use crate::template::Owner;

const PROMPT: Why = Why::masked("part of a prompt: masked", "属于 prompt：被忽略");
const PROMPT_TRAINED: Why = Why::trained(
    "part of a prompt, and `train_on_prompt` is on: trained",
    "属于 prompt，但开启了 `train_on_prompt`：参与训练",
);
const REPLY: Why = Why::trained("part of a reply: trained", "属于回复：参与训练");
const HISTORY: Why = Why::masked(
    "part of an earlier reply, and `mask_history` trains the last one only: masked",
    "属于之前的回复，而 `mask_history` 只训练最后一条：被忽略",
);
const EOS: Why = Why::trained("the eos after the last reply: trained", "最后一条回复之后的 eos：参与训练");
const EOS_LABEL: Why = Why::trained(
    "the first token of the next turn: its label is the eos that this template leaves out after a reply",
    "下一轮的第一个 token：它的标签是该模板在回复之后省去的 eos",
);

/// Puts the pairs together.
pub(super) fn assemble(
    encoder: &Encoder<'_>,
    settings: &Settings,
    eos: Option<(u32, Owner)>,
    mut pairs: Vec<(Block, Block)>,
) -> Builder {
    let mut total = usize::from(settings.template.efficient_eos);
    if settings.mask_history {
        pairs.reverse();
    }
    let mut kept = 0;
    for (source, target) in &mut pairs {
        let Some(left) = settings.cutoff_len.checked_sub(total).filter(|left| *left > 0) else { break };
        let (source_len, target_len) = infer_seqlen(source.len(), target.len(), left);
        source.truncate(source_len);
        target.truncate(target_len);
        total += source.len() + target.len();
        kept += 1;
    }
    pairs.truncate(kept);
    let mut order: Vec<_> = pairs.iter().enumerate().collect();
    if settings.mask_history {
        order.reverse();
    }
    let mut builder = Builder::default();
    for (turn, (source, target)) in order {
        let start = builder.len();
        builder.push(source, if settings.train_on_prompt { PROMPT_TRAINED } else { PROMPT });
        if let Some((eos, _)) = eos
            && settings.template.efficient_eos
            && turn != 0
            && !settings.train_on_prompt
            && source.len() > 0
        {
            builder.relabel(start, i64::from(eos), EOS_LABEL);
        }
        builder.push(target, if settings.mask_history && turn != 0 { HISTORY } else { REPLY });
    }
    if let Some((eos, owner)) = eos
        && settings.template.efficient_eos
    {
        builder.push(&encoder.token(eos, owner), EOS);
    }
    builder
}

/// How many tokens of each part are kept.
fn infer_seqlen(source: usize, target: usize, cutoff: usize) -> (usize, usize) {
    let most = if target * 2 < cutoff {
        cutoff
    } else if source * 2 < cutoff {
        cutoff - source
    } else {
        // As Python rounds it: the division first, in floats.
        (cutoff as f64 * (target as f64 / (source + target) as f64)) as usize
    };
    let target = most.min(target);
    (cutoff.saturating_sub(target).min(source), target)
}

#[cfg(test)]
mod tests {
    use super::infer_seqlen;

    #[test]
    fn the_longer_part_is_cut_or_both_in_proportion() {
        assert_eq!(infer_seqlen(100, 10, 50), (40, 10));
        assert_eq!(infer_seqlen(10, 100, 50), (10, 40));
        assert_eq!(infer_seqlen(100, 100, 50), (25, 25));
        assert_eq!(infer_seqlen(5, 5, 50), (5, 5));
        assert_eq!(infer_seqlen(3, 2, 1), (1, 0));
    }
}
