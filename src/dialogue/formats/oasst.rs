//! `OpenAssistant`'s trees: rows with `message_id` and `parent_id`, or messages with their `replies` inside. Every path
//! from the first message to a last one is a conversation; of several replies the better ranked one leads.

use std::collections::HashMap;

use super::super::notes::Notes;
use super::super::{Conversation, Kind, Message, Text, Value};
use super::{Format, Input, Reads, Row, made, other_row, roles};
use crate::bilingual::Bilingual;
use crate::diagnostic::Severity::{Note, Warning};
use crate::span::Span;

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "oasst",
    title: Bilingual::fixed("OpenAssistant trees", "OpenAssistant 对话树"),
    reads: Reads::Rows { claims, read },
};

/// How many messages and bytes of text all paths together may have: a tree holds each once, its paths may hold it often.
const MOST_MESSAGES: usize = 200_000;
const MOST_BYTES: usize = 32 << 20;

/// A message of a tree.
struct Node<'a> {
    value: &'a Value,
    parent: Option<usize>,
    rank: f64,
}

fn claims(input: &Input) -> u8 {
    input.share(97, |row| match row {
        Row::Items(items, _) => items.iter().take(20).any(is_node),
        Row::Object(value) => value.get("prompt").is_some_and(is_node) || is_node(value),
        Row::Other(_) => false,
    })
}

/// A message with a text, and an id or replies.
fn is_node(value: &Value) -> bool {
    value.get("text").is_some_and(|text| text.as_text().is_some())
        && ["message_id", "parent_id", "replies"].iter().any(|key| value.get(key).is_some())
}

fn read(input: Input, notes: &mut Notes) -> Vec<Conversation> {
    let Input { rows } = input;
    let mut nodes = Vec::new();
    for row in &rows {
        match row {
            Row::Items(items, _) => items.iter().for_each(|item| flatten(item, &mut nodes, notes)),
            Row::Object(value) => {
                let root = value.get("prompt").filter(|prompt| prompt.as_map().is_some());
                flatten(root.unwrap_or(value), &mut nodes, notes);
            }
            Row::Other(_) => other_row(row, notes),
        }
    }
    attach(&mut nodes, notes);
    paths(&nodes, notes)
}

/// The node and the replies inside it, with the parents that nesting says.
fn flatten<'a>(value: &'a Value, nodes: &mut Vec<Node<'a>>, notes: &mut Notes) {
    let mut stack = vec![(value, None)];
    while let Some((value, parent)) = stack.pop() {
        if value.get("deleted").and_then(Value::as_bool) == Some(true) {
            deleted(value, notes);
            continue;
        }
        if value.get("text").and_then(Value::as_text).is_none() {
            let row = Row::Other(value.clone());
            other_row(&row, notes);
            continue;
        }
        let rank = match value.get("rank").map(|rank| &rank.kind) {
            Some(Kind::Number(rank)) => rank.parse().unwrap_or(f64::INFINITY),
            _ => f64::INFINITY,
        };
        nodes.push(Node { value, parent, rank });
        let own = nodes.len() - 1;
        let replies = value.get("replies").and_then(Value::as_list).unwrap_or_default();
        stack.extend(replies.iter().rev().map(|reply| (reply, Some(own))));
    }
}

