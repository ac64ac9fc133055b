//! The slot templates of LLaMA-Factory as data: package llamafactory 0.9.5, `data/template.py`, `register_template`.

use super::tools::ToolFormat;

/// An element of a slot: each is encoded alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Text; `{{content}}` in it is replaced once.
    Text(&'static str),
    /// The tokenizer's `bos_token`, where it has one.
    Bos,
    /// The tokenizer's `eos_token`.
    Eos,
}

use Slot::{Bos, Eos, Text};

/// How turns are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `Template`: the system message is a piece of its own.
    Plain,
    /// `Llama2Template`: the system message is part of the first user message.
    Llama2,
    /// `ReasoningTemplate`: a reply without a thought gets an empty one.
    Reasoning,
}

/// A template: what stands around the messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Template {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) prefix: &'static [Slot],
    pub(super) system: &'static [Slot],
    pub(super) user: &'static [Slot],
    pub(super) assistant: &'static [Slot],
    pub(super) function: &'static [Slot],
    pub(super) observation: &'static [Slot],
    pub(super) tools: ToolFormat,
    pub(super) default_system: &'static str,
    pub(super) stop_words: &'static [&'static str],
    pub(super) thought_words: (&'static str, &'static str),
    /// The turns have no eos: one follows the last reply, and elsewhere the next turn's first label is the eos.
    pub(super) efficient_eos: bool,
    /// The first stop word becomes the eos.
    pub(super) replace_eos: bool,
}

const CONTENT: &[Slot] = &[Text("{{content}}")];
const CONTENT_EOS: &[Slot] = &[Text("{{content}}"), Eos];

/// What `register_template` fills in.
const DEFAULTS: Template = Template {
    name: "",
    kind: Kind::Plain,
    prefix: &[],
    system: CONTENT,
    user: CONTENT,
    assistant: CONTENT_EOS,
    function: CONTENT_EOS,
    observation: CONTENT,
    tools: ToolFormat::Default,
    default_system: "",
    stop_words: &[],
    thought_words: ("<think>\n", "\n</think>\n\n"),
    efficient_eos: false,
    replace_eos: false,
};

const CHATML_USER: &[Slot] = &[Text("<|im_start|>user\n{{content}}<|im_end|>\n<|im_start|>assistant\n")];
const CHATML_REPLY: &[Slot] = &[Text("{{content}}<|im_end|>\n")];

const CHATML: Template = Template {
    name: "chatml",
    system: &[Text("<|im_start|>system\n{{content}}<|im_end|>\n")],
    user: CHATML_USER,
    assistant: CHATML_REPLY,
    function: CHATML_REPLY,
    observation: &[Text("<|im_start|>tool\n{{content}}<|im_end|>\n<|im_start|>assistant\n")],
    stop_words: &["<|im_end|>", "<|im_start|>"],
    replace_eos: true,
    ..DEFAULTS
};

const QWEN: Template = Template {
    name: "qwen",
    observation: &[Text(
        "<|im_start|>user\n<tool_response>\n{{content}}\n</tool_response><|im_end|>\n<|im_start|>assistant\n",
    )],
    tools: ToolFormat::Qwen,
    default_system: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.",
    stop_words: &["<|im_end|>"],
    ..CHATML
};

const GEMMA: Template = Template {
    name: "gemma",
    kind: Kind::Llama2,
    prefix: &[Bos],
    system: &[Text("{{content}}\n\n")],
    user: &[Text("<start_of_turn>user\n{{content}}<end_of_turn>\n<start_of_turn>model\n")],
    assistant: &[Text("{{content}}<end_of_turn>\n")],
    function: &[Text("{{content}}<end_of_turn>\n")],
    observation: &[Text("<start_of_turn>tool\n{{content}}<end_of_turn>\n<start_of_turn>model\n")],
    stop_words: &["<end_of_turn>"],
    replace_eos: true,
    ..DEFAULTS
};

const DEEPSEEK_USER: &[Slot] = &[Text("<｜User｜>{{content}}<｜Assistant｜>")];

