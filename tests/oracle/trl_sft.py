"""Golden files of the recipes `trl-assistant-only` and `trl-completion-only`: SFTTrainer's own preparation of a dataset.

    python3 -m venv venv && venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/python tests/oracle/trl_sft.py EMBEDDED [QWEN2_5]

TRL 1.10.0 is run the same way (`pip install trl==1.10.0` beside the others); the version found names the file. A
conversation becomes prompt and completion like this: the last assistant message is the completion, all before it the
prompt, and what follows it is left out.
"""

import json
import logging
import os
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import datasets
import torch
import transformers
import trl
from transformers import Qwen2Config, Qwen2ForCausalLM
from trl import SFTConfig, SFTTrainer

import golden

assert trl.__version__ in ("1.16.0", "1.10.0"), trl.__version__
assert transformers.__version__ == "5.23.0", transformers.__version__
golden.quick_datasets()
logging.disable(logging.WARNING)

EMPTY = datasets.Dataset.from_list([{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}])


def sft_trainer(tokenizer, **settings):
    """A trainer of a model without meaning: only its preparation of datasets is wanted."""
    torch.manual_seed(0)
    size = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=len(tokenizer), num_key_value_heads=1, **size))
    args = SFTConfig(
        output_dir=tempfile.gettempdir(), report_to=[], use_cpu=True, bf16=False, packing=False, **settings
    )
    return SFTTrainer(model=model, args=args, train_dataset=EMPTY, processing_class=tokenizer)


def prepare(trainer, example):
    # A dataset of one row: in a longer one Arrow would give every row the keys of all the others.
    dataset = datasets.Dataset.from_list([example])
    prepared = trainer._prepare_dataset(dataset, trainer.processing_class, trainer.args, False, None, "train")
    if len(prepared) == 0:
        raise golden.Dropped("every label is masked after truncation")
    return [golden.row(it["input_ids"], it["labels"]) for it in prepared]


def tools_of(conversation):
    # As JSON, which TRL reads: Arrow would give each tool the keys of all the others.
    return {"tools": json.dumps(conversation["tools"])} if "tools" in conversation else {}


def assistant_only(trainer):
    return lambda it: prepare(trainer, {"messages": it["messages"], **tools_of(it)})


def completion_only(trainer):
    # What `SFTTrainer` itself sets where the first row has a prompt and a completion.
    trainer.completion_only_loss = True

    def run(conversation):
        messages = conversation["messages"]
        replies = [at for at, message in enumerate(messages) if message["role"] == "assistant"]
        if not replies:
            raise golden.Dropped("no assistant message: no completion")
        prompt, completion = messages[: replies[-1]], messages[replies[-1] : replies[-1] + 1]
        return prepare(trainer, {"prompt": prompt, "completion": completion, **tools_of(conversation)})

    return run


def runs(args, way, settings, templates, lengths, version):
    made = []
    for folder, name, ids, template, _ in golden.settings(args, dict.fromkeys(templates)):
        for max_length in lengths:
            try:
                tokenizer = golden.load(folder, golden.template(template))
                trainer = sft_trainer(tokenizer, max_length=max_length, **settings)
                rows = golden.ask(way(trainer), ids)
            except ValueError as error:  # TRL refuses the template
                rows = golden.ask(lambda _, error=error: (_ for _ in ()).throw(error), ids)
            options = {"version": version, "max_length": str(max_length).lower()}
            made.append({"tokenizer": name, "template": template, "options": options, "rows": rows})
    return made


def main():
    args = golden.arguments(__doc__)
    version = trl.__version__.rsplit(".", 1)[0]
    function = "trl/trainer/sft_trainer.py: SFTTrainer._prepare_dataset"
    if version == "1.16":
        templates = ["chatml", "tools", "thinking", "instruct", "spaced", "bare", "tokenizer"]
        # Of trl 1.16.0 itself, which replaces all but the first. Not Llama 3's: it needs a tokenizer with a `bos_token`.
        official = ["qwen2_5_training", "qwen2_5_vl", "qwen3_instruct_2507", "qwen3_vl", "gemma", "gemma3", "cohere"]
        templates += [f"official/{name}" for name in [*official, "lfm2", "lfm2_v2"]]
        found = runs(args, assistant_only, {"assistant_only_loss": True}, templates, [None, 20, 61], version)
        golden.write("trl-assistant-only", "trl-assistant-only", "trl", trl.__version__, function, found)
    templates = ["chatml", "tools", "thinking", "instruct", "spaced", "tokenizer"]
    found = runs(args, completion_only, {}, templates, [None, 33], version)
    name = "trl-completion-only" + ("" if version == "1.16" else "-1.10")
    golden.write(name, "trl-completion-only", "trl", trl.__version__, function, found)


main()
