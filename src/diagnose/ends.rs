//! `double-bos`, `bos-missing` and `eos-missing`: what a sample begins and ends with.

use super::replies::stop_id;
use super::{is_truncated, next_owns_stop, stop_token_untrained};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::recipe::{Context, Sample};

/// The token that begins a text, its id and its spelling.
fn bos<'a>(context: &'a Context<'_>) -> Option<(u32, &'a str)> {
    let token =
        context.special_tokens.get("bos_token").map(String::as_str).filter(|token| !token.is_empty())?;
    Some((context.tokenizer.token_to_id(token)?, token))
}

pub(super) fn twice(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let (id, bos) = bos(context)?;
    let count = sample.input_ids.iter().take_while(|other| **other == id).count();
    let message = Bilingual::new(
        format!("the sample begins with `{bos}` {count} times: the model never saw that"),
        format!("样本以 {count} 个 `{bos}` 开头：模型从未见过这样的文本"),
    );
    let hint = match context.options.recipe() {
        "trl-completion-only" | "trl-assistant-only" | "transformers" | "unsloth" | "all-tokens" => {
            Bilingual::fixed(
                "the template writes it already: encode rendered text with `add_special_tokens=False`, or pass `messages` \
             instead of text",
                "模板已经写出它：请以 `add_special_tokens=False` 编码渲染后的文本，或传入 `messages` 而不是文本",
            )
        }
        _ => Bilingual::fixed(
            "let one of them write it: the template, the text, or the tokenizer with `add_special_tokens`",
            "只应由一方写出它：模板、文本，或带 `add_special_tokens` 的分词器",
        ),
    };
    (count > 1).then(|| {
        let severity = Severity::Warning;
        Diagnostic::new(severity, "double-bos", message).hint(hint).tokens(0..count as u32)
    })
}

pub(super) fn no_bos(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let (id, bos) = bos(context)?;
    let adds = context.tokenizer.encode_with_special_tokens("").ok()?.ids.first() == Some(&id);
    let first = *sample.input_ids.first()?;
    let message = Bilingual::new(
        format!("the tokenizer itself puts `{bos}` before a text, but the sample does not begin with it"),
        format!("分词器自身会在文本前加上 `{bos}`，而样本没有以它开头"),
    );
    let hint = Bilingual::fixed(
        "write `{{ bos_token }}` at the start of the template, unless the model was trained without it",
        "请在模板开头写上 `{{ bos_token }}`，除非模型训练时本就没有它",
    );
    let is_missing = adds && first != id;
    is_missing.then(|| Diagnostic::new(Severity::Note, "bos-missing", message).hint(hint).tokens([0]))
}

pub(super) fn no_eos(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let stop = stop_id(context, sample)?;
    let is_there = sample.input_ids.contains(&stop) || sample.labels.contains(&i64::from(stop));
    let is_trained = sample.weights.iter().any(|weight| *weight > 0.0);
    if is_there || !is_trained || is_truncated(sample) {
        return None;
    }
    // A reply without a stop token is told by the checks of replies.
    if [stop_token_untrained::check, next_owns_stop::check].iter().any(|told| told(context, sample).is_some())
    {
        return None;
    }
    let token = context.tokenizer.id_to_token(stop).unwrap_or_default();
    let message = Bilingual::new(
        format!("`{token}` is nowhere in the sample: the model does not learn where such a text ends"),
        format!("样本中没有 `{token}`：模型无从得知这样的文本在哪里结束"),
    );
    let hint = Bilingual::fixed("write `{{ eos_token }}` at the end", "请在末尾写上 `{{ eos_token }}`");
    let last = sample.input_ids.len().checked_sub(1).map(|last| last as u32);
    Some(Diagnostic::new(Severity::Warning, "eos-missing", message).hint(hint).tokens(last))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS, code};
    use super::*;

    fn with_bos(template: &str) -> (Fixture, Sample) {
        let mut fixture = Fixture::of("Hello", "Good day.", template);
        fixture.special_tokens.insert("bos_token".to_owned(), "<|im_start|>".to_owned());
        let sample = fixture.samples("transformers", &[]).remove(0);
        (fixture, sample)
    }

    #[test]
    fn a_text_that_begins_twice_names_both_tokens() {
        let (fixture, sample) = with_bos(&format!("{{{{ bos_token }}}}{TURNS}"));
        let found = fixture.with_context(|context| twice(context, &sample)).unwrap();
        assert_eq!((found.code.as_ref(), found.tokens), ("double-bos", vec![0, 1]));
    }

    #[test]
    fn a_text_that_begins_once_is_fine() {
        let (fixture, sample) = with_bos(TURNS);
        assert_eq!(fixture.with_context(|context| twice(context, &sample)), None);
    }

    /// The embedded tokenizer, but one that puts `<|im_start|>` before a text.
    fn adding() -> crate::tokenizer::Tokenizer {
        let mut json: serde_json::Value = serde_json::from_str(&crate::tokenizer::embedded_json()).unwrap();
        let id = crate::tokenizer::Tokenizer::embedded().token_to_id("<|im_start|>").unwrap();
        json["post_processor"] = serde_json::json!({
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<|im_start|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<|im_start|>": {"id": "<|im_start|>", "ids": [id], "tokens": ["<|im_start|>"]}}
        });
        let json = json.to_string();
        let files = crate::tokenizer::Files { tokenizer: &json, ..crate::tokenizer::Files::default() };
        crate::tokenizer::Tokenizer::from_files(&files).unwrap()
    }

    #[test]
    fn a_text_without_what_the_tokenizer_would_add_is_noted() {
        let (mut fixture, sample) = with_bos(&TURNS.replace("<|im_start|>", "# "));
        assert_eq!(fixture.with_context(|context| no_bos(context, &sample)), None);
        fixture.tokenizer = adding();
        assert_eq!(
            fixture.with_context(|context| code(no_bos(context, &sample))).as_deref(),
            Some("bos-missing")
        );
        let (_, sample) = with_bos(TURNS);
        assert_eq!(fixture.with_context(|context| no_bos(context, &sample)), None);
    }

    #[test]
    fn a_text_without_end_and_without_reply_is_a_warning() {
        let none = TURNS.replace("{{ eos_token }}", "");
        let talk = r#"[{"role": "narrator", "content": "Once upon a time."}]"#;
        let found = |template: &str, talk: &str| {
            let fixture = Fixture::talk(talk, template);
            let sample = fixture.samples("all-tokens", &[]).remove(0);
            fixture.with_context(|context| code(no_eos(context, &sample)))
        };
        assert_eq!(found(&none, talk).as_deref(), Some("eos-missing"));
        assert_eq!(found(TURNS, talk), None);
        // A reply is told by `stop-token-untrained`.
        assert_eq!(
            found(&none, r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]"#),
            None
        );
    }
}
