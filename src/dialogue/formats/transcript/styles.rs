//! The ways to write who speaks, and the words for it.

/// A way to write who speaks: the words with the roles they stand for, and where they stand.
pub(super) struct Style {
    pub(super) place: Place,
    /// How sure a text of this style is a dialogue, where it begins with a speaker.
    pub(super) sure: u8,
    /// Each word in lower case; the first of the words that fit counts.
    pub(super) words: &'static [(&'static str, &'static str)],
}

/// Where the word for a speaker stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// At the start of a line, with a colon after it, whatever its case; perhaps in bold.
    Line,
    /// In a heading of its own line or with a colon, `### Response:`.
    Heading,
    /// Anywhere after white space or a stop token, in capitals and with a colon, `USER: … ASSISTANT: …</s>`.
    Capitals,
}

pub(super) static STYLES: [Style; 7] = [
    Style {
        place: Place::Heading,
        sure: 75,
        words: &[
            ("instruction", "user"),
            ("input", INPUT),
            ("response", "assistant"),
            ("output", "assistant"),
            ("human", "user"),
            ("user", "user"),
            ("assistant", "assistant"),
            ("system", "system"),
            ("指令", "user"),
            ("输入", INPUT),
            ("回复", "assistant"),
            ("回答", "assistant"),
            ("输出", "assistant"),
            ("用户", "user"),
            ("助手", "assistant"),
            ("系统", "system"),
        ],
    },
    Style {
        place: Place::Capitals,
        sure: 70,
        words: &[
            ("USER", "user"),
            ("ASSISTANT", "assistant"),
            ("SYSTEM", "system"),
            ("FUNCTION RESPONSE", "tool"),
        ],
    },
    Style {
        place: Place::Line,
        sure: 70,
        words: &[
            ("human", "user"),
            ("user", "user"),
            ("assistant", "assistant"),
            ("system", "system"),
            ("tool", "tool"),
            ("observation", "tool"),
            ("gpt", "assistant"),
            // As ChatGPT's page is copied.
            ("you said", "user"),
            ("chatgpt said", "assistant"),
            ("you", "user"),
            ("chatgpt", "assistant"),
            ("model", "assistant"),
            ("ai", "assistant"),
            ("bot", "assistant"),
        ],
    },
    Style {
        place: Place::Line,
        sure: 70,
        words: &[
            ("用户", "user"),
            ("人类", "user"),
            ("你说", "user"),
            ("chatgpt 说", "assistant"),
            ("助手", "assistant"),
            ("助理", "assistant"),
            ("机器人", "assistant"),
            ("系统", "system"),
            ("工具", "tool"),
        ],
    },
    Style { place: Place::Line, sure: 50, words: &[("q", "user"), ("a", "assistant")] },
    Style { place: Place::Line, sure: 55, words: &[("question", "user"), ("answer", "assistant")] },
    Style {
        place: Place::Line,
        sure: 55,
        words: &[("问", "user"), ("答", "assistant"), ("问题", "user"), ("回答", "assistant")],
    },
];

/// Stands for the second half of a question: Alpaca's input.
pub(super) const INPUT: &str = "input";
