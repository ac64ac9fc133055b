# pip install axolotl==0.19.0 transformers==5.23.0
from axolotl.prompt_strategies import chat_template
from axolotl.utils.dict import DictDefault

$tokenizer
config = DictDefault(
    chat_template="tokenizer_default",
    train_on_inputs=$train_on_inputs,
    eot_tokens=$eot_tokens or None,  # without any axolotl takes the eos_token
    sequence_len=1 << 20,
)
dataset = {"roles_to_train": $roles_to_train, "train_on_eos": $train_on_eos}
strategy = chat_template.load(tokenizer, config, dataset)


def samples(conversation):
    row = {key: conversation[key] for key in ("messages", "tools") if key in conversation}
    made = strategy.tokenize_prompt(row)
    if any(label != -100 for label in made["labels"]):  # axolotl drops the other rows later
        yield made["input_ids"], made["labels"]