const DEEPSEEK3: Template = Template {
    name: "deepseek3",
    prefix: &[Bos],
    user: DEEPSEEK_USER,
    observation: DEEPSEEK_USER,
    ..DEFAULTS
};

const GLM4: Template = Template {
    name: "glm4",
    prefix: &[Text("[gMASK]<sop>")],
    system: &[Text("<|system|>\n{{content}}")],
    user: &[Text("<|user|>\n{{content}}<|assistant|>")],
    assistant: &[Text("\n{{content}}")],
    function: CONTENT,
    observation: &[Text("<|observation|>\n{{content}}<|assistant|>")],
    tools: ToolFormat::Glm4,
    stop_words: &["<|user|>", "<|observation|>"],
    efficient_eos: true,
    ..DEFAULTS
};

const LLAMA3_REPLY: &[Slot] = &[Text("{{content}}<|eot_id|>")];

/// The templates, in the order in which the option lists them.
pub(super) static TEMPLATES: [Template; 22] = [
    QWEN,
    Template { name: "qwen3", kind: Kind::Reasoning, default_system: "", ..QWEN },
    Template { name: "qwen3_nothink", default_system: "", ..QWEN },
    Template {
        name: "llama3",
        prefix: &[Bos],
        system: &[Text("<|start_header_id|>system<|end_header_id|>\n\n{{content}}<|eot_id|>")],
        user: &[Text(
            "<|start_header_id|>user<|end_header_id|>\n\n{{content}}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        )],
        assistant: LLAMA3_REPLY,
        function: LLAMA3_REPLY,
        observation: &[Text(
            "<|start_header_id|>ipython<|end_header_id|>\n\n{{content}}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        )],
        tools: ToolFormat::Llama3,
        stop_words: &["<|eot_id|>", "<|eom_id|>"],
        replace_eos: true,
        ..DEFAULTS
    },
    Template {
        name: "mistral",
        kind: Kind::Llama2,
        prefix: &[Bos],
        system: &[Text("{{content}}\n\n")],
        user: &[Text("[INST] {{content}}[/INST]")],
        assistant: &[Text(" {{content}}"), Eos],
        function: &[Text("[TOOL_CALLS] {{content}}"), Eos],
        observation: &[Text(r#"[TOOL_RESULTS] {"content": {{content}}}[/TOOL_RESULTS]"#)],
        tools: ToolFormat::Mistral,
        ..DEFAULTS
    },
    GEMMA,
    DEEPSEEK3,
    GLM4,
    Template {
        name: "gpt_oss",
        kind: Kind::Reasoning,
        system: &[Text("<|start|>system<|message|>{{content}}<|end|>")],
        user: &[Text("<|start|>user<|message|>{{content}}<|end|><|start|>assistant")],
        observation: &[Text("<|start|>user<|message|>{{content}}<|end|><|start|>assistant")],
        assistant: CONTENT,
        function: CONTENT,
        default_system: "You are ChatGPT, a large language model trained by OpenAI.",
        thought_words: (
            "<|channel|>analysis<|message|>",
            "<|end|><|start|>assistant<|channel|>final<|message|>",
        ),
        efficient_eos: true,
        ..DEFAULTS
    },
    Template {
        name: "phi",
        system: &[Text("<|system|>\n{{content}}<|end|>\n")],
        user: &[Text("<|user|>\n{{content}}<|end|>\n<|assistant|>\n")],
        observation: &[Text("<|user|>\n{{content}}<|end|>\n<|assistant|>\n")],
        assistant: &[Text("{{content}}<|end|>\n")],
        function: &[Text("{{content}}<|end|>\n")],
        stop_words: &["<|end|>"],
        replace_eos: true,
        ..DEFAULTS
    },
    CHATML,
    Template {
        name: "vicuna",
        user: &[Text("USER: {{content}} ASSISTANT:")],
        observation: &[Text("USER: {{content}} ASSISTANT:")],
        default_system: "A chat between a curious user and an artificial intelligence assistant. The assistant gives \
            helpful, detailed, and polite answers to the user's questions.",
        ..DEFAULTS
    },
    Template {
        name: "alpaca",
        user: &[Text("### Instruction:\n{{content}}\n\n### Response:\n")],
        observation: &[Text("### Instruction:\n{{content}}\n\n### Response:\n")],
        assistant: &[Text("{{content}}"), Eos, Text("\n\n")],
        function: &[Text("{{content}}"), Eos, Text("\n\n")],
        default_system: "Below is an instruction that describes a task. Write a response that appropriately completes \
            the request.\n\n",
        ..DEFAULTS
    },
    Template {
        name: "default",
        system: &[Text("System: {{content}}"), Eos, Text("\n")],
        user: &[Text("Human: {{content}}"), Eos, Text("\nAssistant:")],
        observation: &[Text("Human: {{content}}"), Eos, Text("\nAssistant:")],
        assistant: &[Text("{{content}}"), Eos, Text("\n")],
        function: &[Text("{{content}}"), Eos, Text("\n")],
        ..DEFAULTS
    },
    Template {
        name: "llama2",
        kind: Kind::Llama2,
        system: &[Text("<<SYS>>\n{{content}}\n<</SYS>>\n\n")],
        user: &[Bos, Text("[INST] {{content}} [/INST]")],
        observation: &[Bos, Text("[INST] {{content}} [/INST]")],
        ..DEFAULTS
    },
    Template {
        name: "gemma2",
        stop_words: &["<eos>", "<end_of_turn>"],
        efficient_eos: true,
        replace_eos: false,
        ..GEMMA
    },
    Template { name: "deepseekr1", kind: Kind::Reasoning, ..DEEPSEEK3 },
    Template { name: "glm4_moe", kind: Kind::Reasoning, tools: ToolFormat::Glm4Moe, ..GLM4 },
    Template {
        name: "yi",
        observation: CHATML_USER,
        stop_words: &["<|im_end|>"],
        replace_eos: false,
        ..CHATML
    },
    Template {
        name: "zephyr",
        system: &[Text("<|system|>\n{{content}}"), Eos],
        user: &[Text("<|user|>\n{{content}}"), Eos, Text("<|assistant|>\n")],
        observation: &[Text("<|user|>\n{{content}}"), Eos, Text("<|assistant|>\n")],
        default_system: "You are Zephyr, a helpful assistant.",
        ..DEFAULTS
    },
    Template {
        name: "phi4",
        system: &[Text("<|im_start|>system<|im_sep|>{{content}}<|im_end|>")],
        user: &[Text("<|im_start|>user<|im_sep|>{{content}}<|im_end|><|im_start|>assistant<|im_sep|>")],
        observation: &[Text(
            "<|im_start|>user<|im_sep|>{{content}}<|im_end|><|im_start|>assistant<|im_sep|>",
        )],
        assistant: &[Text("{{content}}<|im_end|>")],
        function: &[Text("{{content}}<|im_end|>")],
        stop_words: &["<|im_end|>"],
        replace_eos: true,
        ..DEFAULTS
    },
    Template { name: "empty", assistant: CONTENT, function: CONTENT, ..DEFAULTS },
];

/// Their names, for the option.
pub(super) const NAMES: &[&str] = &[
    "qwen",
    "qwen3",
    "qwen3_nothink",
    "llama3",
    "mistral",
    "gemma",
    "deepseek3",
    "glm4",
    "gpt_oss",
    "phi",
    "chatml",
    "vicuna",
    "alpaca",
    "default",
    "llama2",
    "gemma2",
    "deepseekr1",
    "glm4_moe",
    "yi",
    "zephyr",
    "phi4",
    "empty",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_lists_every_template() {
        assert_eq!(TEMPLATES.map(|template| template.name), NAMES);
    }

    #[test]
    fn every_slot_of_a_message_has_its_placeholder_once() {
        for template in &TEMPLATES {
            let slots =
                [template.system, template.user, template.assistant, template.function, template.observation];
            for slots in slots {
                let places = slots.iter().map(|slot| match slot {
                    Text(text) => text.matches("{{content}}").count(),
                    _ => 0,
                });
                assert_eq!(places.sum::<usize>(), 1, "{} {slots:?}", template.name);
            }
        }
    }
}
