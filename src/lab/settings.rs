//! How a run is set up, and which settings are refused.

use serde::{Deserialize, Serialize};

use super::adamw::AdamW;
use super::model::Shape;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// How a run is set up. The default model has about 40,000 learned numbers, most of them in its two layers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// How many tokens the model sees at once.
    pub context: usize,
    /// How long the vectors are.
    pub width: usize,
    /// Heads of attention; they share the width.
    pub heads: usize,
    /// How many numbers are inside of the MLP.
    pub hidden: usize,
    /// Blocks of attention and MLP.
    pub layers: usize,
    /// How many steps the run has.
    pub steps: usize,
    /// How many samples a step looks at.
    pub batch: usize,
    /// How the optimiser moves.
    pub optimiser: AdamW,
    /// The label of a position that does not count.
    pub ignore_index: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            context: 512,
            width: 48,
            heads: 3,
            hidden: 96,
            layers: 2,
            steps: 240,
            batch: 4,
            optimiser: AdamW::default(),
            ignore_index: -100,
        }
    }
}

impl Settings {
    /// The model that they ask for, over this many tokens.
    pub const fn shape(&self, vocabulary: usize) -> Shape {
        let Self { context, width, heads, hidden, layers, .. } = *self;
        Shape { vocabulary, context, width, heads, hidden, layers }
    }

    /// Refuses what can't be trained, or not in a page.
    pub fn check(&self) -> Result<(), Diagnostic> {
        let whole: [(&str, &str, usize, std::ops::RangeInclusive<usize>); 7] = [
            ("number of steps", "步数", self.steps, 1..=10_000),
            ("batch size", "批大小", self.batch, 1..=64),
            ("context", "上下文长度", self.context, 2..=1024),
            ("number of layers", "层数", self.layers, 1..=8),
            ("number of heads", "注意力头数", self.heads, 1..=16),
            ("width", "向量宽度", self.width, 2..=256),
            ("inside of the MLP", "MLP 的内部宽度", self.hidden, 1..=1024),
        ];
        for (en, zh, value, range) in whole {
            if !range.contains(&value) {
                let (low, high) = range.into_inner();
                return Err(out_of_range(en, zh, &value.to_string(), &format!("{low} – {high}")));
            }
        }
        if !self.width.is_multiple_of(self.heads) || !self.width.is_multiple_of(2) {
            let value = format!("{} / {}", self.width, self.heads);
            return Err(out_of_range(
                "width over heads",
                "向量宽度与头数之比",
                &value,
                "an even width that the heads share evenly",
            ));
        }
        let rate = self.optimiser.learning_rate;
        if !(rate > 0.0 && rate <= 1.0) {
            return Err(out_of_range("learning rate", "学习率", &rate.to_string(), "0 < x ≤ 1"));
        }
        let AdamW { beta_1, beta_2, epsilon, weight_decay, .. } = self.optimiser;
        let moves = [("beta 1", beta_1, 0.0, 0.9999), ("beta 2", beta_2, 0.0, 0.99999)];
        let moves = moves
            .into_iter()
            .chain([("epsilon", epsilon, 1e-12, 1.0), ("weight decay", weight_decay, 0.0, 1.0)]);
        for (name, value, low, high) in moves {
            if !(value >= low && value <= high) {
                return Err(out_of_range(name, name, &value.to_string(), &format!("{low} – {high}")));
            }
        }
        Ok(())
    }
}

fn out_of_range(en: &str, zh: &str, value: &str, range: &str) -> Diagnostic {
    failure(
        "bad-setting",
        format!("the {en} is {value}"),
        format!("{zh}为 {value}，超出范围"),
        Bilingual::new(format!("use one in this range: {range}"), format!("请使用此范围内的值：{range}")),
    )
}

/// Why the lab can't do what it was asked for.
pub(super) fn failure(
    code: &'static str,
    en: impl Into<String>,
    zh: impl Into<String>,
    hint: Bilingual,
) -> Diagnostic {
    Diagnostic::new(Severity::Error, code, Bilingual::new(en, zh)).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = Settings::default();
        change(&mut settings);
        let error = settings.check().unwrap_err();
        assert_eq!(error.code, "bad-setting");
        error.message.en.into_owned()
    }

    #[test]
    fn the_usual_settings_are_accepted_and_make_a_model_of_a_few_ten_thousand_numbers() {
        assert_eq!(Settings::default().check(), Ok(()));
        assert!((30_000..60_000).contains(&Settings::default().shape(150).parameters()));
    }

    #[test]
    fn a_learning_rate_that_is_no_learning_rate_is_refused() {
        for bad in [f32::NAN, f32::INFINITY, -1e-3, 0.0, 1.5] {
            assert!(complaint(|it| it.optimiser.learning_rate = bad).contains("learning rate"));
        }
    }

    #[test]
    fn sizes_that_cannot_be_trained_in_a_page_are_refused() {
        for bad in [0, usize::MAX] {
            assert!(complaint(|it| it.steps = bad).contains("steps"));
            assert!(complaint(|it| it.batch = bad).contains("batch"));
            assert!(complaint(|it| it.context = bad).contains("context"));
            assert!(complaint(|it| it.heads = bad).contains("heads"));
            assert!(complaint(|it| it.layers = bad).contains("layers"));
            assert!(complaint(|it| it.width = bad).contains("width"));
            assert!(complaint(|it| it.hidden = bad).contains("MLP"));
        }
        assert!(complaint(|it| it.heads = 5).contains("48 / 5"));
        assert!(complaint(|it| it.optimiser.beta_2 = 1.0).contains("beta 2"));
        assert!(complaint(|it| it.optimiser.epsilon = f32::NAN).contains("epsilon"));
    }
}