/// Finds the parents that rows name by their id.
fn attach(nodes: &mut [Node<'_>], notes: &mut Notes) {
    let id = |value: &'_ Value, key| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut places = HashMap::new();
    for (at, node) in nodes.iter().enumerate() {
        if let Some(id) = id(node.value, "message_id") {
            places.entry(id).or_insert(at);
        }
    }
    for (at, node) in nodes.iter_mut().enumerate().filter(|(_, node)| node.parent.is_none()) {
        let Some(parent) = id(node.value, "parent_id") else { continue };
        node.parent = places.get(&parent).copied().filter(|place| *place != at);
        if node.parent.is_none() {
            parent_missing(node.value, notes);
        }
    }
}

/// Every path from a root to a leaf, the best ranked reply first.
fn paths(nodes: &[Node<'_>], notes: &mut Notes) -> Vec<Conversation> {
    let mut replies: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut stack = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        match node.parent {
            Some(parent) => replies[parent].push(at),
            None => stack.push((at, 0)),
        }
    }
    for of_one in &mut replies {
        of_one.sort_by(|a, b| nodes[*a].rank.total_cmp(&nodes[*b].rank));
    }
    stack.reverse();
    let (mut conversations, mut path): (Vec<_>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut seen = vec![false; nodes.len()];
    let (mut messages_left, mut bytes_left) = (MOST_MESSAGES, MOST_BYTES);
    while let Some((at, depth)) = stack.pop() {
        path.truncate(depth);
        path.push(at);
        seen[at] = true;
        if !replies[at].is_empty() {
            stack.extend(replies[at].iter().rev().map(|reply| (*reply, depth + 1)));
            continue;
        }
        let bytes = path.iter().map(|at| text_bytes(nodes[*at].value)).sum::<usize>();
        if path.len() > messages_left || bytes > bytes_left {
            too_many_paths(nodes[at].value, conversations.len(), notes);
            return conversations;
        }
        messages_left -= path.len();
        bytes_left -= bytes;
        conversations.push(conversation(path.iter().map(|at| nodes[*at].value), notes));
    }
    if let Some(lost) = seen.iter().position(|seen| !seen) {
        circle(nodes[lost].value, notes);
    }
    conversations
}

fn text_bytes(value: &Value) -> usize {
    value.get("text").map_or(0, |text| text.span.len())
}

fn conversation<'a>(path: impl Iterator<Item = &'a Value> + Clone, notes: &mut Notes) -> Conversation {
    let spans = path.clone().map(|value| value.span);
    let start = spans.clone().map(|span| span.start).min().unwrap_or_default();
    let end = spans.map(|span| span.end).max().unwrap_or_default();
    let messages = path.filter_map(|value| message(value, notes)).collect();
    Conversation { messages, span: Span::new(start, end), ..Conversation::default() }
}

fn message(value: &Value, notes: &mut Notes) -> Option<Message> {
    let text = value.get("text").and_then(Value::as_text)?;
    let mut message = made("user", text.clone());
    // The replies inside a message are not its own words.
    if value.get("replies").is_none() {
        message.span = value.span;
    }
    if let Some(role) = value.get("role").and_then(Value::as_text) {
        let known = roles::meant(&role.text);
        if known.is_none() {
            roles::unknown(role, notes);
        }
        let role = known
            .filter(|known| *known != role.text)
            .map_or_else(|| role.clone(), |known| role.replaced(known));
        message.fields = vec![
            (Text::new("role"), Value::from_text(role.clone())),
            (Text::new("content"), Value::from_text(text.clone())),
        ];
        message.role = role;
    }
    Some(message)
}

fn deleted(value: &Value, notes: &mut Notes) {
    notes.add(
        Note,
        "message-deleted",
        value.span,
        Bilingual::fixed("this message is marked as deleted: left out", "这条消息标记为已删除：已略去"),
        Bilingual::fixed(
            "its replies begin conversations of their own where they are rows; delete them as well",
            "它的回复若是单独的行，会成为另外的对话；请一并删除",
        ),
    );
}

fn parent_missing(value: &Value, notes: &mut Notes) {
    notes.add(
        Warning,
        "parent-missing",
        value.get("parent_id").map_or(value.span, |parent| parent.span),
        Bilingual::fixed(
            "the message that this one answers is not here: the conversation begins with this one",
            "这条消息所回复的消息不在其中：对话从这一条开始",
        ),
        Bilingual::fixed(
            "paste all rows with the same `message_tree_id`",
            "请粘贴 `message_tree_id` 相同的所有行",
        ),
    );
}

fn circle(value: &Value, notes: &mut Notes) {
    notes.add(
        Warning,
        "parents-in-a-circle",
        value.span,
        Bilingual::fixed(
            "this message answers itself, by way of its own replies: left out",
            "这条消息经由自己的回复又回到自身：已略去",
        ),
        Bilingual::fixed("correct the `parent_id` of one of them", "请更正其中一条的 `parent_id`"),
    );
}

fn too_many_paths(value: &Value, count: usize, notes: &mut Notes) {
    notes.add(
        Warning,
        "too-many-paths",
        value.span,
        Bilingual::new(
            format!("the trees have too many paths: only the first {count} conversations are listed"),
            format!("对话树的路径过多：只列出前 {count} 段对话"),
        ),
        Bilingual::fixed("paste fewer trees at once", "请减少一次粘贴的对话树"),
    );
}
