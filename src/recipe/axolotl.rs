//! `axolotl`: datasets of `type: chat_template`, package axolotl 0.19.0, `axolotl/prompt_strategies/chat_template.py`,
//! `ChatTemplateStrategy.tokenize_prompt`.
//!
//! A turn is found by rendering the whole conversation twice with a placeholder for it: what differs is the turn. Kept:
//! an empty turn is not found, and then the stop token is looked for at the sample's very beginning; the first stop token
//! after a turn counts if it is at most three tokens away; a turn's tool calls and reasoning are part of it; a turn whose
//! words the template does not write is not found; rows without a trained token are dropped
//! (`process_datasets_for_packing`).

use super::sample::{self, Verdict};
use super::whole::{self, NoSample};
use super::{
    Context, OptionKind, OptionSpec, Options, Outcome, Recipe, Sample, Source, Verified, axolotl_turns,
};
use crate::bilingual::Bilingual;
use crate::dialogue::{Message, Text, Value};
use crate::tokenizer::Encoding;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "axolotl",
    title: Bilingual::fixed("axolotl: chat_template", "axolotl：chat_template"),
    summary: Bilingual::fixed(
        "`type: chat_template`: what the turns of the trained roles change in the render, and the stop token after them.",
        "`type: chat_template`：训练指定角色的轮次在渲染文本中所占的部分，以及其后的停止符。",
    ),
    source: Some(Source {
        package: "axolotl",
        version: "0.19.0",
        file: "axolotl/prompt_strategies/chat_template.py: ChatTemplateStrategy.tokenize_prompt",
        verified: Verified::Run,
    }),
    options: &OPTIONS,
};

static OPTIONS: [OptionSpec; 4] = [
    OptionSpec {
        name: "roles_to_train",
        kind: OptionKind::List,
        default: "assistant",
        title: Bilingual::fixed("The roles whose turns are trained", "训练哪些角色的轮次"),
    },
    OptionSpec {
        name: "train_on_eos",
        kind: OptionKind::Choice(&["turn", "all", "last", "none"]),
        default: "turn",
        title: Bilingual::fixed(
            "Which stop tokens are trained: after trained turns, all, the last, or none",
            "训练哪些停止符：被训练轮次之后的、全部、最后一个或都不训练",
        ),
    },
    OptionSpec {
        name: "train_on_inputs",
        kind: OptionKind::Bool,
        default: "false",
        title: Bilingual::fixed("Train the turns of every role", "训练所有角色的轮次"),
    },
    OptionSpec {
        name: "eot_tokens",
        kind: OptionKind::List,
        default: "",
        title: Bilingual::fixed(
            "The tokens that end a turn; empty: the `eos_token`",
            "结束一轮的 token；留空即 `eos_token`",
        ),
    },
];

/// What a run needs to be like this one.
pub(super) fn config(options: &Options) -> String {
    let list =
        |name: &str| options.items(name).map(|item| format!("{item:?}")).collect::<Vec<_>>().join(", ");
    let eot = list("eot_tokens");
    format!(
        "chat_template: tokenizer_default\ndatasets:\n  - path: data.jsonl\n    type: chat_template\n    \
         roles_to_train: [{}]\n    train_on_eos: \"{}\"\ntrain_on_inputs: {}\n{}",
        list("roles_to_train"),
        options.text("train_on_eos"),
        options.text("train_on_inputs"),
        if eot.is_empty() { String::new() } else { format!("eot_tokens: [{eot}]\n") },
    )
}

/// Two placeholders that begin and end differently: a template may write one's first or last letter itself.
const PLACEHOLDERS: [&str; 2] = ["[[dummy_message]]", "zzdummymessagezz"];

/// The furthest a stop token may be from its turn's end, in tokens.
const FURTHEST: usize = 3;

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    whole::outcomes(make(context))
}

