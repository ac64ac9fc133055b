//! The two languages of the page. Words stand beside their place, English and Chinese on one line.

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;

/// The language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// The language of a tag such as `zh-CN`; English for all that are not Chinese.
    pub fn of_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("zh") { Self::Zh } else { Self::En }
    }

    /// The value of the `lang` attribute.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-Hans",
        }
    }

    /// The value of `?lang=`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }

    /// The word in this language.
    pub const fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// The text in this language.
    pub fn of(self, text: &Bilingual) -> String {
        match self {
            Self::En => text.en.clone().into_owned(),
            Self::Zh => text.zh.clone().into_owned(),
        }
    }

    /// What a role is called; an unknown role keeps its own name.
    pub fn role(self, role: &str) -> String {
        let (en, zh) = match role {
            "system" | "developer" => ("system", "系统"),
            "user" => ("user", "用户"),
            "assistant" => ("assistant", "助手"),
            "tool" | "function" => ("tool", "工具"),
            other => return other.to_owned(),
        };
        self.pick(en, zh).to_owned()
    }

    /// A whole number with the digits in groups of three.
    pub fn number(self, number: usize) -> String {
        let digits = number.to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }

    /// `1 token` or `5 tokens`: the noun is given in both numbers; Chinese has one.
    pub fn count(self, number: usize, one: &str, many: &str, zh: &str) -> String {
        match self {
            Self::En => format!("{} {}", self.number(number), if number == 1 { one } else { many }),
            Self::Zh => format!("{} {zh}", self.number(number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(Lang::En.number(7), "7");
        assert_eq!(Lang::En.number(1234), "1,234");
        assert_eq!(Lang::Zh.number(151_665), "151,665");
    }

    #[test]
    fn a_count_agrees_with_its_noun() {
        assert_eq!(Lang::En.count(1, "token", "tokens", "个 token"), "1 token");
        assert_eq!(Lang::En.count(2, "token", "tokens", "个 token"), "2 tokens");
        assert_eq!(Lang::Zh.count(2, "token", "tokens", "个 token"), "2 个 token");
    }

    #[test]
    fn every_chinese_tag_is_chinese() {
        assert_eq!(Lang::of_tag("zh-Hant-TW"), Lang::Zh);
        assert_eq!(Lang::of_tag("ja"), Lang::En);
    }
}
