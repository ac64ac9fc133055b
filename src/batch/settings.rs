//! The ways from samples to a batch, and their settings.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// A way from samples to a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// `DataCollatorForLanguageModeling(mlm=False)` of transformers, which makes its own labels.
    LanguageModeling,
    /// `DataCollatorForSeq2Seq` of transformers.
    Seq2seq,
    /// `DataCollatorWithFlattening` of transformers.
    Flattening,
    /// TRL's own `DataCollatorForLanguageModeling`.
    #[default]
    Trl,
    /// The same with `padding_free=True`.
    TrlPaddingFree,
    /// TRL's `packing_strategy="bfd"`.
    TrlBfd,
    /// TRL's `packing_strategy="bfd_split"`.
    TrlBfdSplit,
    /// TRL's `packing_strategy="wrapped"`.
    TrlWrapped,
    /// axolotl's `sample_packing`.
    Multipack,
    /// The same with `sample_packing_sequentially`.
    MultipackSequential,
    /// LLaMA-Factory's `packing`.
    LlamaFactory,
    /// LLaMA-Factory's `neat_packing`.
    Neat,
}

/// Which end of a sample is cut off, or that a sample that is too long is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truncation {
    /// What is past `max_length` is cut off.
    #[default]
    KeepStart,
    /// The last `max_length` tokens are kept.
    KeepEnd,
    /// A sample that is longer is dropped.
    Drop,
}

/// A side of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Padding follows.
    #[default]
    Right,
    /// Padding comes first.
    Left,
}

/// What a way pads with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pads {
    /// The tokenizer's pad token, on the tokenizer's side; an error where it has none.
    Asks,
    /// The pad token, else the `eos_token`, always on the right.
    Right,
    /// Nothing is padded.
    Never,
}

/// Everything that the batches depend on, apart from the samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The way.
    pub way: Way,
    /// The tokens that are kept of a sample, or that a packed row has; no limit where absent.
    pub max_length: Option<u32>,
    /// What happens to a sample that is longer; what the way does by itself where absent, or where it has no such choice.
    pub truncation: Option<Truncation>,
    /// Where padding stands. A way that has no choice takes its own.
    pub padding_side: Side,
    /// The id of the pad token.
    pub pad: Option<u32>,
    /// The id of the `eos_token`.
    pub eos: Option<u32>,
    /// Rows are padded to a multiple of it, where the way lets one choose.
    pub multiple_of: Option<u32>,
    /// How many samples, or packed rows, go into a batch; with [`Way::Multipack`] how many times `max_length` a row has.
    pub batch_size: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            way: Way::default(),
            max_length: None,
            truncation: None,
            padding_side: Side::default(),
            pad: None,
            eos: None,
            multiple_of: None,
            batch_size: 8,
        }
    }
}

/// What there is to know of a way without its code.
#[derive(Debug)]
pub struct WayInfo {
    /// The way.
    pub way: Way,
    /// Its stable name, such as `trl-bfd`.
    pub id: &'static str,
    /// What people call it.
    pub title: Bilingual,
    /// The package and its version.
    pub package: &'static str,
    /// What can happen to samples that are too long, the default first; none where there may be no `max_length`.
    pub truncations: &'static [Truncation],
    /// Whether it puts several samples into a row of `max_length`, which it then needs.
    pub packs: bool,
    /// What it pads with.
    pub pads: Pads,
}

const BOTH: &[Truncation] = &[Truncation::KeepStart, Truncation::KeepEnd];
const ANY: &[Truncation] = &[Truncation::KeepStart, Truncation::KeepEnd, Truncation::Drop];
const TRANSFORMERS: &str = "transformers 5.23.0";
const TRL: &str = "trl 1.16.0";
const AXOLOTL: &str = "axolotl 0.19.0";
const LLAMA_FACTORY: &str = "llamafactory 0.9.5";

