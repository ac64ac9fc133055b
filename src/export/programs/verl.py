# pip install verl==0.9.1 transformers==5.23.0 datasets torch
import os
import tempfile
import types

from datasets import Dataset
from omegaconf import OmegaConf

# For pictures only, and written for an older transformers.
pictures = types.ModuleType("verl.models.transformers.qwen2_vl")
pictures.get_rope_index = None
sys.modules[pictures.__name__] = pictures
from verl.utils.dataset.multiturn_sft_dataset import MultiTurnSFTDataset

$tokenizer
config = OmegaConf.create({"max_length": 1 << 20, "pad_mode": "no_padding"})


def samples(conversation):
    row = {key: conversation[key] for key in ("messages", "tools") if key in conversation}
    path = os.path.join(tempfile.mkdtemp(), "row.parquet")
    Dataset.from_list([row]).to_parquet(path)
    made = MultiTurnSFTDataset(path, tokenizer, config)[0]
    ids = made["input_ids"].tolist()
    yield ids, [i if trained else -100 for i, trained in zip(ids, made["loss_mask"].tolist())]
