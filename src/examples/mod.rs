//! Dialogues to start from, each there to show one thing.
//!
//! An example is a text as a user would paste it, one file each beside this one, and the choices that make its point
//! visible. To add one, add the file and a row in `table.rs`; the first row is what the page opens with.

mod table;

use crate::bilingual::Bilingual;

pub use table::EXAMPLES;

/// The dialogue of the first example: what stands in the box at first. The page has it without the list.
pub const FIRST: &str = include_str!("two-poems.py");

/// A dialogue to start from.
#[derive(Debug)]
pub struct Example {
    /// A stable name in kebab-case.
    pub id: &'static str,
    /// What it is called in the list of examples.
    pub title: Bilingual,
    /// The one thing it is there to show.
    pub shows: Bilingual,
    /// The text, as a user would paste it.
    pub dialogue: &'static str,
    /// The id of a template in the catalog; the tokenizer's own where absent.
    pub template: Option<&'static str>,
    /// The id of a recipe; the usual one where absent.
    pub recipe: Option<&'static str>,
    /// Options of the recipe that differ from its defaults: name and value.
    pub options: &'static [(&'static str, &'static str)],
    /// The label of a masked position; the usual -100 where absent.
    pub ignore_index: Option<i64>,
}

/// The example with this id.
pub fn find(id: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_first_example_is_the_dialogue_that_the_project_started_from() {
        let first = &EXAMPLES[0];
        assert_eq!(first.id, "two-poems");
        assert_eq!(
            first.dialogue,
            concat!(
                "dialogue = [\n",
                "    {\"role\": \"user\", \"content\": \"帮我写一首诗。\"},\n",
                "    {\"role\": \"assistant\", \"content\": \"春风拂面花开放，碧水潺潺鸟语香。愿君此间常驻足，心随美景共徜徉。\"},\n",
                "    {\"role\": \"user\", \"content\": \"再写一首关于夏天的。\"},\n",
                "    {\"role\": \"assistant\", \"content\": \"夏日炎炎荷满塘，蝉鸣树梢午梦长。轻摇蒲扇寻凉意，一片冰心在玉壶。\"}\n",
                "]\n",
            )
        );
    }

    #[test]
    fn the_gallery_has_at_least_sixteen_examples() {
        assert!(EXAMPLES.len() >= 16, "{} examples", EXAMPLES.len());
    }

    #[test]
    fn an_id_is_unique_and_in_kebab_case() {
        let mut seen = BTreeSet::new();
        for example in EXAMPLES {
            assert!(seen.insert(example.id), "{} is there twice", example.id);
            assert!(
                !example.id.is_empty()
                    && example.id.split('-').all(|word| {
                        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                    }),
                "{} is not in kebab-case",
                example.id
            );
        }
    }

    #[test]
    fn no_two_examples_have_the_same_text_or_title() {
        let texts: BTreeSet<_> = EXAMPLES.iter().map(|example| example.dialogue).collect();
        let titles: BTreeSet<_> = EXAMPLES.iter().map(|example| &*example.title.zh).collect();
        assert_eq!(texts.len(), EXAMPLES.len());
        assert_eq!(titles.len(), EXAMPLES.len());
    }

    #[test]
    fn every_example_has_a_title_and_a_point_in_both_languages() {
        for example in EXAMPLES {
            for words in [&example.title, &example.shows] {
                assert!(!words.en.trim().is_empty(), "{} lacks English", example.id);
                assert!(!words.zh.trim().is_empty(), "{} lacks Chinese", example.id);
                assert!(!words.en.chars().any(is_han), "{} has Chinese where English belongs", example.id);
            }
            assert!(example.shows.zh.chars().any(is_han), "{} has English where Chinese belongs", example.id);
        }
    }

    #[test]
    fn both_languages_are_well_represented() {
        let chinese = EXAMPLES.iter().filter(|example| example.dialogue.chars().any(is_han)).count();
        assert!(chinese * 3 >= EXAMPLES.len(), "{chinese} of {} are in Chinese", EXAMPLES.len());
        assert!(chinese * 3 <= EXAMPLES.len() * 2, "{chinese} of {} are in Chinese", EXAMPLES.len());
    }

    #[test]
    fn an_example_is_found_by_its_id() {
        for example in EXAMPLES {
            assert_eq!(find(example.id).map(|found| found.dialogue), Some(example.dialogue));
        }
        assert!(find("no-such-example").is_none());
    }

    /// Whether a character is in the basic block of Chinese characters.
    fn is_han(c: char) -> bool {
        ('\u{4e00}'..='\u{9fff}').contains(&c)
    }
}