/// Every way, each in the place of its variant. All were run.
pub static WAYS: [WayInfo; 12] = [
    WayInfo {
        way: Way::LanguageModeling,
        id: "language-modeling",
        title: Bilingual::fixed("DataCollatorForLanguageModeling", "DataCollatorForLanguageModeling"),
        package: TRANSFORMERS,
        truncations: ANY,
        packs: false,
        pads: Pads::Asks,
    },
    WayInfo {
        way: Way::Seq2seq,
        id: "seq2seq",
        title: Bilingual::fixed("DataCollatorForSeq2Seq", "DataCollatorForSeq2Seq"),
        package: TRANSFORMERS,
        truncations: ANY,
        packs: false,
        pads: Pads::Asks,
    },
    WayInfo {
        way: Way::Flattening,
        id: "flattening",
        title: Bilingual::fixed("DataCollatorWithFlattening", "DataCollatorWithFlattening"),
        package: TRANSFORMERS,
        truncations: ANY,
        packs: false,
        pads: Pads::Never,
    },
    WayInfo {
        way: Way::Trl,
        id: "trl",
        title: Bilingual::fixed("SFTTrainer", "SFTTrainer"),
        package: TRL,
        truncations: BOTH,
        packs: false,
        pads: Pads::Right,
    },
    WayInfo {
        way: Way::TrlPaddingFree,
        id: "trl-padding-free",
        title: Bilingual::fixed("SFTTrainer, padding_free", "SFTTrainer，padding_free"),
        package: TRL,
        truncations: &[],
        packs: false,
        pads: Pads::Right,
    },
    WayInfo {
        way: Way::TrlBfd,
        id: "trl-bfd",
        title: Bilingual::fixed("SFTTrainer, packing bfd", "SFTTrainer，packing bfd"),
        package: TRL,
        truncations: &[Truncation::KeepStart],
        packs: true,
        pads: Pads::Right,
    },
    WayInfo {
        way: Way::TrlBfdSplit,
        id: "trl-bfd-split",
        title: Bilingual::fixed("SFTTrainer, packing bfd_split", "SFTTrainer，packing bfd_split"),
        package: TRL,
        truncations: &[Truncation::KeepStart],
        packs: true,
        pads: Pads::Right,
    },
    WayInfo {
        way: Way::TrlWrapped,
        id: "trl-wrapped",
        title: Bilingual::fixed("SFTTrainer, packing wrapped", "SFTTrainer，packing wrapped"),
        package: TRL,
        truncations: &[Truncation::KeepStart],
        packs: true,
        pads: Pads::Right,
    },
    WayInfo {
        way: Way::Multipack,
        id: "multipack",
        title: Bilingual::fixed("axolotl, sample_packing", "axolotl，sample_packing"),
        package: AXOLOTL,
        truncations: &[Truncation::Drop, Truncation::KeepStart],
        packs: true,
        pads: Pads::Asks,
    },
    WayInfo {
        way: Way::MultipackSequential,
        id: "multipack-sequential",
        title: Bilingual::fixed(
            "axolotl, sample_packing_sequentially",
            "axolotl，sample_packing_sequentially",
        ),
        package: AXOLOTL,
        truncations: &[Truncation::Drop, Truncation::KeepStart],
        packs: true,
        pads: Pads::Asks,
    },
    WayInfo {
        way: Way::LlamaFactory,
        id: "llama-factory",
        title: Bilingual::fixed("LLaMA-Factory, packing", "LLaMA-Factory，packing"),
        package: LLAMA_FACTORY,
        truncations: &[Truncation::Drop],
        packs: true,
        pads: Pads::Right,
    },
    WayInfo {
        way: Way::Neat,
        id: "neat",
        title: Bilingual::fixed("LLaMA-Factory, neat_packing", "LLaMA-Factory，neat_packing"),
        package: LLAMA_FACTORY,
        truncations: &[Truncation::Drop],
        packs: true,
        pads: Pads::Right,
    },
];

