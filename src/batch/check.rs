//! What is wrong with batches.

use super::{Batch, Cut, Gone, IGNORED, Settings, Tokens, Way};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) fn check(
    samples: &[Tokens<'_>],
    cuts: &[Cut],
    batches: &[Batch],
    settings: &Settings,
) -> Vec<Diagnostic> {
    let found = [
        pad_is_eos(samples, cuts, settings),
        overwrites_labels(samples, cuts, settings),
        first_token_trained(batches),
        crosses_samples(batches, settings),
        cut_reply(samples, cuts, settings),
        all_labels_truncated(samples, cuts, settings),
        long_dropped(cuts),
    ];
    found.into_iter().flatten().collect()
}

/// How many tokens that are kept, with their labels, fulfil a condition.
fn kept_where(samples: &[Tokens<'_>], cuts: &[Cut], holds: impl Fn(u32, i64) -> bool) -> usize {
    let of = |(sample, cut): (&Tokens<'_>, &Cut)| {
        let range = cut.from as usize..cut.to as usize;
        let ids = sample.input_ids.get(range.clone()).unwrap_or_default();
        let labels = sample.labels.get(range).unwrap_or_default();
        ids.iter().zip(labels).filter(|(id, label)| holds(**id, **label)).count()
    };
    samples.iter().zip(cuts).filter(|(_, cut)| cut.gone.is_none()).map(of).sum()
}

/// `pad-is-eos`: the collator masks every pad token, and with it the end of every reply.
fn pad_is_eos(samples: &[Tokens<'_>], cuts: &[Cut], settings: &Settings) -> Option<Diagnostic> {
    let pad = settings.pad_id().filter(|pad| Some(*pad) == settings.eos)?;
    if !makes_labels(settings) {
        return None;
    }
    let count = kept_where(samples, cuts, |id, label| id == pad && label != IGNORED);
    let message = Bilingual::new(
        format!(
            "the pad token is the `eos_token`, and the collator masks it: {count} trained stop tokens are lost"
        ),
        format!("pad token 就是 `eos_token`，collator 会把它一并忽略：丢失 {count} 个本应参与训练的停止符"),
    );
    let hint = Bilingual::fixed(
        "give the tokenizer a pad token of its own, or take `DataCollatorForSeq2Seq`, which goes by place, not by id",
        "请为分词器设置单独的 pad token，或改用 `DataCollatorForSeq2Seq`（按位置而非按 id 忽略）",
    );
    (count > 0).then(|| Diagnostic::new(Severity::Warning, "pad-is-eos", message).hint(hint))
}

/// `collator-overwrites-labels`: what the recipe masked is trained.
fn overwrites_labels(samples: &[Tokens<'_>], cuts: &[Cut], settings: &Settings) -> Option<Diagnostic> {
    let pad = settings.pad_id();
    if !makes_labels(settings) {
        return None;
    }
    let count = kept_where(samples, cuts, |id, label| label == IGNORED && Some(id) != pad);
    let message = Bilingual::new(
        format!(
            "the collator makes labels of its own: {count} tokens that the recipe masks are trained. A `labels` column is \
             overwritten, or, where rows differ in length, stops it with an error"
        ),
        format!(
            "collator 会自行生成标签：规则本要忽略的 {count} 个 token 变为参与训练。若数据带有 `labels` 列，\
             它会被覆盖；各行长度不一时则直接报错"
        ),
    );
    let hint = Bilingual::fixed(
        "take a collator that keeps labels, such as `DataCollatorForSeq2Seq`",
        "请改用会保留标签的 collator，例如 `DataCollatorForSeq2Seq`",
    );
    (count > 0).then(|| Diagnostic::new(Severity::Warning, "collator-overwrites-labels", message).hint(hint))
}

/// `packed-first-token-trained`: the last token of a sequence is trained to predict the first one of the next.
fn first_token_trained(batches: &[Batch]) -> Option<Diagnostic> {
    let rows = batches.iter().flat_map(|batch| &batch.rows);
    let of_row = |row: &super::Row| {
        let trained = |at: u32| row.labels.get(at as usize).is_some_and(|label| *label != IGNORED);
        let begins = |segment: &&super::Segment| segment.from == 0 && trained(segment.at);
        row.segments.iter().skip(1).filter(begins).count()
    };
    let count: usize = rows.map(of_row).sum();
    let message = Bilingual::new(
        format!(
            "{count} first tokens of samples are targets of the position before, which has never seen them"
        ),
        format!("有 {count} 个样本的首个 token 成为前一位置的目标，而前一位置属于别的样本或填充"),
    );
    let hint = Bilingual::fixed(
        "mask the first label of every sample, or pack with a way that does so",
        "请忽略每个样本的首个标签，或改用会这样做的拼接方式",
    );
    (count > 0).then(|| Diagnostic::new(Severity::Warning, "packed-first-token-trained", message).hint(hint))
}

/// `packing-crosses-samples`: nothing tells attention where a sample begins.
fn crosses_samples(batches: &[Batch], settings: &Settings) -> Option<Diagnostic> {
    let mixed = |row: &&super::Row| row.segments.len() > 1;
    let count = batches.iter().flat_map(|batch| &batch.rows).filter(mixed).count();
    let blind = matches!(settings.way, Way::TrlWrapped | Way::LlamaFactory);
    let message = Bilingual::new(
        format!("in {count} rows tokens attend to samples that were packed before theirs"),
        format!("有 {count} 行中，token 会注意到拼接在其前面的其他样本"),
    );
    let hint = Bilingual::fixed(
        "take a way that tells samples apart, such as `bfd` or `neat_packing`",
        "请改用能区分样本的方式，例如 `bfd` 或 `neat_packing`",
    );
    (blind && count > 0)
        .then(|| Diagnostic::new(Severity::Warning, "packing-crosses-samples", message).hint(hint))
}

/// Whether the collator makes labels of its own, so that those of the recipe say nothing of what is trained.
fn makes_labels(settings: &Settings) -> bool {
    settings.way == Way::LanguageModeling
}

/// Whether a label is trained.
fn trained(labels: &[i64], at: usize) -> bool {
    labels.get(at).is_some_and(|label| *label != IGNORED)
}

/// `truncation-cut-reply`: a reply goes on past the cut, so that its end is never trained.
fn cut_reply(samples: &[Tokens<'_>], cuts: &[Cut], settings: &Settings) -> Option<Diagnostic> {
    if makes_labels(settings) {
        return None;
    }
    let is_cut = |(sample, cut): &(&Tokens<'_>, &Cut)| {
        let end = cut.to as usize;
        cut.gone.is_none() && end > 0 && trained(sample.labels, end - 1) && trained(sample.labels, end)
    };
    let count = samples.iter().zip(cuts).filter(is_cut).count();
    let message = Bilingual::new(
        format!("`max_length` cuts {count} replies short: their stop tokens are never trained"),
        format!("`max_length` 截断了 {count} 条回复：它们的停止符不会参与训练"),
    );
    (count > 0).then(|| Diagnostic::new(Severity::Warning, "truncation-cut-reply", message).hint(longer()))
}

/// `all-labels-truncated`: a sample keeps no trained token.
fn all_labels_truncated(samples: &[Tokens<'_>], cuts: &[Cut], settings: &Settings) -> Option<Diagnostic> {
    if makes_labels(settings) {
        return None;
    }
    let is_lost = |(sample, cut): &(&Tokens<'_>, &Cut)| {
        let left = sample.labels.get(cut.from as usize..cut.to as usize).unwrap_or_default();
        let all = |labels: &[i64]| labels.iter().all(|label| *label == IGNORED);
        all(left) && !all(sample.labels) && cut.gone != Some(Gone::TooLong)
    };
    let count = samples.iter().zip(cuts).filter(is_lost).count();
    let message = Bilingual::new(
        format!("`max_length` leaves {count} samples without a trained token"),
        format!("`max_length` 使 {count} 个样本不再有参与训练的 token"),
    );
    (count > 0).then(|| Diagnostic::new(Severity::Warning, "all-labels-truncated", message).hint(longer()))
}

/// `long-samples-dropped`: what does not fit is left out whole.
fn long_dropped(cuts: &[Cut]) -> Option<Diagnostic> {
    let count = cuts.iter().filter(|cut| cut.gone == Some(Gone::TooLong)).count();
    let all = cuts.len();
    let message = Bilingual::new(
        format!("{count} of {all} samples are longer than `max_length` and left out whole"),
        format!("{all} 个样本中有 {count} 个超过 `max_length`，被整个丢弃"),
    );
    let hint = Bilingual::fixed(
        "raise `max_length`, or split long conversations",
        "请调大 `max_length`，或拆分过长的对话",
    );
    (count > 0).then(|| Diagnostic::new(Severity::Warning, "long-samples-dropped", message).hint(hint))
}

fn longer() -> Bilingual {
    Bilingual::fixed(
        "raise `max_length`, or shorten what comes before the reply",
        "请调大 `max_length`，或缩短回复之前的内容",
    )
}
