//! Unicode's normal forms, with what `Aligned::transform` needs: for each character 0 where it stands for one of the text, 1
//! where it is added, and less where it stands for several.
//!
//! The tables are those of the library that gives the ids, so that the two can't be of different versions of Unicode.

use unicode_normalization::char::{
    canonical_combining_class, compose, decompose_canonical, decompose_compatible,
};

/// NFD, or NFKD where `compatible`.
pub(super) fn decomposed(text: &str, compatible: bool) -> Vec<(char, isize)> {
    let mut all: Vec<(char, isize)> = Vec::with_capacity(text.len());
    // Where the marks begin that are still to be put in order.
    let mut marks = 0;
    for c in text.chars() {
        let mut added = 0;
        let push = |part: char| {
            let is_mark = canonical_combining_class(part) != 0;
            if !is_mark {
                in_order(&mut all[marks..]);
            }
            all.push((part, added));
            if !is_mark {
                marks = all.len();
            }
            added = 1;
        };
        if compatible { decompose_compatible(c, push) } else { decompose_canonical(c, push) }
    }
    in_order(&mut all[marks..]);
    all
}

/// Puts marks in the order of their classes; those of one class stay as they are.
fn in_order(marks: &mut [(char, isize)]) {
    if marks.len() > 1 {
        marks.sort_by_key(|(mark, _)| canonical_combining_class(*mark));
    }
}

/// NFC, or NFKC where `compatible`.
pub(super) fn composed(text: &str, compatible: bool) -> Vec<(char, isize)> {
    let mut all: Vec<(char, isize)> = Vec::with_capacity(text.len());
    // The character that marks may join, and the class of the last mark after it that did not.
    let mut base = None;
    let mut before = 0;
    for (c, change) in decomposed(text, compatible) {
        let class = canonical_combining_class(c);
        let is_next = base.is_some_and(|at: usize| at + 1 == all.len());
        if let Some((joining, changes)) = base.and_then(|at| all.get_mut(at))
            && (is_next || before < class)
            && let Some(joined) = compose(*joining, c)
        {
            *joining = joined;
            *changes += change - 1;
            continue;
        }
        if class == 0 {
            base = Some(all.len());
        }
        before = class;
        all.push((c, change));
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization_alignments::UnicodeNormalization as Aligning;

    use super::*;

    /// Letters with and without marks, marks alone and in any order, syllables whole and in parts, widths and ligatures.
    const PIECES: &str = "[aeouAEO éàäñçễữǖḱ\u{300}-\u{330}\u{345}\u{5B0}-\u{5BC}\u{64B}-\u{652}\u{3099}\u{309A}かがはぱウヴ한글각\u{1100}-\u{1112}\u{1161}-\u{1175}\u{11A8}-\u{11C2}ﬁﬃＡ１①㌀Ωℵ²½ﷺ豈\u{2126}\u{212B}春]{0,24}";

    fn text(of: &[(char, isize)]) -> String {
        of.iter().map(|(c, _)| *c).collect()
    }

    #[test]
    fn a_character_that_is_younger_than_the_tables_of_tokenizers_0_23_is_taken_apart() {
        let parts = [('\u{11935}', 0), ('\u{11930}', 1)];
        assert_eq!(decomposed("\u{11938}", false), parts);
        assert_eq!(Aligning::nfd("\u{11938}").collect::<Vec<_>>(), [('\u{11938}', 0)]);
        assert_eq!(composed("\u{11935}\u{11930}", false), [('\u{11938}', -1)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_text_is_that_of_the_tables_own_forms(text_of in any::<String>()) {
            prop_assert_eq!(text(&decomposed(&text_of, false)), UnicodeNormalization::nfd(&*text_of).collect::<String>());
            prop_assert_eq!(text(&decomposed(&text_of, true)), UnicodeNormalization::nfkd(&*text_of).collect::<String>());
            prop_assert_eq!(text(&composed(&text_of, false)), UnicodeNormalization::nfc(&*text_of).collect::<String>());
            prop_assert_eq!(text(&composed(&text_of, true)), UnicodeNormalization::nfkc(&*text_of).collect::<String>());
        }

        #[test]
        fn the_changes_are_those_that_tokenizers_counts(text in PIECES) {
            prop_assert_eq!(decomposed(&text, false), Aligning::nfd(&*text).collect::<Vec<_>>());
            prop_assert_eq!(decomposed(&text, true), Aligning::nfkd(&*text).collect::<Vec<_>>());
            prop_assert_eq!(composed(&text, false), Aligning::nfc(&*text).collect::<Vec<_>>());
            prop_assert_eq!(composed(&text, true), Aligning::nfkc(&*text).collect::<Vec<_>>());
        }
    }
}
