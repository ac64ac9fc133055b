//! The markers of each family of chat templates.
//!
//! They are the ones that the models' own templates write, rendered with transformers.

use super::super::{Format, Reads};
use super::scan::{self, Family, Header, Outside, Sign};
use crate::bilingual::Bilingual;

/// The format of a family.
macro_rules! family {
    ($name:ident, $id:literal, $en:literal, $zh:literal, $family:expr) => {
        #[doc = concat!("Rendered text: ", $en, ".")]
        pub(in super::super) const $name: Format = Format {
            id: $id,
            title: Bilingual::fixed($en, $zh),
            reads: Reads::Text {
                claims: |text| scan::claims(&const { $family }, text),
                read: |text, notes| scan::read(&const { $family }, text, notes),
            },
        };
    };
}

family!(
    CHATML,
    "chatml",
    "ChatML text",
    "ChatML 文本",
    Family {
        signs: &[
            ("<|im_start|>", Sign::Open),
            // Kimi says in the marker, too, who speaks.
            ("<|im_system|>", Sign::Open),
            ("<|im_user|>", Sign::Open),
            ("<|im_assistant|>", Sign::Open),
            // Phi-4 and Kimi.
            ("<|im_sep|>", Sign::Content),
            ("<|im_middle|>", Sign::Content),
            ("<|im_end|>", Sign::Close),
        ],
        header: Header::Line,
        breaks: 0,
        trims: false,
        outside: Outside::Unread,
    }
);

family!(
    LLAMA3,
    "llama3",
    "Llama 3 text",
    "Llama 3 文本",
    Family {
        signs: &[
            ("<|begin_of_text|>", Sign::Begin),
            ("<|start_header_id|>", Sign::Open),
            ("<|end_header_id|>", Sign::Content),
            ("<|eot_id|>", Sign::Close),
            ("<|eom_id|>", Sign::Close),
            ("<|end_of_text|>", Sign::Close),
            // Llama 4.
            ("<|header_start|>", Sign::Open),
            ("<|header_end|>", Sign::Content),
            ("<|eot|>", Sign::Close),
        ],
        header: Header::Marked,
        breaks: 2,
        trims: false,
        outside: Outside::Unread,
    }
);

family!(
    GEMMA,
    "gemma",
    "Gemma text",
    "Gemma 文本",
    Family {
        signs: &[
            ("<bos>", Sign::Begin),
            ("<start_of_turn>", Sign::Open),
            ("<end_of_turn>", Sign::Close),
            // Gemma 4.
            ("<|turn>", Sign::Open),
            ("<turn|>", Sign::Close),
        ],
        header: Header::Line,
        breaks: 0,
        trims: false,
        outside: Outside::Unread,
    }
);

family!(
    ROLE_TAGS,
    "role-tags",
    "<|user|> and <|assistant|> text",
    "<|user|> 与 <|assistant|> 文本",
    Family {
        signs: &[
            ("<|system|>", Sign::Role("system")),
            ("<|user|>", Sign::Role("user")),
            ("<|assistant|>", Sign::Role("assistant")),
            ("<|observation|>", Sign::Role("tool")),
            ("<|tool|>", Sign::Role("tool")),
            ("<|end|>", Sign::Close),
            ("<|endoftext|>", Sign::Close),
            ("</s>", Sign::Close),
            // GLM.
            ("[gMASK]", Sign::Begin),
        ],
        header: Header::Marked,
        breaks: 1,
        trims: false,
        outside: Outside::Unread,
    }
);

family!(
    INST,
    "inst",
    "[INST] text",
    "[INST] 文本",
    Family {
        signs: &[
            ("[INST]", Sign::Role("user")),
            ("[/INST]", Sign::Role("assistant")),
            ("</s>", Sign::Close),
            // Llama 2 puts the system prompt into the first question.
            ("<<SYS>>", Sign::Role("system")),
            ("<</SYS>>", Sign::Role("user")),
            // Mistral.
            ("[SYSTEM_PROMPT]", Sign::Role("system")),
            ("[/SYSTEM_PROMPT]", Sign::Close),
            ("[TOOL_RESULTS]", Sign::Role("tool")),
            ("[/TOOL_RESULTS]", Sign::Role("assistant")),
        ],
        header: Header::Marked,
        breaks: 0,
        trims: true,
        outside: Outside::Unread,
    }
);

family!(
    DEEPSEEK,
    "deepseek",
    "DeepSeek text",
    "DeepSeek 文本",
    Family {
        signs: &[
            ("<｜begin▁of▁sentence｜>", Sign::Begin),
            ("<｜User｜>", Sign::Role("user")),
            ("<｜Assistant｜>", Sign::Role("assistant")),
            ("<｜end▁of▁sentence｜>", Sign::Close),
            ("<｜tool▁output▁begin｜>", Sign::Role("tool")),
            ("<｜tool▁output▁end｜>", Sign::Close),
            ("<｜tool▁outputs▁begin｜>", Sign::Close),
            // The reply goes on after the tools without a marker of its own.
            ("<｜tool▁outputs▁end｜>", Sign::Role("assistant")),
        ],
        header: Header::Marked,
        breaks: 0,
        trims: false,
        outside: Outside::System,
    }
);

family!(
    COHERE,
    "cohere",
    "Command R text",
    "Command R 文本",
    Family {
        signs: &[
            ("<|START_OF_TURN_TOKEN|>", Sign::Close),
            ("<|SYSTEM_TOKEN|>", Sign::Role("system")),
            ("<|USER_TOKEN|>", Sign::Role("user")),
            ("<|CHATBOT_TOKEN|>", Sign::Role("assistant")),
            ("<|END_OF_TURN_TOKEN|>", Sign::Close),
        ],
        header: Header::Marked,
        breaks: 0,
        trims: false,
        outside: Outside::Unread,
    }
);

family!(
    HARMONY,
    "harmony",
    "Harmony text",
    "Harmony 文本",
    Family {
        signs: &[
            ("<|start|>", Sign::Open),
            ("<|channel|>", Sign::Header),
            ("<|constrain|>", Sign::Header),
            ("<|message|>", Sign::Content),
            ("<|end|>", Sign::Close),
            ("<|return|>", Sign::Close),
            ("<|call|>", Sign::Close),
            // Muse Glimmer.
            ("<|eot|>", Sign::Close),
            ("<|eom|>", Sign::Close),
        ],
        header: Header::Harmony,
        breaks: 0,
        trims: false,
        outside: Outside::Unread,
    }
);
