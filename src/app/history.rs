//! The dialogues that were worked on in this browser: what of each is listed, and which of them are kept. The worker keeps
//! them (`app/worker/history.rs`).

use serde::{Deserialize, Serialize};

use crate::dialogue::read_as;

/// So many dialogues are kept, and so many bytes of them: the oldest make room.
pub const MOST: usize = 50;
/// See [`MOST`].
pub const MOST_BYTES: f64 = 16e6;
/// A longer dialogue is not kept.
pub const LONGEST: usize = 1 << 20;

/// So many characters of a dialogue stand in the list.
const TITLE: usize = 80;
/// Of a dialogue of more bytes the text itself is the title.
const LOOKED_AT: usize = 64 << 10;

/// What is listed of a dialogue that is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name in the store: that of the sitting in which it was worked on.
    pub id: String,
    /// What it begins with.
    pub title: String,
    /// When it was worked on last, in milliseconds since 1970.
    pub when: f64,
    /// The bytes of it and of what was chosen for it.
    pub bytes: f64,
    /// A fingerprint of its text.
    pub mark: String,
}

/// The ids of what goes when `new` is kept beside `others`: the same text, and the oldest of what is too much.
pub fn going<'a>(others: &'a [Entry], new: &Entry) -> Vec<&'a str> {
    let (mut going, mut staying): (Vec<&Entry>, Vec<&Entry>) =
        others.iter().filter(|other| other.id != new.id).partition(|other| other.mark == new.mark);
    staying.sort_by(|a, b| b.when.total_cmp(&a.when));
    let mut bytes = new.bytes;
    for (place, other) in staying.into_iter().enumerate() {
        bytes += other.bytes;
        if place + 1 >= MOST || bytes > MOST_BYTES {
            going.push(other);
        }
    }
    going.into_iter().map(|entry| entry.id.as_str()).collect()
}

/// What a dialogue begins with: the words of its first message that a user wrote, else of its first one, else the text itself.
pub fn title(dialogue: &str, format: Option<&str>) -> String {
    let read = (dialogue.len() <= LOOKED_AT).then(|| read_as(dialogue, format));
    let first = read.as_ref().and_then(|read| read.conversations.first());
    let said = first.and_then(|conversation| {
        let messages = || conversation.messages.iter();
        let message = messages().find(|message| message.role() == "user").or_else(|| messages().next())?;
        Some(message.content()?.text.as_str())
    });
    let said = said.filter(|said| !said.trim().is_empty()).unwrap_or(dialogue);
    let mut title = String::new();
    let mut left = TITLE;
    for word in said.split_whitespace() {
        if left == 0 {
            title.push('…');
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        for c in word.chars().filter(|c| !c.is_control()).take(left) {
            title.push(c);
            left -= 1;
        }
    }
    title
}

/// A fingerprint of a text (FNV-1a), by which the same dialogue is known again.
pub fn mark(text: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// Whether a text that was typed or pasted over another one is another dialogue: less than half of it is left at the ends.
pub fn is_another(old: &str, new: &str) -> bool {
    let (old, new) = (old.as_bytes(), new.as_bytes());
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    2 * (start + end) < old.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, when: f64, bytes: f64) -> Entry {
        Entry { id: id.to_owned(), when, bytes, mark: mark(id), ..Entry::default() }
    }

    #[test]
    fn the_same_text_is_kept_once_and_the_same_sitting_is_written_over() {
        let others = [entry("a", 1.0, 9.0), entry("b", 2.0, 9.0)];
        let again = Entry { mark: mark("a"), ..entry("c", 3.0, 9.0) };
        assert_eq!(going(&others, &again), ["a"]);
        assert!(going(&others, &entry("b", 3.0, 9.0)).is_empty());
    }

    #[test]
    fn the_oldest_make_room() {
        let many: Vec<Entry> = (0..MOST).map(|at| entry(&at.to_string(), at as f64, 9.0)).collect();
        assert_eq!(going(&many, &entry("new", 99.0, 9.0)), ["0"]);
        assert!(going(&many[1..], &entry("new", 99.0, 9.0)).is_empty());
        let large = [entry("old", 1.0, 9e6), entry("young", 2.0, 9e6)];
        assert_eq!(going(&large, &entry("new", 3.0, 1e6)), ["old"]);
    }

    #[test]
    fn a_title_is_what_the_user_says_first() {
        let talk =
            r#"[{"role": "system", "content": "be kind"}, {"role": "user", "content": "写一首\n 诗\u0007"}]"#;
        assert_eq!(title(talk, None), "写一首 诗");
        assert_eq!(title(r#"[{"role": "assistant", "content": "Hello"}]"#, None), "Hello");
        assert_eq!(title("[{", None), "[{");
        let long = title(&"春风 ".repeat(9000), None);
        assert_eq!(long.chars().filter(|c| "春风".contains(*c)).count(), TITLE);
        assert!(long.ends_with("春风…"));
        assert_eq!(title(&"x".repeat(900_000), None).chars().count(), TITLE);
        assert_eq!(title("", None), "");
    }

    #[test]
    fn equal_texts_have_equal_marks() {
        assert_eq!(mark(""), "cbf29ce484222325");
        assert_eq!(mark("a"), "af63dc4c8601ec8c");
        assert_ne!(mark("春"), mark("夏"));
    }

    #[test]
    fn editing_stays_with_a_dialogue_and_pasting_over_it_begins_another() {
        assert!(!is_another("", "a"));
        assert!(!is_another("hello there", "hello, there"));
        assert!(!is_another("hello there", "hello t"));
        assert!(is_another("hello there", ""));
        assert!(is_another("hello there", "a fresh start, and a longer one"));
        assert!(!is_another("aaaa", "aa"));
        assert!(!is_another("ab", "abab"));
    }
}