impl Way {
    /// What there is to know of it.
    pub fn info(self) -> &'static WayInfo {
        &WAYS[self as usize]
    }

    /// The way of this name.
    pub fn find(id: &str) -> Option<Self> {
        WAYS.iter().find(|info| info.id == id).map(|info| info.way)
    }

    /// What it does, in one sentence. Apart from [`WayInfo`], so that a page which needs that does not carry the sentences.
    pub fn summary(self) -> Bilingual {
        match self {
            Self::LanguageModeling => Bilingual::fixed(
                "Pads to the longest row and makes labels anew of all ids, masking every pad token.",
                "填充到最长行；由全部 id 重新生成标签，凡与 pad token 相同者一律忽略。",
            ),
            Self::Seq2seq => Bilingual::fixed(
                "Pads ids and labels to the longest row; labels stay as they are.",
                "把 id 与标签填充到最长行；标签保持不变。",
            ),
            Self::Flattening => Bilingual::fixed(
                "One long row without padding; positions restart and each first label is masked.",
                "连成一行、不填充；位置重新计数，每个样本的首个标签被忽略。",
            ),
            Self::Trl => Bilingual::fixed(
                "Drops samples without a trained token once there is a `max_length`, and pads on the right.",
                "设了 `max_length` 时丢弃没有参与训练 token 的样本，并在右侧填充。",
            ),
            Self::TrlPaddingFree => Bilingual::fixed(
                "One long row without padding; TRL takes no `max_length` with it.",
                "连成一行、不填充；TRL 此时不允许设置 `max_length`。",
            ),
            Self::TrlBfd => Bilingual::fixed(
                "Cuts at `max_length`, then the longest first, each where least room is left; positions restart.",
                "按 `max_length` 截断，由长到短放入剩余空间最小的一行；位置重新计数。",
            ),
            Self::TrlBfdSplit => Bilingual::fixed(
                "As bfd, but what is past `max_length` goes on as a sequence of its own.",
                "与 bfd 相同，但超出 `max_length` 的部分作为独立序列继续使用。",
            ),
            Self::TrlWrapped => Bilingual::fixed(
                "All samples end to end, cut every `max_length` tokens; nothing marks where one begins.",
                "所有样本首尾相接，每 `max_length` 个 token 切一刀；样本边界没有任何标记。",
            ),
            Self::Multipack => Bilingual::fixed(
                "Each sample into the first row with room; the mask numbers the samples, labels stay as they are.",
                "每个样本放入第一个放得下的行；掩码给样本编号，标签保持不变。",
            ),
            Self::MultipackSequential => Bilingual::fixed(
                "Samples in their order, a new row when one does not fit.",
                "样本按原顺序放入，放不下就另起一行。",
            ),
            Self::LlamaFactory => Bilingual::fixed(
                "The longest that still fits, row by row; positions restart, but the mask is 1 everywhere, also on padding.",
                "逐行放入仍放得下的最长样本；位置重新计数，但掩码处处为 1，填充处也是。",
            ),
            Self::Neat => Bilingual::fixed(
                "Rows as with `packing`; the mask numbers the samples.",
                "行与 `packing` 相同，但掩码给样本编号。",
            ),
        }
    }

    /// Whether a batch is one row.
    pub const fn flattens(self) -> bool {
        matches!(self, Self::Flattening | Self::TrlPaddingFree | Self::TrlBfd | Self::TrlBfdSplit)
    }
}

/// The largest length, multiple or batch.
const MOST: u32 = 1 << 20;

impl Settings {
    /// What happens to samples that are too long: what was asked for where the way can do that, else what it does.
    pub fn truncation(&self) -> Truncation {
        let can = self.way.info().truncations;
        let own = || can.first().copied().unwrap_or_default();
        self.truncation.filter(|asked| can.contains(asked)).unwrap_or_else(own)
    }

    /// Where padding stands.
    pub fn side(&self) -> Side {
        if self.way.info().pads == Pads::Asks { self.padding_side } else { Side::Right }
    }

    /// The id that is padded with, where there is one.
    pub fn pad_id(&self) -> Option<u32> {
        if self.way.info().pads == Pads::Asks { self.pad } else { self.pad.or(self.eos) }
    }

    /// Refuses what the trainer refuses.
    pub(super) fn check(&self) -> Result<(), Diagnostic> {
        let numbers = [self.max_length, self.multiple_of, Some(self.batch_size)];
        if numbers.into_iter().flatten().any(|number| number == 0 || number > MOST) {
            return Err(bad_number());
        }
        let info = self.way.info();
        match self.max_length {
            None if info.packs => Err(needs_length()),
            Some(_) if info.truncations.is_empty() => Err(takes_no_length()),
            _ if info.pads != Pads::Never && self.pad_id().is_none() => Err(no_pad_token()),
            _ => Ok(()),
        }
    }
}

fn bad_number() -> Diagnostic {
    let message = Bilingual::new(
        format!("a length, a multiple or a batch size is not between 1 and {MOST}"),
        format!("长度、倍数或批大小不在 1 到 {MOST} 之间"),
    );
    Diagnostic::new(Severity::Error, "batch-setting", message)
}

fn needs_length() -> Diagnostic {
    let message = Bilingual::fixed(
        "packing needs a `max_length`: it is the length of a row",
        "packing 需要 `max_length`：它就是一行的长度",
    );
    Diagnostic::new(Severity::Error, "packing-needs-max-length", message)
}

fn takes_no_length() -> Diagnostic {
    let message = Bilingual::fixed(
        "`padding_free=True` without packing: TRL refuses a `max_length`, which it would not enforce",
        "`padding_free=True` 且未启用 packing：TRL 不会执行 `max_length`，因此直接报错",
    );
    let hint = Bilingual::fixed("leave `max_length` out, or pack", "请去掉 `max_length`，或启用 packing");
    Diagnostic::new(Severity::Error, "padding-free-max-length", message).hint(hint)
}

fn no_pad_token() -> Diagnostic {
    let message = Bilingual::fixed(
        "the tokenizer has no pad token: the collator raises an error",
        "分词器没有 pad token：collator 会报错",
    );
    let hint = Bilingual::fixed(
        "choose a pad token, one that never ends a reply",
        "请指定一个 pad token，且不要用结束回复的那个 token",
    );
    Diagnostic::new(Severity::Error, "no-pad-token", message).hint(hint)
}
