//! `all-tokens`: one sample for the whole conversation, nothing masked.

use super::sample::{self, Verdict};
use super::{Context, Outcome, Recipe};
use crate::bilingual::Bilingual;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "all-tokens",
    title: Bilingual::fixed("All tokens", "全部 token"),
    summary: Bilingual::fixed(
        "One sample for the whole conversation; nothing is masked.",
        "整段对话为一个样本，不忽略任何 token。",
    ),
    source: None,
    options: &[],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Trained,
    Collides,
}

impl Verdict for Why {
    const COLLIDES: Self = Self::Collides;

    fn is_trained(self) -> bool {
        self == Self::Trained
    }

    fn why(self) -> Bilingual {
        match self {
            Self::Trained => Bilingual::fixed("nothing is masked: trained", "不忽略任何 token：参与训练"),
            Self::Collides => sample::collides(),
        }
    }
}

pub(super) fn build(context: &Context<'_>) -> Vec<Outcome> {
    let made = context.render(context.conversation.messages.len(), false).and_then(|render| {
        let encoding = context.encode(&render)?;
        if !context.budget.take(encoding.ids.len()) {
            return Ok(None);
        }
        let mut sample = sample::unlabelled(context, &render, encoding);
        let verdicts = vec![Why::Trained; encoding.ids.len()];
        sample::label(&mut sample, verdicts, context.ignore_index);
        Ok(Some(sample))
    });
    match made {
        Ok(Some(sample)) => vec![Outcome::Sample(sample)],
        Ok(None) => Vec::new(),
        Err(error) => vec![sample::failed(error)],
    }
}
