"""Golden file of the recipe `openrlhf`: SFTDataset with `multiturn=False`.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt && venv/bin/pip install --no-deps openrlhf==0.11.2
    venv/bin/python tests/oracle/openrlhf_sft.py EMBEDDED [QWEN2_5]

The last message of a conversation is the response (`--data.input_key messages --data.apply_chat_template`, no output
key). The trainer's `loss_mask` at i is for the prediction of token i + 1; labels here are aligned with `input_ids`.
"""

import importlib.metadata
import types

import datasets
from openrlhf.datasets.sft_dataset import SFTDataset

import golden

VERSION = importlib.metadata.version("openrlhf")
assert VERSION == "0.11.2", VERSION
golden.quick_datasets()
LENGTHS = {
    "chatml": [2048, 20, 61],
    "tools": [2048, 61],
    "thinking": [2048, 33],
    "instruct": [2048, 20],
    "spaced": [2048],
    "bare": [2048],
    "tokenizer": [2048, 61],
}
DATA = types.SimpleNamespace(input_key="messages", output_key=None, apply_chat_template=True)
STRATEGY = types.SimpleNamespace(args=types.SimpleNamespace(data=DATA))


def trainer(tokenizer, max_len):
    def run(conversation):
        rows = datasets.Dataset.from_list([{"messages": conversation["messages"]}])
        dataset = SFTDataset(rows, tokenizer, max_len, STRATEGY, num_processors=None, multiturn=False)
        if len(dataset) == 0:
            raise golden.Dropped("filtered")
        ids, _, mask = dataset[0]
        ids, mask = ids[0].tolist(), mask[0].tolist()
        trained = [False] + [m > 0 for m in mask[:-1]]
        return [golden.row(ids, [i if t else golden.IGNORED for i, t in zip(ids, trained)])]

    return run


def main():
    args = golden.arguments(__doc__)
    runs = []
    for folder, name, ids, template, lengths in golden.settings(args, LENGTHS):
        for max_len in lengths:
            rows = golden.ask(trainer(golden.load(folder, golden.template(template)), max_len), ids)
            options = {"max_len": str(max_len)}
            runs.append({"tokenizer": name, "template": template, "options": options, "rows": rows})
    golden.write("openrlhf", "openrlhf", "openrlhf", VERSION, "openrlhf/datasets/sft_dataset.py: SFTDataset", runs)


main()
