//! The markers that Unsloth reads off a chat template, as `get_chat_template_parts` of unsloth-zoo 2026.10.9 does: it
//! renders three questions and answers of words that nobody writes, and looks at what stands between them.

use super::Context;
use super::whole::{self, NoSample};
use crate::bilingual::Bilingual;
use crate::dialogue::Message;

/// The words of the probe.
const USER: &str = "\u{2060}USERPROBE7q\u{2060}";
const ASSISTANT: &str = "\u{2060}ASSTPROBE4z\u{2060}";

/// The template, and the tokens that may stand between turns.
struct Probe<'a> {
    context: &'a Context<'a>,
    /// Added and named tokens, the longest first.
    specials: Vec<String>,
    eos: String,
    bos: String,
}

/// How a message's content is written: as a string, or as a list with one text.
type Wrap = fn(&str) -> serde_json::Value;

/// `instruction_part` and `response_part`.
pub(super) fn detect(context: &Context<'_>) -> Result<[String; 2], NoSample> {
    let named = |name: &str| context.special_tokens.get(name).cloned().unwrap_or_default();
    let all = context.tokenizer.added_tokens().map(|(_, token)| token.to_owned());
    let mut specials: Vec<String> = all.chain(context.special_tokens.values().cloned()).collect();
    specials.retain(|token| !token.is_empty());
    specials.sort_by(|a, b| b.chars().count().cmp(&a.chars().count()).then_with(|| a.cmp(b)));
    specials.dedup();
    let probe = Probe { context, specials, eos: named("eos_token"), bos: named("bos_token") };
    let found = probe.parts()?;
    found.map_or_else(|| Err(not_found()), Ok)
}