fn make(context: &Context<'_>) -> Result<Sample, NoSample> {
    if context.conversation.messages.is_empty() {
        return Err(whole::empty());
    }
    let turns = axolotl_turns::turns(context)?;
    let tools = axolotl_turns::tools(context)?;
    let ends = ends(context)?;
    let rendered = context.render_other(&turns, tools.as_ref(), false)?;
    let encoding = context.tokenizer.encode(&rendered.text)?;
    if !context.budget.take(encoding.ids.len()) {
        return Err(NoSample::OverBudget);
    }
    let pieces = context.pieces_other(&turns, tools.as_ref(), false, &rendered);
    let mut sample = sample::of_text(rendered.text, pieces, rendered.writers, &encoding);
    let verdicts = judge(context, &turns, tools.as_ref(), &sample.text, &encoding, &ends)?;
    if !verdicts.iter().any(|verdict| verdict.is_trained()) {
        return Err(nothing());
    }
    sample::label(&mut sample, verdicts, context.ignore_index);
    Ok(sample)
}

fn judge(
    context: &Context<'_>,
    turns: &[Message],
    tools: Option<&Value>,
    text: &str,
    encoding: &Encoding,
    ends: &[Vec<u32>; 2],
) -> Result<Vec<Why>, NoSample> {
    let option = context.options.text("train_on_eos");
    let roles: Vec<_> = context.options.items("roles_to_train").map(axolotl_turns::role).collect();
    let all = context.options.is_set("train_on_inputs");
    let is_trained = |turn: &Message| all || roles.contains(&turn.role());
    let wanted = turns.iter().filter(|turn| is_trained(turn) || option == "all").count();
    whole::affordable(text, wanted * PLACEHOLDERS.len())?;
    let mut verdicts = vec![Why::Outside; encoding.ids.len()];
    let mut last = [None; 2];
    let mut dummies = turns.to_vec();
    for (index, turn) in turns.iter().enumerate() {
        let trained = is_trained(turn);
        if !trained && option != "all" {
            continue;
        }
        let found = find(context, &mut dummies, index, tools, text, encoding)?;
        if let (true, Some((start, end))) = (trained, found) {
            verdicts[start..end].fill(Why::Turn);
        }
        for (ids, last) in ends.iter().zip(&mut last) {
            let Some(token) = first_end(&encoding.ids, ids, found.map(|(_, end)| end)) else { continue };
            *last = Some(token);
            if option == "all" || (option == "turn" && trained) {
                verdicts[token] = Why::End;
            }
        }
    }
    if option == "last" {
        for token in last.into_iter().flatten() {
            verdicts[token] = Why::LastEnd;
        }
    }
    Ok(verdicts)
}

/// The first stop token that is near enough to the end of a turn. A turn that was not found ends "at -1": there the last
/// token of all is looked at first, and if that is a stop token, there is none.
fn first_end(ids: &[u32], ends: &[u32], turn_end: Option<usize>) -> Option<usize> {
    let Some(end) = turn_end else {
        if ids.last().is_some_and(|id| ends.contains(id)) {
            return None;
        }
        return ids.iter().position(|id| ends.contains(id)).filter(|token| *token < FURTHEST);
    };
    let after = ids.get(end..)?.iter().position(|id| ends.contains(id))?;
    (after <= FURTHEST).then_some(end + after)
}

/// The tokens of a turn: those that hold what differs when a placeholder takes its place.
///
/// `turns` are changed for a while, as a copy for each turn would cost more than its renders.
fn find(
    context: &Context<'_>,
    turns: &mut [Message],
    index: usize,
    tools: Option<&Value>,
    text: &str,
    encoding: &Encoding,
) -> Result<Option<(usize, usize)>, NoSample> {
    let (mut start, mut end) = (text.len(), 0);
    for placeholder in PLACEHOLDERS {
        let dummy = Message::new(Text::new(turns[index].role()), Text::new(placeholder));
        let own = std::mem::replace(&mut turns[index], dummy);
        let dummy = context.render_other(turns, tools, false);
        turns[index] = own;
        let (from, to) = differs(text, &dummy?.text);
        start = start.min(from);
        end = end.max(to);
    }
    if end <= start {
        return Ok(None);
    }
    let first = encoding.offsets.partition_point(|offset| offset.end <= start);
    let past = encoding.offsets.partition_point(|offset| offset.start < end);
    Ok((first < past).then_some((first, past)))
}

