//! The losses of a step ▶ a table, and what it means. Every sentence is decided by the records of this run.

use crate::app::i18n::Lang;
use crate::lab::Record;

/// Over so many steps the losses are averaged where the whole run is spoken of: each step sees a few samples only.
const AROUND: usize = 10;

/// The table of step `at`, and what it says; both empty before the first step. `[masked, all]` labels are trained in a round.
pub(super) fn of(
    lang: Lang,
    records: &[Record],
    at: usize,
    [masked, all]: [usize; 2],
) -> (Vec<[String; 3]>, Vec<String>) {
    let Some(record) = records.get(at.saturating_sub(1)) else { return Default::default() };
    let (a, b) = (record.masked, record.unmasked);
    let row = |en: &str, zh: &str, a: f32, b: f32| [lang.pick(en, zh).to_owned(), shown(a), shown(b)];
    let heading = match lang {
        Lang::En => format!("at step {at}"),
        Lang::Zh => format!("第 {at} 步"),
    };
    let reads = vec![
        [heading, "A".to_owned(), "B".to_owned()],
        row("loss the trainer reports", "训练器报告的 loss", a.reported, b.reported),
        row("loss on the replies", "回复部分的 loss", a.reply, b.reply),
        row("loss on the prompts", "prompt 部分的 loss", a.prompt, b.prompt),
    ];
    let mut lesson = vec![step(lang, record, 100 * (all - masked.min(all)) / all.max(1))];
    lesson.extend(whole(lang, records));
    (reads, lesson)
}

fn shown(loss: f32) -> String {
    if loss.is_finite() { format!("{loss:.2}") } else { "–".to_owned() }
}

/// What the numbers of a step say.
fn step(lang: Lang, record: &Record, prompts: usize) -> String {
    let (a, b) = (record.masked, record.unmasked);
    // What looks the same is not called lower.
    let lower = |a: f32, b: f32| (a * 100.0).round() < (b * 100.0).round();
    let reports = [lower(a.reported, b.reported), lower(b.reported, a.reported)];
    let replies = [lower(a.reply, b.reply), lower(b.reply, a.reply)];
    let (en, zh) = match (reports, replies) {
        ([_, true], [true, _]) => (
            format!(
                "B reports the lower loss, {:.2} against {:.2}, and is worse on the replies, {:.2} against {:.2}: {prompts} % of its labels are not replies, and those weigh in its mean.",
                b.reported, a.reported, b.reply, a.reply
            ),
            format!(
                "B 报告的 loss 更低（{:.2} 对 {:.2}），回复部分却更差（{:.2} 对 {:.2}）：它有 {prompts}% 的标签不是回复，这些都算进了平均值。",
                b.reported, a.reported, b.reply, a.reply
            ),
        ),
        ([_, true], [_, true]) => (
            "B reports the lower loss, and at this step it is better on the replies too.".to_owned(),
            "B 报告的 loss 更低，这一步在回复部分也更好。".to_owned(),
        ),
        ([_, true], _) => (
            "B reports the lower loss; on the replies both are equal.".to_owned(),
            "B 报告的 loss 更低；回复部分两者相同。".to_owned(),
        ),
        ([true, _], [true, _]) => (
            "A reports the lower loss, and at this step it is better on the replies too.".to_owned(),
            "A 报告的 loss 更低，这一步在回复部分也更好。".to_owned(),
        ),
        ([true, _], [_, true]) => (
            "A reports the lower loss, and is worse on the replies.".to_owned(),
            "A 报告的 loss 更低，回复部分却更差。".to_owned(),
        ),
        ([true, _], _) => (
            "A reports the lower loss; on the replies both are equal.".to_owned(),
            "A 报告的 loss 更低；回复部分两者相同。".to_owned(),
        ),
        (_, [true, _]) => (
            "Both report the same loss; on the replies A is better.".to_owned(),
            "两者报告的 loss 相同；回复部分 A 更好。".to_owned(),
        ),
        (_, [_, true]) => (
            "Both report the same loss; on the replies B is better.".to_owned(),
            "两者报告的 loss 相同；回复部分 B 更好。".to_owned(),
        ),
        _ => (
            "To two decimals both models report the same loss, and have the same on the replies.".to_owned(),
            "精确到两位小数，两个模型报告的 loss 相同，回复部分也相同。".to_owned(),
        ),
    };
    if lang == Lang::En { en } else { zh }
}

/// Who was ahead on the replies over the run; nothing while it is too short to say.
fn whole(lang: Lang, records: &[Record]) -> Option<String> {
    if records.len() < 3 * AROUND {
        return None;
    }
    let ahead: Vec<bool> = records
        .windows(AROUND)
        .map(|some| some.iter().map(|record| record.masked.reply - record.unmasked.reply).sum::<f32>() < 0.0)
        .collect();
    let (first, last) = (*ahead.first()?, *ahead.last()?);
    // Since when the one that is ahead now has been so.
    let since = ahead.iter().rposition(|is| *is != last).map(|at| at + AROUND / 2 + 1);
    let (now, other) = if last { ("A", "B") } else { ("B", "A") };
    Some(match (lang, since) {
        (Lang::En, None) => {
            format!("Averaged over {AROUND} steps, {now} has been ahead on the replies all the time.")
        }
        (Lang::Zh, None) => format!("按 {AROUND} 步平均，回复部分始终是 {now} 领先。"),
        (Lang::En, Some(step)) if first != last => format!(
            "Averaged over {AROUND} steps, {other} was ahead on the replies at first; since about step {step} it is {now}."
        ),
        (Lang::Zh, Some(step)) if first != last => {
            format!("按 {AROUND} 步平均，回复部分起初 {other} 领先；大约从第 {step} 步起 {now} 领先。")
        }
        (Lang::En, Some(step)) => format!(
            "Averaged over {AROUND} steps, the lead on the replies has changed hands; since about step {step} {now} has it."
        ),
        (Lang::Zh, Some(step)) => {
            format!("按 {AROUND} 步平均，回复部分的领先者有过交替；大约从第 {step} 步起 {now} 领先。")
        }
    })
}
