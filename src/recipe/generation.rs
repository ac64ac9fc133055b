//! The mask that `apply_chat_template(return_assistant_tokens_mask=True)` of transformers makes of `{% generation %}`.
//!
//! It looks up the token of each block's first and last character and marks all between. Kept as it is:
//! - `char_to_token` gives the first of several tokens that share a character, so of a last character that is split
//!   over tokens only the first one is marked;
//! - a first token that begins before the block is marked whole;
//! - a block that wrote nothing marks the token that holds both the character before it and the one after it;
//! - where the last character's token is the very first one (0 counts as "none" there) or has no token, everything up
//!   to the end is marked.

use super::renders::Render;
use super::whole::{NoSample, char_to_token, stops};
use super::{Context, Sample};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;

/// How a token came to be marked, or not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Outside of every block.
    Outside,
    /// Inside a block.
    Inside,
    /// Begins before its block.
    Straddles,
    /// Past the end of its block, which could not be looked up.
    RunsOn,
}

/// The mark of every token, where these are the blocks.
pub(super) fn marks(context: &Context<'_>, render: &Render, blocks: &[Span]) -> Result<Vec<Mark>, NoSample> {
    let encoding = context.encode(render)?;
    let text = &render.rendered.text;
    let count = encoding.ids.len();
    let mut marks = vec![Mark::Outside; count];
    for span in blocks {
        // The character before the end, be it inside the block or, where that wrote nothing, before it.
        let Some(last) = text[..span.end].char_indices().next_back() else { return Err(nothing_before()) };
        let Some(first) = char_to_token(encoding, span.start) else { break };
        let end = char_to_token(encoding, last.0).filter(|token| *token > 0);
        for (token, mark) in marks.iter_mut().enumerate().take(end.map_or(count, |end| end + 1)).skip(first) {
            let offset = encoding.offsets[token];
            *mark = match () {
                () if offset.start < span.start => Mark::Straddles,
                () if offset.start < span.end => Mark::Inside,
                () => Mark::RunsOn,
            };
        }
    }
    Ok(marks)
}

/// What `char_to_token` made of the ends of the blocks, where that is not what they hold.
pub(super) fn ends(sample: &Sample, marks: &[Mark], blocks: &[Span]) -> Option<Diagnostic> {
    let found = |tokens: Vec<u32>, message: Bilingual| {
        Diagnostic::new(Severity::Warning, "char-to-token-end", message)
            .hint(Bilingual::fixed(
                "put the stop token into the block: then its last character is one token, which is found",
                "请把停止符也放进该块：这样块的最后一个字符就是一个能被找到的 token",
            ))
            .tokens(tokens)
    };
    let at = |picks: &dyn Fn(usize) -> bool| -> Vec<u32> {
        (0..marks.len()).filter(|token| picks(*token)).map(|token| token as u32).collect()
    };
    let past = at(&|token| marks[token] == Mark::RunsOn);
    if !past.is_empty() {
        return Some(found(
            past,
            Bilingual::fixed(
                "transformers does not find the token of a `{% generation %}` block's last character, and trains all that \
                 follows the block",
                "transformers 找不到 `{% generation %}` 块最后一个字符的 token，于是让块之后的全部内容都参与训练",
            ),
        ));
    }
    let lost = at(&|token| {
        let offset = sample.offsets[token];
        marks[token] == Mark::Outside
            && blocks.iter().any(|block| block.start <= offset.start && offset.start < block.end)
    });
    (!lost.is_empty()).then(|| {
        found(
            lost,
            Bilingual::fixed(
                "the last character of a `{% generation %}` block is cut into several tokens, of which transformers trains \
                 only the first",
                "`{% generation %}` 块的最后一个字符被切成几个 token，transformers 只让其中第一个参与训练",
            ),
        )
    })
}

fn nothing_before() -> NoSample {
    stops(
        "generation-block-empty",
        Bilingual::fixed(
            "a `{% generation %}` block at the very beginning writes nothing: transformers looks for the character before \
             it and stops with an OverflowError",
            "文本最开头的 `{% generation %}` 块没有写出任何内容：transformers 会查找它之前的字符，并以 OverflowError 停止",
        ),
        Bilingual::fixed("put the stop token into the block too", "请把停止符也放进该块"),
    )
}

/// The finding that a template marks nothing.
pub(super) fn unmarked() -> Diagnostic {
    let message = Bilingual::fixed(
        "the chat template has no `{% generation %}` block: transformers marks no token",
        "聊天模板里没有 `{% generation %}` 块：transformers 不标记任何 token",
    );
    Diagnostic::new(Severity::Error, "no-generation-block", message).hint(wrap())
}

/// The cure of [`unmarked`].
pub(super) fn wrap() -> Bilingual {
    Bilingual::fixed(
        "wrap what the assistant writes, its stop token included, in `{% generation %}…{% endgeneration %}`; the \
         template `chatml` shows how",
        "请用 `{% generation %}…{% endgeneration %}` 包住助手所写的内容（含停止符）；模板 `chatml` 即是示例",
    )
}

/// What TRL stops with where no token is marked.
pub(super) fn nothing_marked() -> NoSample {
    stops(
        "no-assistant-tokens",
        Bilingual::fixed(
            "no token lies in a `{% generation %}` block: TRL stops with a RuntimeError at such a conversation",
            "没有任何 token 位于 `{% generation %}` 块内：遇到这样的对话，TRL 会以 RuntimeError 停止",
        ),
        Bilingual::fixed("leave it out of the dataset, or add a reply", "请从数据集中去掉它，或补上回复"),
    )
}
