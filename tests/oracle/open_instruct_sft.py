"""Golden file of the recipe `open-instruct`: sft_tulu_tokenize_and_truncate_v1 and sft_tulu_filter_v1.

    git clone https://github.com/allenai/open-instruct && git -C open-instruct checkout e6c3044
    venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/pip install --no-deps ray requests msgpack protobuf jsonschema referencing rpds-py jsonschema-specifications attrs
    venv/bin/python tests/oracle/open_instruct_sft.py EMBEDDED [QWEN2_5] (with PYTHONPATH=open-instruct)

`beaker` and `wandb` are left out: they start jobs and report about them.
"""

import importlib.machinery
import logging
import sys
import types

for name in ("beaker", "wandb"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__spec__ = importlib.machinery.ModuleSpec(name, None)

from open_instruct import dataset_transformation as tulu  # noqa: E402

import golden  # noqa: E402

logging.disable(logging.WARNING)
LONG = 1 << 20
LENGTHS = {
    "chatml": [LONG, 20, 61],
    "tools": [LONG, 61],
    "thinking": [LONG, 20, 33, 61],
    "instruct": [LONG, 20, 61],
    "spaced": [LONG],
    "bare": [LONG, 33],
    "tokenizer": [LONG, 61],
}


def trainer(tokenizer, max_seq_length):
    def run(conversation):
        row = tulu.sft_tulu_tokenize_and_truncate_v1(conversation, tokenizer, max_seq_length)
        if not tulu.sft_tulu_filter_v1(row, tokenizer):
            raise golden.Dropped("filtered")
        return [golden.row(row["input_ids"].tolist(), row["labels"].tolist())]

    return run


def main():
    args = golden.arguments(__doc__)
    runs = []
    for folder, name, ids, template, lengths in golden.settings(args, LENGTHS):
        for most in lengths:
            rows = golden.ask(trainer(golden.load(folder, golden.template(template)), most), ids)
            options = {"max_seq_length": str(most)}
            runs.append({"tokenizer": name, "template": template, "options": options, "rows": rows})
    function = "open_instruct/dataset_transformation.py: sft_tulu_tokenize_and_truncate_v1"
    golden.write("open-instruct", "open-instruct", "open-instruct", "e6c3044", function, runs)


main()