impl Probe<'_> {
    fn render(
        &self,
        messages: &[serde_json::Value],
        add_generation_prompt: bool,
    ) -> Result<String, NoSample> {
        let messages: Vec<_> = messages.iter().filter_map(Message::from_json).collect();
        Ok(self.context.render_other(&messages, None, add_generation_prompt)?.text)
    }

    fn parts(&self) -> Result<Option<[String; 2]>, NoSample> {
        let text: Wrap = |text| text.into();
        let list: Wrap = |text| serde_json::json!([{"type": "text", "text": text}]);
        let shapes = [(text, text), (list, list), (list, text)];
        let probed = shapes.into_iter().find_map(|(user, assistant)| {
            let conversation = conversation(user, assistant);
            let full = self.render(&conversation, false).ok()?;
            (full.contains(USER) && full.contains(ASSISTANT)).then_some((user, assistant, conversation, full))
        });
        let Some((user, assistant, conversation, full)) = probed else { return Ok(None) };
        let instruction_gap = usual(&gaps(&full, ASSISTANT, USER));
        let response_gaps = gaps(&full, USER, ASSISTANT);
        let response_gap = usual(&response_gaps);

        // The header of a reply is what the generation prompt adds.
        let asked = &conversation[..5];
        let (with, without) = (self.render(asked, true)?, self.render(asked, false)?);
        let end = tail(&without);
        let header = if with == without { "" } else { self.without_shared(tail(&with), end).0 };
        let (mut instruction, mut response) = if header.is_empty() {
            (self.without_ends(instruction_gap), self.without_ends(response_gap))
        } else if let Some(before) = response_gap.strip_suffix(header).filter(|before| !before.is_empty()) {
            (without_lead(instruction_gap, &[before]), header)
        } else if header == response_gap {
            let (response, instruction) = self.without_shared(header, instruction_gap);
            (self.without_ends(instruction), response)
        } else {
            (self.without_ends(instruction_gap), self.without_ends(response_gap))
        };
        // What ends a question is not part of the header, where a picture between the two shows it.
        let end = if self.is_bare(end) { end } else { "" };
        if let Some(rest) = response.strip_prefix(end).filter(|rest| !end.is_empty() && !rest.is_empty()) {
            let pictured = serde_json::json!([{"type": "text", "text": USER}, {"type": "image"}]);
            let pictured = [message("user", &pictured), message("assistant", &assistant(ASSISTANT))];
            if self.render(&pictured, false).is_ok_and(|text| !text.contains(response) && text.contains(rest))
            {
                response = rest;
                instruction = without_lead(instruction, &[end]);
            }
        }
        response = self.without_scaffold(response, user, assistant);
        let shared = self.shared_header(response, instruction_gap, response_gap, &response_gaps);
        let tidy = |part: &str| without_lead(part, &[" ", "\t"]).trim_end_matches([' ', '\t']).to_owned();
        let (instruction, response) = (tidy(instruction), tidy(shared));
        if instruction.is_empty() || response.is_empty() {
            return Ok(None);
        }
        let ids = self.context.tokenizer.encode(&full)?.ids;
        let instruction = self.validated(&ids, &instruction)?;
        let response = self.validated(&ids, &response)?;
        Ok(instruction.zip(response).map(|(instruction, response)| [instruction, response]))
    }

    /// Both without the special tokens and white space that they begin with in common.
    fn without_shared<'t>(&self, mut a: &'t str, mut b: &'t str) -> (&'t str, &'t str) {
        loop {
            let blank = |text: &'t str| text.len() - text.trim_start().len();
            let shared = match blank(a) {
                length if length > 0 && length == blank(b) && a[..length] == b[..length] => length,
                _ => match self.special_at(a) {
                    Some(token) if b.starts_with(token) => token.len(),
                    _ => return (a, b),
                },
            };
            (a, b) = (&a[shared..], &b[shared..]);
        }
    }

    fn without_ends<'t>(&self, text: &'t str) -> &'t str {
        without_lead(text, &[" ", "\t", &self.eos, &self.bos])
    }

    fn special_at(&self, text: &str) -> Option<&str> {
        self.specials.iter().map(String::as_str).find(|token| text.starts_with(token))
    }

    /// Whether there is nothing but special tokens and white space.
    fn is_bare(&self, mut text: &str) -> bool {
        while !text.is_empty() {
            let blank = text.len() - text.trim_start().len();
            let skip = self.special_at(text).map_or(blank, str::len);
            if skip == 0 {
                return false;
            }
            text = &text[skip..];
        }
        true
    }

    /// Without the tags of an empty thought at the end, where a reply with a thought does not have them.
    fn without_scaffold<'t>(&self, response: &'t str, user: Wrap, assistant: Wrap) -> &'t str {
        let Some((start, tag)) = scaffold(response).filter(|(start, _)| *start > 0) else { return response };
        let (header, tags) = response.split_at(start);
        let thought = format!("<{tag}>rZ9</{tag}>{ASSISTANT}");
        let filled = [message("user", &user(USER)), message("assistant", &assistant(&thought))];
        match self.render(&filled, false) {
            Ok(text) if text.rfind(header).is_some_and(|at| !text[at + header.len()..].starts_with(tags)) => {
                header
            }
            _ => response,
        }
    }

    /// What all headers begin with, where the last one differs.
    fn shared_header<'t>(
        &self,
        response: &'t str,
        instruction_gap: &str,
        gap: &'t str,
        gaps: &[&str],
    ) -> &'t str {
        let (Some(last), Some(at)) = (gaps.last(), gap.find(response)) else { return response };
        if last.contains(response) || !last.starts_with(&gap[..at]) {
            return response;
        }
        let (ours, theirs) = (&gap[at..], &last[at..]);
        let mut shared = &ours[..common(ours, theirs)];
        while let Some(end) = shared.chars().next_back() {
            if end.is_whitespace() || self.specials.iter().any(|token| shared.ends_with(token.as_str())) {
                break;
            }
            shared = &shared[..shared.len() - end.len_utf8()];
        }
        let everywhere = gaps.iter().all(|gap| gap.contains(shared));
        if !shared.trim().is_empty() && !instruction_gap.contains(shared) && everywhere {
            shared
        } else {
            response
        }
    }

    /// The marker, or a variant of it, whose tokens are found in the probe.
    fn validated(&self, probe: &[u32], part: &str) -> Result<Option<String>, NoSample> {
        let mut counted = Vec::new();
        for before in ["", " ", "\n"] {
            let variant = format!("{before}{part}");
            let ids = self.context.tokenizer.encode(&variant)?.ids;
            let count =
                if ids.is_empty() { 0 } else { probe.windows(ids.len()).filter(|it| *it == ids).count() };
            counted.push((variant, count));
        }
        let twice = counted.iter().find(|(_, count)| *count >= 2);
        let once = || counted[..2].iter().find(|(_, count)| *count >= 1);
        Ok(twice.or_else(once).map(|(variant, _)| variant.clone()))
    }
}

