//! The templates that come with the product, written by us.

use crate::bilingual::Bilingual;

/// A template of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id, such as `chatml`.
    pub id: &'static str,
    /// Its name.
    pub title: Bilingual,
    /// What it is, in one sentence.
    pub about: Bilingual,
    /// The template.
    pub source: &'static str,
}

/// Every template of the catalog, in the order in which they are offered.
pub fn entries() -> Vec<Entry> {
    vec![
        Entry {
            id: "plain",
            title: Bilingual::fixed("Plain", "纯文本"),
            about: Bilingual::fixed(
                "roles in angle brackets and spaces between, as one would write it by hand; no stop token",
                "用尖括号标出角色、用空格分隔，就像手写的一样；没有停止符",
            ),
            source: include_str!("catalog/plain.jinja"),
        },
        Entry {
            id: "chatml",
            title: Bilingual::fixed("ChatML", "ChatML"),
            about: Bilingual::fixed(
                "`<|im_start|>role`, the content, `<|im_end|>`; the reply and its end are marked for training",
                "`<|im_start|>` 加角色、内容、`<|im_end|>`；回复及其结尾标记为参与训练",
            ),
            source: include_str!("catalog/chatml.jinja"),
        },
    ]
}

/// The template with this id.
pub fn find(id: &str) -> Option<Entry> {
    entries().into_iter().find(|entry| entry.id == id)
}
