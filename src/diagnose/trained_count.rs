//! `nothing-trained`, `labels-lost-to-truncation` and `everything-trained`: a mask that masks all, or none.

use super::is_truncated;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::recipe::{Context, Sample};

/// The first token has no prediction to compare it with: its label never counts. Where the data itself says what is trained,
/// as a row of raw text does, training all of it is what was asked for.
pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let trained = sample.weights.iter().filter(|weight| **weight > 0.0).count();
    let counted = sample.weights.iter().skip(1).filter(|weight| **weight > 0.0).count();
    if counted == 0 && is_truncated(sample) {
        Some(lost_to_truncation())
    } else if counted == 0 {
        Some(nothing_trained())
    } else if trained == sample.weights.len() && context.conversation.given.is_none() {
        Some(everything_trained())
    } else {
        None
    }
}

fn nothing_trained() -> Diagnostic {
    let message = Bilingual::fixed(
        "no token is trained: the mean loss of this sample is 0/0, NaN",
        "没有任何 token 参与训练：该样本的平均 loss 为 0/0，即 NaN",
    );
    let hint = Bilingual::fixed(
        "check that the reply is not empty, and that the template renders it after the prompt",
        "请检查回复是否为空，以及模板是否在 prompt 之后渲染了回复",
    );
    Diagnostic::new(Severity::Error, "nothing-trained", message).hint(hint)
}

fn lost_to_truncation() -> Diagnostic {
    let message = Bilingual::fixed(
        "all labels were cut off: the mean loss of this sample is 0/0, NaN",
        "标签全部被截断：该样本的平均 loss 为 0/0，即 NaN",
    );
    let hint = Bilingual::fixed(
        "raise the limit, shorten the prompt, or drop samples without a label before training",
        "请提高长度上限、缩短 prompt，或在训练前丢弃没有标签的样本",
    );
    Diagnostic::new(Severity::Error, "labels-lost-to-truncation", message).hint(hint)
}

fn everything_trained() -> Diagnostic {
    let message = Bilingual::fixed(
        "every token is trained, the user's words and the markers too",
        "所有 token 都参与训练，包括用户的话和各种标记",
    );
    let hint = Bilingual::fixed(
        "to train the replies only, choose a recipe that masks the context, such as `per-turn`",
        "若只想训练回复，请选择忽略上下文的掩码规则，例如 `per-turn`",
    );
    Diagnostic::new(Severity::Warning, "everything-trained", message).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, code};
    use super::*;

    fn found(weights: &[f32]) -> Option<String> {
        let fixture = Fixture::new();
        let sample = Sample { weights: weights.to_vec(), ..fixture.sample() };
        fixture.with_context(|context| code(check(context, &sample)))
    }

    #[test]
    fn a_mask_over_everything_is_an_error() {
        assert_eq!(found(&[0.0, 0.0, 0.0]).as_deref(), Some("nothing-trained"));
        assert_eq!(found(&[]).as_deref(), Some("nothing-trained"));
    }

    #[test]
    fn a_lone_first_token_counts_for_nothing() {
        assert_eq!(found(&[1.0, 0.0, 0.0]).as_deref(), Some("nothing-trained"));
    }

    #[test]
    fn no_mask_at_all_is_a_warning() {
        assert_eq!(found(&[1.0, 0.5, 1.0]).as_deref(), Some("everything-trained"));
    }

    #[test]
    fn raw_text_that_is_trained_whole_is_what_was_asked_for() {
        let fixture = Fixture::talk(r#"{"text": "hello there"}"#, "");
        let sample = fixture.samples("per-turn", &[]).remove(0);
        assert!(sample.weights.iter().all(|weight| *weight > 0.0) && sample.weights.len() > 1);
        assert_eq!(fixture.with_context(|context| code(check(context, &sample))), None);
    }

    #[test]
    fn a_mask_over_a_part_is_fine() {
        assert_eq!(found(&[0.0, 1.0, 0.0]), None);
    }
}
