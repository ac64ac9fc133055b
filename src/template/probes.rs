//! Conversations to try a template on, each there to show one thing; every word in them stands there once.

use crate::dialogue::{self, Conversation};

/// A conversation, written as a user would paste it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What it is there to show.
    pub name: &'static str,
    /// The conversation, in `OpenAI`'s shape.
    pub json: &'static str,
}

macro_rules! tools {
    () => {
        r#""tools": [{"type": "function", "function": {"name": "weather", "description": "Tells the weather.", "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "Where."}}, "required": ["city"]}}}]"#
    };
}

/// The probes, the plainest first.
pub const PROBES: [Probe; 9] = [
    Probe {
        name: "turns",
        json: r#"{"messages": [{"role": "user", "content": "Alder?"}, {"role": "assistant", "content": "Birch."}, {"role": "user", "content": "Cedar?"}, {"role": "assistant", "content": "Dogwood."}]}"#,
    },
    Probe {
        name: "system",
        json: r#"{"messages": [{"role": "system", "content": "Elm."}, {"role": "user", "content": "Fir?"}, {"role": "assistant", "content": "Ginkgo."}, {"role": "user", "content": "Hazel?"}, {"role": "assistant", "content": "Ivy."}, {"role": "user", "content": "Juniper?"}]}"#,
    },
    Probe {
        name: "tools",
        json: concat!(
            r#"{"messages": [{"role": "user", "content": "Larch?"}, {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "call00001", "function": {"name": "weather", "arguments": {"city": "Oslo"}}}]}, {"role": "tool", "tool_call_id": "call00001", "name": "weather", "content": "Maple"}, {"role": "assistant", "content": "Nutmeg."}], "#,
            tools!(),
            "}"
        ),
    },
    Probe {
        name: "tools after turns",
        json: concat!(
            r#"{"messages": [{"role": "system", "content": "Oak."}, {"role": "user", "content": "Pine?"}, {"role": "assistant", "content": "Quince."}, {"role": "user", "content": "Rowan?"}, {"role": "assistant", "content": "Spruce.", "tool_calls": [{"type": "function", "id": "call00002", "function": {"name": "weather", "arguments": {"city": "Rome"}}}]}, {"role": "tool", "tool_call_id": "call00002", "name": "weather", "content": "Teak"}, {"role": "assistant", "content": "Ulmus."}, {"role": "user", "content": "Willow?"}, {"role": "assistant", "content": "Yew."}], "#,
            tools!(),
            "}"
        ),
    },
    Probe {
        name: "arguments as text",
        json: concat!(
            r#"{"messages": [{"role": "user", "content": "Apple?"}, {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "call00003", "function": {"name": "weather", "arguments": "{\"city\": \"Lima\"}"}}]}, {"role": "tool", "tool_call_id": "call00003", "name": "weather", "content": "Banana"}, {"role": "assistant", "content": "Cherry."}], "#,
            tools!(),
            "}"
        ),
    },
    Probe {
        name: "two calls",
        json: concat!(
            r#"{"messages": [{"role": "user", "content": "Date?"}, {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "call00004", "function": {"name": "weather", "arguments": {"city": "Bern"}}}, {"type": "function", "id": "call00005", "function": {"name": "weather", "arguments": {"city": "Kyiv"}}}]}, {"role": "tool", "tool_call_id": "call00004", "name": "weather", "content": "Elder"}, {"role": "tool", "tool_call_id": "call00005", "name": "weather", "content": "Fig"}, {"role": "assistant", "content": "Grape."}], "#,
            tools!(),
            "}"
        ),
    },
    Probe {
        name: "reasoning",
        json: r#"{"messages": [{"role": "user", "content": "Kiwi?"}, {"role": "assistant", "reasoning_content": "Lemon", "content": "Mango."}, {"role": "user", "content": "Nectarine?"}, {"role": "assistant", "reasoning_content": "Orange", "content": "Papaya."}]}"#,
    },
    Probe {
        name: "reasoning in the words",
        json: r#"{"messages": [{"role": "user", "content": "Peach?"}, {"role": "assistant", "content": "<think>\nQuandong\n</think>\n\nRaspberry."}, {"role": "user", "content": "Satsuma?"}, {"role": "assistant", "content": "<think>\nTangerine\n</think>\n\nUgli."}]}"#,
    },
    Probe {
        name: "one turn",
        json: r#"{"messages": [{"role": "user", "content": "Vanilla?"}, {"role": "assistant", "content": "Walnut, yes.\nYam too."}]}"#,
    },
];

impl Probe {
    /// The conversation.
    pub fn conversation(&self) -> Conversation {
        dialogue::read_as(self.json, Some("openai")).conversations.into_iter().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_can_be_read() {
        for probe in PROBES {
            let read = dialogue::read(probe.json);
            assert_eq!(read.format, Some("openai"), "{}", probe.name);
            assert!(probe.conversation().messages.len() >= 2, "{}", probe.name);
            assert_eq!(
                probe.conversation().tools.is_some(),
                probe.json.contains("\"tools\":"),
                "{}",
                probe.name
            );
        }
    }
}
