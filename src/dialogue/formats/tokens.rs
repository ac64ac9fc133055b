//! Rows that a trainer tokenised: `input_ids`, with `labels` or a mask, shown as they are.

use super::super::notes::Notes;
use super::super::value::number;
use super::super::{Conversation, Given, Kind, Tokens, Value};
use super::{Format, Input, Reads, Row, other_row};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Error, Note, Warning};

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "tokens",
    title: Bilingual::fixed("Tokenised rows", "已分词的行"),
    reads: Reads::Rows { claims, read },
};

/// Masks that stand for labels: 1 where the token is trained.
const MASK_KEYS: [&str; 3] = ["completion_mask", "assistant_masks", "loss_mask"];

/// The label of a masked position, where a mask makes the labels.
pub(super) const MASKED: i64 = -100;

fn claims(input: &Input) -> u8 {
    input.share(99, |row| row.get("input_ids").and_then(Value::as_list).is_some())
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    input.rows.into_iter().filter_map(|row| conversation(&row, notes)).collect()
}

fn conversation(row: &Row, notes: &mut Notes) -> Option<Conversation> {
    let Some(ids) = row.get("input_ids").map(unbatched) else {
        other_row(row, notes);
        return None;
    };
    let input_ids: Vec<u32> = numbers(ids, "input_ids", notes, |id| u32::try_from(id).ok())?;
    if input_ids.is_empty() {
        no_ids(ids, notes);
        return None;
    }
    let count = input_ids.len();
    let mut list = |key: &str| {
        let value = unbatched(row.get(key).filter(|value| !value.is_null())?);
        let list = numbers(value, key, notes, Some)?;
        if list.len() == count {
            return Some(list);
        }
        lengths(value, key, list.len(), count, notes);
        None
    };
    let attention_mask =
        list("attention_mask").map(|mask| mask.iter().map(|is| u8::from(*is != 0)).collect());
    let labels = list("labels").or_else(|| {
        let mask = MASK_KEYS.iter().find_map(|key| list(key))?;
        let of = |(id, trained): (&u32, &i64)| if *trained == 0 { MASKED } else { i64::from(*id) };
        Some(input_ids.iter().zip(&mask).map(of).collect())
    });
    if let Some(labels) = &labels {
        shifted(row, &input_ids, labels, notes);
    }
    let given = Given::Tokens(Tokens { input_ids, labels, attention_mask });
    Some(Conversation { given: Some(given), span: row.span(), ..Conversation::default() })
}

/// The only row of a batch of one, as a trainer prints it.
fn unbatched(value: &Value) -> &Value {
    match value.as_list() {
        Some([one]) if one.as_list().is_some() => one,
        _ => value,
    }
}

/// A list of whole numbers; where one is none, says which and gives nothing.
fn numbers<T>(value: &Value, key: &str, notes: &mut Notes, of: fn(i64) -> Option<T>) -> Option<Vec<T>> {
    let whole = |item: &Value| match &item.kind {
        Kind::Number(written) => of(number(written)?.as_i64()?),
        Kind::Bool(is) => of(i64::from(*is)),
        _ => None,
    };
    let mut list = Vec::new();
    for item in value.as_list().unwrap_or(std::slice::from_ref(value)) {
        if let Some(number) = whole(item) {
            list.push(number);
            continue;
        }
        let found = super::super::check::describe(item);
        let (en, zh) =
            if key == "input_ids" { ("a token id", "token id") } else { ("a whole number", "整数") };
        notes.add(
            Error,
            "not-a-number",
            item.span,
            Bilingual::new(
                format!("`{key}` holds {} that is not {en}", found.en),
                format!("`{key}` 中有{}，不是{zh}", found.zh),
            ),
            Bilingual::fixed(
                "write whole numbers; ids are from 0 to 4294967295",
                "请写整数；id 应在 0 到 4294967295 之间",
            ),
        );
        return None;
    }
    Some(list)
}

fn no_ids(ids: &Value, notes: &mut Notes) {
    notes.add(
        Error,
        "no-ids",
        ids.span,
        Bilingual::fixed("`input_ids` is empty", "`input_ids` 为空"),
        Bilingual::fixed("paste a row with at least one token", "请粘贴至少有一个 token 的行"),
    );
}

fn lengths(value: &Value, key: &str, found: usize, count: usize, notes: &mut Notes) {
    notes.add(
        Error,
        "lengths-differ",
        value.span,
        Bilingual::new(
            format!("`{key}` has {found} entries for {count} `input_ids`: left out"),
            format!("`{key}` 有 {found} 项，而 `input_ids` 有 {count} 项：已略去"),
        ),
        Bilingual::fixed("the lists of a row must have one length", "同一行的各列表长度必须相同"),
    );
}

/// Labels that are not the id of their own token: of all of them, or of some.
fn shifted(row: &Row, input_ids: &[u32], labels: &[i64], notes: &mut Notes) {
    let is = |label: i64, id: Option<&u32>| id.is_some_and(|id| i64::from(*id) == label);
    let trained = || labels.iter().enumerate().filter(|(_, label)| **label >= 0);
    let differ = trained().filter(|(at, label)| !is(**label, input_ids.get(*at))).count();
    if differ == 0 || !notes.wants("labels-differ") {
        return;
    }
    let span = row.get("labels").map_or_else(|| row.span(), |labels| labels.span);
    if trained().all(|(at, label)| is(*label, input_ids.get(at + 1))) {
        notes.add(
            Note,
            "labels-shifted",
            span,
            Bilingual::fixed(
                "each label is the id of the next token: this row is shifted already",
                "每个标签都是下一个 token 的 id：这一行已经移位",
            ),
            Bilingual::fixed(
                "torchtune, Megatron and tinker shift while they make the row; Hugging Face's models shift on their own and \
                 would do so again",
                "torchtune、Megatron 和 tinker 在生成数据时移位；Hugging Face 的模型会自行移位，这样会移两次",
            ),
        );
        return;
    }
    notes.add(
        Warning,
        "labels-differ",
        span,
        Bilingual::new(
            format!("{differ} labels are neither masked nor the id of their own token"),
            format!("有 {differ} 个标签既不是被忽略的值，也不等于所在位置的 token id"),
        ),
        Bilingual::fixed(
            "the model is trained to say something else there; check how the labels were made",
            "模型在这些位置学到的是别的内容；请检查标签是怎么生成的",
        ),
    );
}
