import tempfile

from datasets import Dataset
from transformers import Qwen2Config, Qwen2ForCausalLM
from trl import SFTConfig, SFTTrainer

$tokenizer
# Only the trainer's preparation of data is wanted: the smallest model will do.
size = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
model = Qwen2ForCausalLM(Qwen2Config(vocab_size=len(tokenizer), num_key_value_heads=1, **size))


def prepared(row, **settings):
    args = SFTConfig(
        output_dir=tempfile.gettempdir(), report_to=[], use_cpu=True, bf16=False, max_length=$max_length, **settings
    )
    trainer = SFTTrainer(model=model, args=args, train_dataset=Dataset.from_list([row]), processing_class=tokenizer)
    for it in trainer.train_dataset:
        yield it["input_ids"], it["labels"]


def tools_of(conversation):
    # As JSON, which TRL reads: Arrow would give each tool the keys of all the others.
    return {"tools": json.dumps(conversation["tools"])} if "tools" in conversation else {}
