//! What to do about a mask that is not what was meant, in the words of each trainer.

use crate::bilingual::Bilingual;

/// For tokens that are trained and should not be: other people's words, headers.
pub(super) fn mask(recipe: &str) -> Bilingual {
    let (en, zh) = match recipe {
        "transformers" | "trl-assistant-only" => (
            "open `{% generation %}` after the assistant's header and close it after the stop token, around nothing else",
            "请让 `{% generation %}` 在助手的头部之后开始、在停止符之后结束，不要包住其他内容",
        ),
        "trl-completion-only" => (
            "put all that is not the answer into `prompt`, and keep `completion_only_loss=True`",
            "请把回答之外的内容都放进 `prompt`，并保持 `completion_only_loss=True`",
        ),
        "trl-response-template" => (
            "give `instruction_template` too, and a `response_template` that holds the whole header: without the first, all \
             that follows the last answer is trained",
            "请同时给出 `instruction_template`，并让 `response_template` 包含完整的头部：没有前者时，最后一个回复之后的全部内容都参与训练",
        ),
        "axolotl" => (
            "set `train_on_inputs: false` and `roles_to_train: [\"assistant\"]`",
            "请设 `train_on_inputs: false` 与 `roles_to_train: [\"assistant\"]`",
        ),
        "unsloth" => (
            "give `instruction_part` and `response_part` as the template writes them, up to the line break that ends each",
            "请按模板写出的样子给出 `instruction_part` 与 `response_part`，直到各自末尾的换行",
        ),
        "llama-factory" => ("set `train_on_prompt: false`", "请设 `train_on_prompt: false`"),
        "tinker" => (
            "choose `train_on_what=all_assistant_messages` or `last_assistant_message`",
            "请选用 `train_on_what=all_assistant_messages` 或 `last_assistant_message`",
        ),
        "torchtune" => (
            "`masking_strategy` chooses the messages; a trained message is trained with its header, which no option changes",
            "`masking_strategy` 选择哪些消息参与训练；参与训练的消息会连同头部一起训练，没有选项可以更改",
        ),
        "ms-swift" => ("use `--loss_scale default`", "请使用 `--loss_scale default`"),
        _ => (
            "mask everything but what the assistant writes, its stop token included",
            "除助手所写的内容（含停止符）之外，其余都应忽略",
        ),
    };
    Bilingual::fixed(en, zh)
}

/// For a stop token that stands there and is masked.
pub(super) fn stop_token(recipe: &str) -> Bilingual {
    let (en, zh) = match recipe {
        "per-turn" => (
            "set `end=stop`; where it is set, nothing may stand between reply and stop token",
            "请设 `end=stop`；已设时，回复与停止符之间不能有其他字符",
        ),
        "transformers" | "trl-assistant-only" => {
            ("close `{% endgeneration %}` after the stop token", "请把 `{% endgeneration %}` 放在停止符之后")
        }
        "axolotl" => (
            "set `train_on_eos: turn`, and name the token under `eot_tokens` where it is not the `eos_token`",
            "请设 `train_on_eos: turn`；若该 token 不是 `eos_token`，请写入 `eot_tokens`",
        ),
        "trl-response-template" => (
            "give the tokenizer a `pad_token` other than its `eos_token`: the collator masks padding wherever it stands",
            "请让分词器的 `pad_token` 不同于 `eos_token`：collator 会忽略任何位置的填充 token",
        ),
        _ => (
            "train it too: the model stops only where it has learnt to write this token",
            "让它也参与训练：模型只有学会写出这个 token，才会停下来",
        ),
    };
    Bilingual::fixed(en, zh)
}
