//! Text for people, in the two languages of the product, written side by side so that neither falls behind.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One sentence or name in English and in Chinese.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// English.
    pub en: Cow<'static, str>,
    /// Simplified Chinese, written with the glossary.
    pub zh: Cow<'static, str>,
}

impl Bilingual {
    /// Both languages, known at compile time.
    pub const fn fixed(en: &'static str, zh: &'static str) -> Self {
        Self { en: Cow::Borrowed(en), zh: Cow::Borrowed(zh) }
    }

    /// Both languages, made at run time.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: Cow::Owned(en.into()), zh: Cow::Owned(zh.into()) }
    }
}
