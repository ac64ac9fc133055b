//! What a run is about, and which settings were typed.

use super::Bench;
use crate::app::i18n::Lang;
use crate::app::state::LabChoices;
use crate::app::wire::{AboutView, Material};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lab::{AdamW, Lab, Row, Settings, Which};

/// A run of this material. The error says why there is none: the dialogue gives nothing to train, or a setting is none.
pub(super) fn start(material: &Material, usual: Settings, choices: &LabChoices) -> Result<Lab, Diagnostic> {
    let settings = settings(material, usual, choices)?;
    let seed = number(&choices.seed, ["random seed", "随机种子"], &WHOLE)?;
    let rows: Vec<Row> = material.samples.iter().map(|sample| sample.row.clone()).collect();
    // Examples make up for nothing: it is the dialogue that is to be seen.
    let own = &rows[..material.own.min(rows.len())];
    let alone = Lab::new(own, settings, seed)?;
    if own.len() == rows.len() { Ok(alone) } else { Lab::new(&rows, settings, seed) }
}

fn settings(material: &Material, usual: Settings, choices: &LabChoices) -> Result<Settings, Diagnostic> {
    let steps = number(&choices.steps, ["number of steps", "步数"], &WHOLE)?;
    let rate = Bilingual::fixed("a number above 0 and at most 1", "大于 0 且不超过 1 的数");
    let learning_rate = number(&choices.rate, ["learning rate", "学习率"], &rate)?;
    let settings = Settings {
        steps,
        optimiser: AdamW { learning_rate, ..AdamW::default() },
        ignore_index: material.ignore_index,
        ..usual
    };
    settings.check().map(|()| settings)
}

/// What a count is.
pub(super) const WHOLE: Bilingual = Bilingual::fixed("a whole number, without a sign", "不带正负号的整数");
/// What a temperature is.
pub(super) const DECIMAL: Bilingual = Bilingual::fixed("a number, such as 0.7", "一个数，例如 0.7");
/// What a label is.
pub(super) const SIGNED: Bilingual = Bilingual::fixed("a whole number, such as -100", "整数，例如 -100");

/// A number that was typed; `kind` says which are good.
pub(super) fn number<T: std::str::FromStr>(
    text: &str,
    [en, zh]: [&str; 2],
    kind: &Bilingual,
) -> Result<T, Diagnostic> {
    // The minus sign of the page is not that of the keyboard.
    text.trim().replace('−', "-").parse().map_err(|_| {
        let shown: String = text.trim().chars().take(40).collect();
        let message = if shown.is_empty() {
            Bilingual::new(format!("the {en} is missing"), format!("{zh}不能为空"))
        } else {
            Bilingual::new(format!("`{shown}` can't be used as the {en}"), format!("`{shown}` 不能用作{zh}"))
        };
        Diagnostic::new(Severity::Error, "bad-setting", message)
            .hint(Bilingual::new(format!("type {}", kind.en), format!("请输入{}", kind.zh)))
    })
}

/// The place in the material of the sample that is looked at: the chosen one where it is trained, else the first that is.
pub(super) fn shown(lab: &Lab, choices: &LabChoices) -> usize {
    let rows = || lab.windows().iter().map(|window| window.row);
    rows().find(|row| *row == choices.sample).or_else(|| rows().next()).unwrap_or_default()
}

pub(super) fn unreadable(why: &str) -> Diagnostic {
    let message =
        Bilingual::new(format!("the samples could not be read: {why}"), format!("样本无法读取：{why}"));
    Diagnostic::new(Severity::Error, "lab-material", message)
        .hint(Bilingual::fixed("load the page again", "请重新加载页面"))
}

impl Bench {
    /// How many tokens each of the models is trained on in a round, and how many of all tokens the mask trains.
    pub(super) fn shares(&self) -> [usize; 2] {
        let windows = self.lab.iter().flat_map(crate::lab::Lab::windows);
        windows.fold([0, 0], |[masked, all], window| {
            [masked + window.trained.iter().flatten().count(), all + window.tokens.len().saturating_sub(1)]
        })
    }

    pub(super) fn about(&self) -> AboutView {
        let lang = self.lang;
        let mut view = AboutView {
            findings: self.failed.iter().chain(&self.complaint).cloned().collect(),
            ..AboutView::default()
        };
        let (Some(lab), Some(material)) = (&self.lab, &self.material) else { return view };
        view.ready = true;
        view.findings.extend(lab.notes().iter().cloned());
        let settings = lab.settings();
        let fact = |en: &str, zh: &str, value: String| (lang.pick(en, zh).to_owned(), value);
        view.facts = vec![
            fact(
                "model",
                "模型",
                match lang {
                    Lang::En => format!("{} layers, d {}", settings.layers, settings.width),
                    Lang::Zh => format!("{} 层，d {}", settings.layers, settings.width),
                },
            ),
            fact("parameters", "参数量", lang.number(lab.model(Which::Masked).parameters.len())),
            fact("vocabulary", "词表", lang.number(lab.vocabulary().len())),
            fact("samples", "样本数", lang.number(lab.windows().len())),
            fact("batch size", "批大小", settings.batch.min(lab.windows().len()).to_string()),
            fact("optimiser", "优化器", "AdamW".to_owned()),
        ];
        let title = |row: usize| material.samples.get(row).map(|sample| (row, lang.of(&sample.title)));
        view.samples = lab.windows().iter().filter_map(|window| title(window.row)).collect();
        view.sample = shown(lab, &self.choices);
        let [masked, all] = self.shares();
        view.legend = match lang {
            Lang::En => [
                format!("masked: {} labels", lang.number(masked)),
                format!("all tokens: {} labels", lang.number(all)),
            ],
            Lang::Zh => [
                format!("掩码：{} 个标签", lang.number(masked)),
                format!("全部 token：{} 个标签", lang.number(all)),
            ],
        };
        view
    }
}
