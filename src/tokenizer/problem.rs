//! What a tokenizer can't do, in words.

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::span::Span;

/// The text is no `tokenizer.json`; `found` says what it is.
pub(super) fn not_a_tokenizer(found: &Bilingual, place: Option<Span>) -> Diagnostic {
    let message = Bilingual::new(
        format!("this is not a tokenizer: {}", found.en),
        format!("这不是分词器：{}", found.zh),
    );
    let problem = Diagnostic::new(Severity::Error, "not-a-tokenizer", message).hint(Bilingual::fixed(
        "choose the file `tokenizer.json`, which fast tokenizers of HuggingFace have",
        "请选择 HuggingFace 快速分词器的 `tokenizer.json` 文件",
    ));
    match place {
        Some(span) => problem.at(Source::Tokenizer, span),
        None => problem,
    }
}

/// The file beside `tokenizer.json` is wrong.
pub(super) fn bad_config(file: &str, why: &str) -> Diagnostic {
    let message = Bilingual::new(format!("{file} is not JSON: {why}"), format!("{file} 不是 JSON：{why}"));
    Diagnostic::new(Severity::Error, "tokenizer-config", message).hint(Bilingual::fixed(
        "use the file that came with `tokenizer.json`, or leave it out",
        "请使用与 `tokenizer.json` 一同提供的文件，或者不提供它",
    ))
}

/// The tokenizer has a part that is not handled.
pub(super) fn unsupported(what: &str) -> Diagnostic {
    let message = Bilingual::new(
        format!("this tokenizer needs what lossmask can't do: {what}"),
        format!("这个分词器需要 lossmask 尚不支持的功能：{what}"),
    );
    Diagnostic::new(Severity::Error, "tokenizer-unsupported", message)
        .hint(Bilingual::fixed("choose another tokenizer", "请选择其他分词器"))
}

/// The offsets of a text can't be proved, with the part of the text in which that is so.
pub(super) fn unproved(why: &str, place: Span) -> Diagnostic {
    let message = Bilingual::new(
        format!("the offsets of the tokens can't be proved here: {why}"),
        format!("无法证明这里各 token 的字节范围：{why}"),
    );
    Diagnostic::new(Severity::Error, "offsets-unproved", message)
        .hint(Bilingual::fixed(
            "choose another tokenizer, or take unusual characters out of this part",
            "请选择其他分词器，或者去掉这部分中的罕见字符",
        ))
        .at(Source::Rendered, place)
}

/// The text is longer than the limit.
pub(super) fn too_long(bytes: usize, limit: usize) -> Diagnostic {
    let (size, limit) = (bytes >> 20, limit >> 20);
    let message = Bilingual::new(
        format!("the text has {size} MiB, and the limit is {limit} MiB"),
        format!("文本有 {size} MiB，上限是 {limit} MiB"),
    );
    Diagnostic::new(Severity::Error, "text-too-long", message)
        .hint(Bilingual::fixed("use fewer or shorter messages", "请减少或缩短消息"))
}
