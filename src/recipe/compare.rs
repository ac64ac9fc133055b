//! A row that was tokenised, beside what a recipe makes of the same text: the row is decoded, read back into messages and
//! given to the recipe with the template that was chosen.

use super::renders::Renders;
use super::{Context, Outcome, Recipe, Sample};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialogue::{Conversation, messages_of};

/// How a row and a sample differ, as indices into the row.
struct Difference {
    /// Which of the recipe's samples it is, from 1.
    number: usize,
    /// How many tokens that sample has.
    length: usize,
    /// Tokens of the row whose ids the sample has not in their place.
    ids: Vec<u32>,
    /// Tokens that both have, with another label.
    labels: Vec<u32>,
}

/// Says where the row is not what the recipe makes, or that it is.
pub(super) fn compare(
    context: &Context<'_>,
    row: &Sample,
    recipe: &Recipe,
    build: fn(&Context<'_>) -> Vec<Outcome>,
) -> Diagnostic {
    let Some(messages) = messages_of(&row.text) else {
        return not_compared(&Bilingual::fixed(
            "its text is no rendered dialogue that is known",
            "其文本不是已知的渲染格式",
        ));
    };
    let conversation = Conversation::new(messages);
    let renders = Renders::default();
    let outcomes = build(&Context { conversation: &conversation, renders: &renders, ..*context });
    let mut best: Option<Difference> = None;
    let mut why = Bilingual::fixed("the recipe makes no sample of it", "该规则没有由它得到样本");
    let mut number = 0;
    for outcome in &outcomes {
        match outcome {
            Outcome::Sample(sample) => {
                number += 1;
                let found = difference(row, sample, number);
                let size = |of: &Difference| {
                    (of.ids.len() + of.length.abs_diff(row.input_ids.len()), of.labels.len())
                };
                if best.as_ref().is_none_or(|best| size(&found) < size(best)) {
                    best = Some(found);
                }
            }
            Outcome::Dropped { why: reason, .. } => why.clone_from(reason),
        }
    }
    best.map_or_else(|| not_compared(&why), |found| told(found, row, recipe))
}

/// The tokens of the row that are no padding.
fn attended(row: &Sample) -> std::ops::Range<usize> {
    let is = |mask: &u8| *mask != 0;
    let start = row.attention_mask.iter().position(is).unwrap_or(0);
    let end = row.attention_mask.iter().rposition(is).map_or(0, |last| last + 1);
    start..end.max(start)
}

/// The two lists of ids share a beginning and an end; what lies between in the row differs.
fn difference(row: &Sample, sample: &Sample, number: usize) -> Difference {
    let range = attended(row);
    let base = range.start;
    let (own, made) = (row.input_ids.get(range).unwrap_or_default(), sample.input_ids.as_slice());
    let same = |(a, b): &(&u32, &u32)| a == b;
    let head = own.iter().zip(made).take_while(same).count();
    let tail = own[head..].iter().rev().zip(made[head..].iter().rev()).take_while(same).count();
    let after = own.len() - tail;
    let label = |of: &Sample, at: usize| (of.weights[at] > 0.0).then(|| of.labels[at]);
    let other = |at: &usize| {
        let place = if *at < head { *at } else { at + made.len() - own.len() };
        label(row, base + at) != label(sample, place)
    };
    let labels = (0..head).chain(after..own.len()).filter(other).map(|at| (base + at) as u32).collect();
    let ids = (head..after).map(|at| (base + at) as u32).collect();
    Difference { number, length: made.len(), ids, labels }
}

fn told(found: Difference, row: &Sample, recipe: &Recipe) -> Diagnostic {
    let Difference { number, length, ids, labels } = found;
    let (id, own) = (recipe.id, attended(row).len());
    if ids.is_empty() && labels.is_empty() && length == own {
        let message = Bilingual::new(
            format!("`{id}` makes the same row of this text: sample {number}, ids and labels"),
            format!("`{id}` 由同一文本得到相同的行：样本 {number}，id 与标签都相同"),
        );
        return Diagnostic::new(Severity::Note, "given-row-equal", message).hint(read_back());
    }
    let message = Bilingual::new(
        format!(
            "`{id}` makes another row of this text: sample {number} has {length} tokens, this row {own}; {} ids and {} \
             labels differ",
            ids.len(),
            labels.len()
        ),
        format!(
            "`{id}` 由同一文本得到不同的行：样本 {number} 有 {length} 个 token，这一行有 {own} 个；{} 个 id、{} 个标签不同",
            ids.len(),
            labels.len()
        ),
    );
    let mut tokens = [ids, labels].concat();
    tokens.sort_unstable();
    Diagnostic::new(Severity::Warning, "given-row-differs", message).hint(read_back()).tokens(tokens)
}

const fn read_back() -> Bilingual {
    Bilingual::fixed(
        "the row was decoded and read back into messages, then given to the chosen recipe, template and tokenizer",
        "先把这一行解码并还原为消息，再交给所选的规则、模板和分词器",
    )
}

fn not_compared(why: &Bilingual) -> Diagnostic {
    let message = Bilingual::new(
        format!("this row can't be compared with a recipe: {}", why.en),
        format!("这一行无法与规则的结果比较：{}", why.zh),
    );
    Diagnostic::new(Severity::Note, "given-row-not-compared", message).hint(read_back())
}