fn message(role: &str, content: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({"role": role, "content": content})
}

fn conversation(user: Wrap, assistant: Wrap) -> Vec<serde_json::Value> {
    let turn = |_| [message("user", &user(USER)), message("assistant", &assistant(ASSISTANT))];
    (0..3).flat_map(turn).collect()
}

/// What stands between each `from` and the `to` after it.
fn gaps<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    let after = text.match_indices(from).map(|(at, found)| &text[at + found.len()..]);
    after.filter_map(|rest| rest.find(to).map(|end| &rest[..end])).collect()
}

/// The most frequent one; of equals the first.
fn usual<'t>(gaps: &[&'t str]) -> &'t str {
    let count = |gap: &str| gaps.iter().filter(|other| **other == gap).count();
    let mut best = ("", 0);
    for gap in gaps {
        if count(gap) > best.1 {
            best = (gap, count(gap));
        }
    }
    best.0
}

/// What follows the last question.
fn tail(text: &str) -> &str {
    text.rfind(USER).map_or("", |at| &text[at + USER.len()..])
}

/// Without any of these at the beginning, however often.
fn without_lead<'t>(mut text: &'t str, prefixes: &[&str]) -> &'t str {
    while let Some(rest) = prefixes.iter().filter(|it| !it.is_empty()).find_map(|it| text.strip_prefix(it)) {
        text = rest;
    }
    text
}

/// Where the tags of an empty thought begin, and their name: `<think></think>` or `</think>` at the end.
fn scaffold(text: &str) -> Option<(usize, &str)> {
    let end = text.trim_end().strip_suffix('>')?;
    let close = end.rfind("</")?;
    let tag = &end[close + 2..];
    if tag.is_empty() || tag.contains(|c: char| c.is_whitespace() || c == '/' || c == '>') {
        return None;
    }
    let before = text[..close].trim_end();
    let opened =
        before.strip_suffix('>').and_then(|it| it.strip_suffix(tag)).and_then(|it| it.strip_suffix('<'));
    Some((opened.map_or(close, str::len), tag))
}

/// How many bytes of whole characters the two begin with in common.
fn common(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
}

fn not_found() -> NoSample {
    whole::stops(
        "markers-not-detected",
        Bilingual::fixed(
            "Unsloth can't read off this template what questions and replies begin with",
            "Unsloth 无法从该模板推断提问与回复的开头标记",
        ),
        Bilingual::fixed(
            "give `instruction_part` and `response_part`",
            "请填写 `instruction_part` 与 `response_part`",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_of_an_empty_thought_are_found_at_the_end_only() {
        assert_eq!(scaffold("<a>\n<think>\n\n</think>\n\n"), Some((4, "think")));
        assert_eq!(scaffold("<|assistant|></think>"), Some((13, "think")));
        assert_eq!(scaffold("<|im_start|>assistant\n"), None);
        assert_eq!(scaffold("</think>x"), None);
        assert_eq!(scaffold("</a b>"), None);
    }

    #[test]
    fn the_usual_gap_is_the_most_frequent_and_of_equals_the_first() {
        assert_eq!(usual(&["a", "b", "b"]), "b");
        assert_eq!(usual(&["a", "b"]), "a");
        assert_eq!(usual(&[]), "");
        assert_eq!(gaps("uxayubau", "u", "a"), ["x", "b"]);
    }
}
