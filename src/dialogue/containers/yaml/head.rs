//! Whether a text is a dialogue in YAML, told from its first lines.

use super::super::super::literal::MESSAGE_KEYS;
use super::super::is_key;

/// How many lines are looked at to tell whether a text is YAML.
const HEAD: usize = 5;
/// Words for speakers that are no keys of rows.
const SPEAKERS: [&str; 6] = ["user", "assistant", "human", "gpt", "bot", "ai"];

/// Whether a text is a dialogue in YAML: its first lines are keys and items, and one has a key of dialogues.
pub(in super::super) fn fits(text: &str) -> bool {
    let lines = text.lines().map(str::trim_end);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#') && *line != "---").take(HEAD);
    let mut found = false;
    let mut outer: Vec<&str> = Vec::new();
    for line in lines {
        let mut rest = line;
        while let Some(item) = rest.strip_prefix("- ").or_else(|| rest.strip_prefix(' ')) {
            rest = item;
        }
        let (key, value) = rest.split_once(':').unwrap_or_default();
        let key = key.trim_matches(['"', '\'']);
        let is_entry = !key.is_empty() && (value.is_empty() || value.starts_with(' '));
        let is_item = rest.len() < line.len() || line == "-";
        // What is not indented begins an entry or an item; anything else is no YAML. A key that comes again, or that
        // says who speaks, is a transcript's.
        if !line.starts_with([' ', ']', '}']) && !is_item {
            if !is_entry || key.contains(' ') || SPEAKERS.contains(&key) || outer.contains(&key) {
                return false;
            }
            outer.push(key);
        }
        // `messages: list[dict] = [` is Python.
        let value = value.trim_start();
        if MESSAGE_KEYS.contains(&key)
            && !(value.is_empty() || value.starts_with(['[', '{', '"', '\'', '|', '>', '&', '*', '#', '!']))
        {
            return false;
        }
        let is_flow = is_item && rest.starts_with('{') && rest.contains(':');
        let lower = key.bytes().all(|byte| !byte.is_ascii_uppercase());
        found |= is_flow || (is_entry && lower && is_key(key));
    }
    found
}
