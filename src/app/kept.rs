//! What the user chose, as the browser keeps it: one text, `FORM:` and a character for each byte of `postcard`.
//!
//! Names would have to be looked for, and the code that reads settings by their names weighs more than any view of the page.
//! So a page whose settings have another form reads only what was typed, which always comes first, and has its defaults for
//! the rest. What must last longer, or travel, is a link (`share.rs` of the worker), and has names.

use std::rc::Rc;

use crate::app::state::Choices;

/// The form of [`Choices`] in bytes. Whoever changes it raises the number; a test notices.
const FORM: u32 = 2;

/// The text that is kept.
pub fn write(choices: &Choices) -> Option<String> {
    // The user's own choices come first, also while a lesson has set the page.
    let bytes = postcard::to_allocvec(&choices.clone().turned()).ok()?;
    let mut text = FORM.to_string();
    text.push(':');
    text.extend(bytes.into_iter().map(char::from));
    Some(text)
}

/// What a text keeps. Of another form only what was typed; nothing where it is no such text.
pub fn read(text: &str) -> Option<Choices> {
    let (form, text) = text.split_once(':')?;
    let form: u32 = form.parse().ok()?;
    let bytes: Vec<u8> = text.chars().map(u8::try_from).collect::<Result<_, _>>().ok()?;
    if form == FORM
        && let Ok(choices) = postcard::from_bytes::<Choices>(&bytes)
    {
        return Some(choices.turned());
    }
    let ([dialogue, own_template, earlier_template], _) =
        postcard::take_from_bytes::<[Rc<str>; 3]>(&bytes).ok()?;
    Some(Choices { dialogue, own_template, earlier_template, ..Choices::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::{DatasetChoices, LabChoices, Lane, LessonChoices, Tab};
    use crate::engine::TemplateChoice;

    fn chosen() -> Choices {
        Choices {
            dialogue: "[\"春风\", '\u{1f469}\u{200d}\u{1f469}', \"\\u0000\"]\n".into(),
            own_template: "{{ messages }}".into(),
            earlier_template: "{# ÿ #}".into(),
            format: Some("sharegpt".to_owned()),
            template: TemplateChoice::Source("{{ messages }}".to_owned()),
            tokenizer: "lossmask".to_owned(),
            recipe: "all-tokens".to_owned(),
            options: [("per-turn".to_owned(), [("end".to_owned(), "all".to_owned())].into_iter().collect())]
                .into_iter()
                .collect(),
            ignore_index: i64::MIN,
            conversation: 2,
            lane: Lane::Ids,
            tab: Tab::Lab,
            dataset: DatasetChoices { look: [1, 2, 3], positions: true, ..DatasetChoices::default() },
            lab: LabChoices { at: Some(7), ..LabChoices::default() },
            ..Choices::default()
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for choices in [Choices::default(), chosen()] {
            assert_eq!(read(&write(&choices).unwrap()), Some(choices));
        }
    }

    #[test]
    fn of_another_form_what_was_typed_comes_back() {
        let choices = chosen();
        let text = write(&choices).unwrap();
        let (_, rest) = text.split_once(':').unwrap();
        let read = read(&format!("{}:{rest}", FORM + 1)).unwrap();
        assert_eq!(read.dialogue, choices.dialogue);
        assert_eq!(read.own_template, choices.own_template);
        assert_eq!(read.earlier_template, choices.earlier_template);
        assert_eq!(read.recipe, Choices::default().recipe);
    }

    #[test]
    fn of_another_form_what_was_typed_before_the_lesson_comes_back() {
        let lesson = LessonChoices { step: 3, before: Some(Box::new(chosen())), known: true };
        let page = Choices { lesson, ..Choices::default() };
        let text = write(&page).unwrap();
        assert_eq!(read(&text), Some(page));
        let other = text.replacen(&FORM.to_string(), "0", 1);
        assert_eq!(read(&other).unwrap().dialogue, chosen().dialogue);
    }

    #[test]
    fn nonsense_is_nothing() {
        for nonsense in
            ["", "{", "7", "1:", ":", "1:春", "x:\u{1}a", "1:\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}"]
        {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    /// Where this fails, the form has changed: raise [`FORM`], and write down the new sum.
    #[test]
    fn the_form_has_changed_only_with_its_number() {
        let bytes = postcard::to_allocvec(&chosen()).unwrap();
        let sum = bytes.iter().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)));
        assert_eq!((FORM, bytes.len(), sum), (2, 211, 2_298_223_098));
    }
}