/// The bytes of `text` that differ from `other`, in whole characters.
fn differs(text: &str, other: &str) -> (usize, usize) {
    let length = |shared: &mut dyn Iterator<Item = (char, char)>| -> usize {
        shared.take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
    };
    let start = length(&mut text.chars().zip(other.chars()));
    let rest = length(&mut text[start..].chars().rev().zip(other[start..].chars().rev()));
    (start, text.len() - rest)
}

/// The ids that end a turn, twice: those of `eot_tokens`, and that of the `eos_token`.
fn ends(context: &Context<'_>) -> Result<[Vec<u32>; 2], NoSample> {
    let eos: Vec<u32> = context.eos_id().into_iter().collect();
    let asked: Vec<_> = context.options.items("eot_tokens").collect();
    if asked.is_empty() || (asked.len() == 1 && Some(asked[0]) == context.eos_token()) {
        return Ok([eos.clone(), eos]);
    }
    let mut eot = Vec::new();
    // A token that the template does not name is left out.
    for token in asked.into_iter().filter(|token| context.template.source().contains(token)) {
        match context.tokenizer.encode(token)?.ids[..] {
            [id] => eot.push(id),
            ref ids => return Err(not_one_token(token, ids.len())),
        }
    }
    Ok([eot, eos])
}

fn not_one_token(token: &str, count: usize) -> NoSample {
    whole::stops(
        "eot-token-not-one-token",
        Bilingual::new(
            format!("the end-of-turn token `{token}` is {count} tokens of this tokenizer: axolotl wants one"),
            format!("轮次结束标记 `{token}` 在该分词器中是 {count} 个 token：axolotl 要求只有一个"),
        ),
        Bilingual::fixed("name an added token of the tokenizer", "请填写分词器的 added token"),
    )
}

fn nothing() -> NoSample {
    whole::dropped(
        "nothing-left-to-train",
        Bilingual::fixed(
            "no token is trained: axolotl drops the sample",
            "没有 token 参与训练：axolotl 丢弃该样本",
        ),
        Bilingual::fixed(
            "check `roles_to_train`, and that the template writes the words of such a turn",
            "请检查 `roles_to_train`，以及模板是否写出了这些轮次的内容",
        ),
    )
}

/// Why a token is trained or masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Outside,
    Turn,
    End,
    LastEnd,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        matches!(self, Self::Turn | Self::End | Self::LastEnd)
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Outside => Bilingual::fixed(
                "neither a turn that is trained nor a stop token that `train_on_eos` keeps: masked",
                "既不属于被训练的轮次，也不是 `train_on_eos` 保留的停止符：被忽略",
            ),
            Self::Turn => Bilingual::fixed(
                "part of what changes when a placeholder takes the place of a trained turn: trained",
                "把被训练的轮次换成占位文字时发生变化的部分：参与训练",
            ),
            Self::End => Bilingual::fixed(
                "the first stop token within three tokens after a turn, kept by `train_on_eos`: trained",
                "一轮之后三个 token 以内的第一个停止符，被 `train_on_eos` 保留：参与训练",
            ),
            Self::LastEnd => Bilingual::fixed(
                "the stop token of the last turn, which `train_on_eos=last` keeps: trained",
                "最后一轮的停止符，被 `train_on_eos=last` 保留：参与训练",
            ),
            Self::Collides => sample::collides(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_never_overlaps_what_both_begin_and_end_with() {
        assert_eq!(differs("abcXdef", "abcYYdef"), (3, 4));
        assert_eq!(differs("一二三", "一三"), (3, 6));
        assert_eq!(differs("aaa", "aaaa"), (3, 3));
        assert_eq!(differs("same", "same"), (4, 4));
    }

    #[test]
    fn a_turn_that_was_not_found_takes_a_stop_token_only_at_the_very_beginning() {
        assert_eq!(first_end(&[1, 9, 2], &[9], None), Some(1));
        assert_eq!(first_end(&[1, 9, 2, 9], &[9], None), None);
        assert_eq!(first_end(&[1, 2, 3, 9, 2], &[9], None), None);
        assert_eq!(first_end(&[1, 2, 3, 9], &[9], Some(0)), Some(3));
        assert_eq!(first_end(&[1, 2, 3, 4, 9], &[9], Some(0)), None);
    }
}
