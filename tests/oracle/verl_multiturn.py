"""Golden file of the recipe `verl`: MultiTurnSFTDataset.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/pip install --no-deps verl==0.9.1 ray tensordict codetiming hydra-core omegaconf antlr4-python3-runtime==4.9.3 \
        pyvers cloudpickle orjson importlib_metadata zipp jsonschema referencing rpds-py jsonschema-specifications attrs \
        msgpack protobuf pillow cachetools
    venv/bin/python tests/oracle/verl_multiturn.py EMBEDDED [QWEN2_5]

`verl.models.transformers.qwen2_vl` is left out: it is for pictures only and needs an older transformers. The rows go
through a parquet file, one file for each conversation. The defaults of the dataset, but for `max_length`: a longer
sample is an error there.
"""

import importlib.metadata
import pathlib
import sys
import tempfile
import types

import datasets
from omegaconf import OmegaConf

pictures = types.ModuleType("verl.models.transformers.qwen2_vl")
pictures.get_rope_index = None
sys.modules[pictures.__name__] = pictures

from verl.utils.dataset.multiturn_sft_dataset import MultiTurnSFTDataset  # noqa: E402

import golden  # noqa: E402

VERSION = importlib.metadata.version("verl")
assert VERSION == "0.9.1", VERSION
CONFIG = OmegaConf.create({"max_length": 1 << 20, "pad_mode": "no_padding"})
FOLDER = pathlib.Path(tempfile.mkdtemp())


def trainer(tokenizer):
    def run(conversation):
        path = str(FOLDER / f"{conversation['id']}.parquet")
        columns = {key: conversation[key] for key in ("messages", "tools") if key in conversation}
        datasets.Dataset.from_list([columns]).to_parquet(path)
        out = MultiTurnSFTDataset(path, tokenizer, CONFIG)[0]
        ids, mask = out["input_ids"].tolist(), out["loss_mask"].tolist()
        return [golden.row(ids, [i if m else golden.IGNORED for i, m in zip(ids, mask)])]

    return run


def main():
    args = golden.arguments(__doc__)
    golden.quick_datasets()
    runs = []
    templates = ["chatml", "tools", "thinking", "instruct", "spaced", "bare", "tokenizer"]
    for folder, name, ids, template, _ in golden.settings(args, dict.fromkeys(templates)):
        rows = golden.ask(trainer(golden.load(folder, golden.template(template))), ids)
        runs.append({"tokenizer": name, "template": template, "options": {}, "rows": rows})
    function = "verl/utils/dataset/multiturn_sft_dataset.py: MultiTurnSFTDataset"
    golden.write("verl", "verl", "verl", VERSION, function, runs)


main()
