//! The chat templates that TRL 1.16.0 knows by their text and replaces by a training template of its own, where that one
//! renders the same text: there it is enough to know where its `{% generation %}` blocks begin.
//! `tests/oracle/trl_twins.py` prints the table.
//!
//! In all of these a block reaches from the header of a reply to the end of its turn. TRL replaces more templates, by ones
//! that render something else, such as Qwen3's thinking; their texts are TRL's and not part of this program.

use super::Context;
use super::whole::{self, NoSample};
use crate::span::Span;

/// A template, by the FNV-1a hash of its text, and the header that its replies have.
const KNOWN: [(u64, &str); 10] = [
    // qwen2_5.jinja
    (0xc2b2_7ee6_0f1b_8775, "<|im_start|>assistant"),
    // qwen2_5_vl.jinja
    (0x7124_2f76_359e_71e8, "<|im_start|>assistant\n"),
    // qwen3_instruct_2507.jinja
    (0x3751_fe8e_a484_48ab, "<|im_start|>assistant\n"),
    // qwen3_vl.jinja
    (0xf67a_fe26_6c47_0df1, "<|im_start|>assistant\n"),
    // llama3.jinja
    (0x0e60_067a_5537_498e, "<|start_header_id|>assistant<|end_header_id|>\n\n"),
    // gemma.jinja
    (0x5c10_ee65_212d_93b3, "<start_of_turn>model\n"),
    // gemma3.jinja
    (0xc90d_ea00_b85c_935d, "<start_of_turn>model\n"),
    // cohere.jinja
    (0x1691_3247_e5fd_dff9, "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"),
    // lfm2.jinja
    (0x7fae_f5d8_e49c_f520, "<|im_start|>assistant\n"),
    // lfm2_v2.jinja
    (0x8f22_102d_7794_bb85, "<|im_start|>assistant\n"),
];

/// The blocks that TRL's own template has in the same text; none where the template is not one of the known ones, or does
/// not go on as it began.
pub(super) fn spans(context: &Context<'_>, text: &str) -> Result<Option<Vec<Span>>, NoSample> {
    let hash = fnv(context.template.source());
    let Some((_, header)) = KNOWN.iter().find(|(known, _)| *known == hash) else { return Ok(None) };
    whole::affordable(text, 2 * context.conversation.messages.len())?;
    let mut spans = Vec::new();
    for reply in context.conversation.replies() {
        let start = if reply == 0 {
            // Before the first reply there may be a default system message.
            text.find(header)
        } else {
            let before = context.render(reply, false)?;
            let before = &before.rendered.text;
            text.strip_prefix(before.as_str()).filter(|rest| rest.starts_with(header)).map(|_| before.len())
        };
        let through = context.render(reply + 1, false)?;
        let through = &through.rendered.text;
        let start = start.map(|start| start + header.len()).filter(|start| *start <= through.len());
        let Some(start) = start.filter(|_| text.starts_with(through.as_str())) else { return Ok(None) };
        spans.push(Span::new(start, through.len()));
    }
    Ok(Some(spans))
}

fn fnv(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_usual_one() {
        assert_eq!(fnv(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv("foobar"), 0x8594_4171_f739_67e8);
    }
}
