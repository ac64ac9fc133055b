"""Golden file of TRL's batches: SFTTrainer's own preparation of tokenised rows (truncation, dropping, packing), then its
own collator.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/python tests/oracle/batch_trl.py

The rows have `input_ids` and `labels`, which the preparation leaves as they are. Nothing is shuffled (TRL's default).
"""

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
from batching import EOS, SHAPES, case, groups, plain, settings, word_tokenizer, write

assert trl.__version__ == "1.16.0", trl.__version__
assert transformers.__version__ == "5.23.0", transformers.__version__
golden.quick_datasets()
logging.disable(logging.WARNING)

FEATURES = datasets.Features({key: datasets.Sequence(datasets.Value("int64")) for key in ("input_ids", "labels")})
START = datasets.Dataset.from_list([{"input_ids": [5, 6], "labels": [-100, 6]}], features=FEATURES)


def trainer(s, **more):
    """A trainer of a model without meaning: only its preparation of datasets and its collator are wanted."""
    torch.manual_seed(0)
    size = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=20_000, num_key_value_heads=1, **size))
    args = SFTConfig(output_dir=tempfile.gettempdir(), report_to=[], use_cpu=True, bf16=False, max_length=s.max_length,
                     truncation_mode=s.truncation, pad_to_multiple_of=s.multiple_of, **more)
    return SFTTrainer(model=model, args=args, train_dataset=START, processing_class=word_tokenizer(s))


def way(s, **more):
    made = trainer(s, **more)

    def run(rows):
        dataset = datasets.Dataset.from_list(rows, features=FEATURES)
        packing = made.args.packing
        prepared = made._prepare_dataset(dataset, made.processing_class, made.args, packing, None, "train")
        return [plain(made.data_collator(group)) for group in groups(list(prepared), s.batch_size)]

    return run


WAYS = {
    "trl": ({}, [{}, {"pad": EOS}, {"pad": None}, {"multiple_of": 8}, {"max_length": 8}, {"max_length": 5},
                 {"max_length": 8, "truncation": "keep_end"}, {"max_length": 1}, {"batch_size": 2}]),
    "trl-padding-free": ({"padding_free": True}, [{}, {"multiple_of": 8}, {"batch_size": 2}, {"max_length": 8}]),
    "trl-bfd": ({"packing": True, "packing_strategy": "bfd"},
                [{"max_length": 8}, {"max_length": 10, "batch_size": 1}, {"max_length": 31}, {"max_length": 16, "batch_size": 2},
                 {"max_length": 1}, {"max_length": 10, "multiple_of": 8}]),
    "trl-bfd-split": ({"packing": True, "packing_strategy": "bfd_split"},
                      [{"max_length": 8}, {"max_length": 10, "batch_size": 1}, {"max_length": 31}, {"max_length": 5, "batch_size": 2},
                       {"max_length": 1}]),
    "trl-wrapped": ({"packing": True, "packing_strategy": "wrapped"},
                    [{"max_length": 8}, {"max_length": 10, "batch_size": 1}, {"max_length": 31}, {"max_length": 5, "multiple_of": 8}]),
}


def main():
    cases = []
    for name, (more, all_settings) in WAYS.items():
        for changed in all_settings:
            s = settings(**changed)
            try:
                run = way(s, **more)
            except ValueError as error:  # TRL refuses the settings
                run = lambda _, error=error: (_ for _ in ()).throw(error)
            cases += [case(shape, name, s, run) for shape in SHAPES]
            if s.max_length == 31:
                cases.append(case("thousand", name, s, run))
    function = "trl/trainer/sft_trainer.py: SFTTrainer._prepare_dataset, DataCollatorForLanguageModeling"
    write("trl", "trl", trl.__version__, function, cases)


main()
