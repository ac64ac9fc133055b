//! The lesson: what is said at each step of a walk over the live page.
//!
//! Only the words stand here: they are the worker's, which sends them when the lesson is opened. What a step sets on the page,
//! and how it is seen that the reader has tried it, is in `app/lesson.rs`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;

pub use words::STEPS;

mod words;

/// What is said at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name, for programs.
    pub id: Cow<'static, str>,
    /// The one thing that it is about.
    pub title: Bilingual,
    /// Paragraphs; what stands between back-ticks is code.
    pub says: Cow<'static, [Bilingual]>,
    /// What the reader is asked to do.
    pub ask: Bilingual,
    /// What the button says that does it, where there is one.
    pub button: Option<Bilingual>,
    /// What is said when it is done: `{0}`, `{1}` … stand for what is on the page then.
    pub done: Bilingual,
}

/// A sentence with what is on the page in the place of `{0}`, `{1}` …
pub fn filled(sentence: &str, values: &[String]) -> String {
    let mut pieces = sentence.split('{');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (place, rest) = piece.split_once('}').unwrap_or((piece, ""));
        let value = place.parse().ok().and_then(|place: usize| values.get(place));
        text.push_str(value.map_or("", String::as_str));
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The numbers in braces of a sentence.
    fn places(sentence: &str) -> BTreeSet<usize> {
        let named = |piece: &str| piece.split_once('}').map(|(place, _)| place.parse().unwrap());
        sentence.split('{').skip(1).filter_map(named).collect()
    }

    #[test]
    fn a_sentence_is_filled_in_the_order_that_its_language_wants() {
        let values = ["30".to_owned(), "65".to_owned()];
        assert_eq!(filled("{0} of {1}.", &values), "30 of 65.");
        assert_eq!(filled("{1} 个中的 {0} 个", &values), "65 个中的 30 个");
        assert_eq!(filled("{7}{x}{", &values), "", "what is not there is left out");
    }

    #[test]
    fn every_step_is_said_in_both_languages_and_both_speak_of_the_same_values() {
        for step in STEPS {
            let id = &step.id;
            let all = [&step.title, &step.ask, &step.done];
            for words in all.into_iter().chain(step.says.iter()).chain(&step.button) {
                assert!(
                    !words.en.is_empty() && words.en.is_ascii() || words.en.contains(['−', '’', '“']),
                    "{id}: {}",
                    words.en
                );
                assert!(
                    words.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                    "{id}: {}",
                    words.zh
                );
                assert_eq!(words.en.matches('`').count() % 2, 0, "{id}");
                assert_eq!(
                    words.en.matches('`').count(),
                    words.zh.matches('`').count(),
                    "{id}: {}",
                    words.zh
                );
            }
            assert_eq!(places(&step.done.en), places(&step.done.zh), "{id}");
            assert!(!step.says.is_empty() && step.says.len() <= 4, "{id}");
        }
    }

    #[test]
    fn a_step_is_read_in_half_a_minute() {
        for step in STEPS {
            let says =
                |pick: fn(&Bilingual) -> &str| step.says.iter().map(pick).collect::<Vec<_>>().join(" ");
            let words = says(|it| &it.en).split_whitespace().count();
            let characters = says(|it| &it.zh).chars().count();
            assert!(words <= 100, "{}: {words} words", step.id);
            assert!(characters <= 220, "{}: {characters} characters", step.id);
        }
    }

    #[test]
    fn the_lesson_crosses_from_worker_to_page() {
        let bytes = postcard::to_allocvec(&STEPS.to_vec()).unwrap();
        assert_eq!(postcard::from_bytes::<Vec<Step>>(&bytes).unwrap(), STEPS);
    }
}
